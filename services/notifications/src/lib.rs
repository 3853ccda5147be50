//! FDX events: who wants to hear what, and telling them.
//!
//! A change of a consent leaves a row in the outbox, in its own transaction. From there on an event goes one way: the fan-out
//! makes of it a notification for each subscription that is to hear it ([`store::notifications`]), and [`delivery`] sends those
//! to their callbacks, signed, in the order of each consent's changes, until they are taken. What was told can be asked for
//! again for 30 days, whether or not it was delivered.
//!
//! `endpoint/` has a file for each operation. All of them are for a recipient that acts for itself: its token is one of client
//! credentials, bound to its certificate or key, with `fdx:notifications:subscribe` ([`caller`]). It sees its own subscriptions
//! and what they were told, and nothing of another's (O15, O16).

mod caller;
pub mod delivery;
mod endpoint;
mod entity;
mod limits;
mod notification;
mod paging;
mod parameters;
mod subscribe;

use std::{sync::Arc, time::Duration};

use config::Settings;
use http::Mount;
use outbound::{Outbound, OutboundError};

pub use notification::Notification;

/// What the endpoints and the workers share, beside the platform.
#[derive(Debug, Clone)]
pub struct Notifications {
    /// The way out to callbacks.
    pub outbound: Arc<Outbound>,
    /// Who tells, as recipients read it (FDX `publisher`).
    pub publisher_name: Arc<str>,
    /// How long what is not answered is tried again.
    pub patience: Duration,
}

impl Notifications {
    /// From the settings, with the ports that were really bound.
    ///
    /// # Errors
    /// [`OutboundError`] when the certificate that we present, or an authority, cannot be read.
    pub fn new(settings: &Settings) -> Result<Self, OutboundError> {
        let ours = [settings.urls.public.host(), settings.urls.mutual.host()];
        Ok(Self {
            outbound: Arc::new(Outbound::new(&settings.outbound, &ours)?),
            publisher_name: settings.notifications.publisher_name.as_str().into(),
            patience: settings.notifications.patience(),
        })
    }
}

/// Every endpoint of the event API, documented, each also without `/events` where FDX has it so.
pub fn routes(config: &mut impl Mount) {
    config
        .service(endpoint::create_notification_subscription::create_notification_subscription)
        .service(endpoint::list_notification_subscriptions::list_notification_subscriptions)
        .service(endpoint::get_notification_subscription::get_notification_subscription)
        .service(endpoint::delete_notification_subscription::delete_notification_subscription)
        .service(endpoint::delete_consent_subscription::delete_consent_subscription)
        .service(endpoint::test_notification_subscription::test_notification_subscription)
        .service(endpoint::list_notification_deliveries::list_notification_deliveries)
        .service(endpoint::get_notifications::get_notifications);
}
