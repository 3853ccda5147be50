//! `concordat seed consents`: a database of the size that a bank's is, for measuring.

use std::{num::NonZeroU32, process::ExitCode};

use chrono::Duration;
use config::Settings;
use domain::{
    ClientId, Clock as _, ConsentId, DataCluster, Instant, Scopes, UserId,
    client::ClientMetadata,
    consent::{Authentication, DurationType, Terms},
};
use jose::SystemRandom;
use serde_json::json;
use store::{
    Store, StoreError,
    seed::{Common, Seed as NewConsent},
};

use super::{block_on, open, say};
use crate::exit::{CommandError, Exit};

/// Consents of one transaction.
const BATCH: u32 = 1_000;

/// Consents of one consumer, each with another recipient.
const PER_CONSUMER: u32 = 10;

/// Over how many days the grants are spread. Their life is longer: what is not revoked is active.
const DAYS: i64 = 300;

/// Between two lines that tell how far it is.
const TOLD_EACH: u32 = 100_000;

#[derive(clap::Subcommand)]
pub(super) enum Seed {
    /// Write many consents with accounts, history and accesses, for measuring. They belong to consumers `seed-0`, `seed-1`, ...
    /// with ten each, and to recipients `seed-recipient-0` to `-9`, who have no key and can do nothing. A quarter is revoked.
    Consents {
        /// How many.
        #[arg(long)]
        count: NonZeroU32,
        /// The number of the first: what is below it is there already.
        #[arg(long, default_value_t = 0)]
        from: u32,
    },
}

impl Seed {
    pub(super) fn run(self, settings: &Settings) -> Result<ExitCode, CommandError> {
        let Self::Consents { count, from } = self;
        let now = http::SystemClock.now();
        let seeding = || CommandError::new(Exit::Failed, "what is seeded does not fit the program");
        let common = common(now).ok_or_else(seeding)?;
        block_on(async {
            let store = open(settings)?;
            prepare(&store, now).await?;
            let end = from.saturating_add(count.get());
            let mut first = from;
            while first < end {
                let next = end.min(first + BATCH);
                let seeds: Option<Vec<_>> = (first..next).map(|number| seed(number, now)).collect();
                let (seeds, common) = (seeds.ok_or_else(seeding)?, common.clone());
                store
                    .tx::<_, std::convert::Infallible, _>("seed_consents", move |tx| {
                        Ok(lifecycle::seed::seed(tx, &seeds, &common)?)
                    })
                    .await?;
                if next / TOLD_EACH > first / TOLD_EACH || next == end {
                    say(format_args!("consents: {}", next - from));
                }
                first = next;
            }
            Ok(ExitCode::SUCCESS)
        })?
    }
}

/// The recipients, and the partitions that the rows go to.
async fn prepare(store: &Store, now: Instant) -> Result<(), CommandError> {
    let metadata: ClientMetadata = serde_json::from_value(json!({
        "client_name": "A seeded recipient",
        "profile": "fapi2-security",
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": {"keys": []},
        "redirect_uris": ["https://seeded.recipient.example/callback"],
        "scope": SCOPE,
    }))
    .map_err(|error| CommandError::new(Exit::Failed, error))?;
    store
        .tx::<_, std::convert::Infallible, _>("seed_recipients", move |tx| {
            for number in 0..PER_CONSUMER {
                let id = recipient(number).ok_or(StoreError::Corrupt {
                    table: "clients",
                    column: "client_id",
                })?;
                store::clients::save(tx, &id, &metadata, None, now)?;
            }
            Ok(store::partitions::reach_back(
                tx,
                now - Duration::days(DAYS + 1),
                14,
            )?)
        })
        .await?;
    Ok(())
}

const SCOPE: &str = "fdx:accountbasic:read fdx:transactions:read";

fn recipient(number: u32) -> Option<ClientId> {
    format!("seed-recipient-{}", number % PER_CONSUMER).parse().ok()
}

fn consumer(number: u32) -> Option<UserId> {
    format!("seed-{}", number / PER_CONSUMER).parse().ok()
}

fn common(now: Instant) -> Option<Common> {
    Some(Common {
        terms: Terms {
            duration_type: DurationType::TimeBound,
            duration_days: 365,
            lookback_days: 90,
        },
        scopes: Scopes::parse(SCOPE).ok()?,
        data_clusters: vec![DataCluster::AccountBasic, DataCluster::Transactions],
        authentication: Authentication {
            authenticated_at: now - Duration::days(DAYS),
            acr: None,
            amr: vec!["pwd".to_owned()],
        },
        evidence: json!({"termsAndConditionsVersion": "1"}),
    })
}

/// The consent of that number. Consumers' consents lie apart, as they do where many consent at once.
fn seed(number: u32, now: Instant) -> Option<NewConsent> {
    let ago = (i64::from(number) * 7_919) % (DAYS * 86_400);
    Some(NewConsent {
        consent_id: ConsentId::mint(&SystemRandom),
        client_id: recipient(number)?,
        user_id: consumer(number)?,
        created_at: now - Duration::seconds(ago + 7_200),
    })
}
