//! Spends ids that may be used once, for all that wait, in one statement.

use std::collections::HashSet;

use chrono::NaiveDate;
use diesel::{
    PgConnection, QueryResult, RunQueryDsl,
    sql_types::{Array, BigInt, Bool, Date, Uuid as SqlUuid},
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

statement! {
    /// Answers (ordinal, id is ours) for each question.
    SpendAll -> (BigInt, Bool) ;
    "WITH ask AS (SELECT * FROM unnest(" (spent_ids: Array<SqlUuid> = Vec<Uuid>) ","
    (ends_on: Array<Date> = Vec<NaiveDate>) "," (spent_by: Array<SqlUuid> = Vec<Uuid>)
    ") WITH ORDINALITY AS ask(spent_id, ends_on, spent_by, ordinal)),
    spent AS (
        INSERT INTO spent_ids (spent_id, ends_on, spent_by)
        SELECT spent_id, ends_on, spent_by FROM ask
        ORDER BY spent_id, ordinal -- in one order everywhere, so that two batches cannot wait for each other
        ON CONFLICT DO NOTHING RETURNING spent_by)
    SELECT ask.ordinal, spent.spent_by IS NOT NULL FROM ask LEFT JOIN spent ON spent.spent_by = ask.spent_by
    ORDER BY ask.ordinal"
}

statement! {
    /// Which of them spent that very id.
    SpentBefore -> SqlUuid ;
    "SELECT ask.spent_by FROM unnest(" (spent_ids: Array<SqlUuid> = Vec<Uuid>) ","
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
pub(crate) fn spent_before(
    connection: &mut PgConnection,
    refused: &[(Spend, Uuid)],
) -> QueryResult<HashSet<Uuid>> {
    if refused.is_empty() {
        return Ok(HashSet::new());
    }
    let ours = SpentBefore::new(
        refused.iter().map(|(spend, _)| spend.spent_id).collect(),
        refused.iter().map(|(spend, _)| spend.ends_on).collect(),
        refused.iter().map(|(_, spent_by)| *spent_by).collect(),
    )
    .load::<Uuid>(connection)?;
    Ok(ours.into_iter().collect())
}

/// The combiner's kind.
pub(crate) struct Batch;

impl combiner::Batch for Batch {
    type Question = Spending;
    type Answer = bool;
    const NAME: &'static str = "spend";

    fn run(connection: &mut PgConnection, asked: &[&Spending]) -> QueryResult<Vec<bool>> {
        let rows = SpendAll::new(
            asked.iter().map(|spending| spending.spend.spent_id).collect(),
            asked.iter().map(|spending| spending.spend.ends_on).collect(),
            asked.iter().map(|spending| spending.spent_by).collect(),
        )
        .load::<(i64, bool)>(connection)?;
        let again: Vec<_> = rows
            .iter()
            .zip(asked)
            .filter(|((_, ours), _)| !ours)
            .map(|(_, spending)| (spending.spend, spending.spent_by))
            .collect();
        let before = spent_before(connection, &again)?;
        Ok(rows
            .into_iter()
            .zip(asked)
            .map(|((_, ours), spending)| ours || before.contains(&spending.spent_by))
            .collect())
    }
}
