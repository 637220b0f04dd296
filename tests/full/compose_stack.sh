# shellcheck shell=bash
# A stack of docker compose, and a clinic's clients before it. Needs scripts/lib/processes.sh, COMPOSE_FILE and
# COMPOSE_PROJECT_NAME in the checkout's .env, and these, which its user sets.

place='' checkout='' # directories
port=''              # where requests go
zone=''              # the clinic's

# ---- The stack

choose_compose() {
    if docker compose version >/dev/null 2>&1; then compose_command=(docker compose); else compose_command=(docker-compose); fi
    "${compose_command[@]}" version >/dev/null 2>&1
}

compose() { env -C "$checkout" "${compose_command[@]}" "$@"; }

# containers SERVICE: their ids.
containers() { compose ps -q "$1"; }

health() { docker inspect -f '{{.State.Health.Status}}' "$1"; }

# healthy SERVICE [HOW_MANY]: so many containers of it, one where nothing is said, and all of them well.
healthy() {
    local id ids
    mapfile -t ids < <(containers "$1")
    ((${#ids[@]} == ${2:-1})) || return 1
    for id in "${ids[@]}"; do [[ $(health "$id") == healthy ]] || return 1; done
}

# crash SERVICE: its first container's processes end as in an accident. (`docker kill` would count as somebody's wish, after
# which the engine starts nothing again.)
crash() { kill -s KILL "$(docker inspect -f '{{.State.Pid}}' "$(containers "$1" | head -n 1)")"; }

sql() { compose exec -T postgres psql -X -q -A -t -v ON_ERROR_STOP=1 -U rota -d rota -c "$1"; }

# What the servers printed, the messages of the console channel among it.
printed() { compose logs --no-color --no-log-prefix backend 2>/dev/null | grep -v '^Attaching to '; }

# ---- Requests

# request METHOD PATH [BODY]: sets `status`; the answer's body is what `answer FILTER` reads.
request() {
    local body=()
    if (($# > 2)); then body=(-H 'Content-Type: application/json' -d "$3"); fi
    status=$(curl -sS --max-time 20 -o "$place/answer" -w '%{http_code}' -X "$1" "${body[@]}" "http://127.0.0.1:$port$2" 2>/dev/null) || true
}
answer() { jq -r "$1" "$place/answer"; }

# booking DOCTOR PATIENT START [MINUTES [TYPE]]
booking() {
    printf '{"doctor_id":%d,"patient_id":%d,"start_time":"%s","duration":%d,"type":"%s"}' "$1" "$2" "$3" "${4:-30}" "${5:-standard}"
}

# book DOCTOR PATIENT START: sets `appointment`.
book() {
    request POST /api/appointments "$(booking "$@")"
    appointment=$(answer .id)
    [[ $status == 201 ]]
}

refused() { request POST /api/appointments "$2" && [[ $status == 400 && $(answer .error) == "$1" ]]; }

# At that moment, by the clinic's clock: "tuesday +14 days", "now +3 hours".
clinic_time() { TZ=$zone date -d "$1" +%FT%H:%M; }
clinic_day() { TZ=$zone date -d "$1" +%F; }

# zone_of_ten_o_clock: one where the day's work has just begun, whenever this runs.
zone_of_ten_o_clock() {
    local offset=$((10 - 10#$(date -u +%H)))
    ((offset >= -12)) || offset=$((offset + 24))
    # POSIX counts to the west.
    printf 'Etc/GMT%+d\n' "$((-offset))"
}

# register N: the numbers of that many new patients, patient1@example.com and so on.
register() {
    local n
    for n in $(seq 1 "$1"); do
        request POST /api/patients "$(printf '{"name":"Patient %d","email":"patient%d@example.com","phone":"212-555-%04d","date_of_birth":"1960-01-01"}' "$n" "$n" "$n")"
        answer .id
    done
}

# open_all_week DOCTOR
open_all_week() {
    request PUT "/api/doctors/$1/schedule" \
        "$(jq -nc '{schedule: [range(7) | {day_of_week: ., start_time: "08:00", end_time: "18:00"}]}')"
    [[ $status == 200 ]]
}

# ---- What must hold

# one_of_a_hundred DOCTOR START: clients that all want the same time at the same moment.
one_of_a_hundred() {
    local counts
    counts=$(curl -sS -Z --parallel-immediate --parallel-max 100 --max-time 20 -H 'Content-Type: application/json' \
        -d "$(booking "$1" 1 "$2")" -o /dev/null -w '%{http_code}\n' "http://127.0.0.1:$port/api/appointments#[1-100]" 2>/dev/null |
        sort | uniq -c | awk '{ printf "%s%s: %s", sep, $2, $1; sep = ", " }')
    say "a hundred clients, one time: $counts"
    [[ $counts == '201: 1, 409: 99' ]]
}

# book_a_thousand PATIENT...: different times with nine doctors, sixteen clients at once.
book_a_thousand() {
    local n=0 day at doctor patients=("$@") days=() started=${EPOCHREALTIME/./} counts
    for at in {35..48}; do
        day=$(clinic_day "now +$at days")
        if (($(date -d "$day" +%u) < 6)); then days+=("$day"); fi
    done
    for day in "${days[@]}"; do
        for at in {08..17}:{00,30}; do
            for doctor in {2..10}; do
                ((n < 1000)) || break 3
                ((n == 0)) || echo next
                printf 'url = "http://127.0.0.1:%d/api/appointments"\nheader = "Content-Type: application/json"\n' "$port"
                printf 'output = "/dev/null"\nwrite-out = "%%{http_code}\\n"\nmax-time = 20\n'
                printf 'data = "%s"\n' "$(booking "$doctor" "${patients[n % ${#patients[@]}]}" "${day}T$at" | sed 's/"/\\"/g')"
                n=$((n + 1))
            done
        done
    done >"$place/thousand"
    counts=$(curl -sS -Z --parallel-max 16 -K "$place/thousand" 2>/dev/null | sort | uniq -c | awk '{ printf "%s%s: %s", sep, $2, $1; sep = ", " }')
    say "a thousand bookings: $counts, in $(((${EPOCHREALTIME/./} - started) / 1000)) ms"
    [[ $counts == '201: 1000' ]]
}

nothing_overlaps() {
    [[ $(sql "SELECT COUNT(*) FROM appointments a JOIN appointments b ON a.doctor_id = b.doctor_id AND a.id < b.id
        WHERE a.status <> 'cancelled' AND b.status <> 'cancelled' AND (a.start_time, a.start_time + a.duration * INTERVAL '1 minute')
        OVERLAPS (b.start_time, b.start_time + b.duration * INTERVAL '1 minute')") == 0 ]]
}

# sent_once SUBJECT HOW_MANY: so many such mails were printed by all servers together, and no two of them the same.
sent_once() {
    local all different
    all=$(printed | grep -c "^EMAIL SENT: To patient.*Subject: $1") || true
    different=$(printed | grep "^EMAIL SENT: To patient.*Subject: $1" | sort -u | wc -l)
    ((all == $2 && different == $2))
}

# ---- Memory

watch_memory() {
    rm -f "$place/memory" "$place/memory.end"
    while [[ ! -e $place/memory.end ]]; do
        compose ps -q | xargs docker stats --no-stream --format '{{.Name}} {{.MemUsage}}' >>"$place/memory" 2>/dev/null || true
    done &
    memory_watcher=$!
}

# within_memory: prints what each container took at most, and looks whether each was seen at work, below the limit that it
# was meant to have. ("0B / 0B" is what the engine says of one that has just ended.)
within_memory() {
    touch "$place/memory.end"
    wait "$memory_watcher" || true
    awk 'function mib(text) { return text ~ /GiB/ ? text * 1024 : text ~ /MiB/ ? text * 1 : text / 1024 }
        $4 == "0B" { next }
        { used = mib($2); limit = mib($4)
          service = $1; sub(/^[^-_]*[-_]/, "", service); sub(/[-_][0-9]+$/, "", service)
          may = service ~ /backend/ ? 512 : service ~ /frontend/ ? 256 : service ~ /postgres/ ? 1024 : 256
          if (used > most[service]) most[service] = used
          if (limit != may || used >= limit) wrong = 1 }
        END { for (service in most) { printf "rota: memory of %s: %d MiB at most\n", service, most[service]; n++; if (most[service] < 1) wrong = 1 }
              exit !(n >= 4 && !wrong) }' "$place/memory" && swap_is_no_way_out && no_container_was_killed_for_memory
}

# Memory and swap together are no more than the memory.
swap_is_no_way_out() {
    ! compose ps -q | xargs docker inspect -f '{{eq .HostConfig.Memory .HostConfig.MemorySwap}}' | grep -qv '^true$'
}

# The limits are the engine's to keep: what had wanted more would have been killed.
no_container_was_killed_for_memory() {
    ! compose ps -q | xargs docker inspect -f '{{.State.OOMKilled}} {{.RestartCount}}' | grep -qv '^false 0$'
}
