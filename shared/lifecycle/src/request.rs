//! An authorization request, verified: what a pushed request's row holds.

use std::collections::BTreeSet;

use chrono::Duration;
use domain::{
    ConsentId, DataCluster, Instant, Scopes,
    authorization_details::ConsentRequest,
    consent::Terms,
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

impl AuthorizationRequest {
    /// The clusters that are asked; none for a request of identity alone.
    pub fn data_clusters(&self) -> BTreeSet<DataCluster> {
        self.consent_request
            .as_ref()
            .map(ConsentRequest::data_clusters)
            .unwrap_or_default()
    }

    /// When a resource that is lodged at `now` lapses.
    pub fn decide_by(now: Instant) -> Instant {
        now + Duration::minutes(DECISION_MINUTES)
    }
}
