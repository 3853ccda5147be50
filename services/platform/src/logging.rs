//! What the process tells: JSON lines on standard output.

mod lines;

use std::sync::OnceLock;

use config::Logging;
use domain::Instant;
use serde::Serialize;
use tracing_subscriber::{EnvFilter, layer::SubscriberExt as _, util::SubscriberInitExt as _};

pub(crate) use lines::Lines;

/// The target of access-log lines.
const ACCESS: &str = "access";

/// Where they go; nowhere unless the settings say so. The process has one standard output.
static ACCESSES: OnceLock<Lines> = OnceLock::new();

/// Starts telling, until what it returns is dropped. Once a process; a second call changes nothing.
pub(crate) fn start(settings: &Logging) -> Lines {
    let level = settings.level.as_str();
    // What others' crates tell of their insides is not ours to promise anything about: warnings alone.
    let ours = [
        "platform",
        "authorization",
        "accounts",
        "consents",
        "external_auth",
        "notifications",
        "outbound",
        "participants",
        "portal",
        "http",
        "lifecycle",
        "store",
        "mtls",
        "jose",
    ];
    let mut filter = String::from("warn");
    for name in ours {
        filter.push_str(&format!(",{name}={level}"));
    }
    let lines = Lines::start();
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(lines.clone())
        .json()
        .with_current_span(false)
        .with_span_list(false);
    let _ = tracing_subscriber::registry()
        .with(EnvFilter::new(filter))
        .with(layer)
        .try_init();
    if settings.access_log {
        let _ = ACCESSES.set(lines.clone());
    }
    lines
}

/// Tells an access, in the form of every other line. Not by way of an event of `tracing`: there is one for each request, and an event
/// costs thrice as much as what it says.
pub(crate) fn tell_access(at: Instant, fields: &impl Serialize) {
    #[derive(Serialize)]
    struct Line<'a, F> {
        timestamp: Instant,
        level: &'static str,
        fields: &'a F,
        target: &'static str,
    }

    let Some(lines) = ACCESSES.get() else { return };
    let line = Line {
        timestamp: at,
        level: "INFO",
        fields,
        target: ACCESS,
    };
    let mut text = Vec::with_capacity(512);
    // Ids and numbers: they are written, or, if ever one could not be, the line is missing.
    if serde_json::to_writer(&mut text, &line).is_ok() {
        text.push(b'\n');
        lines.add_lagging(&text);
    }
}
