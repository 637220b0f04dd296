# shellcheck shell=bash
# Messages, ports, child processes and their folder: what every script here needs.

say() { printf 'rota: %s\n' "$*"; }
warn() { printf 'rota: %s\n' "$*" >&2; }
die() { warn "$*"; exit 1; }

# trust_owner ROOT: where root works in another user's checkout, as by sudo or in a container. git refuses it then, and rotad
# the plugins in it. Whose sources are built decides anyway what root runs here.
trust_owner() {
    local owner n=${GIT_CONFIG_COUNT:-0}
    owner=$(stat -c %u "$1")
    if ((EUID != 0 || owner == 0)); then return; fi
    export ROTA_PLUGIN_OWNERS=${ROTA_PLUGIN_OWNERS:-$owner}
    export GIT_CONFIG_COUNT=$((n + 1)) "GIT_CONFIG_KEY_$n=safe.directory" "GIT_CONFIG_VALUE_$n=$1"
}

# wait_until SECONDS COMMAND...: polls until the command succeeds; fails when the time is over.
wait_until() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS <= deadline)) || return 1
        sleep 0.05
    done
}

is_running() { [[ -n ${1:-} ]] && kill -0 "$1" 2>/dev/null; }
is_gone() { ! is_running "$1"; }

# has_argument PID TEXT: whether TEXT is one of that process's arguments. Process numbers are used again, so a number
# in a file says little by itself.
has_argument() { grep -zqxF -- "$2" "/proc/$1/cmdline" 2>/dev/null; }

# stop_process PID SIGNAL SECONDS NAME: asks, waits, and only then kills.
stop_process() {
    local pid=$1 signal=$2 seconds=$3 name=$4
    is_running "$pid" || return 0
    kill -s "$signal" "$pid" 2>/dev/null || true
    wait_until "$seconds" is_gone "$pid" && return 0
    warn "$name (pid $pid) did not stop within $seconds s; killing it"
    kill -s KILL "$pid" 2>/dev/null || true
    wait_until 5 is_gone "$pid" || true
    return 1
}

# remove_var VAR: a folder of servers, with what lies elsewhere and is linked to from it (servers.sh and web.sh say when).
remove_var() {
    find "$1" -maxdepth 2 -type l -lname '/var/lib/rota/*/*' -printf '%l\n' | xargs -r -d '\n' dirname | xargs -r -d '\n' rm -rf || true
    rm -rf "$1"
}

lock_fds=()

# claim FILE TEXT: holds a lock until this script ends, however it ends. Where another script holds it, dies with TEXT.
claim() {
    local fd
    { exec {fd}>>"$1"; } 2>/dev/null || die "$1 cannot be written: its folder may belong to another user, or its disk be" \
        "full or read-only; run as that user, chown the folder, or set ROTA_VAR to another place"
    flock -n "$fd" || die "$2"
    lock_fds+=("$fd")
}

# launch SIGNAL [setpriv option...] -- COMMAND...: starts a long-lived child; its pid is in $!.
launch() {
    # Without <&0 a background command reads from /dev/null, whatever our caller says.
    become_child "$@" <&0 &
}

# The child gets a session of its own, so that Ctrl-C reaches this script only and the order of stopping is ours; the
# signal, should this script be killed outright, so that nothing is left behind; and none of our locks.
become_child() {
    local signal=$1 fd
    shift
    for fd in "${lock_fds[@]}"; do exec {fd}>&-; done
    # A shell's background commands ignore INT and QUIT unless told otherwise.
    exec env --default-signal=INT,QUIT setsid setpriv --pdeathsig "$signal" "$@"
}

current_children=()

# interruptible COMMAND...: runs it so that a signal to this script is acted on at once, not when the command ends.
# Whatever the command leaves running ends with it.
interruptible() {
    start_child "$@"
    await_child "$!"
}

# start_child COMMAND...: the same, without waiting for it; its pid is in $!, for await_child.
start_child() {
    launch TERM -- "$@" </dev/null
    current_children+=("$!")
}

# await_child PID: until a child that was started has ended; its status.
await_child() {
    local status=0
    wait "$1" || status=$?
    end_child "$1"
    return "$status"
}

end_current_children() {
    local child
    for child in "${current_children[@]}"; do kill -s TERM -- "-$child" 2>/dev/null || true; done
    for child in "${current_children[@]}"; do end_child "$child"; done
}

# end_child PID: it and all of its session.
end_child() {
    local child others=()
    kill -s TERM -- "-$1" 2>/dev/null || true
    stop_process "$1" TERM 5 "the running command" || true
    kill -s KILL -- "-$1" 2>/dev/null || true
    for child in "${current_children[@]}"; do [[ $child == "$1" ]] || others+=("$child"); done
    current_children=("${others[@]}")
}

# port_in_use PORT: whether anything listens on that TCP port, on any address. Connects to nothing.
port_in_use() {
    local hex files=()
    printf -v hex ':%04X' "$1"
    for file in /proc/net/tcp /proc/net/tcp6; do [[ -r $file ]] && files+=("$file"); done
    awk -v port="$hex\$" '$2 ~ port && $4 == "0A" { found = 1 } END { exit !found }' "${files[@]}"
}

# free_port: one that nobody listens on, nor Rota itself will, below the range from which the kernel takes ports for outgoing
# connections. Somebody may still be faster: whoever uses it tries again with another.
free_port() {
    local port ours=" ${ROTA_API_PORT:-} ${ROTA_WEB_PORT:-} ${ROTA_OPS_PORT:-} "
    for _ in {1..100}; do
        # Not RANDOM: in subshells of the same moment it begins with the same numbers.
        port=$((20000 + SRANDOM % 10000))
        [[ $ours == *" $port "* ]] || port_in_use "$port" || { echo "$port"; return; }
    done
    die "found no free TCP port between 20000 and 29999"
}

check_port() {
    local name=$1 port=$2
    if ! [[ $port =~ ^[1-9][0-9]{0,4}$ ]] || ((port > 65535)); then die "$name=$port is not a TCP port"; fi
}

# http_status PORT PATH: the status of a GET on this machine, nothing if nobody answers. Bash alone: a machine that
# only runs Rota need not have curl.
http_status() {
    local fd version status _rest
    { exec {fd}<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null || return 1
    # Through cat, because printf would write line by line, and fail if it is answered before the last.
    printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' "$2" | cat >&"$fd"
    read -r -t 5 version status _rest <&"$fd" || true
    exec {fd}>&-
    [[ ${version:-} == HTTP/* ]] && echo "${status%$'\r'}"
}
