# shellcheck shell=bash
# shellcheck disable=SC2154  # `place` is the caller's
# Tests of the counting in scripts/lib/suites.sh: nothing that goes wrong may end as a pass.

# A stub of a GoogleTest program: prints text, writes a result for so many tests, and ends with a status.
make_program() {
    local file=$1 tests=$2 status=$3 text=$4
    cat >"$file" <<STUB
#!/usr/bin/env bash
for argument; do case \$argument in --gtest_output=xml:*) xml=\${argument#*xml:} ;; esac; done
cat <<'TEXT'
$text
TEXT
[[ $tests == none ]] || echo '<testsuites tests="$tests">' >"\$xml"
exit $status
STUB
    chmod +x "$file"
}

ok_line() { printf '[ RUN      ] %s\n[       OK ] %s (0 ms)\n' "$1" "$1"; }
failed_line() { printf '[ RUN      ] %s\nbecause\n[  FAILED  ] %s (0 ms)\n' "$1" "$1"; }

# counts_as PASSED FAILED TESTS STATUS TEXT
counts_as() {
    local want="$1 $2"
    make_program "$place/program" "$3" "$4" "$5"
    (PASSED=0 FAILED=0
        run_gtest_suite stub "$place/program" "$place/results" "" >"$place/log" 2>&1
        [[ "$PASSED $FAILED" == "$want" ]])
}

# shards_count_as PASSED FAILED: two processes, of which the second fails one test of its two.
shards_count_as() {
    cat >"$place/program" <<STUB
#!/usr/bin/env bash
for argument; do case \$argument in --gtest_output=xml:*) xml=\${argument#*xml:} ;; esac; done
((GTEST_TOTAL_SHARDS == 2)) || exit 9
echo '<testsuites tests="2">' >"\$xml"
if ((GTEST_SHARD_INDEX == 0)); then
    cat <<'TEXT'
$(ok_line A.a; ok_line A.c)
TEXT
else
    cat <<'TEXT'
$(ok_line A.b; failed_line A.d)
TEXT
    exit 1
fi
STUB
    (PASSED=0 FAILED=0
        SHARDS=2 run_gtest_suite stub "$place/program" "$place/results" "" >"$place/log" 2>&1
        [[ "$PASSED $FAILED" == "$1 $2" ]])
}

missing_program_fails() {
    (FAILED=0; run_gtest_suite stub "$place/no-such-program" "$place/results" "" >"$place/log" && ((FAILED == 1)))
}

hanging_program_fails() {
    make_program "$place/program" 1 0 "$(ok_line A.a)"
    sed -i '2i sleep 60' "$place/program"
    (FAILED=0; ROTA_SUITE_TIMEOUT=1 run_gtest_suite stub "$place/program" "$place/results" "" >"$place/log" && ((FAILED == 1)))
}

# script_counts_as PASSED FAILED TEXT STATUS
script_counts_as() {
    (PASSED=0 FAILED=0
        run_script_suite stub bash -c "printf '%s\n' '$3'; exit $4" >"$place/log"
        [[ "$PASSED $FAILED" == "$1 $2" ]])
}

no_tests_is_no_success() { (PASSED=0 FAILED=0 FAILED_NAMES=(); ! finish >"$place/log" 2>/dev/null && [[ $(<"$place/log") == "0 passed, 0 failed" ]]); }

test_counting() {
    local two_good
    two_good=$(ok_line A.a; ok_line A.b)
    try "two good tests" counts_as 2 0 2 0 "$two_good"
    try "a failed test" counts_as 2 1 3 1 "$two_good
$(failed_line A.c)"
    try "a failed test with a parameter" counts_as 0 1 1 1 '[  FAILED  ] I/A.c/1, where GetParam() = 2 (0 ms)'
    try "a skipped test has not passed" counts_as 2 1 3 0 "$two_good
[  SKIPPED ] A.c (0 ms)"
    try "a crash" counts_as 2 1 none 134 "$two_good
[ RUN      ] A.c"
    try "a crash after the last test" counts_as 2 1 2 134 "$two_good"
    try "an early exit with 0" counts_as 2 1 none 0 "$two_good"
    try "a test that we did not see" counts_as 2 1 3 0 "$two_good"
    try "a program without tests" counts_as 0 1 0 0 ""
    try "a failed test of one of two processes" shards_count_as 3 1
    try "a missing program" missing_program_fails
    try "a hanging program" hanging_program_fails
    try "a good script" script_counts_as 3 0 "3 passed, 0 failed" 0
    try "a failing script" script_counts_as 3 2 "3 passed, 2 failed" 1
    try "a script that counts none and fails" script_counts_as 3 1 "3 passed, 0 failed" 9
    try "a script without a count" script_counts_as 0 1 "hello" 0
    try "a script that cannot run" script_counts_as 0 1 "no kernel here" 77
    ALLOWED_MISSING=(stub)
    try "a script that need not run" script_counts_as 0 0 "no kernel here" 77
    try "no tests at all" no_tests_is_no_success
}
