# shellcheck shell=bash
# shellcheck disable=SC2154  # what is measured, and for how long, scripts/bench says
# What a request computes between its statements, in nanoseconds.
while read -r figures; do
    round=$(jq .round <<<"$figures") record rota "$(jq -r .label <<<"$figures")" "$(jq -c '{ns: (.cpu * 10 | round / 10)}' <<<"$figures")"
done < <(timed '-a message to a plugin')
