//! Members of FDX entities in plain words, for the preview: `member.txt`, a line each. One without words here is shown by
//! its FDX name, which is English and nearly always says enough; the list has what consumers' accounts really carry.

use std::sync::LazyLock;

/// FDX name, and the words in English, Spanish and French.
type Member = (&'static str, [&'static str; 3]);

static MEMBERS: LazyLock<Vec<Member>> =
    LazyLock::new(|| include_str!("member.txt").lines().filter_map(member).collect());

fn member(line: &'static str) -> Option<Member> {
    let mut parts = line.split(" | ");
    let (name, english) = (parts.next()?, parts.next()?);
    Some((name, [english, parts.next()?, parts.next()?])).filter(|_| !line.starts_with('#'))
}

pub(super) fn english(name: &str) -> Option<&'static str> {
    find(name).map(|[english, _, _]| english)
}

pub(super) fn spanish(name: &str) -> Option<&'static str> {
    find(name).map(|[_, spanish, _]| spanish)
}

pub(super) fn french(name: &str) -> Option<&'static str> {
    find(name).map(|[_, _, french]| french)
}

/// A path (`contact.holders.name.first`) is looked up whole first, then without its first part, and so on.
fn find(name: &str) -> Option<[&'static str; 3]> {
    let mut rest = Some(name);
    while let Some(path) = rest {
        if let Some((_, words)) = MEMBERS.iter().find(|(member, _)| *member == path) {
            return Some(*words);
        }
        rest = path.split_once('.').map(|(_, last)| last);
    }
    None
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_member_is_found_by_the_longest_end_of_its_path() {
        assert_eq!(english("currentBalance"), Some("Current balance"));
        assert_eq!(french("contact.holders.name.first"), Some("Prénom"));
        assert_eq!(spanish("contact.telephones.number"), Some("Número de teléfono"));
        assert_eq!(english("nothingOfTheKind"), None);
    }

    #[test]
    fn every_line_has_three_languages_and_no_member_is_told_twice() {
        let lines = include_str!("member.txt").lines();
        let told = lines.filter(|line| !line.starts_with('#')).count();
        let names: BTreeSet<_> = MEMBERS.iter().map(|(name, _)| name).collect();
        assert_eq!((MEMBERS.len(), names.len()), (told, told));
        assert!(MEMBERS.iter().all(|(_, words)| {
            words
                .iter()
                .all(|words| !words.is_empty() && !words.contains('|'))
        }));
    }
}
