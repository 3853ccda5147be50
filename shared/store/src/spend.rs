//! Spends ids that may be used once, for all that wait, in one statement.

use std::collections::HashSet;

use chrono::NaiveDate;
use diesel::{
    PgConnection, QueryResult, RunQueryDsl,
    sql_types::{Array, Date, Uuid as SqlUuid},
};
use uuid::Uuid;

use crate::{combiner, issue::Spend, statement::statement};

/// An id to be spent, and by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spending {
    /// The id.
    pub spend: Spend,
    /// Names this request, so that one that is asked a second time after a lost connection knows itself.
    pub spent_by: Uuid,
}

impl Spending {
    /// A request may spend more than one id.
    const fn key(&self) -> (Uuid, Uuid) {
        (self.spend.spent_id, self.spent_by)
    }
}

statement! {
    /// Answers (id, by whom) for those that are spent now.
    SpendAll -> (SqlUuid, SqlUuid) ;
    "INSERT INTO spent_ids (spent_id, ends_on, spent_by)
    SELECT spent_id, ends_on, spent_by FROM unnest(" (spent_ids: Array<SqlUuid> = Vec<Uuid>) ","
    (ends_on: Array<Date> = Vec<NaiveDate>) "," (spent_by: Array<SqlUuid> = Vec<Uuid>)
    ") AS ask(spent_id, ends_on, spent_by)
    ORDER BY spent_id -- in one order everywhere, so that two batches cannot wait for each other
    ON CONFLICT DO NOTHING RETURNING spent_id, spent_by"
}

statement! {
    /// Which of them spent that very id.
    SpentBefore -> (SqlUuid, SqlUuid) ;
    "SELECT ask.spent_id, ask.spent_by FROM unnest(" (spent_ids: Array<SqlUuid> = Vec<Uuid>) ","
    (ends_on: Array<Date> = Vec<NaiveDate>) "," (spent_by: Array<SqlUuid> = Vec<Uuid>)
    ") AS ask(spent_id, ends_on, spent_by) JOIN spent_ids s
    ON s.spent_id = ask.spent_id AND s.ends_on = ask.ends_on AND s.spent_by = ask.spent_by"
}

/// Which of those who were refused an id had spent it themselves: they were asked a second time after a lost connection, and the first
/// time had succeeded.
///
/// A statement of its own, since next to nobody is refused: within the one that spends, looking for these in every partition cost as
/// much as spending.
///
/// # Errors
/// What the database says.
fn spent_before(connection: &mut PgConnection, refused: &[&Spending]) -> QueryResult<Vec<(Uuid, Uuid)>> {
    if refused.is_empty() {
        return Ok(Vec::new());
    }
    SpentBefore::new(
        refused.iter().map(|spending| spending.spend.spent_id).collect(),
        refused.iter().map(|spending| spending.spend.ends_on).collect(),
        refused.iter().map(|spending| spending.spent_by).collect(),
    )
    .load(connection)
}

/// The combiner's kind.
pub(crate) struct Batch;

// An id that a dead machine forgot could be spent a second time.
const _: () = assert!(<Batch as combiner::Batch>::WAITS_FOR_DISK);

impl combiner::Batch for Batch {
    type Question = Spending;
    type Answer = bool;
    const NAME: &'static str = "spend";

    fn run(connection: &mut PgConnection, asked: &[&Spending]) -> QueryResult<Vec<bool>> {
        let spent = SpendAll::new(
            asked.iter().map(|spending| spending.spend.spent_id).collect(),
            asked.iter().map(|spending| spending.spend.ends_on).collect(),
            asked.iter().map(|spending| spending.spent_by).collect(),
        )
        .load::<(Uuid, Uuid)>(connection)?;
        let mut ours: HashSet<(Uuid, Uuid)> = spent.into_iter().collect();
        let refused: Vec<&Spending> = asked
            .iter()
            .copied()
            .filter(|spending| !ours.contains(&spending.key()))
            .collect();
        ours.extend(spent_before(connection, &refused)?);
        Ok(asked
            .iter()
            .map(|spending| ours.contains(&spending.key()))
            .collect())
    }
}
