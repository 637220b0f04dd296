# shellcheck shell=bash
# shellcheck disable=SC2154  # what is measured, and for how long, scripts/bench says
# A minute of each, long enough to see the slowest of all, with a checkpoint in it.
use_scale "$scale"
forget "$scale"
round=1
for what in availability booking; do
    { sleep $((minute / 3)); query "$POSTGRES_ADMIN_URL" CHECKPOINT; } &
    checkpoint=$!
    record rota "$what, 16 connections, $minute s" "$(load "$what" 16 "$minute" "$PORT" DOCTORS="$(doctors_of "$scale")" PATIENTS="$(patients_of "$scale")")"
    wait "$checkpoint"
done
quiet "$scale"
forget "$scale"
