//! Every change of a grant: one row of history chained to the one before, and one event in the outbox.

use domain::{ConsentGrant, Instant};
use serde_json::{Value, json};
use store::{StoreError, Tx, history::HistoryRow, outbox::Event};
use uuid::Uuid;

/// Who changed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// The consumer.
    Consumer,
    /// The recipient.
    Recipient,
    /// Somebody at the bank.
    BankOperator,
    /// The platform itself: time, or a rule.
    System,
}

impl Actor {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Consumer => "CONSUMER",
            Self::Recipient => "RECIPIENT",
            Self::BankOperator => "BANK_OPERATOR",
            Self::System => "SYSTEM",
        }
    }

    /// The party that FDX shows as `initiator`.
    pub const fn party(self) -> domain::consent::PartyType {
        use domain::consent::PartyType;
        match self {
            Self::Consumer => PartyType::Individual,
            Self::Recipient => PartyType::DataRecipient,
            Self::BankOperator | Self::System => PartyType::DataProvider,
        }
    }
}

/// What was changed. Each has its FDX notification type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The consumer granted it.
    Granted,
    /// A party ended it.
    Revoked,
    /// It serves nothing for a while.
    Held,
    /// It serves again.
    Resumed,
    /// Its time is over.
    Expired,
    /// Its one use is over.
    Consumed,
}

impl Change {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Granted => "GRANTED",
            Self::Revoked => "REVOKED",
            Self::Held => "HELD",
            Self::Resumed => "RESUMED",
            Self::Expired => "EXPIRED",
            Self::Consumed => "CONSUMED",
        }
    }

    const fn event_type(self) -> &'static str {
        match self {
            Self::Granted => "CONSENT_AUTHORIZED",
            Self::Revoked => "CONSENT_REVOKED",
            Self::Held => "CONSENT_ON_HOLD",
            Self::Resumed => "CONSENT_UPDATED",
            Self::Expired => "CONSENT_EXPIRED",
            Self::Consumed => "CONSENT_CONSUMED",
        }
    }
}

/// The circumstances of a change.
#[derive(Debug, Clone)]
pub struct Circumstance {
    /// Who.
    pub actor: Actor,
    /// Through which API, such as `fdx:consents`.
    pub channel: &'static str,
    /// Why, when a reason was given.
    pub reason: Option<String>,
    /// When.
    pub at: Instant,
    /// The id of the event; minted by the caller, so that a step run twice writes one event.
    pub event_id: Uuid,
}

/// Writes the row of history and the event of a change that has just been written to the grant's row, which is
/// locked by this transaction (or was created by it).
///
/// # Errors
/// [`StoreError`].
pub fn record(
    tx: &mut Tx<'_>,
    grant: &ConsentGrant,
    change: Change,
    circumstance: &Circumstance,
) -> Result<(), StoreError> {
    let (sequence, previous_hash) = match store::history::last(tx, grant.id)? {
        Some((sequence, hash)) => (sequence + 1, hash),
        None => (1, vec![0; 32]),
    };
    let content = content(grant);
    let mut row = HistoryRow {
        sequence,
        happened_at: circumstance.at,
        action: change.as_str().into(),
        actor: circumstance.actor.as_str().into(),
        channel: circumstance.channel.into(),
        reason: circumstance.reason.clone(),
        content_hash: jose::sha256(canonical(&content)).to_vec(),
        content,
        previous_hash,
        row_hash: vec![],
    };
    row.row_hash = row_hash(grant.id.uuid(), &row).to_vec();
    store::history::insert(tx, grant.id, &row)?;
    let event = Event {
        event_id: circumstance.event_id,
        consent_id: grant.id,
        client_id: grant.client_id.clone(),
        event_type: change.event_type(),
        payload: json!({
            "id": grant.id,
            "idType": "CONSENT",
            "customFields": {"name": "INITIATOR", "value": circumstance.actor.party()},
        }),
    };
    store::outbox::push(tx, &event, circumstance.at)
}

/// The grant as history keeps it: names in one order, instants in one form, so that its hash means something.
fn content(grant: &ConsentGrant) -> Value {
    let state = &grant.stored_state;
    json!({
        "clientId": grant.client_id,
        "userId": grant.user_id,
        "state": state.as_str(),
        "createdAt": instant(grant.created_at),
        "expiresAt": instant(grant.expires_at),
        "terms": grant.terms,
        "scope": grant.scopes,
        "accounts": grant.accounts,
        "version": grant.version,
    })
}

/// JSON text with the names of every object in order, so that a document hashes alike whoever wrote it down and
/// whoever reads it back: neither Postgres nor a JSON library promises to keep an order.
pub fn canonical(json: &Value) -> String {
    match json {
        Value::Object(members) => {
            let mut names: Vec<_> = members.iter().collect();
            names.sort_unstable_by_key(|(name, _)| name.as_str());
            let members: Vec<_> = names
                .into_iter()
                .map(|(name, value)| format!("{}:{}", Value::from(name.as_str()), canonical(value)))
                .collect();
            format!("{{{}}}", members.join(","))
        }
        Value::Array(elements) => {
            let elements: Vec<_> = elements.iter().map(canonical).collect();
            format!("[{}]", elements.join(","))
        }
        other => other.to_string(),
    }
}

/// Microseconds, since that is what a row keeps.
fn instant(instant: Instant) -> String {
    instant.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
}

/// SHA-256 over every field, each with its length before it, so that no two rows read alike.
pub fn row_hash(consent_id: Uuid, row: &HistoryRow) -> [u8; 32] {
    let happened_at = instant(row.happened_at);
    let mut bytes = Vec::with_capacity(512);
    let fields: [&[u8]; 9] = [
        consent_id.as_bytes(),
        &row.sequence.to_be_bytes(),
        happened_at.as_bytes(),
        row.action.as_bytes(),
        row.actor.as_bytes(),
        row.channel.as_bytes(),
        row.reason.as_deref().unwrap_or_default().as_bytes(),
        &row.content_hash,
        &row.previous_hash,
    ];
    for field in fields {
        bytes.extend_from_slice(&(field.len() as u64).to_be_bytes());
        bytes.extend_from_slice(field);
    }
    jose::sha256(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> HistoryRow {
        HistoryRow {
            sequence: 1,
            happened_at: Instant::from_timestamp(1_800_000_000, 0).unwrap(),
            action: "GRANTED".into(),
            actor: "CONSUMER".into(),
            channel: "authorize".into(),
            reason: None,
            content: json!({}),
            content_hash: vec![1; 32],
            previous_hash: vec![0; 32],
            row_hash: vec![],
        }
    }

    #[test]
    fn a_document_hashes_alike_in_any_order() {
        let one = json!({"b": [{"y": 1, "x": "\u{e9}\""}], "a": null});
        let other: Value = serde_json::from_str(r#"{"a":null,"b":[{"x":"\u00e9\"","y":1}]}"#).unwrap();
        assert_eq!(canonical(&one), canonical(&other));
        assert_eq!(
            canonical(&one),
            "{\"a\":null,\"b\":[{\"x\":\"\u{e9}\\\"\",\"y\":1}]}"
        );
    }

    #[test]
    fn any_change_of_a_row_changes_its_hash() {
        let id = Uuid::nil();
        let hash = row_hash(id, &row());
        let changes: [fn(&mut HistoryRow); 6] = [
            |row| row.sequence = 2,
            |row| row.actor = "SYSTEM".into(),
            |row| row.reason = Some("x".into()),
            |row| row.content_hash = vec![2; 32],
            |row| row.previous_hash = vec![1; 32],
            // A character that moves from one field to the next.
            |row| (row.actor, row.channel) = ("CONSUMERa".into(), "uthorize".into()),
        ];
        for change in changes {
            let mut changed = row();
            change(&mut changed);
            assert_ne!(row_hash(id, &changed), hash);
        }
    }
}
