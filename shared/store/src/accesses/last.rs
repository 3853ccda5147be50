//! In which month a consent was last read: a row a consent, for whoever looks for its newest access and would open every month of
//! its life otherwise.
//!
//! It is written by who writes accesses, in the same transaction, and changes once a month. So that this is all it costs, the writer
//! remembers what it has written: a month that stands in a row is never taken back, and a later one that another replica wrote stays.
//! What it remembers it forgets with its connection, since a database that was lost may have lost the row with the accesses.

use std::collections::{BTreeMap, HashMap};

use chrono::{Datelike as _, NaiveTime};
use diesel::{
    PgConnection, QueryResult, RunQueryDsl,
    sql_types::{Array, BigInt, Timestamptz, Uuid as SqlUuid},
};
use domain::Instant;
use uuid::Uuid;

use super::Access;
use crate::statement::statement;

/// Most consents that are remembered, some four megabytes.
const MOST: usize = 65_536;

/// The months of consents, the newest of each.
pub(super) type Months = BTreeMap<Uuid, Instant>;

statement! {
    /// A later month stays. In the order of the ids, so that two replicas cannot wait for each other.
    Mark -> BigInt ;
    "WITH marked AS (
        INSERT INTO consent_last_reads AS last (consent_id, month)
        SELECT read.consent_id, read.month
        FROM unnest(" (consent_ids: Array<SqlUuid> = Vec<Uuid>) "," (months: Array<Timestamptz> = Vec<Instant>) ")
            AS read(consent_id, month)
        ORDER BY read.consent_id
        ON CONFLICT (consent_id) DO UPDATE SET month = excluded.month WHERE last.month < excluded.month
        RETURNING 1)
     SELECT count(*) FROM marked"
}

/// Writes them.
pub(super) fn mark(connection: &mut PgConnection, months: &Months) -> QueryResult<()> {
    let (consent_ids, months) = months.iter().unzip();
    Mark::new(consent_ids, months)
        .get_result::<i64>(connection)
        .map(drop)
}

/// What the rows say at least, as far as it is remembered.
#[derive(Default)]
pub(super) struct Remembered(HashMap<Uuid, Instant>);

impl Remembered {
    /// The months of those accesses that no row is known to say.
    pub(super) fn new_in(&self, accesses: &[Access]) -> Months {
        let mut months = Months::new();
        for access in accesses {
            let (consent_id, month) = (access.consent_id.uuid(), month_of(access.accessed_at));
            if self.0.get(&consent_id).is_none_or(|known| *known < month) {
                let newest = months.entry(consent_id).or_insert(month);
                *newest = month.max(*newest);
            }
        }
        months
    }

    /// They are committed.
    pub(super) fn keep(&mut self, months: Months) {
        if self.0.len() + months.len() > MOST {
            self.0.clear();
        }
        self.0.extend(months);
    }

    /// Of nothing it is known any more that it is there.
    pub(super) fn forget(&mut self) {
        self.0.clear();
    }
}

/// The first instant of its month, as partitions are cut.
fn month_of(at: Instant) -> Instant {
    let day = at.date_naive();
    day.with_day(1).unwrap_or(day).and_time(NaiveTime::MIN).and_utc()
}

#[cfg(test)]
mod tests {
    use domain::{ConsentId, TokenId};

    use super::*;

    fn access(consent_id: ConsentId, at: &str) -> Access {
        Access {
            access_id: Uuid::nil(),
            accessed_at: at.parse().unwrap(),
            consent_id,
            client_id: "client".parse().unwrap(),
            token_id: TokenId::from_uuid(Uuid::nil()),
            operation: "searchForAccounts".into(),
            account_ids: vec![],
            data_clusters: vec![],
            attended: false,
            interaction_id: String::new(),
        }
    }

    #[test]
    fn a_month_is_new_until_it_is_kept_and_an_earlier_one_never() {
        let [one, other] = [1, 2].map(|number| ConsentId::from_uuid(Uuid::from_u128(number)));
        let november: Instant = "2026-11-01T00:00:00Z".parse().unwrap();
        let batch = [
            access(one, "2026-11-30T23:59:59.999999Z"),
            access(one, "2026-10-31T23:59:59Z"),
            access(other, "2026-11-01T00:00:00Z"),
        ];
        let mut remembered = Remembered::default();
        let new = remembered.new_in(&batch);
        assert_eq!(
            new,
            Months::from([(one.uuid(), november), (other.uuid(), november)])
        );
        remembered.keep(new);
        assert!(remembered.new_in(&batch).is_empty());
        let december = remembered.new_in(&[access(one, "2026-12-01T00:00:00Z")]);
        assert_eq!(december.len(), 1);
        remembered.forget();
        assert_eq!(remembered.new_in(&batch).len(), 2);
    }

    #[test]
    fn no_more_is_remembered_than_there_is_room_for() {
        let months = |from: usize| {
            (from..from + MOST)
                .map(|number| {
                    (
                        Uuid::from_u128(u128::try_from(number).unwrap()),
                        Instant::UNIX_EPOCH,
                    )
                })
                .collect()
        };
        let mut remembered = Remembered::default();
        remembered.keep(months(0));
        remembered.keep(months(MOST / 2));
        assert_eq!(remembered.0.len(), MOST);
    }
}
