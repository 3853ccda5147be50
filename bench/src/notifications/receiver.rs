//! A callback: a TLS server with a thread a connection, that answers challenges and notes when a notification has arrived.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant as Stopwatch,
};

use openssl::ssl::{SslAcceptor, SslFiletype, SslMethod};
use serde_json::Value;
use uuid::Uuid;

use super::{Moments, lock};
use crate::failure::{Failure, While as _};

/// How it takes notifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    /// At once.
    Willing,
    /// Takes the connection and says nothing.
    Dead,
}

/// A receiver that runs until the process ends.
pub(super) struct Receiver {
    port: u16,
    counts: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    challenges: AtomicUsize,
    refused: AtomicUsize,
}

impl Receiver {
    /// Starts one with the certificate of the stage's server.
    ///
    /// # Errors
    /// [`Failure`].
    pub(super) fn start(folder: &Path, mood: Mood, heard: &Moments) -> Result<Self, Failure> {
        let what = "starting a receiver";
        let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server()).during(what)?;
        acceptor
            .set_certificate_chain_file(folder.join("server.pem"))
            .during(what)?;
        acceptor
            .set_private_key_file(folder.join("server.key"), SslFiletype::PEM)
            .during(what)?;
        let acceptor = acceptor.build();
        let listener = TcpListener::bind("127.0.0.1:0").during(what)?;
        let port = listener.local_addr().during(what)?.port();
        let counts = Arc::new(Counts::default());
        let (heard, counted) = (Arc::clone(heard), Arc::clone(&counts));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (acceptor, heard, counts) = (acceptor.clone(), Arc::clone(&heard), Arc::clone(&counted));
                // A connection that breaks has ended.
                std::thread::spawn(move || serve(&acceptor, stream, mood, &heard, &counts));
            }
        });
        Ok(Self { port, counts })
    }

    /// Its port.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Challenges that it answered.
    pub(super) fn challenges(&self) -> usize {
        self.counts.challenges.load(Ordering::Relaxed)
    }

    /// Notifications to which it said nothing.
    pub(super) fn refused(&self) -> usize {
        self.counts.refused.load(Ordering::Relaxed)
    }
}

fn serve(
    acceptor: &SslAcceptor,
    stream: TcpStream,
    mood: Mood,
    heard: &Moments,
    counts: &Counts,
) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut tls = acceptor.accept(stream).ok()?;
    loop {
        let body: Value = serde_json::from_slice(&read(&mut tls)?).ok()?;
        let arrived_at = Stopwatch::now();
        let answer = if body.get("challenge").is_some() {
            counts.challenges.fetch_add(1, Ordering::Relaxed);
            let body = body.to_string();
            format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())
        } else if mood == Mood::Dead {
            counts.refused.fetch_add(1, Ordering::Relaxed);
            // Until the caller goes away: it says nothing more.
            let _ = tls.read_exact(&mut [0]);
            return None;
        } else {
            let consent_id = body.get("notificationPayload")?.get("id")?.as_str()?;
            let consent_id: Uuid = consent_id.parse().ok()?;
            lock(heard).entry(consent_id).or_insert(arrived_at);
            "HTTP/1.1 204 No Content\r\n\r\n".to_owned()
        };
        tls.write_all(answer.as_bytes()).ok()?;
    }
}

/// The body of the next request.
fn read(stream: &mut impl Read) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4_096];
    let mut more = |bytes: &mut Vec<u8>| {
        let count = stream.read(&mut buffer).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(buffer.get(..count)?);
        Some(())
    };
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        more(&mut bytes)?;
    };
    let text = String::from_utf8_lossy(bytes.get(..head)?).to_ascii_lowercase();
    let length = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))?;
    let length: usize = length.trim().parse().ok()?;
    while bytes.len() < head + length {
        more(&mut bytes)?;
    }
    Some(bytes.split_off(head))
}
