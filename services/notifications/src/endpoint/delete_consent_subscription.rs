//! `DELETE /fdx/v6/events/{consentId}/revocation/{subscriptionId}`: the customer's way to end a subscription, by way of a
//! consent.

use actix_web::{HttpResponse, delete, web};
use domain::{ConsentId, notification::NotificationCategory};
use http::{App, ErrorBody, FdxError};

use crate::{
    caller::{SubscriberCaller, not_found},
    endpoint::find,
};

/// End a subscription to events of consents.
///
/// The consent must be one of the recipient's, ended or not; the subscription ends for all of them, since it is bound to none.
#[utoipa::path(
    tag = "Events",
    operation_id = "deleteConsentRevocationSubscription",
    params(
        ("consentId" = String, Path, description = "A consent of the recipient"),
        ("subscriptionId" = String, Path, description = "The subscription"),
    ),
    responses(
        (status = 204, description = "Ended"),
        (status = 401, description = "603: no token, or one that is not good", body = ErrorBody),
        (status = 403, description = "403: the token lacks the scope", body = ErrorBody),
        (status = 404, description = "1107: no such consent, or no such subscription, of this recipient", body = ErrorBody),
    ),
    security(("clientCredentials" = ["fdx:notifications:subscribe"]))
)]
#[delete("/fdx/v6/events/{consentId}/revocation/{subscriptionId}")]
pub(crate) async fn delete_consent_subscription(
    app: web::Data<App>,
    caller: SubscriberCaller,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, FdxError> {
    let (consent_id, id) = path.into_inner();
    let consent_id: Option<ConsentId> = consent_id.parse().ok();
    caller
        .change(&app, "unsubscribe", move |tx, client_id| {
            let grant = match consent_id {
                Some(consent_id) => store::grants::find(tx, consent_id)?,
                None => None,
            };
            let is_theirs = grant.is_some_and(|grant| grant.client_id == *client_id);
            let subscription = find(tx, client_id, &id)?;
            if !is_theirs || subscription.category != NotificationCategory::Consent {
                return Err(not_found());
            }
            Ok(store::subscriptions::delete(tx, &subscription)?)
        })
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
