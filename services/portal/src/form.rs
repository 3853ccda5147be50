//! Posted forms, bounded; a name may come several times, as check boxes do.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Bytes};

/// Longest form, bytes: 200 accounts with what each of them shares, and a token.
const BYTES: usize = 256 * 1024;

/// Most fields.
const FIELDS: usize = 4096;

/// The fields of a form in their order. One that does not read, or is too long, has none, so that the token is missing.
#[derive(Clone, Default)]
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// The first value of a field.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Every value of a field.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn parse(body: &[u8]) -> Self {
        let fields = url::form_urlencoded::parse(body).into_owned().take(FIELDS + 1);
        Some(Self(fields.collect()))
            .filter(|form| form.0.len() <= FIELDS)
            .unwrap_or_default()
    }
}

/// Values may be secrets.
impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set()
            .entries(self.0.iter().map(|(name, _)| name))
            .finish()
    }
}

impl FromRequest for Form {
    type Error = std::convert::Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = Bytes::from_request(request, payload);
        Box::pin(async move {
            let body = body.await.unwrap_or_default();
            Ok(if body.len() > BYTES {
                Self::default()
            } else {
                Self::parse(&body)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticked_box_is_a_value_each() {
        let form = Form::parse(b"csrf=a&account=1&account=2%203&x");
        assert_eq!(form.all("account").collect::<Vec<_>>(), ["1", "2 3"]);
        assert_eq!(form.get("csrf"), Some("a"));
        assert_eq!(form.get("nothing"), None);
        assert!(!format!("{form:?}").contains("2 3"));
    }

    #[test]
    fn a_flood_of_fields_is_no_form() {
        let fields = |number: usize| Form::parse("a=1&".repeat(number).as_bytes()).all("a").count();
        assert_eq!((fields(FIELDS), fields(FIELDS + 1)), (FIELDS, 0));
    }
}
