//! A client's signing key, in the forms in which clients want them: PKCS #8 PEM, and a private JWK Set.

use std::path::PathBuf;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jose::{Algorithm, SigningKey};
use openssl::{bn::BigNumRef, pkey::PKey};
use serde_json::{Value, json};

use super::{StageError, write};

/// A new signing key and where it lies.
pub(super) struct KeyFiles {
    /// PKCS #8 PEM.
    pub(super) pem: PathBuf,
    /// A JWK Set with private members.
    pub(super) private_jwks: PathBuf,
    /// The public JWK Set, for the registration.
    pub(super) public_jwks: Value,
}

/// Makes a key of that algorithm and writes it as `NAME.pem` and `NAME.jwks.json`.
pub(super) fn make(
    folder: &std::path::Path,
    name: &str,
    algorithm: Algorithm,
) -> Result<KeyFiles, StageError> {
    let failed = || StageError::Key(format!("the signing key of {name}"));
    let key = SigningKey::generate(algorithm).map_err(|_| failed())?;
    let der = key.to_pkcs8_der().map_err(|_| failed())?;
    let private = PKey::private_key_from_pkcs8(&der).map_err(|_| failed())?;

    let folder = folder.join("keys");
    let files = KeyFiles {
        pem: folder.join(format!("{name}.pem")),
        private_jwks: folder.join(format!("{name}.jwks.json")),
        public_jwks: json!({ "keys": [key.public_jwk()] }),
    };
    write(
        &files.pem,
        private.private_key_to_pem_pkcs8().map_err(|_| failed())?,
    )?;
    let jwk = private_jwk(key.public_jwk(), &der).ok_or_else(failed)?;
    write(&files.private_jwks, format!("{:#}\n", json!({ "keys": [jwk] })))?;
    Ok(files)
}

/// The public JWK with the private members added (RFC 7518 6.2.2, 6.3.2).
fn private_jwk(mut jwk: Value, pkcs8: &[u8]) -> Option<Value> {
    let key = PKey::private_key_from_pkcs8(pkcs8).ok()?;
    let members = jwk.as_object_mut()?;
    if let Ok(ec) = key.ec_key() {
        let scalar = ec.private_key().to_vec_padded(32).ok()?;
        members.insert("d".to_owned(), URL_SAFE_NO_PAD.encode(scalar).into());
        return Some(jwk);
    }
    let rsa = key.rsa().ok()?;
    let parts: [(&str, &BigNumRef); 6] = [
        ("d", rsa.d()),
        ("p", rsa.p()?),
        ("q", rsa.q()?),
        ("dp", rsa.dmp1()?),
        ("dq", rsa.dmq1()?),
        ("qi", rsa.iqmp()?),
    ];
    for (name, part) in parts {
        members.insert(name.to_owned(), URL_SAFE_NO_PAD.encode(part.to_vec()).into());
    }
    Some(jwk)
}

#[cfg(test)]
mod tests {
    use openssl::bn::BigNum;

    use super::*;

    /// The private numbers are those of the published key: d inverts e, and p times q is n.
    #[test]
    fn the_private_set_belongs_to_the_public_one() {
        let key = SigningKey::generate(Algorithm::Ps256).unwrap();
        let jwk = private_jwk(key.public_jwk(), &key.to_pkcs8_der().unwrap()).unwrap();
        let number = |name: &str| {
            BigNum::from_slice(&URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap()).unwrap()
        };
        assert!(&number("p") * &number("q") == number("n"));

        let key = SigningKey::generate(Algorithm::Es256).unwrap();
        let jwk = private_jwk(key.public_jwk(), &key.to_pkcs8_der().unwrap()).unwrap();
        assert_eq!(
            URL_SAFE_NO_PAD.decode(jwk["d"].as_str().unwrap()).unwrap().len(),
            32
        );
    }
}
