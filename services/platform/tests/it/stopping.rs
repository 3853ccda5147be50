//! A platform that is told to stop lets those finish that it has begun to serve, and takes nobody else.

use reqwest::Method;
use testkit::answer::Answer;

use crate::stage::TestPlatform;

#[tokio::test]
async fn a_request_that_runs_is_finished_and_no_other_is_taken() {
    let mut platform = TestPlatform::start().await;
    let (recipient, consumer) = (
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
    );
    let shared = platform.share(&recipient, &consumer).await;

    // A request that waits in the database, since its consent's row is locked.
    let mut holder = platform.database.session();
    holder.execute(&format!(
        "BEGIN; SELECT FROM consent_grants WHERE consent_id = '{}' FOR UPDATE",
        shared.consent_id
    ));
    let running = {
        let (recipient, refresh_token) = (recipient.clone(), shared.tokens.refresh_token.clone().unwrap());
        tokio::spawn(async move { recipient.refresh(&refresh_token).send().await })
    };
    let mut watch = platform.database.session();
    tokio::task::spawn_blocking(move || watch.await_waiting(1))
        .await
        .unwrap();
    platform.begin_to_stop();
    // No new connection is taken from the moment that the listener is closed.
    let address = platform.addresses.mutual;
    loop {
        match tokio::net::TcpStream::connect(address).await {
            Err(_) => break,
            Ok(_) => tokio::task::yield_now().await,
        }
    }
    holder.execute("COMMIT");
    running.await.unwrap().expect(200);
    let url = format!("{}/fdx/v6/core/accounts", platform.platform.mutual);
    let late = platform
        .platform
        .channel(None)
        .request(Method::GET, url)
        .send()
        .await;
    assert!(late.is_err(), "{:?}", late.map(|answer| answer.status()));
    tokio::task::spawn_blocking(move || platform.stop())
        .await
        .unwrap();
}

/// What is stopped can be started again on the same database, and what was given before is good.
#[tokio::test]
async fn what_was_given_before_is_good_after_a_restart() {
    let mut platform = TestPlatform::start().await;
    let (recipient, consumer) = (
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
    );
    let shared = platform.share(&recipient, &consumer).await;
    let successor = platform.replica().await;
    let platform = tokio::task::spawn_blocking(move || {
        platform.stop();
        platform
    })
    .await
    .unwrap();
    let url = format!("{}/fdx/v6/core/accounts", successor.reached_at().mutual);
    let request = platform
        .platform
        .request(&recipient.connection(), Method::GET, &url);
    Answer::to(request.bearer_auth(&shared.tokens.access_token))
        .await
        .expect(200);
}
