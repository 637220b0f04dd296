-- What waits is read by time alone: the stream that rebuilds Redis, too, and what each sweep looks for. One index less
-- to keep for every job.
DROP INDEX jobs_pending_by_id;
