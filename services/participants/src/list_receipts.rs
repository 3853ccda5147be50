//! `GET /participant/user/v1/consents/{consentId}/receipts`: each change of a consent, signed, for the consumer to keep.

use actix_web::{HttpRequest, HttpResponse, get, web};
use domain::Scope;
use http::{App, FdxError, Reader, ReceiptQuery, ReceiptWindow, Receipts, SolutionCaller};
use store::{TxError, spans::Span};

use crate::{error::Refusal, read};

/// Lists the receipts of a consent's changes, oldest first.
///
/// Each is a compact JWS of type `consent-receipt+jwt`, which the keys at `jwks_uri` check. For who granted the consent alone.
#[utoipa::path(
    tag = "Participant User",
    operation_id = "listUserConsentReceipts",
    params(
        ("consentId" = String, Path, format = Uuid, description = "The consent"),
        ("userId" = String, Query, description = "The consumer whom the application signed in"),
        ("limit" = Option<u16>, Query, description = "1 to 100; 100 when absent"),
        ("pageKey" = Option<String>, Query, description = "From the page before"),
    ),
    responses(
        (status = 200, description = "A page", body = Receipts),
        (status = 400, description = "401: a parameter is missing or not valid", body = http::error::ErrorBody),
        (status = 401, description = "603: no token, or one that is not good", body = http::error::ErrorBody),
        (status = 403, description = "403: the token lacks the scope", body = http::error::ErrorBody),
        (status = 404, description = "1107: absent, or another consumer's", body = http::error::ErrorBody),
    ),
    security(("clientCredentials" = ["participantuser:consents:read"]))
)]
#[get("/participant/user/v1/consents/{consentId}/receipts")]
pub(crate) async fn list_receipts(
    app: web::Data<App>,
    request: HttpRequest,
    caller: SolutionCaller,
    consent_id: web::Path<String>,
    query: Result<web::Query<read::PageOfUser>, actix_web::Error>,
) -> Result<HttpResponse, FdxError> {
    caller.require(Scope::ParticipantConsentsRead)?;
    let query = read::query(query)?;
    let consent_id = read::consent_id(&request, &consent_id)?;
    let user_id = query.user_id;
    let asked = ReceiptQuery {
        limit: query.limit,
        page_key: query.page_key,
    };
    let window = ReceiptWindow::of(&app, consent_id, &asked)?;
    let (grant, rows) = app
        .store
        .reading("list_receipts", move |tx| {
            let grant = store::grants::find(tx, consent_id)?
                .filter(|grant| grant.user_id == user_id)
                .ok_or(TxError::Refused(Refusal::NotFound))?;
            let span = Span::of_history(&grant, caller.now);
            let rows = store::history::list_after(tx, consent_id, span, window.after, window.rows())?;
            Ok((grant, rows))
        })
        .await?;
    let receipts = Receipts::sign(&app, &grant, rows, window, (Reader::Consumer, caller.now))?;
    Ok(HttpResponse::Ok()
        .insert_header(("cache-control", "no-store"))
        .json(receipts))
}
