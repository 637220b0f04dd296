-- A patient's list, newest first, in the very order in which it is shown: a page is read off the index without sorting, and what
-- is counted for it needs no row.
DROP INDEX appointments_patient_start;
CREATE INDEX appointments_patient_start ON appointments (patient_id, start_time DESC, id DESC) INCLUDE (status);
