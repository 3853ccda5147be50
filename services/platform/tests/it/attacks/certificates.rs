//! Certificates: passed on by proxies, out of date, or not those of whoever holds the token.

use std::io::Write;

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use mtls::development::{AlternativeName, Authority, Template};
use openssl::{sha::sha256, ssl::SslVersion, x509::X509};
use reqwest::{Client, Method, RequestBuilder};
use testkit::{
    answer::Answer,
    recipient::Recipient,
    tls::{Offer, shake_hands},
};

use super::wire::one_answer;
use crate::{
    parties::SCOPE,
    stage::{Plan, TestPlatform},
    table::Table,
};

const PROFILE: &str = "fapi2-security";
const ACCOUNTS: &str = "/fdx/v6/core/accounts";

/// A platform that believes one proxy.
async fn behind_a_proxy() -> TestPlatform {
    let mut plan = Plan::new();
    plan.tls = "trusted_proxies = ['CN=proxy.bank.example']\nproxy_header = 'rfc9440'".into();
    plan.start().await
}

/// A certificate of that authority for that subject, as PEM with its key.
fn issued(authority: &Authority, platform: &TestPlatform, name: &str) -> (Vec<u8>, Vec<u8>) {
    let template = Template {
        alternative_names: vec![AlternativeName::Dns(format!("{name}.example"))],
        ..Template::client(name, platform.now())
    };
    let issued = authority.issue(&template).unwrap();
    (issued.chain_pem().unwrap(), issued.key_pem().unwrap())
}

fn channel(platform: &TestPlatform, (certificate, key): &(Vec<u8>, Vec<u8>)) -> Client {
    platform.platform.channel(Some((certificate, key)))
}

fn der(pem: &[u8]) -> Vec<u8> {
    X509::stack_from_pem(pem).unwrap()[0].to_der().unwrap()
}

/// The header of RFC 9440 for that certificate.
fn passed_on(pem: &[u8]) -> String {
    format!(":{}:", STANDARD.encode(der(pem)))
}

/// A token request of the recipient through some connection, with these headers.
fn token(recipient: &Recipient, over: &Client, headers: &[(&str, &str)]) -> RequestBuilder {
    let post = recipient.post("/fdx/auth/v1/token", &[("grant_type", "client_credentials")]);
    let mut form = post.form.clone();
    if let Some(assertion) = &post.assertion {
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        form.push(("client_assertion_type".into(), kind.into()));
        form.push(("client_assertion".into(), assertion.compact()));
    }
    with(over.post(&post.url).form(&form), headers)
}

fn with(mut request: RequestBuilder, headers: &[(&str, &str)]) -> RequestBuilder {
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request
}

fn thumbprint(pem: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(sha256(&der(pem)))
}

/// M01, M03: the named proxy speaks for its client, whose token is bound to the client's certificate and not to the
/// proxy's; without the header it speaks for nobody.
#[tokio::test]
async fn m01_m03_a_named_proxy_speaks_for_its_client_alone() {
    let platform = behind_a_proxy().await;
    let proxy = channel(
        &platform,
        &issued(&platform.authority, &platform, "proxy.bank.example"),
    );
    let recipient = platform.certificate_recipient(PROFILE).await;
    let own = platform.certificate(&recipient.client_id);
    let header = passed_on(&own.0);

    let given = Answer::to(token(&recipient, &proxy, &[("client-cert", &header)]))
        .await
        .expect(200);
    let (_, claims) = testkit::jws::read(given.member("access_token"));
    assert_eq!(claims["cnf"]["x5t#S256"], thumbprint(&own.0));

    // A consent's token that was bound through the proxy is read through it, and directly with the same certificate.
    let consumer = platform.consumer().await;
    let (code, pushed) = platform.code(&recipient, &consumer, SCOPE).await;
    let redeem = recipient.redeem(&code, &pushed.verifier);
    let redeemed = Answer::to(with(
        proxy.post(&redeem.url).form(&redeem.form),
        &[("client-cert", &header)],
    ))
    .await
    .expect(200);
    let access = redeemed.member("access_token");
    let url = format!("{}{ACCOUNTS}", platform.platform.mutual);
    let read = |over: &Client, headers: &[(&str, &str)]| {
        let request = platform
            .platform
            .request(over, Method::GET, &url)
            .bearer_auth(access);
        Answer::to(with(request, headers))
    };
    read(&proxy, &[("client-cert", &header)]).await.expect(200);
    read(&channel(&platform, &own), &[]).await.expect(200);

    // Nobody: no header, an empty one, and the proxy's own certificate.
    read(&proxy, &[]).await.refused_by_fdx(401, "603");
    read(&proxy, &[("client-cert", "")])
        .await
        .refused_by_fdx(401, "603");
    let nobody = Answer::to(token(&recipient, &proxy, &[])).await;
    nobody.refused(401, "invalid_client");
    // Another client of the same proxy.
    let other = passed_on(&platform.certificate("another").0);
    read(&proxy, &[("client-cert", &other)])
        .await
        .refused_by_fdx(401, "603");
    Answer::to(token(&recipient, &proxy, &[("client-cert", &other)]))
        .await
        .refused(401, "invalid_client");
}

/// M01: the same header from anybody else is as if it were not there, whatever they are called.
#[tokio::test]
async fn m01_from_anybody_else_the_header_is_dropped() {
    let platform = behind_a_proxy().await;
    let recipient = platform.certificate_recipient(PROFILE).await;
    let victim = passed_on(&platform.certificate(&recipient.client_id).0);
    let strangers = Authority::create("Test CA", platform.now()).unwrap();
    let mut peers = vec![("M03 nobody".to_owned(), platform.platform.channel(None))];
    for name in [
        "proxy.bank.example.evil.example",
        "proxy.bank.exampl",
        "proxy_bank_example",
        "PROXY.BANK.EXAMPLE2",
        "*.bank.example",
        "CN=proxy.bank.example",
        "a stranger",
    ] {
        let certificate = issued(&platform.authority, &platform, name);
        peers.push((name.to_owned(), channel(&platform, &certificate)));
    }
    let forged = issued(&strangers, &platform, "proxy.bank.example");
    peers.push((
        "M05 the proxy's name by another authority".to_owned(),
        channel(&platform, &forged),
    ));
    let mut table = Table::default();
    for (name, peer) in &peers {
        for header in [
            "client-cert",
            "Client-Cert",
            "x-client-cert",
            "x-ssl-cert",
            "x-forwarded-client-cert",
            "ssl-client-cert",
        ] {
            let answer = Answer::to(token(&recipient, peer, &[(header, &victim)])).await;
            table.refused(&format!("{name}, {header}"), &answer, &[401], &["invalid_client"]);
        }
    }
    // Nor on the public listener, where no peer shows a certificate at all.
    let url = format!("{}/fdx/auth/v1/token", platform.platform.public);
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", &recipient.client_id),
    ];
    let (certificate, key) = issued(&platform.authority, &platform, "proxy.bank.example");
    let proxy = channel(&platform, &(certificate, key));
    let answer = Answer::to(proxy.post(&url).header("client-cert", &victim).form(&form)).await;
    table.refused("the public listener", &answer, &[401], &["invalid_client"]);
    table.done();
}

/// M02, M05: what the true proxy passes on is read in one way or not at all, and judged like a certificate of TLS.
#[tokio::test]
async fn m02_m05_what_a_proxy_passes_on_is_one_good_certificate_or_nothing() {
    let platform = behind_a_proxy().await;
    let proxy = channel(
        &platform,
        &issued(&platform.authority, &platform, "proxy.bank.example"),
    );
    let recipient = platform.certificate_recipient(PROFILE).await;
    let own = platform.certificate(&recipient.client_id).0;
    let good = passed_on(&own);
    let other = passed_on(&platform.certificate("another").0);
    let strangers = Authority::create("Test CA", platform.now()).unwrap();
    let forged = passed_on(&issued(&strangers, &platform, &recipient.client_id).0);
    let pem = String::from_utf8(own.clone()).unwrap().replace('\n', "%0A");
    let mut trailing = der(&own);
    trailing.push(0);
    let trailing = format!(":{}:", STANDARD.encode(trailing));
    let day = chrono::Duration::days(1);
    let expired = platform
        .authority
        .issue(&Template {
            alternative_names: vec![AlternativeName::Dns(format!("{}.example", recipient.client_id))],
            valid_from: platform.now() - day * 9,
            valid_until: platform.now() - day,
            ..Template::client(&recipient.client_id, platform.now())
        })
        .unwrap();
    let expired = passed_on(&expired.chain_pem().unwrap());
    let bare = good.trim_matches(':').to_owned();
    let two = format!("{good}, {other}");
    let rows: Vec<(&str, Vec<(&str, &str)>)> = vec![
        (
            "two headers",
            vec![("client-cert", &good), ("client-cert", &other)],
        ),
        (
            "the same twice",
            vec![("client-cert", &good), ("client-cert", &good)],
        ),
        ("two in one", vec![("client-cert", &two)]),
        ("another spelling", vec![("client_cert", &good)]),
        (
            "another spelling beside it",
            vec![("client-cert", &good), ("client_cert", &other)],
        ),
        ("without colons", vec![("client-cert", &bare)]),
        ("PEM", vec![("client-cert", &pem)]),
        ("bytes behind it", vec![("client-cert", &trailing)]),
        ("a chain alone", vec![("client-cert-chain", &good)]),
        ("another form", vec![("x-forwarded-client-cert", &good)]),
        ("M05 of another authority", vec![("client-cert", &forged)]),
        ("M06 expired", vec![("client-cert", &expired)]),
    ];
    let mut table = Table::default();
    for (name, headers) in &rows {
        let answer = Answer::to(token(&recipient, &proxy, headers)).await;
        table.refused(name, &answer, &[400, 401], &["invalid_client", "invalid_request"]);
    }
    let answer = Answer::to(token(&recipient, &proxy, &[("client-cert", &good)])).await;
    table.accepted("as it is", &answer, 200);
    table.done();
}

/// M06: a certificate that expires while its connection is open is good for nothing from then on, the client's like the
/// proxy's.
#[tokio::test]
async fn m06_a_connection_does_not_outlive_its_certificate() {
    let platform = behind_a_proxy().await;
    let recipient = platform.certificate_recipient(PROFILE).await;
    let hour = chrono::Duration::hours(1);
    let brief = |name: &str| {
        let template = Template {
            alternative_names: vec![AlternativeName::Dns(format!("{name}.example"))],
            valid_until: platform.now() + hour,
            ..Template::client(name, platform.now())
        };
        let issued = platform.authority.issue(&template).unwrap();
        (issued.chain_pem().unwrap(), issued.key_pem().unwrap())
    };
    let open = |(certificate, key): &(Vec<u8>, Vec<u8>)| {
        let offer = Offer::only(SslVersion::TLS1_3);
        shake_hands(platform.addresses.mutual, offer, Some((certificate, key))).unwrap()
    };
    let ask = |header: &str| {
        let form = format!("grant_type=client_credentials&client_id={}", recipient.client_id);
        format!(
            "POST /fdx/auth/v1/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n{header}\
             Content-Type: application/x-www-form-urlencoded\r\n\r\n{form}",
            form.len()
        )
    };
    let lasting = platform.certificate(&recipient.client_id);
    let through = ask(&format!("Client-Cert: {}\r\n", passed_on(&lasting.0)));
    let mut own = open(&brief(&recipient.client_id));
    let mut proxy = open(&brief("proxy.bank.example"));
    for (stream, request) in [(&mut own, ask("")), (&mut proxy, through.clone())] {
        stream.write_all(request.as_bytes()).unwrap();
        let answer = one_answer(stream);
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    platform.platform.clock.pass(2 * 3600);
    for (stream, request) in [(&mut own, ask("")), (&mut proxy, through)] {
        stream.write_all(request.as_bytes()).unwrap();
        let answer = one_answer(stream);
        assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    }
}

/// M10: a token that was given over one certificate, with another of the same client, the same name or the same key's
/// owner.
#[tokio::test]
async fn m10_a_token_is_its_certificates_and_no_other_of_the_client() {
    let platform = TestPlatform::shared().await;
    let recipient = platform.certificate_recipient(PROFILE).await;
    let shared = platform.share(&recipient, &platform.consumer().await).await;
    let access = &shared.tokens.access_token;
    recipient.get(ACCOUNTS, access).await.expect(200);
    let url = format!("{}{ACCOUNTS}", platform.platform.mutual);
    let renewed = channel(platform, &platform.certificate(&recipient.client_id));
    for over in [renewed, recipient.without_certificate()] {
        let request = platform
            .platform
            .request(&over, Method::GET, &url)
            .bearer_auth(access);
        Answer::to(request).await.refused_by_fdx(401, "603");
        // C11: nor under the scheme of another kind of token.
        let request = platform
            .platform
            .request(&over, Method::GET, &url)
            .header("authorization", format!("DPoP {access}"));
        Answer::to(request).await.refused_by_fdx(401, "603");
    }
}
