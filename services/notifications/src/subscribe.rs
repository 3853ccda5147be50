//! Takes a subscription: a new one, or a later word on one that is there.

use domain::ClientId;
use http::{Code, FdxError};
use store::{
    Tx, TxError,
    callbacks::{self, NewCallback},
    subscriptions::{self, NewSubscription, Subscription},
};

use crate::limits;

/// Why a subscription is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SubscribeError {
    /// The recipient has one of that name, to something else.
    #[error("the subscription of that subscriptionId is to another type or category")]
    OtherType,
    /// The recipient has as many as it may.
    #[error("there are too many subscriptions of this recipient")]
    TooMany,
    /// Too many callbacks of that host wait for somebody to answer.
    #[error("too many callbacks of this host have not answered their challenge")]
    TooManyOfHost,
}

impl From<SubscribeError> for FdxError {
    fn from(error: SubscribeError) -> Self {
        let code = match error {
            SubscribeError::OtherType => Code::Conflict,
            SubscribeError::TooMany | SubscribeError::TooManyOfHost => Code::TooMany,
        };
        Self::new(code).debug(error.to_string())
    }
}

/// Writes it. The same subscription is the one of the same name or, of those without a name, the one to the same type and
/// category: a later callback then takes the place of the earlier one, so that a request whose answer was lost may be sent
/// again.
///
/// # Errors
/// [`SubscribeError`].
pub(crate) fn subscribe(
    tx: &mut Tx<'_>,
    client_id: &ClientId,
    new: &NewSubscription,
    callback: &NewCallback,
    now: domain::Instant,
) -> Result<Subscription, TxError<SubscribeError>> {
    let old = if new.minted {
        subscriptions::find_minted(tx, client_id, new.event_type, new.category)?
    } else {
        subscriptions::find(tx, client_id, &new.subscription_id)?
    };
    let is_elsewhere = old.as_ref().is_none_or(|old| old.callback_url != callback.url);
    if is_elsewhere
        && callbacks::count_unverified(tx, client_id, callback)? >= limits::UNVERIFIED_CALLBACKS_OF_A_HOST
    {
        return Err(TxError::Refused(SubscribeError::TooManyOfHost));
    }
    let subscription_id = match &old {
        None => {
            if subscriptions::count(tx, client_id)? >= i64::from(limits::SUBSCRIPTIONS) {
                return Err(TxError::Refused(SubscribeError::TooMany));
            }
            let callback_id = callbacks::find_or_insert(tx, client_id, callback, now)?;
            subscriptions::insert(tx, client_id, new, callback_id, now)?;
            &new.subscription_id
        }
        Some(old) if (old.event_type, old.category) != (new.event_type, new.category) => {
            return Err(TxError::Refused(SubscribeError::OtherType));
        }
        Some(old) => {
            subscriptions::lock(tx, old)?;
            let callback_id = callbacks::find_or_insert(tx, client_id, callback, now)?;
            subscriptions::change(tx, old, new, callback_id, now)?;
            &old.subscription_id
        }
    };
    let written = subscriptions::find(tx, client_id, subscription_id)?;
    written.ok_or(TxError::Store(store::StoreError::Corrupt {
        table: "notification_subscriptions",
        column: "subscription_id",
    }))
}
