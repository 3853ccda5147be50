//! A platform that serves the sample accounts, and recipients that hold tokens for them.

use std::{collections::BTreeSet, sync::Arc};

use accounts::import::{self, Format, Naming, Report};
use actix_web::{App as ActixApp, HttpServer, dev::ServerHandle, middleware::from_fn, web};
use domain::{
    AccountId, ClientId, ConsentGrant, ConsentId, ConsentState, DataCluster, Instant, Scopes, TokenId,
    UserId,
    consent::{Authentication, DurationType, GrantedAccount, Terms},
};
use http::{App, Connection, Endpoints, Listener};
use jose::{Algorithm, seal::MasterKey};
use mtls::{
    PresentedCertificate,
    development::{Authority, Template},
};
use serde_json::{Value, json};
use store::{Migrations, Store, TxError};
use testkit::{chance::SeededRandom, clock::TestClock, database::Database};

/// The master key of these tests, which is no secret.
const MASTER_KEY: [u8; 32] = [7; 32];

/// Noon of 22 November 2026, UTC.
pub(crate) fn now() -> Instant {
    Instant::from_timestamp(1_795_348_800, 0).unwrap()
}

/// A consumer.
pub(crate) fn user(name: &str) -> UserId {
    name.parse().unwrap()
}

/// The platform.
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) clock: TestClock,
    app: web::Data<App>,
    base: String,
    certificate: PresentedCertificate,
    recipient: reqwest::Client,
    server: ServerHandle,
    pub(crate) database: Database,
}

impl Drop for World {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}

/// A grant in the database, and a token for it.
pub(crate) struct Shared {
    pub(crate) consent_id: ConsentId,
    pub(crate) token: String,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) interaction_id: String,
    pub(crate) challenge: Option<String>,
    pub(crate) text: String,
}

impl Answer {
    /// The body of a success.
    pub(crate) fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text);
        serde_json::from_str(&self.text).unwrap()
    }

    /// Status and FDX code of a refusal.
    pub(crate) fn refusal(&self) -> (u16, String) {
        let body: Value = serde_json::from_str(&self.text).unwrap();
        (self.status, body["code"].as_str().unwrap().to_owned())
    }
}

fn settings(url: &str) -> config::Database {
    let mut settings = config::Database::at(url.to_owned().into());
    settings.connect_timeout_ms = std::num::NonZeroU32::new(60_000).unwrap();
    settings.statement_timeout_ms = std::num::NonZeroU32::new(60_000).unwrap();
    settings
}

fn migrate(url: &str) {
    Migrations::open(&settings(url)).unwrap().up().unwrap();
}

/// Names of accounts and transactions, as the program derives them.
pub(crate) fn naming() -> Naming {
    Naming::new(&MasterKey::from_bytes(MASTER_KEY)).unwrap()
}

impl World {
    /// A platform without accounts.
    pub(crate) async fn empty() -> Self {
        let database = Database::create(migrate);
        let clock = TestClock::at(now());
        let store = Store::open(&settings(database.url())).unwrap();
        let origin = |port: u16| format!("https://bank.example:{port}").parse().unwrap();
        let app = App::new(
            &platform_settings(database.url()),
            Endpoints::new(&origin(8443), &origin(8444)),
            "https://bank.example/consent".to_owned(),
            store.clone(),
            Arc::new(clock.clone()),
            Arc::new(SeededRandom::new(1)),
        )
        .await
        .unwrap();
        let app = web::Data::new(app);
        let certificate = certificate();
        let (shared, presented) = (app.clone(), certificate.clone());
        let server = HttpServer::new(move || {
            ActixApp::new()
                .app_data(shared.clone())
                .wrap(from_fn(http::interaction::interaction_id))
                .configure(accounts::routes)
        })
        .on_connect(move |_, data| {
            data.insert(Connection::new(Listener::Mutual, Some(presented.clone())));
        })
        .workers(1)
        .disable_signals()
        .bind("127.0.0.1:0")
        .unwrap();
        let base = format!("http://{}", server.addrs()[0]);
        let server = server.run();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        let world = Self {
            store,
            clock,
            app,
            base,
            certificate,
            recipient: reqwest::Client::new(),
            server: handle,
            database,
        };
        world.database.session().execute(
            r#"INSERT INTO clients (client_id, status, metadata, created_at, updated_at)
               SELECT id, 'APPROVED', '{}', now(), now() FROM unnest(ARRAY['recipient', 'other-recipient']) AS id"#,
        );
        world
    }

    /// A platform with the sample statements of all three consumers.
    pub(crate) async fn new() -> Self {
        let world = Self::empty().await;
        world.import_samples().await;
        world
    }

    /// Imports every sample statement, those of OFX first.
    pub(crate) async fn import_samples(&self) -> Vec<Report> {
        let mut reports = vec![];
        for name in ["alice", "bob", "carol"] {
            for (format, file) in sample_files(name) {
                let statement = import::read(format, &file, &naming()).unwrap();
                reports.push(
                    import::run(&self.store, &user(name), statement, now())
                        .await
                        .unwrap(),
                );
            }
        }
        reports
    }

    /// The accounts of a consumer, by their masked numbers.
    pub(crate) fn accounts_of(&self, name: &str) -> Vec<(AccountId, String)> {
        self.database
            .session()
            .texts(&format!(
                "SELECT account_id || ' ' || (entity->>'accountNumberDisplay') AS value FROM accounts
                 JOIN account_holders USING (account_id) WHERE user_id = '{name}' ORDER BY category, account_id"
            ))
            .into_iter()
            .map(|line| {
                let (id, display) = line.split_once(' ').unwrap();
                (id.parse().unwrap(), display.to_owned())
            })
            .collect()
    }

    /// The account of a consumer whose masked number ends so.
    pub(crate) fn account(&self, name: &str, ending: &str) -> AccountId {
        let found = self
            .accounts_of(name)
            .into_iter()
            .find(|(_, display)| display.ends_with(ending));
        found
            .unwrap_or_else(|| panic!("no account of {name} ends in {ending}"))
            .0
    }

    /// A grant for these accounts, each with these clusters, and a token that carries their scopes.
    pub(crate) async fn share(&self, accounts: &[(&AccountId, &[DataCluster])]) -> Shared {
        let clusters: BTreeSet<DataCluster> = accounts
            .iter()
            .flat_map(|(_, clusters)| *clusters)
            .copied()
            .collect();
        let scopes: Scopes = clusters.iter().map(|cluster| cluster.scope()).collect();
        self.share_with(accounts, 90, &scopes, "recipient").await
    }

    /// The same, with a lookback in days, with other scopes in grant and token, for that client.
    pub(crate) async fn share_with(
        &self,
        accounts: &[(&AccountId, &[DataCluster])],
        lookback_days: u16,
        scopes: &Scopes,
        client: &str,
    ) -> Shared {
        let grant = ConsentGrant {
            id: ConsentId::mint(self.app.random()),
            client_id: client.parse().unwrap(),
            user_id: user("alice"),
            stored_state: ConsentState::Active,
            created_at: now(),
            updated_at: now(),
            expires_at: now() + chrono::Duration::days(365),
            consumed_from: None,
            terms: Terms {
                duration_type: DurationType::TimeBound,
                duration_days: 365,
                lookback_days,
            },
            scopes: scopes.clone(),
            accounts: accounts
                .iter()
                .map(|(account_id, clusters)| GrantedAccount {
                    account_id: (*account_id).clone(),
                    data_clusters: clusters.iter().copied().collect(),
                    nickname: None,
                    awaiting: 0,
                })
                .collect(),
            authentication: Authentication {
                authenticated_at: now(),
                acr: None,
                amr: vec![],
            },
            version: 1,
            supersedes: None,
            superseded_by: None,
        };
        let written = grant.clone();
        let outcome: Result<(), TxError<std::convert::Infallible>> = self
            .store
            .tx("test", move |tx| {
                Ok(store::grants::insert(tx, &written, &json!({}))?)
            })
            .await;
        outcome.unwrap();
        let token = self.token(&grant.client_id, Some(grant.id), scopes);
        Shared {
            consent_id: grant.id,
            token,
        }
    }

    /// A token, signed by the platform and in its table, bound to the certificate of these tests.
    pub(crate) fn token(&self, client: &ClientId, consent_id: Option<ConsentId>, scopes: &Scopes) -> String {
        let now = self.app.now();
        let token_id = TokenId::mint(now, self.app.random());
        let mut claims = json!({
            "iss": self.app.endpoints.issuer, "aud": self.app.endpoints.fdx_audience(), "sub": "subject",
            "client_id": client, "jti": token_id.to_string(), "iat": now.timestamp(), "exp": now.timestamp() + 300,
            "scope": scopes.to_string(), "cnf": {"x5t#S256": self.certificate.thumbprint().as_str()},
        });
        if let Some(consent_id) = consent_id {
            claims["fdxConsentId"] = json!(consent_id.to_string());
        }
        let consent = consent_id.map_or("NULL".to_owned(), |id| format!("'{id}'"));
        self.database.session().execute(&format!(
            "INSERT INTO access_tokens (token_id, issued_at, expires_at, client_id, consent_id)
             VALUES ('{token_id}', to_timestamp({}), to_timestamp({}), '{client}', {consent})",
            now.timestamp(),
            now.timestamp() + 300,
        ));
        self.app
            .keys
            .ring()
            .sign(Algorithm::Es256, "at+jwt", &claims, now)
            .unwrap()
    }

    /// Asks for a path under `/fdx/v6`.
    pub(crate) async fn get(&self, token: &str, path: &str) -> Answer {
        self.get_with(token, path, "c770aef3-6784-41f7-8e0e-ff5f97bddb3a")
            .await
    }

    /// The same with that interaction id.
    pub(crate) async fn get_with(&self, token: &str, path: &str, interaction_id: &str) -> Answer {
        let answer = self
            .recipient
            .get(format!("{}/fdx/v6{path}", self.base))
            .bearer_auth(token)
            .header("x-fapi-interaction-id", interaction_id)
            .send()
            .await
            .unwrap();
        let header = |name: &str| {
            answer
                .headers()
                .get(name)
                .map(|value| value.to_str().unwrap().to_owned())
        };
        Answer {
            status: answer.status().as_u16(),
            interaction_id: header("x-fapi-interaction-id").unwrap(),
            challenge: header("www-authenticate"),
            text: answer.text().await.unwrap(),
        }
    }
}

/// The statements that the repository ships for a consumer.
pub(crate) fn sample_files(name: &str) -> Vec<(Format, Vec<u8>)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../samples")
        .join(name);
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    let format = |path: &std::path::Path| {
        if path.extension().is_some_and(|extension| extension == "json") {
            Format::Fdx
        } else {
            Format::Ofx
        }
    };
    paths.sort_by_key(|path| (format(path) == Format::Fdx, path.clone()));
    paths
        .into_iter()
        .map(|path| (format(&path), std::fs::read(&path).unwrap()))
        .collect()
}

fn certificate() -> PresentedCertificate {
    Authority::self_signed(&Template::client("recipient", now()))
        .unwrap()
        .presented()
        .unwrap()
}

fn platform_settings(url: &str) -> config::Settings {
    serde_json::from_value(json!({
        "urls": {"public": "https://bank.example:8443", "mutual": "https://bank.example:8444"},
        "tls": {"certificate": "unused.pem", "key": "unused.pem"},
        "database": {"url": url},
        "secrets": {"master_key": "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc="},
    }))
    .unwrap()
}
