//! Who read what, when: one row a read that enforcement let out, written behind the reads by the [`Writer`].

mod last;
mod row;
mod writer;

use std::borrow::Cow;

use diesel::{
    RunQueryDsl,
    sql_types::{Array, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use domain::{AccountId, ClientId, ConsentId, DataCluster, Instant, TokenId};
use uuid::Uuid;

use crate::{
    Tx, account_reads::data_clusters, convert::Table, error::StoreError, spans::Span, statement::statement,
};

pub use writer::{GATHER, ROOM, Writer};

const TABLE: Table = Table("consent_accesses");

/// One read that was let out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// Its own id.
    pub access_id: Uuid,
    /// The instant of the request.
    pub accessed_at: Instant,
    /// Under which consent.
    pub consent_id: ConsentId,
    /// By whom.
    pub client_id: ClientId,
    /// With which token.
    pub token_id: TokenId,
    /// The FDX operation, such as `searchForAccounts`.
    pub operation: Cow<'static, str>,
    /// The accounts of which something was let out.
    pub account_ids: Vec<AccountId>,
    /// What of them, taken together.
    pub data_clusters: Vec<DataCluster>,
    /// Whether the consumer was there, as the recipient says (`x-fapi-customer-ip-address`).
    pub attended: bool,
    /// The exchange in which it happened.
    pub interaction_id: String,
}

/// The columns of an access, in the order of the statements that read one.
pub(crate) type RowSql = (
    SqlUuid,
    Timestamptz,
    SqlUuid,
    Text,
    SqlUuid,
    Text,
    Array<Text>,
    Array<Text>,
    Bool,
    Text,
);

/// As they come.
pub(crate) type Row = (
    Uuid,
    Instant,
    Uuid,
    String,
    Uuid,
    String,
    Vec<String>,
    Vec<String>,
    bool,
    String,
);

statement! {
    List -> RowSql ;
    "SELECT a.consent_id, a.accessed_at, a.access_id, a.client_id, a.token_id, a.operation, a.account_ids,
     a.data_clusters, a.attended, a.interaction_id
     FROM consent_accesses a, (SELECT " (consent_id: SqlUuid = Uuid) "::uuid AS consent_id, "
    (from: Timestamptz = Instant) "::timestamptz AS begins, " (until: Timestamptz = Instant) "::timestamptz AS ends, "
    (before_at: Nullable<Timestamptz> = Option<Instant>) "::timestamptz AS before_at, "
    (before_id: Nullable<SqlUuid> = Option<Uuid>) "::uuid AS before_id) p
     WHERE a.consent_id = p.consent_id AND a.accessed_at >= p.begins AND a.accessed_at < p.ends
       AND (p.before_at IS NULL OR a.accessed_at < p.before_at
            OR (a.accessed_at = p.before_at AND a.access_id < p.before_id))
       AND a.accessed_at <= coalesce(p.before_at, 'infinity') -- the same again, as the index reads it
     ORDER BY a.accessed_at DESC, a.access_id DESC LIMIT " (limit: Integer = i32) ""
}

/// The access that a row holds.
pub(crate) fn access(row: Row) -> Result<Access, StoreError> {
    let (
        consent_id,
        accessed_at,
        access_id,
        client_id,
        token_id,
        operation,
        accounts,
        clusters,
        attended,
        exchange,
    ) = row;
    Ok(Access {
        access_id,
        accessed_at,
        consent_id: ConsentId::from_uuid(consent_id),
        client_id: TABLE.parse("client_id", &client_id)?,
        token_id: TokenId::from_uuid(token_id),
        operation: operation.into(),
        account_ids: accounts
            .iter()
            .map(|id| TABLE.parse("account_ids", id))
            .collect::<Result<_, _>>()?,
        data_clusters: data_clusters(&clusters)?,
        attended,
        interaction_id: exchange,
    })
}

/// Accesses under a consent in that span, newest first, those before `before` (an instant and an id).
///
/// # Errors
/// [`StoreError`].
pub fn list(
    tx: &mut Tx<'_>,
    consent_id: ConsentId,
    span: Span,
    before: Option<(Instant, Uuid)>,
    limit: i32,
) -> Result<Vec<Access>, StoreError> {
    let (before_at, before_id) = before.unzip();
    List::new(
        consent_id.uuid(),
        span.from,
        span.until,
        before_at,
        before_id,
        limit,
    )
    .load::<Row>(tx.connection)?
    .into_iter()
    .map(access)
    .collect()
}
