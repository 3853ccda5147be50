//! `concordat notifications publish|parked|resume`: what the bank has to tell, and what could not be told.

use std::process::ExitCode;

use chrono::SecondsFormat;
use config::Settings;
use domain::{
    AccountId, ClientId, Clock as _, Instant,
    id::random_uuid,
    notification::{
        NotificationCategory, NotificationPriority, NotificationSeverity, NotificationType, SubscriptionId,
    },
};
use jose::SystemRandom;
use serde_json::{Value, json};
use store::announcements::{Announcement, Audience};
use uuid::Uuid;

use super::{block_on, open, say};
use crate::exit::{CommandError, Exit};

/// Parked notifications, and parked callbacks, that are shown at once.
const SHOWN: i32 = 1_000;

#[derive(clap::Subcommand)]
pub(super) enum Notifications {
    /// Tell recipients of something: prints the notificationId. Changes of consents tell themselves.
    Publish(Publish),
    /// List what nobody took for as long as it was tried, and callbacks that never answered.
    Parked,
    /// Try again what is parked, from now on for as long as it was tried before.
    Resume {
        /// Only of this recipient.
        #[arg(long, value_name = "CLIENT_ID")]
        client: Option<ClientId>,
        /// Only of this subscription of that recipient.
        #[arg(long, value_name = "SUBSCRIPTION_ID", requires = "client")]
        subscription: Option<SubscriptionId>,
    },
}

/// PLANNED_OUTAGE, SERVICE, RISK and CUSTOM go to every subscriber of the type; BALANCE to those with a living consent that
/// shares the balances of the account.
#[derive(clap::Args)]
pub(super) struct Publish {
    /// PLANNED_OUTAGE, SERVICE, RISK, CUSTOM or BALANCE.
    #[arg(value_name = "TYPE")]
    event_type: NotificationType,
    /// The account of a BALANCE, as recipients know it (`accountId`).
    #[arg(long, value_name = "ACCOUNT_ID")]
    account: Option<AccountId>,
    /// CONSENT, FRAUD, MAINTENANCE, NEW_DATA or SECURITY; the type's own unless given.
    #[arg(long, value_name = "CATEGORY")]
    category: Option<NotificationCategory>,
    /// EMERGENCY, ALERT, WARNING, NOTICE or INFO.
    #[arg(long, default_value = "INFO")]
    severity: NotificationSeverity,
    /// HIGH, MEDIUM or LOW.
    #[arg(long, default_value = "MEDIUM")]
    priority: NotificationPriority,
    /// What it says, such as STARTS=2026-11-23T02:00Z: one name, at most 64 characters, and one value, at most 256. Every
    /// recipient may read it: no secret, and no run of seven digits, which an account number is.
    #[arg(long, value_name = "NAME=VALUE")]
    field: Option<String>,
}

impl Notifications {
    pub(super) fn run(self, settings: &Settings) -> Result<ExitCode, CommandError> {
        match self {
            Self::Publish(publish) => publish.run(settings),
            Self::Parked => parked(settings),
            Self::Resume { client, subscription } => resume(settings, client, subscription),
        }
    }
}

fn refused(why: &'static str) -> CommandError {
    CommandError::new(Exit::Data, why)
}

impl Publish {
    fn run(self, settings: &Settings) -> Result<ExitCode, CommandError> {
        let now = http::SystemClock.now();
        let announcement = self.announcement(random_uuid(&SystemRandom))?;
        let id = announcement.announcement_id;
        block_on(async {
            open(settings)?
                .tx::<_, std::convert::Infallible, _>("publish", move |tx| {
                    // Only tests of a subscription are counted.
                    Ok(store::announcements::push(tx, &announcement, i64::MAX, now)?)
                })
                .await?;
            Ok::<_, CommandError>(())
        })??;
        say(id);
        Ok(ExitCode::SUCCESS)
    }

    fn announcement(self, announcement_id: Uuid) -> Result<Announcement, CommandError> {
        use NotificationType as Type;
        let (audience, id, id_type) = match (self.event_type, self.account) {
            (Type::Balance, Some(account_id)) => {
                let id = account_id.to_string();
                (Audience::Account(account_id), id, "ACCOUNT")
            }
            (Type::Balance, None) => return Err(refused("BALANCE needs --account")),
            (_, Some(_)) => return Err(refused("--account is for BALANCE alone")),
            (Type::PlannedOutage | Type::Service | Type::Risk | Type::Custom, None) => {
                (Audience::Everybody, announcement_id.to_string(), "MAINTENANCE")
            }
            _ => return Err(refused("changes of consents tell themselves")),
        };
        let category = match (self.category, self.event_type.categories()) {
            (Some(category), of) if of.contains(&category) => category,
            (Some(_), _) => return Err(refused("that type is not of that category")),
            (None, [only]) => *only,
            (None, _) => return Err(refused("that type may be of several categories: --category")),
        };
        let mut payload = json!({"id": id, "idType": id_type});
        if let (Some(field), Value::Object(members)) = (&self.field, &mut payload) {
            members.insert("customFields".to_owned(), custom_field(field)?);
        }
        Ok(Announcement {
            announcement_id,
            event_type: self.event_type,
            category,
            severity: self.severity,
            priority: self.priority,
            payload,
            audience,
        })
    }
}

/// FDX `FiAttribute`.
fn custom_field(text: &str) -> Result<Value, CommandError> {
    let (name, value) = text
        .split_once('=')
        .ok_or_else(|| refused("--field must be NAME=VALUE"))?;
    let fits = |text: &str, most: usize| {
        (1..=most).contains(&text.chars().count()) && !text.chars().any(char::is_control)
    };
    if !fits(name, 64) || !fits(value, 256) {
        return Err(refused(
            "--field: the name has 1 to 64 characters, the value 1 to 256",
        ));
    }
    let longest_run = value
        .split(|character: char| !character.is_ascii_digit())
        .map(str::len)
        .max();
    if longest_run.is_some_and(|digits| digits >= 7) {
        return Err(refused(
            "--field: seven digits in a row look like an account number",
        ));
    }
    Ok(json!({"name": name, "value": value}))
}

fn time(instant: Instant) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn parked(settings: &Settings) -> Result<ExitCode, CommandError> {
    block_on(async {
        let store = open(settings)?;
        let notifications = store
            .once::<_, std::convert::Infallible, _>("list_parked", |tx| {
                Ok(store::parked::list_notifications(tx, SHOWN)?)
            })
            .await?;
        for parked in notifications {
            say(format_args!(
                "notification {} client {} subscription {} sequence {} {} of {}: {} attempts, last {}",
                parked.notification_id,
                parked.client_id,
                parked.subscription_id,
                parked.sequence,
                parked.event_type,
                time(parked.created_at),
                parked.attempts,
                parked.last_outcome.as_deref().unwrap_or("none"),
            ));
        }
        let callbacks = store
            .once::<_, std::convert::Infallible, _>("list_parked", |tx| {
                Ok(store::parked::list_callbacks(tx, SHOWN)?)
            })
            .await?;
        for parked in callbacks {
            say(format_args!(
                "callback client {} at {}: never answered its challenge, last {}",
                parked.client_id,
                parked.callback_host,
                parked.last_outcome.as_deref().unwrap_or("none"),
            ));
        }
        Ok(ExitCode::SUCCESS)
    })?
}

fn resume(
    settings: &Settings,
    client_id: Option<ClientId>,
    subscription_id: Option<SubscriptionId>,
) -> Result<ExitCode, CommandError> {
    let now = http::SystemClock.now();
    let patience = chrono::Duration::from_std(settings.notifications.patience());
    let park_at = patience
        .ok()
        .and_then(|patience| now.checked_add_signed(patience))
        .ok_or_else(|| CommandError::new(Exit::Settings, "notifications.retry_hours is too large"))?;
    let resumed = block_on(async {
        Ok::<_, CommandError>(
            open(settings)?
                .once::<_, std::convert::Infallible, _>("resume", move |tx| {
                    let (client_id, subscription_id) = (client_id.as_ref(), subscription_id.as_ref());
                    Ok(store::parked::resume(
                        tx,
                        client_id,
                        subscription_id,
                        now,
                        park_at,
                    )?)
                })
                .await?,
        )
    })??;
    say(format_args!(
        "resumed: {} notifications, {} callbacks",
        resumed.notifications, resumed.callbacks
    ));
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn publish(event_type: NotificationType) -> Publish {
        Publish {
            event_type,
            account: None,
            category: None,
            severity: NotificationSeverity::Info,
            priority: NotificationPriority::Medium,
            field: None,
        }
    }

    #[test]
    fn who_hears_it_follows_from_its_type() {
        let outage = publish(NotificationType::PlannedOutage)
            .announcement(Uuid::nil())
            .unwrap();
        assert_eq!(
            (outage.audience, outage.category),
            (Audience::Everybody, NotificationCategory::Maintenance)
        );
        let account: AccountId = "a-1".parse().unwrap();
        let balance = Publish {
            account: Some(account.clone()),
            ..publish(NotificationType::Balance)
        };
        let balance = balance.announcement(Uuid::nil()).unwrap();
        assert_eq!(balance.payload, json!({"id": "a-1", "idType": "ACCOUNT"}));
        assert_eq!(balance.audience, Audience::Account(account.clone()));
        for refused in [
            publish(NotificationType::Balance),
            publish(NotificationType::ConsentRevoked),
            publish(NotificationType::Custom),
            Publish {
                account: Some(account),
                ..publish(NotificationType::Service)
            },
            Publish {
                category: Some(NotificationCategory::Consent),
                ..publish(NotificationType::Service)
            },
        ] {
            assert!(refused.announcement(Uuid::nil()).is_err());
        }
    }

    #[test]
    fn a_field_holds_no_account_number() {
        assert_eq!(
            custom_field("STARTS=2026-11-23T02:00Z").unwrap(),
            json!({"name": "STARTS", "value": "2026-11-23T02:00Z"})
        );
        for bad in [
            "",
            "NAME",
            "=x",
            "NAME=",
            "NAME=account 4111111111111111",
            "NAME=a\nb",
        ] {
            assert!(custom_field(bad).is_err(), "{bad}");
        }
        assert!(custom_field(&format!("N={}", "x".repeat(257))).is_err());
    }
}
