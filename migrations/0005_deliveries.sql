-- What becomes of a message after it was handed over, and who wants or can get none.

ALTER TABLE patients
    ADD COLUMN email_opt_in BOOLEAN NOT NULL DEFAULT true,
    ADD COLUMN sms_opt_in   BOOLEAN NOT NULL DEFAULT true,
    ADD COLUMN language     VARCHAR(8) NOT NULL DEFAULT 'en',
    ADD CONSTRAINT patients_language CHECK (language IN ('en', 'es'));

ALTER TABLE jobs
    ADD COLUMN channel      TEXT, -- the instance that had the message last
    ADD COLUMN only_channel TEXT, -- it may have sent the message already: no other one may try
    -- How often a person had it sent anew: a provider that drops repetitions must not drop that.
    ADD COLUMN round        INT NOT NULL DEFAULT 0,
    -- The report that counts, of those that providers made, in whichever order they came; reported_at without
    -- a report: none from before then counts.
    ADD COLUMN reported     VARCHAR(20),
    ADD COLUMN reported_at  TIMESTAMP(3),
    ADD COLUMN reported_by  TEXT,
    -- When the provider is asked about a message in doubt; NULL where nobody can tell any more.
    ADD COLUMN look_at      TIMESTAMP(3),
    ADD COLUMN looks        INT NOT NULL DEFAULT 0,
    ADD CONSTRAINT jobs_reported CHECK (reported IN ('accepted', 'delivered', 'undelivered')),
    ADD CONSTRAINT jobs_reported_when CHECK (reported IS NULL OR reported_at IS NOT NULL);
CREATE INDEX jobs_by_provider_message ON jobs (provider_message_id) WHERE provider_message_id IS NOT NULL;
CREATE INDEX jobs_in_doubt ON jobs (look_at, id) WHERE state = 'unknown';
-- Those that were in doubt before this are looked at now.
UPDATE jobs SET look_at = finished_at WHERE state = 'unknown';

-- Addresses that get nothing. A key is a digest: who reads the table, or a copy of it, does not read addresses. An
-- address is suppressed where `since` is there and not before `lifted_at`; both are kept, since reports may come in any
-- order.
CREATE TABLE suppressions (
    medium        VARCHAR(10) NOT NULL,
    address_key   BYTEA NOT NULL,
    reason        VARCHAR(20) NOT NULL,
    since         TIMESTAMP(3),
    lifted_at     TIMESTAMP(3),
    channel       TEXT NOT NULL, -- the instance whose provider said so
    provider_code TEXT,
    PRIMARY KEY (medium, address_key, reason),
    CONSTRAINT suppressions_medium CHECK (medium IN ('email', 'sms')),
    CONSTRAINT suppressions_reason CHECK (reason IN ('opted_out', 'bounced', 'complained')),
    CONSTRAINT suppressions_some_time CHECK (since IS NOT NULL OR lifted_at IS NOT NULL)
);

-- Callbacks that were dealt with: providers repeat them for some days.
CREATE TABLE provider_events (
    channel  TEXT NOT NULL,
    event_id VARCHAR(255) NOT NULL,
    seen_at  TIMESTAMP(3) NOT NULL,
    PRIMARY KEY (channel, event_id)
);
CREATE INDEX provider_events_by_age ON provider_events (seen_at);
