//! Our signing keys over time, so that a rotation breaks nobody.
//!
//! ```text
//! published ──active_from──▶ signs ──signs_until──▶ only verifies ──published_until──▶ withdrawn
//! ```
//!
//! A key is published before it signs, so that whoever caches our JWK Set knows it in time; it stays published after
//! its last signature for as long as what it signed lives. The newest key that may sign does.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::fmt;

use domain::Instant;
use serde::Serialize;
use serde_json::{Value, json};

use crate::{Algorithm, Claims, Compact, JoseError, KeyError, SigningKey};

/// A key and the instants of its life. `None` is "not yet decided".
#[derive(Debug, Clone)]
pub struct RingKey {
    /// The key itself.
    pub key: SigningKey,
    /// From when on it signs. Published before.
    pub active_from: Instant,
    /// From when on it no longer signs.
    pub signs_until: Option<Instant>,
    /// From when on it is neither published nor verifies.
    pub published_until: Option<Instant>,
}

impl RingKey {
    fn may_sign(&self, now: Instant) -> bool {
        self.active_from <= now && self.signs_until.is_none_or(|until| now < until) && self.is_published(now)
    }

    fn is_published(&self, now: Instant) -> bool {
        self.published_until.is_none_or(|until| now < until)
    }
}

/// All keys that this server signs with, or has signed with lately. Replaced as a whole at rotation.
pub struct KeyRing {
    /// Newest first.
    keys: Vec<RingKey>,
}

impl KeyRing {
    /// A ring of these keys, in any order.
    ///
    /// # Errors
    /// [`KeyError::DuplicateKid`] when one key occurs twice.
    pub fn new(mut keys: Vec<RingKey>) -> Result<Self, KeyError> {
        let mut kids = HashSet::new();
        if !keys
            .iter()
            .all(|ring_key| kids.insert(ring_key.key.kid().to_owned()))
        {
            return Err(KeyError::DuplicateKid);
        }
        keys.sort_by_key(|ring_key| Reverse(ring_key.active_from));
        Ok(Self { keys })
    }

    /// `claims` signed by the newest key of `algorithm` that may sign at `now`.
    ///
    /// # Errors
    /// [`JoseError::NoSigningKey`] when there is none, [`JoseError::Signing`].
    pub fn sign(
        &self,
        algorithm: Algorithm,
        typ: &str,
        claims: &impl Serialize,
        now: Instant,
    ) -> Result<String, JoseError> {
        self.signer(algorithm, now)?.sign(typ, claims)
    }

    /// The newest key of `algorithm` that may sign at `now`.
    ///
    /// # Errors
    /// [`JoseError::NoSigningKey`] when there is none.
    pub fn signer(&self, algorithm: Algorithm, now: Instant) -> Result<&SigningKey, JoseError> {
        self.keys
            .iter()
            .find(|ring_key| ring_key.key.algorithm() == algorithm && ring_key.may_sign(now))
            .map(|ring_key| &ring_key.key)
            .ok_or(JoseError::NoSigningKey)
    }

    /// The claims of a token that we signed: by a key that is not withdrawn at `now`, named by `kid`.
    ///
    /// # Errors
    /// [`JoseError::AlgorithmRefused`], [`JoseError::UnknownKey`], [`JoseError::BadSignature`] or a fault of the
    /// payload.
    pub fn verify(
        &self,
        token: &Compact<'_>,
        allowed: &[Algorithm],
        now: Instant,
    ) -> Result<Claims, JoseError> {
        if !allowed.contains(&token.algorithm()) {
            return Err(JoseError::AlgorithmRefused);
        }
        let kid = token.kid().ok_or(JoseError::UnknownKey)?;
        let key = self.published(kid, now).ok_or(JoseError::UnknownKey)?;
        if !key.signed(token) {
            return Err(JoseError::BadSignature);
        }
        token.claims()
    }

    /// The JWK Set to publish at `now`: public members only, each with its own `kid`, `use` and `alg`.
    pub fn jwks(&self, now: Instant) -> Value {
        let keys = self.keys.iter().filter(|ring_key| ring_key.is_published(now));
        json!({ "keys": keys.map(|ring_key| ring_key.key.public_jwk()).collect::<Vec<_>>() })
    }

    /// The algorithms that can be signed with at `now`, newest key first, each once.
    pub fn algorithms(&self, now: Instant) -> Vec<Algorithm> {
        let mut algorithms = Vec::new();
        for ring_key in self.keys.iter().filter(|ring_key| ring_key.may_sign(now)) {
            if !algorithms.contains(&ring_key.key.algorithm()) {
                algorithms.push(ring_key.key.algorithm());
            }
        }
        algorithms
    }

    /// The key of that name, unless withdrawn at `now`.
    pub(crate) fn published(&self, kid: &str, now: Instant) -> Option<&SigningKey> {
        self.keys
            .iter()
            .find(|ring_key| ring_key.key.kid() == kid && ring_key.is_published(now))
            .map(|ring_key| &ring_key.key)
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(&self.keys).finish()
    }
}
