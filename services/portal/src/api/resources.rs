//! Calls of the External Resource Authentication API.

use domain::{AccountId, DataCluster, ResourceId, UserId};
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Account, Api, ApiError, Preview, Resource,
    client::{Answer, Call},
    shapes::Accounts,
};
use crate::session::SignedIn;

/// What the consumer allowed.
pub(crate) struct Approval<'a> {
    pub(crate) user: &'a SignedIn,
    /// Whether the recipient is told the consumer's name.
    pub(crate) tells_the_name: bool,
    pub(crate) accounts: Vec<ChosenAccount<'a>>,
    pub(crate) terms_and_conditions_version: &'static str,
    pub(crate) acknowledged_at: domain::Instant,
}

/// An account that the consumer chose.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChosenAccount<'a> {
    pub(crate) account_id: &'a AccountId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) nickname: Option<&'a str>,
    /// What of it; all that was asked when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) data_clusters: Option<Vec<DataCluster>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Decided {
    continue_url: String,
}

impl Api {
    /// What is asked of the consumer.
    pub(crate) async fn resource(&self, resource_id: ResourceId) -> Result<Resource, ApiError> {
        let id = resource_id.to_string();
        let call = Call {
            method: Method::GET,
            path: &["external", "authentication", "v1", "resources", &id],
            query: &[],
            if_match: None,
            body: None,
        };
        let Answer { etag, body } = self.call::<Resource>(call).await?;
        Ok(Resource { etag, ..body })
    }

    /// What the consumer can share under a request.
    pub(crate) async fn eligible_accounts(
        &self,
        resource_id: ResourceId,
        user_id: &UserId,
    ) -> Result<Vec<Account>, ApiError> {
        let id = resource_id.to_string();
        let call = Call {
            method: Method::GET,
            path: &["external", "authentication", "v1", "resources", &id, "accounts"],
            query: &[("userId", user_id.as_str())],
            if_match: None,
            body: None,
        };
        Ok(self.call::<Accounts>(call).await?.body.accounts)
    }

    /// What would leave of these accounts now, redacted.
    pub(crate) async fn preview(
        &self,
        resource_id: ResourceId,
        user_id: &UserId,
        accounts: &[ChosenAccount<'_>],
    ) -> Result<Preview, ApiError> {
        let id = resource_id.to_string();
        let call = Call {
            method: Method::POST,
            path: &["external", "authentication", "v1", "resources", &id, "preview"],
            query: &[],
            if_match: None,
            body: Some(&json!({"userId": user_id, "accounts": accounts})),
        };
        Ok(self.call(call).await?.body)
    }

    /// Allows. Returns where the browser goes next.
    pub(crate) async fn approve(
        &self,
        resource_id: ResourceId,
        etag: &str,
        approval: &Approval<'_>,
    ) -> Result<String, ApiError> {
        let claims = if approval.tells_the_name {
            json!({"name": approval.user.display_name})
        } else {
            json!({})
        };
        let body = json!({
            "status": "APPROVED",
            "userId": approval.user.user_id,
            "authentication": {
                "authenticatedAt": approval.user.authenticated_at,
                "acr": config::ConsentApplication::PORTAL_ACR,
                "amr": approval.user.proof.amr(),
            },
            "claims": claims,
            "accounts": approval.accounts,
            "termsAndConditionsVersion": approval.terms_and_conditions_version,
            "acknowledgedAt": approval.acknowledged_at,
        });
        self.decide(resource_id, etag, &body).await
    }

    /// Denies. Returns where the browser goes next.
    pub(crate) async fn reject(
        &self,
        resource_id: ResourceId,
        etag: &str,
        reason: &str,
    ) -> Result<String, ApiError> {
        self.decide(
            resource_id,
            etag,
            &json!({"status": "REJECTED", "reason": reason}),
        )
        .await
    }

    async fn decide(&self, resource_id: ResourceId, etag: &str, body: &Value) -> Result<String, ApiError> {
        let id = resource_id.to_string();
        let call = Call {
            method: Method::PATCH,
            path: &["external", "authentication", "v1", "resources", &id],
            query: &[],
            if_match: Some(etag),
            body: Some(body),
        };
        Ok(self.call::<Decided>(call).await?.body.continue_url)
    }
}
