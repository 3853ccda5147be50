//! Nothing is lost: a receiver that refuses three of ten and is killed twice, and a platform (the real program, in a process of its
//! own) that is killed with SIGKILL five times, while consents are held and revoked. Every event arrives, those of a consent in order,
//! and each subscription's sequence has no gap.
//!
//! `CONCORDAT_REVOCATIONS` says how many consents are revoked; 300 unless given. `make bench-notifications` takes 10,000.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    fs,
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use domain::Random as _;
use testkit::receiver::{Reaction, Received, Receiver};

use crate::{
    stage::{Plan, TestPlatform, fresh_folder},
    subscriber::{HOLD, REVOKE, about},
};

/// Longest that one part of it takes: a part is a sixth of the events.
const PATIENCE: Duration = Duration::from_secs(600);

/// The program, serving. Dropping it is SIGKILL.
struct Program(Child);

impl Program {
    fn start(settings: &std::path::Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_concordat"))
            .arg("--config")
            .arg(settings)
            .arg("serve")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let is_up = lines.any(|line| line.unwrap().contains("\"listening\""));
        assert!(is_up, "it ended");
        // Nobody must wait for us to read its log.
        std::thread::spawn(move || lines.for_each(drop));
        Self(child)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Events that were taken, each once, counted while they come: to count them anew would hold the receiver up.
#[derive(Clone, Default)]
struct Taken(Arc<Mutex<HashSet<(String, String)>>>);

impl Taken {
    fn note(&self, request: &Received) {
        self.0.lock().unwrap().insert(about(request));
    }

    fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }

    async fn wait_for(&self, receiver: &Receiver, wanted: usize) {
        let this = self.clone();
        let (_, is_right) = receiver.wait(PATIENCE, move |_| this.count() >= wanted).await;
        assert!(is_right, "{} of {wanted}", self.count());
    }
}

#[tokio::test]
async fn every_event_arrives_in_order_though_both_ends_are_killed() {
    let number = std::env::var("CONCORDAT_REVOCATIONS").map_or(300, |number| number.parse().unwrap());
    let mut platform = TestPlatform::start().await;
    let subscriber = platform.subscriber().await;
    let chance = Arc::clone(&platform.platform.random);
    let taken = Taken::default();
    let noted = taken.clone();
    let receiver = platform.receiver(move |request| {
        let mut byte = [0; 1];
        chance.fill(&mut byte);
        // Three of ten, half of them without a word.
        match byte[0] {
            _ if request.challenge().is_some() => Reaction::Take,
            0..=37 => Reaction::Status(503),
            38..=76 => Reaction::Cut,
            _ => {
                noted.note(request);
                Reaction::Take
            }
        }
    });
    for event_type in [HOLD, REVOKE] {
        subscriber.subscribe(event_type, &receiver.url("/hook")).await;
    }
    receiver.wait_until(|seen| !seen.is_empty()).await;
    let consents = platform.consents(&subscriber, number).await;
    let folder = fresh_folder();
    let settings = folder.join("concordat.toml");
    let text = Plan::beside(&platform).write(&folder);
    fs::write(&settings, text).unwrap();
    platform.stop();

    let began = Instant::now();
    let platform = Arc::new(platform);
    let writer = {
        let (platform, consents) = (Arc::clone(&platform), consents.clone());
        tokio::spawn(async move {
            for consent_id in &consents {
                platform.hold(consent_id).await;
                platform.revoke(consent_id).await;
            }
            began.elapsed()
        })
    };
    let events = 2 * number;
    let mut program = Program::start(&settings);
    for part in 1..=5 {
        taken.wait_for(&receiver, events * part / 6).await;
        drop(program);
        if part == 2 || part == 4 {
            receiver.kill();
        }
        program = Program::start(&settings);
        if part == 2 || part == 4 {
            // It goes on for a while with nobody to hear it.
            let mut session = platform.database.session();
            let refused = tokio::task::spawn_blocking(move || {
                session.await_number("SELECT max(failures) FROM notification_callbacks", |failures| {
                    failures >= 5
                });
            });
            refused.await.unwrap();
            receiver.revive();
        }
    }
    taken.wait_for(&receiver, events).await;
    let written = writer.await.unwrap();
    let took = began.elapsed();
    drop(program);
    let _ = fs::remove_dir_all(&folder);

    let seen = receiver.received();
    let arrived: Vec<Received> = receiver.notifications();
    let mut first: HashMap<(String, String), usize> = HashMap::new();
    let mut sequences: HashMap<String, BTreeSet<i64>> = HashMap::new();
    for (place, one) in arrived.iter().enumerate() {
        let body = one.json();
        first.entry(about(one)).or_insert(place);
        let subscription_id = body["subscriptionId"].as_str().unwrap().to_owned();
        sequences
            .entry(subscription_id)
            .or_default()
            .insert(body["sequence"].as_i64().unwrap());
    }
    for consent_id in &consents {
        let held = first.get(&(consent_id.clone(), HOLD.into())).expect("held");
        let revoked = first.get(&(consent_id.clone(), REVOKE.into())).expect("revoked");
        assert!(held < revoked, "{consent_id}: its end came before its hold");
    }
    let all: BTreeSet<i64> = (1..=i64::try_from(number).unwrap()).collect();
    assert_eq!(sequences[HOLD], all);
    assert_eq!(sequences[REVOKE], all);
    let attempts = seen.iter().filter(|one| one.challenge().is_none()).count();
    println!(
        "{number} consents held and revoked in {written:.1?}: {events} events, {attempts} attempts arrived, {} taken, {} of them again; \
         platform killed 5 times, receiver twice; all arrived in order, none lost, after {took:.1?}",
        arrived.len(),
        arrived.len() - events,
    );
}
