//! The guard at registration and at connect, with a DNS that says what a test wants. That nothing was connected to shows at a
//! listener, and without TLS. What TLS, answers and time add is shown against the whole platform.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{
    collections::VecDeque,
    io,
    net::{IpAddr, TcpListener},
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};

extern crate concordat_outbound as outbound;

use outbound::{CheckError, Failure, HeaderMap, Lookup, Method, Outbound, TargetError};

/// A DNS that gives one answer after the other, the last one for ever.
struct Script(Mutex<VecDeque<Vec<IpAddr>>>);

impl Script {
    fn of(answers: &[&[&str]]) -> Arc<Self> {
        let parse = |answer: &&[&str]| answer.iter().map(|text| text.parse().unwrap()).collect();
        Arc::new(Self(Mutex::new(answers.iter().map(parse).collect())))
    }
}

impl Lookup for Script {
    fn addresses(&self, _name: &str) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> {
        let mut answers = self.0.lock().unwrap();
        let answer = match answers.len() {
            1 => answers.front().cloned(),
            _ => answers.pop_front(),
        };
        Box::pin(async move { answer.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound)) })
    }
}

fn client(lookup: Arc<dyn Lookup>, test_hosts: &[&str]) -> Outbound {
    let settings = config::Outbound {
        test_hosts: test_hosts.iter().map(|&host| host.to_owned()).collect(),
        ..config::Outbound::default()
    };
    Outbound::with_lookup(&settings, &["auth.bank.example"], lookup).unwrap()
}

const URL: &str = "https://hooks.recipient.example/fdx";

#[tokio::test]
async fn s01_s04_a_name_that_resolves_to_anything_private_is_refused_at_registration() {
    for addresses in [
        ["10.0.0.1"].as_slice(),
        &["127.0.0.1"],
        &["169.254.169.254"],
        &["::1"],
        &["::ffff:192.168.0.1"],
        &["64:ff9b::a00:1"],
        &["fd00::1"],
        // One among public ones is enough.
        &["8.8.8.8", "10.0.0.1"],
        &["2606:4700::1111", "fe80::1"],
    ] {
        let outbound = client(Script::of(&[addresses]), &[]);
        assert_eq!(
            outbound.check(URL, "a").await,
            Err(CheckError::NotPublic),
            "{addresses:?}"
        );
    }
    let outbound = client(Script::of(&[&["8.8.8.8", "2606:4700::1111"]]), &[]);
    assert_eq!(
        outbound.check(URL, "a").await.unwrap().authority(),
        "hooks.recipient.example:443"
    );
    let outbound = client(Script::of(&[&[]]), &[]);
    assert_eq!(outbound.check(URL, "a").await, Err(CheckError::Unknown));
    let outbound = client(Script::of(&[&["8.8.8.8"; 17]]), &[]);
    assert_eq!(outbound.check(URL, "a").await, Err(CheckError::Unknown));
}

/// The name is public when it is registered and private when it is called: what is connected to is what was just checked.
#[tokio::test]
async fn s05_a_name_that_resolves_otherwise_later_is_not_connected_to() {
    let listener = TcpListener::bind("127.0.0.1:8443").or_else(|_| TcpListener::bind("127.0.0.1:0"));
    let listener = listener.unwrap();
    listener.set_nonblocking(true).unwrap();
    let outbound = client(Script::of(&[&["8.8.8.8"], &["127.0.0.1"]]), &[]);
    let target = outbound
        .check("https://hooks.recipient.example:8443/fdx", "a")
        .await
        .unwrap();
    let sent = outbound
        .send(Method::POST, &target, HeaderMap::new(), Vec::new())
        .await;
    assert_eq!(sent, Err(Failure::Address));
    let accepted = listener.accept();
    assert_eq!(accepted.unwrap_err().kind(), io::ErrorKind::WouldBlock);
}

/// The settings may name a host and its port; then it may be here, and only there.
#[tokio::test]
async fn a_test_host_may_be_on_this_machine_on_its_own_port_alone() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let outbound = client(Script::of(&[&["127.0.0.1"]]), &[&format!("localhost:{port}")]);
    let target = outbound
        .check(&format!("https://localhost:{port}/"), "a")
        .await
        .unwrap();
    let accepting = tokio::task::spawn_blocking(move || drop(listener.accept().unwrap()));
    let sent = outbound
        .send(Method::GET, &target, HeaderMap::new(), Vec::new())
        .await;
    // It hears us, and speaks no TLS.
    assert_eq!(sent, Err(Failure::Connection));
    accepting.await.unwrap();
    for text in [
        "https://localhost/",
        "https://localhost:1/",
        "https://127.0.0.1:8443/",
    ] {
        assert_eq!(
            outbound.check(text, "a").await,
            Err(TargetError::Host.into()),
            "{text}"
        );
    }
}

/// A DNS that says nothing of one name.
struct Silent;

impl Lookup for Silent {
    fn addresses(&self, name: &str) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> {
        if name.starts_with("slow.") {
            return Box::pin(std::future::pending());
        }
        Box::pin(async { Ok(vec!["8.8.8.8".parse().unwrap()]) })
    }
}

/// N11: who registers names that nobody answers for holds up itself.
#[tokio::test]
async fn n11_one_asker_has_one_name_looked_up_at_a_time() {
    let outbound = client(Arc::new(Silent), &[]);
    let soon = Duration::from_millis(50);
    let slow = outbound.check("https://slow.recipient.example/", "a");
    tokio::pin!(slow);
    assert!(tokio::time::timeout(soon, &mut slow).await.is_err());
    assert!(outbound.check(URL, "b").await.is_ok());
    assert!(
        tokio::time::timeout(soon, outbound.check(URL, "a"))
            .await
            .is_err()
    );
}
