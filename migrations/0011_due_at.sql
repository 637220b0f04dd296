-- When a job was due at first: NULL as long as run_at says so. By that it is told how late a message went out, and
-- whether a reminder stands for the confirmation; run_at moves with each retry.
ALTER TABLE jobs ADD COLUMN due_at TIMESTAMP(3);
