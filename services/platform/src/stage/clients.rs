//! The clients of the stage: what each registers, and the keys it holds.

use std::{
    fs,
    path::{Path, PathBuf},
};

use domain::Instant;
use jose::Algorithm;
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    Program, StageError, in_file, keys,
    pki::{CertificateFiles, Pki},
    write,
};

/// How a planned client proves who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    /// A signed assertion.
    PrivateKeyJwt,
    /// Its certificate.
    TlsClientAuth,
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
    /// What it signs with.
    pub(crate) algorithm: Algorithm,
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
    /// The registration itself.
    pub(crate) registration: PathBuf,
}

/// What every planned client may ask for.
pub(crate) const SCOPE: &str = "openid offline_access fdx:accountbasic:read fdx:accountdetailed:read \
    fdx:balances:read fdx:transactions:read fdx:customercontact:read fdx:paymentsupport:read fdx:investments:read \
    fdx:notifications:subscribe";

impl Plan {
    /// Makes its keys and its certificate, writes its registration, and registers it.
    pub(super) async fn register(
        &self,
        program: &Program,
        folder: &Path,
        pki: &Pki,
        now: Instant,
    ) -> Result<Registered, StageError> {
        let keys = keys::make(folder, &self.client_id, self.algorithm)?;
        let certificate = pki.issue(&self.client_id, now)?;
        let registration = folder.join("clients").join(format!("{}.json", self.client_id));
        let metadata = self.metadata(keys.public_jwks.clone());
        write(&registration, format!("{metadata:#}\n"))?;
        program
            .run(&[
                "client",
                "register",
                &registration.display().to_string(),
                "--id",
                &self.client_id,
            ])
            .await?;
        Ok(Registered {
            signing_alg: Some(self.algorithm.as_str().to_owned()),
            signing_key: Some(keys.pem),
            jwks: Some(keys.private_jwks),
            ..Registered::public(&self.client_id, &metadata, registration)
        }
        .with(certificate))
    }

    fn metadata(&self, jwks: Value) -> Value {
        let mut metadata = json!({
            "client_name": self.name,
            "profile": self.profile,
            "jwks": jwks,
            "redirect_uris": [self.redirect_uri],
            "scope": SCOPE,
            "id_token_signed_response_alg": "PS256",
            "authorization_signed_response_alg": "PS256",
        });
        let (method, dns_name) = match self.method {
            Method::PrivateKeyJwt => ("private_key_jwt", None),
            Method::TlsClientAuth => ("tls_client_auth", Some(Pki::dns_name(&self.client_id))),
        };
        if let Value::Object(members) = &mut metadata {
            members.insert("token_endpoint_auth_method".to_owned(), method.into());
            members.extend(dns_name.map(|name| ("tls_client_auth_san_dns".to_owned(), name.into())));
        }
        metadata
    }
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
            registration,
        }
    }

    fn with(self, files: CertificateFiles) -> Self {
        Self {
            certificate: Some(files.certificate),
            certificate_key: Some(files.key),
            ..self
        }
    }
}

/// Registers every `CLIENT_ID.json` of a folder. Their keys are their owners'.
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
        program
            .run(&[
                "client",
                "register",
                &file.display().to_string(),
                "--id",
                &client_id,
            ])
            .await?;
        let text = fs::read_to_string(&file).map_err(in_file(&file))?;
        // The command has just accepted it, so it is JSON.
        let metadata = serde_json::from_str(&text).unwrap_or_default();
        registered.push(Registered::public(&client_id, &metadata, file));
    }
    Ok(registered)
}
