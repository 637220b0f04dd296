# shellcheck shell=bash
# shellcheck disable=SC2154  # what is measured, and for how long, scripts/bench says
# What a request computes between its statements, in nanoseconds.
interruptible "$ROTA_BUILD_DIR/bin/rota_bench" --benchmark_format=console --benchmark_out="$var/domain.json" --benchmark_out_format=json \
    --benchmark_repetitions="$rounds" --benchmark_min_time=0.2 >/dev/null 2>"$var/log/domain.log"
while read -r figures; do
    round=$(jq .round <<<"$figures") record rota "$(jq -r .label <<<"$figures")" "$(jq -c '{ns}' <<<"$figures")"
done < <(jq -c '.benchmarks[] | select(.run_type == "iteration") | {label: .name, round: (.repetition_index + 1), ns: (.cpu_time * 10 | round / 10)}' "$var/domain.json")
