//! The error page. The OAuth code stands in the element `error-code`, for people who ask for help and for scripts.

use askama::Template;

use super::Frame;
use crate::refusal::Refusal;
#[cfg(test)]
use crate::text::Text;

/// The error page.
#[derive(Template)]
#[template(path = "error.html")]
pub(crate) struct Error {
    pub(super) frame: Frame,
    title: &'static str,
    what: &'static str,
    code: &'static str,
    /// Words of the way to the dashboard's first page, for who was in the dashboard.
    home: Option<&'static str>,
}

impl Error {
    pub(crate) fn new(frame: Frame, refusal: Refusal, home: Option<&'static str>) -> Self {
        let (title, what) = (frame.text.error)(refusal);
        Self {
            frame,
            title,
            what,
            code: refusal.code().1,
            home,
        }
    }

    #[cfg(test)]
    pub(crate) fn sample(text: &'static Text) -> Self {
        Self::new(super::tests::frame_of(text, None), Refusal::Gone, None)
    }

    #[cfg(test)]
    pub(crate) fn sample_in_dashboard(text: &'static Text) -> Self {
        Self::new(
            super::tests::frame_of(text, None),
            Refusal::Absent,
            Some(text.back),
        )
    }
}
