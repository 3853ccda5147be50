//! Pages: a list that is short is cut here, and every page tells where the next one is.

use domain::fdx::{PageLinks, PageMetadata, Text, page::HateoasLink};
use http::{App, Code, FdxError};
use serde::{Serialize, de::DeserializeOwned};

use super::parameters::{Parameters, invalid};

/// The list that cursors are good for: its path, and the grant that reads it. A cursor of another list or
/// another grant does not open (N05).
pub(crate) struct List<'a> {
    pub(crate) app: &'a App,
    /// From `/fdx/v6` on, percent-encoded.
    pub(crate) path: String,
    pub(crate) consent_id: domain::ConsentId,
}

impl List<'_> {
    fn context(&self) -> String {
        format!("{} {}", self.consent_id, self.path)
    }

    /// The position that the request's cursor holds, if it has one.
    ///
    /// # Errors
    /// 401 when the cursor is none of this list.
    pub(crate) fn position<T: DeserializeOwned>(
        &self,
        parameters: &Parameters,
    ) -> Result<Option<T>, FdxError> {
        let open = |cursor: &String| self.app.cursors.open(cursor, &self.context());
        parameters
            .cursor
            .as_ref()
            .map(open)
            .transpose()
            .map_err(|_| invalid("pageKey is not of this list"))
    }

    /// What a page says of its neighbours.
    ///
    /// # Errors
    /// 500 when the cryptography library fails.
    pub(crate) fn neighbours(
        &self,
        parameters: &Parameters,
        next: Option<&impl Serialize>,
        total: Option<usize>,
    ) -> Result<(PageMetadata, PageLinks), FdxError> {
        let seal = |position| {
            self.app
                .cursors
                .seal(position, &self.context(), self.app.random())
        };
        let key = next.map(seal).transpose().map_err(|_| Code::Internal)?;
        let next = key.as_ref().map(|key| {
            // A cursor is base64url and a limit digits: nothing to encode.
            let query = format!("{}?pageKey={key}&limit={}", self.path, parameters.limit);
            HateoasLink::get(self.app.endpoints.mutual(&query))
        });
        let key = key.map(Text::from);
        let page = PageMetadata {
            next_offset: key.clone(),
            next_page_key: key,
            total_elements: total.and_then(|total| i64::try_from(total).ok()),
            ..PageMetadata::default()
        };
        Ok((page, PageLinks { next, prev: None }))
    }

    /// The page of a list that is in memory as a whole; its cursor is the number of elements before it.
    ///
    /// # Errors
    /// As [`Self::position`] and [`Self::neighbours`].
    pub(crate) fn cut<T>(
        &self,
        parameters: &Parameters,
        list: Vec<T>,
    ) -> Result<(Vec<T>, PageMetadata, PageLinks), FdxError> {
        let before: usize = self.position(parameters)?.unwrap_or(0);
        let (total, limit) = (list.len(), usize::from(parameters.limit));
        let end = before.saturating_add(limit);
        let next = (end < total).then_some(end);
        let (page, links) = self.neighbours(parameters, next.as_ref(), Some(total))?;
        Ok((list.into_iter().skip(before).take(limit).collect(), page, links))
    }
}
