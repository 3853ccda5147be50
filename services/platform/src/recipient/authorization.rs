//! One authorization, from the recipient's side: what it signs, what it remembers, and what it believes of the response.

use jose::{Algorithm, Claims, Compact};
use serde_json::json;

use super::{AuthorizationServer, Failure, Recipient};

/// The data clusters that are asked, and the scopes that go with them.
const CLUSTERS: [&str; 3] = ["ACCOUNT_BASIC", "ACCOUNT_DETAILED", "TRANSACTIONS"];
const SCOPE: &str = "openid fdx:accountbasic:read fdx:accountdetailed:read fdx:transactions:read";

/// What the recipient remembers until the browser comes back.
pub(crate) struct Authorization {
    pub(crate) state: String,
    pub(crate) nonce: String,
    pub(crate) code_verifier: String,
}

impl Authorization {
    /// A new one.
    pub(crate) fn new(recipient: &Recipient<'_>) -> Self {
        Self {
            state: recipient.fresh(),
            nonce: recipient.fresh(),
            code_verifier: recipient.fresh(),
        }
    }

    /// The signed request object (RFC 9101): 90 days, two years back, three data clusters, a signed response.
    pub(crate) fn request_object(
        &self,
        recipient: &Recipient<'_>,
        server: &AuthorizationServer,
    ) -> Result<String, Failure> {
        let now = recipient.now().timestamp();
        recipient.sign(
            "oauth-authz-req+jwt",
            &json!({
                "iss": recipient.client_id, "aud": server.issuer, "jti": recipient.fresh(),
                "iat": now, "nbf": now, "exp": now + 300,
                "client_id": recipient.client_id,
                "response_type": "code", "response_mode": "jwt",
                "redirect_uri": recipient.redirect_uri,
                "scope": SCOPE, "state": self.state, "nonce": self.nonce,
                "code_challenge": jose::pkce::s256(&self.code_verifier), "code_challenge_method": "S256",
                "authorization_details": [{
                    "type": "fdx_v1.0",
                    "consentRequest": {
                        "durationType": "TIME_BOUND", "durationPeriod": 90, "lookbackPeriod": 730,
                        "resources": [{ "resourceType": "ACCOUNT", "dataClusters": CLUSTERS }],
                    },
                }],
            }),
        )
    }

    /// The claims of a signed response (JARM-4.4): signed by the server, from this issuer, for this client.
    pub(crate) fn response(
        recipient: &Recipient<'_>,
        server: &AuthorizationServer,
        response: &str,
    ) -> Result<Claims, Failure> {
        let refused =
            |why: &dyn std::fmt::Display| Failure::new(format!("the response is not acceptable: {why}"));
        let token = Compact::parse(response).map_err(|error| refused(&error))?;
        let claims = server
            .keys
            .verify(&token, &[Algorithm::Ps256, Algorithm::Es256])
            .map_err(|error| refused(&error))?;
        let ours = claims.str("iss").ok().flatten() == Some(server.issuer.as_str())
            && claims.audience().unwrap_or_default() == [recipient.client_id.as_str()];
        if ours {
            Ok(claims)
        } else {
            Err(refused(&"it is another issuer's, or for another client"))
        }
    }
}
