//! DPoP proofs (RFC 9449): a client shows that it holds a key, for one request, once.

mod nonce;

use actix_web::HttpRequest;
use domain::Instant;
use jose::{Algorithm, Compact, PublicKeys, TimeRules, thumbprint::jwk_thumbprint};
use store::{StoreError, issue::Spend, spend::Spending};
use url::Url;

use crate::App;

pub use nonce::{Nonces, fresh_nonce};

/// The header's name.
pub const HEADER: &str = "dpop";

/// The algorithms of proofs, as metadata and challenges name them.
pub const ALGORITHMS: [&str; 3] = ["PS256", "ES256", "EdDSA"];

/// Why a request proves no key.
#[derive(Debug, thiserror::Error)]
pub enum DpopError {
    /// There is more than one proof, or the one is not good for this request, or it was used before.
    #[error("the DPoP proof is not valid")]
    Invalid,
    /// The proof is good but for its nonce, which is missing, not ours or old: the sender may try again with the one of
    /// the answer (RFC9449-8). Nothing was spent.
    #[error("the DPoP proof needs a nonce of this server")]
    UseNonce,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A key that the sender of one request was shown to hold. Only [`prove`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvenKey(String);

impl ProvenKey {
    /// Its RFC 7638 thumbprint, `jkt`.
    pub fn thumbprint(&self) -> &str {
        &self.0
    }
}

/// The key that the proof of a request shows; `None` when it has no proof. The proof is spent (D01): of many replicas
/// one accepts it.
///
/// # Errors
/// [`DpopError`].
pub async fn prove(
    app: &App,
    request: &HttpRequest,
    access_token: Option<&str>,
    now: Instant,
) -> Result<Option<ProvenKey>, DpopError> {
    let mut headers = request.headers().get_all(HEADER);
    let Some(header) = headers.next() else {
        return Ok(None);
    };
    let text = header.to_str().map_err(|_| DpopError::Invalid)?;
    if headers.next().is_some() {
        return Err(DpopError::Invalid);
    }
    let proof = verify(app, request, text, access_token, now).ok_or(DpopError::Invalid)?;
    if let Some(nonces) = &app.dpop_nonces
        && !proof.nonce.is_some_and(|nonce| nonces.are_ours(&nonce, now))
    {
        return Err(DpopError::UseNonce);
    }
    let (key, spend) = (proof.key, proof.spend);
    let spending = Spending {
        spend,
        spent_by: domain::id::random_uuid(app.random()),
    };
    if app.store.combined().spend(spending).await? {
        Ok(Some(key))
    } else {
        Err(DpopError::Invalid)
    }
}

/// What a proof says that is good for this request.
struct Verified {
    key: ProvenKey,
    nonce: Option<String>,
    spend: Spend,
}

/// RFC9449-4.3, in its order.
fn verify(
    app: &App,
    request: &HttpRequest,
    text: &str,
    access_token: Option<&str>,
    now: Instant,
) -> Option<Verified> {
    let proof = Compact::parse(text).ok()?;
    if !proof.is_type("dpop+jwt") {
        return None;
    }
    let jwk = proof.header("jwk")?;
    let claims = PublicKeys::of_one(jwk)
        .ok()?
        .verify(&proof, Algorithm::FAPI)
        .ok()?;
    let jti = claims.required_str("jti").ok()?;
    if claims.required_str("htm").ok()? != request.method().as_str() {
        return None;
    }
    if !is_this_request(app, request, claims.required_str("htu").ok()?) {
        return None;
    }
    let window = claims.check_times(now, TimeRules::DPOP_PROOF).ok()?;
    // D03: at a resource the proof is for this very token.
    if let Some(token) = access_token
        && claims.required_str("ath").ok()? != jose::base64url(jose::sha256(token))
    {
        return None;
    }
    let key = ProvenKey(jwk_thumbprint(jwk).ok()?);
    // The same proof has the same day of issue, and so meets itself; it is too old a minute later.
    let ends_on = (window.iat? + chrono::Duration::days(1)).date_naive();
    let hash = jose::sha256(format!("dpop\0{}\0{jti}", key.0));
    let (half, _) = hash.split_at(16);
    let spend = Spend {
        spent_id: uuid::Uuid::from_slice(half).ok()?,
        ends_on,
    };
    let nonce = claims.str("nonce").ok()?.map(str::to_owned);
    Some(Verified { key, nonce, spend })
}

/// RFC9449-4.3 (9): compared after normalisation, without query and fragment; under either of our two names.
fn is_this_request(app: &App, request: &HttpRequest, htu: &str) -> bool {
    let Some(claimed) = normal(htu) else {
        return false;
    };
    let path = request.path();
    [app.endpoints.public(path), app.endpoints.mutual(path)]
        .iter()
        .any(|ours| normal(ours).as_ref() == Some(&claimed))
}

/// Scheme and host in lower case, no default port, no query, no fragment (RFC3986-6.2). What a browser would make a URI of
/// and RFC 3986 does not (spaces, tabs, backslashes) is none.
fn normal(uri: &str) -> Option<Url> {
    if !uri.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') {
        return None;
    }
    let mut uri = Url::parse(uri).ok().filter(|uri| uri.scheme() == "https")?;
    uri.set_query(None);
    uri.set_fragment(None);
    Some(uri)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_are_compared_after_normalisation() {
        let same = normal("https://bank.example/fdx/v6/core/accounts");
        for spelling in [
            "HTTPS://BANK.example/fdx/v6/core/accounts",
            "https://bank.example:443/fdx/v6/core/accounts",
            "https://bank.example/fdx/v6/core/accounts?limit=1#x",
        ] {
            assert_eq!(normal(spelling), same, "{spelling}");
        }
        assert_ne!(normal("https://bank.example/fdx/v6/core/accounts/"), same);
        assert_ne!(normal("https://bank.example:8443/fdx/v6/core/accounts"), same);
        for none in [
            "http://bank.example/fdx/v6/core/accounts",
            " https://bank.example/fdx/v6/core/accounts",
            "https://bank.example/fdx/v6/core/acc\tounts",
            "https://bank.example\\fdx\\v6\\core\\accounts",
            "",
        ] {
            assert_eq!(normal(none), None, "{none}");
        }
    }
}
