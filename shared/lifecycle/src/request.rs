//! An authorization request, verified: what a pushed request's row holds.

use std::collections::BTreeSet;

use chrono::Duration;
use domain::{
    ClaimsRequest, ConsentId, DataCluster, Instant, Scopes,
    authorization_details::ConsentRequest,
    consent::{Authentication, Terms},
    identity,
    profile::{ResponseMode, ResponseType},
};
use serde::{Deserialize, Serialize};

/// Life of a `request_uri`, seconds (RFC9126-2.2). Short, since it is followed at once by the browser.
pub const REQUEST_URI_SECONDS: i64 = 60;

/// Longest from the first visit of the browser to the answer, sign-in and decision between them.
pub const DECISION_MINUTES: i64 = 5;

/// Everything of an authorization request that matters after it was verified. Nothing else of it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    /// What the response carries.
    pub response_type: ResponseType,
    /// How it travels.
    pub response_mode: ResponseMode,
    /// Where it goes; one of the client's registered URIs.
    pub redirect_uri: String,
    /// Returned as it came, or not at all.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub state: Option<String>,
    /// Goes into the id_token as it came.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub nonce: Option<String>,
    /// The scopes that are asked.
    pub scope: Scopes,
    /// PKCE, S256 (RFC 7636).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub code_challenge: Option<String>,
    /// Thumbprint of the key that the code will be redeemed with (RFC9449-10).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub dpop_jkt: Option<String>,
    /// What is asked of the consumer; `None` when no cluster is (`openid` alone).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub consent_request: Option<ConsentRequest>,
    /// The lengths that the policy gives it.
    pub terms: Terms,
    /// Life of the code that answers it, seconds; its client's profile says how long.
    pub code_seconds: u32,
    /// Whether the request had `authorization_details`, so that the token response has them too.
    #[serde(default)]
    pub had_authorization_details: bool,
    /// Authentication context classes, best first.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub acr_values: Vec<String>,
    /// Oldest authentication that will do, seconds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub max_age: Option<u32>,
    /// How far the consumer must be, or must not be, asked.
    #[serde(default)]
    pub prompt: Prompt,
    /// The claims that are asked by name.
    #[serde(skip_serializing_if = "ClaimsRequest::is_empty", default)]
    pub claims: ClaimsRequest,
    /// The subjects one of whom the consumer must be: those of an `id_token_hint`, or of a claim `sub`. Every list
    /// must hold; none when anybody will do.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub subjects: Vec<Vec<String>>,
    /// Who the recipient thinks the consumer is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub login_hint: Option<String>,
    /// Languages that the consumer reads, best first (BCP 47).
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub ui_locales: Vec<String>,
    /// What the recipient says that it wants the data for, 3 to 300 characters.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub purpose: Option<String>,
    /// The grant that this one is to take the place of (`grant_management_action=replace`).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub replaces: Option<ConsentId>,
}

/// What `prompt` said (OIDC Core 3.1.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    /// Nothing: ask what must be asked.
    #[default]
    Needed,
    /// `none`: answer without a page, or with an error.
    Never,
    /// `login`, `consent` or `select_account`: ask, whatever is known.
    Always,
}

impl AuthorizationRequest {
    /// The clusters that are asked; none for a request of identity alone.
    pub fn data_clusters(&self) -> BTreeSet<DataCluster> {
        self.consent_request
            .as_ref()
            .map(ConsentRequest::data_clusters)
            .unwrap_or_default()
    }

    /// Whether a consumer whom the recipient knows by that name is one whom it asked for.
    pub fn is_about(&self, subject: &str) -> bool {
        self.subjects
            .iter()
            .all(|subjects| subjects.iter().any(|one| one == subject))
    }

    /// Whether an authentication reached the context class that the recipient insists on, if it does.
    pub fn is_met_by(&self, authentication: &Authentication) -> bool {
        let required = self.claims.required_acr();
        required.is_empty()
            || authentication
                .acr
                .as_ref()
                .is_some_and(|reached| required.contains(reached))
    }

    /// The standard claims that are asked, by scopes or by name, wherever they would go.
    pub fn identity_claims(&self) -> BTreeSet<&str> {
        let mut names: BTreeSet<&str> = identity::claims_of_scopes(&self.scope).into_iter().collect();
        names.extend(self.claims.for_userinfo());
        names.extend(self.claims.for_id_token());
        names
    }

    /// The scopes that open those claims: what a consumer can deny and still allow the rest.
    pub fn identity_scopes(&self) -> Scopes {
        identity::scopes_of(self.identity_claims())
    }

    /// The request with nothing in it that the consumer denied: of the scopes that open claims these are allowed, or all.
    #[must_use]
    pub fn allowing(self, allowed: Option<&Scopes>) -> Self {
        let Some(allowed) = allowed else { return self };
        let denied = self.identity_scopes().without(allowed);
        Self {
            scope: self.scope.without(&denied),
            claims: self.claims.without(&denied),
            ..self
        }
    }

    /// When a resource that is lodged at `now` lapses.
    pub fn decide_by(now: Instant) -> Instant {
        now + Duration::minutes(DECISION_MINUTES)
    }
}
