//! The database goes away while the platform serves: every endpoint that needs it says so within a second, what needs it
//! not goes on, and when it is back everything is as before, without a restart.

use std::time::{Duration, Instant as Stopwatch};

use testkit::{
    answer::Answer,
    link::{Link, Mood},
};
use url::Url;

use crate::{
    parties::SCOPE,
    stage::{Plan, TestPlatform},
};

/// The way of a platform to its database, which can be cut, and the platform, which needs it until its end.
async fn set_up() -> (Link, TestPlatform) {
    let mut plan = Plan::new();
    let mut url = Url::parse(&plan.database_url).unwrap();
    let link = Link::to(url.host_str().unwrap(), url.port().unwrap_or(5432));
    url.set_host(Some("127.0.0.1")).unwrap();
    url.set_port(Some(link.port)).unwrap();
    plan.database_url = url.into();
    (link, plan.start().await)
}

/// As long as the platform promises, and what a loaded machine adds.
const SOON: Duration = Duration::from_secs(2);

#[tokio::test]
async fn without_its_database_the_platform_says_so_and_recovers() {
    let (link, platform) = set_up().await;
    let (recipient, consumer) = (
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
    );
    let shared = platform.share(&recipient, &consumer).await;
    let bank = platform.bank();
    let token = bank.token("participantuser:consents:read").await;
    let ready = || async {
        let url = format!("http://{}/health/ready", platform.addresses.operations);
        reqwest::get(url).await.unwrap().status().as_u16()
    };
    assert_eq!(ready().await, 200);

    for mood in [Mood::Refusing, Mood::Silent] {
        link.set(mood);
        let began = Stopwatch::now();
        let read = recipient
            .get("/fdx/v6/core/accounts", &shared.tokens.access_token)
            .await;
        assert!(began.elapsed() < SOON, "{mood:?} {:?}", began.elapsed());
        read.refused_by_fdx(503, "503");
        assert!(!read.header("retry-after").is_empty());

        let began = Stopwatch::now();
        let refresh = recipient
            .refresh(shared.tokens.refresh_token.as_deref().unwrap())
            .send()
            .await;
        assert!(began.elapsed() < SOON, "{mood:?} {:?}", began.elapsed());
        refresh.refused(503, "temporarily_unavailable");
        let push = recipient.push(SCOPE).send().await;
        push.refused(503, "temporarily_unavailable");
        let own = recipient
            .post("/fdx/auth/v1/token", &[("grant_type", "client_credentials")])
            .send()
            .await;
        own.refused(503, "temporarily_unavailable");
        let path = format!("/participant/user/v1/consents?userId={}", consumer.user_id);
        Answer::to(bank.request(reqwest::Method::GET, &path, &token))
            .await
            .refused_by_fdx(503, "503");
        let page = platform
            .browser()
            .open(&recipient.authorize_url("urn:ietf:params:oauth:request_uri:x"))
            .await
            .page();
        assert_eq!(page.answer.status, 503);

        // N11: what needs no database is served.
        let plain = platform.platform.channel(None);
        for path in ["/.well-known/openid-configuration", "/fdx/auth/v1/jwks"] {
            assert_eq!(
                plain
                    .get(format!("{}{path}", platform.platform.public))
                    .send()
                    .await
                    .unwrap()
                    .status(),
                200
            );
        }
        assert_eq!(ready().await, 503);
        let live = format!("http://{}/health/live", platform.addresses.operations);
        assert_eq!(reqwest::get(live).await.unwrap().status(), 200);

        link.set(Mood::Open);
        recipient
            .get("/fdx/v6/core/accounts", &shared.tokens.access_token)
            .await
            .expect(200);
        recipient
            .refresh(shared.tokens.refresh_token.as_deref().unwrap())
            .send()
            .await
            .expect(200);
        recipient.push(SCOPE).send().await.expect(201);
        recipient
            .post("/fdx/auth/v1/token", &[("grant_type", "client_credentials")])
            .send()
            .await
            .expect(200);
        assert_eq!(ready().await, 200);
    }
}

/// The database neither answers nor goes away, as when a cable is pulled: requests are answered all the same, and those of
/// the time after it are served.
#[tokio::test]
async fn a_database_that_falls_silent_holds_nobody_for_long() {
    let (link, platform) = set_up().await;
    let (recipient, consumer) = (
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
    );
    let shared = platform.share(&recipient, &consumer).await;
    link.set(Mood::Frozen);
    let began = Stopwatch::now();
    let (read, refresh, push) = tokio::join!(
        recipient.get("/fdx/v6/core/accounts", &shared.tokens.access_token),
        async {
            recipient
                .refresh(shared.tokens.refresh_token.as_deref().unwrap())
                .send()
                .await
        },
        async { recipient.push(SCOPE).send().await },
    );
    assert!(began.elapsed() < Duration::from_secs(6), "{:?}", began.elapsed());
    read.refused_by_fdx(503, "503");
    refresh.refused(503, "temporarily_unavailable");
    push.refused(503, "temporarily_unavailable");
    link.set(Mood::Open);
    recipient
        .get("/fdx/v6/core/accounts", &shared.tokens.access_token)
        .await
        .expect(200);
    recipient.push(SCOPE).send().await.expect(201);
}

/// Every connection to the database is cut at once, as by a failover: nobody who asks afterwards notices.
#[tokio::test]
async fn a_failover_is_not_noticed() {
    let platform = TestPlatform::start().await;
    let (recipient, consumer) = (
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
    );
    let shared = platform.share(&recipient, &consumer).await;
    for _ in 0..3 {
        assert!(platform.database.session().terminate_others() > 0);
        recipient
            .get("/fdx/v6/core/accounts", &shared.tokens.access_token)
            .await
            .expect(200);
        recipient
            .refresh(shared.tokens.refresh_token.as_deref().unwrap())
            .send()
            .await
            .expect(200);
        recipient.push(SCOPE).send().await.expect(201);
    }
}

/// N11: its disk is full. What would write is told to come back, what reads is served, nothing that was read goes unrecorded, and
/// all is well when there is room.
#[tokio::test]
async fn n11_a_database_without_room_is_not_our_error() {
    let platform = TestPlatform::start().await;
    let (recipient, consumer) = (
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
    );
    let shared = platform.share(&recipient, &consumer).await;
    let tables = ["access_tokens", "consent_accesses", "authorization_requests"];
    let mut session = platform.database.session();
    session.execute(
        "CREATE FUNCTION is_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         RAISE EXCEPTION 'could not extend file \"base/1/2\": No space left on device' USING ERRCODE = '53100'; END $$",
    );
    for table in tables {
        session.execute(&format!(
            "CREATE TRIGGER is_full BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION is_full()"
        ));
    }
    let token = || recipient.post("/fdx/auth/v1/token", &[("grant_type", "client_credentials")]);
    token().send().await.refused(503, "temporarily_unavailable");
    recipient
        .push(SCOPE)
        .send()
        .await
        .refused(503, "temporarily_unavailable");
    let before = session.number("SELECT count(*) FROM consent_accesses");
    for _ in 0..3 {
        recipient
            .get("/fdx/v6/core/accounts", &shared.tokens.access_token)
            .await
            .expect(200);
    }
    for table in tables {
        session.execute(&format!("DROP TRIGGER is_full ON {table}"));
    }
    token().send().await.expect(200);
    recipient.push(SCOPE).send().await.expect(201);
    tokio::task::spawn_blocking(move || {
        session.await_number("SELECT count(*) FROM consent_accesses", |now| now == before + 3);
    })
    .await
    .unwrap();
}
