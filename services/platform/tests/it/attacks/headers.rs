//! What answers tell those who receive them: a browser, what it may do with them; a client, how to prove itself.

use reqwest::Method;
use testkit::answer::Answer;

use crate::{stage::TestPlatform, table::Table};

/// L13: an answer that is no page may run, load and embed nothing, whatever somebody managed to put into it; and the one page
/// that runs scripts runs its own files alone.
#[tokio::test]
async fn l13_no_answer_lets_a_browser_run_what_somebody_put_into_it() {
    let platform = TestPlatform::shared().await;
    let plain = platform.platform.channel(None);
    let mut table = Table::default();
    for (path, is_documentation) in [
        ("/.well-known/openid-configuration", false),
        ("/fdx/auth/v1/jwks", false),
        ("/fdx/auth/v1/token", false),
        ("/fdx/auth/v1/userinfo", false),
        ("/fdx/auth/v1/authorize?client_id=%3Cscript%3E", false),
        ("/participant/user/v1/consents", false),
        ("/no/such/place", false),
        ("/docs/", true),
        ("/docs/authorization.json", true),
    ] {
        let url = format!("{}{path}", platform.platform.public);
        let answer = Answer::to(platform.platform.request(&plain, Method::GET, &url)).await;
        let policy = answer.header("content-security-policy").to_owned();
        let scripts = if is_documentation {
            "default-src 'self'"
        } else {
            "default-src 'none'"
        };
        let strict = policy.contains(scripts)
            && policy.contains("frame-ancestors 'none'")
            && !policy.contains("script-src")
            && answer.header("x-content-type-options") == "nosniff";
        table.holds(path, strict, || policy);
    }
    table.done();
}

/// RFC6750-3, RFC9449-7.1: who comes without a token, or with one that is not good, reads of both kinds of token what they must
/// bring, each challenge with an attribute at least.
#[tokio::test]
async fn c11_a_refusal_names_each_scheme_that_would_do() {
    let platform = TestPlatform::shared().await;
    let recipient = platform.recipient("fapi2-security").await;
    let mut table = Table::default();
    for (origin, path) in [
        (&platform.platform.mutual, "/fdx/v6/core/accounts"),
        (&platform.platform.public, "/fdx/auth/v1/userinfo"),
    ] {
        for (row, token, error) in [
            ("none", None, None),
            ("junk", Some("junk"), Some("error=\"invalid_token\"")),
        ] {
            let url = format!("{origin}{path}");
            let mut request = platform
                .platform
                .request(&recipient.connection(), Method::GET, &url);
            if let Some(token) = token {
                request = request.bearer_auth(token);
            }
            let answer = Answer::to(request).await.expect(401);
            let challenges: Vec<&str> = answer
                .headers
                .get_all("www-authenticate")
                .iter()
                .map(|value| value.to_str().unwrap())
                .collect();
            let names = |scheme: &str, attribute: &str| {
                challenges.iter().any(|challenge| {
                    challenge
                        .strip_prefix(scheme)
                        .is_some_and(|rest| rest.contains(attribute))
                })
            };
            let both =
                names("Bearer ", error.unwrap_or("realm=")) && names("DPoP ", error.unwrap_or("algs="));
            let no_error = error.is_some() || !challenges.concat().contains("error=");
            table.holds(&format!("{path} {row}"), both && no_error, || {
                format!("{challenges:?}")
            });
        }
    }
    table.done();
}
