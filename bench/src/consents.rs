//! `concordat-bench consents`: what the dashboard's two reads cost in a small ledger and in a large one.
//!
//! The database is filled by `concordat seed consents`, first to the small size, then to the large one; at each the same two
//! requests are measured, each for a consumer or a consent that chance picks: the list of a consumer's consents, and one
//! consent by its id. What is asked for is a key away, so the second figure should be that of the first.

use std::{convert::Infallible, path::PathBuf};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use clap::Args;
use config::Settings;
use domain::{Clock as _, ConsentId, Random};
use http::SystemClock;
use jose::SystemRandom;
use serde_json::{Value, json};
use store::Store;

use crate::{
    failure::{Failure, While as _},
    load::{self, Measured, Target, with_warm_up},
    measure::port_of,
    report::{Aim, Figure, Report},
    requests::{self, Requests},
    stage::{Stage, Wanted},
    usage::Cluster,
};

/// Requests of one phase.
const REQUESTS: usize = 3_000;

/// Phases of each kind at each size.
const ROUNDS: usize = 3;

/// How much longer the large ledger may take.
const AIM: f64 = 1.3;

/// Consents of one consumer, as they are seeded.
const PER_CONSUMER: u32 = 10;

/// What a run needs.
#[derive(Args)]
pub(crate) struct Consents {
    /// An empty database on this machine.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: String,
    /// The program to measure.
    #[arg(long, default_value = "target/release/concordat")]
    program: PathBuf,
    /// Keys, settings and logs; emptied first.
    #[arg(long, default_value = "var/bench-consents")]
    folder: PathBuf,
    /// The sample statements.
    #[arg(long, default_value = "samples")]
    samples: PathBuf,
    /// Where the figures go.
    #[arg(long, default_value = "var/bench-consents.json")]
    output: PathBuf,
    /// The core on which the server runs; the scheduler's choice unless given.
    #[arg(long)]
    server_core: Option<usize>,
    /// Consents of the small ledger.
    #[arg(long, default_value_t = 10_000)]
    small: u32,
    /// Consents of the large one.
    #[arg(long, default_value_t = 1_000_000)]
    large: u32,
}

/// The two reads.
#[derive(Debug, Clone, Copy)]
enum Read {
    List,
    One,
}

impl Read {
    const ALL: [Self; 2] = [Self::List, Self::One];

    const fn name(self) -> &'static str {
        match self {
            Self::List => "GET /participant/user/v1/consents, ten of one consumer",
            Self::One => "GET /participant/user/v1/consents/{consentId}",
        }
    }
}

/// Measures, prints and writes.
///
/// # Errors
/// [`Failure`].
pub(crate) fn run(arguments: &Consents) -> Result<(), Failure> {
    let (now, random) = (SystemClock.now(), SystemRandom);
    let mut report = Report::new();
    report.progress("setting up: certificates, schema, statements, clients");
    let wanted = Wanted {
        folder: &arguments.folder,
        program: &arguments.program,
        samples: &arguments.samples,
        database_url: &arguments.database_url,
    };
    let stage = Stage::set(&wanted, now, &random)?;
    stage.register_dashboard(&arguments.program)?;
    let (server, _) = stage.serve(&arguments.program, arguments.server_core)?;
    let bench = Bench {
        stage: &stage,
        target: Target {
            port: stage.ports.public,
            pid: server.pid(),
            cluster: Cluster::find(port_of(&arguments.database_url)?)?,
        },
        random: &random,
    };

    let mut seeded = 0;
    let mut sizes = Vec::new();
    for size in [arguments.small, arguments.large] {
        report.progress(&format!("seeding {size} consents with their history"));
        stage.command(
            &arguments.program,
            &[
                "seed",
                "consents",
                "--from",
                &seeded.to_string(),
                "--count",
                &(size - seeded).to_string(),
            ],
        )?;
        seeded = size;
        bench.settle()?;
        report.progress(&format!("measuring at {size}"));
        sizes.push((size, bench.measure(size)?));
    }
    for (read, position) in Read::ALL.into_iter().zip(0..) {
        let mut figures = sizes
            .iter()
            .filter_map(|(size, measured)| Some((*size, measured.get(position)?)));
        let (Some((small, first)), Some((large, second))) = (figures.next(), figures.next()) else {
            continue;
        };
        for (size, measured) in [(small, first), (large, second)] {
            let name = format!("{}: p50 at {size}", read.name());
            report.add(Figure::alone(&name, "ms", measured.percentile(50)));
        }
        for (size, measured) in [(small, first), (large, second)] {
            let name = format!("{}: at {size}", read.name());
            report.add(Figure::alone(&name, "per CPU second", measured.per_cpu_second()));
        }
        let longer = second.percentile(50) / first.percentile(50);
        report.add(Figure {
            aim: Some(Aim::AtMost(AIM)),
            ..Figure::alone(
                &format!("{}: p50 at {large} over that at {small}", read.name()),
                "times",
                longer,
            )
        });
    }
    report.write(&arguments.output)
}

struct Bench<'a> {
    stage: &'a Stage,
    target: Target,
    random: &'a dyn Random,
}

impl Bench<'_> {
    /// Each read, all its phases together.
    fn measure(&self, size: u32) -> Result<Vec<Measured>, Failure> {
        let mut measured = vec![Measured::default(); Read::ALL.len()];
        for _ in 0..ROUNDS {
            for (read, sum) in Read::ALL.into_iter().zip(&mut measured) {
                let requests = self.requests(read, size)?;
                sum.add(load::run(
                    self.target,
                    &self.stage.connector,
                    &requests,
                    REQUESTS,
                )?);
            }
        }
        Ok(measured)
    }

    fn requests(&self, read: Read, size: u32) -> Result<Requests, Failure> {
        let token = self.token()?;
        let number = with_warm_up(REQUESTS);
        let paths: Vec<String> = match read {
            Read::List => (0..number)
                .map(|_| {
                    format!(
                        "/participant/user/v1/consents?userId=seed-{}",
                        self.below(size / PER_CONSUMER)
                    )
                })
                .collect(),
            Read::One => self
                .some_consents(number)?
                .into_iter()
                .map(|(id, user_id)| format!("/participant/user/v1/consents/{id}?userId={user_id}"))
                .collect(),
        };
        let request = |path: &String| requests::read(self.target.port, path, &token);
        Ok(Requests::Each(paths.iter().map(request).collect()))
    }

    fn below(&self, end: u32) -> u32 {
        let mut bytes = [0; 4];
        self.random.fill(&mut bytes);
        u32::from_be_bytes(bytes) % end.max(1)
    }

    /// Consents that lie after ids of chance, with their consumers.
    fn some_consents(&self, number: usize) -> Result<Vec<(ConsentId, String)>, Failure> {
        let starts: Vec<ConsentId> = (0..number).map(|_| ConsentId::mint(self.random)).collect();
        let store = self.store()?;
        runtime()?
            .block_on(store.reading::<_, Infallible, _>("bench_some", move |tx| {
                let nil = ConsentId::from_uuid(uuid::Uuid::nil());
                let mut found = Vec::with_capacity(starts.len());
                for start in &starts {
                    let mut ids = store::snapshots::ids(tx, *start, 1)?;
                    if ids.is_empty() {
                        ids = store::snapshots::ids(tx, nil, 1)?;
                    }
                    for grant in store::grants::find_many(tx, &ids)? {
                        found.push((grant.id, grant.user_id.to_string()));
                    }
                }
                Ok(found)
            }))
            .during("picking consents")
    }

    /// The planner knows what is there, as it would after a day.
    fn settle(&self) -> Result<(), Failure> {
        let store = self.store()?;
        runtime()?
            .block_on(store.once::<_, Infallible, _>("bench_settle", |tx| Ok(store::seed::settle(tx)?)))
            .during("analyzing the tables")
    }

    fn store(&self) -> Result<Store, Failure> {
        let mut settings = Settings::load(Some(&self.stage.settings), [])
            .during("reading the settings")?
            .database;
        settings.statement_timeout_ms = const { std::num::NonZeroU32::new(600_000).unwrap() };
        Store::open(&settings).during("opening the database")
    }

    /// A token of the dashboard.
    fn token(&self) -> Result<String, Failure> {
        let secret = STANDARD.encode(format!("portal:{}", crate::stage::PORTAL_SECRET));
        let form = "grant_type=client_credentials&scope=participantuser%3Aconsents%3Aread";
        let length = form.len();
        let request = format!(
            "POST /fdx/auth/v1/token HTTP/1.1\r\nhost: localhost:{}\r\nauthorization: Basic {secret}\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n\r\n{form}",
            self.target.port
        );
        let mut connection = self.stage.connector.connect(self.target.port)?;
        let answer = connection.exchange(request.as_bytes())?;
        let body: Value = serde_json::from_slice(answer.body).during("reading the token")?;
        body.get("access_token")
            .and_then(Value::as_str)
            .map(str::to_owned)
            .ok_or_else(|| Failure::new(format!("no token: {body}")))
    }
}

/// The registration of the dashboard.
pub(crate) fn dashboard() -> Value {
    json!({
        "client_name": "The bank's dashboard", "profile": "solution", "token_endpoint_auth_method": "client_secret_basic",
        "sender_constraint": "none", "scope": "participantuser:consents:read",
    })
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .during("starting a runtime")
}
