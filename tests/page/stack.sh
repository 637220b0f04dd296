# shellcheck shell=bash
# The real thing for tests of the page: rotad, its database and Redis, and nginx before it. Needs scripts/lib/*.sh, and in
# the environment ROTA_TEST_DATABASE_URL, ROTA_TEST_REDIS_URL and ROTA_BUILD_DIR.
#
#   start_clinic ROOT    rotad on a database of its own, freshly seeded; exports what tests/page/rotad reads
#   start_stack ROOT     that, and the page before it at ROTA_PAGE_URL
#   stop_stack           either of them

start_clinic() {
    local root=$1 database=rota_page_$$
    page_var=$(mktemp -d "${TMPDIR:-/tmp}/rota-page.XXXXXX")
    chmod 711 "$page_var"
    psql -X -q "$ROTA_TEST_DATABASE_URL" -c "CREATE DATABASE $database" || return 1
    page_database=$database
    export ROTA_PAGE_VAR=$page_var ROTA_PAGE_ROOT=$root
    export ROTA_PAGE_DATABASE_URL=${ROTA_TEST_DATABASE_URL%/*}/$database
    # A number of its own, so that other suites' jobs are not these ones'.
    export ROTA_PAGE_REDIS_URL=${ROTA_TEST_REDIS_URL%/*}/9
    ROTA_PAGE_API_PORT=$(free_port) && export ROTA_PAGE_API_PORT
    ROTA_PAGE_OPS_PORT=$(free_port) && export ROTA_PAGE_OPS_PORT
    "$root/tests/page/rotad" start
}

start_stack() {
    local root=$1
    ROTA_PAGE_PORT=$(free_port) && export ROTA_PAGE_PORT
    export ROTA_PAGE_URL=http://localhost:$ROTA_PAGE_PORT
    start_clinic "$root" || return 1
    web_start "$root" "$page_var" "$ROTA_PAGE_PORT" "$ROTA_PAGE_API_PORT"
}

stop_stack() {
    web_stop || true
    [[ -z ${ROTA_PAGE_VAR:-} ]] || "$ROTA_PAGE_ROOT/tests/page/rotad" stop || true
    if [[ -n ${page_database:-} ]]; then
        psql -X -q "$ROTA_TEST_DATABASE_URL" -c "DROP DATABASE IF EXISTS $page_database WITH (FORCE)" 2>/dev/null || true
    fi
    [[ -z ${page_var:-} ]] || remove_var "$page_var"
    page_var='' page_database=''
}
