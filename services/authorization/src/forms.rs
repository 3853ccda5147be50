//! What the forms of the endpoints may hold, for the API documentation alone: they are read one parameter at a time, each by the
//! file whose rule it is.

#![expect(dead_code, reason = "described, never read")]

use serde::Deserialize;
use utoipa::ToSchema;

/// How a client proves who it is: by the method that it registered and no other. A client of `tls_client_auth` or
/// `self_signed_tls_client_auth` sends `client_id` and its certificate; one of `client_secret_basic` the Authorization header.
#[derive(Deserialize, ToSchema)]
pub(crate) struct ClientProof {
    /// Required unless an assertion or the Authorization header names the client.
    client_id: Option<String>,
    /// `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`, with `private_key_jwt`.
    client_assertion_type: Option<String>,
    /// A JWT: `iss` and `sub` the client, `aud` the issuer, `exp`, and a `jti` that is used once (RFC 7523).
    client_assertion: Option<String>,
    /// With `client_secret_post`.
    client_secret: Option<String>,
}

/// An authorization request: a signed object, or the parameters. What stands beside an object is ignored.
#[derive(Deserialize, ToSchema)]
pub(crate) struct AuthorizationParameters {
    /// A JWT whose claims are the parameters, with `iss`, `aud`, `nbf` and `exp` (RFC 9101).
    request: Option<String>,
    /// `code`, or `code id_token` for FAPI 1.0.
    response_type: Option<String>,
    /// `query`, `fragment` or `jwt`, as profile and `response_type` permit.
    response_mode: Option<String>,
    /// One that is registered, letter for letter.
    redirect_uri: Option<String>,
    /// Some of those that are registered. Without `authorization_details`, the data clusters that are asked for.
    scope: Option<String>,
    /// At most 2,048 bytes; comes back as it was.
    state: Option<String>,
    /// At most 1,024 bytes; comes back in the id_token.
    nonce: Option<String>,
    /// Of S256 (RFC 7636).
    code_challenge: Option<String>,
    /// `S256`.
    code_challenge_method: Option<String>,
    /// JSON: one object of the type `fdx_v1.0` (RFC 9396).
    authorization_details: Option<String>,
    /// JSON (OIDC Core 5.5).
    claims: Option<String>,
    /// `none`, or any of `login`, `consent`, `select_account`.
    prompt: Option<String>,
    /// Seconds.
    max_age: Option<u32>,
    /// At most eight.
    acr_values: Option<String>,
    /// Who is expected to sign in.
    login_hint: Option<String>,
    /// An id_token of an earlier time.
    id_token_hint: Option<String>,
    /// At most eight language tags.
    ui_locales: Option<String>,
    /// The thumbprint of the key with which the code will be redeemed (RFC9449-10).
    dpop_jkt: Option<String>,
    /// What the data is wanted for, as the consumer reads it; 3 to 300 characters.
    purpose: Option<String>,
    /// `create` or `replace`.
    grant_management_action: Option<String>,
    /// The consent that `replace` would end.
    grant_id: Option<String>,
}

/// `POST /fdx/auth/v1/par`.
#[derive(Deserialize, ToSchema)]
pub(crate) struct PushedForm {
    #[serde(flatten)]
    client: ClientProof,
    #[serde(flatten)]
    parameters: AuthorizationParameters,
}

/// `POST /fdx/auth/v1/authorize`.
#[derive(Deserialize, ToSchema)]
pub(crate) struct AuthorizationForm {
    /// The client.
    client_id: String,
    /// From the pushed request endpoint; then nothing else counts.
    request_uri: Option<String>,
    #[serde(flatten)]
    parameters: AuthorizationParameters,
}

/// `POST /fdx/auth/v1/token`. Tokens that are bound need what they are bound to: the client's certificate on the connection to the
/// mutual-TLS listener, or a proof in the header `DPoP`.
#[derive(Deserialize, ToSchema)]
pub(crate) struct TokenForm {
    #[serde(flatten)]
    client: ClientProof,
    /// `authorization_code`, `refresh_token` or `client_credentials`.
    grant_type: String,
    /// Of the authorization response; good once, for a minute.
    code: Option<String>,
    /// That of the request; required where it had no `code_challenge`.
    redirect_uri: Option<String>,
    /// Required where the request had a `code_challenge`.
    code_verifier: Option<String>,
    /// Stays the same until its consent ends.
    refresh_token: Option<String>,
    /// At a refresh and for `client_credentials`: less than there is.
    scope: Option<String>,
    /// JSON, at a refresh: less than was granted (RFC9396-6).
    authorization_details: Option<String>,
}

/// `POST /fdx/auth/v1/introspect` and `/revoke`.
#[derive(Deserialize, ToSchema)]
pub(crate) struct AboutTokenForm {
    #[serde(flatten)]
    client: ClientProof,
    /// An access token or a refresh token of this client.
    token: String,
    /// Not needed.
    token_type_hint: Option<String>,
}

/// `POST /fdx/auth/v1/userinfo`.
#[derive(Deserialize, ToSchema)]
pub(crate) struct UserinfoForm {
    /// Where the Authorization header does not hold it, and it is not bound to a DPoP key.
    access_token: Option<String>,
}
