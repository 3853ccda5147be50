//! Proves which client is calling, by the one method that it registered (RFC6749-2.3, RFC7523, RFC8705).
//!
//! What is proven here is proven against the client as this process remembers it. Every use case compares the version
//! again in the statement that acts, and spends the assertion there: see [`Authenticated::proven`].

mod assertion;
mod certificate;
mod presented;
mod secret;

use std::sync::Arc;

use actix_web::{HttpRequest, web};
use domain::{
    ClientStatus, Instant,
    client::{AuthenticationMethod, SenderConstraint},
};
use http::{
    App, Binding, Code, KnownClient, LogFields, OAuthError, OAuthForm,
    dpop::{self, DpopError, ProvenKey},
};
use mtls::PresentedCertificate;
use store::issue::{ProvenClient, Spend};

use presented::Presented;

/// A client that has proven itself, and what the proof spends. Only [`authenticate`] makes one.
pub(crate) struct Authenticated {
    pub(crate) known: Arc<KnownClient>,
    /// The certificate of the connection, whether or not it was the proof.
    pub(crate) certificate: Option<PresentedCertificate>,
    spend: Option<Spend>,
}

impl Authenticated {
    /// For the statement that acts: it compares the version and spends the proof.
    pub(crate) fn proven(&self) -> ProvenClient {
        ProvenClient {
            client_id: self.known.client.client_id.clone(),
            version: self.known.client.version,
            spend: self.spend,
        }
    }

    /// What the client's access tokens are bound to, proven by this request; `None` for those that are not.
    ///
    /// # Errors
    /// `invalid_request` when the certificate is missing (FAPI1-ADV-5.2.2-6, FAPI2-SP-FINAL-5.3.2.1-4),
    /// `invalid_dpop_proof` when the proof is missing or not good (RFC9449-5), `use_dpop_nonce`.
    pub(crate) async fn sender(
        &self,
        app: &App,
        request: &HttpRequest,
        now: Instant,
    ) -> Result<Option<Binding>, OAuthError> {
        match (self.known.client.metadata.sender_constraint, &self.certificate) {
            (SenderConstraint::None, _) => Ok(None),
            (SenderConstraint::Mtls, Some(certificate)) => Ok(Some(Binding::Certificate(
                certificate.thumbprint().as_str().to_owned(),
            ))),
            (SenderConstraint::Mtls, None) => Err(OAuthError::invalid_request(
                "a client certificate is required: tokens are bound to it",
            )),
            (SenderConstraint::Dpop, _) => {
                let missing = OAuthError::new(
                    Code::InvalidDpopProof,
                    "a DPoP proof is required: tokens are bound to its key",
                );
                let key = proven_key(app, request, now).await?.ok_or(missing)?;
                Ok(Some(Binding::Key(key.thumbprint().to_owned())))
            }
        }
    }
}

/// The key that the DPoP proof of a request shows, if it has one.
///
/// # Errors
/// `invalid_dpop_proof`, `use_dpop_nonce`.
pub(crate) async fn proven_key(
    app: &App,
    request: &HttpRequest,
    now: Instant,
) -> Result<Option<ProvenKey>, OAuthError> {
    dpop::prove(app, request, None, now)
        .await
        .map_err(|error| match error {
            DpopError::Invalid => OAuthError::new(Code::InvalidDpopProof, "the DPoP proof is not valid"),
            DpopError::UseNonce => OAuthError::new(
                Code::UseDpopNonce,
                "the DPoP proof must carry the nonce of the header DPoP-Nonce",
            ),
            DpopError::Store(error) => error.into(),
        })
}

/// Why a client is not proven. One text for all, so that nobody learns which clients exist.
const NOT_PROVEN: OAuthError = OAuthError::invalid_client("client authentication failed");

/// Proves the client of a request to the endpoint at `path`.
pub(crate) async fn authenticate(
    app: &web::Data<App>,
    request: &HttpRequest,
    form: &OAuthForm,
    path: &'static str,
    now: Instant,
) -> Result<Authenticated, OAuthError> {
    let presented = Presented::of(request, form)?;
    let certificate = http::client_certificate(app, request)
        .map_err(|_| OAuthError::invalid_request("the forwarded client certificate is not one"))?;
    let Some(remembered) = app.clients.remembered(&app.store, presented.client_id()).await? else {
        return Err(presented.refuse(app).await);
    };
    let proof = Proof {
        app,
        request,
        presented: &presented,
        certificate: certificate.as_ref(),
        path,
        now,
    };
    let (known, spend) = match proof.check(&remembered).await {
        Ok(spend) => (remembered, spend),
        // The client may have new keys, or be approved again, since this process looked.
        Err(error) => match app.clients.changed_since(&app.store, &remembered).await? {
            Some(known) => {
                let spend = proof.check(&known).await?;
                (known, spend)
            }
            None => return Err(error),
        },
    };
    LogFields::update(request, |fields| {
        fields.client_id = Some(known.client.client_id.clone())
    });
    Ok(Authenticated {
        known,
        certificate,
        spend,
    })
}

/// What a request offers as proof, to be checked against a client.
struct Proof<'a> {
    app: &'a App,
    request: &'a HttpRequest,
    presented: &'a Presented,
    certificate: Option<&'a PresentedCertificate>,
    path: &'static str,
    now: Instant,
}

impl Proof<'_> {
    /// Checks it. Gives what it spends.
    async fn check(&self, known: &KnownClient) -> Result<Option<Spend>, OAuthError> {
        if known.client.status != ClientStatus::Approved {
            return Err(self.presented.refuse(self.app).await);
        }
        // C03: exactly the registered method; a proof of another kind is no proof, and two are one too many.
        match (known.client.metadata.token_endpoint_auth_method, self.presented) {
            (AuthenticationMethod::PrivateKeyJwt, Presented::Assertion { assertion, .. }) => {
                assertion::verify(self.app, known, assertion, self.path, self.now).map(Some)
            }
            (AuthenticationMethod::TlsClientAuth, Presented::Nothing { .. }) => {
                certificate::of_authority(self.app, self.request, known, self.certificate, self.now)
                    .map(|()| None)
            }
            (AuthenticationMethod::SelfSignedTlsClientAuth, Presented::Nothing { .. }) => {
                certificate::registered(known, self.certificate).map(|()| None)
            }
            (AuthenticationMethod::ClientSecretBasic, Presented::Basic { secret, .. })
            | (AuthenticationMethod::ClientSecretPost, Presented::Post { secret, .. }) => {
                secret::verify(self.app, known, secret).await.map(|()| None)
            }
            _ => Err(self.presented.refuse(self.app).await),
        }
    }
}

/// The client turned out to have changed since its proof was checked: it is forgotten, and asked to come again.
pub(crate) fn changed(app: &App, authenticated: &Authenticated) -> OAuthError {
    app.clients.forget(&authenticated.known.client.client_id);
    NOT_PROVEN
}

/// The assertion was used before (J23).
pub(crate) const REPLAYED: OAuthError = OAuthError::invalid_client("the client assertion was used before");
