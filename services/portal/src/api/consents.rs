//! Calls of the Participant User API.

use domain::{ConsentId, Instant, UserId};
use reqwest::Method;
use serde_json::json;

use super::{Api, ApiError, ConsentPage, UserConsent, client::Call};

/// What the consumer wants of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Change {
    /// End it for good.
    Revoke,
    /// Hold it, until the instant if there is one.
    Hold(Option<Instant>),
    /// Go on with it.
    Resume,
}

impl Api {
    /// A page of a consumer's connections.
    pub(crate) async fn consents(
        &self,
        user_id: &UserId,
        page_key: Option<&str>,
    ) -> Result<ConsentPage, ApiError> {
        let mut query = vec![("userId", user_id.as_str()), ("limit", "25")];
        query.extend(page_key.map(|key| ("pageKey", key)));
        let call = Call {
            method: Method::GET,
            path: &["participant", "user", "v1", "consents"],
            query: &query,
            if_match: None,
            body: None,
        };
        Ok(self.call(call).await?.body)
    }

    /// One connection of a consumer.
    pub(crate) async fn consent(
        &self,
        consent_id: ConsentId,
        user_id: &UserId,
    ) -> Result<UserConsent, ApiError> {
        let id = consent_id.to_string();
        let call = Call {
            method: Method::GET,
            path: &["participant", "user", "v1", "consents", &id],
            query: &[("userId", user_id.as_str())],
            if_match: None,
            body: None,
        };
        Ok(self.call(call).await?.body)
    }

    /// Ends, holds or resumes a connection of a consumer.
    pub(crate) async fn change(
        &self,
        consent_id: ConsentId,
        user_id: &UserId,
        change: Change,
    ) -> Result<UserConsent, ApiError> {
        let id = consent_id.to_string();
        let body = match change {
            Change::Revoke => json!({"status": "REVOKED", "reason": "USER_ACTION"}),
            Change::Hold(None) => json!({"status": "ON_HOLD"}),
            Change::Hold(Some(until)) => json!({"status": "ON_HOLD", "holdUntil": until}),
            Change::Resume => json!({"status": "ACTIVE"}),
        };
        let call = Call {
            method: Method::PATCH,
            path: &["participant", "user", "v1", "consents", &id],
            query: &[("userId", user_id.as_str())],
            if_match: None,
            body: Some(&body),
        };
        Ok(self.call(call).await?.body)
    }
}
