//! Leaves openssl's error queue empty.
//!
//! openssl keeps a queue of errors a thread, and takes whatever is left in it for the failure of what is
//! read or written next on that thread. Where it answers "no" rather than failing (a signature that does
//! not verify, an extension that does not parse), the binding leaves the queue as it is: one client's bad
//! certificate would break another's connection. So what judges certificates ends here.

use openssl::error::ErrorStack;

/// `answer`, with nothing left behind.
pub(crate) fn emptied<T>(answer: T) -> T {
    drop(ErrorStack::get());
    answer
}
