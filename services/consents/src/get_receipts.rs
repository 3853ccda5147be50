//! `GET /fdx/v6/consents/{consentId}/receipts`

use actix_web::{HttpResponse, get, http::header::CACHE_CONTROL, web};
use domain::ConsentId;
use http::{App, Code, ErrorBody, FdxCaller, FdxError, Reader, ReceiptQuery, ReceiptWindow, Receipts};
use store::{TxError, spans::Span};

use crate::find::{reach, stands};

/// Read the receipts of a consent's changes.
///
/// Each is a compact JWS of type `consent-receipt+jwt`, which the keys at `jwks_uri` check.
#[utoipa::path(
    tag = "consents",
    operation_id = "getConsentReceipts",
    params(
        ("consentId" = String, Path, description = "The consent"),
        ("limit" = Option<u16>, Query, description = "1 to 100; 100 when absent"),
        ("pageKey" = Option<String>, Query, description = "From the page before"),
    ),
    responses(
        (status = 200, description = "A page of receipts, oldest change first", body = Receipts),
        (status = 400, description = "A parameter is not valid (401)", body = ErrorBody),
        (status = 401, description = "The token is not valid (603)", body = ErrorBody),
        (status = 404, description = "No such consent of this recipient (1107)", body = ErrorBody),
    )
)]
#[get("/fdx/v6/consents/{consentId}/receipts")]
pub(crate) async fn get_consent_receipts(
    app: web::Data<App>,
    caller: FdxCaller,
    path: web::Path<String>,
    query: Result<web::Query<ReceiptQuery>, actix_web::Error>,
) -> Result<HttpResponse, FdxError> {
    let now = caller.now;
    // What is no id names nothing: the same answer as for one that is absent.
    let consent_id: Option<ConsentId> = path.parse().ok();
    let window = query
        .map_err(|_| FdxError::new(Code::InvalidInput).debug("a query parameter is of the wrong form"))
        .and_then(|query| match consent_id {
            Some(consent_id) => ReceiptWindow::of(&app, consent_id, &query),
            None => Ok(ReceiptWindow { after: 0, limit: 1 }),
        });
    let found = app
        .store
        .tx("consent_receipts", move |tx| {
            stands(tx, &caller)?;
            let not_found = || TxError::Refused(FdxError::new(Code::NotFound));
            let consent_id = consent_id.ok_or_else(not_found)?;
            let grant = store::grants::find_within(tx, consent_id, reach(&caller))?.ok_or_else(not_found)?;
            // Judged after the caller: who may not read the consent learns nothing of what a page needs.
            let window = window.clone().map_err(TxError::Refused)?;
            let client = store::clients::find(tx, &caller.token.client_id)?
                .ok_or(TxError::Refused(FdxError::new(Code::AuthenticationFailed)))?;
            let span = Span::of_history(&grant, now);
            let rows = store::history::list_after(tx, consent_id, span, window.after, window.rows())?;
            Ok((grant, client, rows, window))
        })
        .await?;
    let (grant, client, rows, window) = found;
    let receipts = Receipts::sign(&app, &grant, rows, window, (Reader::Recipient(&client), now))?;
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(receipts))
}
