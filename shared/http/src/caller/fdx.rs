//! A data recipient at an FDX API, with a token bound to its certificate or key, and the proof of that.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use domain::{AccountId, DataCluster, Instant};
use lifecycle::Admitted;
use store::standing::{Read, Standing};

use super::{
    AccessToken,
    exchange::{Exchange, Recorded},
};
use crate::{App, Code, FdxError, InteractionId, LogFields};

/// A recipient whose token is genuine and bound to its connection. Not proven: that token and grant stand now. For
/// that, let the statement that reads also read the standing, and ask [`FdxCaller::admit`].
#[derive(Debug, Clone)]
pub struct FdxCaller {
    /// The token.
    pub token: AccessToken,
    /// The instant of the request, read once.
    pub now: Instant,
    exchange: Exchange,
}

impl FdxCaller {
    /// Judges the standing that was read together with the data.
    ///
    /// # Errors
    /// 401 when token, client or grant have ended; 403 when the grant is on hold.
    pub fn admit(&self, standing: Option<&Standing>) -> Result<Admitted, FdxError> {
        Ok(lifecycle::admit(
            self.token.reference(),
            &self.token.client_id,
            standing,
            self.now,
        )?)
    }

    /// Judges a read, and gives its rows only when it is admitted.
    ///
    /// # Errors
    /// As [`Self::admit`].
    pub fn admit_read<R>(&self, read: Option<Read<R>>) -> Result<(Admitted, Vec<R>), FdxError> {
        let admitted = self.admit(read.as_ref().map(|read| &read.standing))?;
        Ok((admitted, read.map(|read| read.rows).unwrap_or_default()))
    }

    /// Hands over who reads what, now, to be written behind this request (see `store::accesses`).
    ///
    /// # Errors
    /// 503 when there is no room for records: then nothing may be shown.
    pub async fn record(
        &self,
        app: &App,
        admitted: &Admitted,
        operation: &'static str,
        what: (Vec<AccountId>, Vec<DataCluster>),
    ) -> Result<Recorded, FdxError> {
        self.exchange.record(app, admitted, operation, what).await
    }

    async fn of(app: web::Data<App>, request: &HttpRequest) -> Result<Self, FdxError> {
        let interaction_id = InteractionId::of(request);
        if interaction_id.as_ref().is_some_and(InteractionId::was_malformed) {
            return Err(FdxError::new(Code::InvalidInput)
                .debug("x-fapi-interaction-id must be one UUID of 36 characters"));
        }
        let now = app.now();
        let token = AccessToken::of(&app, request, &app.endpoints.fdx_audience(), now).await?;
        // FAPI1-ADV-6.2.1, FAPI2-SP-FINAL-5.3.4: an FDX API takes no token that anybody could carry.
        if token.binding.is_none() {
            return Err(Code::AuthenticationFailed.into());
        }
        LogFields::update(request, |fields| {
            fields.client_id = Some(token.client_id.clone());
            fields.consent_id = token.consent_id;
        });
        Ok(Self {
            token,
            now,
            exchange: Exchange::of(request),
        })
    }
}

impl FromRequest for FdxCaller {
    type Error = FdxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, FdxError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let (app, request) = (request.app_data::<web::Data<App>>().cloned(), request.clone());
        Box::pin(async move { Self::of(app.ok_or(Code::Internal)?, &request).await })
    }
}
