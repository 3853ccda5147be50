//! The grants of the token endpoint, a file each. What they share is here: what was asked, and how a token is written.

mod access_token;
mod authorization_code;
mod client_credentials;
mod narrow;
mod refresh_token;

use actix_web::{HttpRequest, web};
use domain::{Instant, Scopes};
use http::{App, Code, OAuthError, OAuthForm};

use crate::client_authentication::Authenticated;

pub(crate) use authorization_code::authorization_code;
pub(crate) use client_credentials::client_credentials;
pub(crate) use refresh_token::refresh_token;

/// A token request whose client is proven.
pub(crate) struct Asked<'a> {
    pub(crate) app: &'a web::Data<App>,
    pub(crate) request: &'a HttpRequest,
    pub(crate) form: &'a OAuthForm,
    pub(crate) authenticated: &'a Authenticated,
    pub(crate) now: Instant,
}

impl Asked<'_> {
    /// The `scope` parameter, when it was sent.
    fn scope(&self) -> Result<Option<Scopes>, OAuthError> {
        self.form
            .get("scope")
            .map(|text| {
                Scopes::parse(text).map_err(|_| OAuthError::new(Code::InvalidScope, "a scope is unknown"))
            })
            .transpose()
    }
}
