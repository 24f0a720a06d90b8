# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# What evaluates the rows of test_aml.py.

echo on >/proc/sys/kernel/printk_devkmsg
mark() { echo "test_aml: $*" >/dev/kmsg; }
# row STACK NUMBER: evaluates it, and prints what it gave, or that it hangs for 15 s.
row() {
    local got=/tmp/got.$1.$2
    mark "$1" "$2"
    { evaluate "\\_SB.AMLT.R$2.TEST" >"$got.part"; mv "$got.part" "$got"; } &
    for _ in $(seq 600); do [ -e "$got" ] && break; sleep 0.02; done
    [ -e "$got" ] || { echo "$1 $2 hangs"; return 1; }
    echo "$1 $2 $(cat "$got")"
}
# well: wait, 20 s at most, until our host finds the BMC well, once it had the
# time to find out.
well() {
    sleep 2
    for _ in $(seq 200); do
        case $(cat /sys/bus/platform/devices/*/kcs/kcs*/health) in
        ready | degraded) return ;;
        esac
        sleep 0.1
    done
    echo "the BMC stays $(cat /sys/bus/platform/devices/*/kcs/kcs*/health)"; false
}
fault() { echo "$*" >/sys/kernel/debug/kcs_sim/fault; }
