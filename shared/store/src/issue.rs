//! Issues access tokens that belong to no grant: spends the client assertion and writes the token, for all
//! that wait, in one statement. Tokens of clients that spend nothing, since a certificate or a secret proves them, have a
//! plainer one.
//!
//! Both also compare the version of the client with the one that the assertion was checked
//! against, so a client may be remembered between requests without a change of it being missed.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use diesel::{
    PgConnection, QueryResult, RunQueryDsl,
    result::{DatabaseErrorKind, Error},
    sql_types::{Array, BigInt, Bool, Date, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use domain::{ClientId, Instant, TokenId};
use uuid::Uuid;

use crate::{Tx, combiner, error::StoreError, statement::statement};

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
    /// Writes tokens whose clients stand and whose proofs spend nothing. Answers which were written.
    ///
    /// Each client is looked up once, by its place among `clients`, however many of the tokens are its own.
    IssueOutright -> SqlUuid ;
    "INSERT INTO access_tokens (token_id, issued_at, expires_at, client_id)
    SELECT ask.token_id, ask.issued_at, ask.expires_at, c.client_id
    FROM unnest(" (clients: Array<Text> = Vec<&'a str>) "," (versions: Array<Integer> = Vec<i32>)
    ") WITH ORDINALITY AS known(client_id, version, client)
    JOIN clients c ON c.client_id = known.client_id AND c.version = known.version AND c.status = 'APPROVED'
    JOIN unnest(" (client: Array<BigInt> = Vec<i64>) "," (token_ids: Array<SqlUuid> = Vec<Uuid>) ","
    (issued_at: Array<Timestamptz> = Vec<Instant>) "," (expires_at: Array<Timestamptz> = Vec<Instant>)
    ") AS ask(client, token_id, issued_at, expires_at) ON ask.client = known.client
    RETURNING token_id"
}

statement! {
    /// The same for proofs that spend an id: only the tokens of those who spent theirs are written.
    IssueSpending -> SqlUuid ;
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
    SELECT token_id, issued_at, expires_at, client_id FROM ask JOIN spent ON spent_by = token_id
    RETURNING token_id"
}

statement! {
    /// Why tokens were not written: answers (token id, client stands, id was spent by this token itself).
    ///
    /// A statement of its own, since next to nobody is refused. The token of an id that it spent itself was written by the
    /// statement that spent it: it was asked for a second time after a lost connection.
    Refused -> (SqlUuid, Bool, Bool) ;
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
pub(crate) struct Batch;

impl combiner::Batch for Batch {
    type Question = Issue;
    type Answer = Issued;
    const NAME: &'static str = "issue";

    /// At most three statements, each a whole: one for the tokens that spend, one for those that do not, one for the refused.
    fn run(connection: &mut PgConnection, asked: &[&Issue]) -> QueryResult<Vec<Issued>> {
        let mut outright = Vec::new();
        let mut spending = Vec::new();
        for issue in asked {
            match issue.client.spend {
                None => outright.push(*issue),
                Some(spend) => spending.push((*issue, spend)),
            }
        }
        let mut written = issue_outright(connection, &outright)?;
        written.extend(issue_spending(connection, &spending)?);
        spending.retain(|(issue, _)| !written.contains(&issue.token_id.uuid()));
        let refused = refused(connection, &spending)?;
        Ok(asked
            .iter()
            .map(|issue| {
                let token_id = issue.token_id.uuid();
                match refused.get(&token_id) {
                    _ if written.contains(&token_id) => Issued::Issued,
                    Some(answer) => *answer,
                    None => Issued::ClientChanged,
                }
            })
            .collect())
    }
}

fn issue_outright(connection: &mut PgConnection, asked: &[&Issue]) -> QueryResult<HashSet<Uuid>> {
    if asked.is_empty() {
        return Ok(HashSet::new());
    }
    let known = Known::of(asked.iter().map(|issue| &issue.client));
    let written = IssueOutright::new(
        known.clients,
        known.versions,
        known.client,
        asked.iter().map(|issue| issue.token_id.uuid()).collect(),
        asked.iter().map(|issue| issue.issued_at).collect(),
        asked.iter().map(|issue| issue.expires_at).collect(),
    )
    .load::<Uuid>(connection);
    match (written, asked) {
        (Ok(written), _) => Ok(written.into_iter().collect()),
        // Asked for a second time after a lost connection: nobody else mints this id, so the first time had succeeded. Of a
        // batch the combiner asks each alone.
        (Err(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)), [issue]) => {
            Ok(HashSet::from([issue.token_id.uuid()]))
        }
        (Err(error), _) => Err(error),
    }
}

fn issue_spending(connection: &mut PgConnection, asked: &[(&Issue, Spend)]) -> QueryResult<Vec<Uuid>> {
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let known = Known::of(asked.iter().map(|(issue, _)| &issue.client));
    IssueSpending::new(
        known.clients,
        known.versions,
        known.client,
        asked.iter().map(|(_, spend)| spend.spent_id).collect(),
        asked.iter().map(|(_, spend)| spend.ends_on).collect(),
        asked.iter().map(|(issue, _)| issue.token_id.uuid()).collect(),
        asked.iter().map(|(issue, _)| issue.issued_at).collect(),
        asked.iter().map(|(issue, _)| issue.expires_at).collect(),
    )
    .load(connection)
}

fn refused(connection: &mut PgConnection, asked: &[(&Issue, Spend)]) -> QueryResult<HashMap<Uuid, Issued>> {
    if asked.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = Refused::new(
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
    let answer = |stands, ours| match (stands, ours) {
        (_, true) => Issued::Issued,
        (true, false) => Issued::Replayed,
        (false, false) => Issued::ClientChanged,
    };
    Ok(rows
        .into_iter()
        .map(|(token_id, stands, ours)| (token_id, answer(stands, ours)))
        .collect())
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
