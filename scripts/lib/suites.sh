# shellcheck shell=bash
# Running test suites and counting. Needs processes.sh.
#
# Every run_… function adds to PASSED and FAILED, prints one line, and what failed in full.

PASSED=0
FAILED=0
FAILED_NAMES=()

# count NAME PASSED FAILED STARTED [NOTE]
count() {
    PASSED=$((PASSED + $2))
    FAILED=$((FAILED + $3))
    printf '%-10s %5d passed %4d failed %5d s%s\n' "$1" "$2" "$3" "$((SECONDS - $4))" "${5:+   $5}"
}

failure() { FAILED_NAMES+=("$1"); printf 'FAILED: %s\n' "$1"; }

# expect NAME COMMAND...: one test of a script.
expect() {
    local name=$1
    shift
    if "$@"; then
        PASSED=$((PASSED + 1))
    else
        FAILED=$((FAILED + 1))
        failure "$name"
        return 1
    fi
}

# finish: the failures again, then the count. It is the last line of every test command here.
finish() {
    local name
    for name in "${FAILED_NAMES[@]}"; do printf 'FAILED: %s\n' "$name"; done
    ((PASSED + FAILED > 0)) || warn "nothing ran"
    printf '%d passed, %d failed\n' "$PASSED" "$FAILED"
    ((FAILED == 0 && PASSED > 0))
}

# run_gtest_suite NAME EXECUTABLE RESULTS_DIRECTORY FILTER [WRAPPER...]: FILTER may be empty, WRAPPER is a command
# that runs the executable. SHARDS may say how many processes share the tests, at the same time: for tests that mostly wait.
run_gtest_suite() {
    local suite=$1 program=$2 results=$3 filter=$4 shards=${SHARDS:-1}
    local started=$SECONDS passed=0 failed=0 shard status pids=()
    shift 4
    mkdir -p "$results"
    rm -f "$results/$suite".*
    if [[ ! -x $program ]]; then
        failure "$suite: there is no $program"
        count "$suite" 0 1 "$started"
        return
    fi
    for ((shard = 0; shard < shards; shard++)); do
        GTEST_TOTAL_SHARDS=$shards GTEST_SHARD_INDEX=$shard start_child "$@" timeout --kill-after=10 "${ROTA_SUITE_TIMEOUT:-900}" \
            "$program" --gtest_color=no "--gtest_output=xml:$results/$suite.$shard.xml" \
            ${filter:+"--gtest_filter=$filter"} >"$results/$suite.$shard.log" 2>&1
        pids+=("$!")
    done
    for ((shard = 0; shard < shards; shard++)); do
        status=0
        await_child "${pids[shard]}" || status=$?
        count_gtest "$suite" "$status" "$results/$suite.$shard.log" "$results/$suite.$shard.xml"
    done
    if ((passed + failed == 0)) && [[ -z $filter ]]; then
        failed=1
        failure "$suite: has no tests"
    fi
    count "$suite" "$passed" "$failed" "$started" "$(echo "$results/$suite".*.log)"
}

# count_gtest SUITE STATUS LOG XML: adds to the caller's `passed` and `failed`.
count_gtest() {
    local suite=$1 status=$2 log=$3 xml=$4 name good bad=0
    good=$(passed_tests "$log")
    while read -r name; do
        bad=$((bad + 1))
        failure "$suite: $name"
        output_of_test "$name" "$log"
    done < <(failed_tests "$log")
    if ((bad == 0 && status != 0)) || ! is_complete "$xml" "$((good + bad))"; then
        bad=$((bad + 1))
        failure "$suite: $(how_it_ended "$status" "$log")"
        tail -n 80 "$log" | sed 's/^/    /'
    fi
    passed=$((passed + good)) failed=$((failed + bad))
}

# is_complete XML TESTS: whether GoogleTest came to its end, and counts what we counted.
is_complete() { [[ -s $1 ]] && grep -q "<testsuites tests=\"$2\"" "$1"; }

# GoogleTest prints a result with its time once, and the failures again, without, at the end. A skipped test has not
# passed; here every server is there, so nothing has a reason to skip.
passed_tests() { grep -cE '\[       OK \] .* \([0-9]+ ms\)$' "$1" || true; }
failed_tests() {
    sed -nE 's/.*\[  (FAILED |SKIPPED)  ?\] ([^ ,]+)(, where .*)? \([0-9]+ ms\)$/\2/p' "$1"
}

output_of_test() {
    awk -v start="[ RUN      ] $1" '
        index($0, start) && substr($0, index($0, start) + length(start)) == "" { inside = 1 }
        inside { print "    " $0 }
        inside && /\[ +(FAILED|SKIPPED|OK) +\] .* \([0-9]+ ms\)$/ { exit }' "$2" | head -n 200
}

how_it_ended() {
    local running
    running=$(sed -nE 's/.*\[ RUN      \] (.+)$/\1/p' "$2" | tail -n 1)
    case $1 in
    0) echo "ended without a full result, in or after ${running:-no test}" ;;
    124 | 137) echo "did not end within ${ROTA_SUITE_TIMEOUT:-900} s, in ${running:-no test}" ;;
    *) echo "ended with status $1, in or after ${running:-no test}" ;;
    esac
}

# run_script_suite NAME COMMAND...: a command that prints its own "N passed, N failed" last.
# Status 77 says that it cannot run here: that is a failure unless NAME is in the array ALLOWED_MISSING.
run_script_suite() {
    local suite=$1 started=$SECONDS status=0 log last passed=0 failed=0
    shift
    log=$(mktemp)
    interruptible "$@" > >(tee "$log") 2>&1 || status=$?
    # The pipe's reader may be a moment behind.
    wait_until 2 grep -qE '^[0-9]+ passed, [0-9]+ failed$' "$log" || true
    last=$(tail -n 1 "$log")
    rm -f "$log"
    if ((status == 77)); then
        if [[ " ${ALLOWED_MISSING[*]:-} " == *" $suite "* ]]; then
            count "$suite" 0 0 "$started" "cannot run here, which is allowed"
            return
        fi
        failed=1
        failure "$suite: cannot run here"
    elif [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
        passed=${BASH_REMATCH[1]} failed=${BASH_REMATCH[2]}
        if ((failed == 0 && status != 0)); then failed=1; fi
        ((failed == 0)) || failure "$suite: see above"
    else
        failed=1
        failure "$suite: ended with status $status and without a count"
    fi
    count "$suite" "$passed" "$failed" "$started"
}

# use_build ROOT PRESET: what tests find in their environment, and how sanitizers behave: any finding ends the program.
use_build() {
    export ROTA_SOURCE_DIR=$1 ROTA_BUILD_DIR=$1/build/$2
    # POCO installs a SIGSEGV handler that would hide a report.
    export ASAN_OPTIONS=allow_user_segv_handler=0:detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1
    export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
    export TSAN_OPTIONS=halt_on_error=0:second_deadlock_stack=1:history_size=4
}
