//! One request of a browser: what a page needs to be made, and how it is answered.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, error::ErrorInternalServerError, web};
use chrono::Duration;
use domain::{Instant, Random};
use http::{App, LogFields};

use crate::{
    html::{self, Forms},
    page::{self, Frame, Person},
    portal::Portal,
    refusal::Refusal,
    session::{self, Place},
    text::{Language, Text},
};

/// A request, with the instant and language in which it is answered.
pub(crate) struct Visit {
    pub(crate) app: web::Data<App>,
    pub(crate) portal: web::Data<Portal>,
    pub(crate) request: HttpRequest,
    /// Read once.
    pub(crate) now: Instant,
    /// What the consumer chose on a page; else what a page's own request says; else from `Accept-Language`.
    pub(crate) language: Language,
    choice: Choice,
}

/// Whether the consumer said which language they read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choice {
    /// Never.
    None,
    /// Before, in this browser.
    Kept,
    /// By this request.
    Now,
}

/// The cookie that keeps the choice.
const LANGUAGE: &str = "__Host-portal-language";

impl Visit {
    /// Unpredictable bytes.
    pub(crate) fn random(&self) -> &dyn Random {
        self.app.random()
    }

    /// The words of this visit.
    pub(crate) fn text(&self) -> &'static Text {
        self.language.text()
    }

    /// The language that the recipient thinks right (`ui_locales`), unless the consumer has chosen one.
    pub(crate) fn suggest(&mut self, locales: &[String]) {
        if let (Choice::None, Some(language)) = (self.choice, Language::of_locales(locales)) {
            self.language = language;
        }
    }

    /// What is around a page of this visit.
    pub(crate) fn frame(&self, person: Option<Person>) -> Frame {
        Frame::new(self.text(), person, &self.request)
    }

    /// A parameter of the query; the first when it is repeated.
    pub(crate) fn query(&self, name: &str) -> Option<String> {
        url::form_urlencoded::parse(self.request.query_string().as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    /// The page, or the error page in its stead.
    pub(crate) fn answer(&self, outcome: Result<HttpResponse, Refusal>) -> HttpResponse {
        let mut response = self.response(outcome);
        if self.choice == Choice::Now {
            let tag = self.text().language.to_owned();
            let cookie = session::cookie(LANGUAGE.to_owned(), tag, Duration::days(365));
            // It fails for a cookie that does not parse, which this one does.
            let _ = response.add_cookie(&cookie);
        }
        response
    }

    fn response(&self, outcome: Result<HttpResponse, Refusal>) -> HttpResponse {
        match outcome {
            Ok(response) => response,
            Err(Refusal::SignedOut) => html::see_other("/portal/sign-in", [session::ended(Place::Dashboard)]),
            Err(refusal) => {
                let home = (!self.request.path().starts_with("/portal/consent")).then_some(self.text().back);
                let refusal = if home.is_some() {
                    refusal.in_dashboard()
                } else {
                    refusal
                };
                let (status, code) = refusal.code();
                LogFields::update(&self.request, |fields| fields.error = Some(code));
                html::page(
                    status,
                    Forms::Here,
                    &page::Error::new(self.frame(None), refusal, home),
                )
                .unwrap_or_else(|_| HttpResponse::new(status))
            }
        }
    }
}

impl FromRequest for Visit {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let app = request.app_data::<web::Data<App>>().cloned();
        let portal = request.app_data::<web::Data<Portal>>().cloned();
        ready(match app.zip(portal) {
            Some((app, portal)) => {
                let (language, choice) = language(request);
                Ok(Self {
                    now: app.now(),
                    language,
                    choice,
                    app,
                    portal,
                    request: request.clone(),
                })
            }
            None => Err(ErrorInternalServerError("the portal is not set up")),
        })
    }
}

fn language(request: &HttpRequest) -> (Language, Choice) {
    let named = url::form_urlencoded::parse(request.query_string().as_bytes())
        .find(|(key, _)| key == page::LANGUAGE)
        .and_then(|(_, tag)| Language::of_tag(&tag));
    let kept = || {
        let cookie = request.cookie(LANGUAGE)?;
        Language::of_tag(cookie.value())
    };
    match (named, named.is_none().then(kept).flatten()) {
        (Some(language), _) => (language, Choice::Now),
        (None, Some(language)) => (language, Choice::Kept),
        (None, None) => (Language::accepted(request), Choice::None),
    }
}
