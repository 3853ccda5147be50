//! Paths in other spellings, paths that are none, methods that are not there.

use testkit::answer::Answer;

use super::{ENDPOINTS, Guard, scene::Scene};

/// O11: spellings of a path that somebody else might read in another way.
#[tokio::test]
async fn o11_tricks_with_paths_reach_nothing() {
    let scene = Scene::set().await;
    let mutual = &scene.platform.platform.mutual;
    let (own, token) = (
        scene.recipient.connection(),
        scene.shared.tokens.access_token.as_str(),
    );
    // Shared with somebody else, and never with this recipient.
    let theirs = {
        let url = format!("{mutual}/fdx/v6/core/accounts");
        let listed = scene
            .ask(
                "GET",
                &url,
                &scene.stranger.connection(),
                Some(&scene.strangers.tokens.access_token),
            )
            .await;
        listed.json["accounts"][0]["accountId"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let ours = &scene.consumer.checking;
    for path in [
        format!("/fdx/v6/core/accounts/{ours}%2f..%2f{theirs}"),
        format!("/fdx/v6/core/accounts/{ours};x={theirs}"),
        format!("/fdx/v6/core/accounts/{ours}%3fx={theirs}"),
        format!("/fdx/v6/core/accounts/{ours}%00"),
        format!("/fdx/v6/core/accounts/%20{ours}"),
        format!("//fdx/v6/core/accounts/{theirs}"),
        format!("/fdx/v6/core//accounts/{theirs}"),
        format!("/FDX/V6/core/accounts/{theirs}"),
        format!("/fdx/v6/core/accounts/{theirs}/"),
        format!("/fdx/v6/core/accounts/{ours}/../{theirs}"),
        format!("/fdx/v6/core/accounts/{ours}/%2e%2e/{theirs}"),
        format!("/fdx/v6/core/accounts?accountIds={theirs}"),
        format!("/fdx/v6/core/accounts?accountIds={ours},{theirs}"),
        format!("/fdx/v6/core/accounts/{theirs}/transactions"),
    ] {
        let answer = scene
            .ask("GET", &format!("{mutual}{path}"), &own, Some(token))
            .await;
        assert!(
            [400, 403, 404].contains(&answer.status),
            "{path}: {} {}",
            answer.status,
            answer.text
        );
        assert!(!answer.text.contains(&theirs), "{path}: {}", answer.text);
        assert_eq!(answer.header("x-fapi-interaction-id").len(), 36, "{path}");
    }
}

/// What is not there, and methods that are not, in the words of the API that the path belongs to.
#[tokio::test]
async fn what_is_not_there_is_told_in_the_words_of_its_api() {
    let scene = Scene::set().await;
    let mutual = &scene.platform.platform.mutual;
    let own = scene.recipient.connection();
    scene
        .ask("GET", &format!("{mutual}/fdx/v6/core/nothing"), &own, None)
        .await
        .refused_by_fdx(404, "1107");
    for (_, pattern, guard) in ENDPOINTS {
        if matches!(guard, Guard::Recipient(_)) {
            let url = format!("{mutual}{}", scene.path(pattern));
            let answer = scene.ask("DELETE", &url, &own, None).await;
            answer.refused_by_fdx(405, "1206");
            assert!(
                answer.header("allow").contains("GET"),
                "{pattern}: {:?}",
                answer.headers
            );
        }
    }
    let answer = Answer::to(own.get(format!("{mutual}/fdx/auth/v1/token"))).await;
    assert_eq!(
        (answer.status, answer.json["error"].as_str()),
        (405, Some("invalid_request")),
        "{}",
        answer.text
    );
    let answer = Answer::to(own.get(format!("{mutual}/fdx/auth/v1/nothing"))).await;
    assert_eq!(
        (answer.status, answer.json["error"].as_str()),
        (404, Some("invalid_request")),
        "{}",
        answer.text
    );
}
