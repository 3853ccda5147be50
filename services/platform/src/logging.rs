//! What the process tells: JSON lines on standard output.

mod lines;

use config::Logging;
use tracing_subscriber::{EnvFilter, layer::SubscriberExt as _, util::SubscriberInitExt as _};

/// The target of access-log lines, which have a switch of their own.
pub(crate) const ACCESS: &str = "access";

pub(crate) use lines::Lines;

/// Starts telling, until what it returns is dropped. Once a process; a second call changes nothing.
pub(crate) fn start(settings: &Logging) -> Lines {
    let level = settings.level.as_str();
    // What others' crates tell of their insides is not ours to promise anything about: warnings alone.
    let access = if settings.access_log { "info" } else { "off" };
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
    let mut filter = format!("warn,{ACCESS}={access}");
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
    lines
}
