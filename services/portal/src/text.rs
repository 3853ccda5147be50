//! Every word that a consumer reads, in each language. A new text is a member of [`Text`], and the compiler asks for it
//! in all of them. Names and numbers are put in as they are; templates escape.

mod cluster;
mod en;
mod es;
mod fr;
mod language;
mod member;
mod receipt;

use domain::{DataCluster, Instant};

use self::receipt::ReceiptText;
use crate::{api::UserConsentStatus, refusal::Refusal};

pub(crate) use language::Language;

/// The texts of one language.
pub(crate) struct Text {
    /// BCP 47.
    pub(crate) language: &'static str,
    /// As its readers call it.
    pub(crate) language_name: &'static str,
    pub(crate) languages: &'static str,
    /// A day, in UTC.
    pub(crate) date: fn(Instant) -> String,
    /// Label and description of a data cluster; nothing where the API's own, which are English, will do.
    pub(crate) cluster: fn(DataCluster) -> Option<(&'static str, &'static str)>,
    /// A category of accounts, for an account without a name.
    pub(crate) category: fn(&str) -> &'static str,

    // What every page has.
    pub(crate) your_connections: &'static str,
    pub(crate) signed_in_as: fn(&str) -> String,
    pub(crate) sign_out: &'static str,
    /// Which clock every page goes by.
    pub(crate) in_utc: &'static str,

    // Signing in.
    pub(crate) sign_in: &'static str,
    pub(crate) username: &'static str,
    pub(crate) password: &'static str,
    pub(crate) wrong: &'static str,
    pub(crate) too_often: &'static str,

    // Signing in: the second factor.
    pub(crate) enter_code: &'static str,
    pub(crate) code_intro: &'static str,
    pub(crate) code: &'static str,
    pub(crate) code_wrong: &'static str,
    pub(crate) go_on: &'static str,

    // The consent application: who asks.
    pub(crate) wants_to_connect: fn(&str) -> String,
    pub(crate) sign_in_to_see: &'static str,
    pub(crate) or_deny: &'static str,
    pub(crate) deny_at_once: &'static str,

    // The consent application: the decision.
    pub(crate) asks_for_access: fn(&str) -> String,
    pub(crate) asks_who_you_are: fn(&str) -> String,
    pub(crate) through: fn(&str, &str) -> String,
    pub(crate) registered_as: fn(&str) -> String,
    pub(crate) purpose: fn(&str) -> String,
    pub(crate) replaces: fn(&str) -> String,
    pub(crate) what_it_sees: &'static str,
    pub(crate) identity_only: fn(&str) -> String,
    pub(crate) told_your_name: fn(&str) -> String,
    pub(crate) which_accounts: &'static str,
    pub(crate) untick: &'static str,
    pub(crate) no_accounts: &'static str,
    pub(crate) choose_one: &'static str,
    /// Leads to what one account shares, and how it is called.
    pub(crate) choose_shares: &'static str,
    /// The same where there is one kind of data alone.
    pub(crate) give_a_name: &'static str,
    /// Of an account that shares so many kinds of so many.
    pub(crate) shares_some: fn(usize, usize) -> String,
    /// The recipient and the account.
    pub(crate) shares_legend: fn(&str, &str) -> String,
    pub(crate) part_of: fn(&str) -> String,
    pub(crate) name_it: fn(&str) -> String,
    pub(crate) name_hint: fn(&str) -> String,
    pub(crate) choose_of: fn(&str) -> String,
    /// A kind of data that is left out, and the one that contains it and is not.
    pub(crate) contained: fn(&str, &str) -> String,
    pub(crate) nickname_wrong: &'static str,
    pub(crate) how_long: &'static str,
    pub(crate) for_days: fn(u16, &str) -> String,
    pub(crate) once: fn(&str) -> String,
    pub(crate) looks_back: fn(u16) -> String,
    /// Of an account for which others must agree too: how many.
    pub(crate) others_must_agree: fn(usize) -> String,
    pub(crate) show_preview: &'static str,
    pub(crate) preview: &'static str,
    pub(crate) preview_means: fn(&str) -> String,
    pub(crate) preview_nothing: &'static str,
    /// Where all of it is listed under the data clusters before.
    pub(crate) preview_no_more: &'static str,
    pub(crate) left_out: fn(&str) -> String,
    /// How many there are, or of how many the newest were looked at; whether there are more; and since when.
    pub(crate) transactions_since: fn(usize, bool, &str) -> String,
    pub(crate) fields: fn(usize) -> String,
    pub(crate) kinds_of_data: fn(usize) -> String,
    pub(crate) stop_any_time: &'static str,
    pub(crate) no_is_nothing: &'static str,
    pub(crate) how_to_stop: &'static str,
    pub(crate) stop_at: &'static str,
    pub(crate) if_you_deny: fn(&str) -> String,
    pub(crate) never_your_password: fn(&str) -> String,
    pub(crate) your_decision: &'static str,
    pub(crate) allow: &'static str,
    pub(crate) deny: &'static str,

    // Errors.
    pub(crate) error: fn(Refusal) -> (&'static str, &'static str),
    pub(crate) error_code: &'static str,

    // The dashboard: the list.
    pub(crate) connections_intro: &'static str,
    pub(crate) no_connections: &'static str,
    pub(crate) waits_for_you: &'static str,
    pub(crate) sharing_now: &'static str,
    pub(crate) over: &'static str,
    pub(crate) status: fn(UserConsentStatus) -> &'static str,
    pub(crate) awaits_approval: &'static str,
    pub(crate) refused: &'static str,
    pub(crate) since: fn(&str) -> String,
    pub(crate) until: fn(&str) -> String,
    pub(crate) ended: fn(&str) -> String,
    pub(crate) paused_until: fn(&str) -> String,
    pub(crate) account_count: fn(usize) -> String,
    pub(crate) older: &'static str,

    // The dashboard: one connection.
    pub(crate) back: &'static str,
    pub(crate) back_to: fn(&str) -> String,
    pub(crate) what_is_shared: &'static str,
    pub(crate) what_was_shared: &'static str,
    pub(crate) accounts: &'static str,
    pub(crate) shares_all: &'static str,
    pub(crate) shares_only: fn(&str) -> String,
    pub(crate) remove: &'static str,
    /// For those who hear the link without its surroundings: the account's name.
    pub(crate) remove_account: fn(&str) -> String,
    pub(crate) removed: fn(&str) -> String,
    pub(crate) others_awaited: &'static str,
    pub(crate) who_read: &'static str,
    pub(crate) never_read: &'static str,
    pub(crate) all_accesses: &'static str,
    pub(crate) older_reads: &'static str,
    pub(crate) accesses_of: fn(&str) -> String,
    pub(crate) attended: &'static str,
    pub(crate) unattended: &'static str,
    pub(crate) history: &'static str,
    pub(crate) action: fn(&str) -> &'static str,
    pub(crate) by: fn(&str) -> &'static str,
    pub(crate) by_a_holder: &'static str,
    pub(crate) receipt: &'static str,
    /// For those who hear the link without its surroundings: what it proves, and when that was.
    pub(crate) receipt_of: fn(&str, &str) -> String,
    pub(crate) receipts_mean: &'static str,
    /// One receipt.
    pub(crate) of_receipts: ReceiptText,

    // Changing a connection.
    pub(crate) pause: &'static str,
    pub(crate) pause_means: fn(&str) -> String,
    pub(crate) pause_until: &'static str,
    pub(crate) pause_hint: &'static str,
    pub(crate) pause_wrong: fn(&str) -> String,
    pub(crate) resume: &'static str,
    pub(crate) resume_means: fn(&str) -> String,
    pub(crate) stop: &'static str,
    pub(crate) stop_question: fn(&str) -> String,
    pub(crate) stop_means: fn(&str) -> String,
    pub(crate) stop_all: &'static str,
    pub(crate) stop_all_question: &'static str,
    pub(crate) stop_all_means: fn(&str) -> String,
    pub(crate) remove_question: fn(&str) -> String,
    pub(crate) remove_means: fn(&str) -> String,
    pub(crate) keep: &'static str,

    // Another holder's part in a connection.
    pub(crate) your_approval: &'static str,
    pub(crate) approval_asked: fn(&str) -> String,
    pub(crate) approval_given: fn(&str) -> String,
    pub(crate) approval_withdrawn: fn(&str) -> String,
    pub(crate) approve: &'static str,
    pub(crate) refuse: &'static str,
    pub(crate) withdraw: &'static str,

    /// What was just done, by its word in the address.
    pub(crate) done: fn(&str) -> Option<&'static str>,
    /// A member of an FDX entity in plain words; nothing for one that has none.
    pub(crate) member: fn(&str) -> Option<&'static str>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_reads_as_people_of_the_language_write_it() {
        let day = Instant::from_timestamp(1_803_254_400, 0).unwrap();
        let read = Language::ALL.map(|language| (language.text().date)(day));
        assert_eq!(
            read,
            ["February 22, 2027", "22 de febrero de 2027", "22 février 2027"]
        );
    }

    #[test]
    fn a_lookback_reads_in_the_largest_unit_that_fits() {
        let text = Language::English.text();
        let read = [1, 90, 365, 730, 731].map(|days| (text.looks_back)(days));
        assert_eq!(
            read,
            [
                "It can look back 1 day.",
                "It can look back 90 days.",
                "It can look back 1 year.",
                "It can look back 2 years.",
                "It can look back 731 days."
            ]
        );
    }

    #[test]
    fn every_language_but_english_has_words_for_every_cluster() {
        for language in [Language::Spanish, Language::French] {
            assert!(
                DataCluster::ALL
                    .into_iter()
                    .all(|cluster| (language.text().cluster)(cluster).is_some())
            );
        }
    }
}
