//! What must be there before anything can be measured: keys, settings, a migrated database with a consumer's accounts,
//! two clients, and a grant of four accounts with a bound token.
//!
//! Made as an operator would, by `concordat` commands, but for the grant: a consumer's journey is the demonstration's
//! matter, so here the grant and its code are written, and the token is then fetched over the wire.

use std::{
    convert::Infallible,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::Duration;
use config::Settings;
use domain::{
    ClientId, ConsentGrant, ConsentId, ConsentState, DataCluster, Instant, Random, Scopes, UserId,
    consent::{Authentication, DurationType, GrantedAccount, Terms},
};
use jose::{Algorithm, MintedSecret, SigningKey};
use mtls::development::{AlternativeName, Authority, Issued, Template};
use serde_json::{Value, json};
use store::{Store, codes::NewCode};

use crate::{
    child::free_port,
    connection::Connector,
    failure::{Failure, While as _},
    requests::{self, Client},
};

/// The consumer of the samples whose accounts are read.
const USER: &str = "alice";

/// Accounts of the grant.
const ACCOUNTS: usize = 4;

/// Name of the certificate that every client here presents.
const DNS_NAME: &str = "bench.recipient.example";
/// Of the bank's own applications.
pub(crate) const PORTAL_SECRET: &str = "a-secret-that-only-this-bench-knows";

const REDIRECT_URI: &str = "https://bench.recipient.example/callback";
const SCOPE: &str = "fdx:accountbasic:read fdx:accountdetailed:read fdx:balances:read fdx:transactions:read";

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
        import(&program, &wanted.samples.join(USER))?;
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

    /// A token for four accounts of the consumer, bound to the client's certificate, of the platform that runs.
    ///
    /// # Errors
    /// [`Failure`].
    pub(crate) fn token(&self, now: Instant, random: &dyn Random) -> Result<String, Failure> {
        let code = MintedSecret::mint("", random);
        let verifier = MintedSecret::mint("", random);
        let settings = Settings::load(Some(&self.settings), []).during("reading the settings")?;
        let store = Store::open(&settings.database).during("opening the database")?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let client_id: ClientId = self.es256.client_id.parse().during("the client's id")?;
        let consent_id = ConsentId::mint(random);
        let code_hash = code.hash();
        let code_challenge = jose::pkce::s256(verifier.expose());
        runtime
            .during("starting a runtime")?
            .block_on(store.tx::<_, Infallible, _>("bench_grant", move |tx| {
                let grant = grant(tx, consent_id, client_id.clone(), now)?;
                store::grants::insert(tx, &grant, &json!({}))?;
                let code = NewCode {
                    code_hash,
                    consent_id,
                    client_id: client_id.clone(),
                    redirect_uri: REDIRECT_URI.to_owned(),
                    code_challenge: Some(code_challenge.clone()),
                    dpop_jkt: None,
                    context: json!({}),
                    issued_at: now,
                    expires_at: now + Duration::seconds(60),
                };
                Ok(store::codes::insert(tx, &code)?)
            }))
            .during("writing a grant")?;
        self.redeem(code.expose(), verifier.expose(), now, random)
    }

    fn redeem(
        &self,
        code: &str,
        verifier: &str,
        now: Instant,
        random: &dyn Random,
    ) -> Result<String, Failure> {
        let assertions = self.es256.assertions(1, now, random)?;
        let proof = requests::proof(assertions.first().map_or("", String::as_str));
        let redirect_uri = REDIRECT_URI.replace(':', "%3A").replace('/', "%2F");
        let form = format!(
            "grant_type=authorization_code&code={code}&code_verifier={verifier}&redirect_uri={redirect_uri}&{proof}"
        );
        let mut connection = self.connector.connect(self.ports.mutual)?;
        let answer = connection.exchange(&requests::post(self.ports.mutual, "/fdx/auth/v1/token", &form))?;
        let body: Value = serde_json::from_slice(answer.body).during("reading the token")?;
        body.get("access_token")
            .and_then(Value::as_str)
            .map(str::to_owned)
            .ok_or_else(|| Failure::new(format!("no token: {body}")))
    }
}

/// A grant of that client, of four accounts of the consumer; not yet written.
///
/// # Errors
/// `StoreError`.
pub(crate) fn grant(
    tx: &mut store::Tx<'_>,
    id: ConsentId,
    client_id: ClientId,
    now: Instant,
) -> Result<ConsentGrant, store::StoreError> {
    let corrupt = |column| store::StoreError::Corrupt {
        table: "bench",
        column,
    };
    let user_id: UserId = USER.parse().map_err(|_| corrupt("user_id"))?;
    let clusters = [
        DataCluster::AccountBasic,
        DataCluster::AccountDetailed,
        DataCluster::Transactions,
    ];
    let accounts = store::holders::list_accounts(tx, &user_id)?
        .into_iter()
        .take(ACCOUNTS)
        .map(|held| GrantedAccount {
            account_id: held.account_id,
            data_clusters: clusters.into_iter().collect(),
            nickname: None,
            awaiting: 0,
        })
        .collect();
    Ok(ConsentGrant {
        id,
        client_id,
        user_id,
        stored_state: ConsentState::Active,
        created_at: now,
        updated_at: now,
        expires_at: now + Duration::days(1),
        consumed_from: None,
        terms: Terms {
            duration_type: DurationType::TimeBound,
            duration_days: 1,
            lookback_days: 90,
        },
        scopes: Scopes::parse(SCOPE).map_err(|_| corrupt("scope"))?,
        accounts,
        authentication: Authentication {
            authenticated_at: now,
            acr: None,
            amr: vec![],
        },
        version: 1,
        supersedes: None,
        superseded_by: None,
    })
}

/// The defaults, on ports of this run's own.
fn settings_text(
    folder: &Path,
    Ports {
        public,
        mutual,
        operations,
    }: Ports,
) -> String {
    let file = |name: &str| format!("'{}'", folder.join(name).display());
    format!(
        "[listeners]\n\
         public = \"127.0.0.1:{public}\"\nmutual = \"127.0.0.1:{mutual}\"\noperations = \"127.0.0.1:{operations}\"\n\n\
         [urls]\npublic = \"https://localhost:{public}\"\nmutual = \"https://localhost:{mutual}\"\n\n\
         [tls]\ncertificate = {certificate}\nkey = {key}\nclient_authorities = {ca}\n\n\
         [database]\nurl_file = {database}\n\n\
         [secrets]\nmaster_key_file = {master}\n\n\
         [portal]\nclient_id = \"portal\"\nclient_secret_file = {portal}\ntrust = {ca}\n\n\
         [outbound]\nclient_certificate = {client}\nclient_key = {client_key}\ntrust = {ca}\n\
         test_hosts = [\"localhost:*\"]\n",
        client = file("client.pem"),
        client_key = file("client.key"),
        certificate = file("server.pem"),
        key = file("server.key"),
        ca = file("ca.pem"),
        database = file("database-url"),
        master = file("master-key"),
        portal = file("portal-secret"),
    )
}

/// The platform's own commands.
struct Program<'a> {
    program: &'a Path,
    settings: &'a Path,
}

impl Program<'_> {
    fn run(&self, arguments: &[&str]) -> Result<(), Failure> {
        let output = Command::new(self.program)
            .arg("--config")
            .arg(self.settings)
            .args(arguments)
            .output()
            .during(self.program.display())?;
        if output.status.success() {
            Ok(())
        } else {
            let errors = String::from_utf8_lossy(&output.stderr);
            Err(Failure::new(format!(
                "concordat {}: {errors}",
                arguments.join(" ")
            )))
        }
    }
}

fn import(program: &Program<'_>, samples: &Path) -> Result<(), Failure> {
    let mut files: Vec<PathBuf> = fs::read_dir(samples)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect())
        .during(samples.display())?;
    // FDX files add to accounts that the statements bring.
    files.sort_by_key(|file| (is_json(file), file.clone()));
    for file in files {
        let format = if is_json(&file) { "fdx" } else { "ofx" };
        program.run(&["import", format, &file.display().to_string(), "--user", USER])?;
    }
    Ok(())
}

fn is_json(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "json")
}

fn register(
    program: &Program<'_>,
    folder: &Path,
    client_id: &str,
    algorithm: Algorithm,
    issuer: &str,
) -> Result<Client, Failure> {
    let key = SigningKey::generate(algorithm).during("making a client's key")?;
    let method = json!({
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": {"keys": [key.public_jwk()]},
    });
    register_client(program, folder, client_id, method)?;
    Ok(Client {
        client_id: client_id.to_owned(),
        key,
        issuer: issuer.to_owned(),
    })
}

fn register_by_certificate(
    program: &Program<'_>,
    folder: &Path,
    client_id: &'static str,
) -> Result<&'static str, Failure> {
    let method =
        json!({"token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_san_dns": DNS_NAME});
    register_client(program, folder, client_id, method)?;
    Ok(client_id)
}

/// Registers a client with that method and what all have.
fn register_client(
    program: &Program<'_>,
    folder: &Path,
    client_id: &str,
    method: Value,
) -> Result<(), Failure> {
    let mut registration = json!({
        "client_name": client_id,
        "profile": "fapi2-security",
        "redirect_uris": [REDIRECT_URI],
        "scope": SCOPE,
    });
    if let (Value::Object(registration), Value::Object(method)) = (&mut registration, method) {
        registration.extend(method);
    }
    let file = folder.join(format!("{client_id}.json"));
    write(&file, registration.to_string())?;
    program.run(&[
        "client",
        "register",
        &file.display().to_string(),
        "--id",
        client_id,
    ])
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
