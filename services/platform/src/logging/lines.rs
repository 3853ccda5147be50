//! Standard output, with fewer and longer writes: one for each access line would be a fifth of what a read costs.
//!
//! Access lines are gathered for at most [`LAG`] and written together. Every other line is written at once, after those
//! that were gathered before it, so the order stays. What a killed process had gathered is lost: the access lines of its
//! last moments, and of nothing else.

use std::{
    io::{self, Write},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
    time::Duration,
};

use tracing_subscriber::fmt::MakeWriter;

/// Longest that an access line waits for others.
const LAG: Duration = Duration::from_millis(20);

/// Gathered bytes above which whoever adds a line writes them all: nobody's reader is so slow that memory fills.
const MOST: usize = 64 * 1024;

/// Lines on their way to standard output. Dropping it writes what is gathered.
#[derive(Clone)]
pub(crate) struct Lines(Arc<Shared>);

struct Shared {
    gathered: Mutex<Vec<u8>>,
    /// Tells the thread that the first line of a batch is there.
    begun: SyncSender<()>,
}

impl Lines {
    /// Starts the thread that writes.
    pub(super) fn start() -> Self {
        let (begun, first) = sync_channel(1);
        let lines = Self(Arc::new(Shared {
            gathered: Mutex::default(),
            begun,
        }));
        let weak = Arc::downgrade(&lines.0);
        let write = move |first: Receiver<()>| {
            while first.recv().is_ok() {
                thread::park_timeout(LAG);
                let Some(shared) = weak.upgrade() else { return };
                shared.flush();
            }
        };
        let spawned = thread::Builder::new()
            .name("log".into())
            .spawn(move || write(first));
        // Without the thread its end of the channel is gone, and every line is written at once.
        drop(spawned);
        lines
    }

    /// Adds a line that may wait for others.
    pub(super) fn add_lagging(&self, line: &[u8]) {
        self.0.add(line, true);
    }
}

impl Shared {
    fn add(&self, line: &[u8], may_lag: bool) {
        let mut gathered = self.gathered.lock().unwrap_or_else(PoisonError::into_inner);
        let is_first = gathered.is_empty();
        gathered.extend_from_slice(line);
        let is_full = gathered.len() >= MOST;
        drop(gathered);
        // A full channel is a thread that has been told.
        let is_told = !is_first || !matches!(self.begun.try_send(()), Err(error) if is_disconnected(&error));
        if !may_lag || is_full || !is_told {
            self.flush();
        }
    }

    fn flush(&self) {
        // The order of locks is that of the lines: who takes them out is who writes them next.
        let mut output = io::stdout().lock();
        let lines = std::mem::take(&mut *self.gathered.lock().unwrap_or_else(PoisonError::into_inner));
        // Nobody is left to be told that nobody reads.
        let _ = output.write_all(&lines);
        let _ = output.flush();
    }
}

fn is_disconnected<T>(error: &std::sync::mpsc::TrySendError<T>) -> bool {
    matches!(error, std::sync::mpsc::TrySendError::Disconnected(_))
}

impl Drop for Lines {
    fn drop(&mut self) {
        self.0.flush();
    }
}

/// Where a line goes that does not wait.
pub(crate) struct Line<'a>(&'a Shared);

impl Write for Line<'_> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.add(line, false);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line(&self.0)
    }
}
