//! The last question before something is ended that cannot be undone.

use askama::Template;

use super::Frame;
use crate::api::UserConsent;

/// The confirmation.
#[derive(Template)]
#[template(path = "question.html")]
pub(crate) struct Question {
    pub(super) frame: Frame,
    heading: String,
    means: String,
    /// Where yes is sent.
    action: String,
    csrf: String,
    /// What is sent with it, beside the token.
    account: Option<String>,
    /// The button: its id and its words.
    yes: (&'static str, &'static str),
    /// Where no leads.
    keep: String,
}

impl Question {
    /// Whether to end a connection.
    pub(crate) fn stop(frame: Frame, consent: &UserConsent, csrf: String) -> Self {
        let text = frame.text;
        let keep = format!("/portal/connections/{}", consent.consent_id);
        Self {
            heading: (text.stop_question)(&consent.recipient.name),
            means: (text.stop_means)(&consent.recipient.name),
            action: format!("{keep}/stop"),
            csrf,
            account: None,
            yes: ("revoke", text.stop),
            keep,
            frame,
        }
    }

    /// Whether to end them all.
    pub(crate) fn stop_all(frame: Frame, names: &str, csrf: String) -> Self {
        let text = frame.text;
        Self {
            heading: text.stop_all_question.to_owned(),
            means: (text.stop_all_means)(names),
            action: "/portal/stop-all".to_owned(),
            csrf,
            account: None,
            yes: ("revoke-all", text.stop_all),
            keep: "/portal/".to_owned(),
            frame,
        }
    }

    /// Whether to take an account out of a connection.
    pub(crate) fn remove(frame: Frame, consent: &UserConsent, account: (&str, &str), csrf: String) -> Self {
        let text = frame.text;
        let (account_id, name) = account;
        let keep = format!("/portal/connections/{}", consent.consent_id);
        Self {
            heading: (text.remove_question)(name),
            means: (text.remove_means)(&consent.recipient.name),
            action: format!("{keep}/remove"),
            csrf,
            account: Some(account_id.to_owned()),
            yes: ("remove", text.remove),
            keep,
            frame,
        }
    }

    #[cfg(test)]
    pub(crate) fn sample(text: &'static crate::text::Text) -> Self {
        let consents = super::tests::consents().consents;
        Self::stop(super::tests::frame(text), &consents[0], "token".into())
    }

    #[cfg(test)]
    pub(crate) fn sample_of_all(text: &'static crate::text::Text) -> Self {
        Self::stop_all(
            super::tests::frame(text),
            "Budget & <b>Bloom</b>, Pipeline Data",
            "token".into(),
        )
    }

    #[cfg(test)]
    pub(crate) fn sample_of_an_account(text: &'static crate::text::Text) -> Self {
        let consents = super::tests::consents().consents;
        let account = ("a1", "Everyday Checking");
        Self::remove(super::tests::frame(text), &consents[0], account, "token".into())
    }
}
