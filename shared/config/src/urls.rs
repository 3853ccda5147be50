//! `[urls]`: the addresses by which others know the platform.
//!
//! Every absolute URL that leaves us is made from these and never from a request's `Host` (L06, X01).

use serde::Deserialize;

use crate::Origin;

/// External base URLs, as they are seen outside any balancer.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Urls {
    /// Of the public listener. It is, letter for letter, the issuer.
    pub public: Origin,
    /// Of the mutual-TLS listener; published in `mtls_endpoint_aliases`.
    pub mutual: Origin,
}
