# shellcheck shell=bash
# shellcheck disable=SC2154  # what is measured, and for how long, scripts/bench says
# What the page asks for first: six weeks of a doctor's calendar, and each doctor's next free time.
use_scale "$scale"
for round in $(seq "$rounds"); do
    record rota "six weeks, 16 connections" "$(load range 16 "$seconds" "$PORT" DOCTORS="$(doctors_of "$scale")")"
    record rota "next free of all doctors, 1 connection" "$(load path 1 "$seconds" "$PORT" REQUEST_PATH='/api/doctors?next_available=true')"
    record rota "directory, 16 connections" "$(load path 16 "$seconds" "$PORT" REQUEST_PATH=/api/doctors)"
done
