//! Which consents a recipient's token reaches, and that all others are nothing to it.

use reqwest::Method;
use serde_json::json;
use testkit::answer::Answer;

use crate::stage::TestPlatform;

/// O08: what is another recipient's is told like what is absent: the same answer, in about the same time.
#[tokio::test]
async fn o08_anothers_consent_is_like_one_that_is_absent() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
    );
    let shared = platform.share(&recipient, &consumer).await;
    let stranger = platform.recipient("fapi2-security").await;
    let anothers = platform.share(&stranger, &consumer).await.consent_id;
    let second = platform.share(&recipient, &consumer).await.consent_id;
    let absent = "7d4a2f0e-0f5b-4c39-9d8b-0d6d0f5a7a11".to_owned();
    let own = recipient
        .post("/fdx/auth/v1/token", &[("grant_type", "client_credentials")])
        .tokens()
        .await;
    let ask = |method: Method, path: String, token: &str| {
        let url = format!("{}/fdx/v6/consents/{path}", recipient.platform.mutual);
        let request = recipient
            .platform
            .request(&recipient.connection(), method.clone(), &url)
            .bearer_auth(token);
        Answer::to(if method == Method::GET {
            request
        } else {
            request.json(&json!({}))
        })
    };
    // With the token of one consent, every other is out of reach, also of the same recipient.
    for (token, ids) in [
        (&own.access_token, vec![&anothers]),
        (&shared.tokens.access_token, vec![&anothers, &second]),
    ] {
        for (method, under) in [
            (Method::GET, ""),
            (Method::GET, "/revocation"),
            (Method::PATCH, "/revocation"),
            (Method::PUT, "/revocation"),
        ] {
            let nothing = ask(method.clone(), format!("{absent}{under}"), token).await;
            nothing.refused_by_fdx(404, "1107");
            for id in &ids {
                let answer = ask(method.clone(), format!("{id}{under}"), token).await;
                assert_eq!(
                    (answer.status, &answer.text),
                    (404, &nothing.text),
                    "{method} {under}"
                );
            }
        }
    }
    let mut times: [Vec<std::time::Duration>; 2] = Default::default();
    for _ in 0..60 {
        for (times, id) in times.iter_mut().zip([&absent, &anothers]) {
            let begun = std::time::Instant::now();
            ask(Method::GET, id.clone(), &own.access_token).await;
            times.push(begun.elapsed());
        }
    }
    let [nothing, anothers] = times.map(|mut times| {
        times.sort_unstable();
        times[times.len() / 2]
    });
    assert!(
        anothers < nothing * 2 && nothing < anothers * 2,
        "{nothing:?} {anothers:?}"
    );
}
