//! `GET /participant/user/v1/consents/{consentId}/accesses`: who read what, when.

use actix_web::{HttpRequest, HttpResponse, get, web};
use domain::{Instant, Scope};
use http::{
    App, Code, FdxError, SolutionCaller, limits,
    paging::{self, List, NextPage},
};
use serde::{Deserialize, Serialize};
use store::{TxError, accesses::Access, spans::Span};
use uuid::Uuid;

use crate::{access::UserAccess, error::Refusal, read, role::Seen};

/// A page of reads.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct UserAccesses {
    /// Newest first. A holder's page may be short, since it leaves out reads of accounts that are not theirs.
    accesses: Vec<UserAccess>,
    /// Where the list goes on.
    page: NextPage,
}

/// Instant (microseconds, as a row keeps it) and id of the last read of a page.
#[derive(Serialize, Deserialize)]
struct Position(i64, Uuid);

impl Position {
    fn of(access: &Access) -> Self {
        Self(access.accessed_at.timestamp_micros(), access.access_id)
    }

    fn before(self) -> Result<(Instant, Uuid), FdxError> {
        // We sealed it: it is an instant.
        let accessed_at = Instant::from_timestamp_micros(self.0).ok_or(Code::Internal)?;
        Ok((accessed_at, self.1))
    }
}

/// Lists the reads under a consent, newest first.
///
/// Each is one request that enforcement let through. It is written behind the request: what another replica let through may be
/// missing here for a second.
#[utoipa::path(
    tag = "Participant User",
    operation_id = "listUserConsentAccesses",
    params(
        ("consentId" = String, Path, format = Uuid, description = "The consent"),
        ("userId" = String, Query, description = "The consumer whom the application signed in"),
        ("limit" = Option<u16>, Query, description = "1 to 100; 10 when absent"),
        ("pageKey" = Option<String>, Query, description = "From the page before"),
    ),
    responses(
        (status = 200, description = "A page", body = UserAccesses),
        (status = 400, description = "401: a parameter is missing or not valid", body = http::error::ErrorBody),
        (status = 401, description = "603: no token, or one that is not good", body = http::error::ErrorBody),
        (status = 403, description = "403: the token lacks the scope", body = http::error::ErrorBody),
        (status = 404, description = "1107: absent, or another consumer's", body = http::error::ErrorBody),
    ),
    security(("clientCredentials" = ["participantuser:consents:read"]))
)]
#[get("/participant/user/v1/consents/{consentId}/accesses")]
pub(crate) async fn list_accesses(
    app: web::Data<App>,
    request: HttpRequest,
    caller: SolutionCaller,
    consent_id: web::Path<String>,
    query: Result<web::Query<read::PageOfUser>, actix_web::Error>,
) -> Result<HttpResponse, FdxError> {
    caller.require(Scope::ParticipantConsentsRead)?;
    let query = read::query(query)?;
    let limit = paging::limit(query.limit, limits::PAGE_DEFAULT)?;
    let consent_id = read::consent_id(&request, &consent_id)?;
    let list = List {
        app: &app,
        context: format!("user accesses {consent_id} {:?}", query.user_id),
    };
    let before = list
        .position::<Position>(query.page_key.as_deref())?
        .map(Position::before)
        .transpose()?;
    // What this very process let through is shown at once. When it cannot be written, what is written is shown.
    let _ = app.store.accesses().flush().await;
    let (user_id, now) = (query.user_id, caller.now);
    let (seen, mut rows) = app
        .store
        .reading("list_accesses", move |tx| {
            let seen = Seen::find(tx, consent_id, &user_id)?.ok_or(TxError::Refused(Refusal::NotFound))?;
            let rows = store::accesses::list(
                tx,
                consent_id,
                Span::of_accesses(&seen.grant, now),
                before,
                paging::rows(limit),
            )?;
            Ok((seen, rows))
        })
        .await?;
    let is_more = paging::cut(&mut rows, limit);
    let last = rows.last().filter(|_| is_more).map(Position::of);
    Ok(HttpResponse::Ok()
        .insert_header(("cache-control", "no-store"))
        .json(UserAccesses {
            accesses: rows
                .iter()
                .filter_map(|access| UserAccess::new(access, &seen))
                .collect(),
            page: list.next(last.as_ref())?,
        }))
}
