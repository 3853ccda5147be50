//! The clients of the stage: what each registers, and the keys it holds.

use std::{
    fs,
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{Instant, Random};
use jose::Algorithm;
use serde::Serialize;
use serde_json::{Value, json};

use super::{Program, StageError, in_file, keys, pki::Pki, write};

/// How a planned client proves who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    /// A signed assertion.
    PrivateKeyJwt,
    /// Its certificate.
    TlsClientAuth,
    /// A secret in the Authorization header.
    ClientSecretBasic,
    /// A secret in the form.
    ClientSecretPost,
}

/// A client to be registered.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// Its id.
    pub(crate) client_id: String,
    /// As a consumer reads it.
    pub(crate) name: String,
    /// Of `domain::Profile`.
    pub(crate) profile: &'static str,
    /// How it proves who it is.
    pub(crate) method: Method,
    /// What it signs with; a client with a secret signs nothing.
    pub(crate) algorithm: Algorithm,
    /// What its access tokens are bound to: `mtls`, `dpop` or `none`.
    pub(crate) sender_constraint: &'static str,
    /// Everything that it may ask for.
    pub(crate) scope: &'static str,
    /// Where the browser is sent back to.
    pub(crate) redirect_uri: String,
}

/// A registered client: the public facts, and where its keys are. One element of `clients` in `up.json`.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Registered {
    /// Its id.
    pub(crate) client_id: String,
    /// What its profile is.
    pub(crate) profile: String,
    /// RFC 7591 `token_endpoint_auth_method`.
    pub(crate) auth_method: String,
    /// Everything that it may ask for.
    pub(crate) scope: String,
    /// Where the browser may be sent back to.
    pub(crate) redirect_uris: Vec<String>,
    /// Algorithm of its signing key.
    pub(crate) signing_alg: Option<String>,
    /// PKCS #8 PEM.
    pub(crate) signing_key: Option<PathBuf>,
    /// A JWK Set with private members.
    pub(crate) jwks: Option<PathBuf>,
    /// Of its mutual TLS, PEM.
    pub(crate) certificate: Option<PathBuf>,
    /// The key of that, PKCS #8 PEM.
    pub(crate) certificate_key: Option<PathBuf>,
    /// Holds the secret of a client that has one.
    pub(crate) client_secret: Option<PathBuf>,
    /// The registration itself.
    pub(crate) registration: PathBuf,
}

/// What every planned client may ask for.
pub(crate) const SCOPE: &str = "openid offline_access fdx:accountbasic:read fdx:accountdetailed:read \
    fdx:balances:read fdx:transactions:read fdx:customercontact:read fdx:paymentsupport:read fdx:investments:read \
    fdx:notifications:subscribe";

impl Plan {
    /// Makes what it proves itself with, writes its registration, and registers it.
    pub(super) async fn register(
        &self,
        program: &Program,
        folder: &Path,
        pki: &Pki,
        random: &dyn Random,
        now: Instant,
    ) -> Result<Registered, StageError> {
        let registration = folder.join("clients").join(format!("{}.json", self.client_id));
        let mut metadata = self.metadata();
        if self.method.is_secret() {
            write(&registration, format!("{metadata:#}\n"))?;
            let secret = folder.join("secrets").join(format!("client-{}", self.client_id));
            write(&secret, fresh_secret(random))?;
            register(program, &registration, &self.client_id, Some(&secret)).await?;
            return Ok(Registered {
                client_secret: Some(secret),
                ..Registered::public(&self.client_id, &metadata, registration)
            });
        }
        let keys = keys::make(folder, &self.client_id, self.algorithm)?;
        let certificate = pki.issue(&self.client_id, now)?;
        if let Value::Object(members) = &mut metadata {
            members.insert("jwks".to_owned(), keys.public_jwks);
        }
        write(&registration, format!("{metadata:#}\n"))?;
        register(program, &registration, &self.client_id, None).await?;
        Ok(Registered {
            signing_alg: Some(self.algorithm.as_str().to_owned()),
            signing_key: Some(keys.pem),
            jwks: Some(keys.private_jwks),
            certificate: Some(certificate.certificate),
            certificate_key: Some(certificate.key),
            ..Registered::public(&self.client_id, &metadata, registration)
        })
    }

    fn metadata(&self) -> Value {
        let mut metadata = json!({
            "client_name": self.name,
            "profile": self.profile,
            "token_endpoint_auth_method": self.method.as_str(),
            "sender_constraint": self.sender_constraint,
            "redirect_uris": [self.redirect_uri],
            "scope": self.scope,
        });
        if let Value::Object(members) = &mut metadata {
            // A client with a secret takes id_tokens as OpenID Connect has them unless asked otherwise, with RS256.
            if !self.method.is_secret() {
                for of in [
                    "id_token_signed_response_alg",
                    "authorization_signed_response_alg",
                ] {
                    members.insert(of.to_owned(), "PS256".into());
                }
            }
            if self.method == Method::TlsClientAuth {
                let name = Pki::dns_name(&self.client_id);
                members.insert("tls_client_auth_san_dns".to_owned(), name.into());
            }
        }
        metadata
    }
}

impl Method {
    /// RFC 7591 `token_endpoint_auth_method`.
    fn as_str(self) -> &'static str {
        match self {
            Self::PrivateKeyJwt => "private_key_jwt",
            Self::TlsClientAuth => "tls_client_auth",
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
        }
    }

    fn is_secret(self) -> bool {
        matches!(self, Self::ClientSecretBasic | Self::ClientSecretPost)
    }
}

/// 256 random bits, without a line's end.
fn fresh_secret(random: &dyn Random) -> String {
    let mut bytes = [0; 32];
    random.fill(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

impl Registered {
    /// What the registration itself says.
    fn public(client_id: &str, metadata: &Value, registration: PathBuf) -> Self {
        let text = |name: &str| {
            metadata
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let uris = metadata.get("redirect_uris").and_then(Value::as_array);
        Self {
            client_id: client_id.to_owned(),
            profile: text("profile"),
            auth_method: text("token_endpoint_auth_method"),
            scope: text("scope"),
            redirect_uris: uris
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            signing_alg: None,
            signing_key: None,
            jwks: None,
            certificate: None,
            certificate_key: None,
            client_secret: None,
            registration,
        }
    }
}

/// `concordat client register`.
async fn register(
    program: &Program,
    registration: &Path,
    client_id: &str,
    secret: Option<&Path>,
) -> Result<(), StageError> {
    let file = registration.display().to_string();
    let mut command = vec!["client", "register", &file, "--id", client_id];
    let secret = secret.map(|secret| secret.display().to_string());
    command.extend(
        secret
            .iter()
            .flat_map(|secret| ["--secret-file", secret.as_str()]),
    );
    program.run(&command).await.map(drop)
}

/// Registers every `CLIENT_ID.json` of a folder, one with a secret with that in `keys/CLIENT_ID.secret`. Their keys are their
/// owners'.
pub(super) async fn register_folder(program: &Program, folder: &Path) -> Result<Vec<Registered>, StageError> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect())
        .map_err(in_file(folder))?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    let mut registered = Vec::new();
    for file in files {
        let client_id = file
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default();
        let secret = folder.join("keys").join(format!("{client_id}.secret"));
        register(
            program,
            &file,
            &client_id,
            secret.exists().then_some(secret.as_path()),
        )
        .await?;
        let text = fs::read_to_string(&file).map_err(in_file(&file))?;
        // The command has just accepted it, so it is JSON.
        let metadata = serde_json::from_str(&text).unwrap_or_default();
        registered.push(Registered::public(&client_id, &metadata, file));
    }
    Ok(registered)
}
