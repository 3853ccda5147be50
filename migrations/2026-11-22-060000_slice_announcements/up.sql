-- Announcements to everybody are told in slices, and what waits for delivery can be counted.

-- Up to which subscription it is told; null before the first slice. A program of before does not look at it and tells everybody
-- at once: while replicas are exchanged an announcement may come twice, with one notificationId.
ALTER TABLE announcements ADD COLUMN told_through uuid;
CREATE INDEX notification_subscriptions_in_slices ON notification_subscriptions (event_type, subscription_key);

-- The oldest that waits, and how many do, without looking at what was delivered.
CREATE INDEX notifications_pending ON notifications (created_at) WHERE state = 'PENDING';
