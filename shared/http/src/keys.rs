//! The platform's signing keys as this process knows them: loaded at start, again when they may have changed.

use std::sync::{Arc, PoisonError, RwLock};

use chrono::Duration;
use domain::{Instant, Random};
use jose::{
    Algorithm, Claims, Compact, JoseError, KeyError, KeyRing, RememberedSignatures, RingKey, SigningKey,
    seal::{MasterKey, SealError, Sealer},
};
use store::{Store, StoreError, Tx, TxError, keys::KeyRow};

use crate::limits;

/// The algorithms that always have a key. RS256 signs for clients whose profile knows it, and nothing else.
pub const ALGORITHMS: [Algorithm; 3] = [Algorithm::Es256, Algorithm::Ps256, Algorithm::Rs256];

/// Those of access tokens.
const ACCESS_TOKENS: [Algorithm; 2] = [Algorithm::Es256, Algorithm::Ps256];

/// How often each replica looks for new keys. A new key signs only after every replica has published it.
pub const RELOAD_SECONDS: i64 = 30;

/// How long a retired key stays published: longer than anything that it signed lives.
const OVERLAP: Duration = Duration::hours(2);

/// Keys that cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A row does not open: the master key is another, or the row was changed.
    #[error("a signing key cannot be opened with this master key")]
    Sealed,
    /// A key is not one.
    #[error("a signing key is not usable: {0}")]
    Key(#[from] KeyError),
}

impl From<SealError> for KeysError {
    fn from(_: SealError) -> Self {
        Self::Sealed
    }
}

impl From<TxError<KeysError>> for KeysError {
    fn from(error: TxError<Self>) -> Self {
        match error {
            TxError::Refused(error) => error,
            TxError::Store(error) => Self::Store(error),
        }
    }
}

/// The current keys, and what they are known to have signed.
pub struct Keys {
    ring: RwLock<Arc<KeyRing>>,
    remembered: RememberedSignatures,
    sealer: Arc<Sealer>,
}

impl Keys {
    /// Loads the keys, making those that are missing. Of many replicas that start at once one makes them.
    ///
    /// # Errors
    /// [`KeysError`].
    pub async fn load(
        store: &Store,
        master: &MasterKey,
        now: Instant,
        random: Arc<dyn Random>,
    ) -> Result<Self, KeysError> {
        let sealer = Arc::new(master.sealer("signing-keys")?);
        let listed = store
            .once::<_, KeysError, _>("list_keys", move |tx| Ok(store::keys::list(tx, now)?))
            .await?;
        // Made before the transaction: an RSA key takes its time, and every replica that starts waits for the lock.
        let missing = missing(&listed);
        let made = {
            let sealer = Arc::clone(&sealer);
            tokio::task::spawn_blocking(move || {
                let make = |algorithm| NewKey::sealed(&sealer, algorithm, now, random.as_ref());
                missing.into_iter().map(make).collect::<Result<Vec<_>, _>>()
            })
            .await
            .map_err(|_| KeyError::NotMade)??
        };
        let rows = if made.is_empty() {
            listed
        } else {
            store
                .tx::<_, KeysError, _>("make_keys", move |tx| Ok(insert_missing(tx, &made, now)?))
                .await?
        };
        Ok(Self {
            ring: RwLock::new(Arc::new(ring(&sealer, rows)?)),
            remembered: RememberedSignatures::new(limits::REMEMBERED_SIGNATURES),
            sealer,
        })
    }

    /// Loads the keys again. What was signed by a key that is gone is no longer known.
    ///
    /// # Errors
    /// [`KeysError`]; the keys stay as they were.
    pub async fn reload(&self, store: &Store, now: Instant) -> Result<(), KeysError> {
        let rows = store
            .once::<_, KeysError, _>("reload_keys", move |tx| Ok(store::keys::list(tx, now)?))
            .await?;
        let ring = Arc::new(ring(&self.sealer, rows)?);
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = ring;
        Ok(())
    }

    /// The keys of this moment.
    pub fn ring(&self) -> Arc<KeyRing> {
        Arc::clone(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Verifies an access token of ours; a signature that is known is not computed again.
    ///
    /// # Errors
    /// [`JoseError`].
    pub fn verify_access_token(&self, token: &str, now: Instant) -> Result<Claims, JoseError> {
        self.remembered
            .verify(&self.ring(), token, "at+jwt", &ACCESS_TOKENS, now)
    }

    /// Verifies an id_token of ours that comes back as a hint: by whom it was signed, and nothing of its times, which are
    /// over (OIDC Core 3.1.2.2).
    ///
    /// # Errors
    /// [`JoseError`].
    pub fn verify_id_token_hint(&self, token: &str, now: Instant) -> Result<Claims, JoseError> {
        let token = Compact::parse(token)?;
        // What we sign for other purposes has other types: an access token is no hint.
        if !token.is_type("JWT") {
            return Err(JoseError::HeaderMember);
        }
        self.ring().verify(&token, &ALGORITHMS, now)
    }
}

/// A key that is made and sealed, and not yet known to anybody.
#[derive(Clone)]
pub struct NewKey(KeyRow);

impl NewKey {
    /// A new key of an algorithm. It will sign when every replica has published it.
    ///
    /// # Errors
    /// [`KeysError`].
    pub fn make(
        master: &MasterKey,
        algorithm: Algorithm,
        now: Instant,
        random: &dyn Random,
    ) -> Result<Self, KeysError> {
        let active_from = now + Duration::seconds(2 * RELOAD_SECONDS);
        Self::sealed(&master.sealer("signing-keys")?, algorithm, active_from, random)
    }

    fn sealed(
        sealer: &Sealer,
        algorithm: Algorithm,
        active_from: Instant,
        random: &dyn Random,
    ) -> Result<Self, KeysError> {
        let key = SigningKey::generate(algorithm)?;
        let sealed_private_key = sealer.seal(&key.to_pkcs8_der()?, key.kid().as_bytes(), random)?;
        Ok(Self(KeyRow {
            kid: key.kid().to_owned(),
            algorithm: algorithm.as_str().into(),
            sealed_private_key,
            active_from,
            signs_until: None,
            published_until: None,
        }))
    }
}

/// Adds a new key and retires the ones of its algorithm before it. Returns its name.
///
/// # Errors
/// [`StoreError`].
pub fn rotate(tx: &mut Tx<'_>, new: &NewKey, now: Instant) -> Result<String, StoreError> {
    let NewKey(row) = new;
    store::keys::lock(tx)?;
    store::keys::insert(tx, row, now)?;
    store::keys::retire(
        tx,
        &row.algorithm,
        &row.kid,
        row.active_from,
        row.active_from + OVERLAP,
    )?;
    Ok(row.kid.clone())
}

/// The algorithms of which no key goes on signing.
fn missing(rows: &[KeyRow]) -> Vec<Algorithm> {
    let signs = |algorithm: &Algorithm| {
        rows.iter()
            .any(|row| row.algorithm == algorithm.as_str() && row.signs_until.is_none())
    };
    ALGORITHMS
        .into_iter()
        .filter(|algorithm| !signs(algorithm))
        .collect()
}

/// Adds those that nobody else has made meanwhile. All keys.
fn insert_missing(tx: &mut Tx<'_>, made: &[NewKey], now: Instant) -> Result<Vec<KeyRow>, StoreError> {
    store::keys::lock(tx)?;
    let missing = missing(&store::keys::list(tx, now)?);
    for NewKey(row) in made {
        if missing
            .iter()
            .any(|algorithm| algorithm.as_str() == row.algorithm)
        {
            store::keys::insert(tx, row, now)?;
        }
    }
    store::keys::list(tx, now)
}

fn ring(sealer: &Sealer, rows: Vec<KeyRow>) -> Result<KeyRing, KeysError> {
    let mut keys = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(algorithm) = Algorithm::from_name(&row.algorithm) else {
            return Err(StoreError::Corrupt {
                table: "signing_keys",
                column: "algorithm",
            }
            .into());
        };
        let private = sealer.open(&row.sealed_private_key, row.kid.as_bytes())?;
        keys.push(RingKey {
            key: SigningKey::from_pkcs8_der(algorithm, &private)?,
            active_from: row.active_from,
            signs_until: row.signs_until,
            published_until: row.published_until,
        });
    }
    Ok(KeyRing::new(keys)?)
}
