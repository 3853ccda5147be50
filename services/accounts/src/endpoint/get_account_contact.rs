//! `GET /fdx/v6/core/accounts/{accountId}/contact`: who holds an account, and how to reach them.

use actix_web::{HttpResponse, routes, web};
use domain::{DataCluster, Scope, fdx::AccountContact};
use http::{App, Code, FdxCaller, FdxError};
use store::account_reads::Part;

use super::read::{self, Operation, ok, stored};
use crate::disclose;

const OPERATION: Operation = Operation {
    id: "getAccountContact",
    clusters: &[
        DataCluster::CustomerContact,
        DataCluster::CustomerPersonal,
        DataCluster::SocialSecurityNumber,
    ],
};

/// Reads the holders of an account and their contact.
///
/// Also at `/fdx/v6/accounts/{accountId}/contact`. Date of birth and tax id need `fdx:customerpersonal:read`.
#[utoipa::path(
    tag = "Core",
    operation_id = "getAccountContact",
    params(("accountId" = String, Path, description = "As the list of accounts gives it")),
    responses(
        (status = 200, description = "The contact", body = AccountContact),
        (status = 401, description = "603: no token, or one that is not good", body = http::error::ErrorBody),
        (status = 403, description = "403: scope or data clusters do not allow it; 602: the consent is on hold", body = http::error::ErrorBody),
        (status = 404, description = "701: not an account of this consent; 1107: no contact is known", body = http::error::ErrorBody),
    ),
    security(("authorizationCode" = ["fdx:customercontact:read"]))
)]
#[routes]
#[get("/fdx/v6/core/accounts/{accountId}/contact")]
#[get("/fdx/v6/accounts/{accountId}/contact")]
pub(crate) async fn get_account_contact(
    app: web::Data<App>,
    caller: FdxCaller,
    account_id: web::Path<String>,
) -> Result<HttpResponse, FdxError> {
    let (grant, row) = read::one(
        &app,
        &caller,
        &account_id,
        Part::Contact,
        &[Scope::CustomerContactRead],
    )
    .await?;
    let allowed = grant.allowed(&row.data_clusters);
    if !allowed.contact() {
        return Err(Code::Forbidden.into());
    }
    let contact = stored::<AccountContact>(&row.document.ok_or(Code::NotFound)?)?;
    let contact = disclose::contact(contact, &allowed).ok_or(Code::Forbidden)?;
    let let_out = [(&row.account_id, row.data_clusters.as_slice())];
    let recorded = grant
        .record(&app, &caller, &OPERATION, let_out.into_iter())
        .await?;
    Ok(ok(recorded, &contact))
}
