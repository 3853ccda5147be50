//! What happened to a consent, for people: the ledger without its hashes.

use domain::Instant;
use serde::Serialize;
use store::user_consents::Told;

use crate::time::whole_seconds;

/// One change of a consent.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HistoryEntry {
    /// Counts from 1.
    sequence: i32,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    changed_time: Instant,
    /// GRANTED, PARTIALLY_GRANTED, APPROVED, WITHDRAWN, MODIFIED, HELD, RESUMED, REVOKED, EXPIRED, CONSUMED, SUPERSEDED; or
    /// REFUSED: a change that came too late and changed nothing.
    action: String,
    /// CONSUMER, RECIPIENT, BANK_OPERATOR or SYSTEM.
    actor: String,
    /// Through which door.
    channel: String,
    /// Why, when a reason was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl From<Told> for HistoryEntry {
    fn from(row: Told) -> Self {
        Self {
            sequence: row.sequence,
            changed_time: whole_seconds(row.happened_at),
            action: row.action,
            actor: row.actor,
            channel: row.channel,
            reason: row.reason,
        }
    }
}
