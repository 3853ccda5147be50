//! The recipient hears of the revocation: a signed event at its callback, verified with the bank's published keys (RFC 9421).

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use openssl::{
    bn::BigNum,
    ec::{EcGroup, EcKey},
    ecdsa::EcdsaSig,
    nid::Nid,
    pkey::Public,
    sha::sha256,
};
use serde_json::Value;

use super::redeem::Tokens;
use crate::{
    demo::{
        Cast,
        receiver::{Received, Receiver},
    },
    recipient::{AuthorizationServer, Failure},
};

pub(in crate::demo) async fn run(
    cast: &mut Cast<'_>,
    server: &AuthorizationServer,
    tokens: &Tokens,
    mut receiver: Receiver,
) -> Result<(), Failure> {
    cast.narrator.step("The recipient is told");
    let received = receiver.next().await?;
    let event = received.json();
    let text = |name: &str| event.get(name).and_then(Value::as_str).unwrap_or_default();
    cast.narrator.exchanged("POST", &receiver.url, 204, text("type"));
    let jwks = cast
        .recipient
        .get(server.endpoint("jwks_uri")?, None)
        .await?
        .expect(200)?;
    cast.check(
        verify(&received, &receiver.url, &jwks.body).is_some(),
        "the event came with the bank's certificate, and its signature is of the bank's published key",
    )?;
    let about = event.pointer("/notificationPayload/id").and_then(Value::as_str);
    cast.check(
        text("type") == "CONSENT_REVOKED" && about == Some(tokens.consent_id.as_str()),
        "it says that this consent was revoked",
    )
}

/// Proves digest and signature; `None` when one of them is not right.
fn verify(received: &Received, url: &str, jwks: &Value) -> Option<()> {
    let header = |name: &str| received.headers.get(name).map(String::as_str);
    let digest = format!("sha-256=:{}:", STANDARD.encode(sha256(&received.body)));
    let parameters = header("signature-input")?.strip_prefix("concordat=")?;
    let (covered, rest) = parameters.strip_prefix('(')?.split_once(')')?;
    let kid = rest.split(";keyid=\"").nth(1)?.split('"').next()?;
    let mut base = String::new();
    for component in covered.split(' ') {
        let value = match component.trim_matches('"') {
            "@method" => "POST",
            "@target-uri" => url,
            name => header(name)?,
        };
        base += &format!("{component}: {value}\n");
    }
    base += &format!("\"@signature-params\": {parameters}");
    let encoded = header("signature")?
        .strip_prefix("concordat=:")?
        .strip_suffix(':')?;
    let signature = STANDARD.decode(encoded).ok()?;
    let (r, s) = signature.split_at_checked(32)?;
    let signature =
        EcdsaSig::from_private_components(BigNum::from_slice(r).ok()?, BigNum::from_slice(s).ok()?).ok()?;
    let good = signature
        .verify(&sha256(base.as_bytes()), &*key(jwks, kid)?)
        .ok()?;
    // A signature that does not cover the digest says nothing of the body.
    let whole = ["\"@method\"", "\"@target-uri\"", "\"content-digest\"", "\"date\""]
        .iter()
        .all(|component| covered.split(' ').any(|found| found == *component));
    (good && whole && header("content-digest")? == digest && rest.contains(";tag=\"fdx-notification\""))
        .then_some(())
}

/// The P-256 key of that name.
fn key(jwks: &Value, kid: &str) -> Option<EcKey<Public>> {
    let keys = jwks.get("keys")?.as_array()?;
    let jwk = keys
        .iter()
        .find(|jwk| jwk.get("kid").and_then(Value::as_str) == Some(kid))?;
    let coordinate = |name: &str| {
        let text = jwk.get(name)?.as_str()?;
        BigNum::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
    };
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).ok()?;
    let (x, y) = (coordinate("x")?, coordinate("y")?);
    EcKey::from_public_key_affine_coordinates(&group, &x, &y).ok()
}
