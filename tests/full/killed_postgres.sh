# shellcheck shell=bash
# For parts that kill the PostgreSQL they started on purpose. Needs scripts/lib/processes.sh and servers.sh.

kill_postgres() {
    kill -s KILL "$POSTGRES_PID"
    wait "$POSTGRES_PID" 2>/dev/null || true
}

# revive_postgres VAR [-c name=value...]: on its port. Its last processes notice the death within moments; until then PostgreSQL
# refuses to start beside them.
revive_postgres() {
    local log=$1/log/postgres.log data=$POSTGRES_DIR/data
    shift
    for _ in {1..20}; do
        launch_postgres "$(postgres_programs "$data")" "$data" "$log" "$@"
        if is_running "$POSTGRES_PID"; then return 0; fi
        sleep 0.1
    done
    return 1
}

query() { psql -X -q -A -t -v ON_ERROR_STOP=1 "$POSTGRES_URL" -c "$1"; }
