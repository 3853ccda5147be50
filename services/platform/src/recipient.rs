//! A data recipient, for `demo` and `up`: its certificate, its signing key, and the requests that it makes. It knows of the
//! server what any recipient knows, and speaks over the wire alone.

mod authorization;
mod server;

use std::{fs, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{Clock, Instant, Random};
use jose::{Algorithm, SigningKey};
use openssl::pkey::PKey;
use reqwest::{Client, Identity, RequestBuilder, redirect::Policy};
use serde_json::{Value, json};

use crate::stage::Registered;

pub(crate) use authorization::Authorization;
pub(crate) use server::AuthorizationServer;

/// Longest that any one request may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

/// Something was not as it should be.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Failure(String);

impl Failure {
    /// In words for the person at the terminal; never with a token or a code.
    pub(crate) fn new(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        // Without the URL, whose query may hold a code; with the cause, which says what went wrong.
        let error = error.without_url();
        let mut text = error.to_string();
        let mut cause = std::error::Error::source(&error);
        while let Some(error) = cause {
            text = format!("{text}: {error}");
            cause = error.source();
        }
        Self(text)
    }
}

/// Who it is, and its channel.
pub(crate) struct Recipient<'a> {
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    key: SigningKey,
    channel: Client,
    clock: &'a dyn Clock,
    random: &'a dyn Random,
}

/// An answer: status, selected headers, JSON.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) interaction_id: Option<String>,
    pub(crate) body: Value,
}

impl<'a> Recipient<'a> {
    /// The registered client, with its keys read from where they lie.
    pub(crate) fn new(
        registered: &Registered,
        ca: &[u8],
        clock: &'a dyn Clock,
        random: &'a dyn Random,
    ) -> Result<Self, Failure> {
        let read = |path: &Option<std::path::PathBuf>| {
            let path = path
                .as_ref()
                .ok_or_else(|| Failure::new("the client has no key files"))?;
            fs::read(path).map_err(|error| Failure::new(format!("{}: {error}", path.display())))
        };
        let identity = Identity::from_pkcs8_pem(
            &read(&registered.certificate)?,
            &read(&registered.certificate_key)?,
        )?;
        let channel = Client::builder()
            .redirect(Policy::none())
            .tls_certs_only([reqwest::Certificate::from_pem(ca)?])
            .identity(identity)
            .no_proxy()
            .timeout(PATIENCE)
            .build()?;
        let algorithm = match registered.signing_alg.as_deref() {
            Some("ES256") => Algorithm::Es256,
            _ => Algorithm::Ps256,
        };
        let no_key = || Failure::new("the client's signing key cannot be read");
        let der = PKey::private_key_from_pem(&read(&registered.signing_key)?)
            .and_then(|key| key.private_key_to_pkcs8())
            .map_err(|_| no_key())?;
        Ok(Self {
            client_id: registered.client_id.clone(),
            redirect_uri: registered.redirect_uris.first().cloned().unwrap_or_default(),
            key: SigningKey::from_pkcs8_der(algorithm, &der).map_err(|_| no_key())?,
            channel,
            clock,
            random,
        })
    }

    /// The present, as the recipient's clock has it.
    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Text that nobody guesses: 43 characters.
    pub(crate) fn fresh(&self) -> String {
        let mut bytes = [0; 32];
        self.random.fill(&mut bytes);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Claims, signed.
    pub(crate) fn sign(&self, typ: &str, claims: &Value) -> Result<String, Failure> {
        self.key
            .sign(typ, claims)
            .map_err(|_| Failure::new("signing failed"))
    }

    /// A client assertion (RFC 7523) for this server; each is good for one request.
    pub(crate) fn assertion(&self, issuer: &str) -> Result<String, Failure> {
        let now = self.now().timestamp();
        self.sign(
            "JWT",
            &json!({
                "iss": self.client_id, "sub": self.client_id, "aud": issuer, "jti": self.fresh(),
                "iat": now, "nbf": now, "exp": now + 60,
            }),
        )
    }

    /// Posts a form with a client assertion, over mutual TLS.
    pub(crate) async fn post(
        &self,
        url: &str,
        issuer: &str,
        fields: &[(&str, &str)],
    ) -> Result<Answer, Failure> {
        let assertion = self.assertion(issuer)?;
        let mut form = fields.to_vec();
        form.extend([
            ("client_id", self.client_id.as_str()),
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
            ("client_assertion", assertion.as_str()),
        ]);
        Answer::of(self.channel.post(url).form(&form)).await
    }

    /// Sends a document to an API with a token, over mutual TLS.
    pub(crate) async fn send(&self, url: &str, token: &str, body: &Value) -> Result<Answer, Failure> {
        let id = domain::id::random_uuid(self.random).to_string();
        let request = self.channel.post(url).header("x-fapi-interaction-id", id);
        Answer::of(request.bearer_auth(token).json(body)).await
    }

    /// Reads a resource with a token, over mutual TLS.
    pub(crate) async fn get(&self, url: &str, token: Option<&str>) -> Result<Answer, Failure> {
        let mut request = self.channel.get(url).header(
            "x-fapi-interaction-id",
            domain::id::random_uuid(self.random).to_string(),
        );
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        Answer::of(request).await
    }
}

impl Answer {
    async fn of(request: RequestBuilder) -> Result<Self, Failure> {
        let response = request.send().await?;
        let interaction_id = response
            .headers()
            .get("x-fapi-interaction-id")
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        let status = response.status().as_u16();
        let body = serde_json::from_str(&response.text().await?).unwrap_or(Value::Null);
        Ok(Self {
            status,
            interaction_id,
            body,
        })
    }

    /// A member of the answer that must be text.
    pub(crate) fn text(&self, name: &str) -> Result<String, Failure> {
        let text = self.body.get(name).and_then(Value::as_str).map(str::to_owned);
        text.ok_or_else(|| Failure::new(format!("the answer has no {name:?}: {}", self.brief())))
    }

    /// The answer must have this status.
    pub(crate) fn expect(self, status: u16) -> Result<Self, Failure> {
        if self.status == status {
            return Ok(self);
        }
        Err(Failure::new(format!(
            "expected {status}, got {}: {}",
            self.status,
            self.brief()
        )))
    }

    /// The beginning of the body, for a failure's message.
    pub(crate) fn brief(&self) -> String {
        self.body.to_string().chars().take(300).collect()
    }
}
