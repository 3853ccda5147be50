//! The metadata document and the key set: what the suite's discovery module demands (conformance "3.3", "3.4").

use reqwest::Method;
use serde_json::{Value, json};
use testkit::answer::Answer;

use crate::stage::TestPlatform;

const PLACES: [&str; 3] = [
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
    "/fdx/auth/v1/well-known",
];

async fn get(platform: &TestPlatform, url: &str) -> Answer {
    let plain = platform.platform.channel(None);
    Answer::to(platform.platform.request(&plain, Method::GET, url)).await
}

#[tokio::test]
async fn one_document_in_three_places_on_both_listeners() {
    let platform = TestPlatform::shared().await;
    let (public, mutual) = (&platform.platform.public, &platform.platform.mutual);
    let document = get(platform, &format!("{public}{}", PLACES[0])).await.expect(200);
    assert_eq!(document.header("content-type"), "application/json");
    for origin in [public, mutual] {
        for place in PLACES {
            assert_eq!(
                get(platform, &format!("{origin}{place}")).await.expect(200).json,
                document.json
            );
        }
    }
}

/// X01: the issuer is the configured one, whatever the Host header says.
#[tokio::test]
async fn x01_l06_the_issuer_is_ours_whatever_the_host_header_says() {
    let platform = TestPlatform::shared().await;
    let plain = platform.platform.channel(None);
    let url = format!("{}{}", platform.platform.public, PLACES[0]);
    let request = plain
        .get(url)
        .header("host", "evil.example")
        .header("x-forwarded-host", "evil.example");
    let document = Answer::to(request).await.expect(200);
    assert_eq!(document.member("issuer"), platform.platform.public);
    assert!(!document.text.contains("evil.example"));
}

#[tokio::test]
async fn the_document_says_what_the_suite_demands() {
    let platform = TestPlatform::shared().await;
    let (public, mutual) = (&platform.platform.public, &platform.platform.mutual);
    let document = get(platform, &format!("{public}{}", PLACES[0])).await.json;
    assert_eq!(document["issuer"], json!(public));
    for (name, value) in document.as_object().unwrap() {
        if name.ends_with("_endpoint") {
            assert!(value.as_str().unwrap().starts_with("https://"), "{name}");
        }
    }
    let holds = |name: &str, wanted: &[&str]| {
        let values = document[name].as_array().unwrap_or_else(|| panic!("{name}"));
        for wanted in wanted {
            assert!(values.contains(&json!(wanted)), "{name}: {wanted}");
        }
        assert!(!values.contains(&json!("none")), "{name}");
    };
    holds("response_types_supported", &["code", "code id_token"]);
    holds(
        "response_modes_supported",
        &["query", "fragment", "jwt", "query.jwt"],
    );
    holds("ui_locales_supported", &["en", "es", "fr"]);
    assert_eq!(
        document["service_documentation"],
        json!(format!("{public}/docs/"))
    );
    holds("code_challenge_methods_supported", &["S256"]);
    holds(
        "grant_types_supported",
        &["authorization_code", "refresh_token", "client_credentials"],
    );
    holds(
        "token_endpoint_auth_methods_supported",
        &["private_key_jwt", "tls_client_auth"],
    );
    holds("authorization_details_types_supported", &["fdx_v1.0"]);
    holds("scopes_supported", &["openid", "fdx:accountbasic:read"]);
    for algorithms in [
        "request_object_signing_alg_values_supported",
        "token_endpoint_auth_signing_alg_values_supported",
        "authorization_signing_alg_values_supported",
        "id_token_signing_alg_values_supported",
    ] {
        // RS256: for clients of OpenID Connect, which the suite's config plan demands; FAPI profiles refuse it.
        holds(algorithms, &["PS256", "ES256", "RS256"]);
    }
    let dpop = document["dpop_signing_alg_values_supported"].as_array().unwrap();
    assert!(!dpop.contains(&json!("RS256")));
    holds(
        "claims_supported",
        &["sub", "auth_time", "acr", "name", "address"],
    );
    holds("claim_types_supported", &["normal"]);
    // What a record in FDX's words tells in full; of a profile it tells less than the standard has.
    holds("scopes_supported", &["email", "address", "phone"]);
    holds("acr_values_supported", &["urn:concordat:acr:password"]);
    holds("subject_types_supported", &["pairwise"]);
    holds(
        "userinfo_signing_alg_values_supported",
        &["PS256", "ES256", "RS256"],
    );
    for (algorithms, contents) in ["id_token", "userinfo", "authorization"].map(|what| {
        (
            format!("{what}_encryption_alg_values_supported"),
            format!("{what}_encryption_enc_values_supported"),
        )
    }) {
        holds(&algorithms, &["RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A256KW"]);
        holds(&contents, &["A256GCM", "A128GCM"]);
    }
    assert_eq!(document["claims_parameter_supported"], json!(true));
    // The portal tells a name and no more: no scope that promises more is on offer.
    assert!(
        !document["scopes_supported"]
            .as_array()
            .unwrap()
            .contains(&json!("profile"))
    );
    assert_eq!(
        document["authorization_response_iss_parameter_supported"],
        json!(true)
    );
    assert_eq!(
        document["tls_client_certificate_bound_access_tokens"],
        json!(true)
    );
    assert_eq!(document["request_parameter_supported"], json!(true));
    assert_ne!(
        document["require_pushed_authorization_requests"],
        json!(true),
        "FAPI 1.0 by value"
    );
    let aliases = document["mtls_endpoint_aliases"].as_object().unwrap();
    assert!(aliases.contains_key("token_endpoint") && !aliases.contains_key("authorization_endpoint"));
    for (name, url) in aliases {
        assert!(
            name.ends_with("_endpoint") && document.get(name).is_some(),
            "{name}"
        );
        assert!(url.as_str().unwrap().starts_with(mutual.as_str()), "{name}");
    }
    // A scope of the bank's own applications is nobody else's business.
    assert!(!document.to_string().contains("external:"));
}

#[tokio::test]
async fn the_key_set_is_public_and_each_key_has_its_name() {
    let platform = TestPlatform::shared().await;
    let document = get(platform, &format!("{}{}", platform.platform.public, PLACES[0]))
        .await
        .json;
    let keys = get(platform, document["jwks_uri"].as_str().unwrap())
        .await
        .expect(200)
        .json;
    let keys = keys["keys"].as_array().unwrap();
    let mut names: Vec<_> = keys.iter().map(|key| key["kid"].as_str().unwrap()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), keys.len());
    let algorithms: Vec<_> = keys.iter().map(|key| key["alg"].clone()).collect();
    assert!(
        ["PS256", "ES256", "RS256"]
            .iter()
            .all(|name| algorithms.contains(&json!(name))),
        "{algorithms:?}"
    );
    for key in keys {
        for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
            assert_eq!(key.get(private), None::<&Value>, "{private}");
        }
        assert_eq!(key["use"], "sig");
    }
}
