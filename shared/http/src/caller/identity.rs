//! A client that asks who the consumer is, with a token of a consumer's grant that carries `openid`.

use actix_web::HttpRequest;
use domain::{ConsentId, DataCluster, Instant, Scope};
use lifecycle::Admitted;

use super::{
    AccessToken,
    exchange::{Exchange, Recorded},
};
use crate::{App, Code, FdxError, LogFields};

/// A client whose token is genuine, bound as it must be, and for userinfo. Not proven: that token and grant stand now.
#[derive(Debug, Clone)]
pub struct IdentityCaller {
    /// The token.
    pub token: AccessToken,
    /// Its grant.
    pub consent_id: ConsentId,
    /// The instant of the request, read once.
    pub now: Instant,
    exchange: Exchange,
}

impl IdentityCaller {
    /// The caller of a request that may carry the token in its form.
    ///
    /// # Errors
    /// 401 without a good token, 403 when it has no `openid` or no consumer.
    pub async fn of(app: &App, request: &HttpRequest, in_form: Option<&str>) -> Result<Self, FdxError> {
        let now = app.now();
        // A token for the FDX APIs that carries `openid` is for userinfo too: one grant gives one token.
        let audiences = [app.endpoints.fdx_audience(), app.endpoints.userinfo_audience()];
        let audiences = audiences.each_ref().map(String::as_str);
        let token = AccessToken::of_form(app, request, in_form, &audiences, now).await?;
        token.require(Scope::OpenId)?;
        let consent_id = token.consent_id.ok_or(Code::Forbidden)?;
        LogFields::update(request, |fields| {
            fields.client_id = Some(token.client_id.clone());
            fields.consent_id = token.consent_id;
        });
        Ok(Self {
            token,
            consent_id,
            now,
            exchange: Exchange::of(request),
        })
    }

    /// Hands over that the recipient learns of the consumer what is counted to these clusters, to be written behind this
    /// request. Of no account.
    ///
    /// # Errors
    /// 503 when there is no room for records: then nothing may be shown.
    pub async fn record(
        &self,
        app: &App,
        admitted: &Admitted,
        operation: &'static str,
        data_clusters: Vec<DataCluster>,
    ) -> Result<Recorded, FdxError> {
        self.exchange
            .record(app, admitted, operation, (vec![], data_clusters))
            .await
    }
}
