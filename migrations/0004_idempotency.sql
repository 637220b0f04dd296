-- Answers that programs may ask for again: who repeats a POST with its Idempotency-Key gets the first answer, and
-- nothing is done twice. Kept for a day; expired rows go with each later use of a key.

CREATE TABLE idempotency_keys (
    key         VARCHAR(255) PRIMARY KEY,
    fingerprint TEXT NOT NULL, -- of method, path, query and body
    token       TEXT NOT NULL, -- of the attempt that runs, or ran: a late one must not answer for its successor
    claimed_at  TIMESTAMP(3) NOT NULL,
    status      INT, -- NULL while the request is under way
    body        TEXT,
    location    TEXT,
    CONSTRAINT idempotency_keys_answer CHECK ((status IS NULL) = (body IS NULL) AND (status IS NULL) = (location IS NULL)),
    -- What failed on our side is to be tried again, not to be repeated.
    CONSTRAINT idempotency_keys_status CHECK (status < 500)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (claimed_at);
