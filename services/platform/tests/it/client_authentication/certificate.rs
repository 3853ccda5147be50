//! Mutual TLS: whose certificate, when, and what it binds.

use serde_json::{Value, json};
use testkit::{jws::Key, recipient::Proof};

use super::{FAPI2, client_credentials};
use crate::{parties::SCOPE, stage::TestPlatform};

pub(super) fn forged_certificate(clock: &testkit::clock::TestClock, name: &str) -> (Vec<u8>, Vec<u8>) {
    use domain::Clock;
    use mtls::development::{AlternativeName, Authority, Template};
    let template = Template {
        alternative_names: vec![AlternativeName::Dns(format!("{name}.example"))],
        ..Template::client(name, clock.now())
    };
    let issued = Authority::create("Test CA", clock.now())
        .unwrap()
        .issue(&template)
        .unwrap();
    (issued.chain_pem().unwrap(), issued.key_pem().unwrap())
}

/// ensure-holder-of-key-required: a token is bound to a certificate, so there must be one.
#[tokio::test]
async fn m10_no_token_without_a_certificate_to_bind_it_to() {
    let platform = TestPlatform::shared().await;
    let recipient = platform.recipient(FAPI2).await;
    let consumer = platform.consumer().await;
    let (code, pushed) = platform.code(&recipient, &consumer, SCOPE).await;
    let redeem = || recipient.redeem(&code, &pushed.verifier);
    redeem()
        .over(recipient.without_certificate())
        .send()
        .await
        .refused_with(400, &["invalid_client", "invalid_grant", "invalid_request"]);
    let mut public = redeem();
    public.url = public
        .url
        .replace(&recipient.platform.mutual, &recipient.platform.public);
    public
        .send()
        .await
        .refused_with(400, &["invalid_client", "invalid_grant", "invalid_request"]);
    // Its owner can still use it.
    redeem().tokens().await;
}

/// M06: a certificate before and after its time.
#[tokio::test]
async fn m06_a_certificate_counts_in_its_time_alone() {
    use mtls::development::{AlternativeName, Template};
    let platform = TestPlatform::shared().await;
    let recipient = platform.certificate_recipient(FAPI2).await;
    let day = chrono::Duration::days(1);
    let now = platform.now();
    for (name, from, until, status) in [
        ("over", now - day * 3, now - day, 401),
        ("not yet", now + day, now + day * 3, 401),
        ("in its time", now - day, now + day, 200),
    ] {
        let template = Template {
            alternative_names: vec![AlternativeName::Dns(format!("{}.example", recipient.client_id))],
            valid_from: from,
            valid_until: until,
            ..Template::client(&recipient.client_id, now)
        };
        let issued = platform.authority.issue(&template).unwrap();
        let (certificate, key) = (issued.chain_pem().unwrap(), issued.key_pem().unwrap());
        let answer = client_credentials(&recipient)
            .over(platform.platform.channel(Some((&certificate, &key))))
            .send()
            .await;
        assert_eq!(answer.status, status, "{name}: {}", answer.text);
    }
}

/// RFC8705-2.2: the registered certificate proves its client; one of the same name with another key proves nobody.
#[tokio::test]
async fn a_self_signed_certificate_is_known_by_itself_and_not_by_its_name() {
    use mtls::development::{Authority, KeyKind, Template};
    let platform = TestPlatform::shared().await;
    let template = Template {
        key: KeyKind::P256,
        ..Template::client("self-signed", platform.now())
    };
    let own = Authority::self_signed(&template).unwrap();
    let same_name = Authority::self_signed(&template).unwrap();
    let more = json!({
        "token_endpoint_auth_method": "self_signed_tls_client_auth", "jwks": {"keys": [certified_jwk(&own)]},
    });
    let mut recipient = platform.recipient_with(FAPI2, Key::p256("signing"), more).await;
    recipient.proves = Proof::Certificate;

    for (name, presented, status) in [("its own", &own, 200), ("another of its name", &same_name, 401)] {
        let (certificate, key) = (presented.chain_pem().unwrap(), presented.key_pem().unwrap());
        let answer = client_credentials(&recipient)
            .over(platform.platform.channel(Some((&certificate, &key))))
            .send()
            .await;
        assert_eq!(answer.status, status, "{name}: {}", answer.text);
    }
    // One of a trusted authority is no better, nor is none at all.
    client_credentials(&recipient)
        .send()
        .await
        .refused(401, "invalid_client");
    client_credentials(&recipient)
        .over(platform.platform.channel(None))
        .send()
        .await
        .refused(401, "invalid_client");
}

/// The public key of a certificate with the certificate itself, as a client registers it.
fn certified_jwk(issued: &mtls::development::Issued) -> Value {
    use base64::{
        Engine as _,
        engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
    };
    use openssl::bn::{BigNum, BigNumContext};
    let key = issued.key().ec_key().unwrap();
    let (mut x, mut y, mut context) = (
        BigNum::new().unwrap(),
        BigNum::new().unwrap(),
        BigNumContext::new().unwrap(),
    );
    key.public_key()
        .affine_coordinates(key.group(), &mut x, &mut y, &mut context)
        .unwrap();
    let text = |number: &BigNum| URL_SAFE_NO_PAD.encode(number.to_vec_padded(32).unwrap());
    json!({
        "kty": "EC", "crv": "P-256", "use": "sig", "kid": "tls", "x": text(&x), "y": text(&y),
        "x5c": [STANDARD.encode(issued.certificate().to_der().unwrap())],
    })
}
