//! Authorization responses: what goes back to the recipient through the browser, in the mode that was asked.

mod encrypted;
mod id_token;
mod jarm;

use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, LOCATION},
};
use domain::{Instant, profile::ResponseMode};
use http::{App, KnownClient, OAuthError};

pub(crate) use encrypted::encrypted;
pub(crate) use id_token::{IdToken, sign as sign_id_token};

/// Where a response goes, and how.
pub(crate) struct Destination<'a> {
    pub(crate) known: &'a KnownClient,
    pub(crate) redirect_uri: &'a str,
    pub(crate) mode: ResponseMode,
    pub(crate) state: Option<&'a str>,
}

impl Destination<'_> {
    /// A successful response with these parameters; `state` and `iss` are added.
    pub(crate) fn success(
        &self,
        app: &App,
        parameters: Vec<(&'static str, String)>,
        now: Instant,
    ) -> Result<HttpResponse, OAuthError> {
        self.send(app, parameters, now)
    }

    /// An error; `state` and `iss` are added.
    pub(crate) fn error(
        &self,
        app: &App,
        error: OAuthError,
        now: Instant,
    ) -> Result<HttpResponse, OAuthError> {
        let parameters = vec![
            ("error", error.error().to_owned()),
            ("error_description", error.description().to_owned()),
        ];
        self.send(app, parameters, now)
    }

    fn send(
        &self,
        app: &App,
        mut parameters: Vec<(&'static str, String)>,
        now: Instant,
    ) -> Result<HttpResponse, OAuthError> {
        if let Some(state) = self.state {
            parameters.push(("state", state.to_owned()));
        }
        let location = match self.mode {
            ResponseMode::Jwt => {
                let response = jarm::sign(app, self.known, &parameters, now)?;
                in_query(self.redirect_uri, &[("response", response)])
            }
            // RFC9207-2: against mix-up, every response that is not a JWT of ours names us.
            ResponseMode::Query => {
                parameters.push(("iss", app.endpoints.issuer.clone()));
                in_query(self.redirect_uri, &parameters)
            }
            ResponseMode::Fragment => {
                parameters.push(("iss", app.endpoints.issuer.clone()));
                in_fragment(self.redirect_uri, &parameters)
            }
        };
        // RFC9700-4.12: 303, so that no browser repeats a post.
        Ok(HttpResponse::SeeOther()
            .insert_header((LOCATION, location))
            .insert_header((CACHE_CONTROL, "no-store"))
            .finish())
    }
}

/// The registered URI with the parameters added to its own query, which stays as it is.
fn in_query(uri: &str, parameters: &[(&'static str, String)]) -> String {
    let separator = if uri.contains('?') { '&' } else { '?' };
    format!("{uri}{separator}{}", encoded(parameters))
}

/// The registered URI with the parameters as its fragment; it has none of its own (U11).
fn in_fragment(uri: &str, parameters: &[(&'static str, String)]) -> String {
    format!("{uri}#{}", encoded(parameters))
}

fn encoded(parameters: &[(&'static str, String)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_redirect_uris_own_query_is_kept() {
        let parameters = [("code", "a b".to_owned()), ("state", "x&y".to_owned())];
        assert_eq!(
            in_query("https://r.example/cb?dummy1=lorem", &parameters),
            "https://r.example/cb?dummy1=lorem&code=a+b&state=x%26y"
        );
        assert_eq!(
            in_fragment("https://r.example/cb", &parameters),
            "https://r.example/cb#code=a+b&state=x%26y"
        );
    }
}
