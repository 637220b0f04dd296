# shellcheck shell=bash
# What scripts/backup and scripts/restore share: reaching the clinic's database. Needs nothing else of this folder, for the
# Debian package brings only these three.
#
#   die TEXT
#   choose_database "$@"    reads their arguments; sets `file`
#   database_client PROGRAM OPTION...   one of PostgreSQL's programs, on that database

# Set by choose_database: what runs the programs, and how they are told of the database.
client=() target=() file=

die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

choose_database() {
    local compose=no
    case ${1:-} in
    -h | --help) usage; exit 0 ;;
    --compose) compose=yes; shift ;;
    esac
    if (($# != 1)) || [[ $1 == -* ]]; then usage >&2; exit 2; fi
    file=$1
    if [[ $compose == yes ]]; then choose_stack; else choose_url; fi
}

choose_stack() {
    if docker compose version >/dev/null 2>&1; then client=(docker compose); else client=(docker-compose); fi
    client+=(exec -T postgres)
    target=(--username=rota --dbname=rota)
}

choose_url() {
    if [[ -z ${DATABASE_URL:-} && -r /etc/default/rota ]]; then
        DATABASE_URL=$(setting /etc/default/rota DATABASE_URL)
        # Over its socket the database believes who it is that asks.
        if ((EUID == 0)); then client=(runuser --preserve-environment --user rota --); fi
    fi
    [[ -n ${DATABASE_URL:-} ]] || die "DATABASE_URL is not set"
    # By the environment: a command line can be read by every user of the machine.
    if [[ $DATABASE_URL =~ ^([a-z]+)(\+[a-z0-9]+)?://([^:/@?]*):([^@/?]*)@(.*)$ ]]; then
        PGPASSWORD=$(decoded "${BASH_REMATCH[4]}")
        export PGPASSWORD
        DATABASE_URL=${BASH_REMATCH[1]}://${BASH_REMATCH[3]}@${BASH_REMATCH[5]}
    fi
    target=(--dbname="$DATABASE_URL")
}

# setting FILE NAME: its value in an environment file of systemd's, which is no shell's: a value with spaces needs no quotes.
setting() {
    local value
    value=$(sed -nE "s/^[[:space:]]*$2[[:space:]]*=[[:space:]]*(.*[^[:space:]])[[:space:]]*$/\1/p" "$1" | tail -n 1)
    if [[ $value =~ ^\"(.*)\"$ || $value =~ ^\'(.*)\'$ ]]; then value=${BASH_REMATCH[1]}; fi
    printf '%s\n' "$value"
}

# decoded TEXT: of a URL's %XX. Backslashes are the text's own.
decoded() {
    local text=${1//\\/\\\\}
    printf '%b' "${text//%/\\x}"
}

database_client() {
    local program=$1
    shift
    "${client[@]}" "$program" "$@"
}
