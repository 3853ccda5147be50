//! Calls of the Participant User API.

use domain::{ConsentId, Instant, UserId};
use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{
    AccessPage, Api, ApiError, ConsentPage, UserConsent,
    client::Call,
    shapes::{ListedReceipt, ReceiptPage},
};

/// Connections that go on, and most pages of them that are asked for: a thousand.
const LIVE: [&str; 2] = ["ACTIVE", "ON_HOLD"];
const MOST_PAGES: usize = 10;

/// Connections that have ended.
const ENDED: [&str; 3] = ["REVOKED", "EXPIRED", "CONSUMED"];

/// What the consumer wants of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Change<'a> {
    /// End it for good.
    Revoke,
    /// Hold it, until the instant if there is one.
    Hold(Option<Instant>),
    /// Go on with it.
    Resume,
    /// Share this account no longer.
    Remove(&'a str),
    /// Agree to what another holder shares.
    Approve,
    /// Disagree, or agree no longer.
    Withdraw,
}

impl Change<'_> {
    fn body(self) -> Value {
        match self {
            Self::Revoke => json!({"status": "REVOKED", "reason": "USER_ACTION"}),
            Self::Hold(None) => json!({"status": "ON_HOLD"}),
            Self::Hold(Some(until)) => json!({"status": "ON_HOLD", "holdUntil": until}),
            Self::Resume => json!({"status": "ACTIVE"}),
            Self::Remove(account_id) => json!({"action": "REMOVE_ACCOUNTS", "accountIds": [account_id]}),
            Self::Approve => json!({"action": "APPROVE"}),
            Self::Withdraw => json!({"action": "WITHDRAW"}),
        }
    }
}

impl Api {
    /// Every connection of a consumer that goes on, newest first.
    pub(crate) async fn live_consents(&self, user_id: &UserId) -> Result<Vec<UserConsent>, ApiError> {
        let (mut consents, mut page_key) = (vec![], None);
        for _ in 0..MOST_PAGES {
            let page = self.consents(user_id, &LIVE, "100", page_key.as_deref()).await?;
            consents.extend(page.consents);
            page_key = page.page.next_page_key;
            if page_key.is_none() {
                break;
            }
        }
        Ok(consents)
    }

    /// A page of a consumer's connections that have ended.
    pub(crate) async fn ended_consents(
        &self,
        user_id: &UserId,
        page_key: Option<&str>,
    ) -> Result<ConsentPage, ApiError> {
        self.consents(user_id, &ENDED, "10", page_key).await
    }

    async fn consents(
        &self,
        user_id: &UserId,
        statuses: &[&str],
        limit: &str,
        page_key: Option<&str>,
    ) -> Result<ConsentPage, ApiError> {
        let mut query = vec![("userId", user_id.as_str()), ("limit", limit)];
        query.extend(statuses.iter().map(|status| ("status", *status)));
        query.extend(page_key.map(|key| ("pageKey", key)));
        self.get(&["participant", "user", "v1", "consents"], &query).await
    }

    /// One connection of a consumer.
    pub(crate) async fn consent(
        &self,
        consent_id: ConsentId,
        user_id: &UserId,
    ) -> Result<UserConsent, ApiError> {
        let id = consent_id.to_string();
        let path = ["participant", "user", "v1", "consents", &id];
        self.get(&path, &[("userId", user_id.as_str())]).await
    }

    /// A page of who read what under a connection.
    pub(crate) async fn accesses(
        &self,
        consent_id: ConsentId,
        user_id: &UserId,
        limit: &str,
        page_key: Option<&str>,
    ) -> Result<AccessPage, ApiError> {
        let id = consent_id.to_string();
        let mut query = vec![("userId", user_id.as_str()), ("limit", limit)];
        query.extend(page_key.map(|key| ("pageKey", key)));
        let path = ["participant", "user", "v1", "consents", &id, "accesses"];
        self.get(&path, &query).await
    }

    /// The receipt of one row of a connection's history: a compact JWS.
    pub(crate) async fn receipt(
        &self,
        consent_id: ConsentId,
        user_id: &UserId,
        sequence: u64,
    ) -> Result<String, ApiError> {
        let id = consent_id.to_string();
        let path = ["participant", "user", "v1", "consents", &id, "receipts"];
        let mut page_key: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let mut query = vec![("userId", user_id.as_str())];
            query.extend(page_key.as_deref().map(|key| ("pageKey", key)));
            let page: ReceiptPage = self.get(&path, &query).await?;
            let found = page
                .receipts
                .into_iter()
                .find(|receipt| receipt.sequence == sequence);
            match (found, page.page.next_page_key) {
                (Some(ListedReceipt { receipt, .. }), _) => return Ok(receipt),
                (None, None) => break,
                (None, next) => page_key = next,
            }
        }
        Err(ApiError::NotFound)
    }

    /// Changes a connection of a consumer.
    pub(crate) async fn change(
        &self,
        consent_id: ConsentId,
        user_id: &UserId,
        change: Change<'_>,
    ) -> Result<UserConsent, ApiError> {
        let id = consent_id.to_string();
        let call = Call {
            method: Method::PATCH,
            path: &["participant", "user", "v1", "consents", &id],
            query: &[("userId", user_id.as_str())],
            if_match: None,
            body: Some(&change.body()),
        };
        Ok(self.call(call).await?.body)
    }

    /// Ends every connection that a consumer made.
    pub(crate) async fn revoke_all(&self, user_id: &UserId) -> Result<(), ApiError> {
        let call = Call {
            method: Method::POST,
            path: &["participant", "user", "v1", "consents", "revocation"],
            query: &[],
            if_match: None,
            body: Some(&json!({"userId": user_id, "reason": "USER_ACTION"})),
        };
        self.call::<Value>(call).await?;
        Ok(())
    }

    async fn get<T: DeserializeOwned>(&self, path: &[&str], query: &[(&str, &str)]) -> Result<T, ApiError> {
        let call = Call {
            method: Method::GET,
            path,
            query,
            if_match: None,
            body: None,
        };
        Ok(self.call(call).await?.body)
    }
}
