ALTER TABLE users DROP COLUMN totp_last_step, DROP COLUMN totp_secret_sealed;
DROP TABLE consent_accesses;
ALTER TABLE authentication_resources DROP COLUMN refused_decisions;
DROP INDEX consent_grants_by_hold, consent_grants_by_user_and_client;
ALTER TABLE consent_grants DROP COLUMN refused_changes, DROP COLUMN superseded_by, DROP COLUMN supersedes;
DROP TABLE consent_approvals;
ALTER TABLE consent_accounts DROP COLUMN removed_at, DROP COLUMN awaiting;
DROP INDEX account_holders_approving;
ALTER TABLE account_holders DROP COLUMN approves;
