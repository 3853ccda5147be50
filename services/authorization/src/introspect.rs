//! `POST /fdx/auth/v1/introspect` (RFC 7662): what a token of the caller's own is worth now; signed for who wants it so
//! (RFC 9701).

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE},
    post, web,
};
use domain::{Client, ClientId, Instant, Scopes, TokenId};
use http::{App, Code, OAuthError, OAuthErrorBody, OAuthForm, endpoints};
use serde_json::{Value, json};
use store::{issue::Issued, standing::TokenRef};

use crate::{
    algorithms,
    client_authentication::{REPLAYED, authenticate, changed},
};

/// Look a token up.
///
/// A token of another client, like one that is unknown or has ended, is `{"active": false}` (T11).
#[utoipa::path(
    tag = "authorization",
    request_body(content = crate::forms::AboutTokenForm, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The token's state; a JWT for `Accept: application/token-introspection+jwt`"),
        (status = 400, description = "The request is refused", body = OAuthErrorBody),
        (status = 401, description = "The client is not proven", body = OAuthErrorBody),
    )
)]
#[post("/fdx/auth/v1/introspect")]
pub(crate) async fn introspect(
    app: web::Data<App>,
    request: HttpRequest,
    form: OAuthForm,
) -> Result<HttpResponse, OAuthError> {
    let now = app.now();
    let authenticated = authenticate(&app, &request, &form, endpoints::INTROSPECT, now).await?;
    let token = form.required("token", "token is required")?;
    let (proven, spent_by) = (authenticated.proven(), domain::id::random_uuid(app.random()));
    let client_id = proven.client_id.clone();
    let access = read_access_token(&app, token, &client_id, now);
    let refresh_hash = jose::secret::hash(token);
    let reference = access.as_ref().map(|access| access.reference);
    let (issued, standing, refresh) = app
        .store
        .once::<_, std::convert::Infallible, _>("introspect", move |tx| {
            let issued = store::issue::prove(tx, &proven, spent_by)?;
            let (standing, refresh) = match reference {
                Some(reference) => (store::standing::find(tx, reference)?, None),
                None => {
                    let refresh = store::refresh_tokens::find(tx, &refresh_hash)?;
                    let grant = match &refresh {
                        Some(refresh) => store::grants::find(tx, refresh.consent_id)?,
                        None => None,
                    };
                    (None, refresh.zip(grant))
                }
            };
            Ok((issued, standing, refresh))
        })
        .await?;
    match issued {
        Issued::Issued => {}
        Issued::ClientChanged => return Err(changed(&app, &authenticated)),
        Issued::Replayed => return Err(REPLAYED),
    }
    let answer = match (access, refresh) {
        (Some(access), _) => lifecycle::admit(access.reference, &client_id, standing.as_ref(), now)
            .ok()
            .map(|_| access.claims),
        (None, Some((row, grant))) => {
            let lives = !row.revoked
                && row.client_id == client_id
                && now < row.expires_at
                && grant.state_at(now) == domain::ConsentState::Active;
            lives.then(|| {
                json!({
                    "active": true,
                    "client_id": client_id,
                    "scope": grant.scopes,
                    "iat": row.issued_at.timestamp(),
                    "exp": row.expires_at.timestamp(),
                    "iss": app.endpoints.issuer,
                    "fdxConsentId": row.consent_id,
                    "token_type": "refresh_token",
                })
            })
        }
        (None, None) => None,
    };
    let answer = answer.unwrap_or_else(|| json!({"active": false}));
    let mut response = HttpResponse::Ok();
    response.insert_header((CACHE_CONTROL, "no-store"));
    // RFC9701-4: who asks for it in so many words gets it signed.
    if !wants_it_signed(&request) {
        return Ok(response.json(answer));
    }
    let signed = sign(&app, &authenticated.known.client, &answer, now)?;
    Ok(response.insert_header((CONTENT_TYPE, SIGNED_TYPE)).body(signed))
}

/// The media type of a signed answer (RFC9701-5).
const SIGNED_TYPE: &str = "application/token-introspection+jwt";

fn wants_it_signed(request: &HttpRequest) -> bool {
    request
        .headers()
        .get_all(ACCEPT)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|range| range.split(';').next())
        .any(|range| range.trim().eq_ignore_ascii_case(SIGNED_TYPE))
}

/// RFC9701-5: the answer in a member of its own, for nobody but the caller. It is no access token: it has a type of its
/// own, no `sub` and no `exp`.
fn sign(app: &App, client: &Client, answer: &Value, now: Instant) -> Result<String, OAuthError> {
    let registered = client.metadata.introspection_signed_response_alg.as_deref();
    let claims = json!({
        "iss": app.endpoints.issuer,
        "aud": client.client_id,
        "iat": now.timestamp(),
        "token_introspection": answer,
    });
    app.keys
        .ring()
        .sign(
            algorithms::of_ours(client, registered),
            "token-introspection+jwt",
            &claims,
            now,
        )
        .map_err(|_| OAuthError::new(Code::Internal, "internal error"))
}

struct ReadToken {
    reference: TokenRef,
    claims: Value,
}

/// The claims of an access token that we signed for that client; `None` for anything else.
fn read_access_token(app: &App, token: &str, client_id: &ClientId, now: Instant) -> Option<ReadToken> {
    let claims = app.keys.verify_access_token(token, now).ok()?;
    if claims.required_str("client_id").ok()? != client_id.as_str() {
        return None;
    }
    let token_id: TokenId = claims.required_str("jti").ok()?.parse().ok()?;
    let issued_at = claims.instant("iat").ok()??;
    let _: Scopes = Scopes::parse(claims.str("scope").ok()?.unwrap_or_default()).ok()?;
    let mut answer = claims.map().clone();
    answer.insert("active".into(), true.into());
    let key_bound = claims.get("cnf").is_some_and(|cnf| cnf.get("jkt").is_some());
    answer.insert(
        "token_type".into(),
        if key_bound { "DPoP" } else { "Bearer" }.into(),
    );
    Some(ReadToken {
        reference: TokenRef { token_id, issued_at },
        claims: answer.into(),
    })
}
