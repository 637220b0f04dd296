# shellcheck shell=bash
# shellcheck disable=SC2154  # what is measured, and for how long, scripts/bench says
# Random free half hours are booked: appointment, three jobs in the database and in Redis, and the confirmations sent meanwhile.
use_scale "$scale"
record_statements "$scale"
own_booking "$scale" >"$var/booking.own.sql"
for round in $(seq "$rounds"); do
    for connections in 1 16; do
        label="$connections connections"
        forget "$scale"
        record rota "$label" "$(book "$scale" "$connections")"
        quiet "$scale"
        forget_peers_bookings
        [[ -z $SEED_PORT ]] || record "seed stack" "$label" "$(load booking "$connections" "$seconds" "$SEED_PORT")"
        forget_peers_bookings
        [[ -z $PEER_URL ]] || record pgbench "$label" "$(limit "$peers/pgbench/booking.sql" "$connections" "$seconds" "$PEER_URL")"
        forget "$scale"
        record "pgbench, own SQL" "$label" "$(limit "$var/booking.own.sql" "$connections" "$seconds" "$URL")"
    done
done
forget "$scale"
