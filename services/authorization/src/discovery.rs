//! The metadata document, in its three places (RFC 8414, OIDC Discovery, and the FDX recipients' own).
//!
//! It says what this server does, and nothing that it does not.

use actix_web::{HttpResponse, get, http::header::CACHE_CONTROL, web};
use domain::{Scope, identity};
use http::{App, endpoints as paths};
use serde_json::{Map, Value, json};

/// Metadata (OIDC Discovery 4).
#[utoipa::path(tag = "metadata", responses((status = 200, description = "The metadata document")))]
#[get("/.well-known/openid-configuration")]
pub(crate) async fn openid_configuration(app: web::Data<App>) -> HttpResponse {
    answer(&app)
}

/// Metadata (RFC8414-3).
#[utoipa::path(tag = "metadata", responses((status = 200, description = "The metadata document")))]
#[get("/.well-known/oauth-authorization-server")]
pub(crate) async fn oauth_authorization_server(app: web::Data<App>) -> HttpResponse {
    answer(&app)
}

/// Metadata, where FDX recipients of this platform look for it.
#[utoipa::path(tag = "metadata", responses((status = 200, description = "The metadata document")))]
#[get("/fdx/auth/v1/well-known")]
pub(crate) async fn well_known(app: web::Data<App>) -> HttpResponse {
    answer(&app)
}

fn answer(app: &App) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "public, max-age=300"))
        .json(document(app))
}

fn document(app: &App) -> Map<String, Value> {
    [addresses(app), words(app), authentication(), cryptography()]
        .into_iter()
        .filter_map(|part| match part {
            Value::Object(members) => Some(members),
            _ => None,
        })
        .flatten()
        .collect()
}

/// Where everything is.
fn addresses(app: &App) -> Value {
    let endpoints = &app.endpoints;
    json!({
        "issuer": endpoints.issuer,
        "authorization_endpoint": endpoints.public(paths::AUTHORIZE),
        "token_endpoint": endpoints.public(paths::TOKEN),
        "pushed_authorization_request_endpoint": endpoints.public(paths::PAR),
        "introspection_endpoint": endpoints.public(paths::INTROSPECT),
        "revocation_endpoint": endpoints.public(paths::REVOKE),
        "userinfo_endpoint": endpoints.public(paths::USERINFO),
        "jwks_uri": endpoints.public(paths::JWKS),
        "service_documentation": endpoints.public(paths::DOCUMENTATION),
        "mtls_endpoint_aliases": {
            "token_endpoint": endpoints.mutual(paths::TOKEN),
            "pushed_authorization_request_endpoint": endpoints.mutual(paths::PAR),
            "introspection_endpoint": endpoints.mutual(paths::INTROSPECT),
            "revocation_endpoint": endpoints.mutual(paths::REVOKE),
            "userinfo_endpoint": endpoints.mutual(paths::USERINFO),
        },
    })
}

/// What may be asked, and how it is answered.
fn words(app: &App) -> Value {
    let mut words = json!({
        "scopes_supported": scopes(app),
        "response_types_supported": ["code", "code id_token"],
        "response_modes_supported": ["query", "fragment", "jwt", "query.jwt"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "subject_types_supported": ["pairwise"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_details_types_supported": [domain::authorization_details::TYPE],
        "grant_management_actions_supported": crate::request::GRANT_MANAGEMENT_ACTIONS,
        "grant_management_action_required": false,
        "authorization_response_iss_parameter_supported": true,
        "request_parameter_supported": true,
        "request_uri_parameter_supported": true,
        "require_request_uri_registration": false,
        "require_pushed_authorization_requests": false,
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "claim_types_supported": ["normal"],
        "claims_supported": claims(app),
        "claims_parameter_supported": true,
    });
    // RFC8414-2: a list with nothing in it is left out.
    let lists = [
        ("acr_values_supported", &app.told.acr_values),
        ("ui_locales_supported", &app.told.ui_locales),
    ];
    for (name, list) in lists {
        if let (false, Some(members)) = (list.is_empty(), words.as_object_mut()) {
            members.insert(name.into(), json!(list));
        }
    }
    words
}

/// Algorithms of clients; RS256 is for those of OpenID Connect alone.
const CLIENT_ALGORITHMS: [&str; 4] = ["PS256", "ES256", "EdDSA", "RS256"];

/// How a client proves who it is, and what its tokens are bound to.
fn authentication() -> Value {
    let methods = [
        "private_key_jwt",
        "tls_client_auth",
        "self_signed_tls_client_auth",
        "client_secret_basic",
        "client_secret_post",
    ];
    json!({
        "token_endpoint_auth_methods_supported": methods,
        "token_endpoint_auth_signing_alg_values_supported": CLIENT_ALGORITHMS,
        "introspection_endpoint_auth_methods_supported": methods,
        "introspection_endpoint_auth_signing_alg_values_supported": CLIENT_ALGORITHMS,
        "revocation_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_signing_alg_values_supported": CLIENT_ALGORITHMS,
        "dpop_signing_alg_values_supported": http::dpop::ALGORITHMS,
        "tls_client_certificate_bound_access_tokens": true,
    })
}

/// What is signed and encrypted by which algorithms.
fn cryptography() -> Value {
    let signing = ["PS256", "ES256", "RS256"];
    let key_management = ["RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A256KW"];
    let content_encryption = ["A256GCM", "A128GCM"];
    json!({
        "request_object_signing_alg_values_supported": CLIENT_ALGORITHMS,
        "id_token_signing_alg_values_supported": signing,
        "id_token_encryption_alg_values_supported": key_management,
        "id_token_encryption_enc_values_supported": content_encryption,
        "userinfo_signing_alg_values_supported": signing,
        "userinfo_encryption_alg_values_supported": key_management,
        "userinfo_encryption_enc_values_supported": content_encryption,
        "authorization_signing_alg_values_supported": signing,
        "authorization_encryption_alg_values_supported": key_management,
        "authorization_encryption_enc_values_supported": content_encryption,
        "introspection_signing_alg_values_supported": signing,
    })
}

/// What we say of an authentication, and what the consent application tells of a consumer.
fn claims(app: &App) -> Vec<&str> {
    let ours = [
        "iss",
        "sub",
        "aud",
        "exp",
        "iat",
        "auth_time",
        "nonce",
        "acr",
        "amr",
        "c_hash",
        "s_hash",
        "at_hash",
    ];
    let told = app.told.claims.iter().map(String::as_str);
    ours.into_iter().chain(told).collect()
}

/// Every scope that a recipient may have; one that opens claims where the consent application tells all of them.
fn scopes(app: &App) -> Vec<&'static str> {
    let told = |name: &str| app.told.claims.iter().any(|told| told == name);
    Scope::ALL
        .iter()
        .filter(|scope| !scope.is_for_the_bank_alone() && identity::claims_of(**scope).all(told))
        .map(|scope| scope.as_str())
        .collect()
}
