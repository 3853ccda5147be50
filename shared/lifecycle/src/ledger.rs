//! Every change of a grant: one row of history chained to the one before, and one event in the outbox.

use domain::{ClientId, ConsentGrant, ConsentId, Instant, UserId};
use serde_json::{Value, json};
use store::{StoreError, Tx, history::HistoryRow, outbox::Event, snapshots::Snapshot};
use uuid::Uuid;

/// The member of a row's content that holds the SHA-256 of the decision's evidence, base64url.
pub const EVIDENCE_HASH: &str = "evidenceHash";

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
    pub(crate) const fn as_str(self) -> &'static str {
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
    /// The consumer granted it, and an account of it waits for another of its holders.
    PartiallyGranted,
    /// A holder approved, and something still waits.
    Approved,
    /// A holder approved, and nothing waits any more.
    FullyApproved,
    /// A holder took back an approval, or declined to give one.
    Withdrawn,
    /// Accounts were removed.
    Modified,
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
    /// After its end another grant took its place.
    Superseded,
}

impl Change {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Granted => "GRANTED",
            Self::PartiallyGranted => "PARTIALLY_GRANTED",
            Self::Approved | Self::FullyApproved => "APPROVED",
            Self::Withdrawn => "WITHDRAWN",
            Self::Modified => "MODIFIED",
            Self::Revoked => "REVOKED",
            Self::Held => "HELD",
            Self::Resumed => "RESUMED",
            Self::Expired => "EXPIRED",
            Self::Consumed => "CONSUMED",
            Self::Superseded => "SUPERSEDED",
        }
    }

    const fn event_type(self) -> &'static str {
        match self {
            Self::Granted | Self::FullyApproved => "CONSENT_AUTHORIZED",
            Self::PartiallyGranted => "CONSENT_PARTIALLY_AUTHORIZED",
            Self::Withdrawn | Self::Modified => "CONSENT_MODIFIED",
            Self::Revoked => "CONSENT_REVOKED",
            Self::Held => "CONSENT_ON_HOLD",
            Self::Approved | Self::Resumed | Self::Superseded => "CONSENT_UPDATED",
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

/// Why a change came too late, or to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TooLate {
    /// The grant had ended.
    AlreadyEnded,
    /// It was so already.
    Unchanged,
    /// The authentication resource was decided.
    AlreadyDecided,
}

impl TooLate {
    const fn as_str(self) -> &'static str {
        match self {
            Self::AlreadyEnded => "ALREADY_ENDED",
            Self::Unchanged => "UNCHANGED",
            Self::AlreadyDecided => "ALREADY_DECIDED",
        }
    }
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
    let content = content(tx, grant.id)?;
    append(tx, grant.id, change.as_str(), content, circumstance)?;
    tell(tx, grant.id, &grant.client_id, change.event_type(), circumstance)
}

/// Writes that a change was refused because another was first: of those that race for a grant, history shows the loser too.
/// The grant stays as it is and nobody else is told, so there is no event; nor is there a row beyond the number that is
/// kept of one grant. The grant's row must be locked. What is written stays although the use case refuses.
///
/// # Errors
/// [`StoreError`].
pub fn refuse(
    tx: &mut Tx<'_>,
    consent_id: ConsentId,
    (attempted, too_late): (&str, TooLate),
    circumstance: &Circumstance,
) -> Result<(), StoreError> {
    if store::grants::count_refused(tx, consent_id)? {
        let content = content(tx, consent_id)?;
        let circumstance = Circumstance {
            reason: Some(format!("{attempted}: {}", too_late.as_str())),
            ..circumstance.clone()
        };
        append(tx, consent_id, "REFUSED", content, &circumstance)?;
    }
    tx.keep_if_refused();
    Ok(())
}

/// Writes that there is no grant: the consumer said no, or may not share with this recipient again. The id is one that
/// names nothing else: history and event hang on it, and no grant will ever have it.
///
/// # Errors
/// [`StoreError`].
pub fn reject(
    tx: &mut Tx<'_>,
    consent_id: ConsentId,
    (client_id, user_id): (&ClientId, Option<&UserId>),
    circumstance: &Circumstance,
) -> Result<(), StoreError> {
    let content = json!({"state": "REJECTED", "clientId": client_id, "userId": user_id});
    append(tx, consent_id, "REJECTED", content, circumstance)?;
    tell(tx, consent_id, client_id, "CONSENT_REJECTED", circumstance)
}

/// Writes one row after the last one.
fn append(
    tx: &mut Tx<'_>,
    consent_id: ConsentId,
    action: &'static str,
    content: Value,
    circumstance: &Circumstance,
) -> Result<(), StoreError> {
    let (sequence, previous_hash) = match store::history::last(tx, consent_id)? {
        Some((sequence, hash)) => (sequence + 1, hash),
        None => (1, vec![0; 32]),
    };
    let mut row = HistoryRow {
        sequence,
        happened_at: circumstance.at,
        action: action.into(),
        actor: circumstance.actor.as_str().into(),
        channel: circumstance.channel.into(),
        reason: circumstance.reason.clone(),
        content_hash: jose::sha256(canonical(&content)).to_vec(),
        content,
        previous_hash,
        row_hash: vec![],
    };
    row.row_hash = row_hash(consent_id.uuid(), &row).to_vec();
    store::history::insert(tx, consent_id, &row)
}

/// Puts the event in the outbox.
fn tell(
    tx: &mut Tx<'_>,
    consent_id: ConsentId,
    client_id: &ClientId,
    event_type: &'static str,
    circumstance: &Circumstance,
) -> Result<(), StoreError> {
    let event = Event {
        event_id: circumstance.event_id,
        consent_id,
        client_id: client_id.clone(),
        event_type,
        payload: json!({
            "id": consent_id,
            "idType": "CONSENT",
            "customFields": {"name": "INITIATOR", "value": circumstance.actor.party()},
        }),
    };
    store::outbox::push(tx, &event, circumstance.at)
}

/// The grant as it stands in the database now, in the form that history keeps: see `store::snapshots`. What the consent
/// application reported is there by its hash.
fn content(tx: &mut Tx<'_>, consent_id: ConsentId) -> Result<Value, StoreError> {
    store::snapshots::of(tx, &[consent_id])?
        .into_iter()
        .next()
        .map(content_of)
        .ok_or(StoreError::Corrupt {
            table: "consent_grants",
            column: "consent_id",
        })
}

/// The same of a snapshot.
pub fn content_of(snapshot: Snapshot) -> Value {
    let mut content = snapshot.content;
    let hash = jose::base64url(jose::sha256(canonical(&snapshot.evidence)));
    if let Some(members) = content.as_object_mut() {
        members.insert(EVIDENCE_HASH.into(), hash.into());
    }
    content
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
pub fn instant(instant: Instant) -> String {
    instant.to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
}

/// SHA-256 over every field, each with its length before it (eight bytes, the most significant first), so that no two rows
/// read alike. A reason that was not given has a length that none has, all ones, and no bytes.
pub fn row_hash(consent_id: Uuid, row: &HistoryRow) -> [u8; 32] {
    let happened_at = instant(row.happened_at);
    let mut bytes = Vec::with_capacity(512);
    let fields: [Option<&[u8]>; 9] = [
        Some(consent_id.as_bytes()),
        Some(&row.sequence.to_be_bytes()),
        Some(happened_at.as_bytes()),
        Some(row.action.as_bytes()),
        Some(row.actor.as_bytes()),
        Some(row.channel.as_bytes()),
        row.reason.as_deref().map(str::as_bytes),
        Some(&row.content_hash),
        Some(&row.previous_hash),
    ];
    for field in fields {
        let length = field.map_or(u64::MAX, |field| field.len() as u64);
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(field.unwrap_or_default());
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
        let changes: [fn(&mut HistoryRow); 9] = [
            |row| row.sequence = 2,
            |row| row.happened_at += chrono::Duration::microseconds(1),
            |row| row.action = "REVOKED".into(),
            |row| row.actor = "SYSTEM".into(),
            |row| row.reason = Some("x".into()),
            |row| row.reason = Some(String::new()),
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
