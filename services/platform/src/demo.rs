//! `concordat demo`: the whole journey, over the wire, told as it goes.
//!
//! A recipient obtains a consumer's consent and reads accounts under certificate-bound tokens, and subscribes to revocations;
//! the consumer revokes; the recipient is told by a signed event, and the next read and the next refresh fail. Nothing here calls into the server: the recipient is an HTTP client with a
//! certificate and keys of its own, and the consumer is a browser without scripts. Each step is a file in `steps`, takes
//! what an earlier one established, and gives what a later one needs.

mod browser;
mod html;
mod receiver;
mod steps;

use std::{fs, path::PathBuf};

use domain::{Clock, Random};
use jose::Algorithm;

use crate::{
    narrator::Narrator,
    recipient::{Failure, Recipient},
    stage::{Method, Plan, SCOPE, Stage, StageError, Wanted},
};

use browser::Browser;

/// The recipient of the journey, and another one with a certificate of the same authority.
const RECIPIENT: &str = "budget";
const OTHER: &str = "ledger";

/// Everybody on the stage.
struct Cast<'a> {
    stage: &'a Stage,
    recipient: Recipient<'a>,
    other: Recipient<'a>,
    browser: Browser,
    narrator: &'a mut Narrator,
}

impl Cast<'_> {
    /// Passes, or fails with what should have been.
    fn check(&mut self, holds: bool, what: &str) -> Result<(), Failure> {
        if !holds {
            return Err(Failure::new(format!("not so: {what}")));
        }
        self.narrator.checked(what);
        Ok(())
    }
}

/// Sets the stage, plays, and stops everything again. `Ok(false)`: something was not as it should be.
///
/// # Errors
/// [`StageError`] when the stage cannot be set.
pub(crate) async fn run(
    database_url: String,
    folder: PathBuf,
    samples: PathBuf,
    clock: &dyn Clock,
    random: &dyn Random,
) -> Result<bool, StageError> {
    let mut narrator = Narrator::new();
    narrator.heading("Concordat, from consent to revocation: every step over the wire.");
    let began = clock.now();
    let wanted = Wanted {
        folder,
        samples,
        ports: [0; 3],
        database_url,
        plans: plans(),
        more_clients: None,
        client_authorities: None,
    };
    let stage = Stage::set(wanted, clock, random, &mut narrator).await?;
    let outcome = play(&stage, clock, random, &mut narrator).await;
    let log = stage.server.log.clone();
    let stopped = stage.server.stop().await;
    let outcome = outcome.and_then(|()| match stopped {
        Some(status) if status.success() => Ok(()),
        _ => Err(Failure::new("the platform did not stop as it was told")),
    });
    match outcome {
        Ok(()) => {
            let seconds = (clock.now() - began).num_milliseconds() as f64 / 1000.0;
            narrator.line("\n    The platform was told to stop, finished, and left nothing running.");
            narrator.done(seconds);
            Ok(true)
        }
        Err(failure) => {
            narrator.failed(&failure.to_string());
            narrator.line(&format!("    The platform's log: {}", log.display()));
            Ok(false)
        }
    }
}

fn plans() -> Vec<Plan> {
    let plan = |client_id: &str, name: &str| Plan {
        client_id: client_id.to_owned(),
        name: name.to_owned(),
        profile: "fapi2-message-signing",
        method: Method::PrivateKeyJwt,
        algorithm: Algorithm::Ps256,
        sender_constraint: "mtls",
        scope: SCOPE,
        redirect_uri: format!("https://{client_id}.recipient.example/callback"),
    };
    vec![plan(RECIPIENT, "Budget Buddy"), plan(OTHER, "Ledger Lane")]
}

/// The journey.
async fn play(
    stage: &Stage,
    clock: &dyn Clock,
    random: &dyn Random,
    narrator: &mut Narrator,
) -> Result<(), Failure> {
    let ca = fs::read(&stage.facts.ca).map_err(|error| Failure::new(error.to_string()))?;
    let recipient = |id: &str| {
        let registered = stage
            .facts
            .client(id)
            .ok_or_else(|| Failure::new("the client is not registered"))?;
        Recipient::new(registered, &ca, clock, random)
    };
    let recipient_of_the_journey = recipient(RECIPIENT)?;
    let browser = Browser::new(&ca, &recipient_of_the_journey.redirect_uri)?;
    let mut cast = Cast {
        stage,
        recipient: recipient_of_the_journey,
        other: recipient(OTHER)?,
        browser,
        narrator,
    };

    let server = steps::discover::run(&mut cast).await?;
    let pushed = steps::push::run(&mut cast, &server).await?;
    let code = steps::consent::run(&mut cast, &server, &pushed).await?;
    let tokens = steps::redeem::run(&mut cast, &server, &pushed, &code).await?;
    let account = steps::read_accounts::run(&mut cast, &tokens).await?;
    steps::read_transactions::run(&mut cast, &tokens, &account).await?;
    steps::introspect::run(&mut cast, &server, &tokens, true).await?;
    let tokens = steps::refresh::run(&mut cast, &server, tokens).await?;
    steps::wrong_certificate::run(&mut cast, &server, &tokens).await?;
    let receiver = steps::subscribe::run(&mut cast, &server).await?;
    steps::revoke::run(&mut cast, &tokens).await?;
    steps::notified::run(&mut cast, &server, &tokens, receiver).await?;
    steps::after_revocation::run(&mut cast, &server, &tokens).await
}
