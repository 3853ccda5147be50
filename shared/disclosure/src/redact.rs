//! Examples in which nothing can be read that matters: the last digits of a number, a day, a word of FDX's own.
//!
//! What is not on a list here is three dots: a member that nobody thought of shows nothing.

use serde_json::Value;

const HIDDEN: &str = "\u{2022}\u{2022}\u{2022}";

/// Members whose values are words of FDX's enumerations. A value that is none looks like one by accident only.
const WORDS: [&str; 11] = [
    "accountCategory",
    "accountType",
    "balanceType",
    "currencyCode",
    "debitCreditMemo",
    "identifierType",
    "paymentFrequency",
    "relationship",
    "status",
    "transactionType",
    "type",
];

/// Members that name an account by its digits.
const NUMBERS: [&str; 5] = [
    "accountNumber",
    "accountNumberDisplay",
    "cardNumberDisplay",
    "identifier",
    "taxId",
];

/// Days that say something about the consumer.
const SECRET_DAYS: [&str; 2] = ["birthdate", "dateOfBirth"];

/// What the value of that member, named from the outside in, looks like.
pub(crate) fn redacted(name: &str, value: &Value) -> String {
    let member = name.rsplit('.').next().unwrap_or(name);
    let Value::String(text) = value else {
        return HIDDEN.into();
    };
    if NUMBERS.contains(&member) {
        return tail(member, text);
    }
    if WORDS.contains(&member) && is_word(text) {
        return text.clone();
    }
    match day(text) {
        Some(day) if !SECRET_DAYS.contains(&member) => day.to_owned(),
        _ => HIDDEN.into(),
    }
}

/// The last four of a number that is long enough to keep the rest hidden, or that is made to be shown.
fn tail(member: &str, number: &str) -> String {
    let letters: Vec<char> = number.chars().filter(char::is_ascii_alphanumeric).collect();
    let is_made_to_be_shown = member.ends_with("Display");
    if letters.len() < 8 && !is_made_to_be_shown {
        return HIDDEN.into();
    }
    let tail: String = letters.iter().skip(letters.len().saturating_sub(4)).collect();
    format!("{HIDDEN}\u{2022} {tail}").trim_end().to_owned()
}

fn is_word(text: &str) -> bool {
    text.len() <= 40
        && text
            .chars()
            .all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_')
}

/// The day of a date or instant.
fn day(text: &str) -> Option<&str> {
    let day = text.get(..10)?;
    let is_digit = |index: usize| day.as_bytes().get(index).is_some_and(u8::is_ascii_digit);
    let is_date = (0..10).all(|index| match index {
        4 | 7 => day.as_bytes().get(index) == Some(&b'-'),
        index => is_digit(index),
    });
    let ends = text.len() == 10 || text.as_bytes().get(10) == Some(&b'T');
    (is_date && ends && text.len() <= 35).then_some(day)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn example(name: &str, value: Value) -> String {
        redacted(name, &value)
    }

    #[test]
    fn a_number_shows_its_last_four_if_it_is_long() {
        assert_eq!(
            example("accountNumber", json!("000011112222")),
            "\u{2022}\u{2022}\u{2022}\u{2022} 2222"
        );
        assert_eq!(example("accountNumber", json!("1234567")), HIDDEN);
        assert_eq!(
            example("accountNumberDisplay", json!("****22")),
            "\u{2022}\u{2022}\u{2022}\u{2022} 22"
        );
        assert_eq!(
            example("accountNumberDisplay", json!("****")),
            "\u{2022}\u{2022}\u{2022}\u{2022}"
        );
    }

    #[test]
    fn a_word_is_shown_where_words_stand_and_nowhere_else() {
        assert_eq!(example("accountType", json!("CHECKING")), "CHECKING");
        assert_eq!(example("transactions.description", json!("CLINIC")), HIDDEN);
        assert_eq!(example("status", json!("see a doctor")), HIDDEN);
    }

    #[test]
    fn a_day_is_shown_unless_it_is_of_a_birth() {
        assert_eq!(
            example("postedTimestamp", json!("2026-11-20T10:00:00Z")),
            "2026-11-20"
        );
        assert_eq!(
            example("contact.holders.dateOfBirth", json!("1990-01-01")),
            HIDDEN
        );
        assert_eq!(example("memo", json!("2026-11-2 ")), HIDDEN);
        assert_eq!(example("memo", json!("2026-11-20 call Bob")), HIDDEN);
    }

    #[test]
    fn all_else_is_hidden() {
        for value in [json!(12.5), json!(true), json!("Anna"), json!("")] {
            assert_eq!(example("anything", value), HIDDEN);
        }
    }
}
