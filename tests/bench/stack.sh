# shellcheck shell=bash
# shellcheck disable=SC2154  # what is measured, and for how long, scripts/bench says
# What is measured: the servers, databases with data sets, the product on each, and its peers.

# How many doctors, patients, and appointments a doctor.
sizes() {
    case $1 in
    small) echo "10 1000 100" ;;
    clinic) echo "1000 100000 1000" ;;
    city) echo "20000 2000000 1000" ;;
    esac
}

declare -A ROTAD_PID=() API_PORT=() DATABASE=() REDIS_NUMBER=([small]=0 [clinic]=1 [city]=2)

doctors_of() { local d _; read -r d _ < <(sizes "$1"); echo "$d"; }
patients_of() { local p _; read -r _ p _ < <(sizes "$1"); echo "$p"; }

# ---- the product

# use_scale SCALE: loads its data set where that is not there yet, and starts the product on it. Sets URL and PORT.
use_scale() {
    create_database "rota_$1"
    DATABASE[$1]=$POSTGRES_URL
    if [[ -z ${ROTAD_PID[$1]:-} ]]; then
        load_data "$1"
        start_rotad "$1"
    fi
    URL=${DATABASE[$1]} PORT=${API_PORT[$1]}
}

load_data() {
    local doctors patients each started=$SECONDS
    if [[ -n $(query "${DATABASE[$1]}" "SELECT 1 FROM pg_class WHERE relname = 'bench_loaded'") ]]; then
        [[ $(query "${DATABASE[$1]}" "SELECT day = current_date FROM bench_loaded") != t ]] || return 0
        say "the data set $1 is of another day"
        psql -X -q "$POSTGRES_ADMIN_URL" -c "DROP DATABASE rota_$1 WITH (FORCE)"
        create_database "rota_$1"
    fi
    read -r doctors patients each < <(sizes "$1")
    say "loading the data set $1: $doctors doctors, $patients patients, $((doctors * each)) appointments"
    # Its migrations, and no sample clinic.
    start_rotad "$1"
    stop_rotad "$1"
    interruptible psql -X -q -v doctors="$doctors" -v patients="$patients" -v each="$each" -f "$bench/data.sql" "${DATABASE[$1]}" ||
        die "the data set could not be loaded"
    query "${DATABASE[$1]}" "CREATE TABLE bench_loaded AS SELECT (SELECT max(id) FROM appointments) AS appointment, (SELECT max(id) FROM jobs) AS job, current_date AS day"
    say "loaded in $((SECONDS - started)) s, $(query "${DATABASE[$1]}" 'SELECT pg_size_pretty(pg_database_size(current_database()))')"
}

# forget SCALE: the bookings that were measured, so that each round finds the same tables.
forget() {
    local url=${DATABASE[$1]}
    query "$url" "DELETE FROM jobs WHERE id > (SELECT job FROM bench_loaded)"
    query "$url" "DELETE FROM appointments WHERE id > (SELECT appointment FROM bench_loaded)"
    query "$url" "VACUUM ANALYZE appointments, jobs, deliveries, doctors, waitlist"
}

redis_of() { echo "${REDIS_SERVER_URL%/*}/${REDIS_NUMBER[$1]}"; }
redis() { local number=${REDIS_NUMBER[$1]}; shift; REDISCLI_AUTH=$(<"$var/redis/password") redis-cli -p "$REDIS_PORT" -n "$number" "$@"; }

# The configuration as it ships; messages go nowhere, and the log to a file, as a service manager would have it.
write_configuration() {
    sed -e '/^plugin.directories/d' "$root/etc/rota.properties" >"$var/rota.properties"
    ln -sfn "$root/etc/templates" "$var/templates"
    if [[ -f $ROTA_BUILD_DIR/plugins/file.so ]]; then
        sed -i 's/^channel.console.plugin.*/channel.console.plugin = file\nchannel.console.isolation = none\nchannel.console.config.path = \/dev\/null/' "$var/rota.properties"
    fi
    echo "seed.on_empty = false" >>"$var/rota.properties"
}

# start_rotad SCALE [NAME=VALUE...]
start_rotad() {
    local name=$1
    shift
    API_PORT[$name]=$(free_port)
    launch TERM -- env -C "$root" DATABASE_URL="${DATABASE[$name]}" REDIS_URL="$(redis_of "$name")" ROTA_API_PORT="${API_PORT[$name]}" \
        ROTA_OPS_PORT="$(free_port)" "$@" "$ROTA_BUILD_DIR/bin/rotad" --config="$var/rota.properties" >/dev/null 2>>"$var/log/rotad.$name.log" </dev/null
    ROTAD_PID[$name]=$!
    wait_until 60 serves "$name" || { tail -n 5 "$var/log/rotad.$name.log" >&2; die "rotad did not start"; }
}
serves() { [[ $(http_status "${API_PORT[$1]}" /readyz) == 200 ]]; }

stop_rotad() {
    stop_process "${ROTAD_PID[$1]:-}" TERM 30 rotad || true
    unset "ROTAD_PID[$1]"
}

stop_all_rotads() {
    local name
    for name in "${!ROTAD_PID[@]}"; do stop_rotad "$name"; done
}

# wait_for_queue SCALE: until Redis holds what waits in PostgreSQL.
wait_for_queue() { wait_until 120 queue_is_full "$1" || warn "the queue was not filled in time"; }
queue_is_full() {
    [[ $(redis "$1" EXISTS '{rota:0}:epoch') == 1 ]] &&
        (($(redis "$1" ZCARD '{rota:0}:due') >= $(query "${DATABASE[$1]}" "SELECT count(*) FROM jobs WHERE state IN ('scheduled', 'retry')")))
}

# record_statements SCALE: asks a server each thing once, while the database logs what it is asked.
record_statements() {
    local url=${DATABASE[$1]} database=rota_$1 port id
    statements=$var/statements.$1.jsonl
    [[ ! -s $statements ]] || return 0
    psql -X -q "$POSTGRES_ADMIN_URL" -c "ALTER DATABASE $database SET log_statement = 'all'"
    stop_rotad "$1"
    start_rotad "$1"
    port=${API_PORT[$1]}
    ask() { curl -s -o /dev/null "http://127.0.0.1:$port$1" "${@:2}"; }
    ask "/api/doctors/1/availability?date=$(date -d '+30 days' +%F)"
    ask "/api/patients/1/appointments"
    id=$(curl -s "http://127.0.0.1:$port/api/appointments" -H 'Content-Type: application/json' -d "{\"doctor_id\":1,\"patient_id\":1,
        \"start_time\":\"$(date -d "next monday +21 days" +%F)T15:00\",\"duration\":30,\"type\":\"standard\"}" | jq .id)
    ask "/api/appointments/$id" -X DELETE
    sleep 1
    psql -X -q "$POSTGRES_ADMIN_URL" -c "ALTER DATABASE $database RESET log_statement"
    stop_rotad "$1"
    forget "$1"
    start_rotad "$1"
    cat "$POSTGRES_DIR"/data/log/*.json | jq -c 'select(.dbname == "'"$database"'" and (.message | startswith("execute ")))
        | .message | capture("^execute (?<name>[a-z_]+): (?<sql>[\\s\\S]*)$")' |
        jq -s -c 'unique_by(.name) | .[]' >"$statements"
}

# ---- the peers

peers=${ROTA_BENCH_PEERS:-}
has_peer() { [[ -n $peers && -e $peers/$1 ]]; }
SEED_PORT='' PEER_URL='' PEER_REDIS_PORT=''

# Their own database, as their schema makes it, in the same PostgreSQL; a Redis without a password, for they want none.
start_peers() {
    has_peer seed_stack/schema.sql || { say "no peers: ROTA_BENCH_PEERS names no folder of theirs"; return 0; }
    create_database peer
    PEER_URL=$POSTGRES_URL
    if [[ -z $(query "$PEER_URL" "SELECT 1 FROM pg_class WHERE relname = 'appointments'") ]]; then
        psql -X -q -v ON_ERROR_STOP=1 "$PEER_URL" -f "$peers/seed_stack/schema.sql" >/dev/null
        query "$PEER_URL" "VACUUM ANALYZE doctors, patients, schedules, doctor_time_off, appointments, jobs"
    fi
    PEER_REDIS_PORT=$(free_port)
    launch TERM -- redis-server --port "$PEER_REDIS_PORT" --bind 127.0.0.1 --save '' --appendonly no --dir "$var" >"$var/log/peer-redis.log" 2>&1 </dev/null
    peer_pids+=($!)
    if has_seed_stack; then start_seed_stack; else say "no seed stack: its Debian packages are not installed"; fi
}
peer_pids=()

has_seed_stack() { has_peer seed_stack/run.sh && /usr/bin/python3 -c 'import flask, sqlalchemy, psycopg2, celery, gunicorn, redis' 2>/dev/null; }

start_seed_stack() {
    SEED_PORT=$(free_port)
    launch TERM -- env PEER_PORT="$SEED_PORT" PEER_DATABASE_URL="${PEER_URL/postgresql:/postgresql+psycopg2:}" \
        PEER_REDIS_URL="redis://127.0.0.1:$PEER_REDIS_PORT/0" PYTHONDONTWRITEBYTECODE=1 "$peers/seed_stack/run.sh" >"$var/log/seed_stack.log" 2>&1 </dev/null
    peer_pids+=($!)
    wait_until 60 seed_serves || { warn "the seed stack did not start: $(tail -n 3 "$var/log/seed_stack.log")"; SEED_PORT=; }
}
seed_serves() { [[ $(http_status "$SEED_PORT" "/api/doctors/1/availability?date=2030-01-01") == 200 ]]; }

stop_peers() {
    local pid
    for pid in "${peer_pids[@]}"; do stop_process "$pid" TERM 10 "a peer" || true; done
    peer_pids=()
}

forget_peers_bookings() {
    [[ -n $PEER_URL ]] || return 0
    query "$PEER_URL" "TRUNCATE appointments, jobs"
    query "$PEER_URL" "VACUUM ANALYZE doctors, patients, schedules, doctor_time_off, appointments, jobs"
}

# npm_peer NAME: installs a peer's packages beside a copy of its script; prints the folder.
npm_peer() {
    local place=$root/build/bench/$1
    has_peer "queues/$1.mjs" || return 1
    command -v node >/dev/null || { warn "no $1: there is no node"; return 1; }
    mkdir -p "$place"
    cp "$peers/queues/$1.mjs" "$place/"
    [[ -d $place/node_modules/$1 ]] || npm install --prefix "$place" --no-audit --no-fund "${@:2}" >"$place/install.log" 2>&1 || return 1
    echo "$place"
}
