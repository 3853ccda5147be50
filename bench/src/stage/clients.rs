//! The clients, registered as an operator registers them: one a way of authenticating.

use std::path::Path;

use jose::{Algorithm, SigningKey};
use serde_json::{Value, json};

use super::{program::Program, write};
use crate::{
    failure::{Failure, While as _},
    requests::Client,
};

/// Name of the certificate that every client here presents.
pub(super) const DNS_NAME: &str = "bench.recipient.example";

pub(super) const REDIRECT_URI: &str = "https://bench.recipient.example/callback";
pub(super) const SCOPE: &str =
    "fdx:accountbasic:read fdx:accountdetailed:read fdx:balances:read fdx:transactions:read";

/// A client that signs assertions with a new key of that algorithm.
pub(super) fn register(
    program: &Program<'_>,
    folder: &Path,
    client_id: &str,
    algorithm: Algorithm,
    issuer: &str,
) -> Result<Client, Failure> {
    let key = SigningKey::generate(algorithm).during("making a client's key")?;
    let method = json!({
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": {"keys": [key.public_jwk()]},
    });
    register_client(program, folder, client_id, method)?;
    Ok(Client {
        client_id: client_id.to_owned(),
        key,
        issuer: issuer.to_owned(),
    })
}

/// A client that its certificate proves; gives its id.
pub(super) fn register_by_certificate(
    program: &Program<'_>,
    folder: &Path,
    client_id: &'static str,
) -> Result<&'static str, Failure> {
    let method =
        json!({"token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_san_dns": DNS_NAME});
    register_client(program, folder, client_id, method)?;
    Ok(client_id)
}

/// Registers a client with that method and what all have.
fn register_client(
    program: &Program<'_>,
    folder: &Path,
    client_id: &str,
    method: Value,
) -> Result<(), Failure> {
    let mut registration = json!({
        "client_name": client_id,
        "profile": "fapi2-security",
        "redirect_uris": [REDIRECT_URI],
        "scope": SCOPE,
    });
    if let (Value::Object(registration), Value::Object(method)) = (&mut registration, method) {
        registration.extend(method);
    }
    let file = folder.join(format!("{client_id}.json"));
    write(&file, registration.to_string())?;
    program.run(&[
        "client",
        "register",
        &file.display().to_string(),
        "--id",
        client_id,
    ])
}
