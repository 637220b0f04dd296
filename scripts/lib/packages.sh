# shellcheck shell=bash
# The Debian 12 packages Rota needs. This is the only list of them.

runtime_packages=(
    curl # what the README's first booking is made with
    jq
    tzdata
)

# Needed only where no other PostgreSQL and Redis are named.
server_packages=(
    postgresql
    redis-server
)

# The page: npm fetches the pinned Node, nginx serves what it builds.
web_packages=(
    nginx
)
# Whoever has a Node from elsewhere has its npm with it, and Debian's would be in conflict with that.
command -v npm >/dev/null || web_packages+=(npm)

build_packages=(
    ccache
    cmake
    g++
    libboost-dev
    libcurl4-openssl-dev
    libexpected-dev
    libfmt-dev
    libhiredis-dev
    libhowardhinnant-date-dev
    libical-dev
    libpoco-dev
    libpq-dev
    libspdlog-dev
    libssl-dev
    libyaml-cpp-dev
    ninja-build
    nlohmann-json3-dev
    pkg-config
    prometheus-cpp-dev
)

test_packages=(
    chromium
    clang # libFuzzer, in the suite fuzz; with libc++, plugins that are built as others build
    clang-format
    faketime
    git
    libc++-dev
    libc++abi-dev
    libclang-rt-14-dev
    libgmock-dev
    libgtest-dev
    librapidcheck-dev
    lld
    procps
    shellcheck
)

# A plugin in Rust, from the C header alone, is one of the tests. Whoever has a compiler from elsewhere needs no other.
command -v rustc >/dev/null || test_packages+=(rustc)

# Needed by scripts/bench.
bench_packages=(
    libbenchmark-dev
    wrk
)

# Debian packages: what a program depends on is read from it.
package_packages=(
    dpkg-dev
    file
)

# Needed by single parts of scripts/test --full.
bare_packages=(
    debian-archive-keyring
    debootstrap
)
analysis_packages=(
    clang-tidy
)
machines_packages=(
    etcd-server
    haproxy
    keepalived
    patroni
    python3-etcd
)
picture_packages=(
    pngquant # docs/screenshots at a third of their size
)

# install_packages NAME...: installs those that are missing. With nothing missing it takes a few milliseconds.
install_packages() {
    command -v dpkg-query >/dev/null ||
        die "this is not Debian; install what stands for these packages yourself: $*"
    local missing
    mapfile -t missing < <(missing_packages "$@")
    ((${#missing[@]})) || return 0

    say "installing ${#missing[@]} Debian packages: ${missing[*]}"
    become_root true || die "these packages are missing, and there is neither root nor sudo to install them: ${missing[*]}"
    forbid_service_starts
    local status=0
    apt_install "${missing[@]}" || status=$?
    allow_service_starts
    ((status == 0)) || die "apt-get could not install: ${missing[*]}"
    disable_new_services "${missing[@]}"
}

missing_packages() {
    local name
    local -A installed=()
    while read -r name; do installed[${name#installed }]=1; done < <(
        dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | grep '^installed ')
    for name in "$@"; do
        [[ -n ${installed[$name]:-} ]] || echo "$name"
    done
}

become_root() {
    if ((EUID == 0)); then "$@"; else command -v sudo >/dev/null && sudo "$@"; fi
}

apt_install() {
    # An installation that was interrupted is finished first; apt-get would only say that somebody should.
    become_root dpkg --configure -a
    # Lists older than a day name versions that a mirror may have dropped.
    if [[ -z $(find /var/lib/apt/lists -maxdepth 1 -name '*_Packages*' -mtime -1 -print -quit 2>/dev/null) ]]; then
        apt_get update
    fi
    apt_get install "$@" || { apt_get update && apt_get install "$@"; }
}

apt_get() {
    become_root env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=300 \
        --no-install-recommends "$@"
}

# Rota runs private servers. The packages' own must not start here, now or at the next boot, and without an init
# system their attempt to would fail. policy-rc.d forbids it; the drop-in leaves out Debian's "main" cluster.
policy_file=/usr/sbin/policy-rc.d
cluster_file=/etc/postgresql-common/createcluster.d/rota-no-main.conf

made_files=()
our_mark='# Made by Rota while it installs packages.'

forbid_service_starts() {
    # A file of ours that is there already was left by an installation that was killed.
    if [[ ! -e $policy_file ]] || grep -qsF "$our_mark" "$policy_file"; then
        made_files+=("$policy_file")
        printf '#!/bin/sh\n%s\nexit 101\n' "$our_mark" | become_root tee "$policy_file" >/dev/null
        become_root chmod 755 "$policy_file"
    fi
    if [[ -n $(missing_packages postgresql-common) ]] || grep -qsF "$our_mark" "$cluster_file"; then
        made_files+=("$cluster_file")
        become_root mkdir -p "${cluster_file%/*}"
        printf '%s\ncreate_main_cluster = false\n' "$our_mark" | become_root tee "$cluster_file" >/dev/null
    fi
}

# Whoever calls install_packages calls this, too, when it is interrupted.
allow_service_starts() {
    ((${#made_files[@]})) || return 0
    become_root rm -f "${made_files[@]}"
    made_files=()
}

disable_new_services() {
    command -v systemctl >/dev/null || return 0
    local name
    for name in "${server_packages[@]}" "${web_packages[@]}"; do
        if [[ " $* " == *" $name "* ]]; then
            become_root systemctl disable --quiet "$name" 2>/dev/null || true
        fi
    done
}
