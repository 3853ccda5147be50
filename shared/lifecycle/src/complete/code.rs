//! The code of a grant, and what it carries from the request to the tokens.

use std::collections::BTreeSet;

use chrono::Duration;
use domain::{ConsentGrant, DataCluster, IdentityClaims, Instant, consent::Authentication};
use serde::{Deserialize, Serialize};
use store::{StoreError, Tx, codes::NewCode};

use crate::request::AuthorizationRequest;

/// What the tokens of a grant need to know of the request that made it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenContext {
    /// Goes into the id_token of the code's redemption.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub nonce: Option<String>,
    /// Whether the token response repeats `authorization_details`.
    #[serde(default)]
    pub had_authorization_details: bool,
    /// What they asked for: the token response says how the grant differs from it.
    #[serde(skip_serializing_if = "BTreeSet::is_empty", default)]
    pub asked: BTreeSet<DataCluster>,
    /// What of the consumer the id_token tells, because the request asked for it there.
    #[serde(skip_serializing_if = "IdentityClaims::is_empty", default)]
    pub claims: IdentityClaims,
    /// The authentication that the id_token is about, where it is another than that of the grant.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub authentication: Option<Authentication>,
}

/// Writes a code of that grant.
pub(crate) fn issue_code(
    tx: &mut Tx<'_>,
    grant: &ConsentGrant,
    request: &AuthorizationRequest,
    code_hash: [u8; 32],
    context: &TokenContext,
    now: Instant,
) -> Result<(), StoreError> {
    store::codes::insert(
        tx,
        &NewCode {
            code_hash,
            consent_id: grant.id,
            client_id: grant.client_id.clone(),
            redirect_uri: request.redirect_uri.clone(),
            code_challenge: request.code_challenge.clone(),
            dpop_jkt: request.dpop_jkt.clone(),
            context: serde_json::to_value(context).map_err(|_| StoreError::Corrupt {
                table: "authorization_codes",
                column: "context",
            })?,
            issued_at: now,
            expires_at: now + Duration::seconds(request.code_seconds.into()),
        },
    )
}
