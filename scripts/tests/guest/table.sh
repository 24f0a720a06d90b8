# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash
# What the scripts of tables of cases use: a simulated BMC and its faults.

echo 10 >/proc/sys/kernel/hung_task_timeout_secs 2>/dev/null
KCS=/sys/devices/platform/kcs_sim/kcs/kcs0
SIM=/sys/kernel/debug/kcs_sim
fault() { echo "$*" >$SIM/fault; }
# health SECONDS WORD...: wait until it is one of these.
health() { local seconds=$1; shift
    for _ in $(seq $((seconds * 20))); do
        case " $* " in *" $(cat $KCS/health) "*) return;; esac; sleep 0.05
    done; echo "not $* but $(cat $KCS/health)"; false; }
well() { health "$1" ready degraded; }
sim() { modprobe kcs_sim "$@" && modprobe kcs_load && modprobe kcs_aml; }
