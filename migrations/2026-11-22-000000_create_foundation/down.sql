DROP FUNCTION drop_partitions;
DROP FUNCTION ensure_partitions;
DROP TABLE transactions, account_holders, accounts, outbox, consent_history, spent_ids, access_tokens,
    refresh_tokens, authorization_codes, consent_accounts, consent_grants, authentication_resources,
    authorization_requests, users, signing_keys, clients;
