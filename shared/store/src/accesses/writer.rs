//! The thread behind the reads that writes what they were let out.
//!
//! A read hands its record over and goes on; one thread writes what has gathered, [`GATHER`] after the first of it at the
//! latest, in one `COPY`, with the months that are new to their consents ([`super::last`]). While it gathers it does not listen to the queue, so that no read pays for waking it; and what comes
//! while it writes gathers for the next time: writing until nothing is left would, under load, be a commit for each handful of
//! reads, one after the other. What that promises:
//! * A record is written within a second of its answer, while the database takes writes, and is on its disk within another:
//!   the commits of this thread do not wait for the disk, of which there would be one for each few reads.
//! * None is dropped. There is room for [`ROOM`] records that are not written yet; who finds none waits, and is refused as
//!   unavailable when it takes too long, so that nothing is read that cannot be recorded.
//! * [`Writer::flush`] returns when all that was handed over before is written: a graceful stop ends with it. A process that
//!   is killed loses what was under a second old.
//! * After a lost connection a batch is written again, row by row over what may be there: no record stands twice.

use std::{
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use crossbeam_channel::{Receiver, Sender, select, unbounded};
use diesel::{PgConnection, QueryResult};
use tokio::sync::{Semaphore, oneshot};

use super::{
    Access,
    last::{Months, Remembered},
    row::{copy, insert},
};
use crate::{
    connect::Connector,
    error::{StoreError, is_connection_lost},
};

/// How long the first record of a batch waits for others. With the time that one write takes, records lag less than a second.
/// Longer would hold more memory, and the core for longer at once, which reads that come meanwhile would feel.
pub const GATHER: Duration = Duration::from_millis(20);

/// Most records that are handed over and not written yet, about half a kilobyte each.
pub const ROOM: usize = 16_384;

/// Most records of one write.
const LARGEST_BATCH: usize = 256;

/// Between two attempts to write while the database is away.
const PAUSE: Duration = Duration::from_millis(200);

/// Why the thread is not to gather any longer.
enum Hurry {
    /// There is no room left.
    Full,
    /// Answered when every record that was handed over before is written.
    Flush(oneshot::Sender<()>),
}

impl Hurry {
    fn into_flush(self) -> Option<oneshot::Sender<()>> {
        match self {
            Self::Full => None,
            Self::Flush(written) => Some(written),
        }
    }
}

/// The two ways to the thread.
struct Line {
    records: Sender<Access>,
    hurry: Sender<Hurry>,
}

/// Takes records and has them written. One for a store.
pub struct Writer {
    connector: Arc<Connector>,
    patience: Duration,
    room: Arc<Semaphore>,
    /// There is none until the first record.
    line: OnceLock<Line>,
    starting: Mutex<()>,
}

impl Writer {
    pub(crate) fn new(connector: &Arc<Connector>, patience: Duration) -> Self {
        Self {
            connector: Arc::clone(connector),
            patience,
            room: Arc::new(Semaphore::new(ROOM)),
            line: OnceLock::new(),
            starting: Mutex::new(()),
        }
    }

    /// Hands a record over. At once, unless [`ROOM`] records wait to be written.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when there is no room in time: then nothing may be shown to the reader.
    pub async fn record(&self, access: Access) -> Result<(), StoreError> {
        let line = self.line();
        let permit = match self.room.try_acquire() {
            Ok(permit) => permit,
            Err(_) => {
                line.hurry
                    .send(Hurry::Full)
                    .map_err(|_| StoreError::Unavailable)?;
                tokio::time::timeout(self.patience, self.room.acquire())
                    .await
                    .map_err(|_| StoreError::Unavailable)?
                    .map_err(|_| StoreError::Unavailable)?
            }
        };
        line.records.send(access).map_err(|_| StoreError::Unavailable)?;
        // The thread gives the room back when the record is written.
        permit.forget();
        Ok(())
    }

    /// Returns when every record that was handed over before is written.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when that takes longer than the patience of the settings.
    pub async fn flush(&self) -> Result<(), StoreError> {
        let Some(line) = self.line.get() else {
            return Ok(());
        };
        let (written, is_written) = oneshot::channel();
        line.hurry
            .send(Hurry::Flush(written))
            .map_err(|_| StoreError::Unavailable)?;
        match tokio::time::timeout(self.patience + GATHER, is_written).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(StoreError::Unavailable),
        }
    }

    /// Records that are handed over and not written yet.
    pub fn waiting(&self) -> usize {
        ROOM.saturating_sub(self.room.available_permits())
    }

    fn line(&self) -> &Line {
        if let Some(line) = self.line.get() {
            return line;
        }
        let _one_starts = self.starting.lock().unwrap_or_else(PoisonError::into_inner);
        self.line.get_or_init(|| {
            let (records, waiting) = unbounded();
            let (hurry, hurries) = unbounded();
            let thread = Thread {
                connector: Arc::clone(&self.connector),
                connection: None,
                months: Remembered::default(),
                room: Arc::clone(&self.room),
            };
            let spawned = std::thread::Builder::new()
                .name("accesses".into())
                .spawn(move || thread.work(&waiting, &hurries));
            if let Err(error) = spawned {
                // Nobody reads the queue then: every record is refused, and every read with it.
                tracing::error!(%error, "the thread that writes accesses could not be started");
            }
            Line { records, hurry }
        })
    }
}

/// The side that writes.
struct Thread {
    connector: Arc<Connector>,
    connection: Option<PgConnection>,
    months: Remembered,
    room: Arc<Semaphore>,
}

impl Thread {
    /// Until the last handle is dropped, and then what is left.
    fn work(mut self, records: &Receiver<Access>, hurries: &Receiver<Hurry>) {
        let mut accesses = Vec::new();
        loop {
            let mut flushes = Vec::new();
            select! {
                recv(records) -> first => match first {
                    Ok(first) => accesses.push(first),
                    Err(_) => return,
                },
                recv(hurries) -> hurry => flushes.extend(hurry.ok().and_then(Hurry::into_flush)),
            }
            if flushes.is_empty() {
                // Nobody left to send also ends the wait.
                let hurry = hurries.recv_timeout(GATHER).ok();
                flushes.extend(hurry.and_then(Hurry::into_flush));
            }
            flushes.extend(hurries.try_iter().filter_map(Hurry::into_flush));
            // What was handed over before a flush is in the queue by now; what comes from here on gathers.
            let mut left = accesses.len() + records.len();
            while left > 0 {
                let more = left.min(LARGEST_BATCH) - accesses.len();
                accesses.extend(records.try_iter().take(more));
                if accesses.is_empty() {
                    break;
                }
                self.write(&accesses);
                self.room.add_permits(accesses.len());
                left = left.saturating_sub(accesses.len());
                accesses.clear();
            }
            for flush in flushes {
                // Whoever has stopped waiting is told nothing.
                let _ = flush.send(());
            }
        }
    }

    /// Writes them all, however long that takes.
    fn write(&mut self, accesses: &[Access]) {
        if accesses.is_empty() {
            return;
        }
        let mut outcome = self.run(accesses, copy);
        loop {
            match outcome {
                Ok(()) => return,
                Err(StoreError::Unavailable) => {
                    // Nobody sends here: a pause that needs no sleep.
                    let _ = crossbeam_channel::after(PAUSE).recv();
                    outcome = self.run(accesses, insert);
                }
                Err(_) => break,
            }
        }
        for access in accesses {
            let alone = std::slice::from_ref(access);
            if let Err(error) = self.run(alone, insert) {
                // The log keeps what the table does not take.
                tracing::error!(
                    %error, consent_id = %access.consent_id, client_id = %access.client_id, at = %access.accessed_at,
                    operation = %access.operation, "an access could not be written"
                );
            }
        }
    }

    fn run(
        &mut self,
        accesses: &[Access],
        write: fn(&mut PgConnection, &[Access], &Months) -> QueryResult<()>,
    ) -> Result<(), StoreError> {
        let connection = match self.connection.as_mut() {
            Some(connection) => connection,
            None => self.connection.insert(self.connector.connect_lagging()?),
        };
        let months = self.months.new_in(accesses);
        write(connection, accesses, &months).map_err(|error| {
            if is_connection_lost(&error) {
                self.connection = None;
                self.months.forget();
            }
            StoreError::from(error)
        })?;
        self.months.keep(months);
        Ok(())
    }
}
