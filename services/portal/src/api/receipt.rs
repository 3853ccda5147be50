//! A receipt as the Participant User API gives it, opened to be read.
//!
//! Its signature is not checked here: it came from the API that made it, over the channel on which that API proved who it
//! is, like everything else that a page shows. The signature is for those who get the file from somebody else
//! (`docs/receipts.md`), and they get the file, never this reading of it.

use domain::{AccountId, ConsentId, DataCluster, Instant};
use serde::{Deserialize, de::DeserializeOwned};

use super::{ApiError, UserConsentStatus};

/// A receipt, and what it says.
pub(crate) struct Receipt {
    /// Which key signed it, and as what.
    pub(crate) header: Header,
    pub(crate) claims: Claims,
}

/// The header of the JWS, as far as a page names it.
#[derive(Clone, Deserialize)]
pub(crate) struct Header {
    pub(crate) kid: String,
    pub(crate) typ: String,
}

/// The claims of a consumer's receipt, as far as a page shows them.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Claims {
    pub(crate) consent_id: ConsentId,
    pub(crate) sequence: u64,
    pub(crate) action: String,
    pub(crate) actor: String,
    pub(crate) reason: Option<String>,
    pub(crate) happened_at: Instant,
    /// The consent after the change.
    pub(crate) content: Content,
    /// The hash of the row: base64url.
    pub(crate) row_hash: String,
}

/// What the ledger holds of the consent. Rows of its first days hold little.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Content {
    pub(crate) state: UserConsentStatus,
    pub(crate) hold_until: Option<Instant>,
    pub(crate) ended_at: Option<Instant>,
    pub(crate) expires_at: Option<Instant>,
    pub(crate) lookback_days: Option<u16>,
    #[serde(default)]
    pub(crate) accounts: Vec<ReceiptAccount>,
}

/// An account of the consent.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReceiptAccount {
    pub(crate) account_id: AccountId,
    pub(crate) data_clusters: Vec<DataCluster>,
    pub(crate) nickname: Option<String>,
    /// Holders who must agree before anything of it is shared.
    #[serde(default)]
    pub(crate) awaiting: u32,
    pub(crate) removed_at: Option<Instant>,
}

impl Receipt {
    /// Opens a compact JWS.
    ///
    /// # Errors
    /// [`ApiError::Refused`] when the API gave something else.
    pub(crate) fn open(jws: &str) -> Result<Self, ApiError> {
        let mut parts = jws.split('.');
        let header = part(parts.next());
        let claims = part(parts.next());
        match header.zip(claims) {
            Some((header, claims)) => Ok(Self { header, claims }),
            None => {
                tracing::error!("a receipt of the Participant User API does not read");
                Err(ApiError::Refused)
            }
        }
    }
}

fn part<T: DeserializeOwned>(part: Option<&str>) -> Option<T> {
    serde_json::from_slice(&jose::from_base64url(part?)?).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn jws(claims: &serde_json::Value) -> String {
        let header = json!({"alg": "ES256", "kid": "k", "typ": "consent-receipt+jwt"});
        let part = |part: &serde_json::Value| jose::base64url(part.to_string());
        format!("{}.{}.c2ln", part(&header), part(claims))
    }

    fn claims() -> serde_json::Value {
        json!({
            "iss": "https://bank.example", "consentId": "6f2f0a4e-5d1c-4b8f-9c53-0f6f8a1c2d01", "sequence": 2,
            "action": "HELD", "actor": "CONSUMER", "channel": "participant-user",
            "happenedAt": "2026-11-22T12:00:00.123456Z", "content": {"state": "ON_HOLD"}, "rowHash": "abc",
        })
    }

    #[test]
    fn a_receipt_is_read_with_what_there_is_in_it() {
        let receipt = Receipt::open(&jws(&claims())).unwrap();
        assert_eq!((receipt.header.kid.as_str(), receipt.claims.sequence), ("k", 2));
        assert_eq!(receipt.claims.content.state, UserConsentStatus::OnHold);
        assert!(receipt.claims.content.accounts.is_empty() && receipt.claims.reason.is_none());
    }

    #[test]
    fn what_is_no_receipt_is_refused() {
        let mut incomplete = claims();
        incomplete.as_object_mut().unwrap().remove("action");
        for other in ["", "a.b.c", "e30.e30.", &jws(&incomplete), &jws(&json!([]))] {
            assert!(Receipt::open(other).is_err(), "{other}");
        }
    }
}
