//! What the access log tells of a request beyond what the request itself shows. Ids only: no token, secret, account
//! number or name.

use std::cell::RefCell;

use actix_web::{HttpMessage, HttpRequest};
use domain::{ClientId, ConsentId};

/// Fields that handlers and extractors add while they learn them.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct LogFields {
    /// The client that was proven.
    pub client_id: Option<ClientId>,
    /// The consent that the request is about.
    pub consent_id: Option<ConsentId>,
    /// The error code of a refusal.
    pub error: Option<&'static str>,
}

impl LogFields {
    /// Changes the fields of a request.
    pub fn update(request: &HttpRequest, change: impl FnOnce(&mut Self)) {
        let mut extensions = request.extensions_mut();
        if let Some(fields) = extensions.get::<RefCell<Self>>() {
            change(&mut fields.borrow_mut());
        } else {
            let mut fields = Self::default();
            change(&mut fields);
            extensions.insert(RefCell::new(fields));
        }
    }

    /// The fields of a request, as they are now.
    pub fn of(request: &HttpRequest) -> Self {
        request
            .extensions()
            .get::<RefCell<Self>>()
            .map(|fields| fields.borrow().clone())
            .unwrap_or_default()
    }
}
