//! The fan-out: what the outbox and the announcements hold becomes notifications, one for each subscription that is to hear
//! of it.
//!
//! One worker of all replicas fans out at a time, under the lock of one row, and it alone numbers. That is why
//! * notifications of one subscription count from 1 without a gap, so that a gap at the receiver shows;
//! * positions become visible in their order: who goes on from the last that it saw misses none, whatever order the
//!   changes were committed in. Outbox rows are taken because they are not yet told, never because of their number;
//! * the notifications of one consent have positions in the order of its changes, since the outbox rows have.
//!
//! A subscription hears of every change that is committed after it was; of one committed shortly before it may.

use diesel::{
    OptionalExtension, RunQueryDsl,
    sql_types::{BigInt, Bool, Text, Timestamptz},
};
use domain::Instant;

use crate::{Tx, error::StoreError, statement::statement};

statement! {
    /// The right to fan out, for as long as the transaction lasts, if nobody has it. What follows joins what one round may
    /// take with itself, which our connections would do row by row: fine for what is found by key, and not for ten thousand
    /// subscribers of one announcement.
    Begin -> (BigInt, Text) ;
    "SELECT last_position, set_config('enable_hashjoin', 'on', true) FROM notification_fan_out FOR UPDATE SKIP LOCKED"
}

statement! {
    /// Answers (rows taken, notifications made, whether some are left) and moves the last position on.
    FanOut -> (BigInt, BigInt, Bool) ;
    "WITH asked AS (SELECT " (now: Timestamptz = Instant) "::timestamptz AS now, " (park_at: Timestamptz = Instant)
    "::timestamptz AS park_at, " (last_position: BigInt = i64) "::bigint AS last_position, " (most: BigInt = i64)
    "::bigint AS most, " (slice: BigInt = i64) "::bigint AS slice),
    -- Two lists that are each in order, cut to what one round may take.
    changed AS (SELECT consent_id, event_id, created_at, position, client_id, event_type, payload FROM outbox
        WHERE published_at IS NULL ORDER BY position LIMIT (SELECT most FROM asked)),
    waiting AS (SELECT announcement_id, created_at, position, event_type, category, severity, priority, payload,
        audience, account_id, subscription_key, told_through FROM announcements
        WHERE published_at IS NULL ORDER BY position LIMIT (SELECT most FROM asked)),
    -- No more than one that everybody hears, and of its subscribers a slice, so that a round ends in time however many there
    -- are. What comes after it does not wait for its other slices.
    announced AS (SELECT * FROM (SELECT waiting.*,
            count(*) FILTER (WHERE audience = 'EVERYBODY') OVER (ORDER BY position) AS wide FROM waiting) w WHERE wide <= 1),
    published AS (UPDATE outbox o SET published_at = asked.now FROM changed c, asked
        WHERE o.consent_id = c.consent_id AND o.event_id = c.event_id AND o.created_at = c.created_at),
    -- Each subscription once, whenever the slices are told and by whom: keys do not change, and who subscribes meanwhile
    -- may hear it or not.
    slice AS (SELECT s.subscription_key, a.announcement_id
        FROM announced a CROSS JOIN LATERAL (SELECT s.subscription_key FROM notification_subscriptions s
            WHERE s.event_type = a.event_type AND s.category = a.category
                AND s.subscription_key > coalesce(a.told_through, '00000000-0000-0000-0000-000000000000')
                AND (s.effective_on IS NULL OR a.created_at >= s.effective_on::timestamp AT TIME ZONE 'UTC')
            ORDER BY s.subscription_key LIMIT (SELECT asked.slice FROM asked)) s
        WHERE a.audience = 'EVERYBODY'),
    sliced AS (SELECT count(*) AS size, (SELECT subscription_key FROM slice ORDER BY subscription_key DESC LIMIT 1) AS last
        FROM slice),
    published_too AS (UPDATE announcements a SET told_through = sliced.last,
            published_at = CASE WHEN n.audience <> 'EVERYBODY' OR sliced.size < asked.slice THEN asked.now END
        FROM announced n, asked, sliced
        WHERE a.announcement_id = n.announcement_id AND a.created_at = n.created_at
        RETURNING a.published_at),
    heard AS (
        -- A consent's changes are told to the recipient that holds it, and to nobody else (O16).
        SELECT s.subscription_key, c.position, c.event_id AS notification_id, c.consent_id, c.event_type, s.category,
            'INFO' AS severity, 'MEDIUM' AS priority, c.payload
        FROM changed c JOIN notification_subscriptions s ON s.client_id = c.client_id AND s.event_type = c.event_type
            AND s.category = 'CONSENT' AND (s.effective_on IS NULL OR c.created_at >= s.effective_on::timestamp AT TIME ZONE 'UTC')
        UNION ALL
        SELECT s.subscription_key, a.position, a.announcement_id, NULL, a.event_type, a.category, a.severity, a.priority,
            a.payload
        FROM announced a JOIN slice s ON s.announcement_id = a.announcement_id
        UNION ALL
        SELECT s.subscription_key, a.position, a.announcement_id, NULL, a.event_type, a.category, a.severity, a.priority,
            a.payload
        FROM announced a JOIN notification_subscriptions s ON a.audience = 'ACCOUNT' AND s.event_type = a.event_type
            AND s.category = a.category AND (s.effective_on IS NULL OR a.created_at >= s.effective_on::timestamp AT TIME ZONE 'UTC')
        WHERE EXISTS (SELECT 1 FROM asked, consent_accounts ca JOIN consent_grants g ON g.consent_id = ca.consent_id
            WHERE ca.account_id = a.account_id AND g.client_id = s.client_id AND 'BALANCES' = ANY(ca.data_clusters)
            AND (g.state = 'ACTIVE' OR g.state = 'ON_HOLD' AND g.hold_until <= asked.now)
            AND least(g.expires_at, g.consumed_from) > asked.now)
        UNION ALL
        SELECT s.subscription_key, a.position, a.announcement_id, NULL, a.event_type, a.category, a.severity, a.priority,
            a.payload
        FROM announced a JOIN notification_subscriptions s ON a.audience = 'SUBSCRIPTION'
            AND s.subscription_key = a.subscription_key),
    -- A subscription that is deleted at this moment is not there any more, and one that is changed has its new callback:
    -- an UPDATE looks again at a row that it waited for.
    counted AS (UPDATE notification_subscriptions s SET last_sequence = s.last_sequence + h.heard
        FROM (SELECT subscription_key, count(*) AS heard FROM heard GROUP BY subscription_key) h
        WHERE s.subscription_key = h.subscription_key
        RETURNING s.subscription_key, s.client_id, s.callback_id, s.last_sequence - h.heard AS before),
    told AS (INSERT INTO notifications (subscription_key, sequence, created_at, position, callback_id, client_id,
            notification_id, consent_id, event_type, category, severity, priority, payload, state, next_attempt_at, park_at)
        SELECT h.subscription_key,
            c.before + row_number() OVER (PARTITION BY h.subscription_key ORDER BY h.position), asked.now,
            asked.last_position + row_number() OVER (ORDER BY h.position, h.subscription_key), c.callback_id, c.client_id,
            h.notification_id, h.consent_id, h.event_type, h.category, h.severity, h.priority, h.payload, 'PENDING',
            asked.now, asked.park_at
        FROM asked, heard h JOIN counted c ON c.subscription_key = h.subscription_key
        RETURNING position),
    moved_on AS (UPDATE notification_fan_out f SET last_position = t.highest
        FROM (SELECT max(position) AS highest FROM told) t WHERE t.highest IS NOT NULL),
    -- Not before the receiver's pause is over; a callback that was given up is the operator's to resume.
    woken AS (UPDATE notification_callbacks c
        SET next_attempt_at = greatest(least(coalesce(c.next_attempt_at, asked.now), asked.now), c.paused_until)
        FROM asked WHERE c.state <> 'PARKED' AND c.callback_id IN (SELECT callback_id FROM counted))
    SELECT c.taken + a.told, (SELECT count(*) FROM told), asked.most <= greatest(c.taken, a.taken) OR a.told < w.taken
    FROM asked, (SELECT count(*) AS taken FROM changed) c,
        (SELECT count(*) AS taken, count(published_at) AS told FROM published_too) a,
        (SELECT count(*) AS taken FROM waiting) w"
}

/// What one round of the fan-out did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FannedOut {
    /// Rows of outbox and announcements that are told now, to everybody who is to hear them.
    pub events: i64,
    /// Notifications that they became.
    pub notifications: i64,
    /// Whether more may be waiting: then another round should follow at once.
    pub more: bool,
}

/// Subscriptions that hear of an announcement to everybody in one round.
pub const SLICE: i64 = 2_000;

/// Makes notifications of at most `most` changes and as many announcements; due at once, to be given up at `park_at`. Of one that
/// everybody hears at most `slice` are made, usually [`SLICE`]; the rest by the rounds that follow. Does nothing while another
/// worker is at it. Run it in [`Store::work`](crate::Store::work).
///
/// # Errors
/// [`StoreError`].
pub fn fan_out(
    tx: &mut Tx<'_>,
    now: Instant,
    park_at: Instant,
    most: i64,
    slice: i64,
) -> Result<FannedOut, StoreError> {
    let begun = Begin::new()
        .get_result::<(i64, String)>(tx.connection)
        .optional()?;
    let Some((last_position, _)) = begun else {
        return Ok(FannedOut::default());
    };
    let (events, notifications, more) =
        FanOut::new(now, park_at, last_position, most, slice)
            .get_result::<(i64, i64, bool)>(tx.connection)?;
    Ok(FannedOut {
        events,
        notifications,
        more,
    })
}
