//! Writes records: all at once, or one by one over what may be there.

use diesel::{
    Connection, ExecuteCopyFromDsl, Insertable, OptionalExtension, PgConnection, QueryResult, RunQueryDsl,
    sql_types::{Array, Bool, Text, Timestamptz, Uuid as SqlUuid},
};
use domain::{AccountId, DataCluster, Instant};
use uuid::Uuid;

use super::{
    Access,
    last::{self, Months},
};
use crate::statement::statement;

// A `COPY` is no statement of ours: diesel writes it, in the binary form, from the columns' types.
diesel::table! {
    consent_accesses (consent_id, accessed_at, access_id) {
        consent_id -> Uuid,
        accessed_at -> Timestamptz,
        access_id -> Uuid,
        client_id -> Text,
        token_id -> Uuid,
        operation -> Text,
        account_ids -> Array<Text>,
        data_clusters -> Array<Text>,
        attended -> Bool,
        interaction_id -> Text,
    }
}

#[derive(Insertable)]
#[diesel(table_name = consent_accesses, treat_none_as_default_value = false)]
struct NewRow<'a> {
    consent_id: Uuid,
    accessed_at: Instant,
    access_id: Uuid,
    client_id: &'a str,
    token_id: Uuid,
    operation: &'a str,
    account_ids: Vec<&'a str>,
    data_clusters: Vec<&'static str>,
    attended: bool,
    interaction_id: &'a str,
}

impl<'a> NewRow<'a> {
    fn of(access: &'a Access) -> Self {
        Self {
            consent_id: access.consent_id.uuid(),
            accessed_at: access.accessed_at,
            access_id: access.access_id,
            client_id: access.client_id.as_str(),
            token_id: access.token_id.uuid(),
            operation: &access.operation,
            account_ids: access.account_ids.iter().map(AccountId::as_str).collect(),
            data_clusters: access
                .data_clusters
                .iter()
                .copied()
                .map(DataCluster::as_str)
                .collect(),
            attended: access.attended,
            interaction_id: &access.interaction_id,
        }
    }
}

statement! {
    /// Leaves one that is there.
    InsertOne -> SqlUuid ;
    "INSERT INTO consent_accesses (consent_id, accessed_at, access_id, client_id, token_id, operation, account_ids,
     data_clusters, attended, interaction_id) VALUES (" (consent_id: SqlUuid = Uuid) ","
    (accessed_at: Timestamptz = Instant) "," (access_id: SqlUuid = Uuid) "," (client_id: Text = &'a str) ","
    (token_id: SqlUuid = Uuid) "," (operation: Text = &'a str) "," (account_ids: Array<Text> = Vec<&'a str>) ","
    (data_clusters: Array<Text> = Vec<&'static str>) "," (attended: Bool = bool) ","
    (interaction_id: Text = &'a str) ") ON CONFLICT DO NOTHING RETURNING access_id"
}

/// All of them at once, and the months of those that tell a new one.
pub(super) fn copy(connection: &mut PgConnection, accesses: &[Access], months: &Months) -> QueryResult<()> {
    let rows: Vec<_> = accesses.iter().map(NewRow::of).collect();
    let copy = |connection: &mut PgConnection| {
        diesel::copy_from(consent_accesses::table)
            .from_insertable(&rows)
            .execute(connection)
            .map(drop)
    };
    if months.is_empty() {
        return copy(connection);
    }
    connection.transaction(|connection| {
        copy(connection)?;
        last::mark(connection, months)
    })
}

/// Those that are not there, one after the other, or none.
pub(super) fn insert(connection: &mut PgConnection, accesses: &[Access], months: &Months) -> QueryResult<()> {
    connection.transaction(|connection| {
        for row in accesses.iter().map(NewRow::of) {
            InsertOne::new(
                row.consent_id,
                row.accessed_at,
                row.access_id,
                row.client_id,
                row.token_id,
                row.operation,
                row.account_ids,
                row.data_clusters,
                row.attended,
                row.interaction_id,
            )
            .get_result::<Uuid>(connection)
            .optional()?;
        }
        last::mark(connection, months)
    })
}
