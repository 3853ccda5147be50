-- Notifications: who wants to hear what, what was told to whom, and what became of it.
--
-- A change writes one row to the outbox in its own transaction. The fan-out takes such rows, one worker of all
-- replicas at a time, and makes of each a notification for every subscription that is to hear it. Only the fan-out
-- numbers notifications, so a change that commits late gets a later number and no reader that goes on from a number
-- misses it. Delivery then works through the notifications of one callback at a time.

-- A change holds its grant's row when it writes here, so within a grant positions are in the order of the changes;
-- between grants they are not in the order of the commits, and nobody relies on that.
CREATE SEQUENCE outbox_positions;
ALTER TABLE outbox
    ADD COLUMN position bigint NOT NULL DEFAULT nextval('outbox_positions'),
    ADD COLUMN published_at timestamptz;
-- Before there were subscriptions nobody was to hear anything.
UPDATE outbox SET published_at = created_at;
CREATE INDEX outbox_unpublished ON outbox (position) WHERE published_at IS NULL;

-- Events that no change of a consent made: the bank's, and tests of a subscription. The fan-out takes them as it
-- takes the outbox.
CREATE TABLE announcements (
    announcement_id  uuid NOT NULL,
    created_at       timestamptz NOT NULL,
    position         bigint NOT NULL DEFAULT nextval('outbox_positions'),
    event_type       text NOT NULL,
    category         text NOT NULL,
    severity         text NOT NULL,
    priority         text NOT NULL,
    payload          jsonb NOT NULL,
    -- Every subscriber; those with a living consent that covers the account; one subscription.
    audience         text NOT NULL CHECK (audience IN ('EVERYBODY', 'ACCOUNT', 'SUBSCRIPTION')),
    account_id       text CHECK ((audience = 'ACCOUNT') = (account_id IS NOT NULL)),
    subscription_key uuid CHECK ((audience = 'SUBSCRIPTION') = (subscription_key IS NOT NULL)),
    published_at     timestamptz,
    PRIMARY KEY (announcement_id, created_at)
) PARTITION BY RANGE (created_at);
CREATE INDEX announcements_unpublished ON announcements (position) WHERE published_at IS NULL;
CREATE INDEX announcements_by_subscription ON announcements (subscription_key, created_at)
    WHERE subscription_key IS NOT NULL;
CREATE INDEX consent_accounts_by_account ON consent_accounts (account_id);

-- One row. Its lock is the right to fan out; what it holds is the highest position of a notification.
CREATE TABLE notification_fan_out (
    only_row      boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    last_position bigint NOT NULL
);
INSERT INTO notification_fan_out (last_position) VALUES (0);

-- Where a recipient is told. It is the unit of delivery: what is verified, leased to one worker at a time, and paused
-- while nobody answers. Within it the notifications of one consent go out in order, whatever subscription each is of.
CREATE TABLE notification_callbacks (
    callback_id     uuid PRIMARY KEY,
    client_id       text NOT NULL REFERENCES clients,
    callback_url    text NOT NULL CHECK (length(callback_url) <= 2000),
    -- Host and port, lower case: many callbacks may share one, and we must not flood it.
    callback_host   text NOT NULL,
    -- PENDING ──challenge answered──▶ VERIFIED      PENDING ──72 h──▶ PARKED ──resumed──▶ PENDING
    state           text NOT NULL CHECK (state IN ('PENDING', 'VERIFIED', 'PARKED')),
    park_at         timestamptz NOT NULL,
    -- In a row.
    failures        integer NOT NULL DEFAULT 0,
    last_outcome    text,
    -- When a worker is to look; null while there is nothing to do.
    next_attempt_at timestamptz,
    paused_until    timestamptz,
    leased_by       uuid,
    leased_until    timestamptz,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    UNIQUE (client_id, callback_url)
);
CREATE INDEX notification_callbacks_due ON notification_callbacks (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX notification_callbacks_by_host ON notification_callbacks (callback_host);

-- FDX NotificationSubscription: one type of event for one callback.
CREATE TABLE notification_subscriptions (
    -- Ours; on the wire is subscription_id, which two recipients may both have chosen.
    subscription_key uuid PRIMARY KEY,
    client_id        text NOT NULL REFERENCES clients,
    subscription_id  text NOT NULL CHECK (length(subscription_id) BETWEEN 1 AND 64),
    -- We named it: then a second one without a name, of the same type, is the same subscription.
    minted           boolean NOT NULL,
    callback_id      uuid NOT NULL REFERENCES notification_callbacks,
    event_type       text NOT NULL,
    category         text NOT NULL,
    subscriber       jsonb NOT NULL,
    -- Earlier events are not told.
    effective_on     date,
    -- Of its newest notification; counts from 1 without a gap.
    last_sequence    bigint NOT NULL DEFAULT 0,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    UNIQUE (client_id, subscription_id)
);
CREATE UNIQUE INDEX notification_subscriptions_minted ON notification_subscriptions (client_id, event_type, category)
    WHERE minted;
CREATE INDEX notification_subscriptions_by_event ON notification_subscriptions (event_type, client_id);
CREATE INDEX notification_subscriptions_by_callback ON notification_subscriptions (callback_id);

-- What was told to one subscription, and what became of it.
CREATE TABLE notifications (
    subscription_key uuid NOT NULL,
    sequence         bigint NOT NULL,
    -- The instant of the fan-out; FDX sentOn.
    created_at       timestamptz NOT NULL,
    -- The order of the fan-out over all subscriptions.
    position         bigint NOT NULL,
    callback_id      uuid NOT NULL,
    client_id        text NOT NULL,
    -- The event's: the same at each attempt, and in each subscription that hears of it.
    notification_id  uuid NOT NULL,
    -- What it is in order with; null: with nothing.
    consent_id       uuid,
    event_type       text NOT NULL,
    category         text NOT NULL,
    severity         text NOT NULL,
    priority         text NOT NULL,
    payload          jsonb NOT NULL,
    -- PENDING ──2xx──▶ DELIVERED      PENDING ──72 h──▶ PARKED ──resumed──▶ PENDING
    state            text NOT NULL CHECK (state IN ('PENDING', 'DELIVERED', 'PARKED')),
    attempts         integer NOT NULL DEFAULT 0,
    next_attempt_at  timestamptz NOT NULL,
    park_at          timestamptz NOT NULL,
    last_attempt_at  timestamptz,
    last_outcome     text,
    delivered_at     timestamptz,
    PRIMARY KEY (subscription_key, sequence, created_at),
    CHECK ((state = 'DELIVERED') = (delivered_at IS NOT NULL))
) PARTITION BY RANGE (created_at);
CREATE INDEX notifications_by_client ON notifications (client_id, position);
CREATE INDEX notifications_due ON notifications (callback_id, next_attempt_at) WHERE state = 'PENDING';
CREATE INDEX notifications_in_line ON notifications (callback_id, consent_id, position) WHERE state = 'PENDING';
CREATE INDEX notifications_parked ON notifications (client_id, created_at) WHERE state = 'PARKED';

CREATE TABLE announcements_default PARTITION OF announcements DEFAULT;
CREATE TABLE notifications_default PARTITION OF notifications DEFAULT;
