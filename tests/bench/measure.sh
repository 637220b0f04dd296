# shellcheck shell=bash
# shellcheck disable=SC2154  # what is measured, and for how long, scripts/bench says
# Measuring and keeping what was measured. Each figure is one line of JSON in $results:
#   {"part", "subject", "label", "scale", "round", "figures": {name: number}}
# Needs processes.sh, stack.sh, and from scripts/bench: rounds, seconds, scale, results, part.

# record SUBJECT LABEL FIGURES
record() {
    jq -c -n --arg part "$part" --arg subject "$1" --arg row "$2" --arg scale "${scale_of_record:-$scale}" \
        --argjson round "${round:-1}" --argjson figures "$3" \
        '{part: $part, subject: $subject, "label": $row, scale: $scale, round: $round, figures: $figures}' >>"$results"
    say "$(printf '%-14s %-14s %-34s ' "$part" "$1" "$2")$(jq -r 'to_entries | map("\(.key) \(.value)") | join(", ")' <<<"$3")"
}

# load SCRIPT CONNECTIONS SECONDS PORT [NAME=VALUE...]: runs wrk with load/SCRIPT.lua and prints its figures.
load() {
    local script=$1 connections=$2 time=$3 port=$4 output
    shift 4
    output=$(env -C "$bench/load" ROUND="${round:-1}" CONNECTIONS="$connections" "$@" \
        wrk -t1 -c"$connections" -d"${time}s" --timeout 20s -s "$script.lua" "http://127.0.0.1:$port")
    tail -n 1 <<<"$output" | jq -c 'if .wrong > 0 then . else del(.wrong) end | if .refused > 0 then . else del(.refused) end' ||
        { warn "wrk $script: $output"; return 1; }
}

# limit FILE CONNECTIONS SECONDS URL [pgbench option...]: the same SQL with nothing around it, prepared as our connections do.
limit() {
    local file=$1 connections=$2 time=$3 url=$4 output
    shift 4
    output=$(PGOPTIONS="-c timezone=UTC -c plan_cache_mode=force_generic_plan" "$pgbench" -n -M prepared -f "$file" \
        -c "$connections" -j 1 -T "$time" "$@" "$url" 2>&1) || { warn "pgbench $file: $(tail -n 3 <<<"$output")"; return 1; }
    awk '/^latency average/ { mean = $4 } /^tps/ { tps = $3 }
         END { printf "{\"per second\":%.1f,\"mean ms\":%.3f}\n", tps, mean }' <<<"$output"
}

# timed FILTER: what rota_bench has by that name (-FILTER: by any other), a line each: {"label", "round", "cpu", "real"}, in ns.
timed() {
    local out=$var/timed.json
    interruptible "$ROTA_BUILD_DIR/bin/rota_bench" --benchmark_filter="$1" --benchmark_out="$out" --benchmark_out_format=json \
        --benchmark_repetitions="$rounds" --benchmark_min_time=0.2 >"$var/log/timed.log" 2>&1 || { cat "$var/log/timed.log" >&2; return 1; }
    jq -c '.benchmarks[] | select(.run_type == "iteration") | if .error_occurred then error(.error_message) else . end
        | {label: (.run_name | sub("/.*"; "")), round: (.repetition_index + 1), cpu: .cpu_time, real: .real_time}' "$out"
}

# query URL SQL: its rows, columns between |.
query() { psql -X -q -A -t -v ON_ERROR_STOP=1 "$1" -c "$2"; }

# percentiles URL NAME SQL: of a query of one column of milliseconds.
percentiles() {
    query "$1" "SELECT json_build_object('count', n, '$2 p50', round(p[1]::numeric, 3), '$2 p95', round(p[2]::numeric, 3),
            '$2 p99', round(p[3]::numeric, 3), '$2 most', round(p[4]::numeric, 3))
        FROM (SELECT count(*) AS n, percentile_disc(ARRAY[0.5, 0.95, 0.99, 1]) WITHIN GROUP (ORDER BY ms) AS p FROM ($3) m(ms)) q"
}

milliseconds() { echo $((${EPOCHREALTIME/./} / 1000)); }

# connections_to PORT: how many are open at the server's end.
connections_to() { awk -v port="$(printf ':%04X' "$1")" '$2 ~ port "$" && $4 == "01" { n++ } END { print n + 0 }' /proc/net/tcp; }

resident_mb() { awk '$1 == "VmRSS:" { printf "%.1f", $2 / 1024 }' "/proc/$1/status"; }

# own_sql NAME: the SQL of one of the product's statements, as its connections prepare it. Taken from the database's log of what
# a running server sent, so that there is no second copy to go stale.
own_sql() { jq -r --arg name "$1" 'select(.name == $name) | .sql' "$statements"; }

# with_values [NUMBER VALUE]...: fills the numbered parameters of a statement in.
with_values() {
    local script=''
    while (($#)); do
        script+="s/\\\$$1([^0-9]|\$)/$(sed 's/[\/&]/\\&/g' <<<"$2")\\1/g;"
        shift 2
    done
    sed -E "$script" && echo ';'
}

# own_booking SCALE: a booking by the product's own statements: the snapshot, then the write if it still holds.
own_booking() {
    local start="(current_date + :ahead::int + TIME '15:00' + :half::int * INTERVAL '30 minutes')"
    printf '%s\n' "\\set doctor random(1, $(doctors_of "$1"))" "\\set patient random(1, $(patients_of "$1"))" '\set ahead random(8, 80)' '\set half random(0, 13)'
    own_sql booking_snapshot | with_values 1 '(current_date + :ahead::int)' 2 "(current_date + :ahead::int + TIME '05:00')" \
        3 "(current_date + :ahead::int + 1 + TIME '05:00')" 4 :doctor 5 :patient 6 "$start" 7 "($start + INTERVAL '30 minutes')" | sed 's/^;$/\\gset/'
    own_sql booking_write | with_values 1 :doctor 2 :patient 3 "$start" 4 30 5 :calendar_version 6 "'standard'" 7 "now()" \
        8 "'{confirmation,email_reminder,sms_reminder}'" \
        9 "ARRAY[current_date + TIME '23:00', $start - INTERVAL '24 hours', $start - INTERVAL '2 hours']"
}

# book SCALE CONNECTIONS: books free half hours over HTTP.
book() {
    load booking "$2" "$seconds" "${API_PORT[$1]}" DOCTORS="$(doctors_of "$1")" PATIENTS="$(patients_of "$1")"
}

# quiet SCALE: until the product has done what is due. Redis is asked until it knows of nothing more: the database would have to
# look through all that was just done, which takes the processors away from what is measured.
quiet() { { wait_until 300 nothing_due "$1" && wait_until 60 none_pending "$1"; } || warn "jobs that are due were not done in time"; }
nothing_due() { (($(redis "$1" ZCARD '{rota:0}:lease') + $(redis "$1" ZCOUNT '{rota:0}:due' -inf "$(milliseconds)") == 0)); }
none_pending() {
    [[ $(query "${DATABASE[$1]}" "SELECT EXISTS (SELECT 1 FROM jobs WHERE state IN ('scheduled', 'retry') AND run_at <= now() AT TIME ZONE 'UTC')
        OR EXISTS (SELECT 1 FROM jobs WHERE state = 'running')") == f ]]
}
