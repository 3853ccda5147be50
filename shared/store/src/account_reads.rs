//! Reads accounts of a grant, deciding and reading in one statement for all that wait.

use diesel::{
    PgConnection, QueryResult, RunQueryDsl,
    sql_types::{Array, BigInt, Bool, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid},
};
use domain::{AccountId, DataCluster, Instant};
use uuid::Uuid;

use crate::{
    combiner::Batch,
    convert::Table,
    error::StoreError,
    standing::{Read, StandingRow, StandingSql, TokenRef},
    statement::statement,
};

/// Which document of an account is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The account entity.
    Entity,
    /// Its holders and their contact.
    Contact,
    /// Its payment networks.
    PaymentNetworks,
    /// Its asset transfer networks.
    AssetTransferNetworks,
}

/// What to read, for which token.
#[derive(Debug, Clone)]
pub struct AccountRead {
    /// The token that asks.
    pub token: TokenRef,
    /// One account, or all of the grant.
    pub account_id: Option<AccountId>,
    /// Which document.
    pub part: Part,
}

/// An account of the grant, with its document as stored.
#[derive(Debug, Clone)]
pub struct AccountRow {
    /// Which account.
    pub account_id: AccountId,
    /// What of it may be read.
    pub data_clusters: Vec<DataCluster>,
    /// The name that the consumer gave it.
    pub nickname: Option<String>,
    /// Whether ACCOUNT_DETAILED means bills and scheduled payments too: the recipient is registered for no cluster that was
    /// split off it.
    pub bills_are_details: bool,
    /// JSON text; `None` when the account is no longer there or has no such document.
    pub document: Option<String>,
}

statement! {
    /// One row for each account of each question, or one without account.
    ReadAll -> (BigInt, StandingSql, Nullable<Text>, Nullable<Array<Text>>, Nullable<Text>, Bool, Nullable<Text>) ;
    "SELECT ask.ordinal, t.expires_at, t.revoked_at IS NOT NULL, t.client_id, c.status = 'APPROVED', g.consent_id, g.user_id,
     g.state, g.hold_until, g.ended_at, g.ended_by, g.ended_reason, g.expires_at, g.consumed_from,
     g.tokens_void_before, g.lookback_days, g.scope,
     ca.account_id, ca.data_clusters, ca.nickname,
     NOT coalesce(string_to_array(c.metadata ->> 'scope', ' ') && " (split_off: Array<Text> = Vec<&'a str>) "::text[], false),
     CASE ask.part WHEN 0 THEN a.entity WHEN 1 THEN a.contact WHEN 2 THEN a.payment_networks
                   WHEN 3 THEN a.asset_transfer_networks END::text
     FROM unnest(" (token_ids: Array<SqlUuid> = Vec<Uuid>) "," (issued_at: Array<Timestamptz> = Vec<Instant>) ","
     (account_ids: Array<Nullable<Text>> = Vec<Option<&'a str>>) "," (parts: Array<SmallInt> = Vec<i16>)
     ") WITH ORDINALITY AS ask(token_id, issued_at, account_id, part, ordinal)
     JOIN access_tokens t ON t.token_id = ask.token_id AND t.issued_at = ask.issued_at
     JOIN clients c ON c.client_id = t.client_id
     LEFT JOIN consent_grants g ON g.consent_id = t.consent_id
     LEFT JOIN consent_accounts ca ON ca.consent_id = g.consent_id
         AND (ask.account_id IS NULL OR ca.account_id = ask.account_id)
         AND ca.awaiting = 0 AND ca.removed_at IS NULL
     LEFT JOIN accounts a ON a.account_id = ca.account_id
     ORDER BY ask.ordinal, ca.position"
}

type Row = (
    i64,
    StandingRow,
    Option<String>,
    Option<Vec<String>>,
    Option<String>,
    bool,
    Option<String>,
);

/// The combiner's kind.
pub(crate) struct AccountReads;

impl Batch for AccountReads {
    type Question = AccountRead;
    type Answer = Result<Option<Read<AccountRow>>, StoreError>;
    const NAME: &'static str = "read_accounts";

    fn run(connection: &mut PgConnection, asked: &[&AccountRead]) -> QueryResult<Vec<Self::Answer>> {
        let rows = ReadAll::new(
            split_off(),
            asked.iter().map(|read| read.token.token_id.uuid()).collect(),
            asked.iter().map(|read| read.token.issued_at).collect(),
            asked
                .iter()
                .map(|read| read.account_id.as_ref().map(AccountId::as_str))
                .collect(),
            asked.iter().map(|read| read.part as i16).collect(),
        )
        .load::<Row>(connection)?;

        let mut answers: Vec<Self::Answer> = asked.iter().map(|_| Ok(None)).collect();
        for (ordinal, standing, account_id, clusters, nickname, bills_are_details, document) in rows {
            let Some(answer) = answer_at(&mut answers, ordinal) else {
                continue;
            };
            add(answer, standing, || {
                account_row(account_id, clusters, nickname, (bills_are_details, document))
            });
        }
        Ok(answers)
    }
}

/// An account of a row that has one.
pub(crate) fn account_row(
    account_id: Option<String>,
    clusters: Option<Vec<String>>,
    nickname: Option<String>,
    (bills_are_details, document): (bool, Option<String>),
) -> Result<Option<AccountRow>, StoreError> {
    let Some(account_id) = account_id else {
        return Ok(None);
    };
    Ok(Some(AccountRow {
        account_id: Table("consent_accounts").parse("account_id", &account_id)?,
        data_clusters: data_clusters(&clusters.unwrap_or_default())?,
        nickname,
        bills_are_details,
        document,
    }))
}

/// The scopes of the clusters that were split off ACCOUNT_DETAILED.
pub(crate) fn split_off() -> Vec<&'static str> {
    DataCluster::ALL
        .into_iter()
        .filter(|cluster| cluster.is_split_off())
        .map(|cluster| cluster.scope().as_str())
        .collect()
}

/// The answer to the question of that ordinal, which counts from one.
pub(crate) fn answer_at<A>(answers: &mut [A], ordinal: i64) -> Option<&mut A> {
    answers.get_mut(usize::try_from(ordinal - 1).ok()?)
}

/// Adds one row to an answer; the standing is the same in each of them.
pub(crate) fn add<R>(
    answer: &mut Result<Option<Read<R>>, StoreError>,
    standing: StandingRow,
    row: impl FnOnce() -> Result<Option<R>, StoreError>,
) {
    let added = (|| {
        if let Ok(None) = answer {
            *answer = Ok(Some(Read {
                standing: standing.into_standing()?,
                rows: vec![],
            }));
        }
        if let (Ok(Some(read)), Some(row)) = (&mut *answer, row()?) {
            read.rows.push(row);
        }
        Ok(())
    })();
    if let Err(error) = added {
        *answer = Err(error);
    }
}

/// The clusters of a row.
pub(crate) fn data_clusters(names: &[String]) -> Result<Vec<DataCluster>, StoreError> {
    names
        .iter()
        .map(|name| DataCluster::from_name(name).ok_or(Table("consent_accounts").corrupt("data_clusters")))
        .collect()
}
