//! A development PKI: one authority, the server's certificate, and clients' certificates on demand.

use std::path::{Path, PathBuf};

use domain::Instant;
use mtls::development::{AlternativeName, Authority, Issued, KeyKind, Template};

use super::{StageError, write};

/// Where the files are, and who issues.
pub(crate) struct Pki {
    authority: Authority,
    /// The authority's certificate: what clients trust, and whose clients the server trusts.
    pub(crate) ca: PathBuf,
    /// The server's certificate.
    pub(crate) server_certificate: PathBuf,
    /// Its key.
    pub(crate) server_key: PathBuf,
    /// The certificate that the platform presents to callbacks.
    pub(crate) notifications: CertificateFiles,
    folder: PathBuf,
}

/// A client's certificate and key, as files.
#[derive(Debug, Clone)]
pub(crate) struct CertificateFiles {
    /// PEM.
    pub(crate) certificate: PathBuf,
    /// PKCS #8 PEM.
    pub(crate) key: PathBuf,
}

/// The authority and the server's certificate, below `folder`.
pub(super) fn make(folder: &Path, now: Instant) -> Result<Pki, StageError> {
    let failed = |what: &str| StageError::Key(what.to_owned());
    let folder = folder.join("pki");
    let authority =
        Authority::create("Concordat development CA", now).map_err(|_| failed("the authority"))?;
    let server = authority
        .issue(&Template::server(now))
        .map_err(|_| failed("the server's certificate"))?;

    let ca = folder.join("ca.pem");
    let pem = authority
        .certificate()
        .to_pem()
        .map_err(|_| failed("the authority"))?;
    write(&ca, pem)?;
    let files = save(&server, &folder, "server")?;
    let notifications = authority
        .issue(&Template::client("Concordat notifications", now))
        .map_err(|_| failed("the certificate of notifications"))?;
    let notifications = save(&notifications, &folder, "notifications")?;
    Ok(Pki {
        authority,
        ca,
        notifications,
        server_certificate: files.certificate,
        server_key: files.key,
        folder,
    })
}

impl Pki {
    /// The name by which `tls_client_auth` knows the certificate of this client.
    pub(crate) fn dns_name(client_id: &str) -> String {
        format!("{client_id}.recipient.example")
    }

    /// A certificate for this client, with its [`Self::dns_name`].
    pub(crate) fn issue(&self, client_id: &str, now: Instant) -> Result<CertificateFiles, StageError> {
        let template = Template {
            alternative_names: vec![AlternativeName::Dns(Self::dns_name(client_id))],
            key: KeyKind::P256,
            ..Template::client(client_id, now)
        };
        let issued = self
            .authority
            .issue(&template)
            .map_err(|_| StageError::Key(format!("the certificate of {client_id}")))?;
        save(&issued, &self.folder, client_id)
    }
}

fn save(issued: &Issued, folder: &Path, name: &str) -> Result<CertificateFiles, StageError> {
    let failed = |_| StageError::Key(format!("the files of {name}"));
    let files = CertificateFiles {
        certificate: folder.join(format!("{name}.pem")),
        key: folder.join(format!("{name}.key")),
    };
    write(&files.certificate, issued.chain_pem().map_err(failed)?)?;
    write(&files.key, issued.key_pem().map_err(failed)?)?;
    Ok(files)
}
