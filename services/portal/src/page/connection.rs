//! One connection: what is shared with whom, what happened, and how to change it.

use askama::Template;

use super::{AccountLine, Asker, ClusterLine, Frame, connections};
use crate::{
    api::{UserConsent, UserConsentStatus},
    text::Text,
};

/// The lengths of a pause that are offered, days.
pub(crate) const PAUSES: [u16; 3] = [7, 30, 90];

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
    accounts: Vec<AccountLine>,
    history: Vec<Entry>,
    actions: Option<Actions>,
    done: Option<&'static str>,
}

/// What can be done with a connection that has not ended.
pub(crate) struct Actions {
    csrf: String,
    is_held: bool,
    means: String,
    /// Days, and how that reads.
    pauses: Vec<(u16, String)>,
}

struct Entry {
    action: &'static str,
    by: &'static str,
    when: String,
}

impl Connection {
    pub(crate) fn new(frame: Frame, consent: &UserConsent, csrf: String, done: Option<&'static str>) -> Self {
        let text = frame.text;
        let account = |shared: &crate::api::SharedAccount| {
            AccountLine::new(text, &shared.account, shared.nickname.as_deref())
        };
        let entry = |entry: &crate::api::HistoryEntry| Entry {
            action: (text.action)(&entry.action),
            by: (text.by)(&entry.actor),
            when: (text.date)(entry.changed_time),
        };
        let ended = consent.ended_time.is_some();
        Self {
            id: consent.consent_id.to_string(),
            asker: Asker::new(text, &consent.recipient, &consent.intermediaries),
            status: (text.status)(consent.status),
            tone: connections::tone(consent.status),
            when: connections::when(text, consent),
            what: if ended {
                text.what_was_shared
            } else {
                text.what_is_shared
            },
            clusters: ClusterLine::all(text, &consent.data_clusters),
            identity_only: consent
                .data_clusters
                .is_empty()
                .then(|| (text.identity_only)(&consent.recipient.name)),
            lookback: (!ended).then(|| (text.looks_back)(consent.lookback_period)),
            accounts: consent.accounts.iter().map(account).collect(),
            history: consent.history.iter().map(entry).collect(),
            actions: Actions::of(text, consent, csrf),
            done,
            frame,
        }
    }

    #[cfg(test)]
    pub(crate) fn sample(text: &'static Text) -> Self {
        let consents = super::tests::consents().consents;
        Self::new(super::tests::frame(text), &consents[0], "token".into(), None)
    }

    #[cfg(test)]
    pub(crate) fn sample_on_hold(text: &'static Text) -> Self {
        let consents = super::tests::consents().consents;
        Self::new(
            super::tests::frame(text),
            &consents[1],
            "token".into(),
            Some(text.done_paused),
        )
    }
}

impl Actions {
    fn of(text: &Text, consent: &UserConsent, csrf: String) -> Option<Self> {
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
        let pauses = PAUSES.into_iter().map(|days| (days, (text.days)(days))).collect();
        Some(Self {
            csrf,
            is_held,
            means,
            pauses,
        })
    }
}
