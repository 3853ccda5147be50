//! Grants of which time has changed something that nobody has written down yet.

use diesel::{
    RunQueryDsl,
    sql_types::{Integer, Timestamptz, Uuid as SqlUuid},
};
use domain::{ConsentId, Instant};
use uuid::Uuid;

use crate::{Tx, error::StoreError, statement::statement};

statement! {
    /// Ends by their index, holds that have lapsed by theirs; each the oldest first.
    ListDue -> SqlUuid ;
    "WITH asked AS (SELECT " (now: Timestamptz = Instant) "::timestamptz AS now, " (limit: Integer = i32) "::integer AS most),
    ended AS (SELECT consent_id FROM consent_grants
        WHERE state IN ('ACTIVE', 'ON_HOLD') AND least(expires_at, consumed_from) <= (SELECT now FROM asked)
        ORDER BY least(expires_at, consumed_from) LIMIT (SELECT most FROM asked)),
    lapsed AS (SELECT consent_id FROM consent_grants
        WHERE state = 'ON_HOLD' AND hold_until <= (SELECT now FROM asked)
        ORDER BY hold_until LIMIT (SELECT most FROM asked))
    SELECT consent_id FROM ended UNION SELECT consent_id FROM lapsed"
}

/// Grants that stand as living and have ended, and holds that have lapsed: at most twice `limit`. Whoever writes one down
/// locks it first and looks again.
///
/// # Errors
/// [`StoreError`].
pub fn list(tx: &mut Tx<'_>, now: Instant, limit: i32) -> Result<Vec<ConsentId>, StoreError> {
    let ids = ListDue::new(now, limit).load::<Uuid>(tx.connection)?;
    Ok(ids.into_iter().map(ConsentId::from_uuid).collect())
}
