# shellcheck shell=bash
# shellcheck disable=SC2154  # what is measured, and for how long, scripts/bench says
# One day's free times over HTTP, beside the seed stack, and beside the same reads with nothing around them.
use_scale "$scale"
record_statements "$scale"
own=$var/availability.own.sql
{
    printf '%s\n' "\\set doctor random(1, $(doctors_of "$scale"))" '\set ahead random(8, 80)'
    own_sql doctor_day | with_values 1 '(current_date + :ahead::int)' 2 "(current_date + :ahead::int + TIME '05:00')" \
        3 "(current_date + :ahead::int + 1 + TIME '05:00')" 4 :doctor
} >"$own"

for round in $(seq "$rounds"); do
    for connections in 1 16 64; do
        label="$connections connections"
        record rota "$label" "$(load availability "$connections" "$seconds" "${API_PORT[$scale]}" DOCTORS="$(doctors_of "$scale")")"
        [[ -z $SEED_PORT ]] || record "seed stack" "$label" "$(load availability "$connections" "$seconds" "$SEED_PORT" DOCTORS=1000)"
        [[ -z $PEER_URL ]] || record pgbench "$label" "$(limit "$peers/pgbench/availability.sql" "$connections" "$seconds" "$PEER_URL")"
        record "pgbench, own SQL" "$label" "$(limit "$own" "$connections" "$seconds" "${DATABASE[$scale]}")"
    done
done
