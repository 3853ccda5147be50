//! `GET /fdx/auth/v1/jwks`: the public keys by which everything that we sign can be checked (RFC 7517).

use actix_web::{HttpResponse, get, http::header::CACHE_CONTROL, web};
use http::{App, keys::RELOAD_SECONDS};

/// The platform's public keys.
#[utoipa::path(tag = "metadata", responses((status = 200, description = "A JWK Set")))]
#[get("/fdx/auth/v1/jwks")]
pub(crate) async fn jwks(app: web::Data<App>) -> HttpResponse {
    // A new key signs only after everybody who keeps this answer so long has asked again.
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, format!("public, max-age={RELOAD_SECONDS}")))
        .json(app.keys.ring().jwks(app.now()))
}
