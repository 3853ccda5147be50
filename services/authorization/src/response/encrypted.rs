//! What we sign for a client, encrypted to it where it registered that: a signed token inside an encrypted one
//! (RFC7519-11.2, JARM-2.2).

use http::{Code, KnownClient, OAuthError};
use jose::encrypt::{ContentEncryption, KeyManagement};

/// The token as it is, or encrypted to a key of the client, with the `alg` and `enc` that it registered for it.
///
/// # Errors
/// `server_error` when the client has no such key any more: nothing that was to be secret leaves in the clear.
pub(crate) fn encrypted(
    known: &KnownClient,
    token: String,
    registered: Option<(&str, &str)>,
) -> Result<String, OAuthError> {
    let Some((algorithm, content)) = registered else {
        return Ok(token);
    };
    let work = || {
        let algorithm = KeyManagement::from_name(algorithm)?;
        let content = ContentEncryption::from_name(content)?;
        let keys = known.keys.as_ref()?;
        keys.encrypt(token.as_bytes(), algorithm, content, Some("JWT"))
            .ok()
    };
    work().ok_or_else(|| {
        tracing::error!(client_id = %known.client.client_id, "the client has no key for what it wants encrypted");
        OAuthError::new(Code::Internal, "internal error")
    })
}
