//! `POST /fdx/auth/v1/token`: proves the client, then hands over to the file of the grant.

use actix_web::{HttpRequest, HttpResponse, http::header, post, web};
use domain::client::GrantType;
use http::{App, Code, OAuthError, OAuthErrorBody, OAuthForm, endpoints};
use serde::Serialize;

use crate::{client_authentication::authenticate, grant};

/// The answer of every grant (RFC6749-5.1).
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct TokenResponse {
    /// A JWT (RFC 9068).
    pub(crate) access_token: String,
    /// Bearer, bound to the certificate of the connection (RFC 8705) for data recipients; or DPoP (RFC 9449).
    pub(crate) token_type: &'static str,
    /// Seconds.
    pub(crate) expires_in: i64,
    /// The scopes that were granted.
    pub(crate) scope: String,
    /// Present unless the grant is ONE_TIME. Not rotated: good until the consent ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) refresh_token: Option<String>,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) refresh_expires_in: Option<i64>,
    /// Present with the scope `openid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id_token: Option<String>,
    /// The consent's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) grant_id: Option<String>,
    /// What was granted, when the request said what it wanted in this form (RFC9396-7); `difference` tells what was asked and
    /// not granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) authorization_details: Option<serde_json::Value>,
}

/// Get a token.
#[utoipa::path(
    tag = "authorization",
    request_body(content = crate::forms::TokenForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "A token", body = TokenResponse),
        (status = 400, description = "The request or the grant is refused", body = OAuthErrorBody),
        (status = 401, description = "The client is not proven", body = OAuthErrorBody),
    )
)]
#[post("/fdx/auth/v1/token")]
pub(crate) async fn token(
    app: web::Data<App>,
    request: HttpRequest,
    form: OAuthForm,
) -> Result<HttpResponse, OAuthError> {
    let now = app.now();
    let authenticated = authenticate(&app, &request, &form, endpoints::TOKEN, now).await?;
    let asked = grant::Asked {
        app: &app,
        request: &request,
        form: &form,
        authenticated: &authenticated,
        now,
    };
    let uses = |grant| {
        if authenticated.known.client.metadata.uses(grant) {
            Ok(())
        } else {
            Err(OAuthError::new(
                Code::UnauthorizedClient,
                "the client did not register this grant_type",
            ))
        }
    };
    let response = match form.required("grant_type", "grant_type is required")? {
        "client_credentials" => {
            uses(GrantType::ClientCredentials)?;
            grant::client_credentials(&asked).await?
        }
        "authorization_code" => {
            uses(GrantType::AuthorizationCode)?;
            grant::authorization_code(&asked).await?
        }
        "refresh_token" => {
            uses(GrantType::RefreshToken)?;
            grant::refresh_token(&asked).await?
        }
        _ => {
            return Err(OAuthError::new(
                Code::UnsupportedGrantType,
                "this grant_type is not supported",
            ));
        }
    };
    Ok(HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::PRAGMA, "no-cache"))
        .json(response))
}
