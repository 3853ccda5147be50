//! One request of a browser: what a page needs to be made, and how it is answered.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, error::ErrorInternalServerError, web};
use domain::{Instant, Random};
use http::{App, LogFields};

use crate::{
    html::{self, Forms},
    page,
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
    /// From `Accept-Language`.
    pub(crate) language: Language,
}

impl Visit {
    /// Unpredictable bytes.
    pub(crate) fn random(&self) -> &dyn Random {
        self.app.random()
    }

    /// The words of this visit.
    pub(crate) fn text(&self) -> &'static Text {
        self.language.text()
    }

    /// A parameter of the query; the first when it is repeated.
    pub(crate) fn query(&self, name: &str) -> Option<String> {
        url::form_urlencoded::parse(self.request.query_string().as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    /// The page, or the error page in its stead.
    pub(crate) fn answer(&self, outcome: Result<HttpResponse, Refusal>) -> HttpResponse {
        match outcome {
            Ok(response) => response,
            Err(Refusal::SignedOut) => html::see_other("/portal/sign-in", [session::ended(Place::Dashboard)]),
            Err(refusal) => {
                let (status, code) = refusal.code();
                LogFields::update(&self.request, |fields| fields.error = Some(code));
                html::page(status, Forms::Here, &page::Error::new(self.text(), refusal, code))
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
            Some((app, portal)) => Ok(Self {
                now: app.now(),
                language: Language::accepted(request),
                app,
                portal,
                request: request.clone(),
            }),
            None => Err(ErrorInternalServerError("the portal is not set up")),
        })
    }
}
