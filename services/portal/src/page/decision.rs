//! The decision page: who asks, for what, of which accounts, for how long, how to stop; allow and deny, alike.

use askama::Template;
use chrono::Duration;
use domain::{Instant, consent::DurationType};

use super::{AccountLine, Asker, ClusterLine, Frame, preview, preview::PreviewedAccount};
use crate::{
    api::{Account, Preview, RequestedConsent, Resource},
    text::Text,
};

/// The decision page.
#[derive(Template)]
#[template(path = "decision.html")]
pub(crate) struct Decision {
    pub(super) frame: Frame,
    heading: String,
    asker: Asker,
    purpose: Option<String>,
    replaces: Option<String>,
    /// The whole in a few words, before anything is read.
    glance: Vec<String>,
    clusters: Vec<ClusterLine>,
    identity_only: Option<String>,
    told_your_name: Option<String>,
    accounts: Vec<Choice>,
    preview_means: String,
    preview: Option<Vec<PreviewedAccount>>,
    duration: String,
    lookback: Option<String>,
    if_you_deny: String,
    never_your_password: String,
    can_allow: bool,
    action: String,
    csrf: String,
    etag: String,
    problem: Option<&'static str>,
}

/// An account that can be chosen. All are chosen until the consumer unticks them.
struct Choice {
    number: usize,
    id: String,
    name: String,
    detail: String,
    note: Option<String>,
    is_chosen: bool,
}

impl Decision {
    pub(crate) fn new(
        frame: Frame,
        resource: &Resource,
        accounts: &[Account],
        csrf: String,
        now: Instant,
    ) -> Self {
        let text = frame.text;
        let name = &resource.recipient.name;
        let asked = &resource.consent_request;
        let asks_data = !asked.data_clusters.is_empty();
        Self {
            heading: if asks_data {
                (text.asks_for_access)(name)
            } else {
                (text.asks_who_you_are)(name)
            },
            asker: Asker::new(text, &resource.recipient, &resource.intermediaries),
            purpose: resource.purpose.as_deref().map(|purpose| (text.purpose)(purpose)),
            replaces: resource.replaces.map(|_| (text.replaces)(name)),
            glance: glance(text, asked, now),
            clusters: ClusterLine::with_topics(text, &asked.data_clusters, &resource.identity),
            identity_only: (!asks_data).then(|| (text.identity_only)(name)),
            told_your_name: frame
                .person
                .as_ref()
                .filter(|_| resource.asks_for_the_name())
                .map(|person| (text.told_your_name)(&person.name)),
            accounts: (1..)
                .zip(accounts)
                .map(|(number, account)| Choice::new(text, number, account))
                .collect(),
            preview_means: (text.preview_means)(name),
            preview: None,
            duration: duration(text, asked, now),
            lookback: asks_data.then(|| (text.looks_back)(asked.lookback_period)),
            if_you_deny: (text.if_you_deny)(name),
            never_your_password: (text.never_your_password)(name),
            can_allow: !asks_data || !accounts.is_empty(),
            action: format!("/portal/consent/decision?resourceId={}", resource.resource_id),
            csrf,
            etag: resource.etag.clone(),
            problem: None,
            frame,
        }
    }

    /// Once more, when no account was chosen.
    #[must_use]
    pub(crate) fn none_chosen(self) -> Self {
        Self {
            problem: Some(self.frame.text.choose_one),
            ..self.choosing(&[])
        }
    }

    /// Once more, with what would leave of the accounts that are chosen.
    #[must_use]
    pub(crate) fn previewing(self, chosen: &[&str], preview: Preview, accounts: &[Account]) -> Self {
        Self {
            preview: Some(preview::lines(self.frame.text, preview, accounts)),
            ..self.choosing(chosen)
        }
    }

    fn choosing(mut self, chosen: &[&str]) -> Self {
        for account in &mut self.accounts {
            account.is_chosen = chosen.contains(&account.id.as_str());
        }
        self
    }

    #[cfg(test)]
    pub(crate) fn sample(text: &'static Text) -> Self {
        let frame = super::tests::frame_of(text, super::tests::user_frame());
        Self::new(
            frame,
            &super::tests::resource(),
            &super::tests::accounts(),
            "token".into(),
            super::tests::now(),
        )
    }

    #[cfg(test)]
    pub(crate) fn sample_with_preview(text: &'static Text) -> Self {
        Self::sample(text).previewing(&["a1", "a3"], super::tests::preview(), &super::tests::accounts())
    }

    #[cfg(test)]
    pub(crate) fn sample_of_identity(text: &'static Text) -> Self {
        let mut resource = super::tests::resource();
        resource.consent_request.data_clusters.clear();
        let frame = super::tests::frame_of(text, super::tests::user_frame());
        Self::new(frame, &resource, &[], "token".into(), super::tests::now())
    }
}

fn glance(text: &Text, asked: &RequestedConsent, now: Instant) -> Vec<String> {
    if asked.data_clusters.is_empty() {
        return vec![];
    }
    vec![
        (text.kinds_of_data)(asked.data_clusters.len()),
        (text.until)(&(text.date)(end(asked, now))),
        text.stop_any_time.to_owned(),
    ]
}

fn duration(text: &Text, asked: &RequestedConsent, now: Instant) -> String {
    let end = (text.date)(end(asked, now));
    match asked.duration_type {
        DurationType::OneTime => (text.once)(&end),
        DurationType::TimeBound | DurationType::Persistent => (text.for_days)(asked.duration_period, &end),
    }
}

fn end(asked: &RequestedConsent, now: Instant) -> Instant {
    now + Duration::days(asked.duration_period.into())
}

impl Choice {
    fn new(text: &Text, number: usize, account: &Account) -> Self {
        let AccountLine { name, detail } = AccountLine::new(text, account, None);
        let others = account.awaiting_approvals;
        Self {
            number,
            id: account.account_id.to_string(),
            name,
            detail,
            note: (others > 0).then(|| (text.others_must_agree)(others)),
            is_chosen: true,
        }
    }
}
