//! Who read what under a connection, all of it, newest first.

use super::{AccountLine, Frame, cluster_labels, moment};
use crate::{
    api::{Access, AccessPage, Account, UserConsent},
    text::Text,
};
use askama::Template;

/// The page.
#[derive(Template)]
#[template(path = "accesses.html")]
pub(crate) struct Accesses {
    pub(super) frame: Frame,
    id: String,
    back: String,
    heading: String,
    reads: Vec<Read>,
    older: Option<String>,
}

/// One read.
pub(crate) struct Read {
    /// Which data.
    pub(crate) what: String,
    /// Of which accounts.
    pub(crate) of: String,
    pub(crate) when: String,
    pub(crate) how: &'static str,
}

impl Accesses {
    pub(crate) fn new(frame: Frame, consent: &UserConsent, page: &AccessPage) -> Self {
        let text = frame.text;
        let id = consent.consent_id.to_string();
        Self {
            back: (text.back_to)(&consent.recipient.name),
            heading: (text.accesses_of)(&consent.recipient.name),
            reads: Read::all(text, consent, &page.accesses),
            // A sealed key is base64url, and needs no escaping in a query.
            older: page
                .page
                .next_page_key
                .as_ref()
                .map(|key| format!("/portal/connections/{id}/accesses?pageKey={key}")),
            id,
            frame,
        }
    }

    #[cfg(test)]
    pub(crate) fn sample(text: &'static Text) -> Self {
        let consents = super::tests::consents().consents;
        Self::new(super::tests::frame(text), &consents[0], &super::tests::accesses())
    }
}

impl Read {
    pub(super) fn all(text: &Text, consent: &UserConsent, accesses: &[Access]) -> Vec<Self> {
        let read = |access: &Access| Self {
            what: cluster_labels(text, access.data_clusters.iter().copied()),
            of: join(
                access
                    .account_ids
                    .iter()
                    .map(|id| account(text, consent, id.as_str())),
            ),
            when: moment(text, access.accessed_time),
            how: if access.attended {
                text.attended
            } else {
                text.unattended
            },
        };
        accesses.iter().map(read).collect()
    }
}

fn join(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

/// An account of the connection by its name.
fn account(text: &Text, consent: &UserConsent, id: &str) -> String {
    find(consent, id).map_or_else(
        || (text.category)("").to_owned(),
        |(account, nickname)| AccountLine::new(text, account, nickname).name,
    )
}

/// An account of the connection, also one that was removed since, and the consumer's own name for it.
pub(super) fn find<'a>(consent: &'a UserConsent, id: &str) -> Option<(&'a Account, Option<&'a str>)> {
    let shared = consent
        .accounts
        .iter()
        .map(|shared| (&shared.account, shared.nickname.as_deref()));
    let removed = consent
        .removed_accounts
        .iter()
        .map(|removed| (&removed.account, None));
    shared
        .chain(removed)
        .find(|(account, _)| account.account_id.as_str() == id)
}
