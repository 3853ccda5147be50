DROP TABLE consent_last_reads;
DROP INDEX consent_history_told;
DROP INDEX consent_accounts_by_consent;
