//! `PATCH /external/authentication/v1/resources/{resourceId}`: the consumer's decision.

use actix_web::{HttpResponse, patch, web};
use domain::{ResourceId, Scope};
use http::{App, Code, ETag, FdxError, IfMatch, SolutionCaller, StrictJson};
use lifecycle::decide::{self, Decision};
use serde::Serialize;
use store::TxError;

use crate::{
    decision::DecisionBody,
    error::{self, Refusal},
    resource::{ResourceStatus, continue_url},
};

/// A decision that was taken.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct Decided {
    /// The resource.
    resource_id: ResourceId,
    /// What was decided.
    status: ResourceStatus,
    /// Where the browser must be sent. Works only in the browser that began the authorization.
    continue_url: String,
}

/// Allows or denies, once.
///
/// A decision narrows what was asked and never widens it. Of two that race one is taken, and the other is told.
#[utoipa::path(
    tag = "External Resource Authentication",
    operation_id = "decideAuthenticationResource",
    params(
        ("resourceId" = String, Path, format = Uuid, description = "As the browser brought it"),
        ("If-Match" = String, Header, description = "The ETag that was read"),
    ),
    request_body = DecisionBody,
    responses(
        (status = 200, description = "The decision is taken", body = Decided, headers(("ETag" = String))),
        (status = 400, description = "401: unknown member, an account not held, or more than was asked", body = http::error::ErrorBody),
        (status = 401, description = "603: no token, or one that is not good", body = http::error::ErrorBody),
        (status = 403, description = "403: the token lacks the scope", body = http::error::ErrorBody),
        (status = 404, description = "1107: never lodged, lapsed, or completed", body = http::error::ErrorBody),
        (status = 409, description = "409: already decided", body = http::error::ErrorBody),
        (status = 412, description = "412: changed since it was read", body = http::error::ErrorBody),
        (status = 428, description = "428: without If-Match", body = http::error::ErrorBody),
    ),
    security(("clientCredentials" = ["external:resources:write"]))
)]
#[patch("/external/authentication/v1/resources/{resourceId}")]
pub(crate) async fn patch_resource(
    app: web::Data<App>,
    caller: SolutionCaller,
    resource_id: web::Path<String>,
    if_match: Result<IfMatch, FdxError>,
    body: Result<StrictJson<DecisionBody>, FdxError>,
) -> Result<HttpResponse, FdxError> {
    caller.require(Scope::ExternalResourcesWrite)?;
    let resource_id: ResourceId = resource_id.parse().map_err(|_| Code::NotFound)?;
    // Judged after the caller: whoever may not decide learns nothing of what a decision needs.
    let (IfMatch(version), StrictJson(body)) = (if_match?, body?);
    let (status, version) = app
        .store
        .tx::<_, Refusal, _>("decide_authentication_resource", move |tx| {
            let resource = decide::find_in_time(tx, resource_id, caller.now).map_err(error::decide)?;
            let asked = decide::request_of(&resource)?.data_clusters();
            let decision = body.to_decision(&asked, caller.now).map_err(TxError::Refused)?;
            let version = decide::decide(tx, resource_id, Some(version), &decision, caller.now)
                .map_err(error::decide)?;
            let status = match decision {
                Decision::Approved(_) => ResourceStatus::Approved,
                Decision::Rejected { .. } => ResourceStatus::Rejected,
            };
            Ok((status, version))
        })
        .await?;
    Ok(HttpResponse::Ok()
        .insert_header(ETag(version))
        .insert_header(("cache-control", "no-store"))
        .json(Decided {
            resource_id,
            status,
            continue_url: continue_url(&app, resource_id),
        }))
}
