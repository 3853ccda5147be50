//! Sealed cursors: where the next page begins, in a form that nobody but us can make or read (N05); and the pages of a list
//! that is read from rows.

use domain::Random;
use jose::seal::{SealError, Sealer};
use serde::{Serialize, de::DeserializeOwned};

use crate::{App, Code, FdxError, limits, query::invalid};

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

/// Where a list goes on.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NextPage {
    /// Give it as `pageKey`; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_key: Option<String>,
}

/// A list whose cursors are good for it alone.
pub struct List<'a> {
    /// Seals and opens.
    pub app: &'a App,
    /// Everything that a cursor is good for: list, caller, filters.
    pub context: String,
}

impl List<'_> {
    /// The position that a `pageKey` holds.
    ///
    /// # Errors
    /// 400 when it is none of this list.
    pub fn position<T: DeserializeOwned>(&self, page_key: Option<&str>) -> Result<Option<T>, FdxError> {
        page_key
            .map(|key| self.app.cursors.open(key, &self.context))
            .transpose()
            .map_err(|_| invalid("pageKey is not of this list"))
    }

    /// What a page says of the one after it, which begins behind `position`; `None` when it is the last.
    ///
    /// # Errors
    /// 500 when the cryptography library fails.
    pub fn next(&self, position: Option<&impl Serialize>) -> Result<NextPage, FdxError> {
        let seal = |position| self.app.cursors.seal(position, &self.context, self.app.random());
        let next_page_key = position.map(seal).transpose().map_err(|_| Code::Internal)?;
        Ok(NextPage { next_page_key })
    }
}

/// How many rows a page has: 1 to 100, and `default` when it is not said.
///
/// # Errors
/// 400.
pub fn limit(asked: Option<u16>, default: u16) -> Result<u16, FdxError> {
    let limit = asked.unwrap_or(default);
    if limit == 0 || limit > limits::PAGE_MOST {
        return Err(invalid("limit must be 1 to 100"));
    }
    Ok(limit)
}

/// How many rows to read for a page: one more than it has tells whether there is another.
pub fn rows(limit: u16) -> i32 {
    i32::from(limit) + 1
}

/// Takes away that one more, and tells whether it was there.
pub fn cut<T>(rows: &mut Vec<T>, limit: u16) -> bool {
    let is_more = rows.len() > usize::from(limit);
    rows.truncate(limit.into());
    is_more
}
