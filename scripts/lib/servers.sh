# shellcheck shell=bash
# A private PostgreSQL and a private Redis. Needs processes.sh.
#
#   start_postgres VAR [-c name=value...]   sets POSTGRES_PID, POSTGRES_PORT, POSTGRES_ADMIN_URL
#   create_database NAME                    makes role and database NAME where missing; sets POSTGRES_URL
#   start_redis VAR                         sets REDIS_PID, REDIS_PORT, REDIS_SERVER_URL
#   stop_redis, stop_postgres
#
# Both listen on 127.0.0.1 only, on a free port, and want a generated password: the machine's other users cannot
# get in. PostgreSQL refuses to run as root, so under root each runs as the user its Debian package made.

POSTGRES_PID=
REDIS_PID=

# server_directory VAR NAME USER: the directory in which server NAME may write, made where missing.
# It is VAR/NAME; but under root, where USER may not reach VAR (a checkout in /root), VAR/NAME is a link to a place
# that USER can reach.
server_directory() {
    local var=$1 name=$2 user=$3 place
    if [[ ! -e $var/$name ]]; then
        if ((EUID == 0)) && ! as_user "$user" test -x "$var"; then
            place=/var/lib/rota/$(cksum <<<"$var" | cut -d' ' -f1)/$name
            mkdir -p "$place"
            ln -sfn "$place" "$var/$name"
        else
            mkdir -p "$var/$name"
        fi
        chmod 700 "$var/$name/"
        ((EUID != 0)) || chown "$user:" "$var/$name/"
    fi
    place=$(realpath "$var/$name")
    check_owner "$place" "$user"
    echo "$place"
}

# check_owner DIRECTORY USER: whether a server that runs as USER may have it. Not where root started after another user, or the
# reverse.
check_owner() {
    local wanted=$EUID
    ((EUID != 0)) || wanted=$(id -u "$2")
    [[ $(stat -c %u "$1") == "$wanted" ]] || die "$1 belongs to $(stat -c '%U (%u)' "$1"), and its server would run as user $wanted;" \
        "start as the user who made it, chown -R it, or set ROTA_VAR to another place"
}

as_user() {
    local user=$1
    shift
    if ((EUID == 0)); then
        setpriv --reuid "$user" --regid "$user" --init-groups -- "$@"
    else
        "$@"
    fi
}

# launch_as USER SIGNAL COMMAND...
launch_as() {
    local user=$1 signal=$2
    shift 2
    if ((EUID == 0)); then
        launch "$signal" --reuid "$user" --regid "$user" --init-groups -- "$@"
    else
        launch "$signal" -- "$@"
    fi
}

# secret_file FILE USER: prints a generated password, the same at every call.
secret_file() {
    if [[ ! -s $1 ]]; then
        (umask 077 && od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$1.new")
        ((EUID != 0)) || chown "$2:" "$1.new"
        mv "$1.new" "$1"
    fi
    cat "$1"
}

open_log() {
    mkdir -p "${1%/*}"
    chmod 700 "${1%/*}"
    # One old file is kept, so that a log never grows without end.
    if [[ -f $1 ]] && (($(stat -c %s "$1") > 10000000)); then mv "$1" "$1.1"; fi
    touch "$1"
}

# ---- PostgreSQL

start_postgres() {
    local var=$1 dir bin log password tried
    shift
    dir=$(server_directory "$var" postgres postgres) || exit
    POSTGRES_DIR=$dir
    log=$var/log/postgres.log
    open_log "$log"
    claim "$dir/lock" "PostgreSQL's directory $dir is in use by another scripts/run"
    bin=$(postgres_programs "$dir/data")
    password=$(secret_file "$dir/admin.password" postgres)
    [[ -d $dir/data ]] || create_cluster "$bin" "$dir"
    clear_foreign_lock "$dir/data"

    for tried in {1..30}; do
        POSTGRES_PORT=$(free_port)
        POSTGRES_ADMIN_URL=postgresql://postgres:$password@127.0.0.1:$POSTGRES_PORT/postgres
        launch_postgres "$bin" "$dir/data" "$log" "$@" || break
        is_running "$POSTGRES_PID" && return 0
        may_start_later "$log" || break
        sleep 0.2
    done
    tail -n 20 "$log" >&2
    die "PostgreSQL did not start (attempt $tried); the end of $log is above"
}

# launch_postgres BIN DATA LOG [-c name=value...]: on POSTGRES_PORT; returns when it answers or has ended.
launch_postgres() {
    local bin=$1 data=$2 log=$3
    shift 3
    launch_as postgres INT env -C / LC_ALL=C.UTF-8 "$bin/postgres" -D "$data" -c port="$POSTGRES_PORT" \
        -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c timezone=UTC -c log_timezone=UTC "$@" \
        >>"$log" 2>&1 </dev/null
    POSTGRES_PID=$!
    wait_until 120 postgres_decided "$bin"
}

# The programs of the version that made the data, else the newest.
postgres_programs() {
    local version bin
    if [[ -s $1/PG_VERSION ]]; then
        version=$(<"$1/PG_VERSION")
        bin=/usr/lib/postgresql/$version/bin
        [[ -x $bin/postgres ]] || die "the data in $1 is PostgreSQL $version's, which is not installed here"
    else
        bin=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
        [[ -x $bin/initdb ]] || die "PostgreSQL's programs are not in /usr/lib/postgresql"
    fi
    echo "$bin"
}

# Made aside and moved: half a cluster, left by an interrupted start, is never taken for a whole one.
create_cluster() {
    local bin=$1 dir=$2
    rm -rf "$dir/data.new"
    as_user postgres env -C / LC_ALL=C.UTF-8 "$bin/initdb" -D "$dir/data.new" -U postgres --encoding=UTF8 \
        --locale=C.UTF-8 --auth=scram-sha-256 --pwfile="$dir/admin.password" --no-instructions >"$dir/initdb.log" 2>&1 ||
        { cat "$dir/initdb.log" >&2; die "initdb failed in $dir"; }
    mv "$dir/data.new" "$dir/data"
}

# Somebody else took the port; or processes of a PostgreSQL that was killed are still ending, and it refuses to start beside
# them.
may_start_later() { tail -n 5 "$1" | grep -qE 'could not bind|pre-existing shared memory block'; }

# After kill -9 or a power cut postmaster.pid is still there. Whether its processes are gone is PostgreSQL's to judge, and that file
# is how it does; but where the number in it is another process's by now, it would never start again. One that really works here is
# ending, for it has lost its parent.
clear_foreign_lock() {
    local data=$1 pid
    [[ -s $data/postmaster.pid ]] || return 0
    read -r pid <"$data/postmaster.pid"
    if has_argument "$pid" "$data"; then
        say "waiting for a PostgreSQL that an earlier run left (pid $pid)"
        wait_until 60 is_gone "$pid" || die "PostgreSQL (pid $pid) still runs in $data; stop it first"
    elif is_running "$pid"; then
        wait_until 60 is_deserted "$data" || die "processes of an earlier PostgreSQL still run in $data; stop them first"
        rm -f "$data/postmaster.pid"
    fi
}

# is_deserted DIRECTORY: whether no process works in it, as all of PostgreSQL's do in their data's.
is_deserted() {
    local cwd
    for cwd in /proc/[0-9]*/cwd; do
        [[ $(readlink "$cwd" 2>/dev/null) != "$1" ]] || return 1
    done
}

postgres_decided() { is_gone "$POSTGRES_PID" || "$1/pg_isready" -q -h 127.0.0.1 -p "$POSTGRES_PORT"; }

create_database() {
    local name=$1 password
    password=$(secret_file "$POSTGRES_DIR/$name.password" postgres)
    # Passwords go by environment and standard input: a command line can be read by every user of the machine.
    PGPASSWORD=$(<"$POSTGRES_DIR/admin.password") psql -X -q -v ON_ERROR_STOP=1 \
        -h 127.0.0.1 -p "$POSTGRES_PORT" -U postgres postgres >/dev/null <<SQL
SELECT 'CREATE ROLE $name LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '$name') \gexec
ALTER ROLE $name PASSWORD '$password';
SELECT 'CREATE DATABASE $name OWNER $name' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '$name') \gexec
SQL
    # shellcheck disable=SC2034  # read by the scripts that source this file
    POSTGRES_URL=postgresql://$name:$password@127.0.0.1:$POSTGRES_PORT/$name
}

stop_postgres() {
    local pid=$POSTGRES_PID
    POSTGRES_PID=
    [[ -z $pid ]] || stop_process "$pid" INT 60 PostgreSQL || return 1
}

# ---- Redis

# Keeps nothing on disk: PostgreSQL is the truth, and a Redis that starts empty is an everyday case.
start_redis() {
    local var=$1 dir log password tried
    dir=$(server_directory "$var" redis redis) || exit
    log=$var/log/redis.log
    open_log "$log"
    claim "$dir/lock" "Redis's directory $dir is in use by another scripts/run"
    password=$(secret_file "$dir/password" redis)
    for tried in 1 2 3 4 5; do
        REDIS_PORT=$(free_port)
        launch_as redis TERM redis-server - >>"$log" 2>&1 < <(redis_configuration "$dir" "$password")
        REDIS_PID=$!
        wait_until 30 redis_decided "$password" || break
        if is_running "$REDIS_PID"; then
            # shellcheck disable=SC2034  # read by the scripts that source this file
            REDIS_SERVER_URL=redis://:$password@127.0.0.1:$REDIS_PORT/0
            return 0
        fi
        tail -n 20 "$log" | grep -q 'Address already in use' || break
    done
    tail -n 20 "$log" >&2
    die "Redis did not start (attempt $tried); the end of $log is above"
}

redis_configuration() {
    printf '%s\n' "bind 127.0.0.1" "port $REDIS_PORT" "requirepass $2" "dir \"$1\"" 'save ""' "appendonly no" \
        "maxmemory 256mb" "maxmemory-policy noeviction" "daemonize no"
}

redis_decided() {
    is_gone "$REDIS_PID" || [[ $(REDISCLI_AUTH=$1 redis-cli -p "$REDIS_PORT" ping 2>/dev/null) == PONG ]]
}

stop_redis() {
    local pid=$REDIS_PID
    REDIS_PID=
    [[ -z $pid ]] || stop_process "$pid" TERM 10 Redis || return 1
}
