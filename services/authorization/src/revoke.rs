//! `POST /fdx/auth/v1/revoke` (RFC 7009): a client gives a token of its own back. The consent stays: it ends at
//! `/fdx/v6/consents/{consentId}/revocation`.

use actix_web::{HttpRequest, HttpResponse, http::header::CACHE_CONTROL, post, web};
use http::{App, OAuthError, OAuthErrorBody, OAuthForm, endpoints};
use store::{issue::Issued, standing::TokenRef};

use crate::client_authentication::{REPLAYED, authenticate, changed};

/// Give a token back.
///
/// An access token ends alone. A refresh token takes every access token of its grant with it (RFC7009-2.1). A token
/// that is unknown or another's changes nothing, and is answered alike (T11).
#[utoipa::path(
    tag = "authorization",
    request_body(content = crate::forms::AboutTokenForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The token is good for nothing now"),
        (status = 400, description = "The request is refused", body = OAuthErrorBody),
        (status = 401, description = "The client is not proven", body = OAuthErrorBody),
    )
)]
#[post("/fdx/auth/v1/revoke")]
pub(crate) async fn revoke(
    app: web::Data<App>,
    request: HttpRequest,
    form: OAuthForm,
) -> Result<HttpResponse, OAuthError> {
    let now = app.now();
    let authenticated = authenticate(&app, &request, &form, endpoints::REVOKE, now).await?;
    let token = form.required("token", "token is required")?;
    let access = app.keys.verify_access_token(token, now).ok().and_then(|claims| {
        Some(TokenRef {
            token_id: claims.required_str("jti").ok()?.parse().ok()?,
            issued_at: claims.instant("iat").ok()??,
        })
    });
    let (proven, spent_by) = (authenticated.proven(), domain::id::random_uuid(app.random()));
    let hash = jose::secret::hash(token);
    let issued = app
        .store
        .tx::<_, std::convert::Infallible, _>("revoke_token", move |tx| {
            let issued = store::issue::prove(tx, &proven, spent_by)?;
            if issued == Issued::Issued {
                match access {
                    Some(access) => {
                        store::tokens::revoke(tx, access, &proven.client_id, now)?;
                    }
                    None => {
                        if let Some(consent_id) =
                            store::refresh_tokens::revoke(tx, &hash, &proven.client_id, now)?
                        {
                            store::grants::void_tokens(tx, consent_id, now)?;
                        }
                    }
                }
            }
            Ok(issued)
        })
        .await?;
    match issued {
        Issued::Issued => Ok(HttpResponse::Ok()
            .insert_header((CACHE_CONTROL, "no-store"))
            .finish()),
        Issued::ClientChanged => Err(changed(&app, &authenticated)),
        Issued::Replayed => Err(REPLAYED),
    }
}
