//! Tokens of clients that spend an id, the jti of their assertion: only those who spent theirs get one.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::{
    PgConnection, QueryResult, RunQueryDsl,
    sql_types::{Array, BigInt, Bool, Date, Integer, Text, Timestamptz, Uuid as SqlUuid},
};
use domain::Instant;
use uuid::Uuid;

use super::{Issue, Issued, ProvenClient, Spend};
use crate::{combiner, statement::statement};

statement! {
    /// Spends the ids of clients that stand, and writes the tokens of those who spent theirs.
    IssueSpending -> Integer ;
    "WITH ask AS (
        SELECT ask.*, c.client_id
        FROM unnest(" (clients: Array<Text> = Vec<&'a str>) "," (versions: Array<Integer> = Vec<i32>)
    ") WITH ORDINALITY AS known(client_id, version, client)
        JOIN clients c ON c.client_id = known.client_id AND c.version = known.version AND c.status = 'APPROVED'
        JOIN unnest(" (client: Array<BigInt> = Vec<i64>) "," (spent_ids: Array<SqlUuid> = Vec<Uuid>) ","
    (ends_on: Array<Date> = Vec<NaiveDate>) "," (token_ids: Array<SqlUuid> = Vec<Uuid>) ","
    (issued_at: Array<Timestamptz> = Vec<Instant>) "," (expires_at: Array<Timestamptz> = Vec<Instant>)
    ") AS ask(client, spent_id, ends_on, token_id, issued_at, expires_at) ON ask.client = known.client),
    spent AS (
        INSERT INTO spent_ids (spent_id, ends_on, spent_by)
        SELECT spent_id, ends_on, token_id FROM ask
        ORDER BY spent_id -- in one order everywhere, so that two batches cannot wait for each other
        ON CONFLICT DO NOTHING RETURNING spent_by)
    INSERT INTO access_tokens (token_id, issued_at, expires_at, client_id)
    SELECT token_id, issued_at, expires_at, client_id FROM ask JOIN spent ON spent_by = token_id"
}

statement! {
    /// What became of each: answers (token id, client stands, id was spent by this token itself).
    ///
    /// A statement of its own, since next to nobody is refused. The token of an id that it spent itself was written by the
    /// statement that spent it: by the one before, or by one that was asked before the connection was lost.
    Outcome -> (SqlUuid, Bool, Bool) ;
    "SELECT ask.token_id,
    EXISTS (SELECT 1 FROM clients c
        WHERE c.client_id = ask.client_id AND c.version = ask.version AND c.status = 'APPROVED'),
    EXISTS (SELECT 1 FROM spent_ids s
        WHERE s.spent_id = ask.spent_id AND s.ends_on = ask.ends_on AND s.spent_by = ask.token_id)
    FROM unnest(" (clients: Array<Text> = Vec<&'a str>) "," (versions: Array<Integer> = Vec<i32>) ","
    (spent_ids: Array<SqlUuid> = Vec<Uuid>) "," (ends_on: Array<Date> = Vec<NaiveDate>) ","
    (token_ids: Array<SqlUuid> = Vec<Uuid>) ") AS ask(client_id, version, spent_id, ends_on, token_id)"
}

/// The combiner's kind.
pub(crate) struct Spending;

// An id that a dead machine forgot could be spent a second time.
const _: () = assert!(<Spending as combiner::Batch>::WAITS_FOR_DISK);

impl combiner::Batch for Spending {
    type Question = (Issue, Spend);
    type Answer = Issued;
    const NAME: &'static str = "issue-spending";

    /// One statement; a second one where somebody is refused.
    fn run(connection: &mut PgConnection, asked: &[&Self::Question]) -> QueryResult<Vec<Issued>> {
        let known = Known::of(asked.iter().map(|(issue, _)| &issue.client));
        let written = IssueSpending::new(
            known.clients,
            known.versions,
            known.client,
            asked.iter().map(|(_, spend)| spend.spent_id).collect(),
            asked.iter().map(|(_, spend)| spend.ends_on).collect(),
            asked.iter().map(|(issue, _)| issue.token_id.uuid()).collect(),
            asked.iter().map(|(issue, _)| issue.issued_at).collect(),
            asked.iter().map(|(issue, _)| issue.expires_at).collect(),
        )
        .execute(connection)?;
        if written == asked.len() {
            Ok(vec![Issued::Issued; written])
        } else {
            outcomes(connection, asked)
        }
    }
}

fn outcomes(connection: &mut PgConnection, asked: &[&(Issue, Spend)]) -> QueryResult<Vec<Issued>> {
    let rows = Outcome::new(
        asked
            .iter()
            .map(|(issue, _)| issue.client.client_id.as_str())
            .collect(),
        asked.iter().map(|(issue, _)| issue.client.version).collect(),
        asked.iter().map(|(_, spend)| spend.spent_id).collect(),
        asked.iter().map(|(_, spend)| spend.ends_on).collect(),
        asked.iter().map(|(issue, _)| issue.token_id.uuid()).collect(),
    )
    .load::<(Uuid, bool, bool)>(connection)?;
    let outcome = |stands, ours| match (stands, ours) {
        (_, true) => Issued::Issued,
        (true, false) => Issued::Replayed,
        (false, false) => Issued::ClientChanged,
    };
    let outcomes: HashMap<Uuid, Issued> = rows
        .into_iter()
        .map(|(token_id, stands, ours)| (token_id, outcome(stands, ours)))
        .collect();
    let of = |(issue, _): &&(Issue, Spend)| {
        let outcome = outcomes.get(&issue.token_id.uuid());
        outcome.copied().unwrap_or(Issued::ClientChanged)
    };
    Ok(asked.iter().map(of).collect())
}

/// The clients of a batch, each once, and which of them each question is of, counted from 1.
struct Known<'a> {
    clients: Vec<&'a str>,
    versions: Vec<i32>,
    client: Vec<i64>,
}

impl<'a> Known<'a> {
    fn of(asked: impl Iterator<Item = &'a ProvenClient>) -> Self {
        let mut places = HashMap::new();
        let mut known = Self {
            clients: Vec::new(),
            versions: Vec::new(),
            client: Vec::new(),
        };
        for client in asked {
            let next = places.len() as i64 + 1;
            let place = *places
                .entry((client.client_id.as_str(), client.version))
                .or_insert(next);
            if place == next {
                known.clients.push(client.client_id.as_str());
                known.versions.push(client.version);
            }
            known.client.push(place);
        }
        known
    }
}
