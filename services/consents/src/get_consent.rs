//! `GET /fdx/v6/consents/{consentId}`

use actix_web::{HttpResponse, get, http::header::CACHE_CONTROL, web};
use http::{App, ETag, ErrorBody, FdxCaller, FdxError};

use crate::{entity::ConsentGrantEntity, find::find};

/// Read a consent.
#[utoipa::path(
    tag = "consents",
    operation_id = "getConsentGrant",
    params(("consentId" = String, Path, description = "The consent")),
    responses(
        (status = 200, description = "The consent", body = ConsentGrantEntity),
        (status = 401, description = "The token is not valid (603)", body = ErrorBody),
        (status = 404, description = "No such consent of this recipient (1107)", body = ErrorBody),
    )
)]
#[get("/fdx/v6/consents/{consentId}")]
pub(crate) async fn get_consent(
    app: web::Data<App>,
    caller: FdxCaller,
    path: web::Path<String>,
) -> Result<HttpResponse, FdxError> {
    let found = find(&app, &caller, &path).await?;
    Ok(HttpResponse::Ok()
        .insert_header(ETag(found.grant.version))
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(ConsentGrantEntity::of(
            &found.grant,
            &found.client.metadata,
            caller.now,
        )))
}
