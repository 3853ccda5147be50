-- Consent as a product: joint accounts, accounts that are removed, renewals, who read what and when, one-time passwords.
--
-- Adds only: the program before this one runs beside it while replicas are exchanged. It would still serve an account that
-- awaits an approval, so mark holders (concordat import --joint) when the last old replica has gone.

-- A holder whose approval a grant of the account needs.
ALTER TABLE account_holders ADD COLUMN approves boolean NOT NULL DEFAULT false;
CREATE INDEX account_holders_approving ON account_holders (account_id) WHERE approves;

ALTER TABLE consent_accounts
    -- Approvals that are still missing: nothing of the account is served until there is none.
    ADD COLUMN awaiting   integer NOT NULL DEFAULT 0 CHECK (awaiting >= 0),
    -- Removed from the grant by the consumer. The row stays, so that history reads; it is served no more.
    ADD COLUMN removed_at timestamptz;

-- What each holder of a joint account says to a grant of it. Needed are all of an account; the grantor's own is written
-- when the grant is made. An approval stands while approved_at is set and withdrawn_at is not.
CREATE TABLE consent_approvals (
    consent_id   uuid NOT NULL,
    account_id   text NOT NULL,
    user_id      text NOT NULL,
    -- When the grant was made: a holder's list is in that order.
    granted_at   timestamptz NOT NULL,
    approved_at  timestamptz,
    withdrawn_at timestamptz,
    PRIMARY KEY (consent_id, account_id, user_id),
    FOREIGN KEY (consent_id, account_id) REFERENCES consent_accounts
);
CREATE INDEX consent_approvals_by_user ON consent_approvals (user_id, granted_at DESC, consent_id);

ALTER TABLE consent_grants
    -- A renewal: the grant that this one replaced, and the one that replaced it.
    ADD COLUMN supersedes      uuid REFERENCES consent_grants,
    ADD COLUMN superseded_by   uuid REFERENCES consent_grants,
    -- Changes that came too late and stand in history as REFUSED; counted, since history must stay bounded.
    ADD COLUMN refused_changes integer NOT NULL DEFAULT 0;
-- Holds that lapse by themselves.
CREATE INDEX consent_grants_by_hold ON consent_grants (hold_until) WHERE state = 'ON_HOLD' AND hold_until IS NOT NULL;
CREATE INDEX consent_grants_by_user_and_client ON consent_grants (user_id, client_id, created_at DESC, consent_id);

-- Decisions that came after the first one, for the history of the grant that comes of it.
ALTER TABLE authentication_resources ADD COLUMN refused_decisions jsonb NOT NULL DEFAULT '[]';

-- Who read what, when: one row a request that enforcement let through.
CREATE TABLE consent_accesses (
    consent_id     uuid NOT NULL,
    accessed_at    timestamptz NOT NULL,
    access_id      uuid NOT NULL,
    client_id      text NOT NULL,
    token_id       uuid NOT NULL,
    -- The FDX operation, such as searchForAccounts.
    operation      text NOT NULL,
    account_ids    text[] NOT NULL,
    data_clusters  text[] NOT NULL,
    -- Whether the consumer was there (x-fapi-customer-ip-address).
    attended       boolean NOT NULL,
    interaction_id text NOT NULL,
    PRIMARY KEY (consent_id, accessed_at, access_id)
) PARTITION BY RANGE (accessed_at);
CREATE TABLE consent_accesses_default PARTITION OF consent_accesses DEFAULT;

-- One-time passwords (RFC 6238) of those who sign in at the reference consent application.
ALTER TABLE users
    -- Sealed under the key that is not in the database, as private keys are.
    ADD COLUMN totp_secret_sealed bytea,
    -- The time step of the last code that was taken: a code works once.
    ADD COLUMN totp_last_step     bigint;
