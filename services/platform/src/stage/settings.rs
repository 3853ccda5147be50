//! The settings of the stage: a whole `concordat.toml` that a person may read, change and use.

use std::{fs, path::PathBuf};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::Random;

use super::{Program, StageError, Wanted, in_file, pki::Pki, write};

/// The portal's client id.
const PORTAL: &str = "portal";

/// What was written.
pub(super) struct Settings {
    /// The settings' file.
    pub(super) file: PathBuf,
    registration: PathBuf,
    portal_secret: PathBuf,
}

/// Writes `concordat.toml`, the master key and the portal's secret below the stage's folder.
pub(super) fn write_all(wanted: &Wanted, pki: &Pki, random: &dyn Random) -> Result<Settings, StageError> {
    let secrets = wanted.folder.join("secrets");
    let fresh = || {
        let mut bytes = [0; 32];
        random.fill(&mut bytes);
        STANDARD.encode(bytes)
    };
    let database_url = secrets.join("database-url");
    // Kept from run to run: a database that is used again opens with no other.
    let master_key = wanted.folder.with_file_name("master-key");
    let portal_secret = secrets.join("portal-client-secret");
    write(&database_url, &wanted.database_url)?;
    if !master_key.exists() {
        write(&master_key, fresh())?;
    }
    write(&portal_secret, fresh())?;

    let authorities = match &wanted.client_authorities {
        None => pki.ca.clone(),
        Some(more) => {
            let read = |path: &PathBuf| fs::read_to_string(path).map_err(in_file(path));
            let both = pki.ca.with_file_name("client-authorities.pem");
            write(&both, format!("{}\n{}", read(&pki.ca)?, read(more)?))?;
            both
        }
    };
    let [public, mutual, operations] = wanted.ports;
    // A literal string: a path may hold anything but a quote and a line's end.
    let quoted = |path: &PathBuf| format!("'{}'", path.display());
    let claims: Vec<String> = domain::identity::standard_claims()
        .map(|name| format!("{name:?}"))
        .collect();
    let text = format!(
        "# Made by this run. Settings and their meaning: concordat.sample.toml.\n\
         [listeners]\n\
         public = \"127.0.0.1:{public}\"\nmutual = \"127.0.0.1:{mutual}\"\noperations = \"127.0.0.1:{operations}\"\n\n\
         [urls]\npublic = \"https://localhost:{public}\"\nmutual = \"https://localhost:{mutual}\"\n\n\
         [tls]\ncertificate = {certificate}\nkey = {key}\nclient_authorities = {authorities}\n\n\
         [database]\nurl_file = {database_url}\n\n\
         [secrets]\nmaster_key_file = {master_key}\n\n\
         # What the sample consumers' records say, which is every claim of OpenID Connect.
         [consent_application]\nclaims = [{claims}]\n\n\
         # The OpenID suite obtains hundreds of consents of one consumer.\n\
         [policy]\nconsents_per_user_and_client = 10000\n\n\
         [portal]\nclient_id = \"{PORTAL}\"\nclient_secret_file = {portal_secret}\ntrust = {ca}\n\n\
         # Recipients that are tried out here live on this machine.\n\
         [outbound]\nclient_certificate = {presented}\nclient_key = {presented_key}\ntrust = {ca}\n\
         test_hosts = [\"localhost:*\", \"127.0.0.1:*\"]\n",
        certificate = quoted(&pki.server_certificate),
        key = quoted(&pki.server_key),
        ca = quoted(&pki.ca),
        authorities = quoted(&authorities),
        claims = claims.join(", "),
        presented = quoted(&pki.notifications.certificate),
        presented_key = quoted(&pki.notifications.key),
        database_url = quoted(&database_url),
        master_key = quoted(&master_key),
        portal_secret = quoted(&portal_secret),
    );
    let file = wanted.folder.join("concordat.toml");
    write(&file, text)?;

    let registration = wanted.folder.join("clients").join(format!("{PORTAL}.json"));
    write(&registration, PORTAL_REGISTRATION)?;
    Ok(Settings {
        file,
        registration,
        portal_secret,
    })
}

const PORTAL_REGISTRATION: &str = r#"{
  "client_name": "Reference portal",
  "profile": "solution",
  "token_endpoint_auth_method": "client_secret_basic",
  "sender_constraint": "none",
  "scope": "external:resources:read external:resources:write participantuser:consents:read participantuser:consents:write"
}
"#;

impl Settings {
    /// Registers the portal as the client of the two solution APIs that it is.
    pub(super) async fn register_portal(&self, program: &Program) -> Result<(), StageError> {
        let (registration, secret) = (self.registration.display(), self.portal_secret.display());
        program
            .run(&[
                "client",
                "register",
                &registration.to_string(),
                "--id",
                PORTAL,
                "--secret-file",
                &secret.to_string(),
            ])
            .await
            .map(drop)
    }
}
