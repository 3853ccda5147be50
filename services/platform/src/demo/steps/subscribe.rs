//! The recipient asks to be told when a consent is revoked, and proves that the callback is its own.

use serde_json::json;

use crate::{
    demo::{Cast, receiver::Receiver},
    recipient::{AuthorizationServer, Failure},
};

pub(in crate::demo) async fn run(
    cast: &mut Cast<'_>,
    server: &AuthorizationServer,
) -> Result<Receiver, Failure> {
    cast.narrator
        .step("The recipient subscribes to revocations, with a token of its own");
    let url = server.endpoint("token_endpoint")?.to_owned();
    let form = [
        ("grant_type", "client_credentials"),
        ("scope", "fdx:notifications:subscribe"),
    ];
    let answer = cast
        .recipient
        .post(&url, &server.issuer, &form)
        .await?
        .expect(200)?;
    cast.narrator
        .exchanged("POST", &url, answer.status, "client_credentials");
    let token = answer.text("access_token")?;

    let mut receiver = Receiver::start(&cast.stage.facts)?;
    let url = format!(
        "{}/fdx/v6/events/notification-subscriptions",
        cast.stage.facts.mutual
    );
    let body = json!({
        "type": "CONSENT_REVOKED", "category": "CONSENT", "callbackUrl": receiver.url,
        "subscriber": {"name": "Budget Buddy", "type": "DATA_RECIPIENT"},
    });
    let answer = cast.recipient.send(&url, &token, &body).await?.expect(201)?;
    cast.narrator
        .exchanged("POST", &url, answer.status, "CONSENT_REVOKED");
    let challenged = receiver.next().await?;
    cast.check(
        challenged.challenge().is_some(),
        "its callback was challenged before anything else, and answered",
    )?;
    Ok(receiver)
}
