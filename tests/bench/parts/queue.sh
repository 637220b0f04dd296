# shellcheck shell=bash
# shellcheck disable=SC2154  # what is measured, and for how long, scripts/bench says
# Redis is emptied under a million waiting jobs: how long until all are back, and what each takes.
use_scale "$scale"
forget "$scale"
query "$URL" "
    INSERT INTO jobs (kind, patient_id, dedupe_key, run_at, not_after, created_at)
    SELECT 'email_reminder', 1 + i % $(patients_of "$scale"), 'bench:' || i, now() AT TIME ZONE 'UTC' + INTERVAL '10 days' + i * INTERVAL '7 seconds',
           'infinity', now() AT TIME ZONE 'UTC' FROM generate_series(1, $waiting_jobs) i"
query "$URL" "VACUUM ANALYZE jobs"
for round in $(seq "$rounds"); do
    redis "$scale" FLUSHDB >/dev/null
    empty=$(redis "$scale" INFO memory | tr -d '\r' | awk -F: '$1 == "used_memory" { print $2 }')
    wait_for_queue "$scale"
    record rota "rebuilding the queue" "$(tail -n 20 "$var/log/rotad.$scale.log" | sed -n 's/.*the queue is filled anew jobs=\([0-9]*\) took_ms=\([0-9]*\).*/\1 \2/p' | tail -n 1 |
        awk '{ printf "{\"jobs\":%d,\"seconds\":%.2f}", $1, $2 / 1000 }')"
    # Redis moves a table that grew into its new place with the calls to come, and holds both until then.
    redis "$scale" EVAL "for i = 1, 2000000 do redis.call('ZSCORE', KEYS[1], '') end" 1 '{rota:0}:due' >/dev/null
    record rota "a waiting job in Redis" "$(redis "$scale" INFO memory | tr -d '\r' | awk -F: -v empty="$empty" -v jobs="$(redis "$scale" ZCARD '{rota:0}:due')" \
        '$1 == "used_memory" { printf "{\"bytes\":%.1f}", ($2 - empty) / jobs }')"
done
forget "$scale"
redis "$scale" FLUSHDB >/dev/null
wait_for_queue "$scale"
