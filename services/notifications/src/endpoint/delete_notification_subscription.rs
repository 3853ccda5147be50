//! `DELETE /fdx/v6/events/notification-subscriptions/{subscriptionId}`, as FDX has it.

use actix_web::{HttpResponse, routes, web};
use http::{App, ErrorBody, FdxError};

use crate::{caller::SubscriberCaller, endpoint::find};

/// End a subscription.
///
/// What it has not been told yet is told to nobody; what is being sent at this moment may still arrive. Also at
/// `/fdx/v6/notification-subscriptions/{subscriptionId}`.
#[utoipa::path(
    tag = "Events",
    operation_id = "deleteNotificationSubscription",
    params(("subscriptionId" = String, Path, description = "The subscription")),
    responses(
        (status = 204, description = "Ended"),
        (status = 401, description = "603: no token, or one that is not good", body = ErrorBody),
        (status = 403, description = "403: the token lacks the scope", body = ErrorBody),
        (status = 404, description = "1107: no such subscription of this recipient", body = ErrorBody),
    ),
    security(("clientCredentials" = ["fdx:notifications:subscribe"]))
)]
#[routes]
#[delete("/fdx/v6/events/notification-subscriptions/{subscriptionId}")]
#[delete("/fdx/v6/notification-subscriptions/{subscriptionId}")]
pub(crate) async fn delete_notification_subscription(
    app: web::Data<App>,
    caller: SubscriberCaller,
    path: web::Path<String>,
) -> Result<HttpResponse, FdxError> {
    let id = path.into_inner();
    caller
        .change(&app, "unsubscribe", move |tx, client_id| {
            let subscription = find(tx, client_id, &id)?;
            Ok(store::subscriptions::delete(tx, &subscription)?)
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
