//! One-time codes (RFC 6238): six digits, thirty seconds, HMAC-SHA-1, which is what every authenticator reads.
//!
//! A secret is at rest sealed to its user. That a code works once is kept by the database
//! (`store::users::spend_totp_step`), so that it holds with any number of replicas.

use domain::{Instant, Random, UserId};
use jose::seal::{MasterKey, SealError, Sealer};
use openssl::{error::ErrorStack, hash::MessageDigest, pkey::PKey, sign::Signer};
use secrecy::{ExposeSecret as _, SecretBox, SecretString};

/// Bytes of a secret (RFC4226-4, R6 recommends 160 bits).
const BYTES: usize = 20;

/// Seconds that a code is shown.
const STEP: i64 = 30;

/// Digits of a code.
const DIGITS: u32 = 6;

/// What a consumer's authenticator and the bank both know.
pub struct Secret(SecretBox<[u8; BYTES]>);

/// Seals secrets to their users.
pub struct Vault(Sealer);

impl Vault {
    /// The vault of that master key.
    ///
    /// # Errors
    /// [`SealError`] when the library cannot derive a key.
    pub fn new(master_key: &MasterKey) -> Result<Self, SealError> {
        Ok(Self(master_key.sealer("portal-totp")?))
    }

    /// As it is stored; opens for that user alone.
    ///
    /// # Errors
    /// [`SealError::NotSealed`] when the library cannot encrypt.
    pub fn seal(&self, secret: &Secret, user_id: &UserId, random: &dyn Random) -> Result<Vec<u8>, SealError> {
        self.0
            .seal(secret.0.expose_secret(), user_id.as_str().as_bytes(), random)
    }

    /// # Errors
    /// [`SealError::NotOpened`] for anything that was not sealed here to that user.
    pub(crate) fn open(&self, sealed: &[u8], user_id: &UserId) -> Result<Secret, SealError> {
        let plain = SecretBox::new(Box::new(self.0.open(sealed, user_id.as_str().as_bytes())?));
        let bytes = plain
            .expose_secret()
            .as_slice()
            .try_into()
            .map_err(|_| SealError::NotOpened)?;
        Ok(Secret(SecretBox::new(Box::new(bytes))))
    }
}

impl Secret {
    /// A new one.
    pub fn mint(random: &dyn Random) -> Self {
        let mut bytes = SecretBox::new(Box::new([0; BYTES]));
        random.fill(secrecy::ExposeSecretMut::expose_secret_mut(&mut bytes));
        Self(bytes)
    }

    /// What an authenticator scans or is given (the `otpauth` key URI). Shown once, to the consumer.
    pub fn key_uri(&self, username: &str) -> SecretString {
        let name: String = url::form_urlencoded::byte_serialize(username.as_bytes()).collect();
        // Form encoding says "+" for a space, a URI does not.
        let name = name.replace('+', "%20");
        format!(
            "otpauth://totp/Concordat:{name}?secret={}&issuer=Concordat&digits={DIGITS}&period={STEP}",
            base32(self.0.expose_secret())
        )
        .into()
    }

    /// The step whose code that is: the present one, or a neighbour, for clocks that differ and people who are slow
    /// (RFC6238-5.2). Nothing for any other text. Every step is compared whole.
    pub(crate) fn step_of(&self, code: &str, now: Instant) -> Result<Option<i64>, ErrorStack> {
        let code: String = code
            .chars()
            .filter(|character| !character.is_whitespace())
            .take(16)
            .collect();
        let present = now.timestamp().div_euclid(STEP);
        let mut found = None;
        for step in [present - 1, present, present + 1] {
            if jose::secret::equal(self.code(step)?.as_bytes(), code.as_bytes()) {
                found = Some(step);
            }
        }
        Ok(found)
    }

    /// The code of a step (RFC4226-5.3).
    fn code(&self, step: i64) -> Result<String, ErrorStack> {
        let key = PKey::hmac(self.0.expose_secret())?;
        let mac = Signer::new(MessageDigest::sha1(), &key)?.sign_oneshot_to_vec(&step.to_be_bytes())?;
        let offset = usize::from(mac.last().copied().unwrap_or_default() & 0xf);
        let chosen = mac.iter().skip(offset).take(4);
        let number = chosen.fold(0_u32, |number, byte| number << 8 | u32::from(*byte)) & 0x7fff_ffff;
        Ok(format!("{:06}", number % 10_u32.pow(DIGITS)))
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secret(..)")
    }
}

/// RFC 4648, without padding: 20 bytes are 32 characters.
fn base32(bytes: &[u8]) -> String {
    let group = |five: &[u8]| {
        let bits = five.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        (0..8)
            .rev()
            .map(move |index| char::from(digit(bits >> (index * 5))))
    };
    bytes.chunks_exact(5).flat_map(group).collect()
}

const fn digit(bits: u64) -> u8 {
    match (bits & 31) as u8 {
        letter @ 0..26 => b'A' + letter,
        number => b'2' + number - 26,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238, appendix B.
    fn secret() -> Secret {
        Secret(SecretBox::new(Box::new(*b"12345678901234567890")))
    }

    fn at(seconds: i64) -> Instant {
        Instant::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn the_codes_are_those_of_rfc_6238_appendix_b() {
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(secret().code(seconds / STEP).unwrap(), code);
            assert_eq!(secret().step_of(code, at(seconds)).unwrap(), Some(seconds / STEP));
        }
    }

    #[test]
    fn l09_a_code_is_good_for_its_step_and_one_beside() {
        let judged = |code: &str, seconds| secret().step_of(code, at(seconds)).unwrap();
        assert_eq!(judged("287082", 29), Some(1));
        assert_eq!(judged("287 082", 89), Some(1));
        assert_eq!(judged("287082", 90), None);
        assert_eq!(judged("287082", -1), None);
        assert_eq!(judged("28708", 59), None);
        assert_eq!(judged("2870820", 59), None);
        assert_eq!(judged("", 59), None);
    }

    #[test]
    fn an_authenticator_is_given_base32() {
        let uri = secret().key_uri("ada lovelace");
        assert_eq!(
            uri.expose_secret(),
            "otpauth://totp/Concordat:ada%20lovelace?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Concordat&digits=6&period=30"
        );
    }

    #[test]
    fn l09_a_sealed_secret_opens_for_its_user_alone() {
        let vault = Vault::new(&MasterKey::from_bytes([7; 32])).unwrap();
        let (alice, bob) = ("alice".parse().unwrap(), "bob".parse().unwrap());
        let sealed = vault.seal(&secret(), &alice, &jose::SystemRandom).unwrap();
        assert_eq!(
            vault.open(&sealed, &alice).unwrap().0.expose_secret(),
            b"12345678901234567890"
        );
        assert!(vault.open(&sealed, &bob).is_err());
    }
}
