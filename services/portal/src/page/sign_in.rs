//! The sign-in page, of the consent application and of the dashboard.

use askama::Template;

use super::{Asker, Frame};
use crate::api::Resource;
#[cfg(test)]
use crate::text::Text;

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
    pub(crate) fn to_decide(frame: Frame, resource: &Resource, csrf: String) -> Self {
        let (text, id) = (frame.text, resource.resource_id);
        Self {
            heading: (text.wants_to_connect)(&resource.recipient.name),
            asker: Some(Asker::new(text, &resource.recipient, &resource.intermediaries)),
            action: format!("/portal/consent?resourceId={id}"),
            deny_action: Some(format!("/portal/consent/deny?resourceId={id}")),
            csrf,
            username: resource.login_hint.clone().unwrap_or_default(),
            problem: None,
            frame,
        }
    }

    /// Of the dashboard.
    pub(crate) fn to_dashboard(frame: Frame, csrf: String) -> Self {
        Self {
            heading: frame.text.sign_in.to_owned(),
            asker: None,
            action: "/portal/sign-in".to_owned(),
            deny_action: None,
            csrf,
            username: String::new(),
            problem: None,
            frame,
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
        let frame = super::tests::frame_of(text, None);
        Self::to_decide(frame, &super::tests::resource(), "token".into()).again("alice", text.wrong)
    }
}
