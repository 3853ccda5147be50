//! The recipient pushes a signed authorization request (RFC 9126, RFC 9101) that asks for a consent (RFC 9396).

use crate::{
    demo::Cast,
    recipient::{Authorization, AuthorizationServer, Failure},
};

/// A request that waits for the browser.
pub(in crate::demo) struct Pushed {
    pub(in crate::demo) request_uri: String,
    pub(in crate::demo) authorization: Authorization,
}

pub(in crate::demo) async fn run(
    cast: &mut Cast<'_>,
    server: &AuthorizationServer,
) -> Result<Pushed, Failure> {
    cast.narrator
        .step("It pushes a signed request: 90 days, two years back, three data clusters");
    let authorization = Authorization::new(&cast.recipient);
    let request = authorization.request_object(&cast.recipient, server)?;
    let url = server.endpoint("pushed_authorization_request_endpoint")?;
    let answer = cast
        .recipient
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
    cast.narrator
        .exchanged("POST", url, answer.status, "the same, its signature changed");
    let error = answer.expect(400)?.text("error")?;
    cast.check(
        error == "invalid_request_object",
        "refused: invalid_request_object",
    )?;
    Ok(Pushed {
        request_uri,
        authorization,
    })
}

/// The token with another first character of its signature.
fn tampered(token: &str) -> String {
    let (signed, signature) = token.rsplit_once('.').unwrap_or((token, ""));
    let other = if signature.starts_with('A') { 'B' } else { 'A' };
    format!("{signed}.{other}{}", signature.get(1..).unwrap_or_default())
}
