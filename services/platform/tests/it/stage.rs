//! The whole platform, started for a test: every service on a port of its own choosing, a database of its own, a test
//! authority, a clock that the test moves. Who takes part is made in `parties.rs`.
//!
//! One platform may serve many tests, since each has clients and consumers of its own ([`TestPlatform::shared`]); a test
//! that moves the clock, stops something or looks at all rows starts its own.

use std::{
    fs,
    net::SocketAddr,
    path::PathBuf,
    process,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    thread::JoinHandle,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use config::Settings;
use domain::{Clock, Instant};
use mtls::development::{AlternativeName, Authority, Issued, Template};
use platform::{Addresses, Patience, Wiring};
use store::{Migrations, Store};
use testkit::{chance::SeededRandom, clock::TestClock, database::Database, recipient::Platform};
use tokio::sync::oneshot;

/// The portal's secret.
pub(crate) const PORTAL_SECRET: &str = "a secret of the portal, long enough";

/// The common name of the certificate that the platform presents to callbacks.
pub(crate) const PRESENTED: &str = "Concordat of the test";

/// A platform that serves.
pub(crate) struct TestPlatform {
    /// As those who call it see it.
    pub(crate) platform: Platform,
    /// Where its listeners are.
    pub(crate) addresses: Addresses,
    /// For putting clients, consumers and accounts there before anybody calls.
    pub(crate) store: Store,
    /// Its database.
    pub(crate) database: Arc<Database>,
    /// Issues certificates to those who call it.
    pub(crate) authority: Arc<Authority>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    folder: PathBuf,
}

/// What may differ from one platform to the next.
pub(crate) struct Plan {
    database: Arc<Database>,
    /// Where the platform finds its database, when not directly.
    pub(crate) database_url: String,
    authority: Arc<Authority>,
    clock: TestClock,
    /// The external origins; those of the listeners unless given.
    pub(crate) urls: Option<(String, String)>,
    /// How long it waits for whoever is connected.
    pub(crate) patience: Patience,
    /// Longest time between two attempts to deliver.
    pub(crate) longest_retry_seconds: u32,
    /// More lines of `[listeners]`.
    pub(crate) listeners: String,
    /// More lines of `[tls]`.
    pub(crate) tls: String,
    /// More lines of `[database]`.
    pub(crate) database_lines: &'static str,
    /// More sections.
    pub(crate) more: String,
}

impl Plan {
    /// Everything new.
    pub(crate) fn new() -> Self {
        let clock = TestClock::at(http::SystemClock.now());
        let database = Arc::new(Database::create(migrate));
        Self {
            database_url: database.url().to_owned(),
            database,
            authority: Arc::new(Authority::create("Test CA", clock.now()).unwrap()),
            clock,
            urls: None,
            patience: Patience::default(),
            longest_retry_seconds: 1,
            listeners: String::new(),
            tls: String::new(),
            database_lines: "",
            more: String::new(),
        }
    }

    /// The same database, authority and clock as another's.
    pub(crate) fn beside(other: &TestPlatform) -> Self {
        Self {
            database: Arc::clone(&other.database),
            database_url: other.database.url().to_owned(),
            authority: Arc::clone(&other.authority),
            clock: other.platform.clock.clone(),
            urls: None,
            patience: Patience::default(),
            longest_retry_seconds: 1,
            listeners: String::new(),
            tls: String::new(),
            database_lines: "",
            more: String::new(),
        }
    }

    /// Starts it.
    pub(crate) async fn start(self) -> TestPlatform {
        TestPlatform::from(self).await
    }

    /// Writes the files of a platform to a folder of its own: the text of its settings, which name them.
    pub(crate) fn write(&self, folder: &PathBuf) -> String {
        let server = issue(&self.authority, &Template::server(self.clock.now()));
        fs::create_dir_all(folder).unwrap();
        let file = |name: &str, content: Vec<u8>| {
            let path = folder.join(name);
            fs::write(&path, content).unwrap();
            path.display().to_string()
        };
        let (certificate, key) = (file("server.pem", server.0), file("server.key", server.1));
        let ca = file("ca.pem", self.authority.certificate_pem().unwrap());
        let presented = issue(&self.authority, &Template::client(PRESENTED, self.clock.now()));
        let presented = (
            file("presented.pem", presented.0),
            file("presented.key", presented.1),
        );
        let (public, mutual) = self
            .urls
            .clone()
            .unwrap_or(("https://localhost:0".into(), "https://localhost:0".into()));
        format!(
            "workers = 1\n[listeners]\npublic = '127.0.0.1:0'\nmutual = '127.0.0.1:0'\noperations = '127.0.0.1:0'\n{}\n\
             [urls]\npublic = '{public}'\nmutual = '{mutual}'\n\
             [tls]\ncertificate = '{certificate}'\nkey = '{key}'\nclient_authorities = '{ca}'\n{}\n\
             [database]\nurl = '{}'\n{}\n\
             [secrets]\nmaster_key = '{}'\n\
             [portal]\nclient_id = 'portal'\nclient_secret = '{PORTAL_SECRET}'\ntrust = '{ca}'\n\
             [outbound]\nclient_certificate = '{}'\nclient_key = '{}'\ntrust = '{ca}'\ntest_hosts = ['localhost:*']\n\
             [notifications]\npoll_interval_ms = 50\nlease_seconds = 2\nfirst_retry_ms = 100\nlongest_retry_seconds = {}\n{}",
            self.listeners,
            self.tls,
            self.database_url,
            self.database_lines,
            STANDARD.encode([7; 32]),
            presented.0,
            presented.1,
            self.longest_retry_seconds,
            self.more,
        )
    }
}

impl TestPlatform {
    /// A platform of this test's own.
    pub(crate) async fn start() -> Self {
        Plan::new().start().await
    }

    /// The platform that tests share which disturb nobody. It lets each of fifty racers wait for a connection on a machine that
    /// does much else: that it would tell them to come again after a second is another test's business.
    pub(crate) async fn shared() -> &'static Self {
        static SHARED: tokio::sync::OnceCell<TestPlatform> = tokio::sync::OnceCell::const_new();
        let plan = || Plan {
            database_lines: "connect_timeout_ms = 15000\nstatement_timeout_ms = 15000",
            ..Plan::new()
        };
        SHARED.get_or_init(|| plan().start()).await
    }

    /// Another replica on the same database, behind the same addresses: its issuer is ours.
    pub(crate) async fn replica(&self) -> Self {
        let urls = Some((self.platform.public.clone(), self.platform.mutual.clone()));
        let plan = Plan {
            urls,
            ..Plan::beside(self)
        };
        plan.start().await
    }

    async fn from(plan: Plan) -> Self {
        let folder = fresh_folder();
        let file = folder.join("concordat.toml");
        let text = plan.write(&folder);
        fs::write(&file, text).unwrap();
        let settings = Settings::load(Some(&file), []).unwrap();
        let wiring = Wiring {
            clock: Arc::new(plan.clock.clone()),
            patience: plan.patience,
            ..Wiring::of_this_machine()
        };
        let (started, starting) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let with = settings.clone();
        // On a thread and runtime of its own, since each test has a runtime that ends with it.
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                match platform::start(with, wiring).await {
                    Ok(running) => {
                        started
                            .send(Ok((running.addresses, running.settings.clone())))
                            .unwrap();
                        let _ = stopped.await;
                        running.stop().await;
                    }
                    Err(error) => started.send(Err(error.to_string())).unwrap(),
                }
            });
        });
        let started = tokio::task::spawn_blocking(move || starting.recv().unwrap())
            .await
            .unwrap();
        let (addresses, settings) =
            started.unwrap_or_else(|error| panic!("the platform did not start: {error}"));
        let platform = Platform::new(
            settings.urls.public.as_str(),
            settings.urls.mutual.as_str(),
            plan.authority.certificate_pem().unwrap(),
            plan.clock,
            chance(),
        );
        let store = Store::open(&config::Database::at(plan.database.url().to_owned().into())).unwrap();
        let this = Self {
            platform,
            addresses,
            store,
            database: plan.database,
            authority: plan.authority,
            stop: Some(stop),
            thread: Some(thread),
            folder,
        };
        this.register_portal().await;
        this
    }

    /// The present of this platform.
    pub(crate) fn now(&self) -> Instant {
        self.platform.clock.now()
    }

    /// The address of its public listener as a client reaches it, whatever its external name is.
    pub(crate) fn reached_at(&self) -> Platform {
        let origin = |address: SocketAddr| format!("https://localhost:{}", address.port());
        Platform {
            public: origin(self.addresses.public),
            mutual: origin(self.addresses.mutual),
            ..self.platform.clone()
        }
    }

    /// A certificate of the test authority for a client, with this DNS name: certificate and key, PEM.
    pub(crate) fn certificate(&self, name: &str) -> (Vec<u8>, Vec<u8>) {
        let template = Template {
            alternative_names: vec![AlternativeName::Dns(format!("{name}.example"))],
            ..Template::client(name, self.now())
        };
        issue(&self.authority, &template)
    }

    /// A certificate and key (PEM) of the test authority for a server on this machine.
    pub(crate) fn server_certificate(&self) -> (Vec<u8>, Vec<u8>) {
        issue(&self.authority, &Template::server(self.now()))
    }

    /// Stops it gracefully, and waits until it has.
    pub(crate) fn stop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }

    /// Tells it to stop, and does not wait.
    pub(crate) fn begin_to_stop(&mut self) {
        drop(self.stop.take());
    }
}

impl Drop for TestPlatform {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Migrates the database of a URL.
pub(crate) fn migrate(url: &str) {
    Migrations::open(&config::Database::at(url.to_owned().into()))
        .unwrap()
        .up()
        .unwrap();
}

/// A folder that is not there yet.
pub(crate) fn fresh_folder() -> PathBuf {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    std::env::temp_dir().join(format!("concordat-test-{}-{number}", process::id()))
}

fn issue(authority: &Authority, template: &Template) -> (Vec<u8>, Vec<u8>) {
    let issued: Issued = authority.issue(template).unwrap();
    (issued.chain_pem().unwrap(), issued.key_pem().unwrap())
}

/// One source of chance for the process, so that no two tests meet in a name.
fn chance() -> Arc<SeededRandom> {
    static CHANCE: OnceLock<Arc<SeededRandom>> = OnceLock::new();
    Arc::clone(CHANCE.get_or_init(|| Arc::new(SeededRandom::new(u64::from(process::id())))))
}
