//! The error page: for the person in front of the browser, when there is nobody safe to send the error to.

use actix_web::{
    HttpResponse, ResponseError,
    http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, ContentType},
};
use askama::Template;
use http::OAuthError;

/// No script, no style but our own element, nothing framed. The hash is that of the `<style>` in the template.
const POLICY: &str = "default-src 'none'; style-src 'sha256-@STYLE@'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    error: &'static str,
    description: &'static str,
    style: &'static str,
}

const STYLE: &str = include_str!("../templates/error.css");

/// The page of an error, with the OAuth code in the element `error-code`.
pub(crate) fn error(error: OAuthError) -> HttpResponse {
    let page = ErrorPage {
        error: error.error(),
        description: error.description(),
        style: STYLE,
    };
    let hash = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, jose::sha256(STYLE));
    let Ok(html) = page.render() else {
        return error.error_response();
    };
    HttpResponse::build(error.as_bad_request().status_code())
        .insert_header(ContentType::html())
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_SECURITY_POLICY, POLICY.replace("@STYLE@", &hash)))
        .body(html)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_carries_the_code_in_its_element() {
        let page = ErrorPage {
            error: "invalid_request_uri",
            description: "It has expired",
            style: STYLE,
        };
        assert!(
            page.render()
                .unwrap()
                .contains(r#"id="error-code">invalid_request_uri<"#)
        );
    }
}
