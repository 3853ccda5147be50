//! `GET /fdx/v6/core/accounts/{accountId}/payment-networks`: how money reaches an account.

use actix_web::{HttpRequest, HttpResponse, routes, web};
use domain::{DataCluster, Scope, fdx::AccountPaymentNetwork};
use http::{App, Code, FdxCaller, FdxError};
use store::account_reads::Part;

use super::{
    paging::List,
    parameters::Parameters,
    read::{self, Operation, ok, path_of, stored},
    wire::AccountPaymentNetworkList,
};
use crate::disclose;

const OPERATION: Operation = Operation {
    id: "getAccountPaymentNetworks",
    clusters: &[DataCluster::PaymentSupport],
};

/// Lists the payment networks of an account, with the numbers that move money.
///
/// Also at `/fdx/v6/accounts/{accountId}/payment-networks`.
#[utoipa::path(
    tag = "Core",
    operation_id = "getAccountPaymentNetworks",
    params(
        ("accountId" = String, Path, description = "As the list of accounts gives it"),
        ("pageKey" = Option<String>, Query, description = "From the page before; also offset"),
        ("limit" = Option<u16>, Query, description = "1 to 100; 10 when absent"),
    ),
    responses(
        (status = 200, description = "A page of networks; none when the account has none", body = AccountPaymentNetworkList),
        (status = 400, description = "401: a parameter is not valid", body = http::error::ErrorBody),
        (status = 401, description = "603: no token, or one that is not good", body = http::error::ErrorBody),
        (status = 403, description = "403: scope or data clusters do not allow it; 602: the consent is on hold", body = http::error::ErrorBody),
        (status = 404, description = "701: not an account of this consent", body = http::error::ErrorBody),
    ),
    security(("authorizationCode" = ["fdx:paymentsupport:read"]))
)]
#[routes]
#[get("/fdx/v6/core/accounts/{accountId}/payment-networks")]
#[get("/fdx/v6/accounts/{accountId}/payment-networks")]
pub(crate) async fn get_account_payment_networks(
    app: web::Data<App>,
    caller: FdxCaller,
    account_id: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, FdxError> {
    let (grant, row) = read::one(
        &app,
        &caller,
        &account_id,
        Part::PaymentNetworks,
        &[Scope::PaymentSupportRead],
    )
    .await?;
    let allowed = grant.allowed(&row.data_clusters);
    if !allowed.payment_support() {
        return Err(Code::Forbidden.into());
    }
    let parameters = Parameters::of(&request)?;
    let document = row.document.as_deref().unwrap_or("[]");
    let networks = stored::<Vec<AccountPaymentNetwork>>(document)?;
    let disclosed = networks
        .into_iter()
        .filter_map(|network| disclose::payment_network(network, &allowed))
        .collect();
    let list = List {
        app: &app,
        path: path_of(&account_id, "/payment-networks"),
        consent_id: grant.consent_id,
    };
    let (payment_networks, page, links) = list.cut(&parameters, disclosed)?;
    let let_out = [(&row.account_id, row.data_clusters.as_slice())];
    let recorded = grant
        .record(&app, &caller, &OPERATION, let_out.into_iter())
        .await?;
    Ok(ok(
        recorded,
        &AccountPaymentNetworkList {
            page,
            links,
            payment_networks,
        },
    ))
}
