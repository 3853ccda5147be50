//! The recipient's callback: a small HTTPS server that asks for the caller's certificate, answers the challenge, and hands over
//! what else it is sent. `docs/notifications.md` says what a real one must do.

use std::{
    collections::HashMap,
    io::{self, Read, Write},
    net::{TcpListener, TcpStream},
    sync::Arc,
};

use openssl::ssl::{SslAcceptor, SslFiletype, SslMethod, SslVerifyMode};
use serde_json::{Value, json};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::{
    recipient::{Failure, PATIENCE},
    stage::Facts,
};

/// Longest head, and longest body, that is read.
const LONGEST: usize = 64 * 1024;

/// One request as it came.
pub(super) struct Received {
    /// Names in lower case.
    pub(super) headers: HashMap<String, String>,
    /// To the last byte, since its digest is signed.
    pub(super) body: Vec<u8>,
}

impl Received {
    /// The body as JSON; null when it is none.
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// What is to be sent back, if this is a challenge.
    pub(super) fn challenge(&self) -> Option<Value> {
        self.json().get("challenge").cloned()
    }
}

/// The callback. Its thread ends with the program.
pub(super) struct Receiver {
    /// Where it listens.
    pub(super) url: String,
    received: UnboundedReceiver<Received>,
}

impl Receiver {
    /// Starts it with the certificate of the stage's servers; who calls must have one of that authority.
    pub(super) fn start(facts: &Facts) -> Result<Self, Failure> {
        let failed = |error: &dyn std::fmt::Display| Failure::new(format!("the callback: {error}"));
        let mut builder =
            SslAcceptor::mozilla_intermediate_v5(SslMethod::tls()).map_err(|error| failed(&error))?;
        builder
            .set_certificate_chain_file(&facts.server_certificate)
            .and_then(|()| builder.set_private_key_file(&facts.server_key, SslFiletype::PEM))
            .and_then(|()| builder.set_ca_file(&facts.ca))
            .map_err(|error| failed(&error))?;
        builder.set_verify(SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT);
        let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| failed(&error))?;
        let port = listener.local_addr().map_err(|error| failed(&error))?.port();
        let (sender, received) = unbounded_channel();
        let acceptor = Arc::new(builder.build());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (acceptor, sender) = (Arc::clone(&acceptor), sender.clone());
                std::thread::spawn(move || serve(&acceptor, stream, &sender));
            }
        });
        Ok(Self {
            url: format!("https://localhost:{port}/events"),
            received,
        })
    }

    /// The next request.
    pub(super) async fn next(&mut self) -> Result<Received, Failure> {
        let next = tokio::time::timeout(PATIENCE, self.received.recv()).await;
        next.ok()
            .flatten()
            .ok_or_else(|| Failure::new("the callback was not called"))
    }
}

/// Answers what comes over one connection until it ends. Whatever goes wrong is the caller's to try again.
fn serve(acceptor: &SslAcceptor, stream: TcpStream, sender: &UnboundedSender<Received>) -> Option<()> {
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    let mut stream = acceptor.accept(stream).ok()?;
    loop {
        let received = read(&mut stream).ok()?;
        let answer = match received.challenge() {
            Some(challenge) => {
                let body = json!({"challenge": challenge}).to_string();
                format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
                    body.len()
                )
            }
            None => "HTTP/1.1 204 No Content\r\n\r\n".to_owned(),
        };
        stream.write_all(answer.as_bytes()).ok()?;
        sender.send(received).ok()?;
    }
}

/// One request of HTTP/1.1 with a `Content-Length`.
fn read(stream: &mut impl Read) -> io::Result<Received> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        head.extend(byte);
        if head.len() > LONGEST {
            return Err(io::ErrorKind::InvalidData.into());
        }
    }
    let headers: HashMap<String, String> = String::from_utf8_lossy(&head)
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length: usize = headers
        .get("content-length")
        .and_then(|length| length.parse().ok())
        .filter(|length| *length <= LONGEST)
        .ok_or(io::ErrorKind::InvalidData)?;
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok(Received { headers, body })
}
