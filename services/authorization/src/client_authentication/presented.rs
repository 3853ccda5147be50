//! What a request presents as proof: exactly one kind, or nothing but its name.

use actix_web::{HttpRequest, http::header::AUTHORIZATION};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::ClientId;
use http::{App, OAuthError, OAuthForm};
use jose::Compact;
use secrecy::SecretString;

use super::NOT_PROVEN;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What was presented, nothing of it checked.
pub(super) enum Presented {
    /// A signed assertion (RFC7523-2.2).
    Assertion { client_id: ClientId, assertion: String },
    /// A secret in the Authorization header (RFC6749-2.3.1).
    Basic {
        client_id: ClientId,
        secret: SecretString,
    },
    /// A secret in the form (RFC6749-2.3.1).
    Post {
        client_id: ClientId,
        secret: SecretString,
    },
    /// A name alone: the certificate of the connection must be the proof.
    Nothing { client_id: ClientId },
}

impl Presented {
    pub(super) fn of(request: &HttpRequest, form: &OAuthForm) -> Result<Self, OAuthError> {
        let named = match form.get("client_id") {
            Some(id) => Some(id.parse::<ClientId>().map_err(|_| NOT_PROVEN)?),
            None => None,
        };
        let mut headers = request.headers().get_all(AUTHORIZATION);
        let header = headers.next();
        if headers.next().is_some() {
            return Err(OAuthError::invalid_request(
                "there is more than one Authorization header",
            ));
        }
        let (assertion, post) = (form.get("client_assertion"), form.get("client_secret"));
        match (header, assertion, post) {
            (None, Some(assertion), None) => Self::assertion(form, named, assertion),
            (Some(header), None, None) => Self::basic(named, header.to_str().map_err(|_| NOT_PROVEN)?),
            (None, None, Some(secret)) => Ok(Self::Post {
                client_id: named.ok_or(NOT_PROVEN)?,
                secret: secret.into(),
            }),
            (None, None, None) => {
                let client_id = named.ok_or(OAuthError::invalid_request("the request names no client"))?;
                Ok(Self::Nothing { client_id })
            }
            _ => Err(OAuthError::invalid_request(
                "more than one method of client authentication",
            )),
        }
    }

    /// RFC7521-4.2: `client_id` is optional beside an assertion, and must be its subject when it is there (C01).
    fn assertion(form: &OAuthForm, named: Option<ClientId>, assertion: &str) -> Result<Self, OAuthError> {
        if form.get("client_assertion_type") != Some(ASSERTION_TYPE) {
            return Err(OAuthError::invalid_request(
                "client_assertion_type is missing or unknown",
            ));
        }
        let token = Compact::parse(assertion).map_err(|_| NOT_PROVEN)?;
        let subject: ClientId = token
            .unverified_claim_str("sub")
            .and_then(|subject| subject.parse().ok())
            .ok_or(NOT_PROVEN)?;
        match named {
            Some(named) if named != subject => Err(NOT_PROVEN),
            _ => Ok(Self::Assertion {
                client_id: subject,
                assertion: assertion.to_owned(),
            }),
        }
    }

    fn basic(named: Option<ClientId>, header: &str) -> Result<Self, OAuthError> {
        let (scheme, credentials) = header.split_once(' ').ok_or(NOT_PROVEN)?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return Err(NOT_PROVEN);
        }
        let decoded = STANDARD.decode(credentials).map_err(|_| NOT_PROVEN)?;
        let text = String::from_utf8(decoded).map_err(|_| NOT_PROVEN)?;
        let (id, secret) = text.split_once(':').ok_or(NOT_PROVEN)?;
        let client_id: ClientId = unescape(id).parse().map_err(|_| NOT_PROVEN)?;
        if named.is_some_and(|named| named != client_id) {
            return Err(NOT_PROVEN);
        }
        Ok(Self::Basic {
            client_id,
            secret: unescape(secret).into(),
        })
    }

    /// [`NOT_PROVEN`], in the time that a wrong proof of this kind takes where there is one to compare with.
    pub(super) async fn refuse(&self, app: &App) -> OAuthError {
        match self {
            Self::Basic { secret, .. } | Self::Post { secret, .. } => {
                super::secret::refuse(app, secret).await
            }
            Self::Assertion { .. } | Self::Nothing { .. } => NOT_PROVEN,
        }
    }

    pub(super) fn client_id(&self) -> &ClientId {
        match self {
            Self::Assertion { client_id, .. }
            | Self::Basic { client_id, .. }
            | Self::Post { client_id, .. }
            | Self::Nothing { client_id } => client_id,
        }
    }
}

/// RFC6749-2.3.1: both halves are form-encoded before they are joined.
fn unescape(text: &str) -> String {
    url::form_urlencoded::parse(format!("v={}", text.replace('&', "%26")).as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}
