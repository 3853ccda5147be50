//! `GET /participant/user/v1/consents`: the consents that concern a consumer.

mod query;

use actix_web::{HttpRequest, HttpResponse, get, web};
use domain::{ConsentId, Instant, Scope, UserId};
use http::{
    App, Code, FdxError, SolutionCaller,
    paging::{self, List, NextPage},
};
use serde::{Deserialize, Serialize};
use store::{
    StoreError, TxError,
    consent_lists::Wanted,
    user_consents::{Page, Shown},
};

use self::query::Query;
use crate::{
    consent::UserConsent,
    error::{Refusal, orphan},
    read,
    role::Seen,
    status::UserConsentStatus,
};

/// A page of a consumer's consents.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct UserConsents {
    /// Newest first.
    consents: Vec<UserConsent>,
    /// Where the list goes on.
    page: NextPage,
}

/// Instant of creation (microseconds, as a row keeps it) and id of the last consent of a page.
#[derive(Serialize, Deserialize)]
struct Position(i64, ConsentId);

impl Position {
    fn of(shown: &Shown) -> Self {
        Self(shown.listed_at.timestamp_micros(), shown.grant.id)
    }

    fn after(self) -> Result<(Instant, ConsentId), FdxError> {
        // We sealed it: it is an instant.
        let created_at = Instant::from_timestamp_micros(self.0).ok_or(Code::Internal)?;
        Ok((created_at, self.1))
    }
}

/// Lists the consents that concern a consumer, newest first, ended ones among them.
///
/// Those that they granted, and those of others that need their approval for an account that they hold together. A window is
/// from an instant on and before another.
#[utoipa::path(
    tag = "Participant User",
    operation_id = "listUserConsents",
    params(
        ("userId" = String, Query, description = "The consumer whom the application signed in"),
        ("status" = Option<Vec<UserConsentStatus>>, Query, description = "Only in one of these states; may be repeated"),
        ("clientId" = Option<String>, Query, description = "Only with this recipient"),
        ("createdFrom" = Option<String>, Query, format = DateTime, description = "Only granted then or later"),
        ("createdTo" = Option<String>, Query, format = DateTime, description = "Only granted before"),
        ("expiresFrom" = Option<String>, Query, format = DateTime, description = "Only ending by themselves then or later"),
        ("expiresTo" = Option<String>, Query, format = DateTime, description = "Only ending by themselves before"),
        ("limit" = Option<u16>, Query, description = "1 to 100; 10 when absent"),
        ("pageKey" = Option<String>, Query, description = "From the page before, with the same filters"),
    ),
    responses(
        (status = 200, description = "A page", body = UserConsents),
        (status = 400, description = "401: a parameter is missing or not valid", body = http::error::ErrorBody),
        (status = 401, description = "603: no token, or one that is not good", body = http::error::ErrorBody),
        (status = 403, description = "403: the token lacks the scope", body = http::error::ErrorBody),
    ),
    security(("clientCredentials" = ["participantuser:consents:read"]))
)]
#[get("/participant/user/v1/consents")]
pub(crate) async fn list_consents(
    app: web::Data<App>,
    request: HttpRequest,
    caller: SolutionCaller,
) -> Result<HttpResponse, FdxError> {
    caller.require(Scope::ParticipantConsentsRead)?;
    let query = Query::read(request.query_string()).ok_or_else(|| {
        FdxError::new(Code::InvalidInput)
            .debug("a query parameter is missing, unknown, repeated or of the wrong form")
    })?;
    let list = List {
        app: &app,
        context: query.context(),
    };
    let after = list
        .position::<Position>(query.page_key.as_deref())?
        .map(Position::after)
        .transpose()?;
    let limit = query.limit;
    let wanted = Wanted {
        after,
        user_id: query.user_id,
        client_id: query.client_id,
        states: query.states.into_iter().map(UserConsentStatus::as_str).collect(),
        created: query.created,
        expires: query.expires,
        limit: paging::rows(limit),
        now: caller.now,
    };
    let (user_id, now) = (wanted.user_id.clone(), wanted.now);
    let mut page = app
        .store
        .once::<_, Refusal, _>("list_user_consents", move |tx| {
            Ok(store::consent_lists::list(tx, &wanted)?)
        })
        .await?;
    let is_more = paging::cut(&mut page.consents, limit);
    let last = page.consents.last().filter(|_| is_more).map(Position::of);
    let consents = in_wire_form(page, &user_id, now).map_err(TxError::<Refusal>::Store)?;
    Ok(HttpResponse::Ok()
        .insert_header(("cache-control", "no-store"))
        .json(UserConsents {
            consents,
            page: list.next(last.as_ref())?,
        }))
}

/// Those consents in their order, each as that consumer may see it.
fn in_wire_form(mut page: Page, user_id: &UserId, now: Instant) -> Result<Vec<UserConsent>, StoreError> {
    let held = read::held(&page);
    let shown = std::mem::take(&mut page.consents);
    shown
        .into_iter()
        // Left out: an approval that is no longer needed, since its account was taken out.
        .filter_map(|shown| Seen::new(shown.grant, shown.approvals, user_id))
        .map(|seen| {
            let recipient = page.recipients.get(&seen.grant.client_id).ok_or_else(orphan)?;
            Ok(UserConsent::new(&seen, recipient, &held, now))
        })
        .collect()
}
