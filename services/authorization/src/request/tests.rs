//! The table of checks as a recipient meets it: one good request, and what each change of it is answered with.

use domain::{
    Client, ClientStatus, DataCluster,
    profile::{ResponseMode, ResponseType},
};
use serde_json::{Value, json};

use lifecycle::request::Prompt;

use super::*;

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn client(profile: &str) -> Client {
    let metadata = json!({
        "client_name": "Budget", "profile": profile, "token_endpoint_auth_method": "private_key_jwt",
        "jwks": {"keys": []}, "redirect_uris": ["https://budget.example/callback"],
        "scope": "openid fdx:accountbasic:read fdx:transactions:read fdx:notifications:subscribe"});
    Client {
        client_id: "budget".parse().unwrap(),
        version: 1,
        status: ClientStatus::Approved,
        metadata: serde_json::from_value(metadata).unwrap(),
        secret_hash: None,
    }
}

fn parameters() -> Value {
    json!({
        "client_id": "budget", "redirect_uri": "https://budget.example/callback", "response_type": "code",
        "response_mode": "jwt", "scope": "openid fdx:accountbasic:read", "state": "s", "nonce": "n",
        "code_challenge": CHALLENGE, "code_challenge_method": "S256"})
}

/// Checks a pushed request, changed so; `null` takes a parameter away.
fn pushed(profile: &str, change: Value) -> Result<AuthorizationRequest, &'static str> {
    let mut values = parameters();
    let object = values.as_object_mut().unwrap();
    object.extend(change.as_object().unwrap().clone());
    object.retain(|_, value| !value.is_null());
    let asked = Asked {
        client: &client(profile),
        parameters: &Parameters::of_json(object.clone()),
        pushed: true,
        proven_key: None,
        policy: &ConsentPolicy::default(),
        subject_of: &|hint| (hint == "ours").then(|| "ada".to_owned()),
    };
    check(&asked).1.map_err(|error| error.error())
}

fn details(clusters: &[&str]) -> Value {
    json!([{"type": "fdx_v1.0", "consentRequest": {"durationType": "TIME_BOUND", "durationPeriod": 90,
        "lookbackPeriod": 60, "resources": [{"resourceType": "ACCOUNT", "dataClusters": clusters}]}}])
}

#[test]
fn a_request_as_it_should_be() {
    for profile in ["fapi1-advanced", "fapi2-security", "fapi2-message-signing"] {
        let request = pushed(
            profile,
            json!({"authorization_details": details(&["ACCOUNT_BASIC"])}),
        )
        .unwrap();
        assert_eq!(request.response_mode, ResponseMode::Jwt);
        assert_eq!(request.terms.lookback_days, 60);
        assert!(request.had_authorization_details);
    }
}

#[test]
fn scopes_alone_ask_for_their_clusters() {
    let request = pushed("fapi2-security", json!({})).unwrap();
    let asked = request.consent_request.unwrap().data_clusters();
    assert_eq!(asked, [DataCluster::AccountBasic].into());
    assert_eq!(request.terms.duration_days, 365);
    assert!(
        pushed("fapi2-security", json!({"scope": "openid"}))
            .unwrap()
            .consent_request
            .is_none()
    );
}

#[test]
fn o21_scopes_and_clusters_say_the_same() {
    for clusters in [&["ACCOUNT_BASIC", "TRANSACTIONS"][..], &["TRANSACTIONS"]] {
        let change = json!({"authorization_details": details(clusters)});
        assert_eq!(pushed("fapi2-security", change), Err("invalid_scope"));
    }
}

#[test]
fn every_parameter_has_its_error() {
    let refused = [
        (json!({"client_id": "other"}), "invalid_request"),
        (json!({"redirect_uri": null}), "invalid_request"),
        (
            json!({"redirect_uri": "https://budget.example/callback/"}),
            "invalid_request",
        ),
        (
            json!({"redirect_uri": "https://BUDGET.example/callback"}),
            "invalid_request",
        ),
        (json!({"state": "x".repeat(3000)}), "invalid_request"),
        (json!({"state": ["s"]}), "invalid_request"),
        (json!({"response_type": null}), "invalid_request"),
        (json!({"response_type": "token"}), "unsupported_response_type"),
        (
            json!({"response_type": "code id_token"}),
            "unsupported_response_type",
        ),
        (json!({"response_mode": "form_post"}), "invalid_request"),
        (json!({"response_mode": "fragment"}), "invalid_request"),
        (json!({"scope": null}), "invalid_request"),
        (json!({"scope": "fdx:everything:read"}), "invalid_scope"),
        (json!({"scope": "fdx:bills:read"}), "invalid_scope"),
        (json!({"scope": "fdx:notifications:subscribe"}), "invalid_scope"),
        (json!({"code_challenge": null}), "invalid_request"),
        (json!({"code_challenge_method": null}), "invalid_request"),
        (json!({"code_challenge_method": "plain"}), "invalid_request"),
        (json!({"code_challenge": "short"}), "invalid_request"),
        (json!({"prompt": "none"}), "login_required"),
        (
            json!({"authorization_details": "[{"}),
            "invalid_authorization_details",
        ),
        (
            json!({"authorization_details": []}),
            "invalid_authorization_details",
        ),
        (json!({"max_age": -1}), "invalid_request"),
        (json!({"max_age": "10"}), "invalid_request"),
    ];
    for (change, error) in refused {
        assert_eq!(pushed("fapi2-security", change.clone()), Err(error), "{change}");
    }
}

#[test]
fn r11_fapi_1_answers_in_a_fragment_or_a_jwt() {
    let answered = |response_type: &str, mode: Value| {
        pushed(
            "fapi1-advanced",
            json!({"response_type": response_type, "response_mode": mode}),
        )
        .map(|request| (request.response_type, request.response_mode))
    };
    assert_eq!(
        answered("code id_token", Value::Null),
        Ok((ResponseType::CodeIdToken, ResponseMode::Fragment))
    );
    assert_eq!(
        answered("code", json!("jwt")),
        Ok((ResponseType::Code, ResponseMode::Jwt))
    );
    for (response_type, mode) in [
        ("code", Value::Null),
        ("code", json!("query")),
        ("code id_token", json!("query")),
        ("code id_token", json!("jwt")),
    ] {
        assert_eq!(answered(response_type, mode), Err("invalid_request"));
    }
}

#[test]
fn fapi_1_wants_a_nonce_with_openid_and_a_state_without() {
    assert_eq!(
        pushed("fapi1-advanced", json!({"nonce": null})),
        Err("invalid_request")
    );
    assert!(pushed("fapi1-advanced", json!({"state": null})).is_ok());
    let without_openid = json!({"scope": "fdx:accountbasic:read", "state": null});
    assert_eq!(pushed("fapi1-advanced", without_openid), Err("invalid_request"));
    assert!(pushed("fapi2-security", json!({"nonce": null, "state": null})).is_ok());
}

#[test]
fn u09_an_error_before_the_redirect_uri_stands_is_told_to_nobody_there() {
    let mut values = parameters();
    values["redirect_uri"] = json!("https://evil.example/");
    let asked = Asked {
        client: &client("fapi2-security"),
        parameters: &Parameters::of_json(values.as_object().unwrap().clone()),
        pushed: true,
        proven_key: None,
        policy: &ConsentPolicy::default(),
        subject_of: &|_| None,
    };
    let (draft, outcome) = check(&asked);
    assert!(outcome.is_err() && draft.redirect_uri.is_none());
}

fn openid(change: Value) -> Result<AuthorizationRequest, &'static str> {
    let mut whole = json!({"response_mode": null, "code_challenge": null, "code_challenge_method": null, "scope": "openid"});
    whole
        .as_object_mut()
        .unwrap()
        .extend(change.as_object().unwrap().clone());
    pushed("openid-connect", whole)
}

#[test]
fn openid_connect_needs_no_pkce_and_answers_in_the_query() {
    let request = openid(json!({})).unwrap();
    assert_eq!(request.response_mode, ResponseMode::Query);
    assert_eq!(request.code_challenge, None);
    assert!(request.consent_request.is_none());
    assert_eq!(
        openid(json!({"response_type": "code id_token"})),
        Err("unsupported_response_type")
    );
    // P10: one that is there is S256.
    assert_eq!(
        openid(json!({"code_challenge": CHALLENGE})),
        Err("invalid_request")
    );
}

#[test]
fn o23_prompt_none_is_for_those_alone_who_are_remembered() {
    assert_eq!(
        pushed("fapi2-security", json!({"prompt": "none"})),
        Err("login_required")
    );
    assert_eq!(openid(json!({"prompt": "none"})).unwrap().prompt, Prompt::Never);
    for prompt in ["login", "consent", "select_account", "login consent"] {
        assert_eq!(openid(json!({"prompt": prompt})).unwrap().prompt, Prompt::Always);
    }
    for prompt in ["none login", "create"] {
        assert_eq!(openid(json!({"prompt": prompt})), Err("invalid_request"));
    }
}

#[test]
fn claims_are_understood_and_who_is_meant_is_kept() {
    let claims = json!({"userinfo": {"name": {"essential": true}, "planet": null},
        "id_token": {"acr": {"essential": true, "values": ["gold"]}, "sub": {"value": "ada"}}});
    for form in [claims.clone(), json!(claims.to_string())] {
        let request = openid(json!({"claims": form, "acr_values": "silver gold"})).unwrap();
        assert_eq!(request.identity_claims(), ["name"].into());
        assert_eq!(request.acr_values, ["gold", "silver"]);
        assert!(request.is_about("ada") && !request.is_about("bob"));
    }
    for bad in [json!([]), json!("{"), json!({"userinfo": {"name": "Ada"}})] {
        assert_eq!(openid(json!({"claims": bad})), Err("invalid_request"));
    }
}

#[test]
fn an_id_token_hint_of_ours_says_who_is_meant() {
    assert!(openid(json!({"id_token_hint": "ours"})).unwrap().is_about("ada"));
    assert!(!openid(json!({"id_token_hint": "ours"})).unwrap().is_about("bob"));
    assert!(
        openid(json!({"id_token_hint": "another's"}))
            .unwrap()
            .is_about("bob")
    );
    let silent = json!({"id_token_hint": "another's", "prompt": "none"});
    assert!(!openid(silent).unwrap().is_about("bob"));
}
