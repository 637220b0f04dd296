# shellcheck shell=bash
# A Debian 12 that has nothing, in a directory of its own. Needs scripts/lib/processes.sh and packages.sh, and debootstrap.

place=''  # a directory for it; its user sets it
system='' # the new root: what make_system makes

# In the bare system: the certificates by which this machine reaches its mirrors, for all its users to read.
authorities=/etc/authorities.crt

# make_system [PACKAGE,PACKAGE...]: debootstrap's smallest system, with these besides.
make_system() {
    mkdir -p "$system"
    debootstrap --variant=minbase ${1:+--include="$1"} bookworm "$system" "$(mirror)" >"$place/debootstrap.log" 2>&1 ||
        { tail -n 20 "$place/debootstrap.log"; return 1; }
    mount -t proc proc "$system/proc"
    mount --rbind /dev "$system/dev"
    cp /etc/resolv.conf /etc/hosts "$system/etc/"
    sources >"$system/etc/apt/sources.list"
    # How this machine reaches its mirror: proxies, certificates.
    apt-config dump 2>/dev/null | grep -E '^Acquire::(http|https|Check)[^ ]* "' >"$system/etc/apt/apt.conf.d/99machine" || true
    # Not in the place of Debian's own, which its package writes anew.
    if [[ -s /etc/ssl/certs/ca-certificates.crt ]]; then cp /etc/ssl/certs/ca-certificates.crt "$system$authorities"; fi
    # This system is thrown away: dpkg need not wait for the disk after every file.
    echo force-unsafe-io >"$system/etc/dpkg/dpkg.cfg.d/throw-away"
}

# sources: this machine's Debian 12 lines, where it is one.
sources() {
    local found
    found=$(apt-get indextargets --format 'deb $(SITE) $(RELEASE) $(COMPONENT)' \
        'Created-By: Packages' 'Origin: Debian' 2>/dev/null | grep -E '^deb [^ ]+ bookworm[^ ]* main$' | sort -u || true)
    printf '%s\n' "${found:-deb http://deb.debian.org/debian bookworm main}"
}
mirror() { sources | awk '$3 == "bookworm" { print $2; exit }'; }

# in_system NAME=VALUE... COMMAND...: becomes that command in the bare system, with that environment.
in_system() {
    local name machine=()
    for name in http_proxy https_proxy no_proxy; do [[ -z ${!name:-} ]] || machine+=("$name=${!name}"); done
    if [[ -s $system$authorities ]]; then
        for name in SSL_CERT_FILE NODE_EXTRA_CA_CERTS npm_config_cafile; do machine+=("$name=$authorities"); done
    fi
    if command -v npm >/dev/null; then machine+=("npm_config_registry=$(npm config get registry 2>/dev/null)"); fi
    exec chroot "$system" env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "${machine[@]}" "$@"
}
