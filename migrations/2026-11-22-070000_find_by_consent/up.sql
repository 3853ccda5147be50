-- What belongs to one consent is found among a million of them as fast as among ten thousand.
--
-- Making an index lets readers through and holds writers back: some seconds for each million consents.
--
-- The program of before does not write consent_last_reads: while replicas are exchanged, a read that it let out may be missing from
-- what a consent tells of its last read, until the consent is read again. The list of its accesses has it.

-- Its accounts: one step, however many consents there are, where the primary key has a level more for each two hundred times as many.
CREATE INDEX consent_accounts_by_consent ON consent_accounts USING hash (consent_id);

-- What its consumer is told of a change stands in the index, which is a tenth of the rows: they hold the whole grant.
CREATE INDEX consent_history_told ON consent_history (consent_id, sequence, happened_at)
    INCLUDE (action, actor, channel, reason);

-- In which month (UTC, its first instant) the newest access under a consent lies: one partition to look into. Whose accesses are
-- all of before has no row.
CREATE TABLE consent_last_reads (
    consent_id uuid NOT NULL,
    month      timestamptz NOT NULL,
    PRIMARY KEY (consent_id) INCLUDE (month)
);
