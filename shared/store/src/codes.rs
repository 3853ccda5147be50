//! Authorization codes: written once, redeemed once by one conditional update that also writes the tokens.

mod given;
mod redeem;

use diesel::{
    RunQueryDsl,
    sql_types::{Binary, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use domain::{ClientId, ConsentId, Instant, TokenId};
use uuid::Uuid;

use crate::{Tx, error::StoreError, statement::statement};

pub(crate) use self::given::{GivenRow, GivenSql, given};
pub use self::{
    given::Given,
    redeem::{Redeem, Redeemed, redeem},
};

/// A code to be written.
#[derive(Debug, Clone)]
pub struct NewCode {
    /// SHA-256 of the code.
    pub code_hash: [u8; 32],
    /// The grant that it opens.
    pub consent_id: ConsentId,
    /// Who may redeem it.
    pub client_id: ClientId,
    /// The redirect URI of the request.
    pub redirect_uri: String,
    /// The PKCE challenge (S256), when the request had one.
    pub code_challenge: Option<String>,
    /// Thumbprint of the key that the request named (RFC9449-10).
    pub dpop_jkt: Option<String>,
    /// What the tokens need to know of the request.
    pub context: serde_json::Value,
    /// When it was made.
    pub issued_at: Instant,
    /// When it ends.
    pub expires_at: Instant,
}

/// An access token to be written.
#[derive(Debug, Clone, Copy)]
pub struct NewAccessToken {
    /// Its id.
    pub token_id: TokenId,
    /// Whole seconds.
    pub issued_at: Instant,
    /// Whole seconds.
    pub expires_at: Instant,
}

/// A refresh token to be written. It ends with its grant.
#[derive(Debug, Clone)]
pub struct NewRefreshToken {
    /// SHA-256 of the token.
    pub token_hash: [u8; 32],
    /// The certificate that it is bound to, base64url of its SHA-256.
    pub thumbprint: Option<String>,
}

statement! {
    Insert -> SqlUuid ;
    "INSERT INTO authorization_codes (code_hash, consent_id, client_id, redirect_uri, code_challenge, dpop_jkt, context,
     issued_at, expires_at) VALUES (" (hash: Binary = &'a [u8]) "," (consent_id: SqlUuid = Uuid) ","
    (client_id: Text = &'a str) "," (redirect_uri: Text = &'a str) ","
    (code_challenge: Nullable<Text> = Option<&'a str>) "," (dpop_jkt: Nullable<Text> = Option<&'a str>) ","
    (context: Jsonb = &'a serde_json::Value) ","
    (issued_at: Timestamptz = Instant) "," (expires_at: Timestamptz = Instant) ") RETURNING consent_id"
}

/// Writes a code.
///
/// # Errors
/// [`StoreError`].
pub fn insert(tx: &mut Tx<'_>, code: &NewCode) -> Result<(), StoreError> {
    Insert::new(
        &code.code_hash,
        code.consent_id.uuid(),
        code.client_id.as_str(),
        &code.redirect_uri,
        code.code_challenge.as_deref(),
        code.dpop_jkt.as_deref(),
        &code.context,
        code.issued_at,
        code.expires_at,
    )
    .get_result::<Uuid>(tx.connection)?;
    Ok(())
}
