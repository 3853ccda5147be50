//! The decision page: who asks, for what, of which accounts, for how long, how to stop; allow and deny, alike.

use askama::Template;
use chrono::Duration;
use domain::{Instant, consent::DurationType};

use super::{AccountLine, Asker, ClusterLine, Frame, Person};
use crate::{
    api::{Account, RequestedConsent, Resource},
    session::SignedIn,
    text::Text,
};

/// The decision page.
#[derive(Template)]
#[template(path = "decision.html")]
pub(crate) struct Decision {
    pub(super) frame: Frame,
    heading: String,
    asker: Asker,
    clusters: Vec<ClusterLine>,
    identity_only: Option<String>,
    told_your_name: Option<String>,
    accounts: Vec<Choice>,
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
    is_chosen: bool,
}

impl Decision {
    pub(crate) fn new(
        text: &'static Text,
        resource: &Resource,
        accounts: &[Account],
        user: &SignedIn,
        csrf: String,
        now: Instant,
    ) -> Self {
        let name = &resource.recipient.name;
        let asked = &resource.consent_request;
        let asks_data = !asked.data_clusters.is_empty();
        let person = Person {
            name: user.display_name.clone(),
            sign_out: None,
        };
        Self {
            frame: Frame::new(text, Some(person)),
            heading: if asks_data {
                (text.asks_for_access)(name)
            } else {
                (text.asks_who_you_are)(name)
            },
            asker: Asker::new(text, &resource.recipient, &resource.intermediaries),
            clusters: ClusterLine::all(text, &asked.data_clusters),
            identity_only: (!asks_data).then(|| (text.identity_only)(name)),
            told_your_name: resource
                .asks_for_the_name()
                .then(|| (text.told_your_name)(&user.display_name)),
            accounts: (1..)
                .zip(accounts)
                .map(|(number, account)| Choice::new(text, number, account))
                .collect(),
            duration: duration(text, asked, now),
            lookback: asks_data.then(|| (text.looks_back)(asked.lookback_period)),
            if_you_deny: (text.if_you_deny)(name),
            never_your_password: (text.never_your_password)(name),
            can_allow: !asks_data || !accounts.is_empty(),
            action: format!("/portal/consent/decision?resourceId={}", resource.resource_id),
            csrf,
            etag: resource.etag.clone(),
            problem: None,
        }
    }

    /// Once more, when no account was chosen.
    #[must_use]
    pub(crate) fn none_chosen(mut self) -> Self {
        self.accounts
            .iter_mut()
            .for_each(|account| account.is_chosen = false);
        Self {
            problem: Some(self.frame.text.choose_one),
            ..self
        }
    }

    #[cfg(test)]
    pub(crate) fn sample(text: &'static Text) -> Self {
        let accounts = super::tests::accounts();
        Self::new(
            text,
            &super::tests::resource(),
            &accounts,
            &super::tests::user(),
            "token".into(),
            super::tests::now(),
        )
    }

    #[cfg(test)]
    pub(crate) fn sample_of_identity(text: &'static Text) -> Self {
        let mut resource = super::tests::resource();
        resource.consent_request.data_clusters.clear();
        Self::new(
            text,
            &resource,
            &[],
            &super::tests::user(),
            "token".into(),
            super::tests::now(),
        )
    }
}

fn duration(text: &Text, asked: &RequestedConsent, now: Instant) -> String {
    let end = (text.date)(now + Duration::days(asked.duration_period.into()));
    match asked.duration_type {
        DurationType::OneTime => (text.once)(&end),
        DurationType::TimeBound | DurationType::Persistent => (text.for_days)(asked.duration_period, &end),
    }
}

impl Choice {
    fn new(text: &Text, number: usize, account: &Account) -> Self {
        let AccountLine { name, detail } = AccountLine::new(text, account, None);
        Self {
            number,
            id: account.account_id.to_string(),
            name,
            detail,
            is_chosen: true,
        }
    }
}
