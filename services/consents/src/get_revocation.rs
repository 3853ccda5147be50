//! `GET /fdx/v6/consents/{consentId}/revocation`

use actix_web::{HttpResponse, get, http::header::CACHE_CONTROL, web};
use http::{App, ErrorBody, FdxCaller, FdxError};

use crate::{entity::ConsentRevocationList, find::find};

/// Read how a consent was revoked; an empty list when it was not.
#[utoipa::path(
    tag = "consents",
    operation_id = "getConsentRevocation",
    params(("consentId" = String, Path, description = "The consent")),
    responses(
        (status = 200, description = "The revocation", body = ConsentRevocationList),
        (status = 401, description = "The token is not valid (603)", body = ErrorBody),
        (status = 404, description = "No such consent of this recipient (1107)", body = ErrorBody),
    )
)]
#[get("/fdx/v6/consents/{consentId}/revocation")]
pub(crate) async fn get_consent_revocation(
    app: web::Data<App>,
    caller: FdxCaller,
    path: web::Path<String>,
) -> Result<HttpResponse, FdxError> {
    let found = find(&app, &caller, &path).await?;
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(ConsentRevocationList::of(&found.grant)))
}
