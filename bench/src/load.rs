//! The load: sixteen connections, each asking again as soon as it is answered, until so many answers or so much time.

use std::{
    sync::{
        Barrier,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant as Stopwatch},
};

use crate::{
    connection::Connector,
    failure::Failure,
    requests::Requests,
    usage::{self, Cluster},
};

/// Kept-alive connections.
pub(crate) const CONNECTIONS: usize = 16;

/// Requests of each connection before the measured ones: caches, prepared statements and thread pools fill.
const WARM_UP: usize = 40;

/// Longest that one phase may ask.
const LONGEST: Duration = Duration::from_secs(8);

/// What is measured: a server's process and its database.
#[derive(Clone, Copy)]
pub(crate) struct Target {
    /// Of its mutual-TLS listener.
    pub(crate) port: u16,
    /// The server's.
    pub(crate) pid: u32,
    /// The database's.
    pub(crate) cluster: Cluster,
}

impl Target {
    /// Of the server, and of the database.
    fn cpu(&self) -> (Duration, Duration) {
        (usage::cpu(self.pid), self.cluster.cpu())
    }
}

/// What phases of one kind came to, added up.
#[derive(Default, Clone)]
pub(crate) struct Measured {
    /// Of each request, unordered.
    pub(crate) latencies: Vec<Duration>,
    /// CPU time of the server.
    pub(crate) server: Duration,
    /// CPU time of the database.
    pub(crate) database: Duration,
    /// From the first request to the last answer.
    pub(crate) elapsed: Duration,
}

impl Measured {
    /// Adds another phase.
    pub(crate) fn add(&mut self, other: Self) {
        self.latencies.extend(other.latencies);
        self.server += other.server;
        self.database += other.database;
        self.elapsed += other.elapsed;
    }

    /// Answers per second of CPU.
    pub(crate) fn per_cpu_second(&self) -> f64 {
        count(self.latencies.len()) / (self.server + self.database).as_secs_f64()
    }

    /// Microseconds of that CPU time for one answer.
    pub(crate) fn each(&self, cpu: Duration) -> f64 {
        cpu.as_secs_f64() * 1e6 / count(self.latencies.len())
    }

    /// Answers per second.
    pub(crate) fn per_second(&self) -> f64 {
        count(self.latencies.len()) / self.elapsed.as_secs_f64()
    }

    /// The latency that so many of a hundred requests do not exceed, milliseconds.
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let mut sorted = self.latencies.clone();
        sorted.sort_unstable();
        let position = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
        sorted
            .get(position)
            .map_or(f64::NAN, |latency| latency.as_secs_f64() * 1000.0)
    }
}

/// A number of things as a figure to divide.
pub(crate) fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

/// How many requests a phase of so many measured ones sends altogether.
pub(crate) const fn with_warm_up(measured: usize) -> usize {
    measured + CONNECTIONS * WARM_UP
}

/// Sends `measured` requests after the warm-up, and measures those.
///
/// # Errors
/// At the first answer that is not 200, or no answer.
pub(crate) fn run(
    target: Target,
    connector: &Connector,
    requests: &Requests,
    measured: usize,
) -> Result<Measured, Failure> {
    let next = AtomicUsize::new(0);
    let (warm, start) = (Barrier::new(CONNECTIONS + 1), Barrier::new(CONNECTIONS + 1));
    std::thread::scope(|scope| {
        let worker = || {
            let ready = warm_up(target, connector, requests, &next);
            // All wait for all, also for one that failed: otherwise nobody would ever start.
            warm.wait();
            start.wait();
            let mut connection = ready?;
            let began = Stopwatch::now();
            let mut latencies = Vec::with_capacity(measured);
            while began.elapsed() < LONGEST {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= with_warm_up(measured) {
                    break;
                }
                let asked = Stopwatch::now();
                ask(&mut connection, requests, number)?;
                latencies.push(asked.elapsed());
            }
            Ok(latencies)
        };
        let workers: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(worker)).collect();
        warm.wait();
        let ((server, database), began) = (target.cpu(), Stopwatch::now());
        start.wait();
        let mut sum = Measured::default();
        for worker in workers {
            let latencies: Result<Vec<Duration>, Failure> = worker
                .join()
                .map_err(|_| Failure::new("a connection's thread panicked"))?;
            sum.latencies.extend(latencies?);
        }
        sum.elapsed = began.elapsed();
        let after = target.cpu();
        sum.server = after.0.saturating_sub(server);
        sum.database = after.1.saturating_sub(database);
        Ok(sum)
    })
}

type TlsConnection = crate::connection::Connection<openssl::ssl::SslStream<std::net::TcpStream>>;

fn warm_up(
    target: Target,
    connector: &Connector,
    requests: &Requests,
    next: &AtomicUsize,
) -> Result<TlsConnection, Failure> {
    let mut connection = connector.connect(target.port)?;
    for _ in 0..WARM_UP {
        ask(&mut connection, requests, next.fetch_add(1, Ordering::Relaxed))?;
    }
    Ok(connection)
}

fn ask(connection: &mut TlsConnection, requests: &Requests, number: usize) -> Result<(), Failure> {
    let answer = connection.exchange(requests.nth(number)?)?;
    if answer.status == 200 {
        Ok(())
    } else {
        let body = String::from_utf8_lossy(answer.body);
        Err(Failure::new(format!("an answer of {}: {body}", answer.status)))
    }
}
