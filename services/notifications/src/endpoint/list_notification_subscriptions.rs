//! `GET /fdx/v6/events/notification-subscriptions`: a recipient's own. Not in FDX.

use actix_web::{HttpResponse, http::header::CACHE_CONTROL, routes, web};
use domain::fdx::PageMetadata;
use http::{App, ErrorBody, FdxError};

use crate::{
    caller::SubscriberCaller,
    entity::{NotificationSubscriptions, SubscriptionEntity},
    limits,
};

/// List one's own subscriptions.
///
/// Also at `/fdx/v6/notification-subscriptions`.
#[utoipa::path(
    tag = "Events",
    operation_id = "listNotificationSubscriptions",
    responses(
        (status = 200, description = "All of them", body = NotificationSubscriptions),
        (status = 401, description = "603: no token, or one that is not good", body = ErrorBody),
        (status = 403, description = "403: the token lacks the scope", body = ErrorBody),
    ),
    security(("clientCredentials" = ["fdx:notifications:subscribe"]))
)]
#[routes]
#[get("/fdx/v6/events/notification-subscriptions")]
#[get("/fdx/v6/notification-subscriptions")]
pub(crate) async fn list_notification_subscriptions(
    app: web::Data<App>,
    caller: SubscriberCaller,
) -> Result<HttpResponse, FdxError> {
    let subscriptions = caller
        .read(&app, "list_subscriptions", |tx, client_id| {
            Ok(store::subscriptions::list(tx, client_id, limits::SUBSCRIPTIONS)?)
        })
        .await?;
    let page = PageMetadata {
        total_elements: i64::try_from(subscriptions.len()).ok(),
        ..PageMetadata::default()
    };
    Ok(HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(NotificationSubscriptions {
            page,
            notification_subscriptions: subscriptions.into_iter().map(SubscriptionEntity::from).collect(),
        }))
}
