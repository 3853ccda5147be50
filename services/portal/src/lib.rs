//! The reference portal: a consent application and a consumer dashboard, rendered here and usable without script.
//!
//! It is what a bank would put in its place: a client of the two solution APIs over HTTPS, with credentials of its own
//! ([`api`]), and the owner of its users' sign-in ([`sign_in`]). It reads no table of the platform but `users`.
//!
//! | path | page |
//! |---|---|
//! | `/portal/consent?resourceId=` | who asks; sign in, or deny at once |
//! | `/portal/consent/code?resourceId=` | the second factor of those who have one |
//! | `/portal/consent/decision?resourceId=` | what is asked, for how long, of which accounts, and what exactly; allow or deny |
//! | `/portal/sign-in`, `/portal/sign-in/code` | the same sign-in for the dashboard |
//! | `/portal/` | everyone with whom the consumer shares, and shared |
//! | `/portal/connections/{consentId}` | one connection: accounts, reads, history with receipts; pause, resume, stop, agree |
//! | `/portal/connections/{consentId}/accesses` | every read |
//! | `/portal/connections/{consentId}/receipts/{sequence}` | one change, to read and print; `.../file` is its signed receipt |
//! | `/portal/connections/{consentId}/stop`, `.../remove`, `/portal/stop-all` | the last question |
//!
//! Every page takes `lang` (`en`, `es`, `fr`), which is kept; before it was chosen, `ui_locales` of the request and then
//! the browser decide.
//!
//! Ids of elements that others may rely on (scripted browsers do): `username`, `password`, `sign-in`, `totp`,
//! `account-{n}` from 1 on, `shares-{n}` (opens what the account shares), `share-{n}-{FDX name of the cluster}`, `nickname-{n}`, `preview`, `allow`, `deny`, `problem`, `error-code`; in the dashboard `consent-{consentId}`, `stop-all`,
//! `revoke-all`, `stop`, `revoke`, `keep`, `pause-until`, `pause`, `resume`, `accounts`, `remove-{n}`, `remove`, `approve`,
//! `withdraw`, `receipt-{sequence}` (opens the receipt's page, which has `when`, `by`, `with`, `why`, `after`, `check`, `download`, `keys`), `accesses`, `older`, `back`, `sign-out`, `home` (from its error page); on every page `language-{tag}`.
//!
//! To add a page: a template with its struct and `sample()` in [`page`], a handler in a file of its own that takes
//! [`visit::Visit`] and answers through it, a line in [`routes`], and its words in every language of [`text`].

mod api;
mod attempts;
mod consent;
mod csrf;
mod dashboard;
mod device;
mod form;
mod html;
mod lost;
mod page;
mod portal;
mod refusal;
mod sealed;
mod session;
mod sign_in;
mod style;
mod text;
pub mod totp;
mod visit;

use actix_web::web::ServiceConfig;

pub use portal::{Portal, PortalError};

/// Registers the pages. They read `web::Data<http::App>` and `web::Data<Portal>`.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(style::style)
        .service(consent::sign_in_page::show)
        .service(consent::sign_in::submit)
        .service(consent::code_page::show)
        .service(consent::code::submit)
        .service(consent::decision_page::show)
        .service(consent::decide::submit)
        .service(consent::deny::submit)
        .service(dashboard::sign_in_page::show)
        .service(dashboard::sign_in::submit)
        .service(dashboard::code_page::show)
        .service(dashboard::code::submit)
        .service(dashboard::sign_out::submit)
        .service(dashboard::connections::show)
        .service(dashboard::connection::show)
        .service(dashboard::accesses::show)
        .service(dashboard::receipt::show)
        .service(dashboard::receipt_file::download)
        .service(dashboard::approval::submit)
        .service(dashboard::remove::show)
        .service(dashboard::remove::submit)
        .service(dashboard::stop_all::show)
        .service(dashboard::stop_all::submit)
        .service(dashboard::stop::show)
        .service(dashboard::stop::submit)
        .service(dashboard::pause::submit)
        .service(dashboard::resume::submit)
        .service(dashboard::root)
        .service(lost::lost);
}
