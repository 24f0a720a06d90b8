# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
# What the scripts share: packages, the kernel source, progress, results.

# shellcheck source=scripts/lib/suite.sh
. "$(dirname "${BASH_SOURCE[0]}")/suite.sh"

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/kcs

# What a run of the VM needs, and what checks and kernel builds need besides.
VM_PACKAGES=(make gcc libc6-dev linux-image-amd64 linux-headers-amd64 qemu-system-x86
    acpica-tools busybox-static kmod cpio python3)
# Programs that speak IPMI, and a BMC nobody here wrote.
IPMI_PACKAGES=(ipmitool freeipmi-tools openipmi)
# What draws the plot of a benchmark.
BENCH_PACKAGES=(python3-matplotlib)
CHECK_PACKAGES=(python3-pytest python3-pytest-xdist gcovr linux-source-6.1 sparse shellcheck git perl xz-utils
    bc flex bison libelf-dev libssl-dev)

say() {
    printf '%s\n' "$*" >&2
}

die() {
    say "$(basename "$0"): $*"
    exit 1
}

# packages NAME...: what is missing is installed with $KCS_INSTALL, else named.
packages() {
    local missing=() name install log=${TMPDIR:-/tmp}/kcs-apt.log
    for name; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] ||
            missing+=("$name")
    done
    [ ${#missing[@]} -eq 0 ] && return
    install=(apt-get install -qy --no-install-recommends "${missing[@]}")
    [ "${KCS_INSTALL:-}" ] ||
        die "missing packages; as root: ${install[*]}"
    say "installing ${missing[*]} ..."
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive "${install[@]}"; } >"$log" 2>&1 ||
        die "apt-get failed, see $log: $(tail -n 3 "$log")"
}

# Sets TREE to the unpacked kernel source, the same for all checkouts, and
# BUILDS to where its builds go. With $KCS_SUITE it is the newest Linux of that suite.
kernel_tree() {
    local version
    if [ "${KCS_SUITE:-}" ]; then
        suite_tree "$KCS_SUITE"
        return
    fi
    version=$(dpkg-query -W -f '${Version}' linux-source-6.1) ||
        die "no package linux-source-6.1"
    unpack_tree "$version" /usr/src/linux-source-6.1.tar.xz
}

# unpack_tree VERSION ARCHIVE
unpack_tree() {
    TREE=$CACHE/$1/source
    BUILDS=$CACHE/$1/build
    mkdir -p "$BUILDS"
    (
        flock 8
        [ ! -d "$TREE" ] || exit 0
        say "unpacking the source of Linux $1 ..."
        # No errexit here: the subshell is left of ||.
        rm -rf "$TREE.new" && mkdir "$TREE.new" &&
            tar -C "$TREE.new" --strip-components=1 -xf "$2" && mv "$TREE.new" "$TREE"
    ) 8>"$CACHE/$1/lock" || die "no kernel source"
}

# One build in the cache at a time: two checkouts share it.
lock_cache() {
    mkdir -p "$CACHE"
    exec 9>"$CACHE/lock"
    flock -n 9 || {
        say "waiting for another run that uses $CACHE ..."
        flock 9
    }
}

# Puts this checkout into the kernel tree as drivers/kcs. Objects of another
# checkout are dropped: their dates say nothing about our sources.
overlay() {
    grep -q kcs "$TREE/drivers/Kconfig" || {
        sed -i '/^endmenu/i source "drivers/kcs/Kconfig"\n' "$TREE/drivers/Kconfig"
        echo 'obj-y += kcs/' >>"$TREE/drivers/Makefile"
    }
    if [ "$(readlink "$TREE/drivers/kcs")" != "$ROOT" ]; then
        ln -sfn "$ROOT" "$TREE/drivers/kcs"
        rm -rf "$BUILDS"/*/drivers/kcs
    fi
}

# with_progress FOLDER COMMAND...: run it; say every 20 s how many objects the
# folder has. Its output is shown when it fails.
with_progress() {
    local folder=$1 log pid seconds=0
    shift
    log=$(mktemp)
    "$@" >"$log" 2>&1 9>&- &
    pid=$!
    while kill -0 "$pid" 2>/dev/null; do
        sleep 1
        seconds=$((seconds + 1))
        [ $((seconds % 20)) -ne 0 ] ||
            say "  ... $seconds s, $(find "$folder" -name '*.o' | wc -l) objects"
    done
    if ! wait "$pid"; then
        tail -n 40 "$log" >&2
        rm -f "$log"
        return 1
    fi
    rm -f "$log"
}

# run_tests ARGUMENTS...: become pytest, where the tests are.
run_tests() {
    cd "$ROOT/scripts/tests" || die "no tests"
    exec /usr/bin/python3 -m pytest "$@" 9>&-
}

# results NAME: reads the results "ok ..." and "not ok ..." of NAME, see junit.py.
results() {
    "$ROOT/scripts/lib/junit.py" "$1"
}
