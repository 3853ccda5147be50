//! One of the bank's own applications at a solution API, with a token that it got by client credentials.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use domain::{Instant, Scope};

use super::AccessToken;
use crate::{App, Code, FdxError, LogFields};

/// An application of the bank, proven: token, client and binding stand now. Which scope it needs is the endpoint's
/// to ask.
#[derive(Debug, Clone)]
pub struct SolutionCaller {
    /// The token.
    pub token: AccessToken,
    /// The instant of the request, read once.
    pub now: Instant,
}

impl SolutionCaller {
    /// That the application may do this.
    ///
    /// # Errors
    /// 403 with `insufficient_scope`.
    pub fn require(&self, scope: Scope) -> Result<(), FdxError> {
        self.token.require(scope)
    }

    async fn of(app: web::Data<App>, request: HttpRequest) -> Result<Self, FdxError> {
        let now = app.now();
        let token = AccessToken::of(&app, &request, &app.endpoints.solution_audience(), now).await?;
        LogFields::update(&request, |fields| {
            fields.client_id = Some(token.client_id.clone())
        });
        // T13 the other way round: a consumer's token opens no solution API.
        if token.consent_id.is_some() {
            return Err(Code::Forbidden.into());
        }
        let reference = token.reference();
        let standing = app
            .store
            .once::<_, std::convert::Infallible, _>("solution_caller", move |tx| {
                Ok(store::standing::find(tx, reference)?)
            })
            .await?;
        lifecycle::admit(reference, &token.client_id, standing.as_ref(), now)?;
        Ok(Self { token, now })
    }
}

impl FromRequest for SolutionCaller {
    type Error = FdxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, FdxError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let (app, request) = (request.app_data::<web::Data<App>>().cloned(), request.clone());
        Box::pin(async move { Self::of(app.ok_or(Code::Internal)?, request).await })
    }
}
