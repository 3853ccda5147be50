//! What of a client's bytes reaches actix: one whole request after another, each with one reading (N03).
//!
//! actix reads mildly here and there: a bare line feed ends a line, an `Upgrade` makes the rest of a connection a body, the
//! extensions of chunks and what follows the last one have no end. A proxy before us may read such bytes otherwise, and then
//! the two disagree where a request ends. So heads are judged before anybody reads them (`wire/head.rs`), and bodies
//! are followed to their end (`wire/chunks.rs`). A head that is refused never arrives; in its place comes [`IN_ITS_PLACE`], which is
//! answered with the status of the [`Refusal`] and closes the connection. A body that is refused does not go on, and whoever reads it
//! learns so from the watch. After either nothing is heard any more.

mod chunks;
mod head;

use actix_web::http::StatusCode;
use tokio::io::ReadBuf;

use super::{limits, patient::Watch};
use chunks::{Broken, Chunks};
use head::Framing;

/// Why what came is no request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Not HTTP/1.1 (RFC 9112), or of two readings.
    Malformed,
    /// RFC9112-3: longer than any that we serve.
    TargetTooLong,
    /// RFC6585-5: too many fields, or too much in them.
    HeadTooLarge,
    /// RFC9110-9.3.6: we are no proxy, and speak nothing but HTTP.
    NotImplemented,
}

impl Refusal {
    /// What it is answered with.
    pub(super) const fn status(self) -> StatusCode {
        match self {
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::TargetTooLong => StatusCode::URI_TOO_LONG,
            Self::HeadTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::NotImplemented => StatusCode::NOT_IMPLEMENTED,
        }
    }
}

/// A request that has a body which never comes: actix then answers, reads on for a moment and closes, so that whoever is still
/// sending hears the answer (RFC9112-9.6).
const IN_ITS_PLACE: &[u8] = b"REFUSED * HTTP/1.1\r\nhost: refused\r\ncontent-length: 1\r\n\r\n";

/// What became of the bytes that are held.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Passed {
    /// Some were given out.
    Some,
    /// All that may be is given out; more must come.
    All,
    /// A next request is here, and waits for the answer to the one before it.
    Waiting,
}

/// The bytes of one connection, in their order.
#[derive(Default)]
pub(super) struct Wire {
    /// What came and is not given out; those before `start` are.
    held: Vec<u8>,
    start: usize,
    /// How many from `start` on may be given out.
    ready: usize,
    place: Place,
}

enum Place {
    /// In a head, or before one.
    Head(Lines),
    Length(u64),
    Chunked(Chunks),
    /// Nothing is heard any more.
    Deaf,
}

impl Default for Place {
    fn default() -> Self {
        Self::Head(Lines::default())
    }
}

impl Wire {
    /// More came.
    pub(super) fn receive(&mut self, bytes: &[u8]) {
        if matches!(self.place, Place::Deaf) && self.ready == 0 {
            return;
        }
        self.held.drain(..self.start);
        self.start = 0;
        self.held.extend_from_slice(bytes);
    }

    /// Gives out what may be, and tells the watch where the connection is.
    pub(super) fn pass(&mut self, buffer: &mut ReadBuf<'_>, watch: &Watch) -> Passed {
        loop {
            if self.ready > 0 {
                self.give(buffer);
                return Passed::Some;
            }
            let held = self.held.get(self.start..).unwrap_or_default();
            if held.is_empty() {
                return Passed::All;
            }
            match &mut self.place {
                Place::Deaf => self.forget(),
                Place::Length(left) => {
                    let here = usize::try_from(*left).unwrap_or(usize::MAX).min(held.len());
                    *left -= here as u64;
                    self.ready = here;
                    if *left == 0 {
                        self.place = Place::default();
                    }
                }
                Place::Chunked(chunks) => match chunks.follow(held) {
                    Ok((here, is_over)) => {
                        self.ready = here;
                        if is_over {
                            self.place = Place::default();
                        }
                    }
                    Err(Broken) => {
                        watch.refuse(Refusal::Malformed);
                        self.place = Place::Deaf;
                    }
                },
                Place::Head(_) if !watch.is_free() => return Passed::Waiting,
                Place::Head(lines) => {
                    self.start += lines.skip_empty(held);
                    let held = self.held.get(self.start..).unwrap_or_default();
                    // Of an empty line the half may be here.
                    if held.is_empty() || held == b"\r" {
                        return Passed::All;
                    }
                    watch.began();
                    match lines.end(held) {
                        Ok(None) => return Passed::All,
                        Ok(Some((length, framing))) => {
                            self.ready = length;
                            self.place = match framing {
                                Framing::Length(0) => Place::default(),
                                Framing::Length(length) => Place::Length(length),
                                Framing::Chunked => Place::Chunked(Chunks::default()),
                            };
                        }
                        Err(refusal) => {
                            watch.refuse(refusal);
                            self.put_in_its_place(IN_ITS_PLACE);
                        }
                    }
                    watch.passed();
                }
            }
        }
    }

    fn give(&mut self, buffer: &mut ReadBuf<'_>) {
        let here = self.ready.min(buffer.remaining());
        let end = self.start + here;
        buffer.put_slice(self.held.get(self.start..end).unwrap_or_default());
        self.start = end;
        self.ready -= here;
        if self.start == self.held.len() {
            self.forget();
        }
    }

    /// A connection that is idle keeps no memory.
    fn forget(&mut self) {
        self.held = Vec::new();
        self.start = 0;
    }

    fn put_in_its_place(&mut self, bytes: &[u8]) {
        self.held = bytes.to_vec();
        self.start = 0;
        self.ready = bytes.len();
        self.place = Place::Deaf;
    }
}

/// How far a head has been looked at. Positions are from its first byte.
#[derive(Default)]
struct Lines {
    searched: usize,
    /// Where the line begins that is not over.
    begun: usize,
}

impl Lines {
    /// RFC9112-2.2: empty lines before a request line are none of it. Returns their bytes.
    fn skip_empty(&self, held: &[u8]) -> usize {
        if self.searched > 0 {
            return 0;
        }
        held.chunks_exact(2).take_while(|line| *line == b"\r\n").count() * 2
    }

    /// The head, if its end is here: its length, and how its body is framed.
    fn end(&mut self, held: &[u8]) -> Result<Option<(usize, Framing)>, Refusal> {
        while let Some(line) = held
            .get(self.searched..)
            .and_then(|rest| rest.iter().position(|byte| *byte == b'\n'))
        {
            let end = self.searched + line;
            let text = held.get(self.begun..end).unwrap_or_default();
            // What follows a line feed alone would be another field to one reader and more of this one to another.
            let text = text.strip_suffix(b"\r").ok_or(Refusal::Malformed)?;
            let is_first = self.begun == 0;
            (self.searched, self.begun) = (end + 1, end + 1);
            if is_first && text.len() > limits::REQUEST_LINE_BYTES {
                return Err(Refusal::TargetTooLong);
            }
            if self.searched > limits::HEAD_BYTES {
                return Err(Refusal::HeadTooLarge);
            }
            if text.is_empty() {
                let head = held.get(..self.searched).unwrap_or_default();
                return Ok(Some((self.searched, head::judge(head)?)));
            }
        }
        self.searched = held.len();
        // The first byte of the line's end may be here.
        if self.begun == 0 && held.len() > limits::REQUEST_LINE_BYTES + 1 {
            return Err(Refusal::TargetTooLong);
        }
        if held.len() > limits::HEAD_BYTES {
            return Err(Refusal::HeadTooLarge);
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::serve::limits::Patience;

    const GET: &str = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

    /// What is passed on of these bytes, which come in pieces of `piece`, when each request is answered at once.
    fn read(bytes: &str, piece: usize) -> (String, Option<Refusal>) {
        let patient = crate::serve::patient::Patient::new(
            (),
            Patience {
                head: Duration::from_secs(60),
                ..Patience::default()
            },
        );
        let (mut wire, watch, mut out) = (Wire::default(), patient.watch().clone(), Vec::new());
        for piece in bytes.as_bytes().chunks(piece) {
            wire.receive(piece);
            loop {
                let mut part = [0; 7];
                let mut part = ReadBuf::new(&mut part);
                let passed = wire.pass(&mut part, &watch);
                out.extend_from_slice(part.filled());
                match passed {
                    Passed::All => break,
                    Passed::Waiting => {
                        watch.serving();
                        watch.answered();
                        watch.flushed();
                    }
                    Passed::Some => {}
                }
            }
        }
        (String::from_utf8(out).unwrap(), watch.refusal())
    }

    #[tokio::test]
    async fn what_is_good_passes_byte_for_byte_however_it_is_cut() {
        let chunked = "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\
                       3;a=b\r\na\nb\r\n10\r\n0123456789abcdef\r\n0\r\nTrailer: c\r\n\r\n";
        let sized = "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\na\n\r\n\r\nbc";
        let old = "GET /a HTTP/1.0\r\n\r\n";
        let all = [GET, chunked, sized, old, GET, sized, chunked, GET].concat();
        for piece in [1, 2, 3, 5, 16, all.len()] {
            assert_eq!(read(&all, piece), (all.clone(), None), "{piece}");
        }
        let (passed, _) = read(&format!("\r\n\r\n{GET}\r\n{GET}"), 3);
        assert_eq!(passed, GET.repeat(2));
    }

    #[tokio::test]
    async fn n03_of_what_has_two_readings_nothing_passes_and_nothing_after_it() {
        for bad in [
            "GET / HTTP/1.1\nHost: x\n\n",
            "GET / HTTP/1.1\r\nHost: x\nClient-Cert: y\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\n\n",
            "\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n",
        ] {
            for piece in [1, 4, 1_000] {
                let (passed, refusal) = read(&format!("{GET}{bad}{GET}"), piece);
                let place = std::str::from_utf8(IN_ITS_PLACE).unwrap();
                assert_eq!(passed, format!("{GET}{place}"), "{bad:?}");
                assert_eq!(refusal, Some(Refusal::Malformed), "{bad:?}");
            }
        }
    }

    #[tokio::test]
    async fn n03_a_body_that_breaks_its_framing_is_broken_off() {
        let head = "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
        for (body, good) in [
            ("3\r\nabcd\r\n", "3\r\nabc"),
            ("-1\r\n", ""),
            ("1\r\na\r\n0\r\n\n", "1\r\na\r\n0\r\n"),
        ] {
            let (passed, refusal) = read(&format!("{head}{body}{GET}"), 1);
            assert_eq!(
                (passed, refusal),
                (format!("{head}{good}"), Some(Refusal::Malformed)),
                "{body:?}"
            );
            // Of what comes at once nothing passes, however much of it was good.
            let (passed, refusal) = read(&format!("{head}{body}{GET}"), 1_000);
            assert_eq!(
                (passed.as_str(), refusal),
                (head, Some(Refusal::Malformed)),
                "{body:?}"
            );
        }
    }

    #[tokio::test]
    async fn n03_heads_have_an_end() {
        let long = "a".repeat(limits::HEAD_BYTES);
        for (bytes, refusal) in [
            (format!("GET /{long}"), Refusal::TargetTooLong),
            (
                format!("GET /{long} HTTP/1.1\r\nHost: x\r\n\r\n"),
                Refusal::TargetTooLong,
            ),
            (
                format!("GET / HTTP/1.1\r\nHost: x\r\nA: {long}"),
                Refusal::HeadTooLarge,
            ),
            (
                format!("GET / HTTP/1.1\r\nHost: x\r\n{}", "A: b\r\n".repeat(200)),
                Refusal::HeadTooLarge,
            ),
            (
                format!(
                    "GET / HTTP/1.1\r\nHost: x\r\n{}\r\n",
                    "A: b\r\n".repeat(limits::HEADERS)
                ),
                Refusal::HeadTooLarge,
            ),
        ] {
            let ended = format!("{bytes}\r\n\r\n");
            assert_eq!(read(&ended, 1_000).1, Some(refusal), "{}", bytes.len());
        }
    }
}
