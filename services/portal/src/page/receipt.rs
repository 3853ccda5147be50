//! A receipt, to be read and printed: one change of a connection, how the connection stood after it, and how to check it.
//!
//! What the ledger knows by its id has the name that the bank and the recipient give it today; everything else is as the
//! receipt says.

use std::collections::BTreeSet;

use askama::Template;
use domain::DataCluster;

use super::{AccountLine, Asker, ClusterLine, Frame, accesses, cluster_labels, connections, moment};
use crate::{
    api::{self, ReceiptAccount, ReceiptContent, UserConsent, UserConsentStatus},
    text::Text,
};

/// The page.
#[derive(Template)]
#[template(path = "receipt.html")]
pub(crate) struct Receipt {
    pub(super) frame: Frame,
    id: String,
    sequence: u64,
    back: String,
    asker: Asker,
    through: Option<String>,
    heading: String,
    when: String,
    by: String,
    why: Option<String>,
    status: &'static str,
    tone: &'static str,
    until: Option<String>,
    clusters: Vec<ClusterLine>,
    /// What the list of clusters is called.
    what_is_seen: String,
    identity_only: Option<String>,
    lookback: Option<String>,
    accounts: Vec<Item>,
    checked_with: String,
    keys: String,
    fingerprint: String,
}

/// An account of the connection as it was then.
struct Item {
    name: String,
    detail: String,
    /// What of it, where another account of the connection shared more.
    shares: Option<String>,
    note: Option<String>,
}

impl Receipt {
    /// `consumer` is the name of who granted the connection, and reads this; `keys` is where the bank publishes its keys.
    pub(crate) fn new(
        frame: Frame,
        consent: &UserConsent,
        receipt: &api::Receipt,
        (consumer, keys): (&str, String),
    ) -> Self {
        let (text, claims) = (frame.text, &receipt.claims);
        let (words, content) = (&text.of_receipts, &claims.content);
        let recipient = &consent.recipient.name;
        let shared: BTreeSet<DataCluster> = content
            .accounts
            .iter()
            .filter(|account| account.removed_at.is_none())
            .flat_map(|account| account.data_clusters.iter().copied())
            .collect();
        let (status, tone) = standing(text, content);
        let what_is_seen = match (content.ended_at, content.state) {
            (Some(_), _) => words.could_see,
            (None, UserConsentStatus::OnHold) => words.may_see_later,
            (None, _) => words.may_see,
        };
        let through: Vec<_> = consent
            .intermediaries
            .iter()
            .map(|party| party.name.as_str())
            .collect();
        Self {
            id: claims.consent_id.to_string(),
            sequence: claims.sequence,
            back: (text.back_to)(recipient),
            asker: Asker::new(text, &consent.recipient, &consent.intermediaries),
            through: (!through.is_empty()).then(|| (words.through)(&through.join(", "))),
            heading: (words.happened)(&claims.action, recipient),
            when: moment(text, claims.happened_at),
            by: by(text, claims, consumer, recipient),
            why: claims.reason.as_deref().map(|reason| why(text, reason)),
            status,
            tone,
            until: until(text, content),
            clusters: ClusterLine::of_receipt(text, &shared, &consent.identity),
            what_is_seen: what_is_seen(recipient),
            identity_only: content
                .accounts
                .is_empty()
                .then(|| (words.identity_only)(recipient)),
            lookback: content
                .lookback_days
                .filter(|_| !shared.is_empty() && content.ended_at.is_none())
                .map(text.looks_back),
            accounts: content
                .accounts
                .iter()
                .map(|account| Item::new(text, consent, account, &shared))
                .collect(),
            checked_with: (words.checked_with)(&receipt.header.kid, &receipt.header.typ),
            keys,
            fingerprint: claims.row_hash.clone(),
            frame,
        }
    }

    #[cfg(test)]
    pub(crate) fn sample(text: &'static Text) -> Self {
        Self::sample_of(text, &super::tests::receipt())
    }

    #[cfg(test)]
    pub(super) fn sample_of(text: &'static Text, receipt: &api::Receipt) -> Self {
        let consents = super::tests::consents().consents;
        let keys = "https://auth.bank.example/fdx/auth/v1/jwks".to_owned();
        Self::new(
            super::tests::frame(text),
            &consents[0],
            receipt,
            (&super::tests::user().display_name, keys),
        )
    }
}

/// A consumer is named where it cannot have been another holder.
fn by(text: &Text, claims: &api::Claims, consumer: &str, recipient: &str) -> String {
    let words = &text.of_receipts;
    match claims.actor.as_str() {
        "CONSUMER" if matches!(claims.action.as_str(), "APPROVED" | "WITHDRAWN") => words.holder.to_owned(),
        "CONSUMER" => consumer.to_owned(),
        "RECIPIENT" => recipient.to_owned(),
        "BANK_OPERATOR" => words.bank.to_owned(),
        _ => words.by_itself.to_owned(),
    }
}

/// Of a change that came too late, what it wanted stands before the reason (`REVOKED: ALREADY_ENDED`).
fn why(text: &Text, reason: &str) -> String {
    let code = reason.rsplit(": ").next().unwrap_or(reason);
    (text.of_receipts.reason)(code).unwrap_or(reason).to_owned()
}

/// The state's words, and the class that colors them. What waits for others is not "sharing" yet.
fn standing(text: &Text, content: &ReceiptContent) -> (&'static str, &'static str) {
    let mut shared = content
        .accounts
        .iter()
        .filter(|account| account.removed_at.is_none())
        .peekable();
    let nothing_flows = shared.peek().is_some() && shared.all(|account| account.awaiting > 0);
    if content.state == UserConsentStatus::Active && nothing_flows {
        return (text.awaits_approval, "held");
    }
    ((text.status)(content.state), connections::tone(content.state))
}

/// Until when, to the minute.
fn until(text: &Text, content: &ReceiptContent) -> Option<String> {
    let words = &text.of_receipts;
    let ends = content.expires_at.map(|at| (words.ends)(&moment(text, at)));
    match (content.ended_at, content.hold_until) {
        (Some(at), _) => Some((words.ended)(&moment(text, at))),
        (None, Some(until)) if content.state == UserConsentStatus::OnHold => {
            let paused = (words.paused_until)(&moment(text, until));
            Some(ends.map_or_else(|| paused.clone(), |ends| format!("{paused}. {ends}")))
        }
        (None, _) => ends,
    }
}

impl Item {
    fn new(
        text: &Text,
        consent: &UserConsent,
        account: &ReceiptAccount,
        shared: &BTreeSet<DataCluster>,
    ) -> Self {
        let id = account.account_id.as_str();
        let line = accesses::find(consent, id).map_or_else(
            // Gone from the connection and from the bank: its id is all that is left.
            || AccountLine {
                name: account
                    .nickname
                    .clone()
                    .unwrap_or_else(|| (text.category)("").to_owned()),
                detail: id.to_owned(),
            },
            |(found, _)| AccountLine::new(text, found, account.nickname.as_deref()),
        );
        let kinds = || cluster_labels(text, account.data_clusters.iter().copied());
        let is_narrow = account.removed_at.is_none() && account.data_clusters.len() < shared.len();
        Self {
            name: line.name,
            detail: line.detail,
            shares: is_narrow.then(|| (text.shares_only)(&kinds())),
            note: match (account.removed_at, account.awaiting) {
                (Some(at), _) => Some((text.removed)(&moment(text, at))),
                (None, 1..) => Some(text.others_awaited.to_owned()),
                (None, 0) => None,
            },
        }
    }
}
