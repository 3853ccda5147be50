//! `x-fapi-interaction-id`: on every answer, echoed from the request or minted.

use actix_web::{
    Error, HttpMessage, HttpRequest,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{HeaderName, HeaderValue},
    middleware::Next,
    web,
};
use uuid::Uuid;

use crate::App;

/// The header's name.
pub const HEADER: HeaderName = HeaderName::from_static("x-fapi-interaction-id");

/// The id of one exchange, as it stands in the answer.
#[derive(Debug, Clone)]
pub struct InteractionId {
    value: HeaderValue,
    malformed: bool,
}

impl InteractionId {
    /// The id of this exchange.
    pub fn of(request: &HttpRequest) -> Option<Self> {
        request.extensions().get::<Self>().cloned()
    }

    /// Its 36 characters.
    pub fn as_str(&self) -> &str {
        self.value.to_str().unwrap_or_default()
    }

    /// Whether the request had one that is no UUID: an FDX endpoint refuses that, with a minted id.
    pub fn was_malformed(&self) -> bool {
        self.malformed
    }

    fn for_request(request: &ServiceRequest) -> Self {
        let mut given = request.headers().get_all(HEADER);
        match (given.next(), given.next()) {
            (Some(value), None) if is_uuid(value) => Self {
                value: value.clone(),
                malformed: false,
            },
            (given, _) => Self {
                value: mint(request),
                malformed: given.is_some(),
            },
        }
    }
}

/// The hyphenated form, in whichever case: it is echoed as it came.
fn is_uuid(value: &HeaderValue) -> bool {
    value.len() == 36 && value.to_str().is_ok_and(|text| Uuid::try_parse(text).is_ok())
}

fn mint(request: &ServiceRequest) -> HeaderValue {
    let id = match request.app_data::<web::Data<App>>() {
        Some(app) => domain::id::random_uuid(app.random()),
        None => Uuid::nil(),
    };
    HeaderValue::from_str(&id.to_string())
        .unwrap_or(HeaderValue::from_static("00000000-0000-0000-0000-000000000000"))
}

/// Middleware: finds or mints the id, and puts it on the answer whatever the answer is.
///
/// # Errors
/// Those of the service behind it.
pub async fn interaction_id(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let id = InteractionId::for_request(&request);
    request.extensions_mut().insert(id.clone());
    let mut response = next.call(request).await?;
    response.headers_mut().insert(HEADER, id.value);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n06_only_a_uuid_is_echoed() {
        assert!(is_uuid(&HeaderValue::from_static(
            "C770AEF3-6784-41F7-8E0E-FF5F97BDDB3A"
        )));
        for other in [
            "",
            "1",
            "c770aef3678441f78e0eff5f97bddb3a",
            "{770aef3-6784-41f7-8e0e-ff5f97bddb3a}",
            "zzzzzzzz-6784-41f7-8e0e-ff5f97bddb3a",
        ] {
            assert!(!is_uuid(&HeaderValue::from_static(other)), "{other}");
        }
    }
}
