//! `POST /external/authentication/v1/resources/{resourceId}/preview`: what would be shared, before it is.
//!
//! Computed by the bridge that every answer to a recipient passes ([`disclosure`]), so that the screen cannot show less than
//! what will leave. Values are redacted before they leave here: the screen shows what kind of data it is, not the data.

mod topic;

use std::collections::BTreeMap;

use actix_web::{HttpResponse, post, web};
use chrono::{Duration, SubsecRound};
use disclosure::{
    Settings,
    preview::{self, ClusterPreview},
};
use domain::{
    AccountId, Client, DataCluster, Instant, ResourceId, Scope, UserId,
    consent::GrantedAccount,
    identity::{self, Topic},
};
use http::{App, Code, FdxError, SolutionCaller, StrictJson};
use lifecycle::decide::{self, DecideError};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use store::{
    StoreError, Tx, TxError, customers::CustomerRecord, holders::Documents, resources::ResourceState,
};

use self::topic::PreviewedTopic;

use crate::{
    decision::AccountBody,
    error::{self, Refusal},
};

/// Most transactions that are looked at, of all accounts together: years of a few accounts.
const MOST_TRANSACTIONS: usize = 4000;

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

/// What would be shared of one account.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct AccountPreview {
    /// Which.
    account_id: AccountId,
    /// Other holders who must approve before any of it is.
    awaiting_approvals: u16,
    /// Which of its transactions could be read today; absent when they are not shared.
    #[serde(skip_serializing_if = "Option::is_none")]
    transactions: Option<PreviewedTransactions>,
    /// In the order of a consent screen.
    data_clusters: Vec<PreviewedCluster>,
}

/// The transactions within the lookback.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct PreviewedTransactions {
    /// None before this instant would be read today; it moves on with each day.
    #[schema(value_type = String, format = DateTime)]
    since_time: Instant,
    /// How many there are, or of how many the newest were looked at.
    count: usize,
    /// Whether there are more, whose members are not looked at: of one account after 4,000, of several after their share.
    has_more: bool,
}

/// What one cluster would let out.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct PreviewedCluster {
    /// FDX name.
    data_cluster: DataCluster,
    /// Its name for people.
    label: &'static str,
    /// All members that it lets out, each under the first cluster that does: a recipient reads no other. May be none, as of an
    /// account without transactions.
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
    let found = app
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
            let client = store::clients::find(tx, &resource.client_id)?.ok_or_else(error::orphan)?;
            let since = caller.now - Duration::days(request.terms.lookback_days.into());
            let topics = identity::topics(request.identity_claims());
            find(tx, &user_id, (chosen, topics), &client, (since, caller.now))
        })
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header(("cache-control", "no-store"))
        .json(found.preview()?))
}

/// What a preview is made from, as stored.
struct Found {
    chosen: Vec<GrantedAccount>,
    topics: Vec<Topic>,
    /// The bank's record of the consumer, looked for where a topic is asked.
    record: Option<CustomerRecord>,
    documents: Vec<Documents>,
    transactions: BTreeMap<AccountId, Vec<String>>,
    /// Most of each account that were looked for; the last of so many says that there are more.
    most: u16,
    since: Instant,
    settings: Settings,
}

fn find(
    tx: &mut Tx<'_>,
    user_id: &UserId,
    (chosen, topics): (Vec<GrantedAccount>, Vec<Topic>),
    client: &Client,
    period: (Instant, Instant),
) -> Result<Found, TxError<Refusal>> {
    let ids: Vec<_> = chosen.iter().map(|account| &account.account_id).collect();
    let documents = store::holders::list_documents(tx, user_id, &ids)?;
    if documents.len() != chosen.len() {
        return Err(TxError::Refused(DecideError::NotHeld.into()));
    }
    let with_transactions: Vec<_> = chosen
        .iter()
        .filter(|account| account.data_clusters.contains(&DataCluster::Transactions))
        .map(|account| &account.account_id)
        .collect();
    let most = u16::try_from(MOST_TRANSACTIONS / with_transactions.len().max(1)).unwrap_or(u16::MAX);
    let transactions = store::holders::list_transactions(tx, &with_transactions, period, most + 1)?;
    let record = if topics.is_empty() {
        None
    } else {
        store::customers::find(tx, user_id)?
    };
    Ok(Found {
        topics,
        record,
        settings: Settings {
            bills_are_details: !client
                .scopes()
                .clusters()
                .into_iter()
                .any(DataCluster::is_split_off),
            ..Settings::default()
        },
        since: period.0,
        chosen,
        documents,
        transactions,
        most,
    })
}

impl Found {
    fn preview(self) -> Result<Preview, StoreError> {
        let accounts = self.chosen.iter().filter_map(|account| {
            let id = &account.account_id;
            let of_it = self
                .documents
                .iter()
                .find(|documents| documents.account_id == *id)?;
            Some(self.account(account, of_it))
        });
        Ok(Preview {
            accounts: accounts.collect::<Result<_, _>>()?,
            identity: PreviewedTopic::all(self.topics, self.record),
        })
    }

    fn account(&self, account: &GrantedAccount, documents: &Documents) -> Result<AccountPreview, StoreError> {
        let found = self.transactions.get(&account.account_id);
        let found = found.map(Vec::as_slice).unwrap_or_default();
        let transactions: Vec<_> = found.iter().take(self.most.into()).collect();
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
            transactions: transactions
                .iter()
                .map(|document| stored("transaction", document))
                .collect::<Result<_, _>>()?,
        };
        let clusters = &account.data_clusters;
        let previewed = preview::preview(&whole, account.nickname.as_deref(), clusters, self.settings);
        Ok(AccountPreview {
            account_id: account.account_id.clone(),
            awaiting_approvals: documents.awaiting,
            transactions: clusters
                .contains(&DataCluster::Transactions)
                .then(|| PreviewedTransactions {
                    since_time: self.since.trunc_subsecs(0),
                    count: transactions.len(),
                    has_more: found.len() > transactions.len(),
                }),
            data_clusters: previewed.into_iter().map(PreviewedCluster::of).collect(),
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
