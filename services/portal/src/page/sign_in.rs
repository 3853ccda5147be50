//! The sign-in page, of the consent application and of the dashboard.

use askama::Template;

use super::{Asker, Frame};
use crate::{api::Resource, text::Text};

/// The sign-in page.
#[derive(Template)]
#[template(path = "sign_in.html")]
pub(crate) struct SignIn {
    pub(super) frame: Frame,
    heading: String,
    asker: Option<Asker>,
    action: String,
    deny_action: Option<String>,
    csrf: String,
    username: String,
    problem: Option<&'static str>,
}

impl SignIn {
    /// Of the consent application.
    pub(crate) fn to_decide(text: &'static Text, resource: &Resource, csrf: String) -> Self {
        let id = resource.resource_id;
        Self {
            frame: Frame::new(text, None),
            heading: (text.wants_to_connect)(&resource.recipient.name),
            asker: Some(Asker::new(text, &resource.recipient, &[])),
            action: format!("/portal/consent?resourceId={id}"),
            deny_action: Some(format!("/portal/consent/deny?resourceId={id}")),
            csrf,
            username: resource.login_hint.clone().unwrap_or_default(),
            problem: None,
        }
    }

    /// Of the dashboard.
    pub(crate) fn to_dashboard(text: &'static Text, csrf: String) -> Self {
        Self {
            frame: Frame::new(text, None),
            heading: text.sign_in.to_owned(),
            asker: None,
            action: "/portal/sign-in".to_owned(),
            deny_action: None,
            csrf,
            username: String::new(),
            problem: None,
        }
    }

    /// Once more, after an attempt that failed.
    #[must_use]
    pub(crate) fn again(self, username: &str, problem: &'static str) -> Self {
        Self {
            username: username.to_owned(),
            problem: Some(problem),
            ..self
        }
    }

    #[cfg(test)]
    pub(crate) fn sample(text: &'static Text) -> Self {
        Self::to_decide(text, &super::tests::resource(), "token".into()).again("alice", text.wrong)
    }
}
