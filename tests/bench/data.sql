-- A clinic to measure on: psql -v doctors=… -v patients=… -v each=… (appointments a doctor), into a migrated, empty database.
--
-- A tenth of the appointments lie ahead, four a morning from the eighth day on; the rest lie behind. The afternoons are left
-- free for the bookings that are measured. Patient number :patients + 1 has 5,000 appointments. What lies ahead, and what lay
-- in the last 90 days, has its jobs.
\set ON_ERROR_STOP on
\set QUIET on
SET client_min_messages = warning;
SET maintenance_work_mem = '512MB';
SET synchronous_commit = off;
BEGIN;
\set zone '''America/New_York'''

-- Indexes and constraints are taken down and built anew after the rows are in, from what the catalogue says of them, which is
-- compared at the end: the schema is the migrations' own, and its indexes are as compact as after a REINDEX.
CREATE TEMP VIEW shape AS
SELECT 'constraint' AS what, c.contype::text AS kind, c.conrelid::regclass AS place, c.conname AS name,
       pg_get_constraintdef(c.oid) AS definition
  FROM pg_constraint c WHERE c.connamespace = 'public'::regnamespace AND c.contype IN ('p', 'u', 'x', 'f')
UNION ALL
SELECT 'index', 'i', i.indrelid::regclass, r.relname, pg_get_indexdef(i.indexrelid)
  FROM pg_index i JOIN pg_class r ON r.oid = i.indexrelid
 WHERE r.relnamespace = 'public'::regnamespace
   AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid);

CREATE TEMP TABLE kept AS TABLE shape;

SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', place, name) FROM kept WHERE what = 'constraint'
 ORDER BY kind <> 'f' \gexec
SELECT format('DROP INDEX %I', name) FROM kept WHERE what = 'index' \gexec

-- Weekdays by their number: 0 is the first at least eight days ahead, -1 the last before today.
CREATE TEMP TABLE days AS
SELECT row_number() OVER (ORDER BY day) - 1 AS n, day
  FROM (SELECT current_date + i AS day FROM generate_series(8, 400) i) d WHERE extract(isodow FROM day) < 6
UNION ALL
SELECT -row_number() OVER (ORDER BY day DESC), day
  FROM (SELECT current_date - i AS day FROM generate_series(1, 1500) i) d WHERE extract(isodow FROM day) < 6;
CREATE INDEX ON days (n);
ANALYZE days;

INSERT INTO doctors (id, name, specialty, bio, years_of_experience)
SELECT i, 'Dr. Doctor ' || i, (ARRAY['General Practice', 'Dermatology', 'Cardiology', 'Pediatrics'])[1 + i % 4],
       'Sees patients on weekdays.', i % 40
  FROM generate_series(1, :doctors) i;
-- The last doctor works around the clock: bookings for one doctor alone need many free times.
INSERT INTO doctors (id, name, specialty) VALUES (:doctors + 1, 'Dr. Sought After', 'General Practice');
INSERT INTO schedules (doctor_id, day_of_week, start_time, end_time)
SELECT d, w, TIME '08:00', TIME '18:00' FROM generate_series(1, :doctors) d, generate_series(1, 5) w
UNION ALL SELECT :doctors + 1, w, TIME '00:00', TIME '24:00' FROM generate_series(0, 6) w;
INSERT INTO doctor_time_off (doctor_id, start_date, end_date, reason)
SELECT d, current_date + 84, current_date + 88, 'Holidays' FROM generate_series(1, :doctors, 10) d;

INSERT INTO patients (id, name, email, phone, date_of_birth, name_key)
SELECT i, 'Patient ' || i, 'patient' || i || '@example.com', '212-555-' || lpad((i % 10000)::text, 4, '0'),
       DATE '1930-01-01' + i % 30000, 'patient ' || i
  FROM generate_series(1, :patients + 1) i;

CREATE TEMP SEQUENCE place;
INSERT INTO appointments (id, doctor_id, patient_id, start_time, duration, type, status, created_at, cancelled_at)
SELECT nextval('place'), a.doctor, 1 + abs(hashint8(a.doctor::bigint * 1000003 + a.k)::bigint) % :patients,
       a.start, 30, 'standard', a.status, a.start - INTERVAL '20 days', CASE WHEN a.status = 'cancelled' THEN a.start - INTERVAL '3 days' END
  FROM (SELECT d AS doctor, k, (day + TIME '08:00' + k % 4 * INTERVAL '30 minutes') AT TIME ZONE :zone AT TIME ZONE 'UTC' AS start,
               CASE WHEN n >= 0 THEN 'scheduled' WHEN k % 20 < 17 THEN 'completed' WHEN k % 20 < 19 THEN 'cancelled' ELSE 'no-show' END AS status
          FROM generate_series(0, :each - 1) k
          JOIN days ON n = CASE WHEN k < :each / 10 THEN k / 4 ELSE -1 - (k - :each / 10) / 4 END, generate_series(1, :doctors) d) a;
INSERT INTO appointments (id, doctor_id, patient_id, start_time, duration, type, status, created_at)
SELECT nextval('place'), 1 + i % :doctors, :patients + 1,
       (day + TIME '12:00' + i / :doctors % 8 * INTERVAL '30 minutes') AT TIME ZONE :zone AT TIME ZONE 'UTC', 30, 'standard',
       'completed', day - INTERVAL '20 days'
  FROM generate_series(0, 4999) i JOIN days ON n = -1 - i / :doctors / 8;

INSERT INTO jobs (kind, appointment_id, patient_id, schedule_version, dedupe_key, run_at, not_after, state, attempt, created_at, finished_at)
SELECT k.kind, a.id, a.patient_id, 1, concat_ws(':', a.id, k.kind, 1), k.run_at, a.start_time, k.state, (k.state = 'sent')::int, a.created_at,
       CASE WHEN k.state <> 'scheduled' THEN k.run_at END
  FROM appointments a,
       LATERAL (VALUES ('confirmation', a.created_at, 'sent'),
                       ('email_reminder', a.start_time - INTERVAL '24 hours', CASE WHEN a.status = 'scheduled' THEN 'scheduled' ELSE 'sent' END),
                       ('sms_reminder', a.start_time - INTERVAL '2 hours', CASE WHEN a.status = 'scheduled' THEN 'scheduled' ELSE 'sent' END))
         k(kind, run_at, state)
 WHERE a.start_time > now() AT TIME ZONE 'UTC' - INTERVAL '90 days';
INSERT INTO deliveries (job_id, attempt, channel, outcome, started_at, finished_at)
SELECT id, 1, 'console', 'sent', run_at, run_at FROM jobs WHERE state = 'sent';

INSERT INTO waitlist (doctor_id, patient_id, desired_date)
SELECT d, 1 + (d * 7919 + i) % :patients, (SELECT day FROM days WHERE n = i) FROM generate_series(1, :doctors) d, generate_series(30, 39) i;

SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', place, name, definition) FROM kept WHERE what = 'constraint' AND kind <> 'f'
 ORDER BY kind = 'x', place \gexec
SELECT definition FROM kept WHERE what = 'index' \gexec
SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', place, name, definition) FROM kept WHERE kind = 'f' \gexec

\o /dev/null
SELECT format('SELECT setval(pg_get_serial_sequence(%L, ''id''), (SELECT max(id) FROM %I))', t, t)
  FROM unnest(ARRAY['doctors', 'patients', 'appointments', 'jobs', 'deliveries', 'schedules', 'waitlist']) t \gexec
\o
-- A condition's text may change when it is read again, though not its meaning.
CREATE TEMP VIEW missing AS
SELECT name, split_part(definition, ' WHERE ', 1) FROM kept EXCEPT SELECT name, split_part(definition, ' WHERE ', 1) FROM shape;
DO $$ BEGIN
  IF EXISTS (TABLE missing) THEN RAISE EXCEPTION 'not built again as it was: %', (SELECT string_agg(m::text, '; ') FROM missing m); END IF;
END $$;
COMMIT;
VACUUM (ANALYZE) doctors, schedules, doctor_time_off, patients, appointments, jobs, deliveries, waitlist;
