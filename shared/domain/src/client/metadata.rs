//! What a client registers (RFC 7591, RFC 8705, FDX `RecipientRequest`), and what of it is refused.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    profile::{Profile, ResponseType},
    scope::Scopes,
};

mod addresses;
mod validate;
pub use validate::InvalidMetadata;

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
    /// Only pushed requests are taken from it (RFC9126-6), whatever its profile would accept.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub require_pushed_authorization_requests: bool,
    /// The only algorithm of its request objects, when it names one: PS256 or ES256; EdDSA and RS256 where its profile knows them.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub request_object_signing_alg: Option<String>,
    /// The only algorithm of its assertions, when it names one; as above.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub token_endpoint_auth_signing_alg: Option<String>,
    /// Algorithm of id_tokens: ES256 or PS256; RS256 where its profile knows it, and then when absent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub id_token_signed_response_alg: Option<String>,
    /// Algorithm of JARM responses; as above.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub authorization_signed_response_alg: Option<String>,
    /// Algorithm of userinfo as a JWT; JSON when absent (OIDC Registration 2).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub userinfo_signed_response_alg: Option<String>,
    /// Algorithm of introspection as a JWT (RFC9701-6).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub introspection_signed_response_alg: Option<String>,
    /// How the content key of encrypted id_tokens reaches the client: RSA-OAEP-256, ECDH-ES or ECDH-ES+A256KW.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub id_token_encrypted_response_alg: Option<String>,
    /// How their content is encrypted: A256GCM or A128GCM. Named with the other, since the default of the registry
    /// (A128CBC-HS256) is not done here (J13).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub id_token_encrypted_response_enc: Option<String>,
    /// The same of userinfo as a JWT.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub userinfo_encrypted_response_alg: Option<String>,
    /// The same of userinfo as a JWT.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub userinfo_encrypted_response_enc: Option<String>,
    /// The same of JARM responses (JARM-3).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub authorization_encrypted_response_alg: Option<String>,
    /// The same of JARM responses.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub authorization_encrypted_response_enc: Option<String>,
    /// Algorithm of access tokens: ES256 (when absent) or PS256.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub access_token_signed_response_alg: Option<String>,
    /// Grants that it uses; all of its profile when absent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub grant_types: Option<Vec<GrantType>>,
    /// Response types that it uses; all of its profile when absent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub response_types: Option<Vec<ResponseType>>,
    /// Types of `authorization_details` that it uses (RFC9396-10); all when absent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub authorization_details_types: Option<Vec<String>>,
    /// How it knows consumers. There is only one way: each recipient by another name (OIDC Core 8).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub subject_type: Option<SubjectType>,
    /// Clients whose URI has the same host know a consumer by the same name; each by its own when absent. Never fetched
    /// (S03): that the clients belong together is for the operator to know, who registers them.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sector_identifier_uri: Option<Url>,
    /// Oldest authentication that will do, seconds, for requests that do not say `max_age`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub default_max_age: Option<u32>,
    /// Whether its id_tokens have `auth_time`; all have.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub require_auth_time: Option<bool>,
    /// Its logo.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub logo_uri: Option<Url>,
    /// Its home page.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub client_uri: Option<Url>,
    /// How it says that it uses data. For people, like the next four: kept, and neither fetched nor judged.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub policy_uri: Option<Url>,
    /// Its terms of service.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tos_uri: Option<Url>,
    /// Who answers for it, usually e-mail addresses; at most 16.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub contacts: Vec<String>,
    /// Which software it is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub software_id: Option<String>,
    /// Of which version.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub software_version: Option<String>,
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
    /// A secret in the Authorization header; the bank's own applications and OpenID Connect only.
    ClientSecretBasic,
    /// A secret in the form; as above.
    ClientSecretPost,
}

/// A grant of the token endpoint (RFC 7591 `grant_types`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantType {
    /// A code of a consumer's authorization.
    AuthorizationCode,
    /// A refresh token.
    RefreshToken,
    /// The client for itself.
    ClientCredentials,
}

/// How a client knows consumers (OIDC Core 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SubjectType {
    /// Each sector by another name.
    Pairwise,
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
    /// Nothing: the bank's own applications, and OpenID Connect.
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

    /// Whether it may use that grant.
    pub fn uses(&self, grant: GrantType) -> bool {
        self.grant_types
            .as_ref()
            .is_none_or(|grants| grants.contains(&grant))
    }

    /// `alg` and `enc` of encrypted id_tokens; `None` when they are not encrypted.
    pub fn id_token_encryption(&self) -> Option<(&str, &str)> {
        self.id_token_encrypted_response_alg
            .as_deref()
            .zip(self.id_token_encrypted_response_enc.as_deref())
    }

    /// `alg` and `enc` of encrypted userinfo; `None` when it is not encrypted.
    pub fn userinfo_encryption(&self) -> Option<(&str, &str)> {
        self.userinfo_encrypted_response_alg
            .as_deref()
            .zip(self.userinfo_encrypted_response_enc.as_deref())
    }

    /// `alg` and `enc` of encrypted JARM responses; `None` when they are not encrypted.
    pub fn authorization_encryption(&self) -> Option<(&str, &str)> {
        self.authorization_encrypted_response_alg
            .as_deref()
            .zip(self.authorization_encrypted_response_enc.as_deref())
    }
}
