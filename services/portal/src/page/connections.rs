//! The dashboard's first page: everyone with whom the consumer shares, and shared.

use askama::Template;

use super::{Frame, monogram};
use crate::{
    api::{ConsentPage, UserConsent, UserConsentStatus},
    text::Text,
};

/// The list.
#[derive(Template)]
#[template(path = "connections.html")]
pub(crate) struct Connections {
    pub(super) frame: Frame,
    connections: Vec<Line>,
    older: Option<String>,
    done: Option<&'static str>,
}

struct Line {
    id: String,
    name: String,
    monogram: String,
    when: String,
    accounts: String,
    status: &'static str,
    tone: &'static str,
}

impl Connections {
    pub(crate) fn new(frame: Frame, page: &ConsentPage, done: Option<&'static str>) -> Self {
        let text = frame.text;
        // A sealed key is base64url, and needs no escaping in a query.
        let older = page
            .page
            .next_page_key
            .as_ref()
            .map(|key| format!("/portal/?pageKey={key}"));
        Self {
            connections: page
                .consents
                .iter()
                .map(|consent| Line::new(text, consent))
                .collect(),
            older,
            done,
            frame,
        }
    }

    #[cfg(test)]
    pub(crate) fn sample(text: &'static Text) -> Self {
        Self::new(
            super::tests::frame(text),
            &super::tests::consents(),
            Some(text.done_stopped),
        )
    }
}

impl Line {
    fn new(text: &Text, consent: &UserConsent) -> Self {
        Self {
            id: consent.consent_id.to_string(),
            name: consent.recipient.name.clone(),
            monogram: monogram(&consent.recipient.name),
            when: when(text, consent),
            accounts: (text.account_count)(consent.accounts.len()),
            status: (text.status)(consent.status),
            tone: tone(consent.status),
        }
    }
}

/// Since when and until when, as the state has it.
pub(super) fn when(text: &Text, consent: &UserConsent) -> String {
    let date = |instant| (text.date)(instant);
    match (consent.status, consent.hold_until, consent.ended_time) {
        (UserConsentStatus::OnHold, Some(until), _) => (text.paused_until)(&date(until)),
        (_, _, Some(ended)) => (text.ended)(&date(ended)),
        _ => {
            let since = (text.since)(&date(consent.created_time));
            format!("{since}, {}", (text.until)(&date(consent.expiration_time)))
        }
    }
}

/// The class of a state's badge.
pub(super) const fn tone(status: UserConsentStatus) -> &'static str {
    match status {
        UserConsentStatus::Active => "on",
        UserConsentStatus::OnHold => "held",
        UserConsentStatus::Revoked | UserConsentStatus::Expired | UserConsentStatus::Consumed => "over",
    }
}
