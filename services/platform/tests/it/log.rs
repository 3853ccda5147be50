//! What the program writes while it serves: run as the program, read from its standard output.
//!
//! A journey, refusals and attacks; then every line is read. An access log has its fields, and nothing in any line is a
//! token, a secret, an account number or a name.

use std::fs;

use serde_json::Value;
use testkit::recipient::{Platform, Recipient};

use crate::{
    parties::{ALL_SCOPES, Consumer, allow},
    program::{Program, port},
    stage::{PORTAL_SECRET, Plan, TestPlatform, fresh_folder},
};

#[tokio::test]
async fn access_lines_tell_ids_and_no_secret_and_the_program_stops_when_told() {
    // A platform of ours makes the parties; the program then serves the same database.
    let here = TestPlatform::start().await;
    let (recipient, consumer) = (here.recipient("fapi2-security").await, here.consumer().await);
    let folder = fresh_folder();
    let plan = Plan::beside(&here);
    let text = plan.write(&folder);
    let file = folder.join("concordat.toml");
    fs::write(&file, text).unwrap();
    let mut program = Program::start(&file);
    let listening = program.await_line(|line| line.to_string().contains("\"listening\""));
    let there = Platform {
        public: format!("https://localhost:{}", port(&listening, "public")),
        mutual: format!("https://localhost:{}", port(&listening, "mutual")),
        ..here.platform.clone()
    };
    let said = exchange(&here, &there, &recipient, &consumer).await;
    let lines = program.stop();
    let _ = fs::remove_dir_all(&folder);

    let accesses: Vec<Value> = lines
        .iter()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|line| line["target"] == "access")
        .map(|line| line["fields"].clone())
        .collect();
    assert!(accesses.len() > 10, "{}", accesses.len());
    for line in &accesses {
        assert_eq!(line["interaction_id"].as_str().map(str::len), Some(36), "{line}");
        assert!(
            line["status"].is_u64() && line["duration_us"].is_u64() && line["route"].is_string(),
            "{line}"
        );
    }
    let read = accesses
        .iter()
        .find(|line| line["route"] == "/fdx/v6/core/accounts" && line["status"] == 200)
        .unwrap_or_else(|| panic!("{accesses:#?}"));
    assert_eq!(read["client_id"].as_str(), Some(recipient.client_id.as_str()));
    assert_eq!(read["consent_id"].as_str(), Some(said.consent_id.as_str()));
    assert!(
        accesses
            .iter()
            .any(|line| line["status"] == 401 && line["interaction_id"] == said.refused.as_str())
    );

    for line in &lines {
        for secret in said.secrets.iter().filter(|secret| !secret.is_empty()) {
            assert!(!line.contains(secret.as_str()), "a line tells {secret}: {line}");
        }
    }
}

/// What was said on the wire.
struct Said {
    secrets: Vec<String>,
    consent_id: String,
    refused: String,
}

async fn exchange(here: &TestPlatform, there: &Platform, recipient: &Recipient, consumer: &Consumer) -> Said {
    let (certificate, key) = here.certificate(&recipient.client_id);
    let recipient = recipient.at(there, (&certificate, &key));
    let pushed = recipient.push(ALL_SCOPES).pushed().await;
    let mut browser = testkit::browser::Browser::new(there);
    let url = recipient.authorize_url(&pushed.request_uri);
    let callback = allow(there, &mut browser, &url, consumer).await;
    let code = testkit::recipient::parameter(&callback, "code").unwrap();
    let tokens = recipient.redeem(&code, &pushed.verifier).tokens().await;
    let path = format!("/fdx/v6/core/accounts/{}", consumer.checking);
    for path in [
        "/fdx/v6/core/accounts".to_owned(),
        path.clone(),
        format!("{path}/contact"),
        format!("{path}/transactions"),
    ] {
        recipient.get(&path, &tokens.access_token).await.expect(200);
    }
    let refused = recipient
        .get(
            "/fdx/v6/core/accounts?access_token=leaked-in-a-query",
            "leaked-in-a-header",
        )
        .await;
    let refused = refused.header("x-fapi-interaction-id").to_owned();
    recipient
        .redeem(&code, &pushed.verifier)
        .with("code_verifier", "leaked-verifier")
        .send()
        .await
        .refused(400, "invalid_grant");
    let failed = recipient.post(
        "/fdx/auth/v1/token",
        &[
            ("grant_type", "client_credentials"),
            ("client_secret", "leaked-secret"),
        ],
    );
    let _ = failed.send().await;
    let wrong = testkit::bank::Application::new(there.clone(), "portal", "leaked-portal-secret");
    let _ = there
        .channel(None)
        .post(format!("{}/fdx/auth/v1/token", there.public))
        .basic_auth("portal", Some(&wrong.secret))
        .send()
        .await;
    let _ = there
        .channel(None)
        .get(format!("{}/leaked-path?leaked-query=1", there.public))
        .send()
        .await;
    let mut secrets: Vec<String> = [
        "leaked-in-a-query",
        "leaked-in-a-header",
        "leaked-verifier",
        "leaked-secret",
        "leaked-portal-secret",
        "leaked-path",
        "leaked-query",
        PORTAL_SECRET,
        "Ada",
    ]
    .map(str::to_owned)
    .to_vec();
    let end_of = |token: &str| token.rsplit(['.', ':']).next().unwrap_or_default().to_owned();
    secrets.extend([
        code,
        pushed.verifier,
        pushed.state,
        pushed.nonce,
        end_of(&pushed.request_uri),
        end_of(&tokens.access_token),
        tokens.refresh_token.clone().unwrap(),
        end_of(tokens.json["id_token"].as_str().unwrap()),
        consumer.user_id.clone(),
        consumer.checking.clone(),
        consumer.savings.clone(),
    ]);
    secrets.extend(consumer.secrets.clone());
    Said {
        secrets,
        consent_id: tokens.json["grant_id"].as_str().unwrap().to_owned(),
        refused,
    }
}
