//! The absolute URLs by which others reach us. Made from the settings alone, never from a request (L06, X01).

use config::Origin;

/// Absolute URLs of the authorization server and the FDX APIs.
#[derive(Debug, Clone)]
pub struct Endpoints {
    /// The issuer identifier: `urls.public`, letter for letter.
    pub issuer: String,
    public: Origin,
    mutual: Origin,
}

/// Path of the pushed authorization request endpoint.
pub const PAR: &str = "/fdx/auth/v1/par";
/// Path of the authorization endpoint.
pub const AUTHORIZE: &str = "/fdx/auth/v1/authorize";
/// Path of the token endpoint.
pub const TOKEN: &str = "/fdx/auth/v1/token";
/// Path of the introspection endpoint.
pub const INTROSPECT: &str = "/fdx/auth/v1/introspect";
/// Path of the revocation endpoint.
pub const REVOKE: &str = "/fdx/auth/v1/revoke";
/// Path of the userinfo endpoint.
pub const USERINFO: &str = "/fdx/auth/v1/userinfo";
/// Path of the key set.
pub const JWKS: &str = "/fdx/auth/v1/jwks";
/// The API documentation, for people.
pub const DOCUMENTATION: &str = "/docs/";

impl Endpoints {
    /// From the settings' origins, with the ports that were really bound.
    pub fn new(public: &Origin, mutual: &Origin) -> Self {
        Self {
            issuer: public.as_str().to_owned(),
            public: public.clone(),
            mutual: mutual.clone(),
        }
    }

    /// A path on the public listener.
    pub fn public(&self, path: &str) -> String {
        self.public.join(path)
    }

    /// A path on the mutual-TLS listener.
    pub fn mutual(&self, path: &str) -> String {
        self.mutual.join(path)
    }

    /// The audience of tokens for the FDX APIs.
    pub fn fdx_audience(&self) -> String {
        self.mutual("/fdx/v6")
    }

    /// The audience of tokens for userinfo alone.
    pub fn userinfo_audience(&self) -> String {
        self.public(USERINFO)
    }

    /// The audience of tokens for the two solution APIs.
    pub fn solution_audience(&self) -> String {
        self.public("/")
    }
}
