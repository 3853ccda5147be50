//! What the platform counts, in the text format of Prometheus. Labels are route patterns, methods and classes of status:
//! a handful of each, and nothing that a caller chose (T10).

use std::time::Duration;

use prometheus::{
    Encoder as _, HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry, TextEncoder, core::Collector,
};
use store::Store;

/// Upper bounds of the classes of duration, seconds.
const BUCKETS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

/// Counters since start.
pub(super) struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    durations: HistogramVec,
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
        })
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

    /// Everything, as a scraper reads it.
    pub(super) fn text(&self, store: &Store) -> String {
        let mut text = Vec::new();
        // Writing to memory fails for no metric of ours; what is missing then shows.
        let _ = TextEncoder::new().encode(&self.registry.gather(), &mut text);
        let mut text = String::from_utf8(text).unwrap_or_default();
        let counts = store.counts();
        let of_the_store = [
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
        ];
        let (name, seconds) = (
            "concordat_store_batch_seconds_total",
            Duration::from_micros(counts.batch_microseconds).as_secs_f64(),
        );
        text.push_str(&format!(
            "# HELP {name} Time that those batches took together\n# TYPE {name} counter\n{name} {seconds}\n"
        ));
        for (name, help, value) in of_the_store {
            let name = format!("concordat_store_{name}_total");
            text.push_str(&format!(
                "# HELP {name} {help}\n# TYPE {name} counter\n{name} {value}\n"
            ));
        }
        let (name, waiting) = ("concordat_store_accesses_waiting", store.accesses().waiting());
        text.push_str(&format!(
            "# HELP {name} Records of reads that are not written yet\n# TYPE {name} gauge\n{name} {waiting}\n"
        ));
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
