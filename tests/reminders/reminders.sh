# shellcheck shell=bash
# What is promised of reminders when things die. In each case many are due at once, something is broken on purpose while they
# go out, and a provider counts what reaches it: none lost, none twice; what nobody can know is `unknown`, and listed as that.
# PostgreSQL and Redis are these tests' own, for they are killed. Needs scripts/lib, tests/full/killed_postgres.sh and
# what use_build exports.
#
#   begin COUNT DELAY               COUNT reminders a case; a provider that takes so many milliseconds for each, long enough that
#                                   what breaks finds some under way
#   a_case NAME BREAK [CHANNEL]     any number of them, and at_their_instants and one_unreachable
#   check … logs_name_nobody
#
# ROTA_REMINDER_CASES, a pattern, says which cases are run.

declare -A workers=() worker_ports=()
fake_pid=''
# The instance that sends, named like its plugin.
channel=sendgrid
senders=64 # of a worker: limits::kSenders
broken_off=0

clean_up() {
    local name
    for name in "${!workers[@]}"; do stop_process "${workers[$name]}" TERM 20 rotad || true; done
    [[ -z $fake_pid ]] || stop_process "$fake_pid" TERM 5 "the provider" || true
    end_current_children
    stop_redis || true
    stop_postgres || true
    remove_var "$var"
}

# ---- The provider

start_provider() {
    launch TERM -- "$ROTA_BUILD_DIR/bin/rota_fake_provider" >"$var/provider.json" 2>>"$var/provider.log" </dev/null
    fake_pid=$!
    wait_until 10 test -s "$var/provider.json"
    provider=http://127.0.0.1:$(jq .http_port "$var/provider.json")
}

provider_does() { curl -fsS -o "$var/provider.answer" -X PUT -H 'Content-Type: application/json' -d "$1" "$provider/control/$channel"; }
as_usual() { provider_does "{\"do\": \"accept\", \"delay_ms\": $provider_delay}"; }

# ---- Workers: processes of rotad, by name

configure() {
    cp -r "$ROTA_SOURCE_DIR/etc" "$var/etc"
    cat >"$var/etc/rota.development.properties" <<PROPERTIES
notify.email.channels = sendgrid
notify.sms.channels = twilio
channel.sendgrid.plugin = sendgrid
channel.sendgrid.timeout = 3s
channel.sendgrid.config.api_key = \${env:SENDGRID_API_KEY}
channel.sendgrid.config.from = desk@clinic.example
channel.sendgrid.config.base_url = $provider
channel.twilio.plugin = twilio
channel.twilio.timeout = 3s
channel.twilio.config.account_sid = AC00000000000000000000000000000001
channel.twilio.config.auth_token = \${env:TWILIO_AUTH_TOKEN}
channel.twilio.config.from = +15550100000
channel.twilio.config.webhook_url = https://clinic.example/api/webhooks/twilio
channel.twilio.config.base_url = $provider
PROPERTIES
}

# start_worker NAME [COMMAND...]: COMMAND runs it, such as with another clock.
start_worker() {
    local name=$1 port
    shift
    port=$(free_port)
    launch TERM -- "$@" env -C "$ROTA_SOURCE_DIR" DATABASE_URL="$POSTGRES_URL" REDIS_URL="$REDIS_SERVER_URL" ROTA_API_PORT="$port" \
        ROTA_OPS_PORT="$(free_port)" SENDGRID_API_KEY=SG.fake-key TWILIO_AUTH_TOKEN=fake-token \
        "$ROTA_BUILD_DIR/bin/rotad" --config="$var/etc/rota.properties" >>"$var/rotad.log" 2>&1 </dev/null
    workers[$name]=$!
    worker_ports[$name]=$port
}
worker_is_ready() { [[ $(http_status "${worker_ports[$1]}" /readyz) == 200 ]]; }

# start_worker_ahead NAME SECONDS: its clock is so much ahead. A sanitizer must be loaded before anything else, and must give no
# memory back (tests/support/rotad_process.cpp says why). The loader puts the machine's directory of libraries in the place of $LIB.
start_worker_ahead() {
    local sanitizer calm=allocator_release_to_os_interval_ms=-1
    sanitizer=$(ldd "$ROTA_BUILD_DIR/bin/rotad" | grep -oE '/[^ ]*/lib[at]san[.]so[^ ]*' | paste -sd : || true)
    # shellcheck disable=SC2016  # $LIB is the loader's
    start_worker "$1" env FAKETIME_DONT_FAKE_MONOTONIC=1 DONT_FAKE_MONOTONIC=1 FAKETIME="+${2}s" \
        ASAN_OPTIONS="${ASAN_OPTIONS:-}:$calm" TSAN_OPTIONS="${TSAN_OPTIONS:-}:$calm" \
        LD_PRELOAD="${sanitizer:+$sanitizer:}"'/usr/$LIB/faketime/libfaketimeMT.so.1'
}

kill_worker() {
    broken_off=$((broken_off + senders))
    kill -s KILL "${workers[$1]}" 2>/dev/null || true
    wait "${workers[$1]}" 2>/dev/null || true
    unset "workers[$1]"
}

stop_workers() {
    local name
    for name in "${!workers[@]}"; do
        stop_process "${workers[$name]}" TERM 20 rotad || true
        unset "workers[$name]"
    done
}

# ---- What is due

in_redis() { REDISCLI_AUTH=$(<"$var/redis/password") redis-cli -p "$REDIS_PORT" "$@"; }

# A doctor for each hundred patients, and a quarter of an hour for each patient, three days ahead.
make_clinic() {
    query "INSERT INTO doctors (name, specialty) SELECT 'Dr. Reminder ' || n, 'General Practice' FROM generate_series(0, ($reminders - 1) / 100) n;
        INSERT INTO patients (name, email, phone, date_of_birth, name_key)
            SELECT 'Patient Number' || n, 'patient' || n || '@reminded.example', '212-555-0100', '1950-01-01', 'patient number' || n
            FROM generate_series(1, $reminders) n;
        INSERT INTO appointments (doctor_id, patient_id, start_time, duration, type)
            SELECT d.id, p.id, date_trunc('day', now() AT TIME ZONE 'UTC') + interval '3 days' + p.place % 100 * interval '15 min', 15, 'follow-up'
            FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM patients WHERE email LIKE '%@reminded.example') p
            JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM doctors WHERE name LIKE 'Dr. Reminder %') d
                ON d.place = p.place / 100"
}

# make_due CASE COUNT [FIRST STEP]: a reminder for each of so many appointments, and Redis without any. Due now, or the first one
# after so many seconds, and the others one behind the other at that distance in milliseconds.
make_due() {
    local kind=email_reminder
    [[ $channel != twilio ]] || kind=sms_reminder
    due=$2
    query "DELETE FROM jobs;
        INSERT INTO jobs (kind, appointment_id, patient_id, schedule_version, dedupe_key, run_at, not_after, created_at)
            SELECT '$kind', a.id, a.patient_id, 1, '$1-' || a.id,
                   now() AT TIME ZONE 'UTC' + interval '${3:-0} s' + a.place * interval '${4:-0} ms', a.start_time, now() AT TIME ZONE 'UTC'
            FROM (SELECT a.*, row_number() OVER (ORDER BY a.id) - 1 AS place FROM appointments a JOIN doctors d ON d.id = a.doctor_id
                WHERE d.name LIKE 'Dr. Reminder %') a
            WHERE a.place < $due"
    in_redis FLUSHALL >"$var/redis.answer"
    curl -fsS -X POST "$provider/control/forget"
}

unsettled() { query "SELECT COUNT(*) FROM jobs WHERE state IN ('scheduled', 'retry', 'running')" 2>/dev/null || echo all; }
settled() { [[ $(unsettled) == 0 ]]; }
at_the_provider() { curl -fsS "$provider/control/$channel/summary" | jq .accepted; }
went_out() { (($(at_the_provider) >= $1)); }
some_went_out() { went_out $((due / 20)); }

# ---- What must hold

# verdict CASE: counts at the provider against what is said of each job. In doubt may be no more than what was on its way when something
# broke.
verdict() {
    local accepted twice lost state unknown
    curl -fsS "$provider/control/$channel/messages" | jq -r '.[].delivery_id' | sort | uniq -c | awk '{ print $2, $1 }' | sort >"$var/accepted"
    query "SELECT 'rota-' || id || ' ' || state FROM jobs" | sort >"$var/said"
    accepted=$(wc -l <"$var/accepted")
    twice=$(awk '$2 > 1' "$var/accepted" | wc -l)
    # Said to be sent, and the provider has none; or said to be over, although nobody was told.
    lost=$(join -a 1 "$var/said" "$var/accepted" | awk '($2 == "sent" || $2 == "delivered") ? NF < 3 : $2 != "unknown"' | wc -l)
    unknown=$(awk '$2 == "unknown"' "$var/said" | wc -l)
    state=$(awk '{ n[$2] += 1 } END { for (s in n) printf "%s%d %s", c++ ? ", " : "", n[s], s }' "$var/said")
    printf 'rota: %-44s %5d at the provider, %d twice, %d lost; %s\n' "$1" "$accepted" "$twice" "$lost" "$state" | tee -a "$var/table"
    ((lost == 0 && twice == 0 && unknown <= broken_off && $(wc -l <"$var/said") == due))
}

# punctual MOST: none early, and 99 of 100 not later than that many milliseconds.
punctual() {
    curl -fsS "$provider/control/$channel/messages" | jq -r '.[] | "\(.delivery_id) \(.at_ms)"' | sort >"$var/arrived"
    query "SELECT 'rota-' || id || ' ' || (extract(epoch FROM run_at) * 1000)::bigint FROM jobs" | sort >"$var/planned"
    join "$var/arrived" "$var/planned" | awk '{ print $2 - $3 }' | sort -n >"$var/late"
    awk -v most="$1" -v all="$due" '{ late[NR] = $1 }
        END { printf "rota: %d of %d at their instants; late: median %d ms, 99 of 100 within %d ms, worst %d ms, first %d ms\n",
                  NR, all, late[int(NR / 2) + 1], late[int(NR * 0.99) + 1], late[NR], late[1]
              exit !(NR == all && late[1] >= 0 && late[int(NR * 0.99) + 1] <= most) }' "$var/late" | tee -a "$var/table"
}

logs_name_nobody() {
    ! grep -aqE '@reminded[.]example|Patient Number|555-0100|2125550100|SG[.]fake-key|fake-token|cancellation policy' "$var/rotad.log"
}

check() { expect "reminders: $1" "${@:2}" || { unsettled; grep -a -v ' SENT: ' "$var/rotad.log" | tail -n 20; } | sed 's/^/    /'; }

wanted() { [[ $1 =~ ${ROTA_REMINDER_CASES:-.} ]]; }

# a_case NAME BREAK [CHANNEL]: BREAK runs while they go out.
a_case() {
    local name=$1 begun=$SECONDS
    channel=${3:-sendgrid}
    wanted "$name" || return 0
    make_due "${name// /-}" "$reminders"
    as_usual
    broken_off=0
    "$2"
    # What a dead worker held is found by the janitor after its lease.
    wait_until 300 settled || say "$name: $(unsettled) still wait after $((SECONDS - begun)) s"
    check "$name" verdict "$name"
    stop_workers
}

# Each at another instant, with nothing else to do: a thousand in a minute, where there are so many.
at_their_instants() {
    broken_off=0
    local name="each at its instant" count=$((reminders < 1000 ? reminders : 1000))
    channel=sendgrid
    wanted "$name" || return 0
    start_worker only
    check "rotad starts" wait_until 60 worker_is_ready only
    make_due instants "$count" 5 60
    wait_until 300 settled || say "$name: $(unsettled) still wait"
    check "$name: none lost, none twice" verdict "$name"
    check "$name: 99 of 100 within 100 ms" punctual 100
    stop_workers
}

# one_unreachable NAME COLUMN VALUE REASON [CHANNEL]: with that value, one patient cannot be reminded, and the others are.
one_unreachable() {
    local name=$1 column=$2 value=$3 reason=$4 whose="name = 'Patient Number1'" was
    channel=${5:-sendgrid}
    wanted "$name" || return 0
    was=$(query "SELECT $column FROM patients WHERE $whose")
    query "UPDATE patients SET $column = '$value' WHERE $whose"
    make_due "${name// /-}" 50
    start_worker only
    wait_until 300 settled || say "$name: $(unsettled) still wait"
    check "$name: that one failed, with the reason" failed_alone "$reason"
    check "$name: the others are reminded" went_out 49
    stop_workers
    query "UPDATE patients SET $column = '$was' WHERE $whose"
}
failed_alone() { [[ $(query "SELECT state || ': ' || last_error FROM jobs WHERE state <> 'sent'") == "failed: $1" ]]; }

# ---- What breaks

nothing() { start_worker only; }

# With a new one each time: some are killed while they start, some while they send.
twenty_workers() {
    local n
    for n in {1..20}; do
        start_worker "number$n"
        sleep "0.$((RANDOM % 9 + 1))"
        ((RANDOM % 2)) || wait_until 5 worker_is_ready "number$n" || true
        sleep "0.$((RANDOM % 9 + 1))"
        kill_worker "number$n"
    done
    start_worker last
}

flushed() {
    start_worker only
    wait_until 20 some_went_out
    for _ in {1..10}; do
        in_redis FLUSHALL >"$var/redis.answer"
        sleep "0.$((RANDOM % 5 + 1))"
    done
}

redis_killed() {
    local password
    password=$(<"$var/redis/password")
    start_worker only
    wait_until 20 some_went_out
    for _ in 1 2 3; do
        kill -s KILL "$REDIS_PID"
        wait "$REDIS_PID" 2>/dev/null || true
        sleep 1
        launch_as redis TERM redis-server - >>"$var/log/redis.log" 2>&1 < <(redis_configuration "$(realpath "$var/redis")" "$password")
        REDIS_PID=$!
        wait_until 30 redis_decided "$password"
        sleep 1
    done
}

postgres_killed() {
    start_worker only
    wait_until 20 some_went_out
    for _ in 1 2 3; do
        kill_postgres
        sleep 1
        revive_postgres "$var" -c max_connections=200 || die "PostgreSQL does not start again"
        sleep 1
    done
}

# That many answers leave it open whether the message was taken, and those that were on their way when nobody listened.
provider_away() {
    broken_off=$((200 + 3 * 30 + senders))
    start_worker only
    wait_until 20 some_went_out
    provider_does '{"do": "answer", "status": 500, "times": 200}'
    sleep 1
    provider_does '{"do": "answer", "status": 429, "retry_after": 2, "times": 200}'
    sleep 1
    provider_does '{"do": "hang_before_reading", "times": 30}'
    sleep 1
    # Nobody listens: no connection at all.
    kill -s STOP "$fake_pid"
    sleep 4
    kill -s CONT "$fake_pid"
    provider_does '{"do": "reset_mid_body", "times": 30}'
    sleep 1
    provider_does '{"do": "hang_after_accepting", "times": 30}'
    sleep 4
    provider_does '{"do": "accept", "delay_ms": 300, "times": 200}'
    sleep 2
    as_usual
}

key_refused() {
    local told
    told=$(alerts)
    provider_does '{"do": "answer", "status": 401}'
    start_worker only
    sleep 8
    as_usual
    check "a refused key is told once" test "$(($(alerts) - told))" = 1
}
alerts() { grep -ac 'a channel is broken' "$var/rotad.log" || true; }

two_workers() {
    start_worker one
    start_worker two
    wait_until 20 some_went_out
    kill_worker one
    start_worker one
}

two_clocks() {
    start_worker exact
    start_worker_ahead ahead 30
}

# A clock that is ahead finds at once what the dead had: their leases have run out by it.
killed_and_emptied() {
    local n
    for n in 1 2 3; do
        start_worker "number$n"
        wait_until 20 went_out $((due * n / 5)) || true
        in_redis FLUSHALL >"$var/redis.answer"
        ((n == 2)) || sleep 0.3
        kill_worker "number$n"
    done
    start_worker_ahead last 60
}

# ---- All of it

begin() {
    reminders=$1 provider_delay=$2
    var=$(mktemp -d "${TMPDIR:-/var/tmp}/rota-reminders.XXXXXX")
    chmod 711 "$var"
    trap 'clean_up' EXIT
    trap 'exit 143' TERM INT HUP
    start_postgres "$var" -c max_connections=200
    create_database rota
    start_redis "$var"
    start_provider
    configure
    start_worker first
    check "rotad starts" wait_until 60 worker_is_ready first
    stop_workers
    make_clinic
}
