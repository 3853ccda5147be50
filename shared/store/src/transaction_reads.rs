//! Reads a page of transactions of one account of a grant, deciding and reading in one statement for all
//! that wait.

use diesel::{
    PgConnection, QueryResult, RunQueryDsl,
    sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use domain::{AccountId, DataCluster, Instant, TransactionId};
use uuid::Uuid;

use crate::{
    account_reads::{add, answer_at, data_clusters},
    combiner::Batch,
    convert::Table,
    error::StoreError,
    standing::{Read, StandingRow, StandingSql, TokenRef},
    statement::statement,
};

/// Which transactions to read, newest first, for which token.
#[derive(Debug, Clone)]
pub struct TransactionRead {
    /// The token that asks.
    pub token: TokenRef,
    /// The account.
    pub account_id: AccountId,
    /// Earliest, inclusive. The statement never reads further back than the grant's lookback before `now`.
    pub from: Instant,
    /// Latest, exclusive.
    pub until: Instant,
    /// The last one of the page before: only what comes after it is read.
    pub after: Option<Position>,
    /// Most rows.
    pub limit: i32,
    /// The instant of the request, from which the lookback counts.
    pub now: Instant,
}

/// A place in the order of an account's transactions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// When it occurred.
    pub occurred_at: Instant,
    /// Which of those that occurred then.
    pub transaction_id: TransactionId,
}

/// The account, and one of its transactions if there is one.
#[derive(Debug, Clone)]
pub struct TransactionRow {
    /// What of the account may be read.
    pub data_clusters: Vec<DataCluster>,
    /// A transaction as stored; the only row has none when none was found.
    pub transaction: Option<(Position, String)>,
}

statement! {
    /// One row for each transaction of each question, or one without transaction.
    ReadAll -> (
        BigInt, StandingSql, Nullable<Array<Text>>, Nullable<Timestamptz>, Nullable<Text>, Nullable<Text>,
    ) ;
    "SELECT ask.ordinal, t.expires_at, t.revoked_at IS NOT NULL, t.client_id, c.status = 'APPROVED', g.consent_id, g.user_id,
     g.state, g.hold_until, g.ended_at, g.ended_by, g.ended_reason, g.expires_at, g.consumed_from,
     g.tokens_void_before, g.lookback_days, g.scope,
     ca.data_clusters, x.occurred_at, x.transaction_id, x.entity
     FROM unnest(" (token_ids: Array<SqlUuid> = Vec<Uuid>) "," (issued_at: Array<Timestamptz> = Vec<Instant>) ","
     (account_ids: Array<Text> = Vec<&'a str>) "," (from: Array<Timestamptz> = Vec<Instant>) ","
     (until: Array<Timestamptz> = Vec<Instant>) "," (after_at: Array<Nullable<Timestamptz>> = Vec<Option<Instant>>) ","
     (after_id: Array<Nullable<Text>> = Vec<Option<&'a str>>) "," (limits: Array<Integer> = Vec<i32>) ","
     (now: Array<Timestamptz> = Vec<Instant>)
     ") WITH ORDINALITY AS ask(token_id, issued_at, account_id, earliest, latest, after_at, after_id, most, now, ordinal)
     JOIN access_tokens t ON t.token_id = ask.token_id AND t.issued_at = ask.issued_at
     JOIN clients c ON c.client_id = t.client_id
     LEFT JOIN consent_grants g ON g.consent_id = t.consent_id
     LEFT JOIN consent_accounts ca ON ca.consent_id = g.consent_id AND ca.account_id = ask.account_id
         AND ca.awaiting = 0 AND ca.removed_at IS NULL
     LEFT JOIN LATERAL (
         SELECT occurred_at, transaction_id, entity::text AS entity FROM transactions
         WHERE account_id = ca.account_id
           AND occurred_at >= greatest(ask.earliest, ask.now - make_interval(days => g.lookback_days))
           AND occurred_at < ask.latest
           AND (ask.after_at IS NULL OR occurred_at < ask.after_at
                OR (occurred_at = ask.after_at AND transaction_id > ask.after_id))
           AND occurred_at <= coalesce(ask.after_at, ask.latest) -- the same again, as the index reads it
         ORDER BY occurred_at DESC, transaction_id
         LIMIT ask.most) x ON true
     ORDER BY ask.ordinal, x.occurred_at DESC, x.transaction_id"
}

type Row = (
    i64,
    StandingRow,
    Option<Vec<String>>,
    Option<Instant>,
    Option<String>,
    Option<String>,
);

/// The combiner's kind.
pub(crate) struct TransactionReads;

impl Batch for TransactionReads {
    type Question = TransactionRead;
    type Answer = Result<Option<Read<TransactionRow>>, StoreError>;
    const NAME: &'static str = "read_transactions";

    fn run(connection: &mut PgConnection, asked: &[&TransactionRead]) -> QueryResult<Vec<Self::Answer>> {
        let after = |read: &TransactionRead| read.after.as_ref().map(|position| position.occurred_at);
        let rows = ReadAll::new(
            asked.iter().map(|read| read.token.token_id.uuid()).collect(),
            asked.iter().map(|read| read.token.issued_at).collect(),
            asked.iter().map(|read| read.account_id.as_str()).collect(),
            asked.iter().map(|read| read.from).collect(),
            asked.iter().map(|read| read.until).collect(),
            asked.iter().map(|read| after(read)).collect(),
            asked
                .iter()
                .map(|read| read.after.as_ref().map(|after| after.transaction_id.as_str()))
                .collect(),
            asked.iter().map(|read| read.limit).collect(),
            asked.iter().map(|read| read.now).collect(),
        )
        .load::<Row>(connection)?;

        let mut answers: Vec<Self::Answer> = asked.iter().map(|_| Ok(None)).collect();
        for (ordinal, standing, clusters, occurred_at, transaction_id, entity) in rows {
            let Some(answer) = answer_at(&mut answers, ordinal) else {
                continue;
            };
            add(answer, standing, || {
                // No clusters: the account is not in the grant, and nothing of it was read.
                let Some(clusters) = clusters else { return Ok(None) };
                let transaction = match (occurred_at, transaction_id, entity) {
                    (Some(occurred_at), Some(id), Some(entity)) => {
                        let transaction_id = Table("transactions").parse("transaction_id", &id)?;
                        Some((
                            Position {
                                occurred_at,
                                transaction_id,
                            },
                            entity,
                        ))
                    }
                    _ => None,
                };
                Ok(Some(TransactionRow {
                    data_clusters: data_clusters(&clusters)?,
                    transaction,
                }))
            });
        }
        Ok(answers)
    }
}
