//! FDX core over the wire: what a consent covers is read and nothing else, headers, paging, dates, lookback.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{answer::Answer, recipient::Recipient};

use crate::{
    parties::{ALL_SCOPES, Consumer, Shared},
    stage::TestPlatform,
    table::Table,
};

async fn set() -> (&'static TestPlatform, Recipient, Consumer, Shared) {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
    );
    let shared = platform.share_scope(&recipient, &consumer, ALL_SCOPES).await;
    (platform, recipient, consumer, shared)
}

/// A request for the accounts with these headers.
async fn with_headers(recipient: &Recipient, token: Option<&str>, headers: &[(&str, &str)]) -> Answer {
    let url = format!("{}/fdx/v6/core/accounts", recipient.platform.mutual);
    let mut request = recipient.connection().get(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    Answer::to(match token {
        Some(token) => request.header("authorization", format!("Bearer {token}")),
        None => request,
    })
    .await
}

/// fdx-v6 1.1, conformance 3.12: in every answer, as it came or minted.
#[tokio::test]
async fn every_answer_has_its_interaction_id() {
    let (platform, recipient, _, shared) = set().await;
    let token = Some(shared.tokens.access_token.as_str());
    const MIXED: &str = "C770aef3-6784-41F7-8e0e-ff5f97bddb3A";
    let header = |id: &'static str| [("x-fapi-interaction-id", id)];
    for token in [token, None, Some("x")] {
        let answer = with_headers(&recipient, token, &header(MIXED)).await;
        assert_eq!(answer.header("x-fapi-interaction-id"), MIXED, "{}", answer.status);
    }
    let minted = with_headers(&recipient, token, &[]).await.expect(200);
    assert_eq!(minted.header("x-fapi-interaction-id").len(), 36);
    let another = with_headers(&recipient, token, &[]).await;
    assert_ne!(
        minted.header("x-fapi-interaction-id"),
        another.header("x-fapi-interaction-id")
    );
    // N06
    for bad in [
        "x",
        "{c770aef3-6784-41f7-8e0e-ff5f97bddb3a}",
        "c770aef3678441f78e0eff5f97bddb3a",
        "<script>",
    ] {
        let answer = with_headers(&recipient, token, &[("x-fapi-interaction-id", bad)]).await;
        answer.refused_by_fdx(400, "401");
        assert_ne!(answer.header("x-fapi-interaction-id"), bad);
    }
    // Elsewhere too, and whatever the status.
    let plain = platform.platform.channel(None);
    for path in [
        "/fdx/auth/v1/jwks",
        "/nothing",
        "/fdx/auth/v1/authorize",
        "/portal/",
    ] {
        let answer = plain
            .get(format!("{}{path}", platform.platform.public))
            .header("x-fapi-interaction-id", MIXED);
        let answer = Answer::to(answer).await;
        assert_eq!(answer.header("x-fapi-interaction-id"), MIXED, "{path}");
    }
}

#[tokio::test]
async fn headers_of_recipients_are_taken_as_they_are() {
    let (_, recipient, _, shared) = set().await;
    let token = shared.tokens.access_token.as_str();
    for headers in [
        vec![
            ("accept", "application/json;charset=UTF-8"),
            ("accept-charset", "UTF-8"),
        ],
        vec![("accept", "application/json, application/*+json, */*")],
        vec![
            ("x-fapi-auth-date", "Tue, 11 Sep 2026 19:43:31 UTC"),
            ("x-fapi-customer-ip-address", "2001:db8::1893:25c8:1946"),
        ],
        vec![
            ("x-fapi-customer-ip-address", "198.51.100.119"),
            ("FDX-API-Actor-Type", "BATCH"),
        ],
    ] {
        let answer = with_headers(&recipient, Some(token), &headers).await.expect(200);
        assert!(
            answer.header("content-type").starts_with("application/json"),
            "{headers:?}"
        );
        assert!(answer.header("date").ends_with("GMT"), "{:?}", answer.headers);
        assert!(
            answer.header("cache-control").contains("no-store"),
            "{:?}",
            answer.headers
        );
    }
    // access-token-type-header-case-sensitivity
    for scheme in ["bEARER", "BEARER", "bearer"] {
        let value = format!("{scheme} {token}");
        with_headers(&recipient, None, &[("authorization", &value)])
            .await
            .expect(200);
    }
    for (name, value) in [
        ("C10 no space", format!("Bearer{token}")),
        ("C10 two spaces", format!("Bearer  {token}")),
        ("C10 a tab", format!("Bearer\t{token}")),
        ("C10 nothing", "Bearer".to_owned()),
        ("C11 DPoP", format!("DPoP {token}")),
        ("Basic", format!("Basic {token}")),
        ("two tokens", format!("Bearer {token} {token}")),
    ] {
        let answer = with_headers(&recipient, None, &[("authorization", &value)]).await;
        assert_eq!(
            (answer.status, answer.json["code"].as_str()),
            (401, Some("603")),
            "{name}"
        );
    }
    let url = format!("{}/fdx/v6/core/accounts", recipient.platform.mutual);
    let twice = recipient
        .connection()
        .get(url)
        .bearer_auth(token)
        .bearer_auth(token);
    Answer::to(twice).await.refused_by_fdx(401, "603");
}

/// M01: certificates that a header claims.
#[tokio::test]
async fn m01_a_certificate_in_a_header_is_none() {
    let (platform, recipient, _, shared) = set().await;
    let (certificate, _) = platform.certificate("stranger");
    let text = String::from_utf8(certificate).unwrap();
    let encoded: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    let base64: String = text.lines().filter(|line| !line.starts_with("---")).collect();
    let url = format!("{}/fdx/v6/core/accounts", recipient.platform.mutual);
    for (name, value) in [
        ("client-cert", format!(":{base64}:")),
        ("x-client-cert", encoded.clone()),
        ("x-ssl-cert", encoded.clone()),
        ("x-forwarded-client-cert", format!("Cert=\"{encoded}\"")),
        ("ssl-client-cert", encoded),
    ] {
        // Without a certificate of its own the header is nothing; with one the header changes nothing.
        let request = recipient
            .without_certificate()
            .get(&url)
            .bearer_auth(&shared.tokens.access_token);
        Answer::to(request.header(name, &value))
            .await
            .refused_by_fdx(401, "603");
        let request = recipient
            .connection()
            .get(&url)
            .bearer_auth(&shared.tokens.access_token);
        Answer::to(request.header(name, &value)).await.expect(200);
    }
}

fn ids(answer: &Answer, list: &str, id: &str) -> Vec<String> {
    let list = answer.json[list]
        .as_array()
        .unwrap_or_else(|| panic!("{}", answer.text));
    list.iter()
        .map(|item| item[id].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_list_is_read_page_by_page() {
    let (_, recipient, consumer, shared) = set().await;
    let token = &shared.tokens.access_token;
    let today = recipient.platform.clock_date();
    let range = format!("startDate={}&endDate={today}", today - chrono::Duration::days(80));
    let path = format!("/fdx/v6/core/accounts/{}/transactions?{range}", consumer.checking);
    let whole = recipient
        .get(&format!("{path}&limit=100"), token)
        .await
        .expect(200);
    let whole = ids(&whole, "transactions", "transactionId");
    assert!(whole.len() > 8, "{whole:?}");
    let mut read = vec![];
    let mut next = format!("{path}&limit=3");
    let mut cursors = vec![];
    loop {
        let page = recipient.get(&next, token).await.expect(200);
        read.extend(ids(&page, "transactions", "transactionId"));
        let Some(cursor) = page.json["page"]["nextOffset"]
            .as_str()
            .filter(|cursor| !cursor.is_empty())
        else {
            break;
        };
        // `offset` is the older name of `pageKey`.
        let name = if cursors.len() % 2 == 0 {
            "pageKey"
        } else {
            "offset"
        };
        next = format!("{path}&limit=3&{name}={cursor}");
        cursors.push(cursor.to_owned());
        assert!(cursors.len() < 50, "no end");
    }
    assert_eq!(read, whole);

    // N05: a cursor is sealed for its list and its consent.
    let cursor = &cursors[0];
    let (_, stranger, theirs, their_shared) = set().await;
    let elsewhere = format!(
        "/fdx/v6/core/accounts/{}/transactions?{range}&pageKey={cursor}",
        theirs.checking
    );
    stranger
        .get(&elsewhere, &their_shared.tokens.access_token)
        .await
        .refused_by_fdx(400, "401");
    let other_list = format!("/fdx/v6/core/accounts?pageKey={cursor}");
    recipient.get(&other_list, token).await.refused_by_fdx(400, "401");
    let mut forged = cursor.clone();
    forged.replace_range(4..5, if &cursor[4..5] == "A" { "B" } else { "A" });
    for bad in [forged.as_str(), "x", "0", "%27%3B--", &"A".repeat(3000)] {
        recipient
            .get(&format!("{path}&pageKey={bad}"), token)
            .await
            .refused_by_fdx(400, "401");
    }
}

trait ClockDate {
    fn clock_date(&self) -> chrono::NaiveDate;
}

impl ClockDate for testkit::recipient::Platform {
    fn clock_date(&self) -> chrono::NaiveDate {
        domain::Clock::now(&self.clock).date_naive()
    }
}

/// fdx-v6 1.2, N05, O13.
#[tokio::test]
async fn parameters_are_judged() {
    let (_, recipient, consumer, shared) = set().await;
    let token = &shared.tokens.access_token;
    let today = recipient.platform.clock_date();
    let day = |ago: i64| today - chrono::Duration::days(ago);
    let transactions = format!("/fdx/v6/core/accounts/{}/transactions", consumer.checking);
    let rows = [
        ("startDate=soon&endDate=later".to_owned(), Some("702")),
        (format!("startDate={}&endDate=2026-13-01", day(3)), Some("702")),
        (format!("startDate={}", day(3)), Some("703")),
        (format!("endDate={}", day(3)), Some("703")),
        (format!("startDate={}&endDate={}", day(1), day(3)), Some("703")),
        (format!("startDate={}&endDate={today}", day(4000)), Some("703")),
        (format!("startDate={}&endDate={}", day(3), day(3)), None),
        (format!("startTime={}&endTime={}", day(30), day(3)), None),
        ("limit=0".to_owned(), Some("401")),
        ("limit=-1".to_owned(), Some("401")),
        ("limit=101".to_owned(), Some("401")),
        ("limit=9223372036854775808".to_owned(), Some("401")),
        ("limit=5&limit=6".to_owned(), Some("401")),
        ("limit=100".to_owned(), None),
        ("unknown=1".to_owned(), None),
    ];
    let mut table = Table::default();
    for (query, code) in rows {
        let answer = recipient.get(&format!("{transactions}?{query}"), token).await;
        let fits = match code {
            Some(code) => answer.status == 400 && answer.json["code"] == code,
            None => answer.status == 200,
        };
        table.holds(&query, fits, || {
            format!("wanted {code:?}, got {} {}", answer.status, answer.text)
        });
    }
    for (query, wanted) in [
        ("resultType=details", 200),
        ("resultType=lightweight", 200),
        ("resultType=all", 400),
    ] {
        let answer = recipient
            .get(&format!("/fdx/v6/core/accounts?{query}"), token)
            .await;
        table.accepted(query, &answer, wanted);
    }
    table.done();
}

/// What a consent does not cover leaves by no door (fdx-v6 3.4): the same account, through consents of different reach.
#[tokio::test]
async fn clusters_decide_what_is_let_out() {
    let platform = TestPlatform::shared().await;
    let (recipient, consumer) = (
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
    );
    let basic = platform
        .share_scope(&recipient, &consumer, "fdx:accountbasic:read")
        .await;
    let full = platform.share_scope(&recipient, &consumer, ALL_SCOPES).await;
    let path = format!("/fdx/v6/core/accounts/{}", consumer.checking);
    let narrow = recipient.get(&path, &basic.tokens.access_token).await.expect(200);
    let wide = recipient.get(&path, &full.tokens.access_token).await.expect(200);
    assert_eq!(narrow.json.get("currentBalance"), None, "{}", narrow.text);
    assert_eq!(wide.json["currentBalance"], json!(1234.56), "{}", wide.text);
    for secret in &consumer.secrets {
        assert!(!narrow.text.contains(secret.as_str()), "{}", narrow.text);
    }
    for (what, status) in [("transactions", 403), ("contact", 403), ("payment-networks", 403)] {
        let answer = recipient
            .get(&format!("{path}/{what}"), &basic.tokens.access_token)
            .await;
        assert_eq!(
            (answer.status, &answer.json["code"]),
            (status, &json!("403")),
            "{what}: {}",
            answer.text
        );
        assert!(
            answer.header("www-authenticate").contains("insufficient_scope"),
            "{what}"
        );
    }
    let contact = recipient
        .get(&format!("{path}/contact"), &full.tokens.access_token)
        .await
        .expect(200);
    assert!(contact.text.contains(&consumer.secrets[1]), "{}", contact.text);
    // No scope for it was granted: openid alone reads no account at all.
    let nothing = platform.share_openid(&recipient, &consumer).await;
    recipient
        .get("/fdx/v6/core/accounts", &nothing.tokens.access_token)
        .await
        .refused_by_fdx(403, "403");
}

/// O06, O08 and the answers of fdx-v6 1.5.
#[tokio::test]
async fn a_consent_is_read_and_revoked_once() {
    let (_, recipient, _, shared) = set().await;
    let token = &shared.tokens.access_token;
    let own = recipient
        .post("/fdx/auth/v1/token", &[("grant_type", "client_credentials")])
        .tokens()
        .await;
    let path = format!("/fdx/v6/consents/{}", shared.consent_id);
    let by = |token: String, body: Value, method: Method| {
        let url = format!("{}{path}/revocation", recipient.platform.mutual);
        let request = recipient
            .platform
            .request(&recipient.connection(), method, &url)
            .bearer_auth(token);
        Answer::to(request.json(&body))
    };
    for body in [
        json!({"reason": "BECAUSE"}),
        json!({"initiator": "DATA_PROVIDER"}),
        json!({"status": "ACTIVE"}),
        json!([]),
    ] {
        by(token.clone(), body, Method::PATCH)
            .await
            .refused_by_fdx(400, "401");
    }
    assert_eq!(
        recipient.get(&path, token).await.expect(200).json["status"],
        "ACTIVE"
    );
    assert_eq!(
        recipient
            .get(&format!("{path}/revocation"), token)
            .await
            .expect(200)
            .json["revocations"],
        json!([])
    );
    by(
        token.clone(),
        json!({"reason": "USER_ACTION", "initiator": "INDIVIDUAL"}),
        Method::PUT,
    )
    .await
    .expect(204);
    // The token of the consent ended with it; the recipient's own still tells.
    recipient.get(&path, token).await.refused_by_fdx(401, "603");
    by(token.clone(), json!({}), Method::PUT)
        .await
        .refused_by_fdx(401, "603");
    by(own.access_token.clone(), json!({}), Method::PATCH)
        .await
        .refused_by_fdx(409, "409");
    let consent = recipient.get(&path, &own.access_token).await.expect(200);
    assert_eq!(consent.json["status"], "REVOKED", "{}", consent.text);
    let revocations = recipient
        .get(&format!("{path}/revocation"), &own.access_token)
        .await
        .expect(200);
    assert_eq!(
        revocations.json["revocations"][0]["reason"], "USER_ACTION",
        "{}",
        revocations.text
    );
    assert_eq!(revocations.json["revocations"][0]["initiator"], "INDIVIDUAL");
}
