//! The thread behind the reads that writes what they were let out.
//!
//! A read hands its record over and goes on; one thread writes what has gathered, [`GATHER`] after the first of it at the
//! latest, in one `COPY`. What that promises:
//! * A record is written within a second of its answer, while the database takes writes.
//! * None is dropped. There is room for [`ROOM`] records that are not written yet; who finds none waits, and is refused as
//!   unavailable when it takes too long, so that nothing is read that cannot be recorded.
//! * [`Writer::flush`] returns when all that was handed over before is written: a graceful stop ends with it. A process that
//!   is killed loses what was under a second old.
//! * After a lost connection a batch is written again, row by row over what may be there: no record stands twice.

use std::{
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::{Duration, Instant as Stopwatch},
};

use crossbeam_channel::{Receiver, Sender, unbounded};
use diesel::{PgConnection, QueryResult};
use tokio::sync::{Semaphore, oneshot};

use super::{
    Access,
    row::{copy, insert},
};
use crate::{
    connect::Connector,
    error::{StoreError, is_connection_lost},
};

/// How long the first record of a batch waits for others. With the time that one write takes, records lag less than a second.
pub const GATHER: Duration = Duration::from_millis(250);

/// Most records that are handed over and not written yet, about half a kilobyte each.
pub const ROOM: usize = 16_384;

/// Most records of one write.
const LARGEST_BATCH: usize = 8_192;

/// Between two attempts to write while the database is away.
const PAUSE: Duration = Duration::from_millis(200);

/// What is handed to the thread.
enum Message {
    Access(Box<Access>),
    /// Answered when everything before it is written.
    Flush(oneshot::Sender<()>),
}

/// Takes records and has them written. One for a store.
pub struct Writer {
    connector: Arc<Connector>,
    patience: Duration,
    room: Arc<Semaphore>,
    /// The thread's queue; there is none until the first record.
    queue: OnceLock<Sender<Message>>,
    starting: Mutex<()>,
}

impl Writer {
    pub(crate) fn new(connector: &Arc<Connector>, patience: Duration) -> Self {
        Self {
            connector: Arc::clone(connector),
            patience,
            room: Arc::new(Semaphore::new(ROOM)),
            queue: OnceLock::new(),
            starting: Mutex::new(()),
        }
    }

    /// Hands a record over. At once, unless [`ROOM`] records wait to be written.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when there is no room in time: then nothing may be shown to the reader.
    pub async fn record(&self, access: Access) -> Result<(), StoreError> {
        let permit = match self.room.try_acquire() {
            Ok(permit) => permit,
            Err(_) => tokio::time::timeout(self.patience, self.room.acquire())
                .await
                .map_err(|_| StoreError::Unavailable)?
                .map_err(|_| StoreError::Unavailable)?,
        };
        self.queue()
            .send(Message::Access(Box::new(access)))
            .map_err(|_| StoreError::Unavailable)?;
        // The thread gives the room back when the record is written.
        permit.forget();
        Ok(())
    }

    /// Returns when every record that was handed over before is written.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when that takes longer than the patience of the settings.
    pub async fn flush(&self) -> Result<(), StoreError> {
        let Some(queue) = self.queue.get() else {
            return Ok(());
        };
        let (written, is_written) = oneshot::channel();
        queue
            .send(Message::Flush(written))
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

    fn queue(&self) -> &Sender<Message> {
        if let Some(queue) = self.queue.get() {
            return queue;
        }
        let _one_starts = self.starting.lock().unwrap_or_else(PoisonError::into_inner);
        self.queue.get_or_init(|| {
            let (queue, waiting) = unbounded();
            let thread = Thread {
                connector: Arc::clone(&self.connector),
                connection: None,
                room: Arc::clone(&self.room),
            };
            let spawned = std::thread::Builder::new()
                .name("accesses".into())
                .spawn(move || thread.work(&waiting));
            if let Err(error) = spawned {
                // The queue then has no reader: every record is refused, and every read with it.
                tracing::error!(%error, "the thread that writes accesses could not be started");
            }
            queue
        })
    }
}

/// The side that writes.
struct Thread {
    connector: Arc<Connector>,
    connection: Option<PgConnection>,
    room: Arc<Semaphore>,
}

impl Thread {
    /// Until the last handle is dropped, and then what is left.
    fn work(mut self, queue: &Receiver<Message>) {
        while let Ok(first) = queue.recv() {
            let (accesses, flushes) = gather(first, queue);
            self.write(&accesses);
            self.room.add_permits(accesses.len());
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
        let mut outcome = self.run(|connection| copy(connection, accesses));
        loop {
            match outcome {
                Ok(()) => return,
                Err(StoreError::Unavailable) => {
                    // Nobody sends here: a pause that needs no sleep.
                    let _ = crossbeam_channel::after(PAUSE).recv();
                    outcome = self.run(|connection| insert(connection, accesses));
                }
                Err(_) => break,
            }
        }
        for access in accesses {
            let alone = std::slice::from_ref(access);
            if let Err(error) = self.run(|connection| insert(connection, alone)) {
                // The log keeps what the table does not take.
                tracing::error!(
                    %error, consent_id = %access.consent_id, client_id = %access.client_id, at = %access.accessed_at,
                    operation = %access.operation, "an access could not be written"
                );
            }
        }
    }

    fn run(&mut self, write: impl FnOnce(&mut PgConnection) -> QueryResult<()>) -> Result<(), StoreError> {
        let connection = match self.connection.as_mut() {
            Some(connection) => connection,
            None => self.connection.insert(self.connector.connect()?),
        };
        write(connection).map_err(|error| {
            if is_connection_lost(&error) {
                self.connection = None;
            }
            StoreError::from(error)
        })
    }
}

/// What comes within [`GATHER`] of the first, or before somebody wants it written.
fn gather(first: Message, queue: &Receiver<Message>) -> (Vec<Access>, Vec<oneshot::Sender<()>>) {
    let until = Stopwatch::now() + GATHER;
    let (mut accesses, mut flushes) = (Vec::new(), Vec::new());
    let mut next = Some(first);
    while let Some(message) = next {
        match message {
            Message::Access(access) => accesses.push(*access),
            Message::Flush(flush) => flushes.push(flush),
        }
        next = if accesses.len() >= LARGEST_BATCH {
            None
        } else if flushes.is_empty() {
            queue.recv_deadline(until).ok()
        } else {
            queue.try_recv().ok()
        };
    }
    (accesses, flushes)
}
