//! `GET /participant/user/v1/consents`: the consents that concern a consumer.

use std::{collections::BTreeSet, str::FromStr as _};

use actix_web::{HttpRequest, HttpResponse, get, web};
use domain::{ClientId, ConsentId, Instant, Scope, UserId};
use http::{App, Code, FdxError, SolutionCaller, limits};
use serde::{Deserialize, Serialize};
use store::{
    StoreError, TxError,
    consent_lists::{Wanted, Window},
    user_consents::{Page, Shown},
};

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

/// Where a list goes on.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NextPage {
    /// Give it as `pageKey`; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_page_key: Option<String>,
}

/// What is asked for, of `userId=...&status=...&status=...`: a name may come more than once for `status` alone.
struct Query {
    user_id: UserId,
    client_id: Option<ClientId>,
    states: Vec<UserConsentStatus>,
    created: Window,
    expires: Window,
    limit: u16,
    page_key: Option<String>,
}

/// Most parameters: each name once, and each status.
const PARAMETERS: usize = 16;

impl Query {
    /// `None` when a name is missing, unknown, or there more often than it may be, or a value is not one.
    fn read(text: &str) -> Option<Self> {
        let mut query = Self {
            user_id: "-".parse().ok()?,
            client_id: None,
            states: vec![],
            created: Window::default(),
            expires: Window::default(),
            limit: limits::PAGE_DEFAULT,
            page_key: None,
        };
        let parameters = web::Query::<Vec<(String, String)>>::from_query(text)
            .ok()?
            .into_inner();
        let mut seen = BTreeSet::new();
        for (name, value) in &parameters {
            let is_new = seen.insert(name.as_str());
            if !(is_new || name == "status") || parameters.len() > PARAMETERS {
                return None;
            }
            let instant = || Instant::from_str(value).ok().map(Some);
            match name.as_str() {
                "userId" => query.user_id = value.parse().ok()?,
                "clientId" => query.client_id = Some(value.parse().ok()?),
                "status" => query.states.push(status(value)?),
                "createdFrom" => query.created.from = instant()?,
                "createdTo" => query.created.to = instant()?,
                "expiresFrom" => query.expires.from = instant()?,
                "expiresTo" => query.expires.to = instant()?,
                "limit" => query.limit = read::limit(Some(value.parse().ok()?)).ok()?,
                "pageKey" => query.page_key = Some(value.clone()),
                _ => return None,
            }
        }
        query.states.sort_unstable();
        query.states.dedup();
        seen.contains("userId").then_some(query)
    }

    /// Everything that a cursor is good for: the list of this consumer, with these filters (N05).
    fn context(&self) -> String {
        let Self {
            user_id,
            client_id,
            states,
            created,
            expires,
            ..
        } = self;
        format!("user consents {user_id:?} {client_id:?} {states:?} {created:?} {expires:?}")
    }
}

fn status(word: &str) -> Option<UserConsentStatus> {
    serde_json::from_value(word.into()).ok()
}

/// Instant of creation (microseconds, as a row keeps it) and id of the last consent of a page.
#[derive(Serialize, Deserialize)]
struct Position(i64, ConsentId);

impl Position {
    fn of(shown: &Shown) -> Self {
        Self(shown.listed_at.timestamp_micros(), shown.grant.id)
    }

    fn after(self) -> Option<(Instant, ConsentId)> {
        Some((Instant::from_timestamp_micros(self.0)?, self.1))
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
    let context = query.context();
    let position = |key: &String| {
        let position = app
            .cursors
            .open::<Position>(key, &context)
            .ok()
            .and_then(Position::after);
        position.ok_or_else(|| FdxError::new(Code::InvalidInput).debug("pageKey is not of this list"))
    };
    let limit = query.limit;
    let wanted = Wanted {
        after: query.page_key.as_ref().map(position).transpose()?,
        user_id: query.user_id,
        client_id: query.client_id,
        states: query.states.into_iter().map(UserConsentStatus::as_str).collect(),
        created: query.created,
        expires: query.expires,
        // One more than asked tells whether there is a next page.
        limit: i32::from(limit) + 1,
        now: caller.now,
    };
    let (user_id, now) = (wanted.user_id.clone(), wanted.now);
    let mut page = app
        .store
        .once::<_, Refusal, _>("list_user_consents", move |tx| {
            Ok(store::consent_lists::list(tx, &wanted)?)
        })
        .await?;
    let more = page.consents.len() > usize::from(limit);
    page.consents.truncate(limit.into());
    let next = page.consents.last().filter(|_| more).map(Position::of);
    let consents = in_wire_form(page, &user_id, now).map_err(TxError::<Refusal>::Store)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_names_what_there_is_and_nothing_twice() {
        let query = Query::read(
            "userId=a%20b&status=ACTIVE&status=ON_HOLD&createdFrom=2026-11-22T12:00:00Z&limit=100",
        )
        .unwrap();
        assert_eq!(query.user_id.as_str(), "a b");
        assert_eq!(
            query.states,
            [UserConsentStatus::Active, UserConsentStatus::OnHold]
        );
        assert!(query.created.from.is_some() && query.created.to.is_none());
        for bad in [
            "",
            "userId=",
            "status=ACTIVE",
            "userId=a&userId=b",
            "userId=a&more=1",
            "userId=a&status=active",
            "userId=a&limit=0",
            "userId=a&limit=101",
            "userId=a&createdFrom=yesterday",
            "userId=a&expiresTo=2026-11-22",
        ] {
            assert!(Query::read(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn n05_a_cursor_is_of_one_list() {
        let context = |text| Query::read(text).unwrap().context();
        let lists = [
            "userId=a",
            "userId=b",
            "userId=a&clientId=c",
            "userId=a&status=ACTIVE",
            "userId=a&createdFrom=2026-11-22T12:00:00Z",
            "userId=a&createdTo=2026-11-22T12:00:00Z",
        ];
        let contexts: BTreeSet<_> = lists.iter().map(|text| context(text)).collect();
        assert_eq!(contexts.len(), lists.len());
        assert_eq!(context("userId=a&limit=5"), context("userId=a"));
        assert_eq!(
            context("status=ACTIVE&status=ON_HOLD&userId=a"),
            context("userId=a&status=ON_HOLD&status=ACTIVE")
        );
    }
}
