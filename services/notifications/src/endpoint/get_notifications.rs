//! `GET /fdx/v6/events/notifications`: asks for what was told, again or instead of hearing it.

use actix_web::{HttpRequest, HttpResponse, http::header::CACHE_CONTROL, routes, web};
use domain::{ClientId, notification::KEPT_DAYS};
use http::{App, Code, ErrorBody, FdxError, Query};
use store::notifications::{self, NotificationRow};

use crate::{
    caller::{Shared, SubscriberCaller, not_found},
    endpoint::find,
    entity::{NotificationList, Updates},
    notification::Notification,
    parameters::Parameters,
};

/// Read the notifications of the last 30 days, in the order in which they were made, whether or not they were delivered.
///
/// From `fromSequence` on, in each subscription or in the one that is named; or what is new since an earlier answer, by
/// `updatedSince`. A recipient without subscriptions gets an empty list. Also at `/fdx/v6/notifications`.
#[utoipa::path(
    tag = "Events",
    operation_id = "getNotifications",
    params(
        ("subscriptionId" = Option<String>, Query, description = "Only of this subscription"),
        ("fromSequence" = Option<i64>, Query, description = "Only from this sequence of a subscription on"),
        ("updatedSince" = Option<String>, Query, description = "`updates.nextUpdateId` of an earlier answer"),
        ("limit" = Option<u16>, Query, description = "1 to 100; 10 when absent"),
        ("pageKey" = Option<String>, Query, description = "From the page before; also as `offset`"),
        ("dataRecipientId" = Option<String>, Query, description = "The recipient: nobody but the caller"),
    ),
    responses(
        (status = 200, description = "A page", body = NotificationList),
        (status = 400, description = "401: a parameter is not valid", body = ErrorBody),
        (status = 401, description = "603: no token, or one that is not good", body = ErrorBody),
        (status = 403, description = "403: the token lacks the scope", body = ErrorBody),
        (status = 404, description = "1107: no such subscription of this recipient; 1100: updatedSince is unknown, begin anew", body = ErrorBody),
    ),
    security(("clientCredentials" = ["fdx:notifications:subscribe"]))
)]
#[routes]
#[get("/fdx/v6/events/notifications")]
#[get("/fdx/v6/notifications")]
pub(crate) async fn get_notifications(
    app: web::Data<App>,
    shared: Shared,
    caller: SubscriberCaller,
    request: HttpRequest,
) -> Result<HttpResponse, FdxError> {
    let parameters = Parameters::read(&Query::of(&request)?)?;
    let list = parameters.list(&app, caller.client_id());
    let updates = parameters.updates(caller.client_id());
    let page_begins = list.position(parameters.cursor.as_deref())?;
    let update_begins = parameters
        .updated_since
        .as_deref()
        .map(|update_id| app.cursors.open::<i64>(update_id, &updates))
        .transpose()
        .map_err(|_| Code::UpdateUnknown)?;
    let after = page_begins.or(update_begins).unwrap_or(0);
    let asked = Asked {
        after,
        since: caller.now() - chrono::Duration::days(KEPT_DAYS),
        most: i32::from(list.limit) + 1,
        parameters: parameters.clone(),
    };
    let mut rows = caller
        .read(&app, "get_notifications", move |tx, client_id| {
            asked.read(tx, client_id)
        })
        .await?;
    let more = list.cut(&mut rows);
    let last = rows.last().map_or(after, |row| parameters.position(row));
    let (page, links) = list.neighbours(more.then_some(last))?;
    let next_update_id = list.seal(last, &updates)?;
    let tell = |row| Notification::of(row, &shared.publisher_name, &app.endpoints);
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(NotificationList {
            page,
            links,
            updates: Updates { next_update_id },
            notifications: rows.into_iter().map(tell).collect(),
        }))
}

/// What to read.
struct Asked {
    /// A sequence when a subscription is named, else a position.
    after: i64,
    since: domain::Instant,
    most: i32,
    parameters: Parameters,
}

impl Asked {
    fn read(
        &self,
        tx: &mut store::Tx<'_>,
        client_id: &ClientId,
    ) -> Result<Vec<NotificationRow>, store::TxError<FdxError>> {
        let Parameters {
            subscription_id,
            from_sequence,
            data_recipient_id,
            ..
        } = &self.parameters;
        // A recipient asks for itself: another's name finds what an absent one does.
        if data_recipient_id
            .as_ref()
            .is_some_and(|id| id != client_id.as_str())
        {
            return Err(not_found());
        }
        Ok(match subscription_id {
            Some(id) => {
                let subscription = find(tx, client_id, id)?;
                let from = (*from_sequence).max(self.after.saturating_add(1));
                notifications::list_of(tx, subscription.key, from, self.since, self.most)?
            }
            None => notifications::list(tx, client_id, self.after, *from_sequence, self.since, self.most)?,
        })
    }
}
