//! A signature that was verified once need not be verified again.
//!
//! That a given token was signed by our key does not change, and verifying P-256 is most of what a read costs. So the
//! claims are remembered under the SHA-256 of the whole token. Nothing else is: expiry, binding, scope and consent are
//! decided anew by whoever asks, and a withdrawn key takes its tokens with it, since the ring is asked each time.
//! Memory is bounded by two generations: when the young one is full it becomes the old one, and the old one is dropped.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use domain::Instant;

use crate::{Algorithm, Claims, Compact, JoseError, KeyRing};

/// Claims of tokens of our own that this process has verified lately. One a process, shared by all workers.
pub struct RememberedSignatures {
    generation_size: usize,
    generations: Mutex<Generations>,
}

#[derive(Default)]
struct Generations {
    young: HashMap<[u8; 32], Proven>,
    old: HashMap<[u8; 32], Proven>,
}

#[derive(Clone)]
struct Proven {
    kid: String,
    algorithm: Algorithm,
    claims: Claims,
}

impl RememberedSignatures {
    /// Remembers at most `capacity` tokens, about 2 kB each.
    pub fn new(capacity: usize) -> Self {
        Self {
            generation_size: capacity / 2,
            generations: Mutex::default(),
        }
    }

    /// As [`Compact::parse`], a comparison of `typ` and [`KeyRing::verify`], and as good: only a token that passed all
    /// three is remembered, per `typ`.
    ///
    /// # Errors
    /// As those; [`JoseError::HeaderMember`] when the token is of another type.
    pub fn verify(
        &self,
        ring: &KeyRing,
        text: &str,
        typ: &str,
        allowed: &[Algorithm],
        now: Instant,
    ) -> Result<Claims, JoseError> {
        let key = fingerprint(text, typ);
        if let Some(proven) = self.recall(&key)
            && allowed.contains(&proven.algorithm)
            && ring.published(&proven.kid, now).is_some()
        {
            return Ok(proven.claims);
        }
        let token = Compact::parse(text)?;
        if !token.is_type(typ) {
            return Err(JoseError::HeaderMember);
        }
        let claims = ring.verify(&token, allowed, now)?;
        if let Some(kid) = token.kid() {
            let proven = Proven {
                kid: kid.to_owned(),
                algorithm: token.algorithm(),
                claims: claims.clone(),
            };
            self.remember(key, proven);
        }
        Ok(claims)
    }

    /// How many tokens are remembered now, at most the capacity. For metrics.
    pub fn len(&self) -> usize {
        let generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        generations.young.len() + generations.old.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn recall(&self, key: &[u8; 32]) -> Option<Proven> {
        // A panic while the lock was held cannot leave half an entry: both maps only ever hold proven claims.
        let generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        generations
            .young
            .get(key)
            .or_else(|| generations.old.get(key))
            .cloned()
    }

    fn remember(&self, key: [u8; 32], proven: Proven) {
        let mut generations = self.generations.lock().unwrap_or_else(PoisonError::into_inner);
        if generations.young.len() >= self.generation_size {
            generations.old = std::mem::take(&mut generations.young);
        }
        if self.generation_size > 0 {
            generations.young.insert(key, proven);
        }
    }
}

/// SHA-256 of type and token. A NUL stands between, which neither contains.
fn fingerprint(text: &str, typ: &str) -> [u8; 32] {
    let mut hasher = openssl::sha::Sha256::new();
    hasher.update(typ.as_bytes());
    hasher.update(&[0]);
    hasher.update(text.as_bytes());
    hasher.finish()
}

impl fmt::Debug for RememberedSignatures {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "RememberedSignatures({} at most)",
            self.generation_size * 2
        )
    }
}
