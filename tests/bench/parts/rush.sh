# shellcheck shell=bash
# shellcheck disable=SC2154  # what is measured, and for how long, scripts/bench says
# A hundred at once for one time, and everybody for one doctor, whose row they all need.
use_scale "$scale"
for round in $(seq "$rounds"); do
    forget "$scale"
    record rota "100 for each time, 100 connections" "$(load rivals 100 "$seconds" "$PORT" DOCTORS="$(doctors_of "$scale")")"
    quiet "$scale"
    forget "$scale"
    record rota "one doctor, 16 connections" "$(load booking 16 "$seconds" "$PORT" FIRST_DOCTOR=$(($(doctors_of "$scale") + 1)) DOCTORS=1 TIMES=48 \
        PATIENTS="$(patients_of "$scale")")"
    quiet "$scale"
done
forget "$scale"
