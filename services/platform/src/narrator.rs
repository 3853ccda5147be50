//! Tells a person at a terminal what is happening: preparations as they begin, then numbered steps, each with its
//! requests, answers and what was checked.

use std::io::{self, IsTerminal as _, Write as _};

/// Tells, and counts.
pub(crate) struct Narrator {
    colour: bool,
    steps: u32,
    checks: u32,
}

impl Narrator {
    /// On standard output; in colour on a terminal, unless `NO_COLOR` is set.
    pub(crate) fn new() -> Self {
        let colour = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Self {
            colour,
            steps: 0,
            checks: 0,
        }
    }

    /// Something that takes a moment, before the first step.
    pub(crate) fn preparing(&self, what: &str) {
        self.line(&format!("  {} {what}", self.painted("2", "...")));
    }

    /// Begins a step.
    pub(crate) fn step(&mut self, title: &str) {
        self.steps += 1;
        self.line(&format!(
            "\n{}",
            self.painted("1", &format!("{:>2}. {title}", self.steps))
        ));
    }

    /// A request and its answer. The query is not told: it may carry what a log must not hold.
    pub(crate) fn exchanged(&self, method: &str, url: &str, status: u16, note: &str) {
        let url = url.split(['?', '#']).next().unwrap_or(url);
        let note = if note.is_empty() {
            String::new()
        } else {
            format!("  {note}")
        };
        self.line(&format!(
            "    {method:<5} {url}  {} {}{note}",
            self.painted("2", "->"),
            self.painted("36", &status.to_string())
        ));
    }

    /// Something that was checked and is so.
    pub(crate) fn checked(&mut self, what: &str) {
        self.checks += 1;
        self.line(&format!("    {} {what}", self.painted("32", "ok")));
    }

    /// A plain line.
    pub(crate) fn line(&self, text: &str) {
        // A terminal that went away is no reason to fail.
        let _ = writeln!(io::stdout().lock(), "{text}");
    }

    /// A heading.
    pub(crate) fn heading(&self, text: &str) {
        self.line(&self.painted("1", text));
    }

    /// The last lines of a good end.
    pub(crate) fn done(&self, seconds: f64) {
        let text = format!(
            "\n{} steps, {} checks, {seconds:.1} s: all as it should be.",
            self.steps, self.checks
        );
        self.line(&self.painted("1;32", &text));
    }

    /// The last line of a bad one.
    pub(crate) fn failed(&self, why: &str) {
        let text = format!("\nStep {} failed after {} checks: {why}", self.steps, self.checks);
        self.line(&self.painted("1;31", &text));
    }

    fn painted(&self, code: &str, text: &str) -> String {
        if self.colour {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}
