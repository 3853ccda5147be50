//! The last question before a connection is ended.

use askama::Template;

use super::Frame;
use crate::api::UserConsent;

/// The confirmation.
#[derive(Template)]
#[template(path = "stop.html")]
pub(crate) struct Stop {
    pub(super) frame: Frame,
    id: String,
    question: String,
    means: String,
    csrf: String,
}

impl Stop {
    pub(crate) fn new(frame: Frame, consent: &UserConsent, csrf: String) -> Self {
        let text = frame.text;
        Self {
            id: consent.consent_id.to_string(),
            question: (text.stop_question)(&consent.recipient.name),
            means: (text.stop_means)(&consent.recipient.name),
            csrf,
            frame,
        }
    }

    #[cfg(test)]
    pub(crate) fn sample(text: &'static crate::text::Text) -> Self {
        let consents = super::tests::consents().consents;
        Self::new(super::tests::frame(text), &consents[0], "token".into())
    }
}
