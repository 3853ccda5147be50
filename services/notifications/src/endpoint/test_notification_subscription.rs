//! `POST /fdx/v6/events/notification-subscriptions/{subscriptionId}/test`: an event that says nothing, to see it arrive. Not in
//! FDX.

use actix_web::{HttpResponse, http::header::CACHE_CONTROL, routes, web};
use domain::{
    id::random_uuid,
    notification::{NotificationPriority, NotificationSeverity, NotificationType},
};
use http::{App, Code, ErrorBody, FdxError};
use serde::Serialize;
use serde_json::json;
use store::{
    TxError,
    announcements::{Announcement, Audience},
};
use uuid::Uuid;

use crate::{caller::SubscriberCaller, endpoint::find, limits};

/// Which event will arrive.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NotificationTest {
    #[schema(value_type = String, format = Uuid)]
    notification_id: Uuid,
}

/// Have a test event sent.
///
/// It is of type CUSTOM, goes the way of every other event, and counts in the subscription's sequence. Also at
/// `/fdx/v6/notification-subscriptions/{subscriptionId}/test`.
#[utoipa::path(
    tag = "Events",
    operation_id = "testNotificationSubscription",
    params(("subscriptionId" = String, Path, description = "The subscription")),
    responses(
        (status = 202, description = "It will be sent", body = NotificationTest),
        (status = 401, description = "603: no token, or one that is not good", body = ErrorBody),
        (status = 403, description = "403: the token lacks the scope", body = ErrorBody),
        (status = 404, description = "1107: no such subscription of this recipient", body = ErrorBody),
        (status = 429, description = "1207: ten tests in a minute are enough", body = ErrorBody),
    ),
    security(("clientCredentials" = ["fdx:notifications:subscribe"]))
)]
#[routes]
#[post("/fdx/v6/events/notification-subscriptions/{subscriptionId}/test")]
#[post("/fdx/v6/notification-subscriptions/{subscriptionId}/test")]
pub(crate) async fn test_notification_subscription(
    app: web::Data<App>,
    caller: SubscriberCaller,
    path: web::Path<String>,
) -> Result<HttpResponse, FdxError> {
    let (id, now, notification_id) = (path.into_inner(), caller.now(), random_uuid(app.random()));
    caller
        .change(&app, "test_subscription", move |tx, client_id| {
            let subscription = find(tx, client_id, &id)?;
            let test = Announcement {
                announcement_id: notification_id,
                event_type: NotificationType::Custom,
                category: subscription.category,
                severity: NotificationSeverity::Info,
                priority: NotificationPriority::Low,
                payload: json!({
                    "id": subscription.subscription_id, "idType": "MAINTENANCE",
                    "customFields": {"name": "TEST", "value": "true"},
                }),
                audience: Audience::Subscription(subscription.key),
            };
            if store::announcements::push(tx, &test, limits::TESTS_A_MINUTE, now)? {
                Ok(())
            } else {
                Err(TxError::Refused(Code::TooMany.into()))
            }
        })
        .await?;
    Ok(HttpResponse::Accepted()
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(NotificationTest { notification_id }))
}
