//! Where browsers are sent: to a registered address, letter for letter, or nowhere; and always saying who sent them.

use serde_json::json;
use testkit::{
    browser::Landed,
    jws::{Key, Token, read},
    recipient::{Recipient, parameter},
};
use url::Url;

use crate::{parties::SCOPE, stage::TestPlatform, table::Table};

const ALL: [&str; 3] = ["fapi1-advanced", "fapi2-message-signing", "fapi2-security"];

/// Addresses that resemble `https://HOST.example/callback`.
fn lookalikes(registered: &str) -> Vec<(&'static str, String)> {
    let host = Url::parse(registered).unwrap().host_str().unwrap().to_owned();
    let instead = |host: &str| format!("https://{host}/callback");
    vec![
        ("U01 longer", format!("{registered}x")),
        ("U01 deeper", format!("{registered}/x")),
        ("U01 shorter", registered[..registered.len() - 1].to_owned()),
        ("U01 a slash", format!("{registered}/")),
        ("U01 up", format!("{registered}/../evil")),
        ("U01 up and down", format!("{registered}/../callback")),
        ("U01 a dot", registered.replace("/callback", "/./callback")),
        ("U01 ..;/", format!("{registered}/..;/evil")),
        ("U01 an encoded slash", format!("{registered}%2f..%2fevil")),
        ("U01 encoded twice", format!("{registered}%252f..%252fevil")),
        (
            "U01 an encoded letter",
            registered.replace("/callback", "/%63allback"),
        ),
        ("U01 two slashes", registered.replace("/callback", "//callback")),
        ("U01 a parameter of the path", format!("{registered};x=y")),
        ("U01 a query", format!("{registered}?x=y")),
        ("U01 an empty query", format!("{registered}?")),
        ("U11 a fragment", format!("{registered}#x")),
        ("U11 an empty fragment", format!("{registered}#")),
        ("U02 user information", instead(&format!("{host}@evil.example"))),
        ("U02 two users", instead(&format!("a@{host}@evil.example"))),
        ("U02 a password", instead(&format!("{host}:443@evil.example"))),
        ("U02 a backslash", instead(&format!("evil.example\\@{host}"))),
        (
            "U02 an encoded backslash",
            instead(&format!("evil.example%5c@{host}")),
        ),
        ("U02 an encoded at", instead(&format!("evil.example%25@{host}"))),
        ("U02 of another's user", instead(&format!("x@{host}"))),
        ("U03 capitals in the host", instead(&host.to_uppercase())),
        ("U03 capitals in the scheme", registered.replace("https", "HTTPS")),
        (
            "U03 capitals in the path",
            registered.replace("/callback", "/Callback"),
        ),
        ("U03 a dot at the end", instead(&format!("{host}."))),
        ("U03 the port that it has anyway", instead(&format!("{host}:443"))),
        ("U03 another port", instead(&format!("{host}:8443"))),
        ("U03 a twin in another script", instead(&host.replace('e', "е"))),
        ("U03 a subdomain", instead(&format!("x.{host}"))),
        ("U03 a longer domain", instead(&format!("{host}.evil.example"))),
        ("U05 a dot that means any", instead(&host.replace('.', "x"))),
        ("U05 a star", instead("*.example")),
        ("U05 everything", ".*".to_owned()),
        ("U06 http", registered.replace("https", "http")),
        ("U06 javascript", format!("javascript://{host}/%0aalert(1)")),
        ("U06 data", "data:text/html,<script>alert(1)</script>".to_owned()),
        ("U06 a scheme of its own", format!("app://{host}/callback")),
        ("a blank before", format!(" {registered}")),
        ("a blank behind", format!("{registered} ")),
        ("a tab within", registered.replace("/callback", "/\tcallback")),
        ("a line break", format!("{registered}\r\nSet-Cookie: x=y")),
        ("a NUL", format!("{registered}\0")),
        ("relative", "/callback".to_owned()),
        ("without scheme", format!("//{host}/callback")),
        ("two in one", format!("{registered} https://evil.example/")),
    ]
}

/// U01, U02, U03, U05: what resembles a registered address is refused when it is pushed, in the words of OAuth and
/// without a redirect.
#[tokio::test]
async fn u01_u02_u03_u05_an_address_that_resembles_a_registered_one_is_none() {
    let platform = TestPlatform::shared().await;
    let mut table = Table::default();
    for profile in ALL {
        let recipient = platform.recipient(profile).await;
        for (name, uri) in lookalikes(&recipient.redirect_uri) {
            let push = recipient
                .push(SCOPE)
                .asking(|token| token.with("redirect_uri", uri));
            let answer = push.send().await;
            table.refused(
                &format!("{profile}: {name}"),
                &answer,
                &[400],
                &["invalid_request", "invalid_request_object"],
            );
            table.holds(name, answer.header("location").is_empty(), || "a redirect".into());
        }
    }
    table.done();
}

fn by_value(platform: &TestPlatform, recipient: &Recipient, outside: &str, object: &Token) -> Url {
    let mut url = Url::parse(&format!("{}/fdx/auth/v1/authorize", platform.platform.public)).unwrap();
    url.query_pairs_mut()
        .append_pair("client_id", &recipient.client_id)
        .append_pair("redirect_uri", outside)
        .append_pair("response_type", "code id_token")
        .append_pair("scope", SCOPE)
        .append_pair("state", "outside")
        .append_pair("nonce", "outside")
        .append_pair("request", &object.compact());
    url
}

/// U09: by value, with the address inside the object, outside it, or both: the person reads a page that carries the code
/// in its element, and nobody is sent anywhere.
#[tokio::test]
async fn u09_u01_by_value_too_an_error_goes_nowhere_that_is_not_proven() {
    let platform = TestPlatform::shared().await;
    let recipient = platform.recipient("fapi1-advanced").await;
    let mut table = Table::default();
    for (name, uri) in lookalikes(&recipient.redirect_uri) {
        let good = recipient.push(SCOPE).request;
        let inside = good.clone().with("redirect_uri", uri.clone());
        let broken = good.clone().with("exp", 1);
        for (place, outside, object) in [
            ("inside", recipient.redirect_uri.as_str(), &inside),
            ("inside and outside", uri.as_str(), &inside),
            ("outside, and the object is broken", uri.as_str(), &broken),
        ] {
            let row = format!("{name}, {place}");
            let landed = platform
                .browser()
                .open(by_value(platform, &recipient, outside, object).as_str())
                .await;
            match landed {
                Landed::Page(page) => {
                    let code = page.page.text_of("error-code");
                    table.holds(&row, page.answer.status == 400 && code.is_some(), || {
                        format!("{code:?}")
                    });
                    table.holds(&row, page.answer.header("location").is_empty(), || {
                        "a redirect".into()
                    });
                    let echoed = page.page.source().contains("evil.example")
                        || page.page.source().contains("alert(1)");
                    table.holds(&row, !echoed, || page.page.source().to_owned());
                }
                Landed::Away(url) => table.holds(&row, false, || format!("sent to {url}")),
            }
        }
    }
    table.done();
}

/// U08: a parameter twice, in the query, the form and beside an object; nobody is sent anywhere.
#[tokio::test]
async fn u08_u09_a_parameter_twice_sends_nobody_anywhere() {
    let platform = TestPlatform::shared().await;
    let recipient = platform.recipient("fapi1-advanced").await;
    let object = recipient.push(SCOPE).request;
    let url = by_value(platform, &recipient, &recipient.redirect_uri, &object);
    for name in [
        "redirect_uri",
        "client_id",
        "state",
        "request",
        "response_type",
        "scope",
    ] {
        for value in ["https://evil.example/", &recipient.redirect_uri, ""] {
            let mut doubled = url.clone();
            doubled.query_pairs_mut().append_pair(name, value);
            let page = platform.browser().open(doubled.as_str()).await.page();
            assert_eq!(page.answer.status, 400, "{name}");
            assert_eq!(
                page.page.text_of("error-code").as_deref(),
                Some("invalid_request"),
                "{name}"
            );
        }
    }
}

/// U06, U07: what may not even be registered.
#[tokio::test]
async fn u06_u07_an_address_that_could_be_abused_is_not_registered() {
    for uri in [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "http://r.example/callback",
        "app://callback",
        "https://r.example/callback#x",
        "https://r.example/callback?code=x",
        "https://r.example/callback?state=x",
        "https://r.example/callback?iss=x",
        "https://r.example/callback?response=x",
        "https://r.example/callback?error=x",
        "https://user@r.example/callback",
        "https://r.example/callback\n",
        " https://r.example/callback",
        "https://*.example/callback",
        "/callback",
        "",
    ] {
        let metadata = json!({
            "client_name": "A recipient", "profile": "fapi2-security", "token_endpoint_auth_method": "private_key_jwt",
            "jwks": {"keys": [Key::p256("signing").public_jwk()]}, "redirect_uris": [uri], "scope": "openid",
        });
        let accepted = serde_json::from_value::<domain::client::ClientMetadata>(metadata)
            .is_ok_and(|metadata| metadata.validate().is_ok());
        assert!(!accepted, "{uri}");
    }
}

/// X01, U11: whatever is answered, in whichever mode, it says who answers, once, and there only; the browser's old fragment
/// does not come along.
#[tokio::test]
async fn x01_u11_every_response_names_its_issuer() {
    let platform = TestPlatform::shared().await;
    let consumer = platform.consumer().await;
    let issuer = platform.platform.public.as_str();
    for (profile, response) in [
        ("fapi2-security", ("code", None)),
        ("fapi2-message-signing", ("code", Some("jwt"))),
        ("fapi1-advanced", ("code id_token", None)),
        ("fapi1-advanced", ("code", Some("jwt"))),
    ] {
        let mut recipient = platform.recipient(profile).await;
        recipient.response = response;
        let pushed = recipient.push(SCOPE).pushed().await;
        let url = recipient.authorize_url(&pushed.request_uri);
        let yes = platform.allow(&mut platform.browser(), &url, &consumer).await;
        // Used again: an error that may be told, since the address was proven.
        let again = platform.browser().open(&format!("{url}#old-fragment")).await;
        let pushed = recipient.push(SCOPE).pushed().await;
        let url = recipient.authorize_url(&pushed.request_uri);
        let rejection = json!({"status": "REJECTED"});
        let no = platform
            .decide(&mut platform.browser(), &url, &rejection)
            .await
            .away();
        let mut responses = vec![yes, no];
        if let Landed::Away(away) = again {
            responses.push(away);
        }
        for url in responses {
            let text = url.as_str();
            assert!(text.starts_with(&recipient.redirect_uri), "{text}");
            assert!(
                text.matches('#').count() <= 1 && !text.contains("old-fragment"),
                "{text}"
            );
            let in_fragment = response.0 == "code id_token";
            assert_eq!(url.fragment().is_some(), in_fragment, "{text}");
            assert_eq!(url.query().is_some(), !in_fragment, "{text}");
            match parameter(&url, "response") {
                Some(jwt) => {
                    let (_, claims) = read(&jwt);
                    assert_eq!(claims["iss"], issuer, "{claims}");
                    assert_eq!(claims["aud"], recipient.client_id.as_str(), "{claims}");
                    assert_eq!(url.query_pairs().count(), 1, "{text}");
                }
                None => {
                    assert_eq!(parameter(&url, "iss").as_deref(), Some(issuer), "{text}");
                    assert_eq!(text.matches("iss=").count(), 1, "{text}");
                }
            }
        }
    }
}

/// X01: responses of two servers cannot be taken for one another's: a state that looks like parameters stays a state.
#[tokio::test]
async fn x01_a_state_injects_no_parameter() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
    );
    for state in [
        "x&iss=https://evil.example&code=y",
        "x#code=y",
        "%26iss=evil",
        "x\u{202e}y",
        "</script><script>",
        "+ +",
    ] {
        let push = recipient.push(SCOPE).asking(|token| token.with("state", state));
        let pushed = push.pushed().await;
        let url = recipient.authorize_url(&pushed.request_uri);
        let callback = platform.allow(&mut platform.browser(), &url, &consumer).await;
        assert_eq!(parameter(&callback, "state").as_deref(), Some(state));
        let names: Vec<_> = callback
            .query_pairs()
            .map(|(name, _)| name.into_owned())
            .collect();
        assert_eq!(names, ["code", "state", "iss"], "{callback}");
        assert_eq!(callback.fragment(), None);
    }
}
