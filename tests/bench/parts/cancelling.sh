# shellcheck shell=bash
# shellcheck disable=SC2154  # what is measured, and for how long, scripts/bench says
# Cancels appointments that have their reminders, beside bookings of the peers; then, one at a time, cancels where somebody waits.
use_scale "$scale"

# Half hours of the afternoons, for which nobody else asks, with both reminders. Prints the first number and the last.
add_appointments() {
    query "$URL" "
        WITH a AS (
            INSERT INTO appointments (doctor_id, patient_id, start_time, duration, type)
            SELECT 1 + i % $(doctors_of "$scale"), 1 + i % $(patients_of "$scale"), current_date + 8 + i / $(doctors_of "$scale") / 14
                   + TIME '15:00' + i / $(doctors_of "$scale") % 14 * INTERVAL '30 minutes', 30, 'standard'
              FROM generate_series(0, $1 - 1) i ORDER BY i RETURNING id, patient_id, start_time),
        j AS (
            INSERT INTO jobs (kind, appointment_id, patient_id, schedule_version, dedupe_key, run_at, not_after, created_at)
            SELECT k.kind, a.id, a.patient_id, 1, concat_ws(':', a.id, k.kind, 1), a.start_time - k.lead, a.start_time, now() AT TIME ZONE 'UTC'
              FROM a, (VALUES ('email_reminder', INTERVAL '24 hours'), ('sms_reminder', INTERVAL '2 hours')) k(kind, lead))
        SELECT min(id) || ' ' || max(id) FROM a"
    query "$URL" "VACUUM ANALYZE appointments, jobs" >/dev/null
    redis "$scale" FLUSHDB >/dev/null
    wait_for_queue "$scale" >&2
}

for round in $(seq "$rounds"); do
    forget "$scale"
    added=$(add_appointments $((cancellations < 14 * 60 * $(doctors_of "$scale") ? cancellations : 14 * 60 * $(doctors_of "$scale"))))
    read -r first last <<<"$added"
    record rota "cancelling, 16 connections" "$(load cancel 16 "$seconds" "$PORT" FIRST="$first" LAST="$last")"
    quiet "$scale"
    forget_peers_bookings
    [[ -z $SEED_PORT ]] || record "seed stack" "booking, 16 connections" "$(load booking 16 "$seconds" "$SEED_PORT")"
    forget_peers_bookings
    [[ -z $PEER_URL ]] || record pgbench "booking, 16 connections" "$(limit "$peers/pgbench/booking.sql" 16 "$seconds" "$PEER_URL")"

    forget "$scale"
    added=$(add_appointments 100)
    read -r first last <<<"$added"
    query "$URL" "INSERT INTO waitlist (doctor_id, patient_id, desired_date)
        SELECT a.doctor_id, (a.patient_id + $(patients_of "$scale") / 2) % $(patients_of "$scale") + 1, a.start_time::date FROM appointments a WHERE id BETWEEN $first AND $last
        ON CONFLICT DO NOTHING"
    for id in $(seq "$first" "$last"); do curl -s -o /dev/null -X DELETE "http://127.0.0.1:$PORT/api/appointments/$id"; done
    quiet "$scale"
    record rota "from a cancellation to the promotion" "$(percentiles "$URL" ms "
        SELECT extract(epoch FROM a.created_at - c.cancelled_at) * 1000 FROM appointments c JOIN appointments a
            ON a.doctor_id = c.doctor_id AND a.start_time = c.start_time AND a.id > $last WHERE c.id BETWEEN $first AND $last")"
    query "$URL" "DELETE FROM waitlist w USING appointments a WHERE w.appointment_id = a.id AND a.id > $last"
done
forget "$scale"
