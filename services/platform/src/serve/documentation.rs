//! `/docs`: the OpenAPI documents, and Swagger UI over them, which is part of the program.

use std::sync::Arc;

use actix_web::{HttpResponse, http::header::ContentType, web};
use utoipa_swagger_ui::{Config, SwaggerUi, Url};

use super::{Service, StartError, documents};

/// The documents, each made once.
#[derive(Clone)]
pub(super) struct Documentation(Arc<[(Service, web::Bytes)]>);

impl Documentation {
    /// Of every service that has an API, whether or not it runs in this process: the page describes the platform.
    pub(super) fn new() -> Result<Self, StartError> {
        Service::DOCUMENTED
            .into_iter()
            .map(|service| {
                let text =
                    documents::text_of(service).map_err(|error| StartError::Other(error.to_string()))?;
                Ok((service, web::Bytes::from(text)))
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Registers the page and the documents.
    pub(super) fn pages(&self, config: &mut web::ServiceConfig) {
        let mut urls = Vec::new();
        for (service, text) in self.0.iter() {
            let path = format!("/docs/{}.json", service.name());
            let text = text.clone();
            let serve = move || {
                let answer = HttpResponse::Ok()
                    .content_type(ContentType::json())
                    .body(text.clone());
                async move { answer }
            };
            config.service(web::resource(path.as_str()).route(web::get().to(serve)));
            urls.push(Url::from(path));
        }
        config.service(web::redirect("/docs", "/docs/"));
        config.service(SwaggerUi::new("/docs/{_:.*}").config(Config::new(urls)));
    }
}
