//! Pages as answers, with the headers that every one carries.

use actix_web::{
    HttpResponse, HttpResponseBuilder,
    cookie::Cookie,
    http::{
        StatusCode,
        header::{
            CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
            ContentType, HeaderValue, LOCATION, REFERRER_POLICY, RETRY_AFTER,
        },
    },
};
use askama::Template;

use crate::{page::Framed, refusal::Refusal};

/// Where the forms of a page may lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Forms {
    /// To the portal.
    Here,
    /// To the portal, and from there by redirects to the authorization server, the recipient and wherever it sends the
    /// consumer on. Browsers hold every redirect after a form against its page's policy, so naming fewer would strand
    /// consumers at recipients that redirect once more.
    AndOnwards,
}

impl Forms {
    /// No script, no style but the stylesheet, nothing from elsewhere, never in a frame (L13).
    const fn policy(self) -> &'static str {
        match self {
            Self::Here => {
                "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
            }
            Self::AndOnwards => {
                "default-src 'none'; style-src 'self'; form-action 'self' https:; frame-ancestors 'none'; base-uri 'none'"
            }
        }
    }
}

/// A page.
pub(crate) fn page<T: Template + Framed>(
    status: StatusCode,
    forms: Forms,
    page: &T,
) -> Result<HttpResponse, Refusal> {
    let html = page.render().map_err(|_| Refusal::Internal)?;
    Ok(builder(status)
        .insert_header(ContentType::html())
        .insert_header((CONTENT_SECURITY_POLICY, forms.policy()))
        .insert_header((CONTENT_LANGUAGE, page.frame().text.language))
        .insert_header(("vary", "accept-language, cookie"))
        .body(html))
}

/// A page once more, after an attempt that was refused; one that may be made again in a minute says so.
pub(crate) fn refused<T: Template + Framed>(
    status: StatusCode,
    forms: Forms,
    content: &T,
) -> Result<HttpResponse, Refusal> {
    let mut response = page(status, forms, content)?;
    if status == StatusCode::TOO_MANY_REQUESTS {
        let headers = response.headers_mut();
        headers.insert(RETRY_AFTER, HeaderValue::from_static("60"));
    }
    Ok(response)
}

/// Gives the browser a cookie with a page.
pub(crate) fn keep(response: &mut HttpResponse, cookie: &Cookie<'_>) -> Result<(), Refusal> {
    response.add_cookie(cookie).map_err(|_| Refusal::Internal)
}

/// On to another page, by GET.
pub(crate) fn see_other(location: &str, cookies: impl IntoIterator<Item = Cookie<'static>>) -> HttpResponse {
    let mut response = builder(StatusCode::SEE_OTHER);
    response.insert_header((LOCATION, location));
    for cookie in cookies {
        response.cookie(cookie);
    }
    response.finish()
}

/// A file that the browser keeps under that name.
pub(crate) fn download(name: &str, media_type: &'static str, content: String) -> HttpResponse {
    builder(StatusCode::OK)
        .insert_header((CONTENT_TYPE, media_type))
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'"))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .body(content)
}

fn builder(status: StatusCode) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response
        .insert_header((CACHE_CONTROL, "no-store"))
        // P08: the id of a resource stands in the address.
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .insert_header(("cross-origin-opener-policy", "same-origin"))
        .insert_header(("cross-origin-resource-policy", "same-origin"));
    response
}
