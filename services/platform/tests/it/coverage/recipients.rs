//! The APIs that recipients read.

use super::{
    ENDPOINTS, Guard, Reach,
    scene::{Scene, forged, refused, tampered},
};
use crate::table::Table;

#[tokio::test]
async fn recipients_without_the_right_token_and_certificate_are_refused() {
    let scene = Scene::set().await;
    let (mutual, public) = (&scene.platform.platform.mutual, &scene.platform.platform.public);
    let (own, others) = (scene.recipient.connection(), scene.stranger.connection());
    let bare = scene.recipient.without_certificate();
    let token = scene.shared.tokens.access_token.as_str();
    let bank = scene
        .platform
        .bank()
        .token("external:resources:read participantuser:consents:read")
        .await;
    let clients_own = scene
        .recipient
        .post("/fdx/auth/v1/token", &[("grant_type", "client_credentials")])
        .tokens()
        .await;
    let forged = forged(&scene.recipient, token);
    let tampered = tampered(token);
    let mut table = Table::default();
    for (method, pattern, guard) in ENDPOINTS {
        let Guard::Recipient(reach) = *guard else { continue };
        let path = scene.path(pattern);
        let (here, there) = (format!("{mutual}{path}"), format!("{public}{path}"));
        let unauthorized = (401, "603");
        let cases = [
            ("without token", &here, &own, None),
            ("without token or certificate", &here, &bare, None),
            ("M10 over the public listener", &there, &own, Some(token)),
            ("without token over the public listener", &there, &bare, None),
            ("M10 without certificate", &here, &bare, Some(token)),
            ("M10 with another certificate", &here, &others, Some(token)),
            (
                "M10 another's token with our certificate",
                &here,
                &own,
                Some(scene.strangers.tokens.access_token.as_str()),
            ),
            ("text that is no token", &here, &own, Some("x")),
            ("a token of 100 kB", &here, &own, Some(&*"x".repeat(100_000))),
            ("a forged token", &here, &own, Some(&*forged)),
            ("a token that was changed", &here, &own, Some(&*tampered)),
            ("T13 a token of the bank", &here, &own, Some(&*bank)),
            (
                "T06 a refresh token",
                &here,
                &own,
                scene.shared.tokens.refresh_token.as_deref(),
            ),
            (
                "T06 an id_token",
                &here,
                &own,
                scene.shared.tokens.json["id_token"].as_str(),
            ),
        ];
        for (name, url, over, token) in cases {
            let answer = scene.ask(method, url, over, token).await;
            // A head of 100 kB may be refused as such.
            if token.is_some_and(|token| token.len() > 50_000) && [400, 431].contains(&answer.status) {
                continue;
            }
            refused(
                &mut table,
                &format!("{method} {pattern}: {name}"),
                &answer,
                unauthorized,
                &scene,
            );
        }
        // conformance 3.12: a token in the query is none, and the status is 401.
        let separator = if here.contains('?') { '&' } else { '?' };
        let in_query = scene
            .ask(
                method,
                &format!("{here}{separator}access_token={token}"),
                &own,
                None,
            )
            .await;
        refused(
            &mut table,
            &format!("{method} {pattern}: T10 in the query"),
            &in_query,
            unauthorized,
            &scene,
        );

        // Another recipient, with everything that it has.
        let strangers = scene
            .ask(method, &here, &others, Some(&scene.strangers.tokens.access_token))
            .await;
        let row = format!("{method} {pattern}: another recipient");
        match reach {
            Reach::Own => {
                let ours = [&scene.consumer.checking, &scene.consumer.savings];
                let told = ours.iter().any(|id| strangers.text.contains(id.as_str()));
                table.holds(&row, strangers.status == 200 && !told, || strangers.text.clone());
            }
            Reach::Account => refused(&mut table, &row, &strangers, (404, "701"), &scene),
            Reach::Consent => refused(&mut table, &row, &strangers, (404, "1107"), &scene),
        }
        let absent = here
            .replace(&scene.consumer.checking, "0000000000")
            .replace(&scene.shared.consent_id, "00000000-0000-4000-8000-000000000000");
        if reach != Reach::Own {
            let absent = scene
                .ask(
                    method,
                    &absent,
                    &others,
                    Some(&scene.strangers.tokens.access_token),
                )
                .await;
            table.holds(&row, absent.text == strangers.text, || {
                format!("{} is not {}", absent.text, strangers.text)
            });
        }
        // T13: what the recipient got for itself.
        if reach != Reach::Consent {
            let answer = scene
                .ask(method, &here, &own, Some(&clients_own.access_token))
                .await;
            refused(
                &mut table,
                &format!("{method} {pattern}: T13"),
                &answer,
                (403, "403"),
                &scene,
            );
        }
    }
    table.done();
    // And none of it has changed anything: the rightful owner reads all of it.
    for (method, pattern, guard) in ENDPOINTS {
        if matches!(guard, Guard::Recipient(_)) && *method == "GET" {
            let url = format!("{mutual}{}", scene.path(pattern));
            let answer = scene.ask(method, &url, &own, Some(token)).await;
            // Nobody imported payment networks: that is told as such.
            let absent = answer.status == 404 && answer.json["code"] == "1107";
            assert!(
                answer.status == 200 || absent,
                "{method} {pattern}: {} {}",
                answer.status,
                answer.text
            );
        }
    }
}

/// FDX's own paths, without `/core`, are guarded alike.
#[tokio::test]
async fn the_aliases_are_guarded_alike() {
    let scene = Scene::set().await;
    let mutual = &scene.platform.platform.mutual;
    let mut table = Table::default();
    for (method, pattern, _) in ENDPOINTS
        .iter()
        .filter(|(_, pattern, _)| pattern.starts_with("/fdx/v6/core/"))
    {
        let url = format!(
            "{mutual}{}",
            scene.path(pattern).replace("/fdx/v6/core/", "/fdx/v6/")
        );
        let without = scene.ask(method, &url, &scene.recipient.connection(), None).await;
        refused(
            &mut table,
            &format!("{pattern}: without token"),
            &without,
            (401, "603"),
            &scene,
        );
        let token = Some(scene.shared.tokens.access_token.as_str());
        let others = scene.ask(method, &url, &scene.stranger.connection(), token).await;
        refused(
            &mut table,
            &format!("{pattern}: another certificate"),
            &others,
            (401, "603"),
            &scene,
        );
        let right = scene
            .ask(method, &url, &scene.recipient.connection(), token)
            .await;
        table.holds(pattern, [200, 404].contains(&right.status), || right.text.clone());
    }
    table.done();
}
