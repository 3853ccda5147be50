//! A recipient that acts for itself: no consumer's consent opens the event API.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use domain::{ClientId, Instant, Scope};
use http::{App, Code, FdxCaller, FdxError};
use store::{Tx, TxError};

/// A recipient with a token that it got by client credentials, bound to its connection, with
/// `fdx:notifications:subscribe`. That the token stands now is proven by the transaction that serves it:
/// [`SubscriberCaller::read`] and [`SubscriberCaller::change`] are the only ways to the store from here.
#[derive(Debug, Clone)]
pub(crate) struct SubscriberCaller(FdxCaller);

impl SubscriberCaller {
    /// Who calls.
    pub(crate) const fn client_id(&self) -> &ClientId {
        &self.0.token.client_id
    }

    /// The instant of the request.
    pub(crate) const fn now(&self) -> Instant {
        self.0.now
    }

    /// Reads, once the token has been judged, both as they are at one moment.
    ///
    /// # Errors
    /// 401 when token or client have ended; what the closure refuses.
    pub(crate) async fn read<T, F>(&self, app: &App, name: &'static str, mut read: F) -> Result<T, FdxError>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>, &ClientId) -> Result<T, TxError<FdxError>> + Send + 'static,
    {
        let caller = self.0.clone();
        let outcome = app
            .store
            .reading(name, move |tx| {
                stands(tx, &caller)?;
                read(tx, &caller.token.client_id)
            })
            .await;
        Ok(outcome?)
    }

    /// Changes, in one transaction in which the token has been judged. The closure must be safe to run twice.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub(crate) async fn change<T, F>(
        &self,
        app: &App,
        name: &'static str,
        mut change: F,
    ) -> Result<T, FdxError>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>, &ClientId) -> Result<T, TxError<FdxError>> + Send + 'static,
    {
        let caller = self.0.clone();
        let outcome = app
            .store
            .tx(name, move |tx| {
                stands(tx, &caller)?;
                change(tx, &caller.token.client_id)
            })
            .await;
        Ok(outcome?)
    }

    async fn of(request: HttpRequest) -> Result<Self, FdxError> {
        let caller = FdxCaller::extract(&request).await?;
        // T13 the other way round: what a consumer granted is about the consumer's accounts.
        if caller.token.consent_id.is_some() {
            return Err(FdxError::insufficient_scope());
        }
        caller.token.require(Scope::NotificationsSubscribe)?;
        Ok(Self(caller))
    }
}

fn stands(tx: &mut Tx<'_>, caller: &FdxCaller) -> Result<(), TxError<FdxError>> {
    let standing = store::standing::find(tx, caller.token.reference())?;
    caller
        .admit(standing.as_ref())
        .map(drop)
        .map_err(TxError::Refused)
}

/// What is no id, absent or another's.
pub(crate) fn not_found() -> TxError<FdxError> {
    TxError::Refused(Code::NotFound.into())
}

impl FromRequest for SubscriberCaller {
    type Error = FdxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, FdxError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(Self::of(request))
    }
}

/// The shared part of the service, which whoever serves it puts there.
pub(crate) type Shared = web::Data<crate::Notifications>;
