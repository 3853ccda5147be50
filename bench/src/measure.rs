//! The order of everything: set up, start, rounds, figures.

mod outcome;
mod work;

use std::{
    fs,
    path::Path,
    time::{Duration, Instant as Stopwatch},
};

use domain::{Clock as _, Random};
use http::SystemClock;
use jose::SystemRandom;
use serde_json::Value;

use self::{
    outcome::Outcome,
    work::{ACCOUNTS_PATH, Handler, Work},
};
use crate::{
    Run,
    child::{self, Counts, Server, on_core},
    failure::{Failure, While as _},
    load::{self, Target, count, with_warm_up},
    report::{Aim, Figure, Report},
    requests::{self, Client, Requests},
    stage::{Stage, Wanted},
    usage::{Cluster, resident_mebibytes},
};

/// Starts of which the middle one counts.
const STARTS: usize = 5;

/// Measures, prints and writes.
///
/// # Errors
/// [`Failure`].
pub(crate) fn run(arguments: &Run) -> Result<(), Failure> {
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
    let cluster = Cluster::find(port_of(&arguments.database_url)?)?;

    report.progress("starting and stopping the platform");
    let (platform, ready) = start_often(arguments, &stage)?;
    let idle = resident_mebibytes(platform.pid())?;

    let token = stage.token(now, &random)?;
    let body = read_once(&stage, &token)?;
    let (baseline, baseline_port) = start_baseline(arguments, &stage, &body)?;
    let bench = Bench {
        stage: &stage,
        token: &token,
        platform: Target {
            port: stage.ports.mutual,
            pid: platform.pid(),
            cluster,
        },
        baseline: Target {
            port: baseline_port,
            pid: baseline.pid(),
            cluster,
        },
        random: &random,
    };

    let mut outcomes: Vec<Outcome> = Work::ALL
        .into_iter()
        .filter(|work| work.name().contains(&arguments.only))
        .map(Outcome::new)
        .collect();
    for round in 1..=arguments.rounds {
        for outcome in &mut outcomes {
            report.progress(&format!(
                "round {round} of {}: {}",
                arguments.rounds,
                outcome.work.name()
            ));
            bench.round(outcome)?;
        }
    }

    for outcome in &outcomes {
        outcome.report(&mut report);
    }
    let loaded = resident_mebibytes(platform.pid())?;
    report.add(Figure::alone("resident memory, idle", "MiB", idle));
    report.add(Figure {
        floor: Some(resident_mebibytes(baseline.pid())?),
        aim: Some(Aim::Below(40.0)),
        ..Figure::alone("resident memory, loaded", "MiB", loaded)
    });
    report.add(Figure {
        aim: Some(Aim::Below(0.3)),
        ..Figure::alone("from exec to ready", "s", ready.as_secs_f64())
    });
    report.write(&arguments.output)
}

pub(crate) fn port_of(database_url: &str) -> Result<u16, Failure> {
    let rest = database_url.rsplit_once('@').map_or("", |(_, rest)| rest);
    let port = rest
        .split('/')
        .next()
        .and_then(|address| address.rsplit_once(':'));
    port.and_then(|(_, port)| port.parse().ok())
        .ok_or_else(|| Failure::new("DATABASE_URL names no port"))
}

/// Starts the platform several times; gives the last one, and the middle time from exec to ready.
fn start_often(arguments: &Run, stage: &Stage) -> Result<(Server, Duration), Failure> {
    let start = || stage.serve(&arguments.program, arguments.server_core);
    // The first one ever also makes the signing keys and the partitions: once in a database's life.
    drop(start()?);
    let mut times = Vec::new();
    let mut running = None;
    for _ in 0..STARTS {
        drop(running.take());
        let (server, ready) = start()?;
        times.push(ready);
        running = Some(server);
    }
    times.sort_unstable();
    let middle = times.get(STARTS / 2).copied();
    running
        .zip(middle)
        .ok_or_else(|| Failure::new("the platform was not started"))
}

/// The read, once: it must show four accounts. Gives its body.
fn read_once(stage: &Stage, token: &str) -> Result<Vec<u8>, Failure> {
    let mut connection = stage.connector.connect(stage.ports.mutual)?;
    let answer = connection.exchange(&requests::read(stage.ports.mutual, ACCOUNTS_PATH, token))?;
    let body: Value = serde_json::from_slice(answer.body).during("reading the accounts")?;
    let number = body.get("accounts").and_then(Value::as_array).map_or(0, Vec::len);
    if answer.status == 200 && number == 4 {
        Ok(answer.body.to_vec())
    } else {
        Err(Failure::new(format!(
            "not four accounts: {} {body}",
            answer.status
        )))
    }
}

fn start_baseline(arguments: &Run, stage: &Stage, body: &[u8]) -> Result<(Server, u16), Failure> {
    let file = stage.folder.join("accounts.json");
    fs::write(&file, body).during(file.display())?;
    let port = child::free_port()?;
    let program = std::env::current_exe().during("finding this program")?;
    let mut command = on_core(arguments.server_core, Path::new(&program));
    command
        .arg("baseline")
        .arg("--settings")
        .arg(&stage.settings)
        .arg("--port")
        .arg(port.to_string())
        .arg("--body")
        .arg(&file);
    let mut server = Server::start(command, &stage.folder.join("baseline.log"))?;
    server.wait(Stopwatch::now(), || child::listens(port))?;
    Ok((server, port))
}

/// Everything that runs.
struct Bench<'a> {
    stage: &'a Stage,
    token: &'a str,
    platform: Target,
    baseline: Target,
    random: &'a dyn Random,
}

impl Bench<'_> {
    /// One phase of each handler.
    fn round(&self, outcome: &mut Outcome) -> Result<(), Failure> {
        let work = outcome.work;
        for handler in Handler::ALL {
            let (target, sum) = match handler {
                Handler::Platform => (self.platform, &mut outcome.platform),
                Handler::Floor => (self.baseline, &mut outcome.floor),
                Handler::Statement => (self.baseline, &mut outcome.statement),
            };
            let requests = self.requests(work, handler.path(work), target.port)?;
            let before = Counts::read(self.stage.ports.operations)?;
            let measured = load::run(target, &self.stage.connector, &requests, work.requests())?;
            let after = Counts::read(self.stage.ports.operations)?;
            if handler == Handler::Platform {
                outcome.statements += after.statements - before.statements;
                outcome.questions += after.questions - before.questions;
                outcome.requests += count(measured.latencies.len() + with_warm_up(0));
            }
            sum.add(measured);
        }
        Ok(())
    }

    fn requests(&self, work: Work, path: &str, port: u16) -> Result<Requests, Failure> {
        let tokens = |client: &Client| {
            let assertions =
                client.assertions(with_warm_up(work.requests()), SystemClock.now(), self.random)?;
            Ok(requests::tokens(port, path, &assertions))
        };
        match work {
            Work::Accounts => Ok(Requests::Same(requests::read(port, path, self.token))),
            Work::TokensEs256 => tokens(&self.stage.es256),
            Work::TokensPs256 => tokens(&self.stage.ps256),
            Work::TokensByCertificate => Ok(requests::tokens_by_certificate(
                port,
                path,
                self.stage.by_certificate,
            )),
        }
    }
}
