//! `GET /fdx/v6/events/notification-subscriptions/{subscriptionId}/deliveries`: what became of each notification. Not in FDX.

use actix_web::{HttpRequest, HttpResponse, http::header::CACHE_CONTROL, routes, web};
use domain::notification::KEPT_DAYS;
use http::{App, ErrorBody, FdxError, Query};

use crate::{
    caller::SubscriberCaller,
    endpoint::find,
    entity::{Delivery, DeliveryLog},
    paging::List,
};

/// Read the delivery log of a subscription: the last 30 days, newest first.
///
/// Also at `/fdx/v6/notification-subscriptions/{subscriptionId}/deliveries`.
#[utoipa::path(
    tag = "Events",
    operation_id = "listNotificationDeliveries",
    params(
        ("subscriptionId" = String, Path, description = "The subscription"),
        ("limit" = Option<u16>, Query, description = "1 to 100; 10 when absent"),
        ("pageKey" = Option<String>, Query, description = "From the page before; also as `offset`"),
    ),
    responses(
        (status = 200, description = "A page", body = DeliveryLog),
        (status = 400, description = "401: a parameter is not valid", body = ErrorBody),
        (status = 401, description = "603: no token, or one that is not good", body = ErrorBody),
        (status = 403, description = "403: the token lacks the scope", body = ErrorBody),
        (status = 404, description = "1107: no such subscription of this recipient", body = ErrorBody),
    ),
    security(("clientCredentials" = ["fdx:notifications:subscribe"]))
)]
#[routes]
#[get("/fdx/v6/events/notification-subscriptions/{subscriptionId}/deliveries")]
#[get("/fdx/v6/notification-subscriptions/{subscriptionId}/deliveries")]
pub(crate) async fn list_notification_deliveries(
    app: web::Data<App>,
    caller: SubscriberCaller,
    path: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, FdxError> {
    let (id, query) = (path.into_inner(), Query::of(&request)?);
    let list = List {
        app: &app,
        path: format!("/fdx/v6/events/notification-subscriptions/{id}/deliveries"),
        context: format!("deliveries {} {id}", caller.client_id()),
        filters: String::new(),
        limit: query.limit()?,
    };
    let before = list
        .position(query.either("pageKey", "offset")?)?
        .unwrap_or(i64::MAX);
    let (since, most) = (
        caller.now() - chrono::Duration::days(KEPT_DAYS),
        i32::from(list.limit) + 1,
    );
    let mut rows = caller
        .read(&app, "list_deliveries", move |tx, client_id| {
            let subscription = find(tx, client_id, &id)?;
            Ok(store::notifications::log(
                tx,
                subscription.key,
                before,
                since,
                most,
            )?)
        })
        .await?;
    let more = list.cut(&mut rows);
    let next = rows.last().filter(|_| more).map(|row| row.sequence);
    let (page, links) = list.neighbours(next)?;
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(DeliveryLog {
            page,
            links,
            deliveries: rows.into_iter().map(Delivery::from).collect(),
        }))
}
