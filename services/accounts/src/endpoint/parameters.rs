//! Query parameters of the lists, under the names of FDX and of the customer.

use actix_web::HttpRequest;
use http::{FdxError, Query};

pub(crate) use http::query::invalid;

/// The parameters of a request that are known here; others are ignored, since recipients send ahead of us.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Parameters {
    pub(crate) account_ids: Option<String>,
    pub(crate) result_type: Option<String>,
    pub(crate) start_date: Option<String>,
    pub(crate) end_date: Option<String>,
    /// Sealed, from `pageKey` or its older name `offset`.
    pub(crate) cursor: Option<String>,
    pub(crate) limit: u16,
}

impl Parameters {
    /// Reads the query of a request.
    ///
    /// # Errors
    /// 401: a parameter twice, aliases that differ, a limit that is not 1 to 100.
    pub(crate) fn of(request: &HttpRequest) -> Result<Self, FdxError> {
        Self::read(&Query::of(request)?)
    }

    fn read(query: &Query) -> Result<Self, FdxError> {
        let owned = |value: Option<&str>| value.map(str::to_owned);
        Ok(Self {
            account_ids: owned(query.once("accountIds")?),
            result_type: owned(query.once("resultType")?),
            start_date: owned(query.either("startDate", "startTime")?),
            end_date: owned(query.either("endDate", "endTime")?),
            cursor: owned(query.either("pageKey", "offset")?),
            limit: query.limit()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use http::Code;

    use super::*;

    fn read(query: &str) -> Result<Parameters, FdxError> {
        Parameters::read(&Query::read(query)?)
    }

    #[test]
    fn aliases_are_understood() {
        let parameters = read("startTime=2026-01-01&endTime=2026-02-01&offset=abc&limit=7&x=y").unwrap();
        assert_eq!(parameters.start_date.as_deref(), Some("2026-01-01"));
        assert_eq!(parameters.end_date.as_deref(), Some("2026-02-01"));
        assert_eq!((parameters.cursor.as_deref(), parameters.limit), (Some("abc"), 7));
        assert_eq!(read("").unwrap().limit, 10);
        assert!(read("pageKey=a&offset=a").is_ok());
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        for query in [
            "pageKey=a&offset=b",
            "startDate=2026-01-01&startTime=2026-01-02",
            "limit=1&limit=1",
            "limit=1&limit=2",
        ] {
            assert_eq!(read(query).unwrap_err().code(), Code::InvalidInput, "{query}");
        }
    }
}
