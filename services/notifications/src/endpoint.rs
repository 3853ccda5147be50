//! One file an operation.

pub(crate) mod create_notification_subscription;
pub(crate) mod delete_consent_subscription;
pub(crate) mod delete_notification_subscription;
pub(crate) mod get_notification_subscription;
pub(crate) mod get_notifications;
pub(crate) mod list_notification_deliveries;
pub(crate) mod list_notification_subscriptions;
pub(crate) mod test_notification_subscription;

use domain::{ClientId, notification::SubscriptionId};
use http::FdxError;
use store::{Tx, TxError, subscriptions::Subscription};

use crate::caller::not_found;

/// The recipient's subscription of that name. What is no name, absent or another's gets one answer (O15).
fn find(tx: &mut Tx<'_>, client_id: &ClientId, id: &str) -> Result<Subscription, TxError<FdxError>> {
    let id: SubscriptionId = id.parse().map_err(|_| not_found())?;
    store::subscriptions::find(tx, client_id, &id)?.ok_or_else(not_found)
}
