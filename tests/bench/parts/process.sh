# shellcheck shell=bash
# shellcheck disable=SC2154  # what is measured, and for how long, scripts/bench says
# The process itself: from its start to ready, its memory, and a thousand clients that hold a connection and say nothing.
use_scale "$scale"

for round in $(seq $((rounds * 2 - 1))); do
    stop_rotad "$scale"
    begun=$(milliseconds)
    start_rotad "$scale"
    record rota "start to ready" "{\"ms\":$(($(milliseconds) - begun))}"
done

round=1
sleep 3
record rota "memory, idle" "{\"MB\":$(resident_mb "${ROTAD_PID[$scale]}")}"
for million in first second; do
    answered=0
    while ((answered < requests)); do
        answered=$((answered + $(load mixed 16 $((seconds * 2)) "${API_PORT[$scale]}" DOCTORS="$(doctors_of "$scale")" PATIENTS="$(patients_of "$scale")" |
            jq --argjson time $((seconds * 2)) '."per second" * $time | floor')))
    done
    record rota "memory after the $million $requests requests" "{\"MB\":$(resident_mb "${ROTAD_PID[$scale]}")}"
done

for round in $(seq "$rounds"); do
    record rota "availability, 16 connections, alone" "$(load availability 16 "$seconds" "${API_PORT[$scale]}" DOCTORS="$(doctors_of "$scale")")"
    load idle 1000 $((seconds + 6)) "${API_PORT[$scale]}" >"$var/idle.json" &
    idle=$!
    sleep 3
    record rota "the same beside 1,000 idle connections" "$(load availability 16 "$seconds" "${API_PORT[$scale]}" DOCTORS="$(doctors_of "$scale")")"
    record rota "memory with 1,000 idle connections" "{\"MB\":$(resident_mb "${ROTAD_PID[$scale]}"),\"connections\":$(connections_to "${API_PORT[$scale]}")}"
    wait "$idle" || true
done
