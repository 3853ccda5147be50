//! The FAPI authorization server.
//!
//! The protocol in the order in which a recipient meets it: [`discovery`] and [`jwks`]; [`par`], which proves the
//! client ([`client_authentication`]) and the request ([`request`], one ordered table of checks); [`authorize`], which
//! lodges the decision with the bank's consent application; [`resume`], which takes the browser back with its answer
//! ([`response`]); [`token`] with a file a grant; [`userinfo`], [`introspect`] and [`revoke`].
//!
//! To add a check: a file in `request/` and a row in its table. To add a grant: a file in `grant/` and an arm in
//! `token.rs`. What a client may do is its profile's, in `domain::profile`, never a condition here.

mod algorithms;
mod authorize;
mod client_authentication;
mod discovery;
mod forms;
mod grant;
mod introspect;
mod jwks;
mod page;
mod par;
mod request;
mod response;
mod resume;
mod revoke;
mod session;
mod token;
mod userinfo;

use http::Mount;

/// Every endpoint of the authorization server, documented.
pub fn routes(config: &mut impl Mount) {
    config
        // First, since a request is held against the paths in their order, and this is the busiest.
        .service(token::token)
        .service(discovery::openid_configuration)
        .service(discovery::oauth_authorization_server)
        .service(discovery::well_known)
        .service(jwks::jwks)
        .service(par::push)
        .service(authorize::authorize)
        .service(authorize::authorize_by_post)
        .service(resume::resume)
        .service(userinfo::userinfo)
        .service(userinfo::userinfo_by_post)
        .service(introspect::introspect)
        .service(revoke::revoke);
}
