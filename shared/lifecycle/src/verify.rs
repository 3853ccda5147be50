//! Recomputes the ledger: every chain from its first row to the grant as it stands, and names the first row that does not
//! fit.
//!
//! Reads rows and grants as two streams in the order of the consents' ids, a page of each at a time, so that a million
//! consents take no more memory than one. Run it in [`store::Store::reading`], which sees one moment of a platform that
//! goes on working.
//!
//! What it finds: a row that was changed in any column, one that was removed, moved or put between, rows cut off at the end,
//! a grant that was changed without a row, a grant without chain and a chain without grant. Whoever can write to every table
//! can also compute a chain anew; what was told before then shows it: a receipt holds the hashes of its row, signed by a
//! key that is not in the database.

use std::{collections::VecDeque, fmt};

use domain::ConsentId;
use serde_json::Value;
use store::{StoreError, Tx, TxError, history::HistoryRow, snapshots::Snapshot, spans::Span};
use uuid::Uuid;

use crate::ledger::{EVIDENCE_HASH, canonical, content_of, row_hash};

/// Rows and grants that are read at a time.
const PAGE: i32 = 500;

/// The action of a chain that has one row and no grant: a request that was never granted.
const NEVER_GRANTED: &str = "REJECTED";

/// What was recomputed, and fits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Verified {
    /// Chains.
    pub consents: u64,
    /// Rows in them.
    pub rows: u64,
}

/// The first row that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("consent {consent_id}, row {sequence}: {fault}")]
pub struct Broken {
    /// Whose history.
    pub consent_id: ConsentId,
    /// Which row, counted from 1.
    pub sequence: i32,
    /// Why.
    pub fault: Fault,
}

/// Why a row does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It is not there, and a later one is.
    Missing,
    /// Its content is not the one that was hashed.
    Content,
    /// One of its other columns is not.
    Columns,
    /// It does not follow the row before it.
    Chain,
    /// It is the newest, and these members of it are not those of the consent.
    NotTheNewest(Vec<String>),
    /// The consent has no history at all.
    NoHistory,
    /// The history is of a consent that is not there.
    NoConsent,
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Missing => "is missing",
            Self::Content => "its content is not what was hashed",
            Self::Columns => "a column is not what was hashed",
            Self::Chain => "does not follow the row before it",
            Self::NotTheNewest(members) => {
                return write!(
                    formatter,
                    "is the newest and does not tell the consent as it stands ({}): later rows were removed, or the \
                     consent was changed without one",
                    members.join(", ")
                );
            }
            Self::NoHistory => "is missing, and so is every other: the consent has no history",
            Self::NoConsent => "tells of a consent that is not there",
        })
    }
}

/// Recomputes every chain, or that of one consent.
///
/// # Errors
/// [`Broken`], or [`StoreError`].
pub fn verify(tx: &mut Tx<'_>, only: Option<ConsentId>) -> Result<Verified, TxError<Broken>> {
    let (mut rows, mut grants) = (Rows::new(only), Grants::new(only));
    let mut verified = Verified::default();
    loop {
        let of_row = rows.peek(tx)?.map(|(id, _)| *id);
        let of_grant = grants.peek(tx)?.map(|grant| grant.consent_id);
        // Whichever comes first in the order of ids; both, when they are of the same consent.
        let Some(consent_id) = of_row.into_iter().chain(of_grant).min() else {
            return Ok(verified);
        };
        let mut chain = Chain::new(consent_id);
        while let Some(row) = rows.next_of(tx, consent_id)? {
            chain.follow(row).map_err(TxError::Refused)?;
            verified.rows += 1;
        }
        let grant = grants.next_of(tx, consent_id)?;
        chain.end(grant).map_err(TxError::Refused)?;
        verified.consents += 1;
    }
}

/// One consent's rows, as far as they were read.
struct Chain {
    consent_id: ConsentId,
    last: Option<HistoryRow>,
}

impl Chain {
    const fn new(consent_id: ConsentId) -> Self {
        Self {
            consent_id,
            last: None,
        }
    }

    fn broken(&self, sequence: i32, fault: Fault) -> Broken {
        Broken {
            consent_id: self.consent_id,
            sequence,
            fault,
        }
    }

    fn follow(&mut self, row: HistoryRow) -> Result<(), Broken> {
        let (expected, previous_hash) = match &self.last {
            None => (1, [0; 32].as_slice()),
            Some(last) => (last.sequence.saturating_add(1), last.row_hash.as_slice()),
        };
        let fault = if row.sequence > expected {
            return Err(self.broken(expected, Fault::Missing));
        } else if row.content_hash != jose::sha256(canonical(&row.content)) {
            Fault::Content
        } else if row.row_hash != row_hash(self.consent_id.uuid(), &row) {
            Fault::Columns
        } else if row.sequence != expected || row.previous_hash != previous_hash {
            Fault::Chain
        } else {
            self.last = Some(row);
            return Ok(());
        };
        Err(self.broken(row.sequence, fault))
    }

    fn end(self, grant: Option<Snapshot>) -> Result<(), Broken> {
        match (&self.last, grant) {
            (Some(last), Some(grant)) => {
                let differing = differing(&last.content, &content_of(grant));
                if differing.is_empty() {
                    Ok(())
                } else {
                    Err(self.broken(last.sequence, Fault::NotTheNewest(differing)))
                }
            }
            (Some(last), None) if last.sequence == 1 && last.action == NEVER_GRANTED => Ok(()),
            (Some(last), None) => Err(self.broken(last.sequence, Fault::NoConsent)),
            (None, _) => Err(self.broken(1, Fault::NoHistory)),
        }
    }
}

/// Names of the members that are not alike.
fn differing(row: &Value, grant: &Value) -> Vec<String> {
    let (Some(of_row), Some(of_grant)) = (row.as_object(), grant.as_object()) else {
        return vec!["content".into()];
    };
    let mut names: Vec<&String> = of_row.keys().chain(of_grant.keys()).collect();
    names.sort_unstable();
    names.dedup();
    // What was written before rows held everything told state and version alone in today's form.
    let is_whole = of_row.contains_key(EVIDENCE_HASH);
    names
        .into_iter()
        .filter(|name| is_whole || matches!(name.as_str(), "state" | "version"))
        .filter(|name| of_row.get(*name) != of_grant.get(*name))
        .cloned()
        .collect()
}

/// History in the order of consents and time, a page at a time.
struct Rows {
    only: Option<ConsentId>,
    after: (ConsentId, i32),
    page: VecDeque<(ConsentId, HistoryRow)>,
    is_over: bool,
}

impl Rows {
    fn new(only: Option<ConsentId>) -> Self {
        Self {
            only,
            after: (only.unwrap_or(ConsentId::from_uuid(Uuid::nil())), 0),
            page: VecDeque::new(),
            is_over: false,
        }
    }

    fn peek(&mut self, tx: &mut Tx<'_>) -> Result<Option<&(ConsentId, HistoryRow)>, StoreError> {
        if self.page.is_empty() && !self.is_over {
            self.page = match self.only {
                None => store::history::page(tx, self.after, PAGE)?.into(),
                Some(id) => store::history::list_after(tx, id, Span::EVER, self.after.1, PAGE)?
                    .into_iter()
                    .map(|row| (id, row))
                    .collect(),
            };
            match self.page.back() {
                Some((id, row)) => self.after = (*id, row.sequence),
                None => self.is_over = true,
            }
        }
        Ok(self.page.front())
    }

    fn next_of(&mut self, tx: &mut Tx<'_>, consent_id: ConsentId) -> Result<Option<HistoryRow>, StoreError> {
        let is_next = self.peek(tx)?.is_some_and(|(id, _)| *id == consent_id);
        Ok(self.page.pop_front_if(|_| is_next).map(|(_, row)| row))
    }
}

/// Grants in the order of their ids, a page at a time.
struct Grants {
    only: Option<ConsentId>,
    after: ConsentId,
    page: VecDeque<Snapshot>,
    is_over: bool,
}

impl Grants {
    fn new(only: Option<ConsentId>) -> Self {
        Self {
            only,
            after: ConsentId::from_uuid(Uuid::nil()),
            page: VecDeque::new(),
            is_over: false,
        }
    }

    fn peek(&mut self, tx: &mut Tx<'_>) -> Result<Option<&Snapshot>, StoreError> {
        if self.page.is_empty() && !self.is_over {
            let ids = match self.only {
                None => store::snapshots::ids(tx, self.after, PAGE)?,
                Some(id) => vec![id],
            };
            self.page = store::snapshots::of(tx, &ids)?.into();
            self.is_over = self.only.is_some() || ids.is_empty();
            self.after = ids.last().copied().unwrap_or(self.after);
        }
        Ok(self.page.front())
    }

    fn next_of(&mut self, tx: &mut Tx<'_>, consent_id: ConsentId) -> Result<Option<Snapshot>, StoreError> {
        let is_next = self.peek(tx)?.is_some_and(|grant| grant.consent_id == consent_id);
        Ok(self.page.pop_front_if(|_| is_next))
    }
}

#[cfg(test)]
mod tests {
    use domain::Instant;
    use serde_json::json;

    use super::*;

    fn id() -> ConsentId {
        ConsentId::from_uuid(Uuid::from_u128(7))
    }

    fn chain_of(length: i32) -> Vec<HistoryRow> {
        let mut rows: Vec<HistoryRow> = Vec::new();
        for sequence in 1..=length {
            let content = json!({"state": "ACTIVE", "version": sequence});
            let mut row = HistoryRow {
                sequence,
                happened_at: Instant::from_timestamp(1_800_000_000 + i64::from(sequence), 0).unwrap(),
                action: "HELD".into(),
                actor: "CONSUMER".into(),
                channel: "participant-user".into(),
                reason: None,
                content_hash: jose::sha256(canonical(&content)).to_vec(),
                content,
                previous_hash: rows.last().map_or(vec![0; 32], |row| row.row_hash.clone()),
                row_hash: vec![],
            };
            row.row_hash = row_hash(id().uuid(), &row).to_vec();
            rows.push(row);
        }
        rows
    }

    fn judge(rows: Vec<HistoryRow>) -> Result<(), (i32, Fault)> {
        let mut chain = Chain::new(id());
        rows.into_iter()
            .try_for_each(|row| chain.follow(row))
            .map_err(|broken| (broken.sequence, broken.fault))
    }

    #[test]
    fn a_chain_fits_and_a_broken_one_names_its_first_fault() {
        assert_eq!(judge(chain_of(4)), Ok(()));
        let with = |change: fn(&mut Vec<HistoryRow>)| {
            let mut rows = chain_of(4);
            change(&mut rows);
            judge(rows)
        };
        assert_eq!(with(|rows| drop(rows.remove(1))), Err((2, Fault::Missing)));
        assert_eq!(with(|rows| drop(rows.remove(0))), Err((1, Fault::Missing)));
        assert_eq!(with(|rows| rows[2].content = json!({})), Err((3, Fault::Content)));
        assert_eq!(
            with(|rows| rows[1].actor = "SYSTEM".into()),
            Err((2, Fault::Columns))
        );
        // Two rows that change places, with their numbers.
        let swapped = with(|rows| {
            rows.swap(1, 2);
            (rows[1].sequence, rows[2].sequence) = (2, 3);
        });
        assert_eq!(swapped, Err((2, Fault::Columns)));
        // Whoever computes the hashes of a row anew breaks the next one.
        let rehashed = with(|rows| {
            rows[1].reason = Some("another".into());
            rows[1].row_hash = row_hash(id().uuid(), &rows[1]).to_vec();
        });
        assert_eq!(rehashed, Err((3, Fault::Chain)));
    }

    #[test]
    fn the_newest_row_tells_the_consent_as_it_stands() {
        let end = |content: Value, length: i32| {
            let mut chain = Chain::new(id());
            for mut row in chain_of(length) {
                if row.sequence == length {
                    row.content = content.clone();
                    row.content_hash = jose::sha256(canonical(&content)).to_vec();
                    row.row_hash = row_hash(id().uuid(), &row).to_vec();
                }
                chain.follow(row).unwrap();
            }
            let grant = Snapshot {
                consent_id: id(),
                content: json!({"state": "ACTIVE", "version": 2, "scope": "openid"}),
                evidence: json!({}),
            };
            chain
                .end(Some(grant))
                .map_err(|broken| (broken.sequence, broken.fault))
        };
        let whole = content_of(Snapshot {
            consent_id: id(),
            content: json!({"state": "ACTIVE", "version": 2, "scope": "openid"}),
            evidence: json!({}),
        });
        assert_eq!(end(whole.clone(), 2), Ok(()));
        let mut other = whole;
        other["scope"] = json!("openid fdx:accountbasic:read");
        assert_eq!(end(other, 2), Err((2, Fault::NotTheNewest(vec!["scope".into()]))));
        let older = json!({"state": "ACTIVE", "version": 2, "terms": {}});
        assert_eq!(end(older, 1), Ok(()));
        assert_eq!(Chain::new(id()).end(None).unwrap_err().fault, Fault::NoHistory);
    }
}
