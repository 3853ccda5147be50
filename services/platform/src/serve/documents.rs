//! The OpenAPI documents, one a service, made from the very registrations that serve requests.

use actix_web::{App, dev::HttpServiceFactory};
use http::Mount;
use utoipa::openapi::{Info, License, OpenApi, OpenApiBuilder, path::PathItem};
use utoipa_actix_web::{AppExt as _, OpenApiFactory};

use super::Service;

/// The document of a service.
pub fn of(service: Service) -> OpenApi {
    let mut info = Info::new(title(service), "6.4.1");
    info.license = Some(License::new("Apache-2.0"));
    let document = OpenApiBuilder::new().info(info).build();
    App::new()
        .into_utoipa_app()
        .openapi(document)
        .configure(|config| service.routes(config))
        .split_for_parts()
        .1
}

/// As `openapi/SERVICE.json` holds it and `/docs/SERVICE.json` serves it: the same bytes wherever it is made.
///
/// # Errors
/// When serialization fails, which it does for no document of ours.
pub fn text_of(service: Service) -> Result<String, serde_json::Error> {
    Ok(of(service).to_pretty_json()? + "\n")
}

/// The path patterns of the services, each with its methods in capitals.
pub(super) fn paths(services: &[Service]) -> Vec<(String, Vec<String>)> {
    let mut paths = Paths(Vec::new());
    for service in services {
        service.routes(&mut paths);
    }
    paths.0
}

/// Paths and their methods, without the schemas of what they speak.
struct Paths(Vec<(String, Vec<String>)>);

impl Mount for Paths {
    fn service(&mut self, endpoint: impl HttpServiceFactory + OpenApiFactory + 'static) -> &mut Self {
        let paths = endpoint.paths().paths;
        self.0
            .extend(paths.into_iter().map(|(path, item)| (path, methods(&item))));
        self
    }
}

fn methods(item: &PathItem) -> Vec<String> {
    let known = [
        ("GET", item.get.is_some()),
        ("HEAD", item.head.is_some()),
        ("POST", item.post.is_some()),
        ("PUT", item.put.is_some()),
        ("PATCH", item.patch.is_some()),
        ("DELETE", item.delete.is_some()),
    ];
    known
        .into_iter()
        .filter(|(_, there)| *there)
        .map(|(method, _)| method.to_owned())
        .collect()
}

fn title(service: Service) -> &'static str {
    match service {
        Service::Authorization => "Concordat: authorization server",
        Service::Accounts => "Concordat: FDX core",
        Service::Consents => "Concordat: FDX consent",
        Service::Notifications => "Concordat: FDX events",
        Service::ExternalAuth => "Concordat: External Resource Authentication",
        Service::Participants => "Concordat: Participant User",
        Service::Portal => "Concordat: portal",
    }
}
