//! A dump of the database, and what errors tell.

use testkit::answer::Answer;

use crate::{
    parties::{ALL_SCOPES, SCOPE},
    stage::{PORTAL_SECRET, TestPlatform},
};

/// Z01: every row of every table, as text; nothing in it can be presented to anybody.
#[tokio::test]
async fn z01_a_dump_of_the_database_opens_nothing() {
    let platform = TestPlatform::start().await;
    let (recipient, consumer) = (
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
    );
    platform
        .register_user(&consumer, "a password of the consumer")
        .await;
    let shared = platform.share_scope(&recipient, &consumer, ALL_SCOPES).await;
    let (code, pushed) = platform.code(&recipient, &consumer, SCOPE).await;
    let waiting = recipient.push(SCOPE).pushed().await;
    let mut browser = platform.browser();
    platform
        .begin(&mut browser, &recipient.authorize_url(&waiting.request_uri))
        .await;
    let cookie = browser.cookies_set[0]
        .split(['=', ';'])
        .nth(1)
        .unwrap()
        .to_owned();
    let end_of = |text: &str| text.rsplit(['.', ':']).next().unwrap().to_owned();
    let secrets = [
        ("access token", end_of(&shared.tokens.access_token)),
        ("refresh token", shared.tokens.refresh_token.clone().unwrap()),
        (
            "id_token",
            end_of(shared.tokens.json["id_token"].as_str().unwrap()),
        ),
        ("used code", shared.code.clone()),
        ("code", code),
        ("verifier", pushed.verifier),
        ("request_uri", end_of(&waiting.request_uri)),
        ("browser's cookie", cookie),
        ("secret of an application", PORTAL_SECRET.to_owned()),
        ("password", "a password of the consumer".to_owned()),
        ("private key", "PRIVATE KEY".to_owned()),
        ("private member of a JWK", "\"d\":".to_owned()),
    ];
    let mut session = platform.database.session();
    let tables = session.texts(
        "SELECT format('%I.%I', schemaname, tablename) AS value FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')",
    );
    assert!(tables.len() > 10, "{tables:?}");
    for table in tables {
        for row in session.texts(&format!("SELECT to_jsonb(t)::text AS value FROM {table} t")) {
            for (name, secret) in &secrets {
                assert!(!row.contains(secret.as_str()), "{table} holds the {name}: {row}");
            }
            // The same in PostgreSQL's way of writing bytes.
            for (name, secret) in &secrets {
                let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
                assert!(!row.contains(&hex), "{table} holds the {name} as bytes");
            }
        }
    }
}

/// Z03: what goes wrong inside is told as such and no further.
#[tokio::test]
async fn z03_a_failure_inside_is_told_without_its_cause() {
    let platform = TestPlatform::start().await;
    let (recipient, consumer) = (
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
    );
    let shared = platform.share(&recipient, &consumer).await;
    let mut session = platform.database.session();
    session.execute(
        "ALTER TABLE authorization_requests RENAME TO hidden_requests;
         ALTER TABLE access_tokens RENAME TO hidden_tokens",
    );
    let plain = &platform.platform.plain;
    let answers = [
        recipient.push(SCOPE).send().await,
        recipient
            .refresh(shared.tokens.refresh_token.as_deref().unwrap())
            .send()
            .await,
        recipient
            .get("/fdx/v6/core/accounts", &shared.tokens.access_token)
            .await,
        Answer::to(plain.get(recipient.authorize_url("urn:ietf:params:oauth:request_uri:x"))).await,
    ];
    for answer in answers {
        assert!(
            [500, 503].contains(&answer.status),
            "{} {}",
            answer.status,
            answer.text
        );
        let text = answer.text.to_lowercase();
        for word in [
            "relation",
            "access_tokens",
            "authorization_requests",
            "select",
            "insert",
            "panicked",
            ".rs",
            "postgres",
            "diesel",
            "localhost",
        ] {
            assert!(!text.contains(word), "{word}: {}", answer.text);
        }
    }
    session.execute(
        "ALTER TABLE hidden_requests RENAME TO authorization_requests;
         ALTER TABLE hidden_tokens RENAME TO access_tokens",
    );
    recipient
        .get("/fdx/v6/core/accounts", &shared.tokens.access_token)
        .await
        .expect(200);
}
