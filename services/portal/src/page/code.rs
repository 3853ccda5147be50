//! The page of the second factor, of the consent application and of the dashboard.

use askama::Template;

use super::Frame;
use crate::session::Place;
#[cfg(test)]
use crate::text::Text;

/// The page that asks for a one-time code.
#[derive(Template)]
#[template(path = "code.html")]
pub(crate) struct Code {
    pub(super) frame: Frame,
    action: String,
    deny_action: Option<String>,
    csrf: String,
    problem: Option<&'static str>,
}

impl Code {
    pub(crate) fn new(frame: Frame, place: Place, csrf: String, problem: Option<&'static str>) -> Self {
        let (action, deny_action) = match place {
            Place::Consent(id) => (
                format!("/portal/consent/code?resourceId={id}"),
                Some(format!("/portal/consent/deny?resourceId={id}")),
            ),
            Place::Dashboard => ("/portal/sign-in/code".to_owned(), None),
        };
        Self {
            frame,
            action,
            deny_action,
            csrf,
            problem,
        }
    }

    #[cfg(test)]
    pub(crate) fn sample(text: &'static Text) -> Self {
        let place = Place::Consent(super::tests::resource().resource_id);
        let frame = super::tests::frame_of(text, None);
        Self::new(frame, place, "token".into(), Some(text.code_wrong))
    }
}
