DROP TABLE consent_identities;
