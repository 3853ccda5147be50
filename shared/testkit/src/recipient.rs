//! A data recipient. Each request begins as one that must succeed, and every part of it can be replaced before it is
//! sent.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{Clock, Random, id::random_uuid};
use openssl::sha::sha256;
use reqwest::{Certificate, Client, Identity, Method, RequestBuilder, redirect::Policy};
use serde_json::{Value, json};
use url::Url;

use crate::{
    PATIENCE,
    answer::Answer,
    chance::SeededRandom,
    clock::TestClock,
    jws::{Key, Token},
};

/// Where the platform is, and how its answers are trusted.
#[derive(Clone)]
pub struct Platform {
    /// Issuer, and origin of the public listener.
    pub public: String,
    /// Origin of the mutual-TLS listener.
    pub mutual: String,
    /// The authority of its certificates, PEM.
    pub ca: Vec<u8>,
    /// Its clock.
    pub clock: TestClock,
    /// Chance for whoever calls it.
    pub random: Arc<SeededRandom>,
    /// A client of HTTP without certificate, for everybody: to make one takes longer than a request. It keeps no connection,
    /// since each test has a runtime of its own.
    pub plain: Client,
}

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

/// A form that is sent to the authorization server.
#[derive(Clone)]
pub struct Post {
    /// Where to.
    pub url: String,
    /// The parameters in their order.
    pub form: Vec<(String, String)>,
    /// The assertion that is added, if one is.
    pub assertion: Option<Token>,
    /// Over which connection.
    pub connection: Client,
    method: Method,
}

/// An authorization request that is pushed.
#[derive(Clone)]
pub struct Push {
    /// The form, without the request.
    pub post: Post,
    /// The request: its claims, or the parameters of the form.
    pub request: Token,
    /// Whether it is sent as a request object.
    pub signed: bool,
    /// The verifier that belongs to the challenge.
    pub verifier: String,
}

/// A request that was pushed.
#[derive(Debug, Clone)]
pub struct Pushed {
    /// What came back.
    pub request_uri: String,
    /// The verifier that belongs to it.
    pub verifier: String,
    /// The state that was sent.
    pub state: String,
    /// The nonce that was sent.
    pub nonce: String,
}

/// Tokens of a grant.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// The access token.
    pub access_token: String,
    /// The refresh token, if there is one.
    pub refresh_token: Option<String>,
    /// The whole answer.
    pub json: Value,
}

impl Platform {
    /// Text that nobody had before: 43 characters.
    pub fn fresh(&self) -> String {
        let mut bytes = [0; 32];
        self.random.fill(&mut bytes);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// A platform at these origins, with this authority (PEM).
    pub fn new(public: &str, mutual: &str, ca: Vec<u8>, clock: TestClock, random: Arc<SeededRandom>) -> Self {
        let plain = client(&ca).pool_max_idle_per_host(0).build().unwrap();
        Self {
            public: public.to_owned(),
            mutual: mutual.to_owned(),
            ca,
            clock,
            random,
            plain,
        }
    }

    /// A client of HTTP that trusts the platform, with this certificate and key (PEM) if there are some.
    pub fn channel(&self, identity: Option<(&[u8], &[u8])>) -> Client {
        match identity {
            None => self.plain.clone(),
            Some((certificate, key)) => {
                let identity = Identity::from_pkcs8_pem(certificate, key).unwrap();
                client(&self.ca).identity(identity).build().unwrap()
            }
        }
    }

    /// A request to a path of the mutual-TLS listener with an interaction id of its own.
    pub fn request(&self, connection: &Client, method: Method, url: &str) -> RequestBuilder {
        let id = random_uuid(&*self.random).to_string();
        connection
            .request(method, url)
            .header("x-fapi-interaction-id", id)
    }
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

impl Post {
    /// With this parameter in place of the one of that name, if there is one.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self = self.without(name);
        self.form.push((name.into(), value.into()));
        self
    }

    /// Without the parameter of that name.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.form.retain(|(field, _)| field != name);
        self
    }

    /// With its assertion changed.
    ///
    /// # Panics
    /// When it has none.
    #[must_use]
    pub fn asserting(mut self, change: impl FnOnce(Token) -> Token) -> Self {
        self.assertion = Some(change(self.assertion.expect("a client that asserts")));
        self
    }

    /// By another method of HTTP.
    #[must_use]
    pub fn by(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// Over another connection.
    #[must_use]
    pub fn over(mut self, connection: Client) -> Self {
        self.connection = connection;
        self
    }

    /// Sends it.
    pub async fn send(&self) -> Answer {
        let mut form = self.form.clone();
        if let Some(assertion) = &self.assertion {
            let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
            form.push(("client_assertion_type".into(), kind.into()));
            form.push(("client_assertion".into(), assertion.compact()));
        }
        Answer::to(
            self.connection
                .request(self.method.clone(), &self.url)
                .form(&form),
        )
        .await
    }

    /// Sends it, and it must give tokens.
    pub async fn tokens(&self) -> Tokens {
        let answer = self.send().await.expect(200);
        let refresh_token = answer.json["refresh_token"].as_str().map(Into::into);
        Tokens {
            access_token: answer.member("access_token").into(),
            refresh_token,
            json: answer.json,
        }
    }
}

impl Push {
    /// With its request changed.
    #[must_use]
    pub fn asking(mut self, change: impl FnOnce(Token) -> Token) -> Self {
        self.request = change(self.request);
        self
    }

    /// With its form changed.
    #[must_use]
    pub fn posting(mut self, change: impl FnOnce(Post) -> Post) -> Self {
        self.post = change(self.post);
        self
    }

    /// As plain parameters, whatever this recipient does otherwise.
    #[must_use]
    pub fn unsigned(mut self) -> Self {
        self.signed = false;
        self
    }

    /// Pushes it.
    pub async fn send(&self) -> Answer {
        let mut post = self.post.clone();
        if self.signed {
            post = post.with("request", &self.request.compact());
        } else {
            for (name, value) in self.request.claims.as_object().unwrap() {
                if !["iss", "aud", "nbf", "iat", "exp", "client_id"].contains(&name.as_str()) {
                    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    post = post.with(name, &text);
                }
            }
        }
        post.send().await
    }

    /// Pushes it, and it must be kept.
    pub async fn pushed(&self) -> Pushed {
        let answer = self.send().await.expect(201);
        let text = |name: &str| self.request.claims[name].as_str().unwrap_or_default().to_owned();
        Pushed {
            request_uri: answer.member("request_uri").into(),
            verifier: self.verifier.clone(),
            state: text("state"),
            nonce: text("nonce"),
        }
    }
}

/// Trusts this authority alone, and goes nowhere by itself.
fn client(ca: &[u8]) -> reqwest::ClientBuilder {
    Client::builder()
        .redirect(Policy::none())
        .tls_certs_only([Certificate::from_pem(ca).unwrap()])
        .no_proxy()
        .timeout(PATIENCE)
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
