//! One connection: what is shared with whom, who read what, what happened, and how to change it.

use askama::Template;
use chrono::Duration;
use domain::{DataCluster, Instant, UserId};

use super::{
    AccountLine, Asker, ClusterLine, Frame, accesses::Read, approval::Approval, cluster_labels, connections,
    moment,
};
use crate::{
    api::{AccessPage, ApprovalStatus, HistoryEntry, Role, SharedAccount, UserConsent, UserConsentStatus},
    text::Text,
};

/// The page of one connection.
#[derive(Template)]
#[template(path = "connection.html")]
pub(crate) struct Connection {
    pub(super) frame: Frame,
    id: String,
    asker: Asker,
    status: &'static str,
    tone: &'static str,
    when: String,
    /// What is shared, or was.
    what: &'static str,
    clusters: Vec<ClusterLine>,
    identity_only: Option<String>,
    lookback: Option<String>,
    accounts: Vec<Item>,
    reads: Vec<Read>,
    has_more_reads: bool,
    history: Vec<Entry>,
    approval: Option<Approval>,
    actions: Option<Actions>,
    done: Option<&'static str>,
}

/// An account of the connection.
struct Item {
    number: usize,
    name: String,
    detail: String,
    /// What of it is shared, where the consumer left something out.
    shares: Option<String>,
    note: Option<String>,
    /// Where it can be taken out, and what that link says without its surroundings.
    remove: Option<(String, String)>,
}

/// What can be done with a connection that has not ended, by the one who made it.
pub(crate) struct Actions {
    csrf: String,
    is_held: bool,
    means: String,
    /// First and last day until which it can be paused, as a date field has them.
    days: (String, String),
    problem: Option<String>,
}

/// A change, and the address and words of its receipt.
struct Entry {
    sequence: u64,
    action: &'static str,
    by: &'static str,
    when: String,
    receipt: Option<String>,
}

/// What the page is made from.
pub(crate) struct Facts<'a> {
    pub(crate) consent: &'a UserConsent,
    /// The newest reads.
    pub(crate) accesses: &'a AccessPage,
    pub(crate) user_id: &'a UserId,
    pub(crate) now: Instant,
}

impl Connection {
    pub(crate) fn new(frame: Frame, facts: &Facts<'_>, csrf: &str, done: Option<&'static str>) -> Self {
        let (text, consent) = (frame.text, facts.consent);
        let is_grantor = consent.role == Role::Grantor;
        let ended = consent.ended_time.is_some();
        let (status, tone) = connections::badge(text, consent, facts.user_id);
        Self {
            id: consent.consent_id.to_string(),
            asker: Asker::new(text, &consent.recipient, &consent.intermediaries),
            status,
            tone,
            when: connections::when(text, consent),
            what: if ended {
                text.what_was_shared
            } else {
                text.what_is_shared
            },
            clusters: ClusterLine::with_topics(text, &consent.data_clusters, &consent.identity),
            identity_only: consent
                .data_clusters
                .is_empty()
                .then(|| (text.identity_only)(&consent.recipient.name)),
            lookback: (!ended).then(|| (text.looks_back)(consent.lookback_period)),
            accounts: items(text, consent, is_grantor && !ended),
            reads: Read::all(text, consent, &facts.accesses.accesses),
            has_more_reads: facts.accesses.page.next_page_key.is_some(),
            history: consent
                .history
                .iter()
                .map(|entry| Entry::new(text, entry, is_grantor))
                .collect(),
            approval: Approval::of(text, consent, facts.user_id, csrf),
            actions: is_grantor
                .then(|| Actions::of(text, consent, csrf, facts.now))
                .flatten(),
            done,
            frame,
        }
    }

    /// Once more, when the day of a pause will not do.
    #[must_use]
    pub(crate) fn pause_refused(mut self, expiration_time: Instant) -> Self {
        let text = self.frame.text;
        if let Some(actions) = &mut self.actions {
            actions.problem = Some((text.pause_wrong)(&(text.date)(last_day(expiration_time))));
        }
        self
    }

    #[cfg(test)]
    pub(super) fn sample_of(text: &'static Text, consent: &UserConsent, done: Option<&'static str>) -> Self {
        let facts = Facts {
            consent,
            accesses: &super::tests::accesses(),
            user_id: &super::tests::user().user_id,
            now: super::tests::now(),
        };
        Self::new(super::tests::frame(text), &facts, "token", done)
    }

    #[cfg(test)]
    pub(crate) fn sample(text: &'static Text) -> Self {
        let consents = super::tests::consents().consents;
        let end = consents[0].expiration_time;
        Self::sample_of(text, &consents[0], None).pause_refused(end)
    }

    #[cfg(test)]
    pub(crate) fn sample_on_hold(text: &'static Text) -> Self {
        let consents = super::tests::consents().consents;
        Self::sample_of(text, &consents[1], (text.done)("paused"))
    }

    #[cfg(test)]
    pub(crate) fn sample_over(text: &'static Text) -> Self {
        let consents = super::tests::consents().consents;
        Self::sample_of(text, &consents[2], None)
    }

    #[cfg(test)]
    pub(crate) fn sample_of_another(text: &'static Text) -> Self {
        Self::sample_of(text, &super::tests::held_with_another(), None)
    }
}

/// The accounts, and those that were removed. The last one cannot be: that would be to stop.
fn items(text: &Text, consent: &UserConsent, can_remove: bool) -> Vec<Item> {
    let can_remove = can_remove && consent.accounts.len() > 1;
    let shared = (1..).zip(&consent.accounts).map(|(number, shared)| {
        let AccountLine { name, detail } =
            AccountLine::new(text, &shared.account, shared.nickname.as_deref());
        Item {
            number,
            shares: shares(text, consent, shared),
            note: awaits(shared).then(|| text.others_awaited.to_owned()),
            remove: can_remove.then(|| {
                (
                    remove_address(consent, shared.account.account_id.as_str()),
                    (text.remove_account)(&name),
                )
            }),
            name,
            detail,
        }
    });
    let first = consent.accounts.len() + 1;
    let removed = (first..).zip(&consent.removed_accounts).map(|(number, removed)| {
        let AccountLine { name, detail } = AccountLine::new(text, &removed.account, None);
        Item {
            number,
            name,
            detail,
            shares: None,
            note: removed.removed_time.map(|at| (text.removed)(&(text.date)(at))),
            remove: None,
        }
    });
    shared.chain(removed).collect()
}

/// What an account shares: all that the connection has of such an account, or less; nothing where no account shares less.
fn shares(text: &Text, consent: &UserConsent, shared: &SharedAccount) -> Option<String> {
    let is_narrowed = |shared: &SharedAccount| kinds_of(consent, shared).any(|(_, is_shared)| !is_shared);
    if !consent.accounts.iter().any(is_narrowed) {
        return None;
    }
    if !is_narrowed(shared) {
        return Some(text.shares_all.to_owned());
    }
    let kinds = kinds_of(consent, shared).filter_map(|(cluster, is_shared)| is_shared.then_some(cluster));
    Some((text.shares_only)(&cluster_labels(text, kinds)))
}

/// What the connection has of such an account, and whether it shares it.
fn kinds_of(consent: &UserConsent, shared: &SharedAccount) -> impl Iterator<Item = (DataCluster, bool)> {
    let category = shared.account.account_category.as_deref();
    let kinds = consent.data_clusters.iter().map(|cluster| cluster.data_cluster);
    kinds
        .filter(move |cluster| cluster.applies_to(category))
        .map(|cluster| (cluster, shared.account.data_clusters.contains(&cluster)))
}

fn awaits(shared: &SharedAccount) -> bool {
    shared
        .approval
        .as_ref()
        .is_some_and(|approval| approval.status == ApprovalStatus::Awaiting)
}

fn remove_address(consent: &UserConsent, account_id: &str) -> String {
    let account: String = url::form_urlencoded::byte_serialize(account_id.as_bytes()).collect();
    format!(
        "/portal/connections/{}/remove?account={account}",
        consent.consent_id
    )
}

impl Entry {
    fn new(text: &Text, entry: &HistoryEntry, is_grantor: bool) -> Self {
        let action = (text.action)(&entry.action);
        let when = moment(text, entry.changed_time);
        Self {
            sequence: entry.sequence,
            action,
            by: by(text, entry, is_grantor),
            receipt: is_grantor.then(|| (text.receipt_of)(action, &when)),
            when,
        }
    }
}

/// Who did it. A consumer is "you" only where it cannot have been another holder.
fn by(text: &Text, entry: &HistoryEntry, is_grantor: bool) -> &'static str {
    let is_of_any_holder = matches!(entry.action.as_str(), "APPROVED" | "WITHDRAWN");
    if entry.actor == "CONSUMER" && (!is_grantor || is_of_any_holder) {
        text.by_a_holder
    } else {
        (text.by)(&entry.actor)
    }
}

impl Actions {
    fn of(text: &Text, consent: &UserConsent, csrf: &str, now: Instant) -> Option<Self> {
        let name = &consent.recipient.name;
        let is_held = match consent.status {
            UserConsentStatus::Active => false,
            UserConsentStatus::OnHold => true,
            UserConsentStatus::Revoked | UserConsentStatus::Expired | UserConsentStatus::Consumed => {
                return None;
            }
        };
        let means = if is_held {
            (text.resume_means)(name)
        } else {
            (text.pause_means)(name)
        };
        let day = |instant: Instant| instant.format("%Y-%m-%d").to_string();
        Some(Self {
            csrf: csrf.to_owned(),
            is_held,
            means,
            days: (
                day(now + Duration::days(1)),
                day(last_day(consent.expiration_time)),
            ),
            problem: None,
        })
    }
}

/// The last day on whose beginning a pause can end: one that still has something to resume.
fn last_day(expiration_time: Instant) -> Instant {
    expiration_time - Duration::seconds(1)
}
