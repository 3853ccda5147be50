-- What was not delivered is lost with these tables; the changes themselves stay in the ledger.
DROP TABLE notifications, notification_subscriptions, notification_callbacks, notification_fan_out, announcements;
DROP INDEX consent_accounts_by_account;
DROP INDEX outbox_unpublished;
ALTER TABLE outbox DROP COLUMN published_at, DROP COLUMN position;
DROP SEQUENCE outbox_positions;
