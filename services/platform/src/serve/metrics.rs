//! What the platform counts, in the text format of Prometheus. Labels are route patterns, methods and classes of status:
//! a handful of each, and nothing that a caller chose (T10).

use std::{
    fmt::Display,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use actix_web::web::Data;
use domain::Instant;
use prometheus::{
    Encoder as _, HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry, TextEncoder, core::Collector,
};
use store::{Store, backlog::Backlog};

/// Upper bounds of the classes of duration, seconds.
const BUCKETS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

/// Counters since start.
pub(super) struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    durations: HistogramVec,
    begun: AtomicU64,
    answered: AtomicU64,
    gone: AtomicU64,
}

/// A request that runs. Dropped without an answer, its caller is gone, or a stop has cut it off.
pub(super) struct Begun(Option<Data<Metrics>>);

impl Begun {
    pub(super) fn now(metrics: Data<Metrics>) -> Self {
        metrics.begun.fetch_add(1, Ordering::Relaxed);
        Self(Some(metrics))
    }

    /// Its answer is made.
    pub(super) fn answered(mut self) {
        if let Some(metrics) = self.0.take() {
            metrics.answered.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        if let Some(metrics) = &self.0 {
            metrics.gone.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Metrics {
    pub(super) fn new() -> prometheus::Result<Self> {
        let registry = Registry::new();
        let requests = IntCounterVec::new(
            Opts::new("concordat_http_requests_total", "Requests answered"),
            &["route", "method", "status"],
        )?;
        let durations = HistogramVec::new(
            HistogramOpts::new("concordat_http_request_seconds", "Time to the answer's head")
                .buckets(BUCKETS.to_vec()),
            &["route", "method"],
        )?;
        let kept: [Box<dyn Collector>; 2] = [Box::new(requests.clone()), Box::new(durations.clone())];
        for collector in kept {
            registry.register(collector)?;
        }
        Ok(Self {
            registry,
            requests,
            durations,
            begun: AtomicU64::default(),
            answered: AtomicU64::default(),
            gone: AtomicU64::default(),
        })
    }

    /// Requests that ended without an answer so far.
    pub(super) fn gone(&self) -> u64 {
        self.gone.load(Ordering::Relaxed)
    }

    /// Requests that have no answer yet and those that ended without one since there were `gone` of them.
    pub(super) fn unanswered(&self, gone: u64) -> u64 {
        let [begun, answered] = [&self.begun, &self.answered].map(|count| count.load(Ordering::Relaxed));
        begun.saturating_sub(answered).saturating_sub(gone)
    }

    /// Shows what a service counts by itself, too.
    pub(super) fn add(&self, collectors: Vec<Box<dyn Collector>>) -> prometheus::Result<()> {
        collectors
            .into_iter()
            .try_for_each(|collector| self.registry.register(collector))
    }

    /// Counts one answer.
    pub(super) fn observe(&self, route: &str, method: &str, status: u16, took: Duration) {
        self.requests
            .with_label_values(&[route, method, class(status)])
            .inc();
        self.durations
            .with_label_values(&[route, method])
            .observe(took.as_secs_f64());
    }

    /// Everything, as a scraper reads it at `now`. Without a backlog, since the database is away, nothing is said of it.
    pub(super) fn text(&self, store: &Store, backlog: Option<Backlog>, now: Instant) -> String {
        let mut text = Vec::new();
        // Writing to memory fails for no metric of ours; what is missing then shows.
        let _ = TextEncoder::new().encode(&self.registry.gather(), &mut text);
        let mut text = String::from_utf8(text).unwrap_or_default();
        let counts = store.counts();
        let mut add = |name: &str, kind: &str, help: &str, value: &dyn Display| {
            let name = format!("concordat_{name}");
            text.push_str(&format!(
                "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n"
            ));
        };
        for (name, help, value) in [
            ("statements", "Statements sent to the database", counts.statements),
            (
                "transactions",
                "Transactions and single statements asked for",
                counts.transactions,
            ),
            (
                "conflicts",
                "Transactions that met another and were run again",
                counts.conflicts,
            ),
            (
                "unavailable",
                "Requests refused because the database was away or busy",
                counts.unavailable,
            ),
            ("batches", "Batches run by the combiners", counts.batches),
            ("questions", "Questions in those batches", counts.questions),
        ] {
            add(&format!("store_{name}_total"), "counter", help, &value);
        }
        let seconds = Duration::from_micros(counts.batch_microseconds).as_secs_f64();
        add(
            "store_batch_seconds_total",
            "counter",
            "Time that those batches took together",
            &seconds,
        );
        let waiting = store.accesses().waiting();
        add(
            "store_accesses_waiting",
            "gauge",
            "Records of reads that are not written yet",
            &waiting,
        );
        if let Some(backlog) = backlog {
            add(
                "events_waiting",
                "gauge",
                "Events that are not fanned out yet",
                &backlog.events,
            );
            add(
                "notifications_waiting",
                "gauge",
                "Notifications that are not delivered yet, parked ones apart; counted to 100000",
                &backlog.notifications,
            );
            let age = backlog
                .oldest_at
                .map_or(0.0, |oldest| (now - oldest).as_seconds_f64());
            add(
                "waiting_oldest_seconds",
                "gauge",
                "Age of the oldest event or notification that waits; 0 when none does",
                &(age.max(0.0)),
            );
        }
        text
    }
}

fn class(status: u16) -> &'static str {
    match status / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}
