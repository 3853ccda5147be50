ALTER TABLE authorization_requests DROP COLUMN pushed;
DROP TABLE consent_identities;
