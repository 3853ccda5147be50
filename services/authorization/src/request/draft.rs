//! What the checks have established so far.

use domain::{
    ClaimsRequest, ConsentId, Scopes,
    authorization_details::ConsentRequest,
    consent::Terms,
    profile::{ResponseMode, ResponseType},
};
use http::{Code, OAuthError};
use lifecycle::{AuthorizationRequest, request::Prompt};

/// Filled in the order of the checks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Draft {
    pub(crate) redirect_uri: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) response: Option<(ResponseType, ResponseMode)>,
    pub(super) code_seconds: u32,
    pub(super) scope: Scopes,
    pub(super) nonce: Option<String>,
    pub(super) code_challenge: Option<String>,
    pub(super) dpop_jkt: Option<String>,
    pub(super) consent: Option<(Option<ConsentRequest>, Terms)>,
    pub(super) had_authorization_details: bool,
    pub(super) prompt: Prompt,
    pub(super) claims: ClaimsRequest,
    pub(super) subjects: Vec<Vec<String>>,
    pub(super) acr_values: Vec<String>,
    pub(super) max_age: Option<u32>,
    pub(super) login_hint: Option<String>,
    pub(super) ui_locales: Vec<String>,
    pub(super) purpose: Option<String>,
    pub(super) replaces: Option<ConsentId>,
}

impl Draft {
    /// The request, when every check has run.
    pub(super) fn finish(self) -> Result<AuthorizationRequest, OAuthError> {
        let (Some(redirect_uri), Some((response_type, response_mode)), Some((consent_request, terms))) =
            (self.redirect_uri, self.response, self.consent)
        else {
            // The table lacks a check that it had when this was written.
            return Err(OAuthError::new(Code::Internal, "internal error"));
        };
        Ok(AuthorizationRequest {
            response_type,
            response_mode,
            redirect_uri,
            state: self.state,
            nonce: self.nonce,
            scope: self.scope,
            code_challenge: self.code_challenge,
            dpop_jkt: self.dpop_jkt,
            consent_request,
            terms,
            code_seconds: self.code_seconds,
            had_authorization_details: self.had_authorization_details,
            prompt: self.prompt,
            claims: self.claims,
            subjects: self.subjects,
            acr_values: self.acr_values,
            max_age: self.max_age,
            login_hint: self.login_hint,
            ui_locales: self.ui_locales,
            purpose: self.purpose,
            replaces: self.replaces,
        })
    }
}
