//! What a registration is refused for, and that the page about it is true.

use serde_json::json;

use super::*;

/// The example curve point of RFC 7517 A.1.
fn p256(more: Value) -> Value {
    with(
        json!({"kty": "EC", "crv": "P-256", "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
            "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}),
        more,
    )
}

fn with(mut base: Value, more: Value) -> Value {
    if let (Some(base), Value::Object(more)) = (base.as_object_mut(), more) {
        base.extend(more);
    }
    base
}

fn registration(more: Value) -> Value {
    let base = json!({
        "client_name": "Budget", "profile": "fapi2-message-signing", "token_endpoint_auth_method": "private_key_jwt",
        "jwks": {"keys": [p256(json!({}))]}, "redirect_uris": ["https://budget.example/callback"],
        "scope": "openid fdx:accountbasic:read"});
    with(base, more)
}

fn read(registration: Value) -> Result<ClientMetadata, String> {
    super::read(registration.to_string().as_bytes())
}

#[test]
fn the_names_of_the_standards_say_what_tokens_are_bound_to() {
    let bound_to = |more: Value| {
        read(registration(more)).map(|metadata| serde_json::to_value(metadata.sender_constraint).unwrap())
    };
    assert_eq!(bound_to(json!({})), Ok(json!("mtls")));
    assert_eq!(
        bound_to(json!({"tls_client_certificate_bound_access_tokens": true})),
        Ok(json!("mtls"))
    );
    assert_eq!(
        bound_to(json!({"dpop_bound_access_tokens": true})),
        Ok(json!("dpop"))
    );
    assert_eq!(
        bound_to(
            json!({"dpop_bound_access_tokens": true, "tls_client_certificate_bound_access_tokens": false})
        ),
        Ok(json!("dpop"))
    );
    assert_eq!(
        bound_to(json!({"dpop_bound_access_tokens": true, "sender_constraint": "dpop"})),
        Ok(json!("dpop"))
    );
    for two in [
        json!({"dpop_bound_access_tokens": true, "tls_client_certificate_bound_access_tokens": true}),
        json!({"dpop_bound_access_tokens": true, "sender_constraint": "mtls"}),
        json!({"dpop_bound_access_tokens": "true"}),
    ] {
        assert!(bound_to(two.clone()).is_err(), "{two}");
    }
}

/// A secret and a certificate together are nobody's wish.
#[test]
fn a_profile_without_binding_has_none_unless_asked() {
    let solution = json!({"client_name": "Consent", "profile": "solution", "scope": "external:resources:read",
        "token_endpoint_auth_method": "client_secret_basic"});
    let metadata = read(solution).unwrap();
    assert_eq!(metadata.sender_constraint, domain::client::SenderConstraint::None);
}

#[test]
fn members_of_the_registries_that_change_nothing_are_welcome() {
    let metadata = read(registration(json!({
        "application_type": "web", "contacts": ["security@budget.example"], "policy_uri": "https://budget.example/privacy",
        "tos_uri": "https://budget.example/terms", "software_id": "budget", "software_version": "2.1",
        "require_pushed_authorization_requests": true, "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"], "subject_type": "pairwise", "require_signed_request_object": true,
    })))
    .unwrap();
    assert_eq!(metadata.contacts, ["security@budget.example"]);
    // What is kept is read again as it was.
    let kept = serde_json::to_value(&metadata).unwrap();
    let again: ClientMetadata = serde_json::from_value(kept.clone()).unwrap();
    assert_eq!(serde_json::to_value(again).unwrap(), kept);
}

/// X06: what is refused, and the word that leads to what is wrong with it.
#[test]
fn x06_a_refusal_says_what_to_change() {
    let rsa = |alg: &str, bits: usize| {
        let n = jose::base64url(vec![0xff; bits / 8]);
        json!({"kty": "RSA", "e": "AQAB", "n": n, "alg": alg})
    };
    let keys = |keys: Value| json!({"jwks": {"keys": keys}});
    let mutual = |more: Value| with(json!({"token_endpoint_auth_method": "tls_client_auth"}), more);
    for (more, word) in [
        (json!({"jwks_uri": "https://budget.example/jwks"}), "jwks_uri"),
        (json!({"client_id": "budget"}), "--id"),
        (json!({"client_secret": "hunter2"}), "--secret-file"),
        (json!({"application_type": "native"}), "application_type"),
        (
            json!({"scope": "openid fdx:acountbasic:read"}),
            "fdx:acountbasic:read",
        ),
        (
            json!({"redirect_url": "https://budget.example/callback"}),
            "redirect_uris",
        ),
        (
            json!({"redirect_uris": ["http://budget.example/callback"]}),
            "https",
        ),
        (keys(json!([])), "no usable key"),
        (keys(json!([rsa("PS256", 1024)])), "2048"),
        (keys(json!([rsa("PS256", 8192)])), "4096"),
        (keys(json!([rsa("RS256", 2048)])), "PS256"),
        (keys(json!([p256(json!({"use": "enc"}))])), "assertions"),
        (keys(json!([p256(json!({"key_ops": ["sign"]}))])), "no usable key"),
        (keys(json!([p256(json!({"d": "AA"}))])), "private"),
        (
            keys(json!([p256(json!({"kid": "a"})), p256(json!({"kid": "a"}))])),
            "kid",
        ),
        (
            json!({"token_endpoint_auth_signing_alg": "PS256"}),
            "assertions by PS256",
        ),
        (
            json!({"request_object_signing_alg": "EdDSA"}),
            "request objects by EdDSA",
        ),
        (
            json!({"token_endpoint_auth_method": "self_signed_tls_client_auth"}),
            "x5c",
        ),
        (mutual(json!({})), "tls_client_auth_"),
        (
            mutual(json!({"tls_client_auth_subject_dn": "budget"})),
            "tls_client_auth_subject_dn",
        ),
        (
            mutual(json!({"tls_client_auth_san_dns": "*.budget.example"})),
            "tls_client_auth_san_dns",
        ),
        (
            mutual(json!({"tls_client_auth_san_ip": "300.1.1.1"})),
            "tls_client_auth_san_ip",
        ),
        (
            mutual(json!({"tls_client_auth_san_uri": "budget"})),
            "tls_client_auth_san_uri",
        ),
        (
            mutual(json!({"tls_client_auth_san_email": "budget"})),
            "tls_client_auth_san_email",
        ),
        (
            mutual(json!({"tls_client_auth_san_dns": "a.example", "tls_client_auth_san_ip": "192.0.2.1"})),
            "exactly one",
        ),
    ] {
        let refused = read(registration(more.clone()));
        assert!(
            refused.as_ref().is_err_and(|why| why.contains(word)),
            "{more}: {:?}",
            refused.err()
        );
    }
    assert!(super::read(b"[]").is_err() && super::read(b"{\"a\":1,\"a\":2}").is_err());
}

#[test]
fn a_key_of_a_type_that_is_unknown_does_not_spoil_the_others() {
    let others = json!([
        {"kty": "AKP", "alg": "ML-DSA-44", "pub": "AA", "kid": "later"},
        {"kty": "EC", "crv": "P-521", "x": "AA", "y": "AA", "kid": "long"},
        p256(json!({"kid": "now", "use": "sig", "alg": "ES256", "key_ops": ["verify"], "x5t#S256": "AA"})),
    ]);
    assert!(read(registration(json!({"jwks": {"keys": others}}))).is_ok());
}

/// The page that whoever registers a client reads.
const PAGE: &str = include_str!("../../../../../../docs/clients.md");

#[test]
fn the_examples_of_the_page_are_accepted() {
    let examples: Vec<&str> = PAGE
        .split("```json")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    assert_eq!(examples.len(), 3);
    for example in examples {
        let mut example: Value = serde_json::from_str(example).unwrap();
        // A real point in place of the dots.
        if let Some(key) = example.pointer_mut("/jwks/keys/0") {
            *key = with(key.clone(), p256(json!({})));
        }
        assert_eq!(read(example.clone()).map(drop), Ok(()), "{example}");
    }
}

#[test]
fn the_page_tells_every_member() {
    let unknown = read(registration(json!({"no_such_member": 1}))).unwrap_err();
    let (_, expected) = unknown.split_once("expected one of").unwrap();
    let members: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
    assert!(members.len() > 40, "{unknown}");
    for member in members.into_iter().chain(INSTEAD.iter().map(|(name, _)| *name)) {
        // `client_id` and `client_secret` are told as options; the last two as what they are for.
        let told = PAGE.contains(&format!("`{member}`"))
            || ["client_id", "client_secret", "post_logout_redirect_uris"].contains(&member)
            || member.contains("encrypt");
        assert!(told, "{member}");
    }
}
