//! The exchange in which something of a consumer is let out, and the record of that.

use actix_web::{HttpRequest, http::header::HeaderName};
use domain::{AccountId, DataCluster, id::random_uuid};
use lifecycle::{Admitted, LetOut};

use crate::{App, FdxError, InteractionId};

/// What the record of a read says of the request.
#[derive(Debug, Clone)]
pub(super) struct Exchange {
    /// Whether the consumer is there, as the recipient says (FAPI1-BASE-6.2.2-5).
    attended: bool,
    interaction_id: String,
}

/// The header that names the consumer's address while they are there.
const CUSTOMER: HeaderName = HeaderName::from_static("x-fapi-customer-ip-address");

/// Proof that what a read lets out was handed over to be written down. Only the callers' `record` makes one, and an answer
/// with a consumer's data asks for it.
#[derive(Debug)]
pub struct Recorded(());

impl Exchange {
    pub(super) fn of(request: &HttpRequest) -> Self {
        Self {
            attended: request.headers().contains_key(CUSTOMER),
            interaction_id: InteractionId::of(request).map_or_else(String::new, |id| id.as_str().to_owned()),
        }
    }

    /// Hands over who reads what, now, to be written behind this request (see `store::accesses`).
    ///
    /// # Errors
    /// 503 when there is no room for records: then nothing may be shown.
    pub(super) async fn record(
        &self,
        app: &App,
        admitted: &Admitted,
        operation: &'static str,
        (account_ids, data_clusters): (Vec<AccountId>, Vec<DataCluster>),
    ) -> Result<Recorded, FdxError> {
        let access = admitted.access(LetOut {
            access_id: random_uuid(app.random()),
            operation,
            account_ids,
            data_clusters,
            attended: self.attended,
            interaction_id: self.interaction_id.clone(),
        });
        if let Some(access) = access {
            app.store.accesses().record(access).await?;
        }
        Ok(Recorded(()))
    }
}
