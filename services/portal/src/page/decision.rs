//! The decision page: who asks, for what, of which accounts, for how long, how to stop; allow and deny, alike.

use askama::Template;
use chrono::Duration;
use domain::{Instant, consent::DurationType};

use super::{
    AccountLine, Asker, ClusterLine, Frame, choice::ChoiceLine, cluster_label, preview,
    preview::PreviewedAccount,
};
use crate::{
    api::{Account, Preview, RequestedConsent, Resource},
    consent::choice::{Choice, Problem},
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
    accounts: Vec<ChoiceLine>,
    name_it: String,
    name_hint: String,
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
    problem: Option<String>,
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
            glance: glance(text, resource, now),
            clusters: ClusterLine::with_topics(text, &asked.data_clusters, &resource.identity),
            identity_only: (!asks_data).then(|| (text.identity_only)(name)),
            told_your_name: frame
                .person
                .as_ref()
                .filter(|_| resource.asks_for_the_name())
                .map(|person| (text.told_your_name)(&person.name)),
            accounts: (1..)
                .zip(accounts)
                .map(|(number, account)| ChoiceLine::new(text, name, number, account))
                .collect(),
            name_it: (text.name_it)(name),
            name_hint: (text.name_hint)(name),
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

    /// Once more, when the choice will not do.
    #[must_use]
    pub(crate) fn refused(self, choices: &[Choice<'_>], problem: Problem<'_>) -> Self {
        Self {
            problem: Some(words(self.frame.text, problem)),
            ..self.choosing(choices)
        }
    }

    /// Once more, with what would leave of what is chosen.
    #[must_use]
    pub(crate) fn previewing(self, choices: &[Choice<'_>], preview: Preview) -> Self {
        Self {
            preview: Some(preview::lines(self.frame.text, preview, choices)),
            ..self.choosing(choices)
        }
    }

    fn choosing(mut self, choices: &[Choice<'_>]) -> Self {
        let text = self.frame.text;
        for (line, choice) in self.accounts.iter_mut().zip(choices) {
            line.choose(text, choice);
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
        let accounts = super::tests::accounts();
        let choices = super::tests::choices(&accounts);
        Self::sample(text).previewing(&choices, super::tests::preview())
    }

    #[cfg(test)]
    pub(crate) fn sample_refused(text: &'static Text) -> Self {
        let accounts = super::tests::accounts();
        let mut choices = super::tests::choices(&accounts);
        choices[0].shares.clear();
        Self::sample(text).refused(&choices, Problem::Nothing(&accounts[0]))
    }

    #[cfg(test)]
    pub(crate) fn sample_of_identity(text: &'static Text) -> Self {
        let mut resource = super::tests::resource();
        resource.consent_request.data_clusters.clear();
        let frame = super::tests::frame_of(text, super::tests::user_frame());
        Self::new(frame, &resource, &[], "token".into(), super::tests::now())
    }
}

fn glance(text: &Text, resource: &Resource, now: Instant) -> Vec<String> {
    let asked = &resource.consent_request;
    if asked.data_clusters.is_empty() {
        return vec![];
    }
    vec![
        (text.kinds_of_data)(asked.data_clusters.len() + resource.identity.len()),
        (text.until)(&(text.date)(end(asked, now))),
        text.stop_any_time.to_owned(),
        text.no_is_nothing.to_owned(),
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

fn words(text: &Text, problem: Problem<'_>) -> String {
    match problem {
        Problem::NoAccount => text.choose_one.to_owned(),
        Problem::Nothing(account) => (text.choose_of)(&AccountLine::new(text, account, None).name),
        Problem::Contained(inner, outer) => {
            (text.contained)(cluster_label(text, inner), cluster_label(text, outer))
        }
        Problem::Nickname => text.nickname_wrong.to_owned(),
    }
}
