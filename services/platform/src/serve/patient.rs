//! A connection that waits for nobody for ever (N01), and passes on nothing that has two readings (N03).
//!
//! actix limits the first head of a connection and the silence between two requests, and nothing else: whoever begins a
//! second head, or never reads an answer, would keep a connection for good; and whoever asks again and again without reading
//! would have us keep all the answers. Here each phase of a connection has its deadline (`patient/watch.rs`), what comes
//! is read strictly before actix sees it (`wire.rs`), and a request is held back until the one before it is answered and
//! that answer is written.

mod watch;

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep_until},
};

pub(super) use watch::Watch;

use super::{
    limits::Patience,
    wire::{Passed, Wire},
};

/// Bytes that are taken from a connection at once.
const READ: usize = 4_096;

/// A stream that ends with an error at the deadline of its phase.
pub(super) struct Patient<S> {
    stream: S,
    watch: Watch,
    /// Fires at or before the deadline, and is set anew if it was before: most requests then set no timer at all.
    timer: Pin<Box<Sleep>>,
    wire: Wire,
}

impl<S> Patient<S> {
    pub(super) fn new(stream: S, patience: Patience) -> Self {
        let watch = Watch::new(patience);
        let first = watch.deadline().unwrap_or_else(Instant::now);
        Self {
            stream,
            watch,
            timer: Box::pin(sleep_until(first)),
            wire: Wire::default(),
        }
    }

    pub(super) const fn stream(&self) -> &S {
        &self.stream
    }

    pub(super) const fn watch(&self) -> &Watch {
        &self.watch
    }

    /// Whoever is awaited has time left. The task is woken when it has not: also when what it waits for now, an answer of
    /// ours, comes to an end without anything being read or written after it.
    fn has_time(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        let deadline = self.watch.deadline();
        if let Some(deadline) = deadline.filter(|deadline| *deadline < self.timer.deadline()) {
            self.timer.as_mut().reset(deadline);
        }
        while self.timer.as_mut().poll(context).is_ready() {
            let now = Instant::now();
            match deadline {
                Some(deadline) if deadline <= now => return Err(io::ErrorKind::TimedOut.into()),
                Some(deadline) => self.timer.as_mut().reset(deadline),
                None => self.timer.as_mut().reset(now + self.watch.patience().idle),
            }
        }
        Ok(())
    }

    fn unless_late<T>(
        &mut self,
        context: &mut Context<'_>,
        polled: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        match polled {
            Poll::Pending => match self.has_time(context) {
                Ok(()) => Poll::Pending,
                Err(late) => Poll::Ready(Err(late)),
            },
            ready => ready,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        loop {
            match this.wire.pass(buffer, &this.watch) {
                Passed::Some => {
                    this.has_time(context)?;
                    return Poll::Ready(Ok(()));
                }
                Passed::Waiting => {
                    this.watch.wake_when_free(context.waker());
                    return this.unless_late(context, Poll::Pending);
                }
                Passed::All => {}
            }
            let mut part = [0; READ];
            let mut part = ReadBuf::new(&mut part);
            let polled = Pin::new(&mut this.stream).poll_read(context, &mut part);
            if part.filled().is_empty() {
                return this.unless_late(context, polled);
            }
            this.wire.receive(part.filled());
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        if let Poll::Ready(Ok(written)) = &polled {
            self.watch.wrote(*written);
        }
        self.unless_late(context, polled)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_flush(context);
        if let Poll::Ready(Ok(())) = &polled {
            self.watch.flushed();
        }
        self.unless_late(context, polled)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_shutdown(context);
        self.unless_late(context, polled)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};

    use super::*;
    use crate::serve::limits::PROGRESS;

    const PATIENCE: Patience = Patience {
        handshake: Duration::ZERO,
        head: Duration::from_millis(60),
        body: Duration::ZERO,
        answer: Duration::from_millis(90),
        idle: Duration::from_millis(120),
    };

    const HEAD: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

    fn connection() -> (Patient<DuplexStream>, DuplexStream) {
        let (here, there) = duplex(64);
        (Patient::new(here, PATIENCE), there)
    }

    /// Reads until its patience ends: how long that took.
    async fn late(patient: &mut Patient<DuplexStream>) -> Duration {
        let began = Instant::now();
        let mut rest = [0; 1024];
        loop {
            match patient.read(&mut rest).await {
                Err(error) => {
                    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
                    return began.elapsed();
                }
                Ok(read) => assert_ne!(read, 0),
            }
        }
    }

    /// Asks `patient` for one thing and answers it.
    async fn one_request(patient: &mut Patient<DuplexStream>, there: &mut DuplexStream) {
        there.write_all(HEAD).await.unwrap();
        let mut head = [0; HEAD.len()];
        patient.read_exact(&mut head).await.unwrap();
        assert_eq!(head, HEAD);
        patient.watch.serving();
        patient.watch.answered();
        patient.write_all(b"x").await.unwrap();
        patient.flush().await.unwrap();
        there.read_u8().await.unwrap();
    }

    #[tokio::test]
    async fn n01_a_head_has_its_time_from_its_first_byte_whatever_trickles_in() {
        let (mut silent, _there) = connection();
        assert!(late(&mut silent).await >= PATIENCE.idle);

        let (mut slow, mut there) = connection();
        let sender = tokio::spawn(async move {
            while there.write_all(b"G").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        });
        assert!(late(&mut slow).await >= PATIENCE.head);
        drop(slow);
        sender.await.unwrap();
    }

    #[tokio::test]
    async fn n01_the_second_head_is_limited_as_the_first() {
        let (mut patient, mut there) = connection();
        one_request(&mut patient, &mut there).await;
        there.write_all(b"G").await.unwrap();
        assert!(late(&mut patient).await >= PATIENCE.head);
    }

    /// Empty lines before a request are no beginning of one: they neither give it time nor take any.
    #[tokio::test]
    async fn n01_empty_lines_do_not_keep_a_connection() {
        let (mut patient, mut there) = connection();
        let sender = tokio::spawn(async move {
            while there.write_all(b"\r\n").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        });
        let took = late(&mut patient).await;
        assert!(took >= PATIENCE.idle && took < PATIENCE.idle * 20, "{took:?}");
        drop(patient);
        sender.await.unwrap();
    }

    #[tokio::test]
    async fn n01_an_answer_that_is_read_byte_by_byte_has_its_time() {
        let (mut patient, mut there) = connection();
        patient.watch.serving();
        patient.watch.answered();
        let reader = tokio::spawn(async move {
            let mut byte = [0];
            while there.read_exact(&mut byte).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        });
        let written = patient.write_all(&[0; 1_000_000]).await.unwrap_err();
        assert_eq!(written.kind(), io::ErrorKind::TimedOut);
        drop(patient);
        reader.await.unwrap();
    }

    /// Each part of a long answer that is taken gives time for the next.
    #[tokio::test]
    async fn an_answer_that_is_read_steadily_is_read_to_its_end() {
        let (mut patient, mut there) = connection();
        patient.watch.serving();
        patient.watch.answered();
        let reader = tokio::spawn(async move {
            let mut part = vec![0; PROGRESS];
            for _ in 0..6 {
                tokio::time::sleep(PATIENCE.answer / 3).await;
                there.read_exact(&mut part).await.unwrap();
            }
        });
        let began = Instant::now();
        patient.write_all(&vec![0; PROGRESS * 6]).await.unwrap();
        assert!(began.elapsed() > PATIENCE.answer);
        reader.await.unwrap();
    }

    /// As when a handler gives up on a body: the answer is made while nobody reads or writes.
    #[tokio::test]
    async fn n01_the_time_after_an_answer_runs_although_nothing_is_polled() {
        let (mut patient, _there) = connection();
        patient.watch.serving();
        let watch = patient.watch.clone();
        let mut buffer = [0; 8];
        let mut read = Box::pin(patient.read(&mut buffer));
        let pending = std::future::poll_fn(|context| Poll::Ready(read.as_mut().poll(context).is_pending()));
        assert!(pending.await);
        watch.answered();
        assert_eq!(read.await.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn what_we_do_ourselves_is_not_counted() {
        let (mut patient, _there) = connection();
        patient.watch.serving();
        let read = tokio::time::timeout(PATIENCE.idle * 2, patient.read(&mut [0; 8])).await;
        assert!(read.is_err(), "{read:?}");
    }

    /// N11: who asks and does not read is not asked for more: answers do not heap up.
    #[tokio::test]
    async fn n11_the_next_request_waits_until_the_answer_before_it_is_written() {
        let (here, mut there) = duplex(1_024);
        let mut patient = Patient::new(here, PATIENCE);
        there.write_all(&HEAD.repeat(3)).await.unwrap();
        let mut heads = [0; 1_024];
        assert_eq!(patient.read(&mut heads).await.unwrap(), HEAD.len());
        patient.watch.serving();
        let watch = patient.watch.clone();
        let mut next = Box::pin(patient.read(&mut heads));
        let mut is_pending = async || {
            std::future::poll_fn(|context| Poll::Ready(next.as_mut().poll(context).is_pending())).await
        };
        assert!(is_pending().await);
        watch.answered();
        assert!(is_pending().await);
        watch.flushed();
        assert_eq!(next.await.unwrap(), HEAD.len());
    }
}
