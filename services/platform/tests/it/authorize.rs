//! The authorization endpoint and the way back from the consent application: which browser, which request, how often,
//! how long; and where an error may go.

mod by_value;
mod decision;

use serde_json::json;
use testkit::{
    browser::Landed,
    jws::read,
    recipient::{Recipient, parameter},
};

use crate::{parties::SCOPE, stage::TestPlatform};

const PROFILE: &str = "fapi2-security";

/// The error that reached the recipient; its state must have come along.
#[track_caller]
fn told(landed: Landed, recipient: &Recipient, state: Option<&str>) -> String {
    let url = landed.away();
    assert!(url.as_str().starts_with(&recipient.redirect_uri), "{url}");
    assert!(
        parameter(&url, "code").is_none() && parameter(&url, "id_token").is_none(),
        "{url}"
    );
    if let Some(response) = parameter(&url, "response") {
        let (_, claims) = read(&response);
        assert_eq!(claims["state"].as_str(), state, "{claims}");
        return claims["error"].as_str().unwrap().to_owned();
    }
    assert_eq!(parameter(&url, "state").as_deref(), state, "{url}");
    parameter(&url, "error").unwrap_or_else(|| panic!("{url}"))
}

/// P02, par-ensure-reused-request-uri-prior-to-auth-completion-succeeds, par-attempt-reuse-request_uri.
#[tokio::test]
async fn p02_a_request_may_be_reloaded_until_it_is_completed() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (platform.recipient(PROFILE).await, platform.consumer().await);
    let pushed = recipient.push(SCOPE).pushed().await;
    let url = recipient.authorize_url(&pushed.request_uri);
    let mut browser = platform.browser();
    let first = platform.begin(&mut browser, &url).await;
    let second = platform.begin(&mut browser, &url).await;
    assert_ne!(first, second);
    let callback = platform.allow(&mut browser, &url, &consumer).await;
    assert!(parameter(&callback, "code").is_some(), "{callback}");
    assert_eq!(
        told(browser.open(&url).await, &recipient, Some(&pushed.state)),
        "invalid_request_uri"
    );
    // A decision that was lodged before leads nowhere any more.
    let bank = platform.bank();
    let token = bank.token("external:resources:read").await;
    bank.resource(&token, &second).await.refused_by_fdx(404, "1107");
}

/// P01
#[tokio::test]
async fn p01_anothers_request_is_no_request() {
    let platform = TestPlatform::shared().await;
    let (recipient, other) = (
        platform.recipient(PROFILE).await,
        platform.recipient(PROFILE).await,
    );
    let pushed = recipient.push(SCOPE).pushed().await;
    platform
        .browser()
        .open(&other.authorize_url(&pushed.request_uri))
        .await
        .error_page("invalid_request_uri");
}

/// R05, U09: references to anywhere else, and everything for which nobody safe can be told.
#[tokio::test]
async fn u09_an_error_goes_nowhere_that_is_not_proven() {
    let platform = TestPlatform::shared().await;
    let recipient = platform.recipient(PROFILE).await;
    let mut browser = platform.browser();
    for uri in [
        "urn:ietf:params:oauth:request_uri:unknown",
        "https://evil.example/request.jwt",
        "http://169.254.169.254/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "urn:ietf:params:oauth:request_uri:",
        "",
    ] {
        let landed = browser.open(&recipient.authorize_url(uri)).await;
        let page = landed.page();
        assert_eq!(page.answer.status, 400, "{uri}");
        assert!(!page.page.source().contains("evil.example"), "{uri}");
    }
    let origin = &platform.platform.public;
    for query in [
        String::new(),
        "client_id=nobody&response_type=code&redirect_uri=https://evil.example/".into(),
        format!(
            "client_id={}&response_type=code&redirect_uri=https://evil.example/",
            recipient.client_id
        ),
        format!("client_id={0}&client_id={0}", recipient.client_id),
        "client_id=%00".into(),
    ] {
        let page = browser
            .open(&format!("{origin}/fdx/auth/v1/authorize?{query}"))
            .await
            .page();
        assert_eq!(page.answer.status, 400, "{query}");
        assert!(page.page.text_of("error-code").is_some(), "{query}");
        assert!(!page.page.source().contains("evil.example"), "{query}");
        assert!(
            page.answer
                .header("content-security-policy")
                .contains("frame-ancestors 'none'")
        );
    }
}

/// L03: the browser that comes back is the one that began.
#[tokio::test]
async fn l03_only_the_browser_that_began_can_finish() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (platform.recipient(PROFILE).await, platform.consumer().await);
    let pushed = recipient.push(SCOPE).pushed().await;
    let url = recipient.authorize_url(&pushed.request_uri);
    let (mut victim, mut attacker) = (platform.browser(), platform.browser());
    let resource_id = platform.begin(&mut victim, &url).await;
    platform.begin(&mut attacker, &url).await;
    let bank = platform.bank();
    let token = bank
        .token("external:resources:read external:resources:write")
        .await;
    let version = bank
        .resource(&token, &resource_id)
        .await
        .header("etag")
        .to_owned();
    let approval = bank.approval(&consumer.user_id, &[&consumer.checking]);
    let decided = bank
        .decide(&token, &resource_id, &version, &approval)
        .await
        .expect(200);
    let back = decided.member("continueUrl").to_owned();
    attacker.open(&back).await.error_page("invalid_request");
    platform.browser().open(&back).await.error_page("invalid_request");
    let callback = victim.open(&back).await.away();
    assert!(parameter(&callback, "code").is_some());
    // Once.
    victim.open(&back).await.error_page("invalid_request");
}

/// P03, T05: a minute for the request, five for the decision.
#[tokio::test]
async fn time_ends_requests_and_decisions() {
    let platform = TestPlatform::start().await;
    let clock = platform.platform.clock.clone();
    let (recipient, consumer) = (platform.recipient(PROFILE).await, platform.consumer().await);
    let pushed = recipient.push(SCOPE).pushed().await;
    let url = recipient.authorize_url(&pushed.request_uri);
    clock.pass(59);
    let mut browser = platform.browser();
    platform.begin(&mut browser, &url).await;
    clock.pass(2);
    assert_eq!(
        told(browser.open(&url).await, &recipient, Some(&pushed.state)),
        "invalid_request_uri"
    );

    let pushed = recipient.push(SCOPE).pushed().await;
    let resource_id = platform
        .begin(&mut browser, &recipient.authorize_url(&pushed.request_uri))
        .await;
    clock.pass(301);
    let bank = platform.bank();
    let token = bank
        .token("external:resources:read external:resources:write")
        .await;
    bank.resource(&token, &resource_id)
        .await
        .refused_by_fdx(404, "1107");
    let approval = bank.approval(&consumer.user_id, &[&consumer.checking]);
    bank.decide(&token, &resource_id, "\"1\"", &approval)
        .await
        .refused_by_fdx(404, "1107");
    let back = format!(
        "{}/fdx/auth/v1/authorize/{resource_id}/continue",
        platform.platform.public
    );
    browser.open(&back).await.error_page("invalid_request");
}

/// U11 and the second client of the suite: the query of a registered URI stays as it is.
#[tokio::test]
async fn the_query_of_the_redirect_uri_is_kept() {
    let platform = TestPlatform::shared().await;
    let redirect_uri = "https://second.example/callback?dummy1=lorem&dummy2=ipsum";
    let more = json!({"redirect_uris": [redirect_uri]});
    let mut recipient = platform
        .recipient_with(PROFILE, testkit::jws::Key::p256("second"), more)
        .await;
    recipient.redirect_uri = redirect_uri.into();
    let pushed = recipient.push(SCOPE).pushed().await;
    let url = recipient.authorize_url(&pushed.request_uri);
    let callback = platform
        .decide(&mut platform.browser(), &url, &json!({"status": "REJECTED"}))
        .await
        .away();
    assert!(callback.as_str().starts_with(redirect_uri), "{callback}");
    assert_eq!(parameter(&callback, "error").as_deref(), Some("access_denied"));
}
