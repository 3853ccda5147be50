//! What of a registration is refused.

use super::{AuthenticationMethod, ClientMetadata, GrantType, SenderConstraint, addresses};
use crate::{
    authorization_details,
    profile::{Audience, Profile, Pushing, RequestObject, ResponseType},
    readable::is_readable,
    scope::Scope,
};

/// A registration that is refused, and why, for the operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMetadata {
    /// A redirect URI that is not https, or carries what the response will carry.
    #[error("redirect_uri {0:?}: {1}")]
    RedirectUri(String, &'static str),
    /// An address for people that is not https.
    #[error("{0} must be https with a host, without user information")]
    Address(&'static str),
    /// Two members that do not go together.
    #[error("{0}")]
    Combination(&'static str),
    /// A name that is empty, too long or unprintable.
    #[error("{0} must be 1 to 256 printable characters")]
    Text(&'static str),
}

impl ClientMetadata {
    /// Refuses what no client of its profile may register.
    ///
    /// # Errors
    /// [`InvalidMetadata`] for the first thing that is wrong.
    pub fn validate(&self) -> Result<(), InvalidMetadata> {
        use AuthenticationMethod as Method;
        let refuse = |why| Err(InvalidMetadata::Combination(why));

        self.check_words()?;
        for uri in &self.redirect_uris {
            addresses::redirect_uri(uri).map_err(|why| InvalidMetadata::RedirectUri(uri.clone(), why))?;
        }
        addresses::shown(self).map_err(InvalidMetadata::Address)?;
        let rules = self.profile.rules();
        let asks = !self.scope.clusters().is_empty() || rules.audience == Audience::Userinfo;
        let asks = asks && rules.serves_consumers && self.uses(GrantType::AuthorizationCode);
        if asks && self.redirect_uris.is_empty() {
            return refuse(
                "a client that asks for consents needs a redirect_uri; one that does not has grant_types without authorization_code",
            );
        }
        if self.require_pushed_authorization_requests && !rules.serves_consumers {
            return refuse("require_pushed_authorization_requests is for profiles that serve consumers");
        }
        let secret = matches!(
            self.token_endpoint_auth_method,
            Method::ClientSecretBasic | Method::ClientSecretPost
        );
        if secret && !rules.secrets {
            return refuse("a client secret is for the profiles solution and openid-connect alone");
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
        ) || self.signs_requests();
        if needs_keys && self.jwks.is_none() {
            return refuse("jwks is required for this authentication method or for signed requests");
        }
        if (self.token_endpoint_auth_method == Method::TlsClientAuth) != self.subject_rule().is_some() {
            return refuse("exactly one tls_client_auth_* goes with tls_client_auth, and none without");
        }
        self.check_algorithms()?;
        self.check_encryption()?;
        if self.profile != Profile::Solution && self.scope.iter().any(Scope::is_for_the_bank_alone) {
            return refuse("the scopes of the solution APIs are for the solution profile alone");
        }
        let is_fdx = |scope: Scope| scope.cluster().is_some() || scope.is_for_clients_alone();
        if rules.audience == Audience::Userinfo && self.scope.iter().any(is_fdx) {
            return refuse(
                "the openid-connect profile tells who the consumer is: FDX scopes need a FAPI profile",
            );
        }
        if self
            .sector_identifier_uri
            .as_ref()
            .is_some_and(|uri| uri.scheme() != "https" || uri.host_str().is_none())
        {
            return refuse("sector_identifier_uri must be https with a host");
        }
        let other = |name: &String| name != authorization_details::TYPE;
        if self.authorization_details_types.iter().flatten().any(other) {
            return refuse("the one type of authorization_details is fdx_v1.0");
        }
        let permitted = |wanted: &ResponseType| rules.responses.iter().any(|(one, _)| one == wanted);
        if !self.response_types.iter().flatten().all(permitted) {
            return refuse("a response type is not one of the profile");
        }
        if !rules.serves_consumers
            && self
                .grant_types
                .iter()
                .flatten()
                .any(|grant| *grant != GrantType::ClientCredentials)
        {
            return refuse("this profile has client_credentials alone");
        }
        Ok(())
    }

    /// What people read, and decide by.
    fn check_words(&self) -> Result<(), InvalidMetadata> {
        let refuse = |why| Err(InvalidMetadata::Combination(why));
        if self.client_name.is_empty() || !is_readable(&self.client_name, 256) {
            return Err(InvalidMetadata::Text("client_name"));
        }
        if self
            .description
            .as_ref()
            .is_some_and(|text| !is_readable(text, 300))
        {
            return refuse("description must be at most 300 printable characters");
        }
        let parties = self
            .intermediaries
            .iter()
            .flat_map(|party| [Some(&party.name), party.description.as_ref()]);
        let references = self
            .intermediaries
            .iter()
            .flat_map(|party| &party.registry_references)
            .chain(&self.registry_references)
            .flat_map(|entity| [&entity.registered_entity_name, &entity.registered_entity_id]);
        let others = self
            .contacts
            .iter()
            .chain(&self.software_id)
            .chain(&self.software_version);
        if !parties
            .flatten()
            .chain(references)
            .chain(others)
            .all(|text| is_readable(text, 256))
        {
            return refuse(
                "contacts, software_*, and the texts of intermediaries and registry references are at most 256 printable characters",
            );
        }
        if self.contacts.len() > 16 {
            return refuse("contacts are at most 16");
        }
        Ok(())
    }

    /// Whether its authorization requests must be signed, so that it needs a key for that. One without a redirect URI has
    /// none to sign.
    pub fn signs_requests(&self) -> bool {
        let required = self.profile.rules().request_object == RequestObject::Required;
        (required && !self.redirect_uris.is_empty()) || self.require_signed_request_object
    }

    /// Whether nothing but pushed requests is taken from it.
    pub fn pushes_requests(&self) -> bool {
        self.profile.rules().pushing == Pushing::Required || self.require_pushed_authorization_requests
    }

    fn check_algorithms(&self) -> Result<(), InvalidMetadata> {
        let refuse = |why| Err(InvalidMetadata::Combination(why));
        let rules = self.profile.rules();
        let rs256 = rules.rs256;
        let of_the_client = |name: &str| rules.client_algorithms.contains(&name);
        let of_ours = |name: &str| ["ES256", "PS256"].contains(&name) || (rs256 && name == "RS256");
        let theirs = [
            &self.request_object_signing_alg,
            &self.token_endpoint_auth_signing_alg,
        ];
        if !theirs.into_iter().flatten().all(|name| of_the_client(name)) {
            return refuse(
                "the algorithms of clients are PS256 and ES256; EdDSA but for fapi1-advanced; RS256 for openid-connect alone",
            );
        }
        let ours = [
            &self.id_token_signed_response_alg,
            &self.authorization_signed_response_alg,
            &self.userinfo_signed_response_alg,
            &self.introspection_signed_response_alg,
        ];
        if !ours.into_iter().flatten().all(|name| of_ours(name)) {
            return refuse(
                "the algorithms of this platform's signatures are ES256 and PS256; RS256 for openid-connect alone",
            );
        }
        match self.access_token_signed_response_alg.as_deref() {
            None | Some("ES256" | "PS256") => Ok(()),
            Some(_) => refuse("the algorithms of access tokens are ES256 and PS256"),
        }
    }

    /// Whether the keys fit is for whoever reads them: [`Self::encryptions`].
    fn check_encryption(&self) -> Result<(), InvalidMetadata> {
        let refuse = |why| Err(InvalidMetadata::Combination(why));
        for (algorithm, content) in [
            (
                &self.id_token_encrypted_response_alg,
                &self.id_token_encrypted_response_enc,
            ),
            (
                &self.userinfo_encrypted_response_alg,
                &self.userinfo_encrypted_response_enc,
            ),
            (
                &self.authorization_encrypted_response_alg,
                &self.authorization_encrypted_response_enc,
            ),
        ] {
            match (algorithm.as_deref(), content.as_deref()) {
                (None, None) => {}
                (Some("RSA-OAEP-256" | "ECDH-ES" | "ECDH-ES+A256KW"), Some("A256GCM" | "A128GCM")) => {}
                _ => {
                    return refuse(
                        "encryption is RSA-OAEP-256, ECDH-ES or ECDH-ES+A256KW, with A256GCM or A128GCM, and both are named",
                    );
                }
            }
        }
        if self.encryptions().next().is_some() && self.jwks.is_none() {
            return refuse("jwks is required for encryption");
        }
        if self.userinfo_encryption().is_some() && self.userinfo_signed_response_alg.is_none() {
            return refuse(
                "userinfo is signed before it is encrypted: userinfo_signed_response_alg is required",
            );
        }
        Ok(())
    }

    /// `alg` of everything that is encrypted to the client: for each its `jwks` must hold a key.
    pub fn encryptions(&self) -> impl Iterator<Item = &str> {
        [
            self.id_token_encryption(),
            self.userinfo_encryption(),
            self.authorization_encryption(),
        ]
        .into_iter()
        .flatten()
        .map(|(algorithm, _)| algorithm)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::client::SubjectRule;

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
            "https://budget.example/cb\n",
            "https://budget.example/\tcb",
            " https://budget.example/cb",
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
            json!({"request_object_signing_alg": "RS256"}),
            json!({"token_endpoint_auth_signing_alg": "HS256"}),
            json!({"access_token_signed_response_alg": "EdDSA"}),
            json!({"profile": "fapi1-advanced", "request_object_signing_alg": "EdDSA"}),
            json!({"profile": "fapi1-advanced", "jwks": null, "token_endpoint_auth_method": "tls_client_auth",
                "tls_client_auth_san_dns": "budget.example"}),
            json!({"profile": "openid-connect", "sender_constraint": "none", "scope": "openid", "redirect_uris": []}),
            json!({"contacts": ["a\nb"]}),
            json!({"description": "Your bank\u{202e}tegduB"}),
            json!({"intermediaries": [{"name": "Pipes\u{200b}"}]}),
            json!({"id_token_encrypted_response_alg": "RSA-OAEP-256"}),
            json!({"id_token_encrypted_response_alg": "RSA1_5", "id_token_encrypted_response_enc": "A256GCM"}),
            json!({"authorization_encrypted_response_alg": "ECDH-ES", "authorization_encrypted_response_enc": "A128CBC-HS256"}),
            json!({"userinfo_encrypted_response_alg": "ECDH-ES", "userinfo_encrypted_response_enc": "A256GCM"}),
            json!({"sector_identifier_uri": "http://budget.example/sector"}),
            json!({"authorization_details_types": ["payment"]}),
            json!({"response_types": ["code id_token"]}),
            json!({"profile": "openid-connect", "sender_constraint": "none"}),
            json!({"profile": "solution", "scope": "", "grant_types": ["authorization_code"]}),
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

    #[test]
    fn an_openid_client_may_have_a_secret_bearer_tokens_and_rs256() {
        let client = metadata(json!({
            "profile": "openid-connect", "scope": "openid offline_access", "sender_constraint": "none",
            "token_endpoint_auth_method": "client_secret_basic", "id_token_signed_response_alg": "RS256",
            "request_object_signing_alg": "RS256", "subject_type": "pairwise", "default_max_age": 600,
            "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
        }));
        assert_eq!(client.validate(), Ok(()));
        assert!(client.uses(GrantType::RefreshToken) && !client.uses(GrantType::ClientCredentials));
    }

    /// L13: what a page of the bank may make a link of.
    #[test]
    fn l13_an_address_that_is_shown_runs_nothing() {
        for uri in [
            "javascript:alert(1)",
            "data:text/html,x",
            "http://budget.example/",
            "https://good@evil.example/",
        ] {
            for member in ["logo_uri", "client_uri", "policy_uri", "tos_uri"] {
                let refused = metadata(json!({ member: uri })).validate();
                assert!(
                    matches!(refused, Err(InvalidMetadata::Address(_))),
                    "{member} {uri}"
                );
            }
            let intermediary = metadata(json!({"intermediaries": [{"name": "Pipes", "uri": uri}]}));
            assert!(intermediary.validate().is_err(), "{uri}");
        }
        let shown = json!({"logo_uri": "https://budget.example/logo.png", "tos_uri": "https://budget.example/terms?v=1#a"});
        assert_eq!(metadata(shown).validate(), Ok(()));
    }

    #[test]
    fn a_client_that_acts_for_itself_alone_needs_no_redirect_uri() {
        let for_itself = json!({"redirect_uris": [], "grant_types": ["client_credentials"],
            "token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_san_dns": "budget.example", "jwks": null});
        assert_eq!(metadata(for_itself).validate(), Ok(()));
    }

    #[test]
    fn what_is_encrypted_is_told() {
        let client = metadata(json!({
            "id_token_encrypted_response_alg": "ECDH-ES+A256KW", "id_token_encrypted_response_enc": "A128GCM",
        }));
        assert_eq!(client.validate(), Ok(()));
        assert_eq!(client.id_token_encryption(), Some(("ECDH-ES+A256KW", "A128GCM")));
        assert_eq!(client.encryptions().collect::<Vec<_>>(), ["ECDH-ES+A256KW"]);
    }
}
