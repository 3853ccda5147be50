//! `POST /external/authentication/v1/resources/{resourceId}/preview`: what would be shared, before it is.
//!
//! Computed by the bridge that every answer to a recipient passes ([`disclosure`]), so that the screen cannot show less than
//! what will leave. Values are redacted before they leave here: the screen shows what kind of data it is, not the data.

use actix_web::{HttpResponse, post, web};
use chrono::Duration;
use disclosure::preview::{self, ClusterPreview};
use domain::{
    AccountId, DataCluster, IdentityClaims, ResourceId, Scope, UserId,
    consent::GrantedAccount,
    identity::{self, Topic},
};
use http::{App, Code, FdxError, SolutionCaller, StrictJson};
use lifecycle::decide::{self, DecideError};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use store::{StoreError, TxError, customers::CustomerRecord, holders::Documents, resources::ResourceState};

use crate::{
    decision::AccountBody,
    error::{self, Refusal},
};

/// A choice of accounts that is not decided yet.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PreviewBody {
    /// The consumer who signed in.
    user_id: UserId,
    /// As they would be approved; none where no data cluster is asked.
    accounts: Vec<AccountBody>,
}

/// What would be shared of the chosen accounts.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Preview {
    /// In the order in which they were named.
    accounts: Vec<AccountPreview>,
    /// What userinfo would tell of the consumer themself, as the bank's record of them says it now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    identity: Vec<PreviewedTopic>,
}

/// What one topic would tell.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct PreviewedTopic {
    /// The scope that opens it.
    scope: &'static str,
    /// Its name for people.
    label: &'static str,
    /// The claims that have a value. May be none.
    members: Vec<PreviewedMember>,
}

/// What would be shared of one account.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct AccountPreview {
    /// Which.
    account_id: AccountId,
    /// Other holders who must approve before any of it is.
    awaiting_approvals: u16,
    /// In the order of a consent screen.
    data_clusters: Vec<PreviewedCluster>,
}

/// What one cluster would let out.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct PreviewedCluster {
    /// FDX name.
    data_cluster: DataCluster,
    /// Its name for people.
    label: &'static str,
    /// The members that it lets out, each under the first cluster that does. May be none, as of an account without
    /// transactions.
    members: Vec<PreviewedMember>,
}

/// A member that would leave.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct PreviewedMember {
    /// FDX names from the outside in, such as `contact.holders.name.first`; of a topic the name of a claim.
    name: String,
    /// What its value looks like: a day, the last four digits of a number, an FDX word, or three dots.
    example: String,
}

/// Shows exactly what would be shared for chosen accounts, redacted. Changes nothing.
#[utoipa::path(
    tag = "External Resource Authentication",
    operation_id = "previewSharing",
    params(("resourceId" = String, Path, format = Uuid, description = "As the browser brought it")),
    request_body = PreviewBody,
    responses(
        (status = 200, description = "What would leave", body = Preview),
        (status = 400, description = "401: unknown member, an account not held, or more than was asked", body = http::error::ErrorBody),
        (status = 401, description = "603: no token, or one that is not good", body = http::error::ErrorBody),
        (status = 403, description = "403: the token lacks the scope", body = http::error::ErrorBody),
        (status = 404, description = "1107: never lodged, lapsed, or completed", body = http::error::ErrorBody),
        (status = 409, description = "409: already decided", body = http::error::ErrorBody),
    ),
    security(("clientCredentials" = ["external:resources:read"]))
)]
#[post("/external/authentication/v1/resources/{resourceId}/preview")]
pub(crate) async fn preview_sharing(
    app: web::Data<App>,
    caller: SolutionCaller,
    resource_id: web::Path<String>,
    body: Result<StrictJson<PreviewBody>, FdxError>,
) -> Result<HttpResponse, FdxError> {
    caller.require(Scope::ExternalResourcesRead)?;
    let resource_id: ResourceId = resource_id.parse().map_err(|_| Code::NotFound)?;
    let StrictJson(PreviewBody { user_id, accounts }) = body?;
    let (chosen, documents, asked, record) = app
        .store
        .tx::<_, Refusal, _>("preview_sharing", move |tx| {
            let resource = decide::find(tx, resource_id, caller.now).map_err(error::decide)?;
            if resource.state != ResourceState::Lodged {
                return Err(TxError::Refused(DecideError::AlreadyDecided.into()));
            }
            let request = decide::request_of(&resource)?;
            let asked = request.data_clusters();
            let chosen: Vec<GrantedAccount> = accounts
                .iter()
                .cloned()
                .map(|account| account.into_granted(&asked))
                .collect();
            decide::check_accounts(&chosen, &asked).map_err(|error| TxError::Refused(error.into()))?;
            let ids: Vec<_> = chosen.iter().map(|account| &account.account_id).collect();
            let lookback = Duration::days(request.terms.lookback_days.into());
            let period = (caller.now - lookback, caller.now);
            let documents = store::holders::list_documents(tx, &user_id, &ids, period)?;
            if documents.len() != chosen.len() {
                return Err(TxError::Refused(DecideError::NotHeld.into()));
            }
            let topics = identity::topics(request.identity_claims());
            let record = if topics.is_empty() {
                None
            } else {
                store::customers::find(tx, &user_id)?
            };
            Ok((chosen, documents, topics, record))
        })
        .await?;
    let accounts = chosen
        .into_iter()
        .filter_map(|account| {
            let of_it = documents
                .iter()
                .find(|documents| documents.account_id == account.account_id)?;
            Some(AccountPreview::of(account, of_it))
        })
        .collect::<Result<_, _>>()?;
    Ok(HttpResponse::Ok()
        .insert_header(("cache-control", "no-store"))
        .json(Preview {
            accounts,
            identity: PreviewedTopic::all(asked, record),
        }))
}

impl PreviewedTopic {
    fn all(asked: Vec<Topic>, record: Option<CustomerRecord>) -> Vec<Self> {
        let known = lifecycle::identity::known(IdentityClaims::default(), record);
        let topic = |topic: Topic| {
            let told = known.only(topic.claims.iter().map(String::as_str));
            Self {
                scope: topic.scope,
                label: topic.label,
                members: preview::identity(&told)
                    .into_iter()
                    .map(PreviewedMember::of)
                    .collect(),
            }
        };
        asked.into_iter().map(topic).collect()
    }
}

impl AccountPreview {
    fn of(account: GrantedAccount, documents: &Documents) -> Result<Self, StoreError> {
        let whole = preview::Documents {
            account: stored("entity", &documents.entity)?,
            contact: if_there("contact", documents.contact.as_deref())?,
            payment_networks: if_there("payment_networks", documents.payment_networks.as_deref())?
                .unwrap_or_default(),
            asset_transfer_networks: if_there(
                "asset_transfer_networks",
                documents.asset_transfer_networks.as_deref(),
            )?
            .unwrap_or_default(),
            transaction: if_there("transaction", documents.transaction.as_deref())?,
        };
        let clusters = preview::preview(&whole, account.nickname.as_deref(), &account.data_clusters);
        Ok(Self {
            account_id: account.account_id,
            awaiting_approvals: documents.awaiting,
            data_clusters: clusters.into_iter().map(PreviewedCluster::of).collect(),
        })
    }
}

impl PreviewedCluster {
    fn of(cluster: ClusterPreview) -> Self {
        Self {
            data_cluster: cluster.data_cluster,
            label: cluster.data_cluster.label(),
            members: cluster.members.into_iter().map(PreviewedMember::of).collect(),
        }
    }
}

impl PreviewedMember {
    fn of(member: preview::Member) -> Self {
        Self {
            name: member.name,
            example: member.example,
        }
    }
}

fn if_there<T: DeserializeOwned>(
    column: &'static str,
    document: Option<&str>,
) -> Result<Option<T>, StoreError> {
    document.map(|document| stored(column, document)).transpose()
}

fn stored<T: DeserializeOwned>(column: &'static str, document: &str) -> Result<T, StoreError> {
    serde_json::from_str(document).map_err(|_| StoreError::Corrupt {
        table: "accounts",
        column,
    })
}
