# shellcheck shell=bash
# shellcheck disable=SC2154  # what is measured, and for how long, scripts/bench says
# Messages that fall due all at once, from the timer to the record, and messages that fall due one at a time.
use_scale "$scale"

# add_reminders COUNT FIRST STEP: so many, from FIRST seconds from now on, STEP apart, of appointments that stand. Not in their
# order: what is due at one time was booked at many.
add_reminders() {
    query "$URL" "
        WITH a AS MATERIALIZED (
            SELECT id, patient_id, start_time, row_number() OVER (ORDER BY hashint8(id)) - 1 AS n FROM appointments WHERE status = 'scheduled')
        INSERT INTO jobs (kind, appointment_id, patient_id, schedule_version, dedupe_key, run_at, not_after, created_at)
        SELECT 'email_reminder', a.id, a.patient_id, 1, concat_ws(':', 'bench', a.id, i), now() AT TIME ZONE 'UTC' + ($2 + i * $3) * INTERVAL '1 second',
               a.start_time, now() AT TIME ZONE 'UTC'
          FROM generate_series(0, $1 - 1) i JOIN a ON a.n = i % (SELECT count(*) FROM a)"
}

for round in $(seq "$rounds"); do
    forget "$scale"
    # Far enough ahead for Redis to be told of all of them before.
    add_reminders "$messages" 3600 0
    query "$URL" "VACUUM ANALYZE jobs"
    begin=$(($(milliseconds) + 15000))
    query "$URL" "UPDATE jobs SET run_at = to_timestamp($begin / 1000.0) AT TIME ZONE 'UTC' WHERE dedupe_key LIKE 'bench:%'"
    query "$URL" "VACUUM ANALYZE jobs"
    redis "$scale" FLUSHDB >/dev/null
    wait_for_queue "$scale"
    while (($(milliseconds) < begin + 200)); do sleep 0.05; done
    quiet "$scale"
    sent=$(query "$URL" "SELECT count(*) FROM jobs WHERE dedupe_key LIKE 'bench:%' AND state = 'sent'")
    ((sent == messages)) || warn "of $messages messages $sent were sent"
    record rota "$messages due at once" "$(query "$URL" "SELECT json_build_object('per second', round(count(*) / extract(epoch FROM max(finished_at) - min(run_at)), 1))
        FROM jobs WHERE dedupe_key LIKE 'bench:%' AND state = 'sent'")"

    forget "$scale"
    add_reminders "$sparse" 4 0.01
    redis "$scale" FLUSHDB >/dev/null
    sleep $((4 + sparse / 100 + 1))
    quiet "$scale"
    record rota "one every 10 ms" "$(percentiles "$URL" "ms late" "
        SELECT extract(epoch FROM d.started_at - j.run_at) * 1000 FROM jobs j JOIN deliveries d ON d.job_id = j.id WHERE j.dedupe_key LIKE 'bench:%'")"

    if bullmq=$(npm_peer bullmq bullmq ioredis); then
        REDIS_PORT=$PEER_REDIS_PORT node "$bullmq/bullmq.mjs" "$((messages / 5))" 100 >"$var/bullmq.txt" || warn "BullMQ failed"
        record BullMQ "no-op jobs" "$(awk '$2 == "process/s" { printf "{\"per second\":%s}", $3 }' "$var/bullmq.txt")"
        record BullMQ "one every 10 ms" "$(awk '$2 == "late" { printf "{\"ms late p50\":%s,\"ms late p99\":%s,\"ms late most\":%s}", $5, $7, $9 }' "$var/bullmq.txt")"
        record BullMQ "a waiting job in Redis" "$(awk '$2 == "bytes" { printf "{\"bytes\":%s}", $6 }' "$var/bullmq.txt")"
    fi
done
forget "$scale"
