//! `GET /participant/user/v1/consents`: what a consumer shares, and shared.

use actix_web::{HttpResponse, get, web};
use domain::{ConsentGrant, ConsentId, Instant, Scope, UserId};
use http::{App, Code, FdxError, SolutionCaller, limits};
use serde::{Deserialize, Serialize};

use crate::{
    consent::UserConsent,
    error::{Refusal, orphan},
    read,
};

/// A page of a consumer's consents.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct UserConsents {
    /// Newest first.
    consents: Vec<UserConsent>,
    /// Where the list goes on.
    page: NextPage,
}

/// Where a list goes on.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NextPage {
    /// Give it as `pageKey`; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_key: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Query {
    user_id: UserId,
    limit: Option<u16>,
    page_key: Option<String>,
}

/// Instant of creation (microseconds, as a row keeps it) and id of the last consent of a page.
#[derive(Serialize, Deserialize)]
struct Position(i64, ConsentId);

impl Position {
    fn of(grant: &ConsentGrant) -> Self {
        Self(grant.created_at.timestamp_micros(), grant.id)
    }

    fn after(self) -> Option<(Instant, ConsentId)> {
        Some((Instant::from_timestamp_micros(self.0)?, self.1))
    }
}

/// Lists the consents of a consumer, newest first, ended ones among them.
#[utoipa::path(
    tag = "Participant User",
    operation_id = "listUserConsents",
    params(
        ("userId" = String, Query, description = "The consumer whom the application signed in"),
        ("limit" = Option<u16>, Query, description = "1 to 100; 10 when absent"),
        ("pageKey" = Option<String>, Query, description = "From the page before"),
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
    caller: SolutionCaller,
    query: Result<web::Query<Query>, actix_web::Error>,
) -> Result<HttpResponse, FdxError> {
    caller.require(Scope::ParticipantConsentsRead)?;
    let query = read::query(query)?;
    let limit = query.limit.unwrap_or(limits::PAGE_DEFAULT);
    if limit == 0 || limit > limits::PAGE_MOST {
        return Err(FdxError::new(Code::InvalidInput).debug("limit must be 1 to 100"));
    }
    // A cursor is good for the list of this consumer alone (N05).
    let context = format!("user consents {}", query.user_id);
    let position = |key: &String| {
        let position = app
            .cursors
            .open::<Position>(key, &context)
            .ok()
            .and_then(Position::after);
        position.ok_or_else(|| FdxError::new(Code::InvalidInput).debug("pageKey is not of this list"))
    };
    let after = query.page_key.as_ref().map(position).transpose()?;
    let (user_id, now) = (query.user_id, caller.now);
    let (consents, next) = app
        .store
        .tx::<_, Refusal, _>("list_user_consents", move |tx| {
            // One more than asked tells whether there is a next page.
            let mut grants = store::grants::list_for_user(tx, &user_id, after, i32::from(limit) + 1)?;
            let more = grants.len() > usize::from(limit);
            grants.truncate(limit.into());
            let next = grants.last().filter(|_| more).map(Position::of);
            let clients = read::clients(tx, &grants)?;
            let held = read::held(tx, &user_id)?;
            let mut consents = Vec::with_capacity(grants.len());
            for grant in &grants {
                let client = clients
                    .iter()
                    .find(|client| client.client_id == grant.client_id)
                    .ok_or_else(orphan)?;
                consents.push(UserConsent::new(grant, client, &held, now));
            }
            Ok((consents, next))
        })
        .await?;
    let next_page_key = next
        .map(|position| app.cursors.seal(&position, &context, app.random()))
        .transpose()
        .map_err(|_| Code::Internal)?;
    Ok(HttpResponse::Ok()
        .insert_header(("cache-control", "no-store"))
        .json(UserConsents {
            consents,
            page: NextPage { next_page_key },
        }))
}
