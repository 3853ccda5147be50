//! `GET /external/authentication/v1/resources/{resourceId}`: what is asked of the consumer, and by whom.

use actix_web::{HttpResponse, get, web};
use domain::{ResourceId, Scope};
use http::{App, Code, ETag, FdxError, SolutionCaller};
use lifecycle::decide;

use crate::{
    error::{self, Refusal},
    resource::AuthenticationResource,
};

/// Reads an authentication resource.
///
/// The ETag names its version; a decision must repeat it in `If-Match`.
#[utoipa::path(
    tag = "External Resource Authentication",
    operation_id = "getAuthenticationResource",
    params(("resourceId" = String, Path, format = Uuid, description = "As the browser brought it")),
    responses(
        (status = 200, description = "The resource", body = AuthenticationResource, headers(("ETag" = String))),
        (status = 401, description = "603: no token, or one that is not good", body = http::error::ErrorBody),
        (status = 403, description = "403: the token lacks the scope", body = http::error::ErrorBody),
        (status = 404, description = "1107: never lodged, lapsed, or completed", body = http::error::ErrorBody),
    ),
    security(("clientCredentials" = ["external:resources:read"]))
)]
#[get("/external/authentication/v1/resources/{resourceId}")]
pub(crate) async fn get_resource(
    app: web::Data<App>,
    caller: SolutionCaller,
    resource_id: web::Path<String>,
) -> Result<HttpResponse, FdxError> {
    caller.require(Scope::ExternalResourcesRead)?;
    let resource_id: ResourceId = resource_id.parse().map_err(|_| Code::NotFound)?;
    let (resource, request, client) = app
        .store
        .tx::<_, Refusal, _>("get_authentication_resource", move |tx| {
            let resource = decide::find(tx, resource_id, caller.now).map_err(error::decide)?;
            let request = decide::request_of(&resource)?;
            let client = store::clients::find(tx, &resource.client_id)?.ok_or_else(error::orphan)?;
            Ok((resource, request, client))
        })
        .await?;
    let version = ETag(resource.version);
    Ok(HttpResponse::Ok()
        .insert_header(version)
        .insert_header(("cache-control", "no-store"))
        .json(AuthenticationResource::new(&app, resource, request, &client)))
}
