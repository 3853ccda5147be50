//! What many requests ask alike goes to the database together.
//!
//! A combiner is a few threads with a connection each. A thread takes what waits at that moment, runs one
//! statement for all of it and answers each asker with its own row. Nobody waits for a timer: while one batch
//! runs the next gathers, so an idle server answers at once and a busy one grows its batches.
//!
//! What it promises:
//! * No answer leaves before the statement that holds it is committed, and that statement began after the
//!   question arrived: whatever was revoked before is seen.
//! * A batch that fails is run again one question at a time, so that a bad one hurts nobody else.
//! * After a lost connection each question is asked once more on a new one. A question must therefore be safe
//!   to ask twice: a spend recognises its own earlier success (see `spend.rs`).
//! * The queue is bounded: what does not fit, or is not answered in time, is refused as unavailable.

use std::{
    sync::Arc,
    time::{Duration, Instant as Stopwatch},
};

use crossbeam_channel::{Receiver, Sender, bounded};
use diesel::{PgConnection, QueryResult};
use tokio::sync::oneshot;

use crate::{
    connect::Connector,
    error::{StoreError, is_connection_lost},
};

/// One kind of question that can be asked for many at once.
pub(crate) trait Batch: Send + Sync + 'static {
    /// What one asker wants to know.
    type Question: Send + 'static;
    /// What it gets.
    type Answer: Send + 'static;
    /// For metrics and thread names.
    const NAME: &'static str;
    /// Whether an answer waits until its commit is on the disk. Where not, it may be lost with the database's machine.
    const WAITS_FOR_DISK: bool = true;

    /// Answers all questions with one statement, in their order: as many answers as questions.
    fn run(connection: &mut PgConnection, questions: &[&Self::Question]) -> QueryResult<Vec<Self::Answer>>;
}

/// Most questions in one statement.
const LARGEST_BATCH: usize = 128;

/// Most questions that wait.
const LONGEST_QUEUE: usize = 2048;

struct Waiting<B: Batch> {
    question: B::Question,
    answer: oneshot::Sender<Result<B::Answer, StoreError>>,
}

/// A handle to the threads that answer one kind of question. Cheap to clone.
pub(crate) struct Combiner<B: Batch> {
    queue: Sender<Waiting<B>>,
    patience: Duration,
}

impl<B: Batch> Clone for Combiner<B> {
    fn clone(&self) -> Self {
        Self {
            queue: self.queue.clone(),
            patience: self.patience,
        }
    }
}

impl<B: Batch> Combiner<B> {
    /// Starts `threads` threads. They end when the last handle is dropped.
    pub(crate) fn start(connector: &Arc<Connector>, threads: usize, patience: Duration) -> Self {
        let (queue, waiting) = bounded(LONGEST_QUEUE);
        for number in 0..threads.max(1) {
            let (connector, waiting) = (Arc::clone(connector), waiting.clone());
            let spawned = std::thread::Builder::new()
                .name(format!("{}-{number}", B::NAME))
                .spawn(move || {
                    Worker::<B> {
                        connector,
                        connection: None,
                        _kind: std::marker::PhantomData,
                    }
                    .work(&waiting)
                });
            if let Err(error) = spawned {
                // Without threads the queue has no reader and every question is refused: safe, and logged.
                tracing::error!(%error, combiner = B::NAME, "a combiner thread could not be started");
            }
        }
        Self { queue, patience }
    }

    /// Asks. The question is under way when this returns, so that an asker can meanwhile do what needs no answer.
    pub(crate) fn ask(&self, question: B::Question) -> Asked<B::Answer> {
        let (answer, answered) = oneshot::channel();
        let asked = self.queue.try_send(Waiting { question, answer });
        Asked {
            answered: asked.is_ok().then_some(answered),
            patience: self.patience,
        }
    }
}

/// A question that is under way.
pub(crate) struct Asked<A> {
    /// None if the queue was full.
    answered: Option<oneshot::Receiver<Result<A, StoreError>>>,
    patience: Duration,
}

impl<A> Asked<A> {
    /// Waits for the committed answer.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the queue is full, the database is away or the answer takes longer than
    /// the patience of the settings; [`StoreError::Failed`] when this very question is refused.
    pub(crate) async fn answer(self) -> Result<A, StoreError> {
        let answered = self.answered.ok_or(StoreError::Unavailable)?;
        match tokio::time::timeout(self.patience, answered).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) | Err(_) => Err(StoreError::Unavailable),
        }
    }
}

/// One thread's side: its connection, and what it does with a batch.
struct Worker<B> {
    connector: Arc<Connector>,
    connection: Option<PgConnection>,
    _kind: std::marker::PhantomData<fn() -> B>,
}

impl<B: Batch> Worker<B> {
    fn work(mut self, queue: &Receiver<Waiting<B>>) {
        while let Ok(first) = queue.recv() {
            let mut batch = vec![first];
            // Whoever is ready to run runs first: on a busy core that is the requests whose questions are about to arrive,
            // and they share this statement. On an idle one nobody is, and this costs nothing.
            std::thread::yield_now();
            batch.extend(queue.try_iter().take(LARGEST_BATCH - 1));
            // Whoever has given up waiting need not be asked for.
            batch.retain(|waiting| !waiting.answer.is_closed());
            if !batch.is_empty() {
                self.answer_all(batch);
            }
        }
    }

    fn answer_all(&mut self, batch: Vec<Waiting<B>>) {
        let questions: Vec<_> = batch.iter().map(|waiting| &waiting.question).collect();
        match self.run(&questions) {
            Ok(answers) => {
                for (waiting, answer) in batch.into_iter().zip(answers) {
                    // An asker that has gone loses its answer and nothing else.
                    let _ = waiting.answer.send(Ok(answer));
                }
            }
            Err(StoreError::Unavailable) => {
                for waiting in batch {
                    let _ = waiting.answer.send(Err(StoreError::Unavailable));
                }
            }
            Err(error) if batch.len() == 1 => {
                if let Some(waiting) = batch.into_iter().next() {
                    let _ = waiting.answer.send(Err(error));
                }
            }
            Err(_) => {
                for waiting in batch {
                    self.answer_all(vec![waiting]);
                }
            }
        }
    }

    fn connect(&self) -> Result<PgConnection, StoreError> {
        if B::WAITS_FOR_DISK {
            self.connector.connect()
        } else {
            self.connector.connect_lagging()
        }
    }

    /// Runs one statement; on a lost connection, once more on a new one.
    fn run(&mut self, questions: &[&B::Question]) -> Result<Vec<B::Answer>, StoreError> {
        let mut lost = false;
        loop {
            let connection = match self.connection.as_mut() {
                Some(connection) => connection,
                None => self.connection.insert(self.connect()?),
            };
            let started = Stopwatch::now();
            let outcome = B::run(connection, questions);
            self.connector.metrics.observe(questions.len(), started.elapsed());
            match outcome {
                Ok(answers) if answers.len() == questions.len() => return Ok(answers),
                Ok(_) => {
                    return Err(StoreError::Corrupt {
                        table: B::NAME,
                        column: "one answer a question",
                    });
                }
                Err(error) if is_connection_lost(&error) => {
                    self.connection = None;
                    if lost {
                        return Err(StoreError::Unavailable);
                    }
                    lost = true;
                }
                Err(error) => return Err(StoreError::Failed(error)),
            }
        }
    }
}
