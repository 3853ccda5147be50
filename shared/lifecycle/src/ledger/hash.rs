//! How a row of history is hashed. `docs/receipts.md` tells it to those who hash it again.

use domain::Instant;
use serde_json::Value;
use store::history::HistoryRow;
use uuid::Uuid;

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
    use serde_json::json;

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
