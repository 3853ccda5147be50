//! A connection that waits for nobody for ever (N01).
//!
//! actix limits the first head of a connection and the silence between two requests, and nothing else: whoever begins a
//! second head, or never reads an answer, would keep a connection for good. Here each phase of a connection has its
//! deadline, which only the end of the phase moves and no single byte does:
//!
//! ```text
//! idle ──first byte──▶ head ──the request reached us──▶ serving ──its answer is made──▶ idle ...
//! ```
//!
//! A head that ends lines in a way that two readers read differently is spoilt here too (N03), since actix reads it mildly.

use std::{
    cell::Cell,
    io,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep_until},
};

use super::limits::Patience;

/// Where a connection is, as its stream and its requests see it.
#[derive(Clone)]
pub(super) struct Watch(Rc<Inner>);

struct Inner {
    patience: Patience,
    phase: Cell<Phase>,
}

#[derive(Clone, Copy)]
enum Phase {
    /// Nothing is asked. An answer may still have to be read.
    Idle { until: Instant },
    /// A head has begun.
    Head { until: Instant },
    /// A request is with us; its body has a deadline of its own.
    Serving,
}

impl Watch {
    /// A connection that was just made.
    pub(super) fn new(patience: Patience) -> Self {
        let until = Instant::now() + patience.idle;
        Self(Rc::new(Inner {
            patience,
            phase: Cell::new(Phase::Idle { until }),
        }))
    }

    /// How long to wait for what.
    pub(super) fn patience(&self) -> Patience {
        self.0.patience
    }

    /// A request's head is complete.
    pub(super) fn serving(&self) {
        self.0.phase.set(Phase::Serving);
    }

    /// Its answer is made, and has to be read.
    pub(super) fn answered(&self) {
        let until = Instant::now() + self.0.patience.idle;
        self.0.phase.set(Phase::Idle { until });
    }

    /// Bytes came. Whether they belong to a head.
    fn received(&self) -> bool {
        match self.0.phase.get() {
            Phase::Idle { .. } => {
                let until = Instant::now() + self.0.patience.head;
                self.0.phase.set(Phase::Head { until });
                true
            }
            Phase::Head { .. } => true,
            Phase::Serving => false,
        }
    }

    fn is_idle(&self) -> bool {
        matches!(self.0.phase.get(), Phase::Idle { .. })
    }

    fn deadline(&self) -> Option<Instant> {
        match self.0.phase.get() {
            Phase::Idle { until } | Phase::Head { until } => Some(until),
            Phase::Serving => None,
        }
    }
}

/// A stream that ends with an error at the deadline of its phase.
pub(super) struct Patient<S> {
    stream: S,
    watch: Watch,
    /// Fires at or before the deadline, and is set anew if it was before: most requests then set no timer at all.
    timer: Pin<Box<Sleep>>,
    lines: Lines,
}

impl<S> Patient<S> {
    pub(super) fn new(stream: S, patience: Patience) -> Self {
        let watch = Watch::new(patience);
        let first = watch.deadline().unwrap_or_else(Instant::now);
        Self {
            stream,
            watch,
            timer: Box::pin(sleep_until(first)),
            lines: Lines::default(),
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
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        let received = buffer.filled_mut().get_mut(before..).unwrap_or_default();
        if !received.is_empty() {
            if self.watch.is_idle() {
                self.lines = Lines::default();
            }
            if self.watch.received() {
                self.lines.spoil(received);
            }
            // A byte now and then does not move the deadline.
            self.has_time(context)?;
        }
        self.unless_late(context, polled)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.unless_late(context, polled)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_flush(context);
        self.unless_late(context, polled)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_shutdown(context);
        self.unless_late(context, polled)
    }
}

/// The lines of one head. Each ends with CR LF; after an empty one it is over.
#[derive(Default)]
struct Lines {
    last: u8,
    /// Bytes of the line so far.
    length: usize,
    /// Lines so far, the first being the request line.
    complete: usize,
    over: bool,
}

impl Lines {
    /// Puts a NUL, which no head may hold, in place of a line feed that no carriage return precedes: what follows it
    /// would be another header to one reader and more of this one to another. The parser then answers 400.
    fn spoil(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            if self.over {
                return;
            }
            if *byte == b'\n' {
                if self.last != b'\r' {
                    *byte = 0;
                    self.over = true;
                    return;
                }
                // Empty lines before the request line are skipped (RFC9112-2.2).
                self.over = self.length == 1 && self.complete > 0;
                self.complete += usize::from(self.length > 1);
                self.length = 0;
            } else {
                self.length += 1;
            }
            self.last = *byte;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};

    use super::*;

    const PATIENCE: Patience = Patience {
        handshake: Duration::ZERO,
        head: Duration::from_millis(60),
        body: Duration::ZERO,
        idle: Duration::from_millis(120),
    };

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
        patient.watch.serving();
        patient.watch.answered();
        there.write_all(b"G").await.unwrap();
        assert!(late(&mut patient).await >= PATIENCE.head);
    }

    #[tokio::test]
    async fn n01_an_answer_that_is_not_read_has_its_time_too() {
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

    #[test]
    fn n03_a_bare_line_feed_spoils_the_head() {
        let read = |parts: &[&str]| {
            let mut lines = Lines::default();
            parts
                .iter()
                .map(|part| {
                    let mut bytes = part.as_bytes().to_vec();
                    lines.spoil(&mut bytes);
                    String::from_utf8(bytes).unwrap()
                })
                .collect::<String>()
        };
        for good in [
            "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
            "\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
            // What follows the head is a body.
            "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\na\nb",
        ] {
            assert_eq!(read(&[good]), good);
        }
        assert_eq!(
            read(&["GET / HTTP/1.1\r", "\nHost: x\r\n\r", "\na\n"]),
            "GET / HTTP/1.1\r\nHost: x\r\n\r\na\n"
        );
        for bad in [
            "GET / HTTP/1.1\nHost: x\n\n",
            "GET / HTTP/1.1\r\nHost: x\nClient-Cert: y\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\n\n",
            "\nGET / HTTP/1.1\r\n\r\n",
        ] {
            assert!(read(&[bad]).contains('\0'), "{bad:?}");
        }
    }
}
