//! The dashboard's first page: everyone with whom the consumer shares, and shared, recipient by recipient; before them
//! what waits for their agreement.

use askama::Template;
use domain::UserId;

use super::{Frame, approval, approval::Mine, monogram};
use crate::{
    api::{ApprovalStatus, ConsentPage, Role, UserConsent, UserConsentStatus},
    text::Text,
};

/// The list.
#[derive(Template)]
#[template(path = "connections.html")]
pub(crate) struct Connections {
    pub(super) frame: Frame,
    /// What waits, what goes on, what is over; those that have something in them.
    parts: Vec<Part>,
    older: Option<String>,
    can_stop_all: bool,
    done: Option<&'static str>,
}

struct Part {
    id: &'static str,
    heading: &'static str,
    groups: Vec<Group>,
}

/// The connections with one recipient.
struct Group {
    client_id: String,
    name: String,
    monogram: String,
    lines: Vec<Line>,
}

struct Line {
    id: String,
    when: String,
    accounts: String,
    status: &'static str,
    tone: &'static str,
}

impl Connections {
    /// `live` has those that go on; nothing on the later pages of those that have ended.
    pub(crate) fn new(
        frame: Frame,
        user_id: &UserId,
        live: &[UserConsent],
        ended: &ConsentPage,
        done: Option<&'static str>,
    ) -> Self {
        let text = frame.text;
        let (waiting, sharing): (Vec<_>, Vec<_>) = live.iter().partition(|consent| {
            consent.role == Role::Holder && approval::mine(consent, user_id) == Mine::Asked
        });
        // A sealed key is base64url, and needs no escaping in a query.
        let older = ended
            .page
            .next_page_key
            .as_ref()
            .map(|key| format!("/portal/?pageKey={key}"));
        let own = sharing.iter().filter(|consent| consent.role == Role::Grantor);
        let can_stop_all = own.count() > 1;
        let over: Vec<_> = ended.consents.iter().collect();
        let parts = [
            ("waiting", text.waits_for_you, waiting),
            ("sharing", text.sharing_now, sharing),
            ("over", text.over, over),
        ];
        Self {
            parts: parts
                .into_iter()
                .map(|(id, heading, consents)| Part {
                    id,
                    heading,
                    groups: groups(text, consents.into_iter(), user_id),
                })
                .filter(|part| !part.groups.is_empty())
                .collect(),
            can_stop_all,
            older,
            done,
            frame,
        }
    }

    #[cfg(test)]
    pub(crate) fn sample(text: &'static Text) -> Self {
        let mut live = super::tests::consents();
        let ended = ConsentPage {
            consents: live.consents.split_off(2),
            page: live.page,
        };
        live.consents.push(super::tests::held_with_another());
        Self::new(
            super::tests::frame(text),
            &super::tests::user().user_id,
            &live.consents,
            &ended,
            (text.done)("stopped"),
        )
    }

    #[cfg(test)]
    pub(crate) fn sample_of_none(text: &'static Text) -> Self {
        let page = crate::api::NextPage { next_page_key: None };
        let none = ConsentPage {
            consents: vec![],
            page,
        };
        let user_id = super::tests::user().user_id;
        Self::new(super::tests::frame(text), &user_id, &[], &none, None)
    }
}

/// By recipient, each where its newest connection is.
fn groups<'a>(text: &Text, consents: impl Iterator<Item = &'a UserConsent>, user_id: &UserId) -> Vec<Group> {
    let mut groups: Vec<Group> = vec![];
    for consent in consents {
        let line = Line::new(text, consent, user_id);
        match groups
            .iter_mut()
            .find(|group| group.client_id == consent.client_id)
        {
            Some(group) => group.lines.push(line),
            None => groups.push(Group {
                client_id: consent.client_id.clone(),
                name: consent.recipient.name.clone(),
                monogram: monogram(&consent.recipient.name),
                lines: vec![line],
            }),
        }
    }
    groups
}

impl Line {
    fn new(text: &Text, consent: &UserConsent, user_id: &UserId) -> Self {
        let (status, tone) = badge(text, consent, user_id);
        Self {
            id: consent.consent_id.to_string(),
            when: when(text, consent),
            accounts: (text.account_count)(consent.accounts.len()),
            status,
            tone,
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

/// A state's words, and the class that colors them. What waits for others is not "sharing" yet.
pub(super) fn badge(text: &Text, consent: &UserConsent, user_id: &UserId) -> (&'static str, &'static str) {
    let awaits = |approval: &crate::api::Approvals| approval.status == ApprovalStatus::Awaiting;
    let nothing_flows = !consent.accounts.is_empty()
        && consent
            .accounts
            .iter()
            .all(|account| account.approval.as_ref().is_some_and(awaits));
    match consent.status {
        UserConsentStatus::Active if consent.role == Role::Holder => match approval::mine(consent, user_id) {
            Mine::Withdrawn => (text.refused, "over"),
            Mine::Asked => (text.awaits_approval, "held"),
            Mine::Given if nothing_flows => (text.awaits_approval, "held"),
            Mine::Given => ((text.status)(consent.status), "on"),
        },
        UserConsentStatus::Active if nothing_flows => (text.awaits_approval, "held"),
        status => ((text.status)(status), tone(status)),
    }
}

/// The class that colors a state.
pub(super) const fn tone(status: UserConsentStatus) -> &'static str {
    match status {
        UserConsentStatus::Active => "on",
        UserConsentStatus::OnHold => "held",
        UserConsentStatus::Revoked | UserConsentStatus::Expired | UserConsentStatus::Consumed => "over",
    }
}
