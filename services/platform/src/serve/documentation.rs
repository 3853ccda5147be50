//! `/docs`: the OpenAPI documents, and Swagger UI over them, which is part of the program.

use std::sync::{Arc, OnceLock};

use actix_web::{HttpResponse, http::header::ContentType, web};
use utoipa_swagger_ui::{Config, SwaggerUi, Url};

use super::{Service, documents};

/// The documents.
#[derive(Clone)]
pub(super) struct Documentation(Vec<Arc<Document>>);

/// A document, made when it is first asked for: the schemas of FDX are megabytes that most processes never show.
struct Document {
    service: Service,
    text: OnceLock<Option<web::Bytes>>,
}

impl Document {
    fn answer(&self) -> HttpResponse {
        let text = self.text.get_or_init(|| {
            documents::text_of(self.service)
                .inspect_err(|error| tracing::error!(%error, "a document could not be made"))
                .ok()
                .map(web::Bytes::from)
        });
        match text {
            Some(text) => HttpResponse::Ok()
                .content_type(ContentType::json())
                .body(text.clone()),
            None => HttpResponse::InternalServerError().finish(),
        }
    }
}

impl Documentation {
    /// Of every service that has an API, whether or not it runs in this process: the page describes the platform.
    pub(super) fn new() -> Self {
        let document = |service| {
            Arc::new(Document {
                service,
                text: OnceLock::new(),
            })
        };
        Self(Service::DOCUMENTED.into_iter().map(document).collect())
    }

    /// Registers the page and the documents.
    pub(super) fn pages(&self, config: &mut web::ServiceConfig) {
        let mut urls = Vec::new();
        for document in &self.0 {
            let path = format!("/docs/{}.json", document.service.name());
            let document = Arc::clone(document);
            let serve = move || {
                let answer = document.answer();
                async move { answer }
            };
            config.service(web::resource(path.as_str()).route(web::get().to(serve)));
            urls.push(Url::from(path));
        }
        config.service(web::redirect("/docs", "/docs/"));
        config.service(SwaggerUi::new("/docs/{_:.*}").config(Config::new(urls)));
    }
}
