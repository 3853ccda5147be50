//! `GET` and `POST /fdx/auth/v1/userinfo` (OIDC Core 5.3): who the consumer of a token is, as far as they agreed that the
//! recipient knows.
//!
//! Token, client and grant are judged as they are now, as at an FDX API, and what the bank's record says is what it says now.
//! What goes out is written down as any read of a consumer's data is. JSON, or a JWT for a client that registered one.

use std::collections::BTreeSet;

use actix_web::{
    HttpRequest, HttpResponse, get,
    http::header::{CACHE_CONTROL, CONTENT_TYPE},
    post, web,
};
use domain::{IdentityClaims, identity};
use http::{App, BearerError, Code, FdxError, IdentityCaller, OAuthErrorBody, OAuthForm};
use lifecycle::Admitted;
use serde_json::{Map, Value};

use crate::{algorithms, response::encrypted};

/// As the record of a read names it.
const OPERATION: &str = "userinfo";

/// Who the consumer is.
#[utoipa::path(
    tag = "authorization",
    responses(
        (status = 200, description = "Claims of the consumer; `application/jwt` for a client that registered userinfo_signed_response_alg"),
        (status = 401, description = "No token, or one that is not good here and now", body = OAuthErrorBody),
        (status = 403, description = "The token has no `openid`, or its consent is on hold", body = OAuthErrorBody),
    )
)]
#[get("/fdx/auth/v1/userinfo")]
pub(crate) async fn userinfo(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, BearerError> {
    answer(&app, &request, None).await
}

/// The same by a form, which may hold the token (RFC6750-2.2) unless that is bound to a key.
#[utoipa::path(
    tag = "authorization",
    request_body(content = crate::forms::UserinfoForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "Claims of the consumer"),
        (status = 400, description = "The token is in the header and in the form", body = OAuthErrorBody),
        (status = 401, description = "No token, or one that is not good here and now", body = OAuthErrorBody),
        (status = 403, description = "The token has no `openid`, or its consent is on hold", body = OAuthErrorBody),
    )
)]
#[post("/fdx/auth/v1/userinfo")]
pub(crate) async fn userinfo_by_post(
    app: web::Data<App>,
    request: HttpRequest,
    form: Result<OAuthForm, http::OAuthError>,
) -> Result<HttpResponse, BearerError> {
    // A body that is no form holds no token; the header may.
    let form = form.unwrap_or_default();
    answer(&app, &request, form.get("access_token")).await
}

async fn answer(
    app: &web::Data<App>,
    request: &HttpRequest,
    in_form: Option<&str>,
) -> Result<HttpResponse, BearerError> {
    let caller = IdentityCaller::of(app, request, in_form).await?;
    let (reference, consent_id) = (caller.token.reference(), caller.consent_id);
    let (standing, identity) = app
        .store
        .once::<_, std::convert::Infallible, _>("userinfo", move |tx| {
            let standing = store::standing::find(tx, reference)?;
            Ok((standing, store::identities::find(tx, consent_id)?))
        })
        .await?;
    let admitted = lifecycle::admit(reference, &caller.token.client_id, standing.as_ref(), caller.now)
        .map_err(FdxError::from)?;
    let grant = admitted.grant().ok_or(Code::Forbidden)?;
    let known = app
        .clients
        .remembered(&app.store, &caller.token.client_id)
        .await?
        .ok_or(Code::AuthenticationFailed)?;
    let client = &known.client;
    // A token never tells more than its grant, even where that was narrowed after it was issued.
    let scopes = caller.token.scopes.intersection(&grant.scopes);
    let mut names: BTreeSet<&str> = identity::claims_of_scopes(&scopes).into_iter().collect();
    names.extend(identity.asked.for_userinfo());
    let told = lifecycle::identity::known(identity.told, identity.record).only(names);
    let told = recorded(app, &caller, &admitted, told).await?;
    let subject = app
        .subject(&client.sector(), &grant.user_id)
        .map_err(|_| Code::Internal)?;
    let claims = body(subject, told);
    let mut response = HttpResponse::Ok();
    response.insert_header((CACHE_CONTROL, "no-store"));
    let Some(registered) = client.metadata.userinfo_signed_response_alg.as_deref() else {
        return Ok(response.json(claims));
    };
    let algorithm = algorithms::of_ours(client, Some(registered));
    let signed = app
        .keys
        .ring()
        .sign(algorithm, "JWT", &signed_body(app, client, claims), caller.now)
        .map_err(|_| Code::Internal)?;
    let token =
        encrypted(&known, signed, client.metadata.userinfo_encryption()).map_err(|_| Code::Internal)?;
    Ok(response
        .insert_header((CONTENT_TYPE, "application/jwt"))
        .body(token))
}

/// Claims of which it is written down that they go out. Only [`recorded`] makes one.
struct Told(IdentityClaims);

/// Has written down what of the consumer goes out. Of an answer that only says by which name the recipient knows them there
/// is nothing to write.
async fn recorded(
    app: &App,
    caller: &IdentityCaller,
    admitted: &Admitted,
    claims: IdentityClaims,
) -> Result<Told, FdxError> {
    if !claims.is_empty() {
        let clusters = identity::clusters_of(claims.iter().map(|(name, _)| name));
        let clusters = clusters.into_iter().collect();
        caller.record(app, admitted, OPERATION, clusters).await?;
    }
    Ok(Told(claims))
}

fn body(subject: String, Told(told): Told) -> Map<String, Value> {
    let mut claims = Map::new();
    claims.insert("sub".into(), subject.into());
    claims.extend(told.iter().map(|(name, value)| (name.to_owned(), value.clone())));
    claims
}

/// OIDC Core 5.3.2: a signed answer says by whom and for whom it is.
fn signed_body(app: &App, client: &domain::Client, mut claims: Map<String, Value>) -> Map<String, Value> {
    claims.insert("iss".into(), app.endpoints.issuer.clone().into());
    claims.insert("aud".into(), client.client_id.as_str().into());
    claims
}
