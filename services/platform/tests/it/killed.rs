//! A platform that is killed at any moment loses nothing that it had answered, and leaves nothing half done.
//!
//! The program itself serves, in a process of its own; four consumers grant and revoke through it, over the wire, while
//! SIGKILL ends it again and again: after a number of requests that chance names, so in the middle of others. What an answer
//! had said must be there afterwards, and must carry the journey on in the next process. Chance is seeded by the number that
//! the test prints.

use std::{
    fs,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use domain::{Clock as _, Random as _};
use lifecycle::verify::verify;
use reqwest::{Client, Method, RequestBuilder, StatusCode, header};
use serde_json::{Value, json};
use testkit::{
    bank::{CONSENTS, RESOURCES},
    chance::SeededRandom,
    recipient::{Platform, Recipient, parameter},
};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
    sync::{mpsc, watch},
};
use url::Url;

use crate::{
    parties::{BANK_SCOPES, Consumer, SCOPE},
    stage::{Plan, TestPlatform, fresh_folder},
};

/// Consents that are granted and revoked.
const ROUNDS: u32 = 200;

/// Who grants and revokes at the same time.
const CONSUMERS: usize = 4;

/// How often the platform is killed.
const KILLS: u32 = 12;

/// Where the process that serves now listens.
#[derive(Debug, Clone, Default, PartialEq)]
struct Served {
    public: String,
    mutual: String,
}

/// Starts the program and waits until it says where it listens.
async fn serve(settings: &std::path::Path) -> (Child, Served) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_concordat"))
        .arg("--config")
        .arg(settings)
        .args(["serve", "--until-stdin-closes"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let addresses = loop {
        let line = lines.next_line().await.unwrap().unwrap();
        let line: Value = serde_json::from_str(&line).unwrap();
        if line["fields"]["message"] == "listening" {
            break line["fields"].clone();
        }
    };
    // Its log is read to the end, so that it never waits for us.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    let origin = |name: &str| {
        let address: std::net::SocketAddr = addresses[name].as_str().unwrap().parse().unwrap();
        format!("https://localhost:{}", address.port())
    };
    let served = Served {
        public: origin("public"),
        mutual: origin("mutual"),
    };
    (child, served)
}

/// One consumer, and the recipient that they share with.
struct Worker {
    named: Platform,
    recipient: Recipient,
    consumer: Consumer,
    bank_token: String,
    plain: Client,
    /// Nowhere while the next process comes up.
    served: watch::Receiver<Option<Served>>,
    sent: mpsc::UnboundedSender<()>,
    told: Told,
}

/// What was answered, and how often nothing was.
#[derive(Default)]
struct Told {
    /// Codes of consents.
    granted: Vec<String>,
    /// Ids of consents.
    revoked: Vec<String>,
    lost: u32,
}

impl Worker {
    /// Sends a request until it is answered: once more, made anew, to each process that comes after the one that died.
    /// Returns whether an answer was lost on the way.
    async fn answered(&mut self, make: impl Fn(&Self, &Served) -> RequestBuilder) -> (u16, Answered, bool) {
        let mut was_lost = false;
        loop {
            let served = self
                .served
                .wait_for(Option::is_some)
                .await
                .unwrap()
                .clone()
                .unwrap();
            let request = make(self, &served);
            let _ = self.sent.send(());
            let answer = async {
                let response = request.send().await.ok()?;
                let (status, location) = (response.status(), of(&response, header::LOCATION));
                let cookie = of(&response, header::SET_COOKIE);
                let body = response.text().await.ok()?;
                (status != StatusCode::SERVICE_UNAVAILABLE).then(|| {
                    let body = serde_json::from_str(&body).unwrap_or_default();
                    (
                        status.as_u16(),
                        Answered {
                            location,
                            cookie,
                            body,
                        },
                    )
                })
            };
            if let Some((status, answer)) = answer.await {
                return (status, answer, was_lost);
            }
            // Killed, or busy with so many others that it said so: again in either case.
            was_lost = true;
            self.told.lost += 1;
            tokio::task::yield_now().await;
        }
    }

    /// From nothing to a consent: the code, unless the answer that held it was lost.
    async fn grant(&mut self) -> Option<String> {
        let (status, pushed, _) = self
            .answered(|worker, served| {
                // Made anew each time: an assertion is used once.
                let mut post = worker.recipient.push(SCOPE).post();
                post.url = post.url.replace(&worker.named.mutual, &served.mutual);
                post.request()
            })
            .await;
        assert_eq!(status, 201, "{:?}", pushed.body);
        let request_uri = pushed.body["request_uri"].as_str().unwrap().to_owned();
        let address = self.recipient.authorize_url(&request_uri);
        let (status, begun, _) = self
            .answered(|worker, served| worker.plain.get(worker.at(&address, served)))
            .await;
        assert!((300..400).contains(&status), "{status} {:?}", begun.body);
        let resource_id = parameter(&Url::parse(&begun.location).unwrap(), "resourceId").unwrap();
        let cookie = begun.cookie.split(';').next().unwrap().to_owned();

        let approval = self.approval();
        let (status, decided, was_lost) = self
            .answered(|worker, served| {
                let url = format!("{}{RESOURCES}/{resource_id}", served.public);
                worker
                    .plain
                    .request(Method::PATCH, url)
                    .bearer_auth(&worker.bank_token)
                    .header("if-match", "\"1\"")
                    .json(&approval)
            })
            .await;
        // A decision whose answer was lost may have been taken.
        assert!(
            status == 200 || was_lost && status == 409,
            "{status} {:?}",
            decided.body
        );
        let address = format!(
            "{}/fdx/auth/v1/authorize/{resource_id}/continue",
            self.named.public
        );
        let (status, landed, was_lost) = self
            .answered(|worker, served| {
                let request = worker.plain.get(worker.at(&address, served));
                request.header(header::COOKIE, &cookie)
            })
            .await;
        if (300..400).contains(&status) {
            return parameter(&Url::parse(&landed.location).unwrap(), "code");
        }
        assert!(was_lost, "{status}: what was decided was not there");
        None
    }

    /// Ends all that this consumer shares: the ids that the answer named.
    async fn revoke(&mut self) -> Vec<String> {
        let (status, ended, _) = self
            .answered(|worker, served| {
                let url = format!("{}{CONSENTS}/revocation", served.public);
                let body = json!({"userId": worker.consumer.user_id});
                worker.plain.post(url).bearer_auth(&worker.bank_token).json(&body)
            })
            .await;
        assert_eq!(status, 200, "{:?}", ended.body);
        let ids = ended.body["revoked"].as_array().unwrap().iter();
        ids.map(|id| id.as_str().unwrap().to_owned()).collect()
    }

    async fn work(mut self, tickets: Arc<AtomicU32>) -> Told {
        while tickets.fetch_add(1, Ordering::Relaxed) < ROUNDS {
            let granted = self.grant().await;
            self.told.granted.extend(granted);
            let revoked = self.revoke().await;
            self.told.revoked.extend(revoked);
        }
        self.told
    }

    fn approval(&self) -> Value {
        let now = http::SystemClock.now();
        json!({
            "status": "APPROVED", "userId": self.consumer.user_id,
            "accounts": [{"accountId": self.consumer.checking}, {"accountId": self.consumer.savings}],
            "authentication": {"authenticatedAt": now, "amr": ["pwd"]},
            "termsAndConditionsVersion": "1", "acknowledgedAt": now,
        })
    }

    /// The same address, at the process that serves now.
    fn at(&self, address: &str, served: &Served) -> String {
        address.replace(&self.named.public, &served.public)
    }
}

/// What of an answer carries a journey on.
struct Answered {
    location: String,
    cookie: String,
    body: Value,
}

fn of(response: &reqwest::Response, name: header::HeaderName) -> String {
    let value = response.headers().get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().to_owned()
}

/// A number below `end`.
fn below(chance: &SeededRandom, end: u32) -> u32 {
    let mut bytes = [0; 4];
    chance.fill(&mut bytes);
    u32::from_be_bytes(bytes) % end
}

#[tokio::test]
async fn a_kill_loses_no_answer_and_leaves_nothing_half_done() {
    let platform = TestPlatform::start().await;
    let seed = u64::from(std::process::id());
    let chance = SeededRandom::new(seed);
    let mut plan = Plan::beside(&platform);
    plan.urls = Some((platform.platform.public.clone(), platform.platform.mutual.clone()));
    let folder = fresh_folder();
    let settings = folder.join("concordat.toml");
    let text = plan.write(&folder);
    fs::write(&settings, text).unwrap();

    let (mut child, first) = serve(&settings).await;
    let (now_served, served) = watch::channel(Some(first));
    let (sent, mut requests) = mpsc::unbounded_channel();
    let tickets = Arc::new(AtomicU32::new(0));
    let bank_token = platform.bank().token(BANK_SCOPES).await;
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..CONSUMERS {
        let worker = Worker {
            named: platform.platform.clone(),
            recipient: platform.recipient("fapi2-security").await,
            consumer: platform.consumer().await,
            bank_token: bank_token.clone(),
            plain: platform.platform.channel(None),
            served: served.clone(),
            sent: sent.clone(),
            told: Told::default(),
        };
        workers.spawn(worker.work(Arc::clone(&tickets)));
    }
    drop((sent, served));
    let mut kills = 0;
    while kills < KILLS {
        for _ in 0..10 + below(&chance, 80) {
            if requests.recv().await.is_none() {
                break;
            }
        }
        // Where in a request that is: as far as it comes while this task lets others run.
        for _ in 0..below(&chance, 200) {
            tokio::task::yield_now().await;
        }
        child.kill().await.unwrap();
        now_served.send_replace(None);
        kills += 1;
        // What signs requests goes with the time that has passed.
        let late = http::SystemClock.now() - platform.now();
        platform.platform.clock.pass(late.num_seconds());
        let (next, at) = serve(&settings).await;
        child = next;
        now_served.send_replace(Some(at));
    }
    let told = workers.join_all().await;
    drop(child);
    let _ = fs::remove_dir_all(folder);

    let lost: u32 = told.iter().map(|told| told.lost).sum();
    let granted: Vec<_> = told.iter().flat_map(|told| &told.granted).collect();
    let revoked: Vec<_> = told.iter().flat_map(|told| &told.revoked).collect();
    let mut session = platform.database.session();
    for code in &granted {
        let hash = jose::secret::hash(code)
            .map(|byte| format!("{byte:02x}"))
            .concat();
        let whole = session.number(&format!(
            "SELECT count(*) FROM authorization_codes c JOIN consent_grants g USING (consent_id)
             JOIN consent_history h ON h.consent_id = g.consent_id AND h.action = 'GRANTED'
             JOIN outbox o ON o.consent_id = g.consent_id AND o.event_type = 'CONSENT_AUTHORIZED'
             WHERE c.code_hash = '\\x{hash}'"
        ));
        assert_eq!(whole, 1, "a consent that was granted is lost");
    }
    for id in &revoked {
        let whole = session.number(&format!(
            "SELECT count(*) FROM consent_grants g
             JOIN consent_history h ON h.consent_id = g.consent_id AND h.action = 'REVOKED'
             JOIN outbox o ON o.consent_id = g.consent_id AND o.event_type = 'CONSENT_REVOKED'
             WHERE g.consent_id = '{id}' AND g.state = 'REVOKED'"
        ));
        assert_eq!(whole, 1, "a revocation is lost");
    }
    for (what, sql) in [
        (
            "history without event, or event without history",
            "SELECT count(*) FROM consent_grants g WHERE
                 (SELECT count(*) FROM consent_history h WHERE h.consent_id = g.consent_id AND h.action <> 'REFUSED')
                 <> (SELECT count(*) FROM outbox o WHERE o.consent_id = g.consent_id)",
        ),
        (
            "a grant without its accounts or its code",
            "SELECT count(*) FROM consent_grants g WHERE
                 (SELECT count(*) FROM consent_accounts a WHERE a.consent_id = g.consent_id) <> 2
                 OR (SELECT count(*) FROM authorization_codes c WHERE c.consent_id = g.consent_id) <> 1",
        ),
        (
            "an authorization that is completed without grant, or a grant without it",
            // A request whose answer was lost is begun again, and then has another resource that nobody completes.
            "SELECT count(*) FROM authorization_requests q
                 FULL JOIN (authentication_resources r JOIN consent_grants g USING (consent_id))
                 ON r.request_id = q.request_id AND r.state = 'COMPLETED'
             WHERE (g.consent_id IS NULL) <> (q.completed_at IS NULL)",
        ),
        (
            "a grant of no authorization, or of two; or an authorization that is completed and of no grant",
            "SELECT count(*) FROM consent_grants g
                 FULL JOIN (SELECT consent_id, count(*) FROM authentication_resources WHERE state = 'COMPLETED'
                            GROUP BY consent_id) r USING (consent_id)
             WHERE g.consent_id IS NULL OR r.count IS DISTINCT FROM 1",
        ),
        (
            "a consent that lives on",
            "SELECT count(*) FROM consent_grants WHERE state <> 'REVOKED'",
        ),
    ] {
        assert_eq!(session.number(sql), 0, "{what} (seed {seed})");
    }
    let verified = platform
        .store
        .reading("verify", |tx| verify(tx, None))
        .await
        .unwrap();
    let consents = session.number("SELECT count(*) FROM consent_grants");
    assert_eq!(i64::try_from(verified.consents).unwrap(), consents);
    println!(
        "killed {kills} times (seed {seed}): {ROUNDS} rounds, {consents} consents granted ({} answered), {} revocations \
         answered, {lost} requests lost their answer; none of what was answered is lost, {} rows of history fit",
        granted.len(),
        revoked.len(),
        verified.rows
    );
    assert!(granted.len() + lost as usize >= ROUNDS as usize && kills == KILLS);
}
