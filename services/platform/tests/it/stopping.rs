//! A platform that is told to stop lets those finish that it has begun to serve, and takes nobody else.

use std::{
    fs,
    io::Write as _,
    net::SocketAddr,
    path::PathBuf,
    time::{Duration, Instant as Stopwatch},
};

use reqwest::Method;
use testkit::{
    answer::Answer,
    link::{Link, Mood},
    recipient::Platform,
};
use url::Url;

use crate::{
    attacks::wire::{connect, rest_of},
    program::{Program, port},
    stage::{Plan, TestPlatform, fresh_folder},
};

/// What the program promises, and what a loaded machine adds.
const BOUND: Duration = Duration::from_secs(15 + 5);

/// It did not finish what it had begun.
const UNFINISHED: i32 = 75;

#[tokio::test]
async fn a_request_that_runs_is_finished_and_no_other_is_taken() {
    let mut platform = TestPlatform::start().await;
    let (recipient, consumer) = (
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
    );
    let shared = platform.share(&recipient, &consumer).await;

    // A request that waits in the database, since its consent's row is locked.
    let mut holder = platform.database.session();
    holder.execute(&format!(
        "BEGIN; SELECT FROM consent_grants WHERE consent_id = '{}' FOR UPDATE",
        shared.consent_id
    ));
    let running = {
        let (recipient, refresh_token) = (recipient.clone(), shared.tokens.refresh_token.clone().unwrap());
        tokio::spawn(async move { recipient.refresh(&refresh_token).send().await })
    };
    let mut watch = platform.database.session();
    tokio::task::spawn_blocking(move || watch.await_waiting(1))
        .await
        .unwrap();
    platform.begin_to_stop();
    // No new connection is taken from the moment that the listener is closed.
    let address = platform.addresses.mutual;
    loop {
        match tokio::net::TcpStream::connect(address).await {
            Err(_) => break,
            Ok(_) => tokio::task::yield_now().await,
        }
    }
    holder.execute("COMMIT");
    running.await.unwrap().expect(200);
    let url = format!("{}/fdx/v6/core/accounts", platform.platform.mutual);
    let late = platform
        .platform
        .channel(None)
        .request(Method::GET, url)
        .send()
        .await;
    assert!(late.is_err(), "{:?}", late.map(|answer| answer.status()));
    tokio::task::spawn_blocking(move || platform.stop())
        .await
        .unwrap();
}

/// What is stopped can be started again on the same database, and what was given before is good.
#[tokio::test]
async fn what_was_given_before_is_good_after_a_restart() {
    let mut platform = TestPlatform::start().await;
    let (recipient, consumer) = (
        platform.recipient("fapi2-security").await,
        platform.consumer().await,
    );
    let shared = platform.share(&recipient, &consumer).await;
    let successor = platform.replica().await;
    let platform = tokio::task::spawn_blocking(move || {
        platform.stop();
        platform
    })
    .await
    .unwrap();
    let url = format!("{}/fdx/v6/core/accounts", successor.reached_at().mutual);
    let request = platform
        .platform
        .request(&recipient.connection(), Method::GET, &url);
    Answer::to(request.bearer_auth(&shared.tokens.access_token))
        .await
        .expect(200);
}

/// The real program beside a platform of ours, with a link between it and the database.
struct Apart {
    /// Its database is the program's.
    _here: TestPlatform,
    link: Link,
    program: Program,
    public: SocketAddr,
    there: Platform,
    folder: PathBuf,
}

impl Apart {
    async fn start() -> Self {
        let here = TestPlatform::start().await;
        let mut plan = Plan::beside(&here);
        let mut url = Url::parse(&plan.database_url).unwrap();
        let link = Link::to(url.host_str().unwrap(), url.port().unwrap_or(5432));
        url.set_host(Some("127.0.0.1")).unwrap();
        url.set_port(Some(link.port)).unwrap();
        plan.database_url = url.into();
        let folder = fresh_folder();
        let text = plan.write(&folder);
        let file = folder.join("concordat.toml");
        fs::write(&file, text).unwrap();
        let mut program = Program::start(&file);
        let listening = program.await_text("\"listening\"");
        let (public, mutual) = (port(&listening, "public"), port(&listening, "mutual"));
        let there = Platform {
            public: format!("https://localhost:{public}"),
            mutual: format!("https://localhost:{mutual}"),
            ..here.platform.clone()
        };
        let public = SocketAddr::from(([127, 0, 0, 1], public.parse().unwrap()));
        Self {
            _here: here,
            link,
            program,
            public,
            there,
            folder,
        }
    }
}

impl Drop for Apart {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A database that takes every connection and never answers: what waits for it is cut off, and the process is gone.
#[tokio::test]
async fn n11_the_process_ends_in_time_though_the_database_never_answers() {
    for mood in [Mood::Frozen, Mood::Silent] {
        let mut apart = Apart::start().await;
        let page = || async {
            let query = "client_id=nobody&request_uri=urn:ietf:params:oauth:request_uri:none";
            let url = format!("{}/fdx/auth/v1/authorize?{query}", apart.there.public);
            apart
                .there
                .channel(None)
                .get(url)
                .send()
                .await
                .unwrap()
                .status()
                .as_u16()
        };
        assert_eq!(page().await, 400);
        apart.link.set(mood);
        assert_eq!(page().await, 503);
        apart.program.signal("TERM");
        let ended = tokio::task::spawn_blocking(move || {
            let ended = apart.program.ended_within(BOUND);
            (ended, apart)
        });
        let (ended, _apart) = ended.await.unwrap();
        // Nothing that had begun was lost.
        assert_eq!(ended.code(), Some(0), "{mood:?}");
    }
}

/// Started while the database takes connections and says nothing: the supervisor hears of it, and can try again.
#[tokio::test]
async fn the_program_does_not_start_without_an_answer_of_its_database() {
    let here = TestPlatform::start().await;
    let mut plan = Plan::beside(&here);
    let mut url = Url::parse(&plan.database_url).unwrap();
    let link = Link::to(url.host_str().unwrap(), url.port().unwrap_or(5432));
    link.set(Mood::Silent);
    url.set_host(Some("127.0.0.1")).unwrap();
    url.set_port(Some(link.port)).unwrap();
    plan.database_url = url.into();
    let folder = fresh_folder();
    let text = plan.write(&folder);
    let file = folder.join("concordat.toml");
    fs::write(&file, text).unwrap();
    let mut program = Program::start(&file);
    let ended = tokio::task::spawn_blocking(move || program.ended_within(BOUND));
    assert_eq!(ended.await.unwrap().code(), Some(69));
    let _ = fs::remove_dir_all(&folder);
}

/// A request whose body never comes is waited for, and then cut off; whoever cannot wait says so twice.
#[tokio::test]
async fn a_request_that_does_not_end_is_cut_off_and_a_second_signal_does_not_wait() {
    for again in [None, Some("TERM"), Some("INT")] {
        let mut apart = Apart::start().await;
        let mut slow = connect(apart.public);
        slow.write_all(
            b"POST /fdx/auth/v1/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\
              Content-Type: application/x-www-form-urlencoded\r\nExpect: 100-continue\r\n\r\n",
        )
        .unwrap();
        // It is being served.
        let mut told = [0; 25];
        std::io::Read::read_exact(&mut slow, &mut told).unwrap();
        apart.program.signal("TERM");
        apart.program.await_text("\"stopping\"");
        let began = Stopwatch::now();
        if let Some(again) = again {
            apart.program.signal(again);
        }
        let ended = tokio::task::spawn_blocking(move || {
            let ended = apart.program.ended_within(BOUND);
            (ended, apart)
        });
        let (ended, _apart) = ended.await.unwrap();
        assert_eq!(ended.code(), Some(UNFINISHED), "{again:?}");
        if again.is_some() {
            assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
        }
        assert_eq!(rest_of(&mut slow), "");
    }
}
