//! What one recipient, and one host, may take of us.

/// Subscriptions of one recipient. There are fourteen types of event.
pub(crate) const SUBSCRIPTIONS: i32 = 100;

/// Callbacks at one host that nobody has answered for, whosever: each costs that host a challenge now and then, and the
/// host may have asked for none of them (S10).
pub(crate) const UNVERIFIED_CALLBACKS_OF_A_HOST: i64 = 100;

/// Tests of one subscription in a minute.
pub(crate) const TESTS_A_MINUTE: i64 = 10;

/// Furthest that a subscription may begin in the future, days.
pub(crate) const EFFECTIVE_WITHIN_DAYS: i64 = 366;
