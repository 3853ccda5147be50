//! A notification as FDX writes it: what a callback is sent, and what polling gives.

use chrono::SecondsFormat;
use domain::{
    ConsentId, Instant,
    consent::PartyType,
    fdx::page::{ContentType, HateoasLink},
    notification::{
        NotificationCategory, NotificationPriority, NotificationSeverity, NotificationType, Subscriber,
        SubscriptionId,
    },
};
use http::Endpoints;
use serde::Serialize;
use store::notifications::NotificationRow;
use uuid::Uuid;

/// FDX `Notification`. The same bytes whenever it is written, so that a repetition is one to the last letter.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    /// The event's: the same at each attempt, and in each subscription that hears of it.
    #[schema(value_type = String, format = Uuid)]
    notification_id: Uuid,
    r#type: NotificationType,
    /// When it was made. Milliseconds, UTC.
    sent_on: String,
    category: NotificationCategory,
    severity: NotificationSeverity,
    priority: NotificationPriority,
    publisher: Publisher,
    subscriber: Subscriber,
    #[schema(value_type = NotificationPayload)]
    notification_payload: serde_json::Value,
    /// Where the consent can be read, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<HateoasLink>,
    /// The subscription that hears it. Not in FDX.
    subscription_id: SubscriptionId,
    /// Counts from 1 within the subscription, without a gap. Not in FDX.
    sequence: i64,
}

/// FDX `Party`: the bank.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = PublisherParty)]
struct Publisher {
    name: String,
    r#type: PartyType,
}

/// FDX `NotificationPayload`: what happened to what. Never a secret, nor an account number.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
struct NotificationPayload {
    /// The id of what it is about.
    id: String,
    id_type: IdType,
    custom_fields: Option<FiAttribute>,
}

/// FDX `NotificationPayloadIdType`.
#[derive(Debug, Clone, Copy, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "UPPERCASE")]
#[schema(as = NotificationPayloadIdType)]
#[expect(dead_code, reason = "the shape in the document")]
enum IdType {
    Account,
    Consent,
    Customer,
    Maintenance,
    Party,
}

/// FDX `FiAttribute`, such as INITIATOR and who.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
struct FiAttribute {
    name: String,
    value: String,
}

impl Notification {
    /// What that row is told as.
    pub fn of(row: NotificationRow, publisher_name: &str, endpoints: &Endpoints) -> Self {
        Self {
            notification_id: row.notification_id,
            r#type: row.event_type,
            sent_on: time(row.created_at),
            category: row.category,
            severity: row.severity,
            priority: row.priority,
            publisher: Publisher {
                name: publisher_name.to_owned(),
                r#type: PartyType::DataProvider,
            },
            subscriber: row.subscriber,
            notification_payload: row.payload,
            url: row.consent_id.map(|consent_id| link(consent_id, endpoints)),
            subscription_id: row.subscription_id,
            sequence: row.sequence,
        }
    }
}

/// FDX `Timestamp`.
pub(crate) fn time(instant: Instant) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn link(consent_id: ConsentId, endpoints: &Endpoints) -> HateoasLink {
    HateoasLink {
        rel: Some("consent".to_owned().into()),
        types: vec![ContentType::Json],
        ..HateoasLink::get(endpoints.mutual(&format!("/fdx/v6/consents/{consent_id}")))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn row() -> NotificationRow {
        NotificationRow {
            position: 7,
            subscription_id: "mine".parse().unwrap(),
            sequence: 3,
            created_at: Instant::from_timestamp(1_795_348_800, 5_000_000).unwrap(),
            notification_id: Uuid::nil(),
            consent_id: Some(ConsentId::from_uuid(Uuid::nil())),
            event_type: NotificationType::ConsentRevoked,
            category: NotificationCategory::Consent,
            severity: NotificationSeverity::Info,
            priority: NotificationPriority::Medium,
            payload: json!({"id": Uuid::nil(), "idType": "CONSENT",
                "customFields": {"name": "INITIATOR", "value": "INDIVIDUAL"}}),
            subscriber: serde_json::from_value(json!({"name": "Budget", "type": "DATA_RECIPIENT"})).unwrap(),
        }
    }

    #[test]
    fn it_reads_as_fdx_writes_it() {
        let origin = "https://mtls.bank.example".parse().unwrap();
        let notification = Notification::of(row(), "First Bank", &Endpoints::new(&origin, &origin));
        assert_eq!(
            serde_json::to_value(&notification).unwrap(),
            json!({
                "notificationId": "00000000-0000-0000-0000-000000000000", "type": "CONSENT_REVOKED",
                "sentOn": "2026-11-22T12:00:00.005Z", "category": "CONSENT", "severity": "INFO", "priority": "MEDIUM",
                "publisher": {"name": "First Bank", "type": "DATA_PROVIDER"},
                "subscriber": {"name": "Budget", "type": "DATA_RECIPIENT"},
                "notificationPayload": {"id": "00000000-0000-0000-0000-000000000000", "idType": "CONSENT",
                    "customFields": {"name": "INITIATOR", "value": "INDIVIDUAL"}},
                "url": {"href": "https://mtls.bank.example/fdx/v6/consents/00000000-0000-0000-0000-000000000000",
                    "action": "GET", "rel": "consent", "types": ["application/json"]},
                "subscriptionId": "mine", "sequence": 3,
            })
        );
    }
}
