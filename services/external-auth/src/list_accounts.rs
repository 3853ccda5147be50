//! `GET /external/authentication/v1/resources/{resourceId}/accounts`: what the consumer who signed in can share.

use std::collections::BTreeSet;

use actix_web::{HttpResponse, get, web};
use domain::{ResourceId, Scope, UserId};
use http::{App, Code, FdxError, SolutionCaller};
use lifecycle::decide;
use serde::Deserialize;

use crate::{
    accounts::EligibleAccounts,
    error::{self, Refusal},
};

/// Whose accounts.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Query {
    user_id: UserId,
}

/// Lists the accounts that a consumer can share under this request.
///
/// A consumer whom the account source does not know holds none.
#[utoipa::path(
    tag = "External Resource Authentication",
    operation_id = "listEligibleAccounts",
    params(
        ("resourceId" = String, Path, format = Uuid, description = "As the browser brought it"),
        ("userId" = String, Query, description = "The consumer who signed in"),
    ),
    responses(
        (status = 200, description = "The accounts", body = EligibleAccounts),
        (status = 400, description = "401: userId is missing or not valid", body = http::error::ErrorBody),
        (status = 401, description = "603: no token, or one that is not good", body = http::error::ErrorBody),
        (status = 403, description = "403: the token lacks the scope", body = http::error::ErrorBody),
        (status = 404, description = "1107: never lodged, lapsed, or completed", body = http::error::ErrorBody),
    ),
    security(("clientCredentials" = ["external:resources:read"]))
)]
#[get("/external/authentication/v1/resources/{resourceId}/accounts")]
pub(crate) async fn list_accounts(
    app: web::Data<App>,
    caller: SolutionCaller,
    resource_id: web::Path<String>,
    query: Result<web::Query<Query>, actix_web::Error>,
) -> Result<HttpResponse, FdxError> {
    caller.require(Scope::ExternalResourcesRead)?;
    let resource_id: ResourceId = resource_id.parse().map_err(|_| Code::NotFound)?;
    let user_id = query
        .map_err(|_| FdxError::new(Code::InvalidInput).debug("userId is required, and nothing else"))?
        .into_inner()
        .user_id;
    let (accounts, asked) = app
        .store
        .tx::<_, Refusal, _>("list_eligible_accounts", move |tx| {
            let resource = decide::find(tx, resource_id, caller.now).map_err(error::decide)?;
            let request = decide::request_of(&resource)?;
            if request.consent_request.is_none() {
                return Ok((vec![], BTreeSet::new()));
            }
            Ok((
                store::holders::list_accounts(tx, &user_id)?,
                request.data_clusters(),
            ))
        })
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header(("cache-control", "no-store"))
        .json(EligibleAccounts::of(accounts, &asked)))
}
