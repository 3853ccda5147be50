//! Where a connection is, and until when it may be there (N01).
//!
//! ```text
//! idle ──first byte──▶ head ──complete──▶ passed ──a handler has it──▶ serving ──its answer is made──▶ answering ──written──▶ idle ...
//! ```
//!
//! Each phase has its deadline, which only the end of the phase moves and no single byte does; an answer's also moves with
//! each [`limits::PROGRESS`] bytes that are taken. One request at a time is past its head.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    task::Waker,
};

use tokio::time::Instant;

use crate::serve::{
    limits::{self, Patience},
    wire::Refusal,
};

/// The phase of one connection, as its stream and its requests see it.
#[derive(Clone)]
pub(in crate::serve) struct Watch(Rc<Inner>);

struct Inner {
    patience: Patience,
    phase: Cell<Phase>,
    refusal: Cell<Option<Refusal>>,
    /// Of the task that has a next request at hand.
    waiting: RefCell<Option<Waker>>,
}

#[derive(Clone, Copy)]
enum Phase {
    /// Nothing is asked, and everything is answered.
    Idle { until: Instant },
    /// A head has begun.
    Head { until: Instant },
    /// A head is complete, and no handler has it yet.
    Passed { until: Instant },
    /// A request is with us; its body has a deadline of its own.
    Serving,
    /// Its answer is made, and has to be read.
    Answering { until: Instant, left: usize },
}

impl Watch {
    /// A connection that was just made.
    pub(super) fn new(patience: Patience) -> Self {
        let until = Instant::now() + patience.idle;
        Self(Rc::new(Inner {
            patience,
            phase: Cell::new(Phase::Idle { until }),
            refusal: Cell::new(None),
            waiting: RefCell::new(None),
        }))
    }

    /// How long to wait for what.
    pub(in crate::serve) fn patience(&self) -> Patience {
        self.0.patience
    }

    /// The first byte of a head came.
    pub(in crate::serve) fn began(&self) {
        if matches!(self.0.phase.get(), Phase::Idle { .. }) {
            let until = Instant::now() + self.0.patience.head;
            self.0.phase.set(Phase::Head { until });
        }
    }

    /// A head is complete. No other is looked at before it is answered.
    pub(in crate::serve) fn passed(&self) {
        if let Phase::Idle { until } | Phase::Head { until } = self.0.phase.get() {
            self.0.phase.set(Phase::Passed { until });
        }
    }

    /// What came is no request, or no body: whoever gets what is passed on in its place, or reads the body, answers so.
    pub(in crate::serve) fn refuse(&self, refusal: Refusal) {
        self.0.refusal.set(Some(refusal));
    }

    /// Why there is no request.
    pub(in crate::serve) fn refusal(&self) -> Option<Refusal> {
        self.0.refusal.get()
    }

    /// A handler has the request.
    pub(in crate::serve) fn serving(&self) {
        self.0.phase.set(Phase::Serving);
    }

    /// Its answer is made, and has to be read.
    pub(in crate::serve) fn answered(&self) {
        self.answering();
    }

    fn answering(&self) {
        let until = Instant::now() + self.0.patience.answer;
        let left = limits::PROGRESS;
        self.0.phase.set(Phase::Answering { until, left });
    }

    /// So many bytes of an answer were taken.
    pub(super) fn wrote(&self, bytes: usize) {
        if let Phase::Answering { until, left } = self.0.phase.get() {
            match left.checked_sub(bytes) {
                Some(left) if left > 0 => self.0.phase.set(Phase::Answering { until, left }),
                _ => self.answering(),
            }
        }
    }

    /// All that was to be written is written. We stream no answer, so an answer that is made is written whole.
    pub(in crate::serve) fn flushed(&self) {
        if matches!(self.0.phase.get(), Phase::Answering { .. }) {
            // Whoever still sends what was refused gets a moment to hear of it.
            let patience = match self.refusal() {
                Some(_) => limits::LINGER * 2,
                None => self.0.patience.idle,
            };
            let until = Instant::now() + patience;
            self.0.phase.set(Phase::Idle { until });
            if let Some(waiting) = self.0.waiting.borrow_mut().take() {
                waiting.wake();
            }
        }
    }

    /// Whether a request may begin: no other is on its way.
    pub(in crate::serve) fn is_free(&self) -> bool {
        matches!(self.0.phase.get(), Phase::Idle { .. } | Phase::Head { .. })
    }

    /// Wakes this task once a request may begin.
    pub(super) fn wake_when_free(&self, waker: &Waker) {
        *self.0.waiting.borrow_mut() = Some(waker.clone());
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        match self.0.phase.get() {
            Phase::Idle { until }
            | Phase::Head { until }
            | Phase::Passed { until }
            | Phase::Answering { until, .. } => Some(until),
            Phase::Serving => None,
        }
    }
}
