//! `GET /fdx/v6/core/accounts/{accountId}/asset-transfer-networks`: how securities reach an account.

use actix_web::{HttpResponse, routes, web};
use domain::{DataCluster, Scope, fdx::AssetTransferNetwork};
use http::{App, Code, FdxCaller, FdxError};
use store::account_reads::Part;

use super::{
    read::{self, Operation, ok, stored},
    wire::AssetTransferNetworkList,
};
use crate::disclose;

const OPERATION: Operation = Operation {
    id: "getAccountAssetTransferNetworks",
    clusters: &[DataCluster::PaymentSupport],
};

/// Lists the asset transfer networks of an account, with the numbers that move securities.
///
/// Also at `/fdx/v6/accounts/{accountId}/asset-transfer-networks`.
#[utoipa::path(
    tag = "Core",
    operation_id = "getAccountAssetTransferNetworks",
    params(("accountId" = String, Path, description = "As the list of accounts gives it")),
    responses(
        (status = 200, description = "The networks; none when the account has none", body = AssetTransferNetworkList),
        (status = 401, description = "603: no token, or one that is not good", body = http::error::ErrorBody),
        (status = 403, description = "403: scope or data clusters do not allow it; 602: the consent is on hold", body = http::error::ErrorBody),
        (status = 404, description = "701: not an account of this consent", body = http::error::ErrorBody),
    ),
    security(("authorizationCode" = ["fdx:paymentsupport:read"]))
)]
#[routes]
#[get("/fdx/v6/core/accounts/{accountId}/asset-transfer-networks")]
#[get("/fdx/v6/accounts/{accountId}/asset-transfer-networks")]
pub(crate) async fn get_account_asset_transfer_networks(
    app: web::Data<App>,
    caller: FdxCaller,
    account_id: web::Path<String>,
) -> Result<HttpResponse, FdxError> {
    let (grant, row) = read::one(
        &app,
        &caller,
        &account_id,
        Part::AssetTransferNetworks,
        &[Scope::PaymentSupportRead],
    )
    .await?;
    let allowed = grant.allowed(&row.data_clusters);
    if !allowed.payment_support() {
        return Err(Code::Forbidden.into());
    }
    let document = row.document.as_deref().unwrap_or("[]");
    let networks = stored::<Vec<AssetTransferNetwork>>(document)?;
    let asset_transfer_networks = networks
        .into_iter()
        .filter_map(|network| disclose::asset_transfer_network(network, &allowed))
        .collect();
    let let_out = [(&row.account_id, row.data_clusters.as_slice())];
    let recorded = grant
        .record(&app, &caller, &OPERATION, let_out.into_iter())
        .await?;
    Ok(ok(
        recorded,
        &AssetTransferNetworkList {
            asset_transfer_networks,
        },
    ))
}
