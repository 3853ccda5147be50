//! Behind a reverse proxy, strangers who guess at a password are told apart by the address that the proxy names, and by
//! nothing that they say of themselves.

use reqwest::Method;
use testkit::{answer::Answer, browser::Opened};

use crate::{
    portal::credentials,
    stage::{Plan, TestPlatform},
};

/// Guesses at the password of that name from the sign-in page that was opened in one browser.
struct Guesser<'a> {
    platform: &'a TestPlatform,
    page: Opened,
    cookies: String,
    name: String,
}

impl<'a> Guesser<'a> {
    async fn at(platform: &'a TestPlatform) -> Self {
        let mut browser = platform.browser();
        let url = format!("{}/portal/sign-in", platform.platform.public);
        let page = browser.open(&url).await.page();
        let cookies = browser.cookies_set.iter();
        let cookies: Vec<_> = cookies.filter_map(|cookie| cookie.split(';').next()).collect();
        Self {
            platform,
            page,
            cookies: cookies.join("; "),
            name: platform.consumer().await.user_id,
        }
    }

    /// The status that a guess gets which comes with these headers.
    async fn guess(&self, forwarded: &[&str]) -> u16 {
        let form = credentials(&self.page.page, &self.name, "a guess");
        let url = self.page.url.join(&form.action).unwrap();
        let channel = self.platform.platform.channel(None);
        let mut request = self
            .platform
            .platform
            .request(&channel, Method::POST, url.as_str())
            .header("cookie", &self.cookies)
            .header("sec-fetch-site", "same-origin")
            .form(&form.fields);
        for value in forwarded {
            request = request.header("x-forwarded-for", *value);
        }
        Answer::to(request).await.status
    }

    async fn guess_until_refused(&self, forwarded: &[&str]) {
        for _ in 0..5 {
            assert_eq!(self.guess(forwarded).await, 422);
        }
        assert_eq!(self.guess(forwarded).await, 429);
    }
}

#[tokio::test]
async fn c09_behind_a_proxy_one_stranger_slows_nobody_else() {
    let mut plan = Plan::new();
    plan.listeners = "proxy_addresses = ['127.0.0.1', '10.0.0.0/8']".into();
    let platform = plan.start().await;
    let guesser = Guesser::at(&platform).await;
    guesser.guess_until_refused(&["203.0.113.7"]).await;
    // Whatever they put before what the proxy writes.
    assert_eq!(guesser.guess(&["198.51.100.1, 203.0.113.7"]).await, 429);
    assert_eq!(guesser.guess(&["198.51.100.1", "203.0.113.7"]).await, 429);
    assert_eq!(guesser.guess(&["203.0.113.7:40123"]).await, 429);
    // Through two proxies of ours.
    assert_eq!(guesser.guess(&["203.0.113.7, 10.1.2.3"]).await, 429);

    assert_eq!(guesser.guess(&["203.0.113.8"]).await, 422);
    assert_eq!(guesser.guess(&["203.0.113.7, 203.0.113.8"]).await, 422);
    // All of one network of IPv6 is one stranger.
    guesser.guess_until_refused(&["2001:db8:1:2::1"]).await;
    assert_eq!(guesser.guess(&["2001:db8:1:2:3:4:5:6"]).await, 429);
    assert_eq!(guesser.guess(&["2001:db8:1:3::1"]).await, 422);
    // Who comes without a name is the proxy.
    guesser.guess_until_refused(&["unknown"]).await;
    assert_eq!(guesser.guess(&[]).await, 429);
}

#[tokio::test]
async fn c09_without_a_proxy_of_ours_the_header_tells_nothing() {
    let mut plan = Plan::new();
    plan.listeners = "proxy_addresses = ['10.0.0.0/8']".into();
    for platform in [plan.start().await, TestPlatform::start().await] {
        let guesser = Guesser::at(&platform).await;
        for last in 0..5 {
            assert_eq!(guesser.guess(&[&format!("203.0.113.{last}")]).await, 422);
        }
        assert_eq!(guesser.guess(&["203.0.113.99"]).await, 429);
        assert_eq!(guesser.guess(&["10.0.0.1"]).await, 429);
    }
}
