-- Which appointment a waitlist entry got: an entry is promoted once, and strategies may ask how often a patient's
-- promotions were cancelled again.

ALTER TABLE waitlist ADD COLUMN appointment_id BIGINT REFERENCES appointments ON DELETE CASCADE;
ALTER TABLE waitlist ADD CONSTRAINT waitlist_one_appointment UNIQUE (appointment_id);
ALTER TABLE waitlist ADD CONSTRAINT waitlist_appointment CHECK (appointment_id IS NULL OR status = 'promoted');

-- A patient's earlier promotions.
CREATE INDEX waitlist_promoted_by_patient ON waitlist (patient_id) WHERE status = 'promoted';
-- What expires, by each of the two reasons.
CREATE INDEX waitlist_waiting_by_date ON waitlist (desired_date) WHERE status = 'waiting';
CREATE INDEX waitlist_waiting_by_age ON waitlist (created_at) WHERE status = 'waiting';
