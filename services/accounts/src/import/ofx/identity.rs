//! What makes a transaction the same one in two files.
//!
//! A FITID should be unique in its account for ever. Where banks fail in that:
//! * no FITID: the transaction is known by what it says (day, amount, kind, name, memo, check) and by how many
//!   of the same precede it in the file;
//! * one FITID twice with the same content: the same transaction, told twice, and taken once;
//! * one FITID with different content: each of them is known by FITID and content together.

use std::collections::HashMap;

use super::tree::Element;

/// What of a transaction is its content.
const CONTENT: &[&str] = &[
    "TRNTYPE", "DTPOSTED", "DTTRADE", "TRNAMT", "TOTAL", "UNITS", "NAME", "MEMO", "CHECKNUM",
];

/// What a transaction is known by, in parts; `None` when it was told before.
pub(crate) fn identify(transactions: &[&Element]) -> Vec<Option<Vec<String>>> {
    let told: Vec<(Option<String>, String)> = transactions
        .iter()
        .map(|element| (find_text(element, "FITID"), content(element)))
        .collect();
    let mut contents: HashMap<&str, Vec<&str>> = HashMap::new();
    for (fitid, content) in &told {
        if let Some(fitid) = fitid {
            let known = contents.entry(fitid).or_default();
            if !known.contains(&content.as_str()) {
                known.push(content);
            }
        }
    }

    let mut seen: HashMap<Vec<&str>, u32> = HashMap::new();
    told.iter()
        .map(|(fitid, content)| {
            let (name, repeats): (Vec<&str>, bool) = match fitid {
                Some(fitid) if contents.get(fitid.as_str()).is_some_and(|known| known.len() > 1) => {
                    (vec!["fitid and content", fitid, content], false)
                }
                Some(fitid) => (vec!["fitid", fitid], false),
                None => (vec!["content", content], true),
            };
            let before = seen.entry(name.clone()).or_default();
            let occurrence = *before;
            *before += 1;
            let mut name: Vec<String> = name.into_iter().map(str::to_owned).collect();
            if repeats {
                name.push(occurrence.to_string());
            } else if occurrence > 0 {
                return None;
            }
            Some(name)
        })
        .collect()
}

fn content(element: &Element) -> String {
    let parts: Vec<String> = CONTENT
        .iter()
        .map(|name| find_text(element, name).unwrap_or_default())
        .collect();
    parts.join("\u{1f}")
}

/// The value of the first descendant of that name: investment transactions keep theirs in inner aggregates.
pub(crate) fn find_text(element: &Element, name: &str) -> Option<String> {
    element
        .text(name)
        .or_else(|| element.children.iter().find_map(|child| find_text(child, name)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::ofx::{header::Syntax, tree::build};

    fn identify_all(body: &str) -> Vec<Option<Vec<String>>> {
        let list = build(&format!("<LIST>{body}</LIST>"), 1, Syntax::Sgml).unwrap();
        identify(&list.children.iter().collect::<Vec<_>>())
    }

    #[test]
    fn a_fitid_alone_identifies() {
        let ids = identify_all("<STMTTRN><FITID>1<TRNAMT>5</STMTTRN><STMTTRN><FITID>2<TRNAMT>5</STMTTRN>");
        assert_eq!(ids[0].as_deref().unwrap(), ["fitid", "1"]);
        assert_ne!(ids[0], ids[1]);
    }

    #[test]
    fn the_same_twice_is_one() {
        let ids = identify_all("<STMTTRN><FITID>1<TRNAMT>5</STMTTRN><STMTTRN><FITID>1<TRNAMT>5</STMTTRN>");
        assert!(ids[0].is_some() && ids[1].is_none());
    }

    #[test]
    fn a_fitid_used_twice_is_told_apart_whatever_the_order() {
        let five = "<STMTTRN><FITID>0<TRNAMT>5</STMTTRN>";
        let six = "<STMTTRN><FITID>0<TRNAMT>6</STMTTRN>";
        let ids = identify_all(&format!("{five}{six}"));
        let reversed = identify_all(&format!("{six}{five}"));
        assert_ne!(ids[0], ids[1]);
        assert_eq!((&ids[0], &ids[1]), (&reversed[1], &reversed[0]));
    }

    #[test]
    fn without_a_fitid_equal_ones_are_counted() {
        let one = "<STMTTRN><TRNAMT>5<NAME>Fare</STMTTRN>";
        let ids = identify_all(&format!("{one}{one}"));
        assert!(ids[0].is_some() && ids[1].is_some() && ids[0] != ids[1]);
        assert_eq!(identify_all(one)[0], ids[0]);
    }
}
