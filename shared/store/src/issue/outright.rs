//! Tokens of clients whose proof spends nothing.
//!
//! Their rows are committed before the tokens leave, and reach the disk a little later: a database whose machine dies can lose those
//! of the last moments. Such a token opens nothing any more, and its client gets another by the proof that it still holds; nothing
//! that was spent, granted or ended hangs on the row.

use std::collections::HashSet;

use diesel::{
    PgConnection, QueryResult, RunQueryDsl,
    result::{DatabaseErrorKind, Error},
    sql_types::{Array, Integer, Text, Timestamptz, Uuid as SqlUuid},
};
use domain::Instant;
use uuid::Uuid;

use super::{Issue, Issued};
use crate::{combiner, statement::statement};

statement! {
    /// Writes the tokens whose clients stand. The lists are walked in step, and not as tables of their own, which would be
    /// filled first.
    IssueOutright -> Integer ;
    "INSERT INTO access_tokens (token_id, issued_at, expires_at, client_id)
    SELECT token_id, issued_at, expires_at, client_id FROM (SELECT
        unnest(" (token_ids: Array<SqlUuid> = Vec<Uuid>) "::uuid[]) AS token_id,
        unnest(" (issued_at: Array<Timestamptz> = Vec<Instant>) "::timestamptz[]) AS issued_at,
        unnest(" (expires_at: Array<Timestamptz> = Vec<Instant>) "::timestamptz[]) AS expires_at,
        unnest(" (clients: Array<Text> = Vec<&'a str>) "::text[]) AS client_id,
        unnest(" (versions: Array<Integer> = Vec<i32>) "::integer[]) AS version) ask
    WHERE EXISTS (SELECT FROM clients c
        WHERE c.client_id = ask.client_id AND c.version = ask.version AND c.status = 'APPROVED')"
}

statement! {
    /// Which tokens were written. A statement of its own, since next to nobody is refused.
    Written -> SqlUuid ;
    "SELECT t.token_id
    FROM unnest(" (token_ids: Array<SqlUuid> = Vec<Uuid>) "," (issued_at: Array<Timestamptz> = Vec<Instant>)
    ") AS ask(token_id, issued_at)
    JOIN access_tokens t ON t.token_id = ask.token_id AND t.issued_at = ask.issued_at"
}

/// The combiner's kind.
pub(crate) struct Outright;

impl combiner::Batch for Outright {
    type Question = Issue;
    type Answer = Issued;
    const NAME: &'static str = "issue";
    const WAITS_FOR_DISK: bool = false;

    /// One statement; a second one where somebody is refused.
    fn run(connection: &mut PgConnection, asked: &[&Issue]) -> QueryResult<Vec<Issued>> {
        let written = IssueOutright::new(
            token_ids(asked),
            issued_at(asked),
            asked.iter().map(|issue| issue.expires_at).collect(),
            asked
                .iter()
                .map(|issue| issue.client.client_id.as_str())
                .collect(),
            asked.iter().map(|issue| issue.client.version).collect(),
        )
        .execute(connection);
        match (written, asked) {
            (Ok(number), _) if number == asked.len() => Ok(vec![Issued::Issued; number]),
            (Ok(_), _) => which(connection, asked),
            // Asked for a second time after a lost connection: nobody else mints this id, so the first time had succeeded. Of a
            // batch the combiner asks each alone.
            (Err(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)), [_]) => {
                Ok(vec![Issued::Issued])
            }
            (Err(error), _) => Err(error),
        }
    }
}

fn which(connection: &mut PgConnection, asked: &[&Issue]) -> QueryResult<Vec<Issued>> {
    let written: HashSet<Uuid> = Written::new(token_ids(asked), issued_at(asked))
        .load::<Uuid>(connection)?
        .into_iter()
        .collect();
    let answer = |issue: &&Issue| {
        if written.contains(&issue.token_id.uuid()) {
            Issued::Issued
        } else {
            Issued::ClientChanged
        }
    };
    Ok(asked.iter().map(answer).collect())
}

fn token_ids(asked: &[&Issue]) -> Vec<Uuid> {
    asked.iter().map(|issue| issue.token_id.uuid()).collect()
}

fn issued_at(asked: &[&Issue]) -> Vec<Instant> {
    asked.iter().map(|issue| issue.issued_at).collect()
}
