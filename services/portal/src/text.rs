//! Every word that a consumer reads, in each language. A new text is a member of [`Text`], and the compiler asks for it
//! in all of them. Names and numbers are put in as they are; templates escape.

mod en;
mod es;
mod fr;
mod language;

use domain::{DataCluster, Instant};

use crate::{api::UserConsentStatus, refusal::Refusal};

pub(crate) use language::Language;

/// The texts of one language.
pub(crate) struct Text {
    /// BCP 47.
    pub(crate) language: &'static str,
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

    // Signing in.
    pub(crate) sign_in: &'static str,
    pub(crate) username: &'static str,
    pub(crate) password: &'static str,
    pub(crate) wrong: &'static str,
    pub(crate) too_often: &'static str,

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
    pub(crate) what_it_sees: &'static str,
    pub(crate) identity_only: fn(&str) -> String,
    pub(crate) told_your_name: fn(&str) -> String,
    pub(crate) which_accounts: &'static str,
    pub(crate) untick: &'static str,
    pub(crate) no_accounts: &'static str,
    pub(crate) choose_one: &'static str,
    pub(crate) how_long: &'static str,
    pub(crate) for_days: fn(u16, &str) -> String,
    pub(crate) once: fn(&str) -> String,
    pub(crate) looks_back: fn(u16) -> String,
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

    // The dashboard.
    pub(crate) connections_intro: &'static str,
    pub(crate) no_connections: &'static str,
    pub(crate) status: fn(UserConsentStatus) -> &'static str,
    pub(crate) since: fn(&str) -> String,
    pub(crate) until: fn(&str) -> String,
    pub(crate) ended: fn(&str) -> String,
    pub(crate) paused_until: fn(&str) -> String,
    pub(crate) account_count: fn(usize) -> String,
    pub(crate) older: &'static str,
    pub(crate) back: &'static str,
    pub(crate) what_is_shared: &'static str,
    pub(crate) what_was_shared: &'static str,
    pub(crate) accounts: &'static str,
    pub(crate) history: &'static str,
    pub(crate) action: fn(&str) -> &'static str,
    pub(crate) by: fn(&str) -> &'static str,

    // Changing a connection.
    pub(crate) pause: &'static str,
    pub(crate) pause_means: fn(&str) -> String,
    pub(crate) pause_for: &'static str,
    pub(crate) until_i_resume: &'static str,
    pub(crate) days: fn(u16) -> String,
    pub(crate) resume: &'static str,
    pub(crate) resume_means: fn(&str) -> String,
    pub(crate) stop: &'static str,
    pub(crate) stop_question: fn(&str) -> String,
    pub(crate) stop_means: fn(&str) -> String,
    pub(crate) keep: &'static str,
    pub(crate) done_stopped: &'static str,
    pub(crate) done_paused: &'static str,
    pub(crate) done_resumed: &'static str,
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
