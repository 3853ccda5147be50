//! The metadata document, in its three places (RFC 8414, OIDC Discovery, and the FDX recipients' own).
//!
//! It says what this server does, and nothing that it does not.

use actix_web::{HttpResponse, get, http::header::CACHE_CONTROL, web};
use domain::Scope;
use http::{App, endpoints as paths};
use serde_json::{Value, json};

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

fn document(app: &App) -> Value {
    let endpoints = &app.endpoints;
    let algorithms = ["PS256", "ES256"];
    let client_algorithms = ["PS256", "ES256", "EdDSA"];
    let methods = [
        "private_key_jwt",
        "tls_client_auth",
        "self_signed_tls_client_auth",
        "client_secret_basic",
        "client_secret_post",
    ];
    let scopes: Vec<_> = Scope::ALL
        .iter()
        .filter(|scope| !scope.is_for_the_bank_alone() && !is_for_userinfo(**scope))
        .map(|scope| scope.as_str())
        .collect();
    json!({
        "issuer": endpoints.issuer,
        "authorization_endpoint": endpoints.public(paths::AUTHORIZE),
        "token_endpoint": endpoints.public(paths::TOKEN),
        "pushed_authorization_request_endpoint": endpoints.public(paths::PAR),
        "introspection_endpoint": endpoints.public(paths::INTROSPECT),
        "revocation_endpoint": endpoints.public(paths::REVOKE),
        "jwks_uri": endpoints.public(paths::JWKS),
        "mtls_endpoint_aliases": {
            "token_endpoint": endpoints.mutual(paths::TOKEN),
            "pushed_authorization_request_endpoint": endpoints.mutual(paths::PAR),
            "introspection_endpoint": endpoints.mutual(paths::INTROSPECT),
            "revocation_endpoint": endpoints.mutual(paths::REVOKE),
        },
        "scopes_supported": scopes,
        "response_types_supported": ["code", "code id_token"],
        "response_modes_supported": ["query", "fragment", "jwt"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": algorithms,
        "authorization_signing_alg_values_supported": algorithms,
        "request_object_signing_alg_values_supported": client_algorithms,
        "token_endpoint_auth_methods_supported": methods,
        "token_endpoint_auth_signing_alg_values_supported": client_algorithms,
        "introspection_endpoint_auth_methods_supported": methods,
        "introspection_endpoint_auth_signing_alg_values_supported": client_algorithms,
        "revocation_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_signing_alg_values_supported": client_algorithms,
        "dpop_signing_alg_values_supported": http::dpop::ALGORITHMS,
        "code_challenge_methods_supported": ["S256"],
        "authorization_details_types_supported": [domain::authorization_details::TYPE],
        "grant_management_actions_supported": crate::request::GRANT_MANAGEMENT_ACTIONS,
        "grant_management_action_required": false,
        "authorization_response_iss_parameter_supported": true,
        "tls_client_certificate_bound_access_tokens": true,
        "request_parameter_supported": true,
        "request_uri_parameter_supported": true,
        "require_request_uri_registration": false,
        "require_pushed_authorization_requests": false,
        "claims_supported": ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "c_hash", "s_hash", "at_hash"],
        "claims_parameter_supported": false,
    })
}

/// Scopes that open claims at userinfo, which this server does not have.
const fn is_for_userinfo(scope: Scope) -> bool {
    matches!(
        scope,
        Scope::Profile | Scope::Email | Scope::Address | Scope::Phone
    )
}
