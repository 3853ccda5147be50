//! `GET /portal/style.css`: the one stylesheet.

use actix_web::{
    HttpResponse, get,
    http::header::{CACHE_CONTROL, CONTENT_TYPE},
};

const STYLE: &str = include_str!("../templates/style.css");

/// The stylesheet. Pages name it with a fingerprint of its content, so it may be kept.
#[get("/portal/style.css")]
pub(crate) async fn style() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/css; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "public, max-age=86400"))
        .body(STYLE)
}

/// Eight characters that change with the stylesheet.
pub(crate) fn fingerprint() -> &'static str {
    static FINGERPRINT: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
        let mut text = jose::base64url(jose::sha256(STYLE));
        text.truncate(8);
        text
    });
    &FINGERPRINT
}
