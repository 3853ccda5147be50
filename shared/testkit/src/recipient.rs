//! A data recipient. Each request begins as one that must succeed; what it is made of is in [`crate::post`].

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::Clock;
use openssl::sha::sha256;
use reqwest::{Client, Method};
use serde_json::json;
use url::Url;

use crate::{
    answer::Answer,
    jws::{Key, Token},
};
pub use crate::{
    platform::Platform,
    post::{Post, Push, Pushed, Tokens},
};

/// How a recipient proves who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// A signed assertion.
    PrivateKeyJwt,
    /// The certificate of the connection.
    Certificate,
}

/// A data recipient.
#[derive(Clone)]
pub struct Recipient {
    /// The platform that it calls.
    pub platform: Platform,
    /// Its id.
    pub client_id: String,
    /// Where browsers are sent back to.
    pub redirect_uri: String,
    /// What it signs with.
    pub key: Key,
    /// How it proves who it is.
    pub proves: Proof,
    /// Whether its requests are signed.
    pub signs_requests: bool,
    /// `response_type` and `response_mode` that it asks.
    pub response: (&'static str, Option<&'static str>),
    with_certificate: Client,
    without: Client,
}

impl Recipient {
    /// A recipient with this key and this certificate and key (PEM).
    pub fn new(
        platform: Platform,
        client_id: &str,
        redirect_uri: &str,
        key: Key,
        (certificate, certificate_key): (&[u8], &[u8]),
    ) -> Self {
        let with_certificate = platform.channel(Some((certificate, certificate_key)));
        let without = platform.channel(None);
        Self {
            platform,
            client_id: client_id.to_owned(),
            redirect_uri: redirect_uri.to_owned(),
            key,
            proves: Proof::PrivateKeyJwt,
            signs_requests: true,
            response: ("code", None),
            with_certificate,
            without,
        }
    }

    /// Its connection with its certificate.
    pub fn connection(&self) -> Client {
        self.with_certificate.clone()
    }

    /// A connection without any certificate.
    pub fn without_certificate(&self) -> Client {
        self.without.clone()
    }

    /// The same recipient in another process: with connections of its own.
    #[must_use]
    pub fn at(&self, platform: &Platform, identity: (&[u8], &[u8])) -> Self {
        Self {
            with_certificate: platform.channel(Some(identity)),
            without: platform.channel(None),
            platform: platform.clone(),
            ..self.clone()
        }
    }

    /// A client assertion for this request and no other (RFC 7523).
    pub fn assertion(&self) -> Token {
        let now = self.platform.clock.now().timestamp();
        let claims = json!({
            "iss": self.client_id, "sub": self.client_id, "aud": self.platform.public, "jti": self.platform.fresh(),
            "iat": now, "nbf": now, "exp": now + 60,
        });
        Token::new(&self.key, "JWT", claims)
    }

    /// A DPoP proof of that key for a request with this method and URL and, at a resource, this token (RFC9449-4.2).
    pub fn proof(&self, key: &Key, method: &str, url: &str, token: Option<&str>) -> Token {
        let mut claims = json!({
            "jti": self.platform.fresh(), "htm": method, "htu": url, "iat": self.platform.clock.now().timestamp(),
        });
        if let Some(token) = token {
            claims["ath"] = URL_SAFE_NO_PAD.encode(sha256(token.as_bytes())).into();
        }
        let mut proof = Token::new(key, "dpop+jwt", claims);
        proof.header["jwk"] = key.public_jwk();
        proof
    }

    /// A form to a path of the mutual-TLS listener, with this recipient's proof.
    pub fn post(&self, path: &str, form: &[(&str, &str)]) -> Post {
        let mut form: Vec<_> = form
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()))
            .collect();
        form.push(("client_id".into(), self.client_id.clone()));
        Post {
            url: format!("{}{path}", self.platform.mutual),
            form,
            assertion: (self.proves == Proof::PrivateKeyJwt).then(|| self.assertion()),
            proof: None,
            connection: self.with_certificate.clone(),
            method: Method::POST,
        }
    }

    /// An authorization request for these scopes.
    pub fn push(&self, scope: &str) -> Push {
        let verifier = self.platform.fresh();
        let now = self.platform.clock.now().timestamp();
        let mut request = json!({
            "iss": self.client_id, "aud": self.platform.public, "nbf": now, "iat": now, "exp": now + 300,
            "client_id": self.client_id, "response_type": self.response.0, "redirect_uri": self.redirect_uri,
            "scope": scope, "state": self.platform.fresh(), "nonce": self.platform.fresh(),
            "code_challenge": challenge(&verifier), "code_challenge_method": "S256",
        });
        if let Some(mode) = self.response.1 {
            request["response_mode"] = mode.into();
        }
        Push {
            post: self.post("/fdx/auth/v1/par", &[]),
            request: Token::new(&self.key, "oauth-authz-req+jwt", request),
            signed: self.signs_requests,
            verifier,
        }
    }

    /// The address that sends a browser off with a pushed request.
    pub fn authorize_url(&self, request_uri: &str) -> String {
        let mut url = Url::parse(&format!("{}/fdx/auth/v1/authorize", self.platform.public)).unwrap();
        url.query_pairs_mut()
            .append_pair("client_id", &self.client_id)
            .append_pair("request_uri", request_uri);
        url.into()
    }

    /// A redemption of a code.
    pub fn redeem(&self, code: &str, verifier: &str) -> Post {
        self.post(
            "/fdx/auth/v1/token",
            &[
                ("grant_type", "authorization_code"),
                ("code", code),
                ("redirect_uri", &self.redirect_uri),
                ("code_verifier", verifier),
            ],
        )
    }

    /// A refresh.
    pub fn refresh(&self, refresh_token: &str) -> Post {
        self.post(
            "/fdx/auth/v1/token",
            &[("grant_type", "refresh_token"), ("refresh_token", refresh_token)],
        )
    }

    /// Reads a path of the mutual-TLS listener with a token.
    pub async fn get(&self, path: &str, token: &str) -> Answer {
        let url = format!("{}{path}", self.platform.mutual);
        Answer::to(
            self.platform
                .request(&self.with_certificate, Method::GET, &url)
                .bearer_auth(token),
        )
        .await
    }
}

/// The S256 challenge of a verifier (RFC 7636).
pub fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(sha256(verifier.as_bytes()))
}

/// A parameter of an address, from its query or its fragment.
pub fn parameter(url: &Url, name: &str) -> Option<String> {
    let fragment = url.fragment().unwrap_or_default();
    url.query_pairs()
        .chain(url::form_urlencoded::parse(fragment.as_bytes()))
        .find(|(found, _)| found == name)
        .map(|(_, value)| value.into_owned())
}
