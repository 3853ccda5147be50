//! `GET /fdx/v6/core/accounts/{accountId}`: one account of the grant, with its details.

use actix_web::{HttpResponse, routes, web};
use domain::{
    DataCluster::{
        self, AccountBasic, AccountDetailed, Balances, Bills, Investments, PaymentSupport, ScheduledPayments,
    },
    Scope,
    fdx::Account,
};
use http::{App, Code, FdxCaller, FdxError};
use store::account_reads::Part;

use super::read::{self, Operation, ok, stored};
use crate::disclose;

/// What an account's own document has something of.
pub(super) const DETAILS: &[DataCluster] = &[
    AccountBasic,
    AccountDetailed,
    Balances,
    Investments,
    Bills,
    ScheduledPayments,
    PaymentSupport,
];

const OPERATION: Operation = Operation {
    id: "getAccount",
    clusters: DETAILS,
};

/// Reads an account with its details.
///
/// Also at `/fdx/v6/accounts/{accountId}`. Which details, the data clusters of the account decide.
#[utoipa::path(
    tag = "Core",
    operation_id = "getAccount",
    params(("accountId" = String, Path, description = "As the list of accounts gives it")),
    responses(
        (status = 200, description = "The account", body = Account),
        (status = 401, description = "603: no token, or one that is not good", body = http::error::ErrorBody),
        (status = 403, description = "403: scope or data clusters do not allow it; 602: the consent is on hold", body = http::error::ErrorBody),
        (status = 404, description = "701: not an account of this consent", body = http::error::ErrorBody),
    ),
    security(("authorizationCode" = ["fdx:accountbasic:read"]), ("authorizationCode" = ["fdx:accountdetailed:read"]))
)]
#[routes]
#[get("/fdx/v6/core/accounts/{accountId}")]
#[get("/fdx/v6/accounts/{accountId}")]
pub(crate) async fn get_account(
    app: web::Data<App>,
    caller: FdxCaller,
    account_id: web::Path<String>,
) -> Result<HttpResponse, FdxError> {
    let needs = [Scope::AccountBasicRead, Scope::AccountDetailedRead];
    let (grant, row) = read::one(&app, &caller, &account_id, Part::Entity, &needs).await?;
    let allowed = grant.allowed_details(&row);
    let account = stored::<Account>(&row.document.ok_or(Code::AccountNotFound)?)?;
    let disclosed = disclose::details(account, row.nickname.as_deref(), &allowed).ok_or(Code::Forbidden)?;
    let let_out = [(&row.account_id, row.data_clusters.as_slice())];
    let recorded = grant
        .record(&app, &caller, &OPERATION, let_out.into_iter())
        .await?;
    Ok(ok(recorded, &disclosed))
}
