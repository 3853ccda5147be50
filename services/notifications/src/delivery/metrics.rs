//! What delivery counts. Labels are classes of outcomes: nothing that a recipient chose, and nobody's name (T10).

use outbound::Failure;
use prometheus::{Histogram, HistogramOpts, IntCounter, IntCounterVec, Opts, core::Collector};

/// Upper bounds of the classes of delay, seconds: from at once to a day.
const BUCKETS: [f64; 10] = [0.1, 0.25, 0.5, 1.0, 2.0, 10.0, 60.0, 600.0, 3_600.0, 86_400.0];

/// Counters since start. Clones count together.
#[derive(Clone)]
pub struct Metrics {
    events: IntCounter,
    notifications: IntCounter,
    attempts: IntCounterVec,
    challenges: IntCounterVec,
    parked: IntCounter,
    delays: Histogram,
}

impl Metrics {
    /// New counters, at zero.
    ///
    /// # Errors
    /// When one has a name that Prometheus does not know for one.
    pub fn new() -> prometheus::Result<Self> {
        Ok(Self {
            events: IntCounter::new("concordat_events_total", "Events fanned out")?,
            notifications: IntCounter::new("concordat_notifications_total", "Notifications made of them")?,
            attempts: IntCounterVec::new(
                Opts::new(
                    "concordat_notification_attempts_total",
                    "Attempts to deliver, by outcome",
                ),
                &["outcome"],
            )?,
            challenges: IntCounterVec::new(
                Opts::new(
                    "concordat_notification_challenges_total",
                    "Challenges of callbacks, by outcome",
                ),
                &["outcome"],
            )?,
            parked: IntCounter::new("concordat_notifications_parked_total", "Notifications parked")?,
            delays: Histogram::with_opts(
                HistogramOpts::new(
                    "concordat_notification_delay_seconds",
                    "Time from an event's fan-out to its delivery",
                )
                .buckets(BUCKETS.to_vec()),
            )?,
        })
    }

    /// For a registry.
    pub fn collectors(&self) -> Vec<Box<dyn Collector>> {
        vec![
            Box::new(self.events.clone()),
            Box::new(self.notifications.clone()),
            Box::new(self.attempts.clone()),
            Box::new(self.challenges.clone()),
            Box::new(self.parked.clone()),
            Box::new(self.delays.clone()),
        ]
    }

    pub(super) fn fanned_out(&self, events: i64, notifications: i64) {
        self.events.inc_by(events.unsigned_abs());
        self.notifications.inc_by(notifications.unsigned_abs());
    }

    /// One attempt, so long after the fan-out.
    pub(super) fn attempted(&self, outcome: Result<u16, Failure>, after: chrono::Duration) {
        let outcome = match outcome {
            Ok(200..=299) => {
                self.delays.observe(after.as_seconds_f64());
                "2xx"
            }
            Ok(300..=399) => "3xx",
            Ok(400..=499) => "4xx",
            Ok(_) => "5xx",
            Err(failure) => failure.as_str(),
        };
        self.attempts.with_label_values(&[outcome]).inc();
    }

    pub(super) fn challenged(&self, is_verified: bool) {
        let outcome = if is_verified { "answered" } else { "unanswered" };
        self.challenges.with_label_values(&[outcome]).inc();
    }

    pub(super) fn parked(&self, notifications: i64) {
        self.parked.inc_by(notifications.unsigned_abs());
    }
}
