//! The portal's own access token: client credentials, kept until shortly before it expires.

use std::time::{Duration, Instant};

use config::{Origin, Portal as Settings};
use domain::{ClientId, Scope};
use reqwest::{Client, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use tokio::sync::Mutex;

use super::client::{ApiError, bounded, unavailable};

/// A token is not used in its last seconds: it could end on its way.
const MARGIN: Duration = Duration::from_secs(20);

/// What the portal does.
const SCOPES: [Scope; 4] = [
    Scope::ExternalResourcesRead,
    Scope::ExternalResourcesWrite,
    Scope::ParticipantConsentsRead,
    Scope::ParticipantConsentsWrite,
];

/// Gets tokens, one at a time, and keeps the last.
pub(super) struct Tokens {
    endpoint: String,
    client_id: ClientId,
    client_secret: SecretString,
    kept: Mutex<Option<Kept>>,
}

struct Kept {
    token: SecretString,
    use_until: Instant,
}

#[derive(Deserialize)]
struct TokenResponse {
    access_token: SecretString,
    expires_in: u64,
}

impl Tokens {
    pub(super) fn new(settings: &Settings, base: &Origin) -> Self {
        Self {
            endpoint: base.join(http::endpoints::TOKEN),
            client_id: settings.client_id.clone(),
            client_secret: settings.client_secret.clone(),
            kept: Mutex::new(None),
        }
    }

    /// A token that is good for a while. Who comes while another gets one waits for theirs.
    pub(super) async fn current(&self, client: &Client) -> Result<String, ApiError> {
        let mut kept = self.kept.lock().await;
        if let Some(kept) = kept.as_ref().filter(|kept| Instant::now() < kept.use_until) {
            return Ok(kept.token.expose_secret().to_owned());
        }
        self.renew(&mut kept, client).await
    }

    /// Another token than the one that was refused; that of somebody who was told so before us, if there is one.
    pub(super) async fn instead_of(&self, refused: &str, client: &Client) -> Result<String, ApiError> {
        let mut kept = self.kept.lock().await;
        if let Some(kept) = kept.as_ref().filter(|kept| kept.token.expose_secret() != refused) {
            return Ok(kept.token.expose_secret().to_owned());
        }
        self.renew(&mut kept, client).await
    }

    async fn renew(&self, kept: &mut Option<Kept>, client: &Client) -> Result<String, ApiError> {
        *kept = None;
        let scope = SCOPES.map(Scope::as_str).join(" ");
        let asked_at = Instant::now();
        let response = client
            .post(&self.endpoint)
            .basic_auth(
                escaped(self.client_id.as_str()),
                Some(escaped(self.client_secret.expose_secret())),
            )
            .form(&[("grant_type", "client_credentials"), ("scope", &scope)])
            .send()
            .await
            .map_err(unavailable)?;
        if response.status() != StatusCode::OK {
            let status = response.status();
            tracing::error!(%status, "the portal was refused a token: see settings [portal] and the client's registration");
            return Err(if status.is_server_error() {
                ApiError::Unavailable
            } else {
                ApiError::Refused
            });
        }
        let answer: TokenResponse =
            serde_json::from_slice(&bounded(response).await?).map_err(|_| ApiError::Refused)?;
        let life = Duration::from_secs(answer.expires_in).saturating_sub(MARGIN);
        let token = answer.access_token.expose_secret().to_owned();
        *kept = Some(Kept {
            token: answer.access_token,
            use_until: asked_at + life,
        });
        Ok(token)
    }
}

/// Id and secret are form-encoded before they are joined (RFC6749-2.3.1).
fn escaped(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}
