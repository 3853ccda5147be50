DROP INDEX notifications_pending;
DROP INDEX notification_subscriptions_in_slices;
ALTER TABLE announcements DROP COLUMN told_through;
