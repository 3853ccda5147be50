//! Who a client is: everything that is wrong with its proof, at the PAR and at the token endpoint, each with the status
//! and code that the OpenID suite wants.

mod assertion;
mod certificate;

use testkit::{
    answer::Answer,
    jws::Signature,
    recipient::{Post, Proof, Recipient},
};

use self::certificate::forged_certificate;
use crate::{stage::TestPlatform, table::Table};

const FAPI1: &str = "fapi1-advanced";
const FAPI2: &str = "fapi2-security";

/// A request to the token endpoint that needs nothing but the client's proof.
fn client_credentials(recipient: &Recipient) -> Post {
    recipient.post(
        "/fdx/auth/v1/token",
        &[
            ("grant_type", "client_credentials"),
            ("scope", "fdx:accountbasic:read"),
        ],
    )
}

/// C03 and the suite's ensure-client-assertion-in-token-endpoint: exactly the registered method.
#[tokio::test]
async fn c03_a_proof_of_another_kind_is_no_proof() {
    let platform = TestPlatform::shared().await;
    let (asserts, by_certificate) = (
        platform.recipient(FAPI2).await,
        platform.certificate_recipient(FAPI2).await,
    );
    let mut table = Table::default();
    let mut without = client_credentials(&asserts);
    without.assertion = None;
    table.refused(
        "a name alone",
        &without.send().await,
        &[400, 401],
        &["invalid_client", "invalid_request"],
    );
    let mut both = client_credentials(&by_certificate);
    both.assertion = Some(by_certificate.assertion());
    table.refused(
        "an assertion of a client that has a certificate",
        &both.send().await,
        &[401],
        &["invalid_client"],
    );
    let secret = client_credentials(&by_certificate).with("client_secret", "x");
    table.refused("a secret", &secret.send().await, &[401], &["invalid_client"]);
    table.accepted(
        "its certificate",
        &client_credentials(&by_certificate).send().await,
        200,
    );

    let nothing = client_credentials(&by_certificate).over(by_certificate.without_certificate());
    table.refused(
        "no certificate",
        &nothing.send().await,
        &[400, 401],
        &["invalid_client", "invalid_request"],
    );
    let others = client_credentials(&by_certificate).over(asserts.connection());
    table.refused(
        "another's certificate",
        &others.send().await,
        &[401],
        &["invalid_client"],
    );
    // M05: the same subject and name, from an authority that nobody trusts.
    let name = by_certificate.client_id.clone();
    let (certificate, key) = forged_certificate(&platform.platform.clock, &name);
    let forged =
        client_credentials(&by_certificate).over(platform.platform.channel(Some((&certificate, &key))));
    table.refused(
        "M05 a certificate of another authority",
        &forged.send().await,
        &[401],
        &["invalid_client"],
    );
    table.done();
}

/// ensure-client-id-in-token-endpoint
#[tokio::test]
async fn one_clients_proof_with_anothers_name() {
    let platform = TestPlatform::shared().await;
    let (one, other) = (platform.recipient(FAPI2).await, platform.recipient(FAPI2).await);
    client_credentials(&one)
        .with("client_id", &other.client_id)
        .send()
        .await
        .refused(401, "invalid_client");
    let id = other.client_id.clone();
    client_credentials(&one)
        .asserting(|token| token.with("iss", id.clone()).with("sub", id.clone()))
        .with("client_id", &id)
        .send()
        .await
        .refused(401, "invalid_client");
    let (one, other) = (
        platform.certificate_recipient(FAPI2).await,
        platform.certificate_recipient(FAPI2).await,
    );
    client_credentials(&one)
        .with("client_id", &other.client_id)
        .send()
        .await
        .refused(401, "invalid_client");
}

/// L05, Z03: an unknown client, a known one with a bad proof and a disabled one are told the same.
#[tokio::test]
async fn l05_nobody_learns_which_clients_exist() {
    let platform = TestPlatform::shared().await;
    let recipient = platform.recipient(FAPI2).await;
    let broken = client_credentials(&recipient)
        .asserting(|t| t.signed(Signature::Broken(recipient.key.clone(), "ES256")));
    let mut stranger = recipient.clone();
    stranger.client_id = "nobody".into();
    stranger.proves = Proof::PrivateKeyJwt;
    let bodies: Vec<Answer> = vec![broken.send().await, client_credentials(&stranger).send().await];
    for answer in &bodies {
        answer.refused(401, "invalid_client");
        assert_eq!(answer.text, bodies[0].text);
    }
}

/// C10: headers that are none.
#[tokio::test]
async fn c10_a_malformed_authorization_header_is_refused() {
    let platform = TestPlatform::shared().await;
    let bank = platform.bank();
    let plain = platform.platform.channel(None);
    let url = format!("{}/fdx/auth/v1/token", platform.platform.public);
    let encoded = |text: &str| {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        STANDARD.encode(text)
    };
    let good = encoded(&format!("{}:{}", bank.client_id, bank.secret));
    let mut table = Table::default();
    for header in [
        "Basic".to_owned(),
        "Basic ".to_owned(),
        format!("Basic  {good}"),
        format!("Basic\t{good}"),
        format!("Basic{good}"),
        "Basic !!!".to_owned(),
        format!("Basic {}", encoded("portal")),
        format!("Basic {}", encoded("portal:wrong")),
        format!("Basic {}", encoded(":")),
        format!("Bearer {good}"),
        format!("Basic {}", "A".repeat(65_536)),
    ] {
        let request = plain
            .post(&url)
            .header("authorization", &header)
            .form(&[("grant_type", "client_credentials")]);
        let answer = Answer::to(request).await;
        let row: String = header.chars().take(40).collect();
        let fits = [400, 401, 431].contains(&answer.status);
        table.holds(&row, fits && answer.json.get("access_token").is_none(), || {
            format!("{} {}", answer.status, answer.text)
        });
    }
    let twice = plain.post(&url).header("authorization", format!("Basic {good}"));
    let twice = twice
        .header("authorization", format!("Basic {good}"))
        .form(&[("grant_type", "client_credentials")]);
    table.refused(
        "twice",
        &Answer::to(twice).await,
        &[400, 401],
        &["invalid_request", "invalid_client"],
    );
    // C11
    let lower = plain.post(&url).header("authorization", format!("bAsIc {good}"));
    table.accepted(
        "C11",
        &Answer::to(lower.form(&[("grant_type", "client_credentials")])).await,
        200,
    );
    table.done();
}
