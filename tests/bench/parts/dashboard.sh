# shellcheck shell=bash
# shellcheck disable=SC2154  # what is measured, and for how long, scripts/bench says
# The first page of a patient with 5,000 appointments, beside its own query with nothing around it.
use_scale "$scale"
record_statements "$scale"
patient=$(($(patients_of "$scale") + 1))
own_sql appointment_list | with_values 1 "$patient" 2 "'-infinity'" 3 "'infinity'" 4 NULL 5 20 6 0 >"$var/dashboard.own.sql"
for round in $(seq "$rounds"); do
    record rota "16 connections" "$(load path 16 "$seconds" "$PORT" REQUEST_PATH="/api/patients/$patient/appointments")"
    record "pgbench, own SQL" "16 connections" "$(limit "$var/dashboard.own.sql" 16 "$seconds" "$URL")"
done
