# shellcheck shell=bash
# The rules of the house that a compiler does not know. Each check_… takes a source tree, and prints one line for
# each violation: file:line: what is wrong. Printing nothing is passing.

# What a folder of platform/ may include, besides itself. The linker sees a wrong dependency of a .cpp, but not of
# a header.
may_include() {
    case $1 in
    sdk) echo "" ;;
    base) echo "sdk" ;;
    domain) echo "sdk base" ;;
    app) echo "sdk base domain" ;;
    postgres | redis | plugin_host | http | worker) echo "sdk base domain app" ;;
    server) echo "sdk base domain app postgres redis plugin_host http worker" ;;
    # The tool reads the server's configuration as the server does.
    ctl) echo "sdk base domain app postgres redis plugin_host http worker server" ;;
    *) return 1 ;;
    esac
}

# Which folders know a library that an adapter hides.
may_use_library() {
    case $1 in
    Poco/*) echo "http plugin_host server ctl" ;;
    libpq-fe.h | libpq/* | postgresql/*) echo "postgres" ;;
    hiredis/* | hiredis.h) echo "redis" ;;
    boost/dll*) echo "plugin_host" ;;
    *) return 1 ;;
    esac
}

cpp_files() { find "$@" -type f \( -name '*.hpp' -o -name '*.cpp' -o -name '*.h' -o -name '*.c' \) 2>/dev/null | sort; }

# includes_below FOLDER: file, line, the quote or bracket, and the name of every #include, tab-separated.
includes_below() {
    local files
    mapfile -t files < <(cpp_files "$1")
    ((${#files[@]})) || return 0
    awk 'match($0, /^[ \t]*#[ \t]*include[ \t]*["<][^">]+[">]/) {
        text = substr($0, RSTART, RLENGTH)
        sub(/^[ \t]*#[ \t]*include[ \t]*/, "", text)
        printf "%s\t%d\t%s\t%s\n", FILENAME, FNR, substr(text, 1, 1), substr(text, 2, length(text) - 2)
    }' "${files[@]}"
}

has_word() { [[ " $1 " == *" $2 "* ]]; }

check_dependency_direction() {
    local tree=$1 folder allowed file line kind name target
    for folder in "$tree"/platform/*/; do
        folder=$(basename "$folder")
        [[ -n $(cpp_files "$tree/platform/$folder") ]] || continue
        if ! allowed=$(may_include "$folder"); then
            echo "platform/$folder: no rule says what this folder may include"
            continue
        fi
        while IFS=$'\t' read -r file line kind name; do
            if [[ $name == rota/* ]]; then
                target=sdk
            elif [[ $kind == '"' ]]; then
                target=${name%%/*}
            else
                continue
            fi
            if [[ $name == *../* ]]; then
                echo "$file:$line: \"$name\" climbs; write it relative to platform/"
            elif [[ $name != */* ]]; then
                is_generated "$tree" "$name" || echo "$file:$line: \"$name\" is not relative to platform/"
            elif [[ $target != "$folder" ]] && ! has_word "$allowed" "$target"; then
                echo "$file:$line: $folder/ must not include \"$name\""
            fi
        done < <(includes_below "$tree/platform/$folder")
    done
}

# Headers that the build makes (rota_embed in cmake/embed.cmake) lie in no folder.
is_generated() { grep -rqE --include=CMakeLists.txt "HEADER +$2( |\$)" "$1/platform"; }

check_library_borders() {
    local tree=$1 file line kind name folder users
    while IFS=$'\t' read -r file line kind name; do
        users=$(may_use_library "$name") || continue
        folder=${file#"$tree"/platform/}
        folder=${folder%%/*}
        has_word "$users" "$folder" || echo "$file:$line: only ${users// /, } may include <$name>"
    done < <(includes_below "$tree/platform")
}

# A plugin includes the contract and the system's own headers: what else it used would be a second contract.
check_plugins_use_sdk_only() {
    local tree=$1 file line kind name
    while IFS=$'\t' read -r file line kind name; do
        if [[ $kind == '<' && $name =~ ^(rota/.*|[a-z_0-9]+(\.h)?|sys/[a-z_0-9]+\.h)$ ]]; then
            continue
        fi
        if [[ $kind == '"' && $name != */* && -f ${file%/*}/$name ]]; then continue; fi
        echo "$file:$line: a plugin includes <rota/...>, the standard library and its own files, not $name"
    done < <(includes_below "$tree/plugins")
}

# Time is injected. A second source of it cannot be shifted by a test.
check_time_is_injected() {
    cpp_files "$1/platform" "$1/plugins" | grep -vE '/platform/base/[a-z_]*clock[a-z_]*\.(hpp|cpp)$' |
        xargs -r -d '\n' grep -HnE 'system_clock::now\(|([^a-z_:.>]|std::|[^a-zA-Z_]::)time\((NULL|nullptr|0)\)|gettimeofday\(|CLOCK_REALTIME' |
        sed 's|$|   <- only base/clock knows the time|'
}

text_files() {
    find "$1" \( -name .git -o -path "$1/build" -o -path "$1/var" -o -name node_modules -o -name .cache \) -prune -o \
        -type f -print | sort
}

# Written with brackets, or this file would find itself. Phones are written XXX-XXX-XXXX. A lock file's checksums hold any
# letters.
check_no_leftovers() {
    local folder
    for folder in platform plugins scripts tests cmake; do
        [[ ! -d $1/$folder ]] || text_files "$1/$folder"
    done | grep -v '/package-lock\.json$' | xargs -r -d '\n' grep -HnIE '(^|[^A-Za-z])(TO[D]O|FIX[M]E)([^A-Za-z]|$)|(^|[^-X])X[X]X([^-X]|$)'
}

check_no_private_paths() {
    text_files "$1" | xargs -r -d '\n' grep -HnIE '(^|[^A-Za-z0-9_.$}*/-])/(wor[k]|hom[e]/[a-z]+)/'
}

check_format() {
    command -v clang-format >/dev/null || { echo "clang-format is not installed"; return; }
    cpp_files "$1/platform" "$1/plugins" "$1/tests" |
        xargs -r -d '\n' clang-format --style="file:$1/.clang-format" --dry-run -Werror 2>&1 | grep -E 'error:' || true
}

shell_scripts() { text_files "$1" | xargs -r -d '\n' grep -lIE -m1 '^#!/usr/bin/env bash|^# shellcheck shell=bash'; }

check_shell_syntax() {
    local file
    while read -r file; do
        bash -n "$file" 2>&1
        [[ $(head -c 2 "$file") != '#!' || -x $file ]] || echo "$file:1: is a script, and not executable"
    done < <(shell_scripts "$1")
}

# 1091: what is sourced by a computed path. 2034: variables of a sourced file are used where it is sourced. shellcheck looks
# for "$root/..." beneath the directory that it runs in.
check_shell_style() {
    command -v shellcheck >/dev/null || { echo "shellcheck is not installed"; return; }
    shell_scripts "$1" | xargs -r -d '\n' env -C "$1" shellcheck --format=gcc --severity=warning --exclude=1091,2034
}
