#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Cases that are measured in a VM, and the table of their bounds and figures."""
import argparse
import functools
import re
import sys

from vm import Kernel, Machine, add_kernel_option
from vm_case import LEAKS, SPLAT

STACKS = {"ours": "modules && modprobe kcs_load listen=1",
          "in-tree": "modprobe ipmi_si && modprobe acpi_ipmi"}

PRELUDE = r"""
echo 10 >/proc/sys/kernel/hung_task_timeout_secs 2>/dev/null
KCS=/sys/devices/platform/kcs_sim/kcs/kcs0
SIM=/sys/kernel/debug/kcs_sim
fault() { echo "$*" >$SIM/fault; }
# health SECONDS WORD...: wait until it is one of these.
health() { local seconds=$1; shift
    for _ in $(seq $((seconds * 20))); do
        case " $* " in *" $(cat $KCS/health) "*) return;; esac; sleep 0.05
    done; echo "not $* but $(cat $KCS/health)"; false; }
well() { health $1 ready degraded; }
sim() { modprobe kcs_sim "$@" && modprobe kcs_load && modprobe kcs_aml; }
figure() { sed "s/^/$1 /"; }
PMM='method=\_SB.PMI0._PMM'
"""


class Failure(Exception):
    """A case that could not be measured."""


class Bed:
    """Boots a machine for a case, and gives the figures it printed."""

    def __init__(self, machine, full, sanitized):
        self.machine = machine
        self.full = full
        self.sanitized = sanitized

    def boot(self, script, dies=False, timeout_s=300, **options):
        options.setdefault("bmc", None)
        leaks = LEAKS if self.sanitized and not dies else ""
        result = self.machine.boot(f"{PRELUDE}\n( {script}\n) || exit 1\n{leaks}",
                                   timeout_s=timeout_s * (8 if self.sanitized else 1),
                                   **options)
        splat = SPLAT.search(result.console)
        if splat and not dies:
            raise Failure(f"the kernel reports:\n{result.console[splat.start():][:3000]}")
        if "unreferenced object" in result.output:
            raise Failure(f"memory leaked:\n{result.output[-3000:]}")
        if result.status and not dies:
            raise Failure(f"the script failed:\n{result.output[-3000:]}\n"
                          f"{result.console[-3000:]}")
        return result


def figures(result):
    """{word: {name: number}} from the lines 'word name=number ...'."""
    found = {}
    for line in result.output.splitlines():
        word, _, rest = line.partition(" ")
        pairs = re.findall(r"(\w+)=(-?[\d.]+)(?= |$)", rest)
        if pairs:
            found[word] = {name: float(value) for name, value in pairs}
    return found


def errors(figure):
    return {int(name[1:]): count for name, count in figure.items()
            if re.fullmatch(r"E\d+", name)}


def noisy(case):
    """Compares latencies: on a host with other work it is measured again, twice."""
    @functools.wraps(case)
    def measure(bed):
        for tries in range(1, 4):
            rows = list(case(bed))
            if all(row[3] for row in rows):
                break
        more = f" (measured {tries} times)" if tries > 1 else ""
        yield from ((name, bound, text + more, good) for name, bound, text, good in rows)
    return measure


def show(rows):
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    print(f"\n{'case':{widths[0]}}  {'bound':{widths[1]}}  {'measured':{widths[2]}}")
    for what, bound, figure, good in rows:
        print(f"{what:{widths[0]}}  {bound:{widths[1]}}  {figure:{widths[2]}}"
              f"  {'ok' if good else 'NOT OK'}")
    print()


def run(bed, cases):
    rows = []
    for case in cases:
        print(f"{case.__name__} ...", flush=True)
        try:
            for row in case(bed):
                rows.append(row)
                print(f"    {row[0].strip()}: {row[2]}{'' if row[3] else '   NOT OK'}",
                      flush=True)
        except (Failure, KeyError, IndexError) as failure:
            print(f"{type(failure).__name__}: {failure}")
            rows.append((case.__name__, "", "could not be measured", False))
    return rows


def main(doc, cases, not_sanitized=()):
    """Measures the cases, or those named, shows the table and exits with the verdict.

    A case is a function of a Bed; it yields (what, bound, figure, is it good). Those
    that make no sense on a slow kernel are not run there unless they are named.
    """
    parser = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", metavar="CASE",
                        help=", ".join(case.__name__ for case in cases))
    parser.add_argument("--full", action="store_true", help="the full counts")
    add_kernel_option(parser)
    options = parser.parse_args()
    unknown = set(options.cases) - {case.__name__ for case in cases}
    if unknown:
        parser.error(f"no such case: {', '.join(unknown)}")

    kernel = Kernel.at(options.kernel)
    print(f"building the modules for {kernel.release} ...", flush=True)
    bed = Bed(Machine(kernel), options.full, kernel.has("CONFIG_KASAN"))
    rows = run(bed, [case for case in cases
                     if (case.__name__ in options.cases if options.cases else
                         not (bed.sanitized and case in not_sanitized))])
    if rows:
        show(rows)
    failed = sum(not row[3] for row in rows)
    print(f"{len(rows) - failed} passed, {failed} failed")
    sys.exit(failed != 0 or not rows)
