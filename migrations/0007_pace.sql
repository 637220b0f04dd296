-- The channel whose turn a message has been given, at its run_at: each instance sends at its own pace.

ALTER TABLE jobs ADD COLUMN paced_for TEXT;

-- What an operator looks for: the few among the many that went well.
CREATE INDEX jobs_to_look_at ON jobs (state, id)
    WHERE state IN ('failed', 'undelivered', 'suppressed', 'unknown', 'expired');
