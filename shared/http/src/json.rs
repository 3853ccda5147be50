//! JSON bodies, read strictly: bounded, no duplicate names, no unknown members (J28, O05).

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, web::Bytes};
use serde::de::DeserializeOwned;

use crate::{Code, FdxError, limits};

/// A body that is a `T`. Give `T` `#[serde(deny_unknown_fields)]`.
#[derive(Debug, Clone)]
pub struct StrictJson<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for StrictJson<T> {
    type Error = FdxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, FdxError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = request.content_type().eq_ignore_ascii_case("application/json");
        let body = Bytes::from_request(request, payload);
        Box::pin(async move {
            if !is_json {
                return Err(invalid("the body must be application/json"));
            }
            // The configured payload limit cuts longer ones off.
            let body = body.await.map_err(|_| FdxError::new(Code::TooLarge))?;
            let value = jose::json::parse(&body, limits::JSON_BYTES)
                .map_err(|_| invalid("the body is not JSON, has a name twice, or is too deep or too long"))?;
            // A list would do for a structure whose members may all be absent.
            if !value.is_object() {
                return Err(invalid("the body must be a JSON object"));
            }
            serde_json::from_value(value)
                .map(Self)
                .map_err(|_| invalid("the body has a member that is missing, unknown or of the wrong type"))
        })
    }
}

fn invalid(message: &'static str) -> FdxError {
    FdxError::new(Code::InvalidInput).debug(message)
}
