//! One way to call: with a token, within a time and a size, and with every refusal sorted by what it means to a page.

use std::time::Duration;

use config::{Origin, Portal as Settings};
use reqwest::{Certificate, Client, Method, Response, StatusCode, redirect::Policy};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::OnceCell;

use super::token::Tokens;
use crate::portal::PortalError;

/// Longest that an answer takes.
const PATIENCE: Duration = Duration::from_secs(10);

/// Largest answer, bytes: a page of consents with 200 accounts each stays under it.
const LARGEST: usize = 4 * 1024 * 1024;

/// The solution APIs.
pub(crate) struct Api {
    /// Made by the first call: openssl reads all of the machine's authorities for it, which would double the time from
    /// start to ready.
    client: OnceCell<Client>,
    trust: Option<Vec<Certificate>>,
    base: Origin,
    tokens: Tokens,
}

/// Why the API did not do it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ApiError {
    /// 404.
    NotFound,
    /// 409.
    Conflict,
    /// 412.
    Stale,
    /// 400: something in the browser's hands was changed on its way.
    Invalid,
    /// Away, too slow or overloaded: trying again may help.
    Unavailable,
    /// Anything else: a fault of ours or of the settings, and logged.
    Refused,
}

/// One call.
pub(super) struct Call<'a> {
    pub(super) method: Method,
    /// Segments of the path, each escaped.
    pub(super) path: &'a [&'a str],
    pub(super) query: &'a [(&'a str, &'a str)],
    pub(super) if_match: Option<&'a str>,
    pub(super) body: Option<&'a Value>,
}

/// An answer, with its ETag.
pub(super) struct Answer<T> {
    pub(super) etag: String,
    pub(super) body: T,
}

impl Api {
    /// A client with the settings' credentials, for APIs at `base`.
    ///
    /// # Errors
    /// [`PortalError::Trust`], [`PortalError::Client`].
    pub(crate) fn new(settings: &Settings, base: &Origin) -> Result<Self, PortalError> {
        let trust = match &settings.trust {
            Some(path) => {
                let pem = std::fs::read(path).map_err(|error| PortalError::Trust(error.to_string()))?;
                Some(Certificate::from_pem_bundle(&pem)?)
            }
            None => None,
        };
        Ok(Self {
            client: OnceCell::new(),
            trust,
            base: base.clone(),
            tokens: Tokens::new(settings, base),
        })
    }

    async fn client(&self) -> Result<&Client, ApiError> {
        let make = || async {
            let trust = self.trust.clone();
            match tokio::task::spawn_blocking(move || client(trust)).await {
                Ok(Ok(client)) => Ok(client),
                Ok(Err(error)) => {
                    tracing::error!(%error, "the portal's HTTP client cannot be made");
                    Err(ApiError::Refused)
                }
                Err(_) => Err(ApiError::Refused),
            }
        };
        self.client.get_or_try_init(make).await
    }

    /// Calls, once more with a new token when the one at hand is no longer good.
    pub(super) async fn call<T: DeserializeOwned>(&self, call: Call<'_>) -> Result<Answer<T>, ApiError> {
        let client = self.client().await?;
        let token = self.tokens.current(client).await?;
        let mut response = self.send(client, &call, &token).await?;
        if response.status() == StatusCode::UNAUTHORIZED {
            let token = self.tokens.instead_of(&token, client).await?;
            response = self.send(client, &call, &token).await?;
        }
        let error = match response.status() {
            StatusCode::OK => return answer(response).await,
            StatusCode::BAD_REQUEST => ApiError::Invalid,
            StatusCode::NOT_FOUND => ApiError::NotFound,
            StatusCode::CONFLICT => ApiError::Conflict,
            StatusCode::PRECONDITION_FAILED => ApiError::Stale,
            status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
                ApiError::Unavailable
            }
            status => {
                tracing::error!(%status, path = call.path.first().copied(), "a solution API refused the portal");
                ApiError::Refused
            }
        };
        Err(error)
    }

    async fn send(&self, client: &Client, call: &Call<'_>, token: &str) -> Result<Response, ApiError> {
        let mut url = url::Url::parse(&self.base.join("/")).map_err(|_| ApiError::Refused)?;
        url.path_segments_mut()
            .map_err(|()| ApiError::Refused)?
            .clear()
            .extend(call.path);
        let mut request = client
            .request(call.method.clone(), url)
            .query(call.query)
            .bearer_auth(token);
        if let Some(etag) = call.if_match {
            request = request.header("if-match", etag);
        }
        if let Some(body) = call.body {
            request = request.json(body);
        }
        request.send().await.map_err(unavailable)
    }
}

/// A client that follows nothing, waits for nobody long, and trusts these authorities; the machine's own when none are
/// named.
fn client(trust: Option<Vec<Certificate>>) -> reqwest::Result<Client> {
    let mut client = Client::builder()
        .https_only(true)
        .redirect(Policy::none())
        .no_proxy()
        .connect_timeout(Duration::from_secs(2))
        .timeout(PATIENCE);
    if let Some(trust) = trust {
        client = client.tls_certs_only(trust);
    }
    client.build()
}

async fn answer<T: DeserializeOwned>(response: Response) -> Result<Answer<T>, ApiError> {
    let etag = response
        .headers()
        .get("etag")
        .and_then(|etag| etag.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let body = bounded(response).await?;
    let body = serde_json::from_slice(&body).map_err(|error| {
        tracing::error!(
            line = error.line(),
            column = error.column(),
            "an answer of a solution API does not read"
        );
        ApiError::Refused
    })?;
    Ok(Answer { etag, body })
}

/// The body, unless it is longer than anything that we asked for.
pub(super) async fn bounded(mut response: Response) -> Result<Vec<u8>, ApiError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unavailable)? {
        if body.len() + chunk.len() > LARGEST {
            tracing::error!("an answer of a solution API is too long");
            return Err(ApiError::Refused);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The text of such an error names the address, and in its query the consumer: it is not logged.
pub(super) fn unavailable(error: reqwest::Error) -> ApiError {
    let error = error.without_url();
    tracing::warn!(%error, "a solution API does not answer");
    ApiError::Unavailable
}
