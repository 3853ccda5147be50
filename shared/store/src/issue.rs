//! Issues access tokens that belong to no grant: spends the client assertion and writes the token, for all
//! that wait, in one statement.
//!
//! The statement also compares the version of the client with the one that the assertion was checked
//! against, so a client may be remembered between requests without a change of it being missed.

use chrono::NaiveDate;
use diesel::{
    PgConnection, QueryResult, RunQueryDsl,
    sql_types::{Array, BigInt, Bool, Date, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use domain::{ClientId, Instant, TokenId};
use uuid::Uuid;

use crate::{Tx, combiner, error::StoreError, spend, statement::statement};

/// An id that may be used once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spend {
    /// First half of the SHA-256 of purpose, client and id: what has the same meaning has the same value.
    pub spent_id: Uuid,
    /// The day on which the object that carries it expires.
    pub ends_on: NaiveDate,
}

/// A client as it was when its proof was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvenClient {
    /// Which.
    pub client_id: ClientId,
    /// The version of its registration.
    pub version: i32,
    /// What its proof spends: the jti of its assertion.
    pub spend: Option<Spend>,
}

/// A token to be issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// To whom.
    pub client: ProvenClient,
    /// Its id.
    pub token_id: TokenId,
    /// Whole seconds.
    pub issued_at: Instant,
    /// Whole seconds.
    pub expires_at: Instant,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Issued {
    /// The row is committed: the token may leave.
    Issued,
    /// The client was changed or disabled since its proof was checked.
    ClientChanged,
    /// The id was spent before.
    Replayed,
}

statement! {
    /// Answers (ordinal, client stands, id is ours) for each question.
    IssueAll -> (BigInt, Bool, Bool) ;
    "WITH ask AS (SELECT * FROM unnest("
    (clients: Array<Text> = Vec<&'a str>) "," (versions: Array<Integer> = Vec<i32>) ","
    (spent_ids: Array<Nullable<SqlUuid>> = Vec<Option<Uuid>>) ","
    (ends_on: Array<Nullable<Date>> = Vec<Option<NaiveDate>>) ","
    (token_ids: Array<SqlUuid> = Vec<Uuid>) "," (issued_at: Array<Timestamptz> = Vec<Instant>) ","
    (expires_at: Array<Timestamptz> = Vec<Instant>)
    ") WITH ORDINALITY AS ask(client_id, version, spent_id, ends_on, token_id, issued_at, expires_at, ordinal)),
    standing AS (
        SELECT ask.* FROM ask JOIN clients c
        ON c.client_id = ask.client_id AND c.version = ask.version AND c.status = 'APPROVED'),
    spent AS (
        INSERT INTO spent_ids (spent_id, ends_on, spent_by)
        SELECT spent_id, ends_on, token_id FROM standing WHERE spent_id IS NOT NULL
        ORDER BY spent_id, ordinal -- in one order everywhere, so that two batches cannot wait for each other
        ON CONFLICT DO NOTHING RETURNING spent_by),
    ours AS (
        SELECT spent_by AS token_id FROM spent
        UNION ALL
        SELECT token_id FROM standing WHERE spent_id IS NULL),
    issued AS (
        INSERT INTO access_tokens (token_id, issued_at, expires_at, client_id)
        SELECT token_id, issued_at, expires_at, client_id FROM standing JOIN ours USING (token_id)
        ON CONFLICT DO NOTHING)
    SELECT ask.ordinal, standing.token_id IS NOT NULL, ours.token_id IS NOT NULL
    FROM ask LEFT JOIN standing USING (ordinal) LEFT JOIN ours ON ours.token_id = ask.token_id
    ORDER BY ask.ordinal"
}

/// The combiner's kind.
pub(crate) struct Batch;

impl combiner::Batch for Batch {
    type Question = Issue;
    type Answer = Issued;
    const NAME: &'static str = "issue";

    fn run(connection: &mut PgConnection, asked: &[&Issue]) -> QueryResult<Vec<Issued>> {
        let column = |spend: fn(&Issue) -> Option<Spend>| asked.iter().map(move |issue| spend(issue));
        let rows = IssueAll::new(
            asked
                .iter()
                .map(|issue| issue.client.client_id.as_str())
                .collect(),
            asked.iter().map(|issue| issue.client.version).collect(),
            column(|issue| issue.client.spend)
                .map(|spend| spend.map(|spend| spend.spent_id))
                .collect(),
            column(|issue| issue.client.spend)
                .map(|spend| spend.map(|spend| spend.ends_on))
                .collect(),
            asked.iter().map(|issue| issue.token_id.uuid()).collect(),
            asked.iter().map(|issue| issue.issued_at).collect(),
            asked.iter().map(|issue| issue.expires_at).collect(),
        )
        .load::<(i64, bool, bool)>(connection)?;
        let mut answers: Vec<Issued> = rows
            .into_iter()
            .map(|(_, client_stands, ours)| match (client_stands, ours) {
                (true, true) => Issued::Issued,
                (true, false) => Issued::Replayed,
                (false, _) => Issued::ClientChanged,
            })
            .collect();
        let refused = |answer: &Issued, issue: &&Issue| match answer {
            Issued::Replayed => issue.client.spend.map(|spend| (spend, issue.token_id.uuid())),
            Issued::Issued | Issued::ClientChanged => None,
        };
        let again: Vec<_> = answers
            .iter()
            .zip(asked)
            .filter_map(|(answer, issue)| refused(answer, issue))
            .collect();
        // The token of an id that it spent itself was written by the statement that spent it.
        let ours = spend::spent_before(connection, &again)?;
        for (answer, issue) in answers.iter_mut().zip(asked) {
            if *answer == Issued::Replayed && ours.contains(&issue.token_id.uuid()) {
                *answer = Issued::Issued;
            }
        }
        Ok(answers)
    }
}

statement! {
    /// Answers (client stands, id is ours).
    ProveOne -> (Bool, Bool) ;
    "WITH new AS (SELECT " (client_id: Text = &'a str) "::text AS client_id, " (version: Integer = i32)
    "::integer AS version, " (spent_id: Nullable<SqlUuid> = Option<Uuid>) "::uuid AS spent_id, "
    (ends_on: Nullable<Date> = Option<NaiveDate>) "::date AS ends_on, " (spent_by: SqlUuid = Uuid)
    "::uuid AS spent_by),
    standing AS (SELECT new.* FROM new JOIN clients c
        ON c.client_id = new.client_id AND c.version = new.version AND c.status = 'APPROVED'),
    spent AS (INSERT INTO spent_ids (spent_id, ends_on, spent_by)
        SELECT spent_id, ends_on, spent_by FROM standing WHERE spent_id IS NOT NULL
        ON CONFLICT DO NOTHING RETURNING spent_by),
    ours AS (SELECT 1 FROM spent
        UNION ALL SELECT 1 FROM standing JOIN spent_ids s ON s.spent_id = standing.spent_id
            AND s.ends_on = standing.ends_on AND s.spent_by = standing.spent_by
        UNION ALL SELECT 1 FROM standing WHERE spent_id IS NULL)
    SELECT EXISTS (SELECT 1 FROM standing), EXISTS (SELECT 1 FROM ours)"
}

/// Spends the proof of a client that asks for something which writes no token: introspection, revocation. `spent_by`
/// names this request.
///
/// # Errors
/// [`StoreError`].
pub fn prove(tx: &mut Tx<'_>, client: &ProvenClient, spent_by: Uuid) -> Result<Issued, StoreError> {
    let (stands, ours) = ProveOne::new(
        client.client_id.as_str(),
        client.version,
        client.spend.map(|spend| spend.spent_id),
        client.spend.map(|spend| spend.ends_on),
        spent_by,
    )
    .get_result::<(bool, bool)>(tx.connection)?;
    Ok(match (stands, ours) {
        (true, true) => Issued::Issued,
        (true, false) => Issued::Replayed,
        (false, _) => Issued::ClientChanged,
    })
}
