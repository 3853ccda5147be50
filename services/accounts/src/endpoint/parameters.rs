//! Query parameters of the lists, as they came: each at most once, and aliases that agree.

use actix_web::{HttpRequest, web::Query};
use http::{Code, FdxError, limits};

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
        Self::read(request.query_string())
    }

    fn read(query: &str) -> Result<Self, FdxError> {
        let Query(pairs) = Query::<Vec<(String, String)>>::from_query(query)
            .map_err(|_| invalid("the query cannot be read"))?;
        if pairs.len() > limits::PARAMETERS {
            return Err(invalid("there are too many parameters"));
        }
        let once = |name: &str| {
            let mut values = pairs
                .iter()
                .filter(|(key, _)| key == name)
                .map(|(_, value)| value.clone());
            match (values.next(), values.next()) {
                (_, Some(_)) => Err(invalid(format!("{name} is there twice"))),
                (value, None) => Ok(value),
            }
        };
        // The older name of a parameter; both may be there when they say the same.
        let either = |name: &str, alias: &str| match (once(name)?, once(alias)?) {
            (Some(value), Some(other)) if value != other => Err(invalid(format!(
                "{name} and {alias} are the same parameter and differ"
            ))),
            (value, other) => Ok(value.or(other)),
        };
        Ok(Self {
            account_ids: once("accountIds")?,
            result_type: once("resultType")?,
            start_date: either("startDate", "startTime")?,
            end_date: either("endDate", "endTime")?,
            cursor: either("pageKey", "offset")?,
            limit: limit(once("limit")?.as_deref())?,
        })
    }
}

/// N05: 1 to 100, and 10 when there is none.
fn limit(text: Option<&str>) -> Result<u16, FdxError> {
    let Some(text) = text else {
        return Ok(limits::PAGE_DEFAULT);
    };
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let limit = text
        .parse()
        .ok()
        .filter(|limit| digits && (1..=limits::PAGE_MOST).contains(limit));
    limit.ok_or_else(|| invalid(format!("limit must be 1 to {}", limits::PAGE_MOST)))
}

/// 400 with code 401.
pub(crate) fn invalid(message: impl Into<String>) -> FdxError {
    FdxError::new(Code::InvalidInput).debug(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_are_understood() {
        let parameters =
            Parameters::read("startTime=2026-01-01&endTime=2026-02-01&offset=abc&limit=7&x=y").unwrap();
        assert_eq!(parameters.start_date.as_deref(), Some("2026-01-01"));
        assert_eq!(parameters.end_date.as_deref(), Some("2026-02-01"));
        assert_eq!((parameters.cursor.as_deref(), parameters.limit), (Some("abc"), 7));
        assert_eq!(Parameters::read("").unwrap().limit, 10);
        assert!(Parameters::read("pageKey=a&offset=a").is_ok());
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        for query in [
            "pageKey=a&offset=b",
            "startDate=2026-01-01&startTime=2026-01-02",
            "limit=1&limit=1",
            "limit=1&limit=2",
        ] {
            assert_eq!(
                Parameters::read(query).unwrap_err().code(),
                Code::InvalidInput,
                "{query}"
            );
        }
    }

    #[test]
    fn n05_a_limit_is_1_to_100() {
        for limit in ["0", "-1", "101", "9223372036854775808", "1e1", "+5", "", "ten"] {
            assert!(Parameters::read(&format!("limit={limit}")).is_err(), "{limit}");
        }
        assert_eq!(Parameters::read("limit=100").unwrap().limit, 100);
    }
}
