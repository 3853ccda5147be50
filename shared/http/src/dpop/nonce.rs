//! Nonces for DPoP proofs (RFC9449-8, -9): a time under a keyed hash, so that every replica knows them and none remembers
//! any. They show that a proof was made lately, even by a device whose clock or whose key somebody else had for a while.

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderName, HeaderValue},
    middleware::Next,
    web,
};
use chrono::{DateTime, Duration};
use domain::Instant;
use jose::seal::{KeyedHasher, MasterKey, SealError};

use crate::App;

/// How long a nonce is good. A sender gets a fresh one with every answer.
const LIFE: Duration = Duration::minutes(5);

/// How far the clocks of replicas may differ.
const SKEW: Duration = Duration::seconds(10);

/// Bytes of the instant, seconds since 1970.
const INSTANT_BYTES: usize = 8;

/// Bytes of the hash that are kept.
const HASH_BYTES: usize = 16;

/// The header's name.
const HEADER: HeaderName = HeaderName::from_static("dpop-nonce");

/// Makes nonces and knows them again.
#[derive(Debug)]
pub struct Nonces(KeyedHasher);

impl Nonces {
    /// Those of this master key.
    ///
    /// # Errors
    /// [`SealError`] when the cryptography library fails.
    pub fn new(master_key: &MasterKey) -> Result<Self, SealError> {
        master_key.keyed_hasher("dpop-nonce").map(Self)
    }

    /// A nonce that is good from now on; 32 characters.
    ///
    /// # Errors
    /// [`SealError`] when the cryptography library fails.
    pub fn fresh(&self, now: Instant) -> Result<String, SealError> {
        let instant = now.timestamp().to_be_bytes();
        let hash = self.hash(instant)?;
        Ok(jose::base64url([instant.as_slice(), hash.as_slice()].concat()))
    }

    /// Whether a nonce is one of ours and not old.
    pub(super) fn are_ours(&self, nonce: &str, now: Instant) -> bool {
        let Some(bytes) =
            jose::from_base64url(nonce).filter(|bytes| bytes.len() == INSTANT_BYTES + HASH_BYTES)
        else {
            return false;
        };
        let Some((instant, hash)) = bytes.split_first_chunk::<INSTANT_BYTES>() else {
            return false;
        };
        let made_by_us = self
            .hash(*instant)
            .is_ok_and(|expected| jose::secret::equal(&expected, hash));
        let age = DateTime::from_timestamp(i64::from_be_bytes(*instant), 0).map(|made_at| now - made_at);
        made_by_us && age.is_some_and(|age| -SKEW <= age && age <= LIFE)
    }

    fn hash(&self, instant: [u8; INSTANT_BYTES]) -> Result<[u8; HASH_BYTES], SealError> {
        let hash = self.0.hash(&[&instant])?;
        hash.first_chunk().copied().ok_or(SealError::NotSealed)
    }
}

/// Middleware: where nonces are demanded, every answer to a request with a proof brings a fresh one, whatever the answer
/// is (RFC9449-8.2).
///
/// # Errors
/// Those of the service behind it.
pub async fn fresh_nonce(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let nonce = match request.app_data::<web::Data<App>>() {
        Some(app) if request.headers().contains_key(super::HEADER) => app
            .dpop_nonces
            .as_ref()
            .and_then(|nonces| nonces.fresh(app.now()).ok())
            .and_then(|nonce| HeaderValue::from_str(&nonce).ok()),
        _ => None,
    };
    let mut response = next.call(request).await?;
    if let Some(nonce) = nonce {
        response.headers_mut().insert(HEADER, nonce);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nonces(key: u8) -> Nonces {
        Nonces::new(&MasterKey::from_bytes([key; 32])).unwrap()
    }

    fn now() -> Instant {
        Instant::from_timestamp(1_800_000_000, 0).unwrap()
    }

    #[test]
    fn a_nonce_is_good_at_every_replica_for_five_minutes() {
        let nonce = nonces(7).fresh(now()).unwrap();
        assert_eq!(nonce.len(), 32);
        for (seconds, good) in [(0, true), (300, true), (301, false), (-10, true), (-11, false)] {
            let at = now() + Duration::seconds(seconds);
            assert_eq!(nonces(7).are_ours(&nonce, at), good, "{seconds}");
        }
    }

    #[test]
    fn nobody_else_makes_one() {
        let nonce = nonces(8).fresh(now()).unwrap();
        assert!(!nonces(7).are_ours(&nonce, now()));
        let ours = nonces(7).fresh(now()).unwrap();
        for changed in [&ours[..31], &format!("{ours}A"), "", &ours.replacen('A', "B", 1)] {
            assert!(!nonces(7).are_ours(changed, now()), "{changed}");
        }
    }
}
