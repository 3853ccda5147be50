//! A consumer's authenticator: takes a key URI and shows codes (RFC 6238), by itself and not with the platform's code.

use domain::Instant;
use openssl::{hash::MessageDigest, pkey::PKey, sign::Signer};
use url::Url;

/// One entry of an authenticator.
pub struct Authenticator {
    key: Vec<u8>,
}

impl Authenticator {
    /// As if the URI's picture had been scanned.
    pub fn scan(key_uri: &str) -> Self {
        let uri = Url::parse(key_uri).unwrap();
        assert_eq!((uri.scheme(), uri.host_str()), ("otpauth", Some("totp")));
        let secret = uri
            .query_pairs()
            .find(|(name, _)| name == "secret")
            .map(|(_, secret)| secret.into_owned())
            .expect("a secret");
        Self { key: base32(&secret) }
    }

    /// What it shows at that instant.
    pub fn code(&self, now: Instant) -> String {
        let step = u64::try_from(now.timestamp()).unwrap() / 30;
        let key = PKey::hmac(&self.key).unwrap();
        let mac = Signer::new(MessageDigest::sha1(), &key)
            .unwrap()
            .sign_oneshot_to_vec(&step.to_be_bytes())
            .unwrap();
        let from = usize::from(mac[19] & 15);
        let number = u32::from_be_bytes(mac[from..from + 4].try_into().unwrap()) & 0x7fff_ffff;
        format!("{:06}", number % 1_000_000)
    }
}

fn base32(text: &str) -> Vec<u8> {
    let bits: String = text
        .bytes()
        .map(|letter| {
            let value = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
                .iter()
                .position(|known| *known == letter)
                .unwrap();
            format!("{value:05b}")
        })
        .collect();
    bits.as_bytes()
        .chunks_exact(8)
        .map(|eight| u8::from_str_radix(std::str::from_utf8(eight).unwrap(), 2).unwrap())
        .collect()
}
