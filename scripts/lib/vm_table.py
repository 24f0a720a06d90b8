# SPDX-License-Identifier: GPL-2.0-only
"""Cases that are measured in a VM, and the table of their bounds and figures.

A case is a function of a Bed that yields rows (what, bound, figure, is it good), and
@rows names them: each row is a test.
"""
import functools
import re

import pytest

from vm import GUEST
from vm_case import LEAKS, SPLAT

STACKS = {"ours": "modules && modprobe kcs_load listen=1",
          "in-tree": "modprobe ipmi_si && modprobe acpi_ipmi"}

PRELUDE = (GUEST / "table.sh").read_text()


class Failure(Exception):
    """A case that could not be measured."""


class Bed:
    """Boots a machine for a case, and gives the figures it printed."""

    def __init__(self, machine, full):
        self.machine = machine
        self.full = full
        self.sanitized = machine.kernel.is_sanitized
        self.measured = {}  # of each case its rows, and why there are no more

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

    def row(self, case, number):
        """Measures the case, unless that was done, and checks one of its rows."""
        if case not in self.measured:
            self.measured[case] = found, failure = [], []
            try:
                found.extend(case(self))
                assert len(found) == len(case.rows), f"{len(found)} rows, not {case.rows}"
            except (Failure, KeyError, IndexError) as why:
                failure.append(why)
        found, failure = self.measured[case]
        if failure:
            raise failure[0]
        what, bound, figure, good = found[number]
        print(f"{what.strip()}: {figure}")
        assert good, f"{what.strip()}: {figure}, bound is {bound}"

    def table(self):
        lines = [(*row[:3], "ok" if row[3] else "NOT OK")
                 for found, _ in self.measured.values() for row in found]
        return columns([("case", "bound", "measured", ""), *lines])


def rows(*names, not_sanitized=(), full=False, alone=True):
    """Names the rows of a case. Those that make no sense on a slow kernel do not run

    there; those of the full counts run with --full only; what measures the time of the
    host runs alone. A bed that counts instructions does not, but has one CPU: a case of
    many at a time is not counted where races are looked for.
    """
    def decorate(case):
        case.rows = names
        case.marks = {name: [pytest.mark.xdist_group(case.__name__)] +
                      [pytest.mark.sanitized] * (name not in not_sanitized) +
                      [pytest.mark.full] * full + [pytest.mark.alone] * alone for name in names}
        return case
    return decorate


def parametrize(*cases):
    """A test for each row of the cases."""
    return pytest.mark.parametrize("case, number", [
        pytest.param(case, number, id=f"{case.__name__}-{name}", marks=case.marks[name])
        for case in cases for number, name in enumerate(case.rows)])


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
            found = list(case(bed))
            if all(row[3] for row in found):
                break
        more = f" (measured {tries} times)" if tries > 1 else ""
        yield from ((name, bound, text + more, good) for name, bound, text, good in found)
    return measure


def columns(lines):
    """Lines of words, set below one another."""
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join("  ".join(f"{word:{width}}" for word, width in zip(line, widths)).rstrip()
                     for line in lines)
