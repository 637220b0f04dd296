# shellcheck shell=bash
# Configuring and building a CMake preset.

# build_jobs: as many compilers as there are processors, and 1.5 GB of free memory for each.
build_jobs() {
    local processors memory_kb by_memory
    processors=$(nproc)
    memory_kb=$(awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo)
    by_memory=$((${memory_kb:-0} / 1500000))
    ((by_memory >= 1)) || by_memory=1
    echo $((processors < by_memory ? processors : by_memory))
}

# build_preset ROOT PRESET [TARGET...]: everything, or only these.
build_preset() {
    local root=$1 preset=$2 started=$SECONDS log
    shift 2
    say "building preset $preset in build/$preset"
    mkdir -p "$root/build/$preset"
    log=$root/build/$preset/configure.log
    if ! is_configured "$root" "$preset"; then
        interruptible env -C "$root" cmake --preset "$preset" >"$log" 2>&1 || { cat "$log" >&2; return 1; }
    fi
    interruptible env -C "$root" cmake --build --preset "$preset" --parallel "$(build_jobs)" ${1:+--target "$@"} || return 1
    say "built preset $preset in $((SECONDS - started)) s"
}

# The build itself configures anew when a CMakeLists.txt changes, but not when a preset does.
is_configured() {
    local ninja=$1/build/$2/build.ninja
    [[ -f $ninja && $ninja -nt $1/CMakePresets.json && $ninja -nt $1/scripts/lib/build.sh ]]
}
