//! Where the next page of a list begins, sealed.

use domain::fdx::{PageLinks, PageMetadata, Text, page::HateoasLink};
use http::{App, Code, FdxError, query::invalid};

/// A list that cursors are good for. A cursor of another list, another recipient or other filters does not open (N05).
pub(crate) struct List<'a> {
    pub(crate) app: &'a App,
    /// From `/fdx/v6` on.
    pub(crate) path: String,
    /// Everything that the cursor is good for: list, recipient, filters.
    pub(crate) context: String,
    /// What the next request must also say, as it stands in a query; empty when nothing.
    pub(crate) filters: String,
    pub(crate) limit: u16,
}

impl List<'_> {
    /// The position that a cursor holds.
    ///
    /// # Errors
    /// 400 with code 401 when it is none of this list.
    pub(crate) fn position(&self, cursor: Option<&str>) -> Result<Option<i64>, FdxError> {
        let open = |cursor| self.app.cursors.open(cursor, &self.context);
        cursor
            .map(open)
            .transpose()
            .map_err(|_| invalid("pageKey is not of this list"))
    }

    /// Rows are read one more than fit: takes that away, and tells whether it was there.
    pub(crate) fn cut<T>(&self, rows: &mut Vec<T>) -> bool {
        let most = usize::from(self.limit);
        let more = rows.len() > most;
        rows.truncate(most);
        more
    }

    /// What a page says of the one after it, which begins at `next`.
    ///
    /// # Errors
    /// 500 when the cryptography library fails.
    pub(crate) fn neighbours(&self, next: Option<i64>) -> Result<(PageMetadata, PageLinks), FdxError> {
        let seal = |position: i64| self.seal(position, &self.context);
        let key = next.map(seal).transpose()?;
        let link = key.as_ref().map(|key| {
            // A cursor is base64url and a limit digits: nothing to encode.
            let query = format!("{}?pageKey={key}&limit={}{}", self.path, self.limit, self.filters);
            HateoasLink::get(self.app.endpoints.mutual(&query))
        });
        let key = key.map(Text::from);
        let page = PageMetadata {
            next_offset: key.clone(),
            next_page_key: key,
            ..PageMetadata::default()
        };
        Ok((
            page,
            PageLinks {
                next: link,
                prev: None,
            },
        ))
    }

    /// A position that nobody but us can make or read.
    ///
    /// # Errors
    /// 500 when the cryptography library fails.
    pub(crate) fn seal(&self, position: i64, context: &str) -> Result<String, FdxError> {
        let sealed = self.app.cursors.seal(&position, context, self.app.random());
        sealed.map_err(|_| Code::Internal.into())
    }
}
