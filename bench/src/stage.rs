//! What must be there before anything can be measured: keys, settings, a migrated database with a consumer's accounts,
//! three clients, and a grant of four accounts with a bound token.
//!
//! Made as an operator would, by `concordat` commands, but for the grant: a consumer's journey is the demonstration's
//! matter, so here the grant and its code are written, and the token is then fetched over the wire.

mod clients;
mod grant;
mod program;
mod settings;

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant as Stopwatch},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{Instant, Random};
use jose::Algorithm;
use mtls::development::{AlternativeName, Authority, Issued, Template};

use self::{
    clients::{DNS_NAME, register, register_by_certificate},
    program::Program,
    settings::settings_text,
};
use crate::{
    child::{Server, free_port, is_ready, on_core},
    connection::Connector,
    failure::{Failure, While as _},
    requests::Client,
};

pub(crate) use self::grant::grant;

/// The consumer of the samples whose accounts are read.
const USER: &str = "alice";

/// Of the bank's own applications.
pub(crate) const PORTAL_SECRET: &str = "a-secret-that-only-this-bench-knows";

/// Ports of the platform.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ports {
    pub(crate) public: u16,
    pub(crate) mutual: u16,
    pub(crate) operations: u16,
}

/// Everything that was made.
pub(crate) struct Stage {
    pub(crate) folder: PathBuf,
    pub(crate) settings: PathBuf,
    pub(crate) ports: Ports,
    pub(crate) connector: Connector,
    /// Signs with ES256.
    pub(crate) es256: Client,
    /// Signs with PS256.
    pub(crate) ps256: Client,
    /// Id of the client that its certificate proves.
    pub(crate) by_certificate: &'static str,
}

/// What is asked of the stage.
pub(crate) struct Wanted<'a> {
    pub(crate) folder: &'a Path,
    pub(crate) program: &'a Path,
    pub(crate) samples: &'a Path,
    pub(crate) database_url: &'a str,
}

impl Stage {
    /// Makes it, in a folder that is emptied first.
    ///
    /// # Errors
    /// [`Failure`], at the first step that fails.
    pub(crate) fn set(wanted: &Wanted<'_>, now: Instant, random: &dyn Random) -> Result<Self, Failure> {
        let folder = std::path::absolute(wanted.folder).during(wanted.folder.display())?;
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).during(folder.display())?;
        let ports = Ports {
            public: free_port()?,
            mutual: free_port()?,
            operations: free_port()?,
        };
        let pki = "making the development certificates";
        let authority = Authority::create("Concordat bench CA", now).during(pki)?;
        write(&folder.join("ca.pem"), authority.certificate_pem().during(pki)?)?;
        save(
            &authority.issue(&Template::server(now)).during(pki)?,
            &folder,
            "server",
        )?;
        let client = Template {
            alternative_names: vec![AlternativeName::Dns(DNS_NAME.to_owned())],
            ..Template::client("bench", now)
        };
        save(&authority.issue(&client).during(pki)?, &folder, "client")?;

        let mut master_key = [0; 32];
        random.fill(&mut master_key);
        write(&folder.join("master-key"), STANDARD.encode(master_key))?;
        write(&folder.join("database-url"), wanted.database_url)?;
        write(&folder.join("portal-secret"), PORTAL_SECRET)?;
        let settings = folder.join("concordat.toml");
        write(&settings, settings_text(&folder, ports))?;

        let program = Program {
            program: wanted.program,
            settings: &settings,
        };
        program.run(&["migrate"])?;
        program.import(&wanted.samples.join(USER), USER)?;
        let issuer = format!("https://localhost:{}", ports.public);
        Ok(Self {
            es256: register(&program, &folder, "bench-es256", Algorithm::Es256, &issuer)?,
            ps256: register(&program, &folder, "bench-ps256", Algorithm::Ps256, &issuer)?,
            by_certificate: register_by_certificate(&program, &folder, "bench-certificate")?,
            connector: Connector::new(
                &folder.join("ca.pem"),
                &folder.join("client.pem"),
                &folder.join("client.key"),
            )?,
            folder,
            settings,
            ports,
        })
    }

    /// Runs one of the platform's own commands on this stage.
    ///
    /// # Errors
    /// When it fails.
    pub(crate) fn command(&self, program: &Path, arguments: &[&str]) -> Result<(), Failure> {
        let settings = &self.settings;
        Program { program, settings }.run(arguments)
    }

    /// Starts the platform on this stage and waits until it is ready; gives how long that took, from exec on.
    ///
    /// # Errors
    /// When it does not come up.
    pub(crate) fn serve(&self, program: &Path, core: Option<usize>) -> Result<(Server, Duration), Failure> {
        let mut command = on_core(core, program);
        command
            .arg("--config")
            .arg(&self.settings)
            .args(["serve", "--until-stdin-closes"]);
        let began = Stopwatch::now();
        let mut server = Server::start(command, &self.folder.join("server.log"))?;
        let ready = server.wait(began, || is_ready(self.ports.operations))?;
        Ok((server, ready))
    }

    /// Registers the bank's dashboard.
    ///
    /// # Errors
    /// When that fails.
    pub(crate) fn register_dashboard(&self, program: &Path) -> Result<(), Failure> {
        let (file, secret) = (self.folder.join("portal.json"), self.folder.join("portal-secret"));
        write(&file, crate::consents::dashboard().to_string())?;
        let (file, secret) = (file.display().to_string(), secret.display().to_string());
        self.command(
            program,
            &[
                "client",
                "register",
                &file,
                "--id",
                "portal",
                "--secret-file",
                &secret,
            ],
        )
    }
}

fn save(issued: &Issued, folder: &Path, name: &str) -> Result<(), Failure> {
    let what = "writing the development certificates";
    write(
        &folder.join(format!("{name}.pem")),
        issued.chain_pem().during(what)?,
    )?;
    write(
        &folder.join(format!("{name}.key")),
        issued.key_pem().during(what)?,
    )
}

fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<(), Failure> {
    fs::write(path, content).during(path.display())
}
