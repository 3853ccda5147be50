//! `POST /fdx/v6/events/notification-subscriptions`: wants to hear of one type of event, at one callback.

use std::time::Duration;

use actix_web::{HttpResponse, http::header::CACHE_CONTROL, routes, web};
use chrono::NaiveDate;
use domain::{
    ClientId, Instant,
    fdx::DateString,
    id::random_uuid,
    notification::{NotificationCategory, NotificationType, Subscriber, SubscriptionId},
};
use http::{App, Code, ErrorBody, FdxError, StrictJson, query::invalid};
use outbound::CheckError;
use serde::Deserialize;
use store::{TxError, callbacks::NewCallback, subscriptions::NewSubscription};

use crate::{
    caller::{Shared, SubscriberCaller},
    entity::SubscriptionEntity,
    limits,
    subscribe::subscribe,
};

/// FDX `NotificationSubscription` as a recipient sends it.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NotificationSubscriptionRequest {
    r#type: NotificationType,
    /// Must be one that the type may be of.
    category: NotificationCategory,
    /// `https`, a host name on the public internet, port 443 or 8443. A later one for the same subscription takes the place
    /// of the earlier one.
    #[schema(max_length = 2000)]
    callback_url: String,
    subscriber: Subscriber,
    /// The first day, UTC, whose events are told; at once when absent. At most a year ahead.
    #[serde(default)]
    effective_date: Option<DateString>,
    /// The recipient's name for it; one is made when absent. Without a name, there is one subscription a type and category.
    #[serde(default)]
    subscription_id: Option<SubscriptionId>,
}

/// Subscribe to a type of event.
///
/// The callback must answer a challenge before the first event is sent to it; events that happen until then wait. Also at
/// `/fdx/v6/notification-subscriptions`.
#[utoipa::path(
    tag = "Events",
    operation_id = "createNotificationSubscription",
    request_body = NotificationSubscriptionRequest,
    responses(
        (status = 201, description = "The subscription as it is kept", body = SubscriptionEntity),
        (status = 400, description = "401: the body is not one, or its callbackUrl may not be called", body = ErrorBody),
        (status = 401, description = "603: no token, or one that is not good", body = ErrorBody),
        (status = 403, description = "403: the token lacks the scope", body = ErrorBody),
        (status = 409, description = "409: that subscriptionId is a subscription to another type", body = ErrorBody),
        (status = 429, description = "1207: too many subscriptions of this recipient, unanswered challenges of that host, or callbacks being looked up", body = ErrorBody),
    ),
    security(("clientCredentials" = ["fdx:notifications:subscribe"]))
)]
#[routes]
#[post("/fdx/v6/events/notification-subscriptions")]
#[post("/fdx/v6/notification-subscriptions")]
pub(crate) async fn create_notification_subscription(
    app: web::Data<App>,
    shared: Shared,
    caller: SubscriberCaller,
    body: StrictJson<NotificationSubscriptionRequest>,
) -> Result<HttpResponse, FdxError> {
    let now = caller.now();
    let asked = body.0;
    let new = asked.subscription(&app, now.date_naive())?;
    // Nobody makes us ask the DNS who has no good token.
    caller.read(&app, "subscriber", |_, _| Ok(())).await?;
    let callback = asked.callback(&app, &shared, caller.client_id(), now).await?;
    let subscription = caller
        .change(&app, "subscribe", move |tx, client_id| {
            subscribe(tx, client_id, &new, &callback, now).map_err(|error| match error {
                TxError::Refused(error) => TxError::Refused(error.into()),
                TxError::Store(error) => TxError::Store(error),
            })
        })
        .await?;
    let href = format!(
        "/fdx/v6/events/notification-subscriptions/{}",
        subscription.subscription_id
    );
    Ok(HttpResponse::Created()
        .insert_header(("location", app.endpoints.mutual(&href)))
        .insert_header((CACHE_CONTROL, "no-store"))
        .json(SubscriptionEntity::from(subscription)))
}

impl NotificationSubscriptionRequest {
    /// What is asked, as far as nobody else need be asked.
    fn subscription(&self, app: &App, today: NaiveDate) -> Result<NewSubscription, FdxError> {
        if !self.r#type.is_of(self.category) {
            return Err(invalid("type and category do not go together"));
        }
        self.subscriber
            .validate()
            .map_err(|error| invalid(error.to_string()))?;
        let effective_on = self.effective_date.map(DateString::day);
        if effective_on.is_some_and(|day| (day - today).num_days() > limits::EFFECTIVE_WITHIN_DAYS) {
            return Err(invalid("effectiveDate is more than a year ahead"));
        }
        let minted = self.subscription_id.is_none();
        let subscription_id = match &self.subscription_id {
            Some(id) => id.clone(),
            None => random_uuid(app.random())
                .to_string()
                .parse()
                .map_err(|_| Code::Internal)?,
        };
        Ok(NewSubscription {
            key: random_uuid(app.random()),
            subscription_id,
            minted,
            event_type: self.r#type,
            category: self.category,
            subscriber: self.subscriber.clone(),
            effective_on,
        })
    }

    /// The callback, which may be called as things are now (S04). It is checked again at each call (S05).
    async fn callback(
        &self,
        app: &App,
        shared: &Shared,
        client_id: &ClientId,
        now: Instant,
    ) -> Result<NewCallback, FdxError> {
        let checked = shared
            .outbound
            .check(&self.callback_url, client_id.as_str())
            .await;
        let target = checked.map_err(|error| match error {
            CheckError::Busy => FdxError::new(Code::TooMany).debug(format!("callbackUrl {error}")),
            CheckError::Target(_) | CheckError::Unknown | CheckError::NotPublic => {
                invalid(format!("callbackUrl {error}"))
            }
        })?;
        Ok(NewCallback {
            callback_id: random_uuid(app.random()),
            url: target.url().to_string(),
            host: target.authority().to_owned(),
            park_at: later(now, shared.patience),
        })
    }
}

fn later(now: Instant, patience: Duration) -> Instant {
    chrono::Duration::from_std(patience)
        .ok()
        .and_then(|patience| now.checked_add_signed(patience))
        .unwrap_or(now)
}
