//! `concordat up`: the stage of the demonstration, with more clients, and then it stays for a person or another program.

mod clients;
mod pages;
mod site;

use std::{
    fs,
    path::{Path, PathBuf},
};

use actix_web::dev::ServerHandle;
use domain::{Clock, Random};
use mtls::ServerIdentity;

use crate::{
    narrator::Narrator,
    recipient::Recipient,
    stage::{Endpoints, Facts, Stage, StageError, Wanted},
};

/// What a caller may choose.
pub(crate) struct Choices {
    /// An empty database.
    pub(crate) database_url: String,
    /// Where everything is written; emptied first. `up.json` goes beside it.
    pub(crate) folder: PathBuf,
    /// The sample statements.
    pub(crate) samples: PathBuf,
    /// Ports of the three listeners.
    pub(crate) ports: [u16; 3],
    /// Port of the recipient's site, for a person's browser.
    pub(crate) site_port: u16,
    /// Base URL of the conformance suite, for the redirect URIs of its clients.
    pub(crate) suite: String,
    /// A folder with more registrations.
    pub(crate) clients: Option<PathBuf>,
    /// More authorities of clients' certificates.
    pub(crate) client_authorities: Option<PathBuf>,
}

/// Sets the stage, tells where everything is, and stays until it is told to stop.
///
/// # Errors
/// [`StageError`] when the stage cannot be set, or the platform ended by itself.
pub(crate) async fn run(choices: Choices, clock: &dyn Clock, random: &dyn Random) -> Result<(), StageError> {
    let mut narrator = Narrator::new();
    narrator.heading("Concordat, set up for trying by hand.");
    let facts_file = choices.folder.with_file_name("up.json");
    let wanted = Wanted {
        plans: clients::plans(&choices.suite, choices.site_port),
        folder: choices.folder,
        samples: choices.samples,
        ports: choices.ports,
        database_url: choices.database_url,
        more_clients: choices.clients,
        client_authorities: choices.client_authorities,
    };
    let mut stop = Signals::new()?;
    let mut stage = tokio::select! {
        stage = Stage::set(wanted, clock, random, &mut narrator) => stage?,
        () = stop.received() => return Ok(()),
    };
    stage.facts.endpoints = discover(&stage.facts).await;
    // Before the facts are written: a port that is taken must not leave them behind.
    let site = open_site(&stage.facts, choices.site_port)?;
    let json = serde_json::to_string_pretty(&stage.facts).unwrap_or_default();
    fs::write(&facts_file, json + "\n").map_err(|reason| StageError::File {
        path: facts_file.clone(),
        reason,
    })?;
    tell(&narrator, &stage.facts, choices.site_port, &facts_file);

    let log = stage.server.log.clone();
    tokio::select! {
        () = stop.received() => {
            narrator.line("\nStopping.");
            site.stop(false).await;
            stage.server.stop().await;
            // It tells of a platform that no longer runs.
            let _ = fs::remove_file(&facts_file);
            Ok(())
        }
        _ = stage.server.ended() => Err(StageError::Server { reason: "it ended by itself".to_owned(), log }),
    }
}

/// Ctrl-C, or a polite end by another process.
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    fn new() -> Result<Self, StageError> {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |kind| {
            signal(kind).map_err(|reason| StageError::File {
                path: PathBuf::from("signals"),
                reason,
            })
        };
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
        })
    }

    async fn received(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Opens the recipient's site, beside the platform and a stranger to it.
fn open_site(facts: &Facts, port: u16) -> Result<ServerHandle, StageError> {
    static CLOCK: http::SystemClock = http::SystemClock;
    static RANDOM: jose::SystemRandom = jose::SystemRandom;
    let read = |path: &Path| {
        fs::read(path).map_err(|reason| StageError::File {
            path: path.to_owned(),
            reason,
        })
    };
    let failed = |reason: String| StageError::Site { port, reason };
    let registered = facts
        .client(clients::SITE)
        .ok_or_else(|| failed("its client is not registered".to_owned()))?;
    let recipient = Recipient::new(registered, &read(&facts.ca)?, &CLOCK, &RANDOM)
        .map_err(|error| failed(error.to_string()))?;
    let identity = ServerIdentity::from_pem(&read(&facts.server_certificate)?, &read(&facts.server_key)?)
        .map_err(|error| failed(error.to_string()))?;
    site::Site::new(recipient, facts).serve(port, &identity)
}

/// What the running platform says of itself; nothing when it cannot be asked.
async fn discover(facts: &Facts) -> Option<Endpoints> {
    let ca = fs::read(&facts.ca).ok()?;
    let client = reqwest::Client::builder()
        .tls_certs_only([reqwest::Certificate::from_pem(&ca).ok()?])
        .no_proxy()
        .build()
        .ok()?;
    let metadata = client
        .get(&facts.discovery)
        .send()
        .await
        .ok()?
        .text()
        .await
        .ok()?;
    Some(Endpoints::from_metadata(&serde_json::from_str(&metadata).ok()?))
}

fn tell(narrator: &Narrator, facts: &Facts, site_port: u16, facts_file: &Path) {
    let row = |name: &str, value: &dyn std::fmt::Display| narrator.line(&format!("  {name:<16}{value}"));
    narrator.heading("\nWhere");
    row(
        "begin here",
        &format_args!("https://localhost:{site_port}/  (a recipient's site: connect the bank)"),
    );
    row("portal", &facts.portal);
    row("documentation", &facts.documentation);
    row("discovery", &facts.discovery);
    row("mutual TLS", &facts.mutual);
    row("FDX", &facts.fdx);
    row("health", &format_args!("{}/health/ready", facts.operations));
    row("authority", &facts.ca.display());
    narrator.heading("\nConsumers (user name, password)");
    for user in &facts.users {
        row(&user.username, &user.password);
    }
    narrator.heading("\nClients (keys and certificates: see up.json)");
    for client in &facts.clients {
        narrator.line(&format!(
            "  {:<28}{:<24}{}",
            client.client_id, client.profile, client.auth_method
        ));
    }
    narrator.heading("\nFiles");
    row("all of this", &facts_file.display());
    row("settings", &facts.settings.display());
    narrator.line("\nCtrl-C stops everything.");
}
