//! `GET /participant/user/v1/consents/{consentId}`: one consent with its history.

use actix_web::{HttpRequest, HttpResponse, get, web};
use domain::Scope;
use http::{App, ETag, FdxError, SolutionCaller};

use crate::{consent::UserConsent, error::Refusal, read};

/// Reads a consent of a consumer, with everything that happened to it.
#[utoipa::path(
    tag = "Participant User",
    operation_id = "getUserConsent",
    params(
        ("consentId" = String, Path, format = Uuid, description = "The consent"),
        ("userId" = String, Query, description = "The consumer whom the application signed in"),
    ),
    responses(
        (status = 200, description = "The consent", body = UserConsent, headers(("ETag" = String))),
        (status = 400, description = "401: userId is missing or not valid", body = http::error::ErrorBody),
        (status = 401, description = "603: no token, or one that is not good", body = http::error::ErrorBody),
        (status = 403, description = "403: the token lacks the scope", body = http::error::ErrorBody),
        (status = 404, description = "1107: absent, or another consumer's", body = http::error::ErrorBody),
    ),
    security(("clientCredentials" = ["participantuser:consents:read"]))
)]
#[get("/participant/user/v1/consents/{consentId}")]
pub(crate) async fn get_consent(
    app: web::Data<App>,
    request: HttpRequest,
    caller: SolutionCaller,
    consent_id: web::Path<String>,
    query: Result<web::Query<read::OfUser>, actix_web::Error>,
) -> Result<HttpResponse, FdxError> {
    caller.require(Scope::ParticipantConsentsRead)?;
    let user_id = read::query(query)?.user_id;
    let consent_id = read::consent_id(&request, &consent_id)?;
    let (version, consent) = app
        .store
        .reading::<_, Refusal, _>("get_user_consent", move |tx| {
            read::consent(tx, consent_id, &user_id, caller.now)
        })
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header(ETag(version))
        .insert_header(("cache-control", "no-store"))
        .json(consent))
}
