//! Answers to what no service takes: 404, or 405 when the path is known under another method, in the words of the
//! API that the path belongs to.

use actix_web::{HttpRequest, HttpResponse, ResponseError, dev::ResourceDef, web};

use crate::{Code, FdxError, OAuthError};

/// The paths that exist, with their methods in one list, from the OpenAPI documents.
pub struct KnownPaths(Vec<(ResourceDef, Vec<String>)>);

impl KnownPaths {
    /// From path patterns and the methods that each has, in capitals.
    pub fn new(paths: impl IntoIterator<Item = (String, Vec<String>)>) -> Self {
        Self(
            paths
                .into_iter()
                .map(|(path, methods)| (ResourceDef::new(path), methods))
                .collect(),
        )
    }

    fn methods(&self, path: &str) -> Option<String> {
        let methods: Vec<_> = self
            .0
            .iter()
            .filter(|(pattern, _)| pattern.is_match(path))
            .flat_map(|(_, methods)| methods.iter().map(String::as_str))
            .collect();
        (!methods.is_empty()).then(|| methods.join(", "))
    }
}

/// The default service of every listener.
pub async fn unrouted(request: HttpRequest) -> HttpResponse {
    let path = request.path();
    let allowed = request
        .app_data::<web::Data<KnownPaths>>()
        .and_then(|known| known.methods(path));
    let code = if allowed.is_some() {
        Code::MethodNotAllowed
    } else {
        Code::NoRoute
    };
    let mut response = refusal(path, code);
    if let Some(allow) = allowed.and_then(|methods| methods.parse().ok()) {
        response
            .headers_mut()
            .insert(actix_web::http::header::ALLOW, allow);
    }
    response
}

/// A refusal in the words of the API that the path belongs to. The code is one that both have.
pub fn refusal(path: &str, code: Code) -> HttpResponse {
    if path.starts_with("/fdx/auth/") || path.starts_with("/.well-known/") {
        OAuthError::new(code, code.message()).error_response()
    } else {
        FdxError::new(code).error_response()
    }
}
