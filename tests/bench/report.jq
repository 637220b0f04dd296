# Lines of measure.sh's record, slurped, as Markdown: what is to be reached, then a table a part.

def median: sort | if length == 0 then null elif length % 2 == 1 then .[length / 2 | floor] else (.[length / 2 - 1] + .[length / 2]) / 2 end;
def shown: if . == null then "" elif . >= 100 then round | tostring elif . >= 10 then (. * 10 | round) / 10 | tostring else (. * 1000 | round) / 1000 | tostring end;

. as $all
| def m($part; $subject; $row; $figure):
    [$all[] | select(.part == $part and .subject == $subject and .label == $row) | .figures[$figure] | numbers];
  def of_scale($scale; $subject; $row; $figure):
    [$all[] | select(.part == "scales" and .scale == $scale and .subject == $subject and .label == $row) | .figures[$figure] | numbers];
  # Round by round: what stood side by side is compared.
  def ratio(a; b): a as $a | b as $b | [range([($a | length), ($b | length)] | min) | select($b[.] != 0) | $a[.] / $b[.]];
  ([$all[] | select(.part == "scales") | .scale] | map(select(. != "small")) | .[0] // "city") as $largest
| "16 connections" as $c16
| [
  ["availability, 16 connections, against the seed stack", ratio(m("availability"; "rota"; $c16; "per second"); m("availability"; "seed stack"; $c16; "per second")), ">=", 6, "×"],
  ["availability, 16 connections, against pgbench", ratio(m("availability"; "rota"; $c16; "per second"); m("availability"; "pgbench"; $c16; "per second")), ">=", 0.5, "×"],
  ["booking, 16 connections, against the seed stack", ratio(m("booking"; "rota"; $c16; "per second"); m("booking"; "seed stack"; $c16; "per second")), ">=", 5, "×"],
  ["booking, 16 connections, against pgbench", ratio(m("booking"; "rota"; $c16; "per second"); m("booking"; "pgbench"; $c16; "per second")), ">=", 0.8, "×"],
  ["cancelling, 16 connections, against the seed stack's booking", ratio(m("cancelling"; "rota"; "cancelling, 16 connections"; "per second"); m("cancelling"; "seed stack"; "booking, 16 connections"; "per second")), ">=", 5, "×"],
  ["cancelling, 16 connections, against pgbench's booking", ratio(m("cancelling"; "rota"; "cancelling, 16 connections"; "per second"); m("cancelling"; "pgbench"; "booking, 16 connections"; "per second")), ">=", 0.8, "×"],
  ["dashboard of 5,000 appointments, against pgbench with its query", ratio(m("dashboard"; "rota"; $c16; "per second"); m("dashboard"; "pgbench, own SQL"; $c16; "per second")), ">=", 0.4, "×"],
  ["availability, 16 connections, p99 against p50", ratio(m("availability"; "rota"; $c16; "p99 ms"); m("availability"; "rota"; $c16; "p50 ms")), "<=", 15, "×"],
  ["booking, 16 connections, p99 against p50", ratio(m("booking"; "rota"; $c16; "p99 ms"); m("booking"; "rota"; $c16; "p50 ms")), "<=", 15, "×"],
  ["the slowest of all for a minute each", ([$all[] | select(.part == "minute") | .figures["slowest ms"]] | if length > 0 then [max] else [] end), "<=", 500, "ms"],
  ["availability, p50, \($largest) against small", ratio(of_scale($largest; "rota"; "availability, 16 connections"; "p50 ms"); of_scale("small"; "rota"; "availability, 16 connections"; "p50 ms")), "<=", 1.5, "×"],
  ["booking, p50, \($largest) against small", ratio(of_scale($largest; "rota"; "booking, 16 connections"; "p50 ms"); of_scale("small"; "rota"; "booking, 16 connections"; "p50 ms")), "<=", 1.5, "×"],
  ["booking at \($largest), against pgbench with the product's own SQL", ratio(of_scale($largest; "rota"; "booking, 16 connections"; "per second"); of_scale($largest; "pgbench, own SQL"; "booking, 16 connections"; "per second")), ">=", 0.6, "×"],
  ["deliveries, all due at once", [$all[] | select(.part == "deliveries" and (.label | endswith("due at once"))) | .figures["per second"]], ">=", 10000, "/s"],
  ["deliveries, all due at once, against BullMQ's no-op jobs", ratio([$all[] | select(.part == "deliveries" and (.label | endswith("due at once"))) | .figures["per second"]]; m("deliveries"; "BullMQ"; "no-op jobs"; "per second")), ">=", 0.5, "×"],
  ["lateness of sparse deliveries, p50", m("deliveries"; "rota"; "one every 10 ms"; "ms late p50"), "<=", 2, "ms"],
  ["lateness of sparse deliveries, p99", m("deliveries"; "rota"; "one every 10 ms"; "ms late p99"), "<=", 10, "ms"],
  ["a waiting job in Redis", m("queue"; "rota"; "a waiting job in Redis"; "bytes"), "<=", 120, "bytes"],
  ["rebuilding a queue of \([$all[] | select(.part == "queue") | .figures.jobs | numbers] | median // 0 | shown) jobs", m("queue"; "rota"; "rebuilding the queue"; "seconds"), "<=", 10, "s"],
  (([$all[] | select(.part == "process" and (.label | startswith("memory after the"))) | .figures.MB]) as $memory
    | ["memory after the requests", $memory[:1], "<=", 64, "MB"],
      ["growth between the first half of the requests and the second", ratio($memory[1:]; $memory[:1]), "<=", 1.03, "×"]),
  ["start to ready", m("process"; "rota"; "start to ready"; "ms"), "<=", 500, "ms"]
  ] as $goals
| "## What it is to reach\n",
  "| | measured | rounds | goal | |", "|---|---|---|---|---|",
  ($goals[] | select(.[1] | length > 0) | (.[1] | median) as $value
    | "| \(.[0]) | \($value | shown) \(.[4]) | \(if .[1] | length > 1 then (.[1] | min | shown) + " to " + (.[1] | max | shown) else "" end) | \(
    if .[2] == ">=" then "at least" else "at most" end) \(.[3]) \(.[4]) | \(
    if (.[2] == ">=" and $value >= .[3]) or (.[2] == "<=" and $value <= .[3]) then "reached"
    else "**missed by \(((if .[2] == ">=" then 1 - $value / .[3] else $value / .[3] - 1 end) * 100) | round) %**" end) |"),
  (($goals | map(select(.[1] | length == 0) | .[0])) as $open | if ($open | length) > 0 then "\nNot measured in this run: \($open | join("; "))." else empty end),
  (reduce ($all[] | .part) as $x ([]; if index([$x]) then . else . + [$x] end) | .[]) as $part
  | [$all[] | select(.part == $part)] as $rows
  | "" , "## \($part)\n",
    (($rows | reduce (.[] | .figures | keys_unsorted[]) as $x ([]; if index([$x]) then . else . + [$x] end)) as $names
      | ($rows | map(.scale) | unique | length > 1) as $scales
      | "| | \($names | join(" | ")) |", "|---|\($names | map("---:") | join("|"))|",
        ($rows | reduce (.[] | [.subject, .label, .scale]) as $x ([]; if index([$x]) then . else . + [$x] end) | sort_by(.[1] as $l | [$rows[].label] | index($l)) | .[]) as [$subject, $row, $scale]
        | "| \($subject): \($row)\(if $scales then ", \($scale)" else "" end) | \([$names[] as $n | [$rows[] | select(.subject == $subject and .label == $row and .scale == $scale) | .figures[$n] | numbers] | (if $n | test("slowest|most") then max else median end) | shown] | join(" | ")) |")
