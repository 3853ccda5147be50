//! What a client registers (RFC 7591, RFC 8705, FDX `RecipientRequest`), and what of it is refused.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    profile::Profile,
    scope::{Scope, Scopes},
};

/// A client's registration. Names are those of the registries of RFC 7591 and FDX.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientMetadata {
    /// Shown on the consent screen and the dashboard.
    pub client_name: String,
    /// The security profile. Fixed for the life of the client.
    pub profile: Profile,
    /// How it proves who it is.
    pub token_endpoint_auth_method: AuthenticationMethod,
    /// The subject of the certificate that `tls_client_auth` expects; see [`Self::subject_rule`].
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tls_client_auth_subject_dn: Option<String>,
    /// A DNS name of that certificate.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tls_client_auth_san_dns: Option<String>,
    /// A URI of that certificate.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tls_client_auth_san_uri: Option<String>,
    /// An IP address of that certificate.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tls_client_auth_san_ip: Option<String>,
    /// An e-mail address of that certificate.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tls_client_auth_san_email: Option<String>,
    /// Its public keys, by value (RFC 7517).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub jwks: Option<serde_json::Value>,
    /// Where a consumer's browser may be sent back to; compared character by character.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub redirect_uris: Vec<String>,
    /// All scopes that it may ever be given.
    pub scope: Scopes,
    /// What its access tokens are bound to.
    #[serde(default)]
    pub sender_constraint: SenderConstraint,
    /// Only signed request objects are taken from it (RFC9101-10.5), whatever its profile would accept.
    #[serde(default)]
    pub require_signed_request_object: bool,
    /// Algorithm of id_tokens: ES256 or PS256.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub id_token_signed_response_alg: Option<String>,
    /// Algorithm of JARM responses: ES256 or PS256.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub authorization_signed_response_alg: Option<String>,
    /// Algorithm of access tokens: ES256 (when absent) or PS256.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub access_token_signed_response_alg: Option<String>,
    /// Its logo.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub logo_uri: Option<Url>,
    /// Its home page.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub client_uri: Option<Url>,
    /// What it does for consumers, in words that they read on the consent screen; at most 300 characters.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub description: Option<String>,
    /// The longest consent that it asks for, days.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub duration_period: Option<u16>,
    /// The furthest that it reads back, days.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub lookback_period: Option<u16>,
    /// Where its legal entity is registered.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub registry_references: Vec<RegistryReference>,
    /// Who stands between it and the bank.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub intermediaries: Vec<Intermediary>,
}

/// How a client proves who it is (RFC 7591 `token_endpoint_auth_method`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthenticationMethod {
    /// A signed assertion (RFC 7523).
    PrivateKeyJwt,
    /// A certificate of a trusted authority, with the registered subject (RFC8705-2.1).
    TlsClientAuth,
    /// A certificate whose key it registered (RFC8705-2.2).
    SelfSignedTlsClientAuth,
    /// A secret in the Authorization header; the bank's own applications only.
    ClientSecretBasic,
    /// A secret in the form; the bank's own applications only.
    ClientSecretPost,
}

/// What a client's access tokens are bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SenderConstraint {
    /// The certificate of the connection (RFC 8705).
    #[default]
    Mtls,
    /// A key of the client's choice, shown with each request (RFC 9449). FAPI 2.0 only.
    Dpop,
    /// Nothing: the bank's own applications, with secrets.
    None,
}

/// The one thing by which `tls_client_auth` knows a certificate (RFC8705-2.1.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubjectRule {
    /// The subject, as RFC 4514 writes it.
    SubjectDn(String),
    /// A DNS name among the alternative names.
    SanDns(String),
    /// A URI among the alternative names.
    SanUri(String),
    /// An IP address among the alternative names.
    SanIp(String),
    /// An e-mail address among the alternative names.
    SanEmail(String),
}

/// Where a legal entity is registered (FDX `RegistryReference`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegistryReference {
    /// The name there.
    pub registered_entity_name: String,
    /// The id there.
    pub registered_entity_id: String,
    /// FDX, GLEIF, ICANN or PRIVATE.
    pub registry: String,
}

/// Who stands between a recipient and the bank (FDX `Intermediary`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Intermediary {
    /// Its name.
    pub name: String,
    /// What it does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub description: Option<String>,
    /// Its home page.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<String>)]
    pub uri: Option<Url>,
    /// Its logo.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Option<String>)]
    pub logo_uri: Option<Url>,
    /// Where its legal entity is registered.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub registry_references: Vec<RegistryReference>,
}

/// A registration that is refused, and why, for the operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMetadata {
    /// A redirect URI that is not https, or carries what the response will carry.
    #[error("redirect_uri {0:?}: {1}")]
    RedirectUri(String, &'static str),
    /// Two members that do not go together.
    #[error("{0}")]
    Combination(&'static str),
    /// A name that is empty, too long or unprintable.
    #[error("{0} must be 1 to 256 printable characters")]
    Text(&'static str),
}

impl ClientMetadata {
    /// By what `tls_client_auth` knows its certificate. `None` when nothing, or more than one thing, is registered.
    pub fn subject_rule(&self) -> Option<SubjectRule> {
        let mut rules = [
            self.tls_client_auth_subject_dn
                .clone()
                .map(SubjectRule::SubjectDn),
            self.tls_client_auth_san_dns.clone().map(SubjectRule::SanDns),
            self.tls_client_auth_san_uri.clone().map(SubjectRule::SanUri),
            self.tls_client_auth_san_ip.clone().map(SubjectRule::SanIp),
            self.tls_client_auth_san_email.clone().map(SubjectRule::SanEmail),
        ]
        .into_iter()
        .flatten();
        match (rules.next(), rules.next()) {
            (Some(rule), None) => Some(rule),
            _ => None,
        }
    }

    /// Refuses what no client of its profile may register.
    ///
    /// # Errors
    /// [`InvalidMetadata`] for the first thing that is wrong.
    pub fn validate(&self) -> Result<(), InvalidMetadata> {
        use AuthenticationMethod as Method;
        let refuse = |why| Err(InvalidMetadata::Combination(why));

        if self.client_name.is_empty()
            || self.client_name.chars().count() > 256
            || self.client_name.chars().any(char::is_control)
        {
            return Err(InvalidMetadata::Text("client_name"));
        }
        if self
            .description
            .as_ref()
            .is_some_and(|text| text.chars().count() > 300 || text.chars().any(char::is_control))
        {
            return Err(InvalidMetadata::Text("description"));
        }
        for uri in &self.redirect_uris {
            check_redirect_uri(uri).map_err(|why| InvalidMetadata::RedirectUri(uri.clone(), why))?;
        }
        let rules = self.profile.rules();
        if rules.serves_consumers && self.redirect_uris.is_empty() && !self.scope.clusters().is_empty() {
            return refuse("a client that asks for consents needs a redirect_uri");
        }
        let secret = matches!(
            self.token_endpoint_auth_method,
            Method::ClientSecretBasic | Method::ClientSecretPost
        );
        if secret && self.profile != Profile::Solution {
            return refuse("a client secret is for the solution profile alone");
        }
        if rules.sender_constrained && self.sender_constraint == SenderConstraint::None {
            return refuse("this profile binds every access token: sender_constraint must be mtls or dpop");
        }
        if self.profile == Profile::Fapi1Advanced && self.sender_constraint == SenderConstraint::Dpop {
            return refuse("FAPI 1.0 binds access tokens to certificates: sender_constraint must be mtls");
        }
        let needs_keys = matches!(
            self.token_endpoint_auth_method,
            Method::PrivateKeyJwt | Method::SelfSignedTlsClientAuth
        ) || self.require_signed_request_object;
        if needs_keys && self.jwks.is_none() {
            return refuse("jwks is required for this authentication method or for signed requests");
        }
        if (self.token_endpoint_auth_method == Method::TlsClientAuth) != self.subject_rule().is_some() {
            return refuse("exactly one tls_client_auth_* goes with tls_client_auth, and none without");
        }
        for algorithm in [
            &self.id_token_signed_response_alg,
            &self.authorization_signed_response_alg,
            &self.access_token_signed_response_alg,
        ]
        .into_iter()
        .flatten()
        {
            if algorithm != "ES256" && algorithm != "PS256" {
                return refuse("the algorithms of this platform's signatures are ES256 and PS256");
            }
        }
        if self.profile != Profile::Solution && self.scope.iter().any(Scope::is_for_the_bank_alone) {
            return refuse("the scopes of the solution APIs are for the solution profile alone");
        }
        Ok(())
    }
}

/// What an authorization response adds, and a registered URI must not already hold (U07).
const RESPONSE_PARAMETERS: [&str; 8] = [
    "code",
    "state",
    "iss",
    "response",
    "error",
    "error_description",
    "id_token",
    "access_token",
];

/// U01 to U07: https with a host, no fragment, no user information, none of our own parameters.
fn check_redirect_uri(text: &str) -> Result<(), &'static str> {
    if text.len() > 2000 || !text.is_ascii() || text.contains(['\\', ' ', '*']) {
        return Err("must be at most 2,000 ASCII characters without backslash, space or star");
    }
    let uri = Url::parse(text).map_err(|_| "is not a URI")?;
    if uri.scheme() != "https" || !text.starts_with("https://") {
        return Err("must be https");
    }
    if uri.host_str().is_none()
        || !uri.username().is_empty()
        || uri.password().is_some()
        || text.contains('@')
    {
        return Err("must have a host and no user information");
    }
    if uri.fragment().is_some() || text.contains('#') {
        return Err("must have no fragment");
    }
    if uri
        .query_pairs()
        .any(|(name, _)| RESPONSE_PARAMETERS.contains(&name.as_ref()))
    {
        return Err("must not carry a parameter of the authorization response");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn metadata(change: serde_json::Value) -> ClientMetadata {
        let mut base = json!({
            "client_name": "Budget", "profile": "fapi2-message-signing",
            "token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": []},
            "redirect_uris": ["https://budget.example/callback"], "scope": "fdx:accountbasic:read"});
        base.as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        serde_json::from_value(base).unwrap()
    }

    #[test]
    fn a_recipient_as_it_should_be_is_accepted() {
        assert_eq!(metadata(json!({})).validate(), Ok(()));
        let with_certificate = metadata(json!({
            "token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_san_dns": "budget.example"}));
        assert_eq!(
            with_certificate.subject_rule(),
            Some(SubjectRule::SanDns("budget.example".into()))
        );
        assert_eq!(with_certificate.validate(), Ok(()));
    }

    #[test]
    fn u06_u07_redirect_uris_that_could_be_abused_are_refused() {
        for uri in [
            "http://budget.example/cb",
            "javascript:alert(1)",
            "data:text/html,x",
            "com.budget:/cb",
            "https://good@evil.example/cb",
            "https://budget.example/cb#f",
            "https://budget.example/cb?code=1",
            "https://budget.example/cb?a=b&iss=x",
            "https://budget.example\\@evil.example/",
            "HTTPS://budget.example/cb",
            "https://*.example/cb",
        ] {
            assert!(
                matches!(
                    metadata(json!({"redirect_uris": [uri]})).validate(),
                    Err(InvalidMetadata::RedirectUri(..))
                ),
                "{uri}"
            );
        }
    }

    #[test]
    fn members_that_do_not_go_together_are_refused() {
        for change in [
            json!({"token_endpoint_auth_method": "client_secret_basic"}),
            json!({"sender_constraint": "none"}),
            json!({"tls_client_auth_san_dns": "budget.example"}),
            json!({"token_endpoint_auth_method": "tls_client_auth"}),
            json!({"id_token_signed_response_alg": "RS256"}),
            json!({"redirect_uris": []}),
            json!({"scope": "external:resources:read"}),
            json!({"jwks": null}),
        ] {
            assert!(
                matches!(
                    metadata(change.clone()).validate(),
                    Err(InvalidMetadata::Combination(_))
                ),
                "{change}"
            );
        }
    }
}
