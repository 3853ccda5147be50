//! Query parameters as they came: each at most once, and aliases that agree.

use actix_web::{HttpRequest, web};

use crate::{Code, FdxError, limits};

/// The parameters of a request. Those that an endpoint does not know are ignored, since recipients send ahead of us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Of a request.
    ///
    /// # Errors
    /// 400 with code 401 when it cannot be read, or has too many parameters.
    pub fn of(request: &HttpRequest) -> Result<Self, FdxError> {
        Self::read(request.query_string())
    }

    /// Of the text after the question mark.
    ///
    /// # Errors
    /// As [`Self::of`].
    pub fn read(query: &str) -> Result<Self, FdxError> {
        let web::Query(pairs) = web::Query::<Vec<(String, String)>>::from_query(query)
            .map_err(|_| invalid("the query cannot be read"))?;
        if pairs.len() > limits::PARAMETERS {
            return Err(invalid("there are too many parameters"));
        }
        Ok(Self(pairs))
    }

    /// A parameter.
    ///
    /// # Errors
    /// 400 when it is there twice.
    pub fn once(&self, name: &str) -> Result<Option<&str>, FdxError> {
        let mut values = self.0.iter().filter(|(key, _)| key == name);
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(invalid(format!("{name} is there twice"))),
            (value, None) => Ok(value.map(|(_, value)| value.as_str())),
        }
    }

    /// A parameter with an older name; both may be there when they say the same.
    ///
    /// # Errors
    /// 400 when they differ, or one is there twice.
    pub fn either(&self, name: &str, alias: &str) -> Result<Option<&str>, FdxError> {
        match (self.once(name)?, self.once(alias)?) {
            (Some(value), Some(other)) if value != other => Err(invalid(format!(
                "{name} and {alias} are the same parameter and differ"
            ))),
            (value, other) => Ok(value.or(other)),
        }
    }

    /// A whole number without a sign.
    ///
    /// # Errors
    /// 400 when it is anything else, or too large to be one of ours.
    pub fn number(&self, name: &str) -> Result<Option<u32>, FdxError> {
        let Some(text) = self.once(name)? else {
            return Ok(None);
        };
        // `parse` alone would take a plus sign.
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|_| digits);
        number
            .map(Some)
            .ok_or_else(|| invalid(format!("{name} must be a whole number")))
    }

    /// N05: the length of a page, 1 to 100, and 10 when it is not said.
    ///
    /// # Errors
    /// 400.
    pub fn limit(&self) -> Result<u16, FdxError> {
        let bounds = || invalid(format!("limit must be 1 to {}", limits::PAGE_MOST));
        match self.number("limit").map_err(|_| bounds())? {
            None => Ok(limits::PAGE_DEFAULT),
            Some(limit) => u16::try_from(limit)
                .ok()
                .filter(|limit| (1..=limits::PAGE_MOST).contains(limit))
                .ok_or_else(bounds),
        }
    }
}

/// 400 with code 401, with words for the developer.
pub fn invalid(message: impl Into<String>) -> FdxError {
    FdxError::new(Code::InvalidInput).debug(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n05_a_limit_is_1_to_100() {
        let limit = |text: &str| Query::read(&format!("limit={text}")).unwrap().limit();
        for text in ["0", "-1", "101", "9223372036854775808", "1e1", "+5", "", "ten"] {
            assert!(limit(text).is_err(), "{text}");
        }
        assert_eq!(limit("100").unwrap(), 100);
        assert_eq!(Query::read("").unwrap().limit().unwrap(), 10);
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        let query = |text: &str| Query::read(text).unwrap();
        assert!(query("a=1&a=1").once("a").is_err());
        assert!(query("a=1&b=2").either("a", "b").is_err());
        assert_eq!(query("a=1&b=1").either("a", "b").unwrap(), Some("1"));
        assert_eq!(query("b=1&c=2").either("a", "b").unwrap(), Some("1"));
        assert_eq!(query("c=2").once("a").unwrap(), None);
    }
}
