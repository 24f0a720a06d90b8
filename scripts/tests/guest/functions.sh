# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2034
# What every script in a guest may use.

# Where power meter N is read, while it has its driver: some kernel after 6.12
# made that one of the platform device.
meter() {
    device=/sys/bus/acpi/devices/ACPI000D:0${1:-0}
    set -- "$device/power1_average" "$device"/physical_node/hwmon/hwmon*/power1_average
    if [ -e "$2" ]; then echo "$2"; else echo "$1"; fi
}
bound() { [ -e "$(meter)" ]; }
average() { cat "$(meter)"; }
watts() { average | awk '{ printf "%.1f W\n", $1 / 1000000 } END { exit !NR }'; }
# No program is started: under emulation that would be most of what is measured.
now_ms() { read -r up _ </proc/uptime; echo "${up%.*}${up#*.}0"; }
# Wait, 10 s at most, for the interface of a device.
ready() {
    for _ in $(seq 200); do
        for host in /sys/class/kcs/kcs*; do
            [ "$(basename "$(readlink "$host/device")")" = "$1" ] &&
                [ "$(cat "$host/health")" = ready ] && return
        done
        sleep 0.05
    done
    false
}
modules() { modprobe kcs_host && modprobe kcs_opregion; }
unload() { rmmod kcs_opregion && echo N >/sys/module/kcs_anchor/parameters/pinned &&
    rmmod kcs_anchor && rmmod kcs_host; }
# Traffic straight to an interface, or from an AML method; prints figures.
load() { { echo "$*" >&3; cat <&3; } 3<>/sys/kernel/debug/kcs_load/run; }
aml() { { echo "$*" >&3; cat <&3; } 3<>/sys/kernel/debug/kcs_aml/run; }
# What an AML method returns, once.
evaluate() { { echo "$1" >&3; cat <&3; } 3<>/sys/kernel/debug/kcs_aml/eval; }
# Wait, 20 s at most, for the message handler's device.
device() { for _ in $(seq 200); do [ -e /dev/ipmi0 ] && return; sleep 0.1; done; false; }
# Wait, 10 s at most, for a line in the kernel's log.
await() { for _ in $(seq 100); do dmesg | grep -q "$1" && return; sleep 0.1; done; false; }
# Lines of figures that begin with a word.
figure() { sed "s/^/$1 /"; }
# What the method READ of a device below \_SB returns, as NAME=VALUE.
read_at() { echo "$1=$(evaluate "\\_SB.$2.READ" | sed 's/integer=//')"; }
# The power meter's reading, for aml().
PMM='method=\_SB.PMI0._PMM'
