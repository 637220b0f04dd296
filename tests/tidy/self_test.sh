# shellcheck shell=bash
# A check that cannot fail is worth nothing: each must pass a clean tree, and find what is seeded in it.

# The folder of these files is the caller's.
here=${here:?}

# seeds: check, file, and the line put into it, separated by |.
seeds() {
    cat <<'SEEDS'
dependency_direction|platform/domain/a.hpp|#include "postgres/session.hpp"
dependency_direction|platform/postgres/a.cpp|#include "redis/queue.hpp"
dependency_direction|platform/http/a.cpp|  #  include "worker/dispatcher.hpp"
dependency_direction|platform/server/a.cpp|#include "ctl/main.hpp"
dependency_direction|platform/base/a.cpp|#include "domain/slot.hpp"
dependency_direction|platform/sdk/rota/plugin.hpp|#include "base/clock.hpp"
dependency_direction|platform/app/a.cpp|#include "../http/router.hpp"
dependency_direction|platform/app/a.cpp|#include "neighbour.hpp"
dependency_direction|platform/novel/a.cpp|#include "base/clock.hpp"
library_borders|platform/app/a.hpp|#include <libpq-fe.h>
library_borders|platform/worker/a.cpp|#include <hiredis/hiredis.h>
library_borders|platform/domain/a.hpp|#include <Poco/Net/HTTPServer.h>
library_borders|platform/server/a.cpp|#include <boost/dll/shared_library.hpp>
plugins_use_sdk_only|plugins/channels/console/a.cpp|#include "base/clock.hpp"
plugins_use_sdk_only|plugins/channels/console/a.cpp|#include <nlohmann/json.hpp>
time_is_injected|platform/worker/a.cpp|auto now = std::chrono::system_clock::now();
time_is_injected|platform/app/a.cpp|auto now = time(nullptr);
time_is_injected|platform/app/a.cpp|auto now = std::time(nullptr);
time_is_injected|platform/app/a.cpp|auto now = ::time(NULL);
time_is_injected|plugins/channels/console/a.cpp|clock_gettime(CLOCK_REALTIME, &now);
format|platform/base/a.cpp|int   main( ){return 0;}
shell_syntax|scripts/a|if true; then
shell_style|scripts/a|rm -rf $1/
SEEDS
    # Put together here, or the check would find them in this file.
    printf 'no_leftovers|platform/app/a.cpp|// %s: later\n' TO''DO
    printf 'no_leftovers|scripts/a|# %s\n' FIX''ME X''XX
    printf 'no_private_paths|docs/a.md|see %s/x\n' /wor''k/shared /hom''e/somebody
}

# A small tree in which everything is as it should be.
make_clean_tree() {
    local tree=$1
    mkdir -p "$tree"/platform/{sdk/rota,base,domain,app,postgres,redis,http,worker,server,novel} \
        "$tree"/plugins/channels/console "$tree"/{scripts,tests,docs}
    cp "$here/../../.clang-format" "$tree/"
    printf '#include <stdint.h>\n' >"$tree/platform/sdk/rota/plugin.h"
    printf '#include <chrono>\n\nauto now = std::chrono::system_clock::now();\n' >"$tree/platform/base/clock.cpp"
    printf '#include "postgres/pool.hpp"\n\n#include "app/book.hpp"\n#include "base/clock.hpp"\n\n#include <libpq-fe.h>\n' \
        >"$tree/platform/postgres/pool.cpp"
    printf '// Phones are written XXX-XXX-XXXX.\n#include "http/router.hpp"\n#include "redis/queue.hpp"\n\n#include <rota/plugin.h>\n' \
        >"$tree/platform/server/main.cpp"
    printf '#include <rota/plugin.hpp>\n\n#include <string>\n' >"$tree/plugins/channels/console/console.cpp"
    # shellcheck disable=SC2016
    printf '#!/usr/bin/env bash\nmktemp -d "${TMPDIR:-/tmp}/a.XXXXXX"\n' >"$tree/scripts/clean"
    chmod +x "$tree/scripts/clean"
}

self_test() {
    local tree check file line found
    tree=$(mktemp -d)
    make_clean_tree "$tree"
    for check in "$@"; do
        found=$("check_$check" "$tree" || true)
        if [[ -z $found ]]; then
            result "" 1
        else
            result "self-test: $check finds something in a clean tree: $found" 0
        fi
        grep -q "^$check|" <<<"$(seeds)" || result "self-test: nothing is seeded for $check" 0
    done
    while IFS='|' read -r check file line; do
        mkdir -p "$tree/$(dirname "$file")"
        if [[ $file == scripts/* ]]; then printf '#!/usr/bin/env bash\n' >"$tree/$file"; fi
        printf '%s\n' "$line" >>"$tree/$file"
        chmod +x "$tree/$file"
        found=$("check_$check" "$tree" || true)
        # A folder that no rule knows is found as a folder.
        if [[ $found == *"$file:"* || ($file == platform/novel/* && $found == *platform/novel:*) ]]; then
            result "" 1
        else
            result "self-test: $check does not find '$line' in $file" 0
        fi
        rm "$tree/$file"
    done < <(seeds)
    rm -rf "$tree"
}
