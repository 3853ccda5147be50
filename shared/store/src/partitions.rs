//! Partitions of the tables that only grow: made before they are needed, dropped when their time is over.

use diesel::{
    RunQueryDsl,
    sql_types::{Integer, Text, Timestamptz},
};
use domain::Instant;

use crate::{Tx, error::StoreError, statement::statement};

/// A table that only grows.
struct Growing {
    table: &'static str,
    unit: &'static str,
    /// Partitions made ahead, this one among them.
    ahead: i32,
    /// Days that a row is kept after its partition's end; `None` for ever.
    kept_days: Option<u32>,
}

const GROWING: [Growing; 7] = [
    // A spent id matters until its object has expired; an assertion lives an hour at most.
    Growing {
        table: "spent_ids",
        unit: "day",
        ahead: 8,
        kept_days: Some(2),
    },
    Growing {
        table: "access_tokens",
        unit: "month",
        ahead: 3,
        kept_days: Some(62),
    },
    // The ledger. 12 CFR 1033.351(d) asks for three years of records; we never drop it by ourselves.
    Growing {
        table: "consent_history",
        unit: "month",
        ahead: 3,
        kept_days: None,
    },
    // Who read what. Three years of records, and the month that they end in.
    Growing {
        table: "consent_accesses",
        unit: "month",
        ahead: 3,
        kept_days: Some(3 * 366),
    },
    Growing {
        table: "outbox",
        unit: "month",
        ahead: 3,
        kept_days: Some(62),
    },
    Growing {
        table: "announcements",
        unit: "month",
        ahead: 3,
        kept_days: Some(31),
    },
    // A recipient may ask for the last 30 days again.
    Growing {
        table: "notifications",
        unit: "month",
        ahead: 3,
        kept_days: Some(31),
    },
];

statement! {
    /// See `ensure_partitions` in the migrations.
    Ensure -> Integer ;
    "SELECT ensure_partitions(" (table: Text = &'a str) "," (unit: Text = &'a str) ","
    (first: Timestamptz = Instant) "," (wanted: Integer = i32) ")"
}

statement! {
    /// See `drop_partitions` in the migrations.
    Drop -> Integer ;
    "SELECT drop_partitions(" (table: Text = &'a str) "," (unit: Text = &'a str) ","
    (horizon: Timestamptz = Instant) ")"
}

/// Partitions made and dropped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kept {
    /// How many were missing.
    pub made: i32,
    /// How many were past their time.
    pub dropped: i32,
}

/// Makes the partitions of past months of what is told of consents, for rows that are seeded there.
///
/// # Errors
/// [`StoreError`].
pub fn reach_back(tx: &mut Tx<'_>, first: Instant, months: i32) -> Result<(), StoreError> {
    for table in ["consent_history", "consent_accesses"] {
        Ensure::new(table, "month", first, months).get_result::<i32>(tx.connection)?;
    }
    Ok(())
}

/// Makes what will be needed and drops what no longer is. Safe from many replicas at once, and late without harm:
/// a row whose partition is missing goes to the default one. In [`crate::Store::work`]: replicas take turns, and one that waited must
/// see what was dropped meanwhile.
///
/// # Errors
/// [`StoreError`].
pub fn keep(tx: &mut Tx<'_>, now: Instant) -> Result<Kept, StoreError> {
    let mut kept = Kept::default();
    for Growing {
        table,
        unit,
        ahead,
        kept_days,
    } in GROWING
    {
        // From the partition before, so that a replica whose clock is a little behind finds its own.
        let first = now - chrono::Duration::days(1);
        kept.made += Ensure::new(table, unit, first, ahead).get_result::<i32>(tx.connection)?;
        if let Some(days) = kept_days {
            let horizon = now - chrono::Duration::days(days.into());
            kept.dropped += Drop::new(table, unit, horizon).get_result::<i32>(tx.connection)?;
        }
    }
    Ok(kept)
}
