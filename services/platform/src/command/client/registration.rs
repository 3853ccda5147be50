//! A registration as its file has it, and every reason to refuse it, in words that say what to change.
//!
//! The names are those of the registries of RFC 7591; `docs/clients.md` tells them all. What two of them say together in the
//! standards is one member here (`sender_constraint`). The rules between members are `domain`'s; what needs to read keys or
//! certificates is here, so that nothing is registered that could never prove itself.

use domain::{
    Scope,
    client::{AuthenticationMethod, ClientMetadata},
};
use jose::{Algorithm, JwksError, PublicKeys, encrypt::KeyManagement};
use mtls::PresentedCertificate;
use serde_json::{Map, Value};

/// Longest registration that is read: with its keys a real one has a few kilobytes.
const LONGEST: usize = 64 * 1024;

/// Members that others know and this platform does not, and what to do instead.
const INSTEAD: &[(&str, &str)] = &[
    (
        "jwks_uri",
        "is not fetched: give the keys themselves as jwks, and register again when they change",
    ),
    ("client_id", "is given beside the file: --id CLIENT_ID"),
    (
        "client_secret",
        "does not belong into the file: --secret-file FILE, or standard input",
    ),
    (
        "request_uris",
        "is for requests that are fetched, and none is: push them, or send them by value",
    ),
    (
        "software_statement",
        "is not read: its members are given one by one",
    ),
    (
        "request_object_encryption_alg",
        "is not offered: request objects are signed, and pushed where they are to be secret",
    ),
    (
        "introspection_encrypted_response_alg",
        "is not offered: introspection is signed",
    ),
    (
        "post_logout_redirect_uris",
        "is not offered: there is no logout by recipients",
    ),
];

/// A registration that may be accepted, or why not.
pub(super) fn read(bytes: &[u8]) -> Result<ClientMetadata, String> {
    let json = jose::json::parse(bytes, LONGEST)
        .map_err(|error| format!("is no registration: {error}; at most 64 KiB of JSON, no name twice"))?;
    let Value::Object(mut members) = json else {
        return Err("is no registration: a JSON object is expected".to_owned());
    };
    for (name, why) in INSTEAD {
        if members.contains_key(*name) {
            return Err(format!("{name} {why}"));
        }
    }
    known_scopes(&members)?;
    application_type(&mut members)?;
    sender_constraint(&mut members)?;
    let metadata: ClientMetadata =
        serde_json::from_value(members.into()).map_err(|error| error.to_string())?;
    metadata.validate().map_err(|error| error.to_string())?;
    if let Some(rule) = metadata.subject_rule() {
        mtls::subject::check(&rule).map_err(|error| error.to_string())?;
    }
    keys(&metadata)?;
    Ok(metadata)
}

/// Names the scope that is unknown, since a list of thirty has one misspelt.
fn known_scopes(members: &Map<String, Value>) -> Result<(), String> {
    let text = members.get("scope").and_then(Value::as_str).unwrap_or_default();
    let unknown = text
        .split(' ')
        .find(|word| !word.is_empty() && Scope::from_word(word).is_none());
    match unknown {
        None => Ok(()),
        Some(word) => {
            let known: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
            Err(format!(
                "scope: {word:?} is unknown; there are {}",
                known.join(", ")
            ))
        }
    }
}

/// Every client here is a web application (OIDC Registration 2).
fn application_type(members: &mut Map<String, Value>) -> Result<(), String> {
    match members.remove("application_type") {
        None => Ok(()),
        Some(Value::String(word)) if word == "web" => Ok(()),
        Some(_) => Err("application_type: only web is served: clients keep keys or secrets, and their redirect URIs are https".to_owned()),
    }
}

/// `sender_constraint`, or the two members by which the standards say the same (RFC8705-3.4, RFC9449-5.2), or what the
/// profile has when nothing is said.
fn sender_constraint(members: &mut Map<String, Value>) -> Result<(), String> {
    let mut flag = |name: &str| match members.remove(name) {
        None => Ok(None),
        Some(Value::Bool(value)) => Ok(Some(value)),
        Some(_) => Err(format!("{name} must be true or false")),
    };
    let certificate = flag("tls_client_certificate_bound_access_tokens")?;
    let key = flag("dpop_bound_access_tokens")?;
    let said = match (certificate, key) {
        (Some(true), Some(true)) => {
            return Err("tls_client_certificate_bound_access_tokens and dpop_bound_access_tokens exclude each other: a token is bound to one thing".to_owned());
        }
        (Some(true), _) => Some("mtls"),
        (_, Some(true)) => Some("dpop"),
        (Some(false), _) | (_, Some(false)) | (None, None) => None,
    };
    let profile = members
        .get("profile")
        .and_then(|name| serde_json::from_value::<domain::Profile>(name.clone()).ok());
    let usual = match profile {
        Some(profile) if !profile.rules().sender_constrained => "none",
        Some(_) | None => "mtls",
    };
    match (members.get("sender_constraint").and_then(Value::as_str), said) {
        (Some(word), Some(said)) if word != said => Err(format!(
            "sender_constraint is {word:?}, and *_bound_access_tokens says {said}: leave one out"
        )),
        (None, said) if !members.contains_key("sender_constraint") => {
            members.insert("sender_constraint".to_owned(), said.unwrap_or(usual).into());
            Ok(())
        }
        _ => Ok(()),
    }
}

/// That the client has keys for all that it must sign, prove or read.
fn keys(metadata: &ClientMetadata) -> Result<(), String> {
    let Some(jwks) = &metadata.jwks else {
        return Ok(());
    };
    let by_certificate = metadata.token_endpoint_auth_method == AuthenticationMethod::SelfSignedTlsClientAuth;
    if by_certificate {
        certificate(jwks)?;
    }
    let keys = match PublicKeys::parse(jwks) {
        Ok(keys) => keys,
        // Its certificate may have a key that TLS knows and we do not, as long as it signs nothing else.
        Err(JwksError::NoUsableKey)
            if by_certificate && !metadata.signs_requests() && metadata.encryptions().next().is_none() =>
        {
            return Ok(());
        }
        Err(error) => {
            return Err(format!(
                "jwks: {error}; usable are EC P-256, Ed25519, and RSA of 2048 to 4096 bits whose exponent is 65537 or more"
            ));
        }
    };
    let signs = |what: &str, registered: Option<&str>| {
        let permitted = match registered {
            Some(one) => vec![one],
            None => metadata.profile.rules().client_algorithms.to_vec(),
        };
        let any = permitted
            .iter()
            .filter_map(|name| Algorithm::from_name(name))
            .any(|algorithm| keys.can_verify(algorithm));
        if any {
            Ok(())
        } else {
            Err(format!(
                "jwks: no key verifies {what} by {}: look at kty, crv, use, key_ops and alg of each key",
                permitted.join(", ")
            ))
        }
    };
    if metadata.token_endpoint_auth_method == AuthenticationMethod::PrivateKeyJwt {
        signs("assertions", metadata.token_endpoint_auth_signing_alg.as_deref())?;
    }
    if metadata.signs_requests() {
        signs("request objects", metadata.request_object_signing_alg.as_deref())?;
    }
    // What could not be encrypted later would not leave at all.
    let fits = |name| KeyManagement::from_name(name).is_some_and(|algorithm| keys.can_encrypt(algorithm));
    match metadata.encryptions().find(|name| !fits(name)) {
        None => Ok(()),
        Some(name) => Err(format!(
            "jwks: no key to encrypt to by {name}: RSA for RSA-OAEP-256, EC P-256 for ECDH-ES, with use enc or none"
        )),
    }
}

/// RFC8705-2.2.2: the certificate of `self_signed_tls_client_auth` stands in `x5c`, in standard base64 of its DER.
fn certificate(jwks: &Value) -> Result<(), String> {
    let chains = jwks
        .get("keys")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|key| key.get("x5c"));
    let mut found = false;
    for chain in chains {
        let leaf = chain.get(0).and_then(Value::as_str).unwrap_or_default();
        let der = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, leaf);
        let certificate = der
            .ok()
            .and_then(|der| PresentedCertificate::from_der::<&[u8]>(&der, &[]).ok())
            .ok_or("jwks: the first element of an x5c is no certificate: standard base64 of its DER, without PEM lines")?;
        if !certificate.has_strong_key() {
            return Err("jwks: the key of a certificate in x5c is too weak: RSA of 2048 bits or more, or an elliptic curve".to_owned());
        }
        found = true;
    }
    if found {
        Ok(())
    } else {
        Err(
            "jwks: self_signed_tls_client_auth needs a key whose x5c begins with the client's certificate"
                .to_owned(),
        )
    }
}

#[cfg(test)]
mod tests;
