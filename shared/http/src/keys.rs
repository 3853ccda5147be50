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
        let rows = {
            let sealer = Arc::clone(&sealer);
            store
                .tx("load_keys", move |tx| {
                    make_missing(tx, &sealer, now, random.as_ref())?;
                    Ok(store::keys::list(tx, now)?)
                })
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

/// Makes a new key of an algorithm that signs from `active_from` on, and retires the ones before it.
///
/// # Errors
/// [`KeysError`].
pub fn rotate(
    tx: &mut Tx<'_>,
    master: &MasterKey,
    algorithm: Algorithm,
    now: Instant,
    random: &dyn Random,
) -> Result<String, TxError<KeysError>> {
    store::keys::lock(tx)?;
    let sealer = master
        .sealer("signing-keys")
        .map_err(|error| TxError::Refused(error.into()))?;
    // Every replica must have published the key before the first signature.
    let active_from = now + Duration::seconds(2 * RELOAD_SECONDS);
    let kid = make(tx, &sealer, algorithm, now, active_from, random)?;
    store::keys::retire(tx, algorithm.as_str(), &kid, active_from, active_from + OVERLAP)?;
    Ok(kid)
}

fn make_missing(
    tx: &mut Tx<'_>,
    sealer: &Sealer,
    now: Instant,
    random: &dyn Random,
) -> Result<(), TxError<KeysError>> {
    store::keys::lock(tx)?;
    let rows = store::keys::list(tx, now)?;
    for algorithm in ALGORITHMS {
        let signs = |row: &KeyRow| row.algorithm == algorithm.as_str() && row.signs_until.is_none();
        if !rows.iter().any(signs) {
            make(tx, sealer, algorithm, now, now, random)?;
        }
    }
    Ok(())
}

fn make(
    tx: &mut Tx<'_>,
    sealer: &Sealer,
    algorithm: Algorithm,
    now: Instant,
    active_from: Instant,
    random: &dyn Random,
) -> Result<String, TxError<KeysError>> {
    let refuse = |error: KeysError| TxError::Refused(error);
    let key = SigningKey::generate(algorithm).map_err(|error| refuse(error.into()))?;
    let kid = key.kid().to_owned();
    let private = key.to_pkcs8_der().map_err(|error| refuse(error.into()))?;
    let sealed_private_key = sealer
        .seal(&private, kid.as_bytes(), random)
        .map_err(|error| refuse(error.into()))?;
    let row = KeyRow {
        kid: kid.clone(),
        algorithm: algorithm.as_str().into(),
        sealed_private_key,
        active_from,
        signs_until: None,
        published_until: None,
    };
    store::keys::insert(tx, &row, now)?;
    Ok(kid)
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
