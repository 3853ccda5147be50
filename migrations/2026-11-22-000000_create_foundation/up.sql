-- The whole of the first platform: clients, keys, users, requests, consents, tokens, accounts.
--
-- Habits. A state is text with a CHECK, so that a row reads without a decoder. A secret that we minted is
-- kept as its SHA-256. What only grows is partitioned by time (see ensure_partitions) and is purged by
-- dropping partitions. A primary key begins with a UUID of its grant, or is one, wherever there is a grant.

CREATE TABLE clients (
    client_id   text PRIMARY KEY CHECK (length(client_id) BETWEEN 1 AND 256),
    version     integer NOT NULL DEFAULT 1,
    status      text NOT NULL CHECK (status IN ('APPROVED', 'DISABLED')),
    metadata    jsonb NOT NULL,
    secret_hash text,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL
);

-- The private part is sealed under a key that is not in the database.
CREATE TABLE signing_keys (
    kid                text PRIMARY KEY,
    algorithm          text NOT NULL CHECK (algorithm IN ('ES256', 'PS256', 'RS256')),
    sealed_private_key bytea NOT NULL,
    created_at         timestamptz NOT NULL,
    active_from        timestamptz NOT NULL,
    signs_until        timestamptz,
    published_until    timestamptz
);

-- Consumers whom the reference consent application signs in. A bank that has its own leaves it empty.
CREATE TABLE users (
    user_id       text PRIMARY KEY CHECK (length(user_id) BETWEEN 1 AND 256),
    username      text NOT NULL UNIQUE,
    display_name  text NOT NULL,
    password_hash text NOT NULL,
    created_at    timestamptz NOT NULL
);

-- Authorization requests, pushed or by value, as they were verified.
CREATE TABLE authorization_requests (
    request_id       uuid PRIMARY KEY,
    request_uri_hash bytea NOT NULL UNIQUE,
    client_id        text NOT NULL REFERENCES clients,
    parameters       jsonb NOT NULL,
    created_at       timestamptz NOT NULL,
    expires_at       timestamptz NOT NULL,
    -- Set once, when the authorization completes (or is refused): from then on the request_uri is spent.
    completed_at     timestamptz
);
CREATE INDEX authorization_requests_by_client ON authorization_requests (client_id, expires_at);
CREATE INDEX authorization_requests_by_end ON authorization_requests (expires_at);

-- LODGED ──approve──▶ APPROVED ──complete──▶ COMPLETED
--    └────reject────▶ REJECTED ──complete──▶ COMPLETED        any ──5 min──▶ lapsed, by the instant
CREATE TABLE authentication_resources (
    resource_id   uuid PRIMARY KEY,
    request_id    uuid NOT NULL REFERENCES authorization_requests ON DELETE CASCADE,
    client_id     text NOT NULL,
    -- SHA-256 of the cookie of the browser that began.
    browser_hash  bytea NOT NULL,
    state         text NOT NULL CHECK (state IN ('LODGED', 'APPROVED', 'REJECTED', 'COMPLETED')),
    version       integer NOT NULL DEFAULT 1,
    created_at    timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL,
    decision      jsonb,
    decided_at    timestamptz,
    completed_at  timestamptz,
    consent_id    uuid
);
CREATE INDEX authentication_resources_by_request ON authentication_resources (request_id);

CREATE TABLE consent_grants (
    consent_id      uuid PRIMARY KEY,
    client_id       text NOT NULL REFERENCES clients,
    user_id         text NOT NULL,
    state           text NOT NULL CHECK (state IN ('ACTIVE', 'ON_HOLD', 'REVOKED', 'EXPIRED', 'CONSUMED')),
    hold_until      timestamptz,
    ended_at        timestamptz,
    ended_by        text,
    ended_reason    text,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    -- A ONE_TIME grant: when its one access token ends, and the grant with it. Set by the redemption.
    consumed_from   timestamptz,
    -- Tokens issued at or before this instant are dead: a refresh token was revoked.
    tokens_void_before timestamptz,
    duration_type   text NOT NULL CHECK (duration_type IN ('ONE_TIME', 'TIME_BOUND', 'PERSISTENT')),
    duration_days   integer NOT NULL CHECK (duration_days > 0),
    lookback_days   integer NOT NULL CHECK (lookback_days > 0),
    scope           text NOT NULL,
    authentication  jsonb NOT NULL,
    -- Terms and conditions, acknowledgement: what the consent application reported.
    evidence        jsonb NOT NULL,
    version         integer NOT NULL DEFAULT 1,
    CHECK ((state IN ('REVOKED', 'EXPIRED', 'CONSUMED')) = (ended_at IS NOT NULL))
);
CREATE INDEX consent_grants_by_user ON consent_grants (user_id, created_at DESC, consent_id);
CREATE INDEX consent_grants_living ON consent_grants (user_id, client_id) WHERE state IN ('ACTIVE', 'ON_HOLD');
CREATE INDEX consent_grants_by_end ON consent_grants (least(expires_at, consumed_from))
    WHERE state IN ('ACTIVE', 'ON_HOLD');

CREATE TABLE consent_accounts (
    consent_id    uuid NOT NULL REFERENCES consent_grants,
    account_id    text NOT NULL,
    position      integer NOT NULL,
    data_clusters text[] NOT NULL CHECK (cardinality(data_clusters) > 0),
    nickname      text,
    PRIMARY KEY (consent_id, account_id)
);

CREATE TABLE authorization_codes (
    code_hash      bytea PRIMARY KEY,
    consent_id     uuid NOT NULL REFERENCES consent_grants,
    client_id      text NOT NULL,
    redirect_uri   text NOT NULL,
    code_challenge text,
    -- The key whose proof the redemption must carry (RFC9449-10), when the request named one.
    dpop_jkt       text,
    -- What the tokens need to know of the request: nonce, scope, requested claims.
    context        jsonb NOT NULL,
    issued_at      timestamptz NOT NULL,
    expires_at     timestamptz NOT NULL,
    redeemed_at    timestamptz,
    -- The access token that the redemption gave: a repeat after a lost answer knows itself by it.
    redeemed_by    uuid
);
CREATE INDEX authorization_codes_by_end ON authorization_codes (expires_at);

CREATE TABLE refresh_tokens (
    token_hash  bytea PRIMARY KEY,
    consent_id  uuid NOT NULL REFERENCES consent_grants,
    client_id   text NOT NULL,
    -- SHA-256 of the certificate that it was issued to; none when it is bound by client authentication alone.
    thumbprint  text,
    context     jsonb NOT NULL,
    issued_at   timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    revoked_at  timestamptz
);
CREATE INDEX refresh_tokens_by_consent ON refresh_tokens (consent_id);

-- An access token is good only while its row stands: a forged signature alone reads nothing.
CREATE TABLE access_tokens (
    token_id   uuid NOT NULL,
    issued_at  timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    client_id  text NOT NULL,
    consent_id uuid,
    revoked_at timestamptz,
    PRIMARY KEY (token_id, issued_at)
) PARTITION BY RANGE (issued_at);

-- Ids that may be used once: the jti of client assertions and of proofs. `spent_id` is the first half of
-- the SHA-256 of purpose, client and jti. The same object has the same end, and so meets itself here.
CREATE TABLE spent_ids (
    spent_id uuid NOT NULL,
    ends_on  date NOT NULL,
    spent_by uuid NOT NULL,
    PRIMARY KEY (spent_id, ends_on)
) PARTITION BY RANGE (ends_on);

-- One row a change of a grant. Each holds the hash of the row before it, so that a rewritten history shows.
CREATE TABLE consent_history (
    consent_id    uuid NOT NULL,
    sequence      integer NOT NULL,
    happened_at   timestamptz NOT NULL,
    action        text NOT NULL,
    actor         text NOT NULL,
    channel       text NOT NULL,
    reason        text,
    content       jsonb NOT NULL,
    content_hash  bytea NOT NULL,
    previous_hash bytea NOT NULL,
    row_hash      bytea NOT NULL,
    PRIMARY KEY (consent_id, sequence, happened_at)
) PARTITION BY RANGE (happened_at);

-- What others must hear, written in the transaction of the change itself.
CREATE TABLE outbox (
    consent_id uuid NOT NULL,
    event_id   uuid NOT NULL,
    client_id  text NOT NULL,
    event_type text NOT NULL,
    payload    jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (consent_id, event_id, created_at)
) PARTITION BY RANGE (created_at);

-- The stored source of account data. `entity` is the typed FDX entity; columns are what queries need of it.
CREATE TABLE accounts (
    account_id              text PRIMARY KEY,
    -- Which account this is at its origin: a keyed hash, since the number itself stays in the entity.
    origin                  bytea NOT NULL UNIQUE,
    category                text NOT NULL,
    entity                  jsonb NOT NULL,
    contact                 jsonb,
    payment_networks        jsonb,
    asset_transfer_networks jsonb,
    updated_at              timestamptz NOT NULL
);

CREATE TABLE account_holders (
    user_id    text NOT NULL,
    account_id text NOT NULL REFERENCES accounts ON DELETE CASCADE,
    PRIMARY KEY (user_id, account_id)
);

CREATE TABLE transactions (
    account_id     text NOT NULL REFERENCES accounts ON DELETE CASCADE,
    transaction_id text NOT NULL,
    occurred_at    timestamptz NOT NULL,
    entity         jsonb NOT NULL,
    PRIMARY KEY (account_id, transaction_id)
);
CREATE INDEX transactions_by_time ON transactions (account_id, occurred_at DESC, transaction_id);

-- Creates the partitions of `parent` from that of `first` on, `wanted` in number, each one `unit` long
-- ('day' or 'month'), and moves into them what the default partition held for them. Returns how many were
-- missing. Safe to run from many replicas at once.
CREATE FUNCTION ensure_partitions(parent text, unit text, first timestamptz, wanted integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    key text := (SELECT attname FROM pg_partitioned_table JOIN pg_attribute ON attrelid = partrelid AND attnum = partattrs[0]
                 WHERE partrelid = to_regclass(quote_ident(parent)));
    spare text := parent || '_default';
    lower_bound timestamp;
    upper_bound timestamp;
    child text;
    made integer := 0;
BEGIN
    IF unit NOT IN ('day', 'month') THEN
        RAISE EXCEPTION 'unit must be day or month';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('ensure_partitions'), hashtext(parent));
    FOR n IN 0 .. wanted - 1 LOOP
        lower_bound := date_trunc(unit, first AT TIME ZONE 'UTC') + n * ('1 ' || unit)::interval;
        upper_bound := lower_bound + ('1 ' || unit)::interval;
        child := parent || '_' || to_char(lower_bound, CASE unit WHEN 'day' THEN 'YYYYMMDD' ELSE 'YYYYMM' END);
        IF to_regclass(quote_ident(child)) IS NULL THEN
            -- Nobody may add to the default partition what the new one will hold.
            EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', spare);
            EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', child, parent);
            EXECUTE format('WITH moved AS (DELETE FROM %I WHERE %I >= %L AND %I < %L RETURNING *)
                            INSERT INTO %I SELECT * FROM moved',
                           spare, key, lower_bound || '+00', key, upper_bound || '+00', child);
            EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                           parent, child, lower_bound || '+00', upper_bound || '+00');
            made := made + 1;
        END IF;
    END LOOP;
    RETURN made;
END $$;

-- Drops the partitions of `parent` that end at or before `horizon`. Returns how many.
CREATE FUNCTION drop_partitions(parent text, unit text, horizon timestamptz) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    child text;
    dropped integer := 0;
    digits text;
    lower_bound timestamp;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('ensure_partitions'), hashtext(parent));
    FOR child IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = to_regclass(quote_ident(parent)) ORDER BY c.relname
    LOOP
        digits := substring(child FROM '_(\d{6}|\d{8})$');
        CONTINUE WHEN digits IS NULL;
        lower_bound := to_date(rpad(digits, 8, '01'), 'YYYYMMDD');
        IF lower_bound + ('1 ' || unit)::interval <= horizon AT TIME ZONE 'UTC' THEN
            EXECUTE format('DROP TABLE %I', child);
            dropped := dropped + 1;
        END IF;
    END LOOP;
    RETURN dropped;
END $$;

-- A row whose time has no partition yet is not lost: it goes here, and the log says so.
CREATE TABLE access_tokens_default PARTITION OF access_tokens DEFAULT;
CREATE TABLE spent_ids_default PARTITION OF spent_ids DEFAULT;
CREATE TABLE consent_history_default PARTITION OF consent_history DEFAULT;
CREATE TABLE outbox_default PARTITION OF outbox DEFAULT;
