//! Where a service registers its endpoints: an OpenAPI document, or the server that answers.
//!
//! Path and documentation are one registration, so that neither can be forgotten. A server needs the paths alone, and
//! composing the schemas of FDX takes megabytes and milliseconds in every worker, so it leaves them out.

use actix_web::{dev::HttpServiceFactory, web};
use utoipa_actix_web::{OpenApiFactory, service_config::ServiceConfig as Documented};

/// What a service's `routes` function is given.
pub trait Mount {
    /// Registers an endpoint with its documentation.
    fn service(&mut self, endpoint: impl HttpServiceFactory + OpenApiFactory + 'static) -> &mut Self;
}

/// A server: requests find the endpoint.
impl Mount for web::ServiceConfig {
    fn service(&mut self, endpoint: impl HttpServiceFactory + OpenApiFactory + 'static) -> &mut Self {
        web::ServiceConfig::service(self, endpoint)
    }
}

/// A document: readers find it too.
impl Mount for Documented<'_> {
    fn service(&mut self, endpoint: impl HttpServiceFactory + OpenApiFactory + 'static) -> &mut Self {
        Documented::service(self, endpoint)
    }
}
