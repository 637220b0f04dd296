# shellcheck shell=bash
# shellcheck disable=SC2154  # what is measured, and for how long, scripts/bench says
# What handing a message to a plugin costs, in the server and in a process of its own, beside one another.
while read -r figures; do
    round=$(jq .round <<<"$figures") record rota "$(jq -r .label <<<"$figures")" "$(jq -c '{"µs", "times as long"} | del(..|nulls)' <<<"$figures")"
done < <(timed 'a message to a plugin' | jq -c -s '
    (map(select(.label | endswith("in the server"))) | map({key: (.round | tostring), value: .real}) | from_entries) as $here
    | .[] | . + {"µs": (.real / 10 | round / 100)}
    | if .label | endswith("in the server") then . else . + {"times as long": (.real / $here[.round | tostring] | round)} end')
