//! The APIs of the bank's own applications.

use reqwest::Method;
use testkit::answer::Answer;

use super::{
    ENDPOINTS, Guard,
    scene::{Scene, forged, refused, tampered},
};
use crate::{stage::TestPlatform, table::Table};

#[tokio::test]
async fn applications_without_the_right_token_are_refused() {
    let scene = Scene::set().await;
    let (public, mutual) = (&scene.platform.platform.public, &scene.platform.platform.mutual);
    let plain = scene.recipient.without_certificate();
    let scopes = [
        "external:resources:read",
        "external:resources:write",
        "participantuser:consents:read",
        "participantuser:consents:write",
    ];
    let bank = scene.platform.bank();
    let mut tokens = vec![];
    for scope in scopes {
        tokens.push((scope, bank.token(scope).await));
    }
    let forged = forged(&scene.recipient, &tokens[0].1);
    let tampered = tampered(&tokens[0].1);
    let mut table = Table::default();
    for (method, pattern, guard) in ENDPOINTS {
        let Guard::Bank(needed) = *guard else { continue };
        let path = scene.path(pattern);
        let url = format!("{public}{path}");
        for (name, token) in [
            ("without token", None),
            ("text that is no token", Some("x")),
            ("a forged token", Some(forged.as_str())),
            ("a token that was changed", Some(tampered.as_str())),
            (
                "a recipient's token",
                Some(scene.shared.tokens.access_token.as_str()),
            ),
        ] {
            let answer = scene.ask(method, &url, &plain, token).await;
            refused(
                &mut table,
                &format!("{method} {pattern}: {name}"),
                &answer,
                (401, "603"),
                &scene,
            );
        }
        let recipients = scene
            .ask(
                method,
                &url,
                &scene.recipient.connection(),
                Some(&scene.shared.tokens.access_token),
            )
            .await;
        let fits = [401, 403].contains(&recipients.status);
        table.holds(pattern, fits, || {
            format!(
                "a recipient with its certificate: {} {}",
                recipients.status, recipients.text
            )
        });
        for (scope, token) in tokens.iter().filter(|(scope, _)| *scope != needed) {
            let answer = scene.ask(method, &url, &plain, Some(token)).await;
            refused(
                &mut table,
                &format!("{method} {pattern}: with {scope}"),
                &answer,
                (403, "403"),
                &scene,
            );
        }
        let (_, right) = tokens.iter().find(|(scope, _)| *scope == needed).unwrap();
        let elsewhere = scene
            .ask(method, &format!("{mutual}{path}"), &plain, Some(right))
            .await;
        table.holds(pattern, elsewhere.status == 404, || {
            format!("on the mutual listener: {}", elsewhere.text)
        });
        if *method == "GET" {
            let answer = scene.ask(method, &url, &plain, Some(right)).await;
            table.accepted(&format!("{method} {pattern}"), &answer, 200);
        }
    }
    table.done();
}

/// C08: a token of an application that was disabled since.
#[tokio::test]
async fn c08_a_disabled_application_is_refused_at_once() {
    let platform = TestPlatform::shared().await;
    let application = platform.application("participantuser:consents:read").await;
    let token = application.token("participantuser:consents:read").await;
    let ask =
        || Answer::to(application.request(Method::GET, "/participant/user/v1/consents?userId=x", &token));
    let _ = ask().await.expect(200);
    let (id, now): (domain::ClientId, _) = (application.client_id.parse().unwrap(), platform.now());
    platform
        .tx(move |tx| store::clients::set_status(tx, &id, domain::ClientStatus::Disabled, now))
        .await;
    ask().await.refused_by_fdx(401, "603");
}
