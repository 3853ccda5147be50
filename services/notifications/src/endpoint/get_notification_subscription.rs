//! `GET /fdx/v6/events/notification-subscriptions/{subscriptionId}`

use actix_web::{HttpResponse, http::header::CACHE_CONTROL, routes, web};
use http::{App, ErrorBody, FdxError};

use crate::{caller::SubscriberCaller, endpoint::find, entity::SubscriptionEntity};

/// Read a subscription, and whether its callback has been verified.
///
/// Also at `/fdx/v6/notification-subscriptions/{subscriptionId}`.
#[utoipa::path(
    tag = "Events",
    operation_id = "getNotificationSubscription",
    params(("subscriptionId" = String, Path, description = "The subscription")),
    responses(
        (status = 200, description = "The subscription", body = SubscriptionEntity),
        (status = 401, description = "603: no token, or one that is not good", body = ErrorBody),
        (status = 403, description = "403: the token lacks the scope", body = ErrorBody),
        (status = 404, description = "1107: no such subscription of this recipient", body = ErrorBody),
    ),
    security(("clientCredentials" = ["fdx:notifications:subscribe"]))
)]
#[routes]
#[get("/fdx/v6/events/notification-subscriptions/{subscriptionId}")]
#[get("/fdx/v6/notification-subscriptions/{subscriptionId}")]
pub(crate) async fn get_notification_subscription(
    app: web::Data<App>,
    caller: SubscriberCaller,
    path: web::Path<String>,
) -> Result<HttpResponse, FdxError> {
    let id = path.into_inner();
    let subscription = caller
        .read(&app, "get_subscription", move |tx, client_id| {
            find(tx, client_id, &id)
        })
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(SubscriptionEntity::from(subscription)))
}
