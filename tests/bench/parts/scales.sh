# shellcheck shell=bash
# shellcheck disable=SC2154  # what is measured, and for how long, scripts/bench says
# Availability and booking in the smallest and the largest data set, one after the other in each round.
[[ -n $largest ]] || { say "left out: a large data set takes its time, and 40 GB of disk"; return 0; }
for scale_of_record in small "$largest"; do use_scale "$scale_of_record"; done
record_statements "$largest"
own_booking "$largest" >"$var/booking.$largest.sql"
for round in $(seq "$rounds"); do
    for scale_of_record in small "$largest"; do
        forget "$scale_of_record"
        for connections in 1 16 64; do
            record rota "availability, $connections connections" "$(load availability "$connections" "$seconds" "${API_PORT[$scale_of_record]}" \
                DOCTORS="$(doctors_of "$scale_of_record")")"
        done
        record rota "booking, 16 connections" "$(book "$scale_of_record" 16)"
        quiet "$scale_of_record"
        # In the smallest most times are taken before long, and nothing is written any more.
        [[ $scale_of_record == "$largest" ]] || continue
        forget "$scale_of_record"
        record "pgbench, own SQL" "booking, 16 connections" "$(limit "$var/booking.$largest.sql" 16 "$seconds" "${DATABASE[$scale_of_record]}")"
    done
done
for scale_of_record in small "$largest"; do
    forget "$scale_of_record"
    [[ $scale_of_record == "$scale" ]] || stop_rotad "$scale_of_record"
done
unset scale_of_record
