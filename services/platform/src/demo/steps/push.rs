//! The recipient pushes a signed authorization request (RFC 9126, RFC 9101) that asks for a consent (RFC 9396).

use serde_json::json;

use super::discover::AuthorizationServer;
use crate::demo::{Cast, Failure};

/// The data clusters that are asked, and the scopes that go with them.
const CLUSTERS: [&str; 3] = ["ACCOUNT_BASIC", "ACCOUNT_DETAILED", "TRANSACTIONS"];
const SCOPE: &str = "openid fdx:accountbasic:read fdx:accountdetailed:read fdx:transactions:read";

/// What the recipient must remember until the browser comes back.
pub(in crate::demo) struct Pushed {
    pub(in crate::demo) request_uri: String,
    pub(in crate::demo) state: String,
    pub(in crate::demo) nonce: String,
    pub(in crate::demo) code_verifier: String,
}

pub(in crate::demo) async fn run(
    cast: &mut Cast<'_>,
    server: &AuthorizationServer,
) -> Result<Pushed, Failure> {
    cast.narrator
        .step("It pushes a signed request: 90 days, two years back, three data clusters");
    let recipient = &cast.recipient;
    let (state, nonce, code_verifier) = (recipient.fresh(), recipient.fresh(), recipient.fresh());
    let now = recipient.now().timestamp();
    let request = recipient.sign(
        "oauth-authz-req+jwt",
        &json!({
            "iss": recipient.client_id, "aud": server.issuer, "jti": recipient.fresh(),
            "iat": now, "nbf": now, "exp": now + 300,
            "client_id": recipient.client_id,
            "response_type": "code", "response_mode": "jwt",
            "redirect_uri": recipient.redirect_uri,
            "scope": SCOPE, "state": state, "nonce": nonce,
            "code_challenge": jose::pkce::s256(&code_verifier), "code_challenge_method": "S256",
            "authorization_details": [{
                "type": "fdx_v1.0",
                "consentRequest": {
                    "durationType": "TIME_BOUND", "durationPeriod": 90, "lookbackPeriod": 730,
                    "resources": [{ "resourceType": "ACCOUNT", "dataClusters": CLUSTERS }],
                },
            }],
        }),
    )?;
    let url = server.endpoint("pushed_authorization_request_endpoint")?;
    let answer = recipient
        .post(url, &server.issuer, &[("request", &request)])
        .await?;
    cast.narrator.exchanged(
        "POST",
        url,
        answer.status,
        "private_key_jwt, request object PS256, PKCE S256",
    );
    let answer = answer.expect(201)?;
    let request_uri = answer.text("request_uri")?;
    let seconds = answer.body.get("expires_in").and_then(serde_json::Value::as_u64);
    let shape = request_uri.starts_with("urn:ietf:params:oauth:request_uri:") && seconds == Some(60);
    cast.check(shape, "a request_uri came back that lives 60 seconds")?;

    let answer = cast
        .recipient
        .post(url, &server.issuer, &[("request", &tampered(&request))])
        .await?;
    cast.narrator.exchanged(
        "POST",
        url,
        answer.status,
        "the same with one bit of the signature turned",
    );
    let error = answer.expect(400)?.text("error")?;
    cast.check(
        error == "invalid_request_object",
        "refused: invalid_request_object",
    )?;
    Ok(Pushed {
        request_uri,
        state,
        nonce,
        code_verifier,
    })
}

/// The token with another first character of its signature.
fn tampered(token: &str) -> String {
    let (signed, signature) = token.rsplit_once('.').unwrap_or((token, ""));
    let other = if signature.starts_with('A') { 'B' } else { 'A' };
    format!("{signed}.{other}{}", signature.get(1..).unwrap_or_default())
}
