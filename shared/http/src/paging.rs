//! Sealed cursors: where the next page begins, in a form that nobody but us can make or read (N05).

use domain::Random;
use jose::seal::{SealError, Sealer};
use serde::{Serialize, de::DeserializeOwned};

use crate::limits;

/// Seals and opens cursors. One for the process.
pub struct Cursors(Sealer);

/// Forged, of another list or caller, or cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the cursor is not valid for this request")]
pub struct InvalidCursor;

impl Cursors {
    /// With a key of its own.
    pub fn new(sealer: Sealer) -> Self {
        Self(sealer)
    }

    /// Seals a position. `context` names everything that the cursor is good for: list, caller, filters.
    ///
    /// # Errors
    /// [`SealError`] when the cryptography library fails.
    pub fn seal(
        &self,
        position: &impl Serialize,
        context: &str,
        random: &dyn Random,
    ) -> Result<String, SealError> {
        let plain = serde_json::to_vec(position).unwrap_or_default();
        self.0
            .seal(&plain, context.as_bytes(), random)
            .map(jose::base64url)
    }

    /// Opens a cursor that was sealed with this very context.
    ///
    /// # Errors
    /// [`InvalidCursor`].
    pub fn open<T: DeserializeOwned>(&self, cursor: &str, context: &str) -> Result<T, InvalidCursor> {
        if cursor.len() > limits::CURSOR_BYTES {
            return Err(InvalidCursor);
        }
        let sealed = jose::from_base64url(cursor).ok_or(InvalidCursor)?;
        let plain = self
            .0
            .open(&sealed, context.as_bytes())
            .map_err(|_| InvalidCursor)?;
        serde_json::from_slice(&plain).map_err(|_| InvalidCursor)
    }
}
