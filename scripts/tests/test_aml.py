# SPDX-License-Identifier: GPL-2.0-only
"""What AML gets from an IPMI region, byte by byte: one table of methods.

Each row is a method in one SSDT. Our modules answer it with QEMU's BMC, with kcs_sim, and
with QEMU's BMC behind each interface that other drivers have; then, for information, the
kernel's own ipmi_si and acpi_ipmi do with QEMU's BMC. "same" in the table is what was
expected, byte for byte.
"""
import functools
import re

import pytest

from aml_rows import IN_TREE, OVER, QEMU, ROWS, SIM, ssdt
from vm import GUEST
from vm_case import SPLAT
from vm_table import columns

pytestmark = pytest.mark.sanitized

PRELUDE = (GUEST / "aml.sh").read_text()
NUMBERED = dict(enumerate(ROWS, 1))


# -- In the guest. ------------------------------------------------------------

def calls(stack, rows):
    """The script's lines that evaluate those rows that are this stack's."""
    lines = []
    for number, row in rows.items():
        if not row.runs_on(stack):
            continue
        if row.fault:
            lines.append(f"fault {row.fault}")
        lines.append(f"row {stack} {number:03} || exit 1")
        if row.fault:
            lines.append("fault none")
        if row.upsets and stack != IN_TREE:
            lines.append("well || exit 1")
    return "\n".join(lines + [f"mark {stack} end"])


def script_qemu(rows):
    return f"""
        modules && await "BMC ready" && modprobe kcs_aml || exit 1
        ( {calls(QEMU, rows)} )
        unload || exit 1
        mark {IN_TREE} start
        echo 0 >/proc/sys/kernel/panic_on_warn
        modprobe ipmi_si && modprobe acpi_ipmi && sleep 2 || exit 1
        ( {calls(IN_TREE, rows)} ); true
    """


def script_sim(rows):
    return f"""
        modprobe kcs_sim && modprobe kcs_opregion && await "BMC ready" &&
            modprobe kcs_aml || exit 1
        {calls(SIM, rows)}
        rmmod kcs_sim && unload
    """


def script_over(stack, drivers, rows):
    return f"""
        modprobe -a {drivers} kcs_opregion kcs_via_ipmi && await "BMC ready" &&
            modprobe kcs_aml || exit 1
        {calls(stack, rows)}
        rmmod kcs_via_ipmi && unload
    """


class Run:
    """What one boot printed and logged, row by row."""

    def __init__(self, result):
        self.got = {}
        for stack, number, got in re.findall(r"^(\S+) (\d{3}) (\S+)$", result.output, re.M):
            self.got[stack, int(number)] = (
                got.removeprefix("error=") if re.match("error=|integer=|hangs", got)
                else bytes.fromhex(got))
        parts = re.split(r"test_aml: (\S+) (\S+)\n", result.console)
        self.log = {(stack, int(number) if number.isdigit() else number): text
                    for stack, number, text in zip(parts[1::3], parts[2::3], parts[3::3])}
        self.log["boot", ""] = parts[0]
        self.result = result

    def warnings(self, stack, number):
        return len(re.findall(r"WARNING:|BUG:", self.log.get((stack, number), "")))

    def complaints(self, stack, number, expected=None):
        """Lines of the log that a good row does not make."""
        return [line for line in self.log.get((stack, number), "").splitlines()
                if SPLAT.search(line) or "ACPI Error" in line and not isinstance(expected, str)]


# -- The table. ---------------------------------------------------------------

def compact(got):
    """A buffer in few characters; what is left out counts up, or is zero."""
    if not isinstance(got, bytes):
        return got
    head = got.rstrip(b"\0")
    head = got[:max(len(head), 3)]
    rest = len(got) - len(head)
    text = head.hex(" ") if len(head) <= 8 else f"{head[:5].hex(' ')} .. {head[-1:].hex()}"
    return f"{text} (+{rest} zeros)" if rest else text


def cell(row, got):
    if got is None:
        return "not run"
    return "same" if got == row.expected else compact(got)


def our_cell(row, number, stack, run):
    if not row.runs_on(stack):
        return "-"
    return cell(row, run.got.get((stack, number))) + \
        ("  and log" if run.complaints(stack, number, row.gives(stack)) else "")


def in_tree_cell(row, number, run):
    if IN_TREE not in row.backends:
        return "-"
    warnings = run.warnings(IN_TREE, number)
    return cell(row, run.got.get((IN_TREE, number))) + (f"  {warnings} WARN" if warnings else "")


class Runs:
    """One boot for each stack of ours, when it is needed, with the rows that were chosen."""

    BEDS = {
        QEMU: (script_qemu, {}), SIM: (script_sim, {"bmc": None}),
        **{stack: (functools.partial(script_over, stack, drivers), {"interface": interface})
           for stack, (interface, drivers) in OVER.items()},
    }

    def __init__(self, machine, rows, folder):
        self.machine, self.rows, self.made = machine, rows, {}
        self.table = folder / "amltest.asl"
        self.table.write_text(ssdt(rows))

    def of(self, stack):
        if stack not in self.made:
            self.made[stack] = self.boot(stack, self.rows)
            if stack == "over-ssif":
                self.repeat(stack)
        return self.made[stack]

    def boot(self, stack, rows):
        script, hardware = self.BEDS[stack]
        return Run(self.machine.boot(
            PRELUDE + script(rows), ssdts=[self.table], **hardware,
            timeout_s=4800 if self.machine.kernel.is_sanitized else 600))

    def repeat(self, stack):
        """QEMU's SSIF has the reply of before at times: what differs is asked once more."""
        run = self.made[stack]
        again = {number: row for number, row in self.rows.items()
                 if row.runs_on(stack) and run.got.get((stack, number)) != row.gives(stack)}
        if again:
            second = self.boot(stack, again)
            run.got |= second.got
            run.log |= {key: text for key, text in second.log.items() if key[1] in again}

    def lines(self):
        """The table; a WARN_ONCE of the in-tree driver shows in its first row only."""
        qemu = self.made.get(QEMU)
        yield ("row", "expected", *self.made, *(["in-tree, for information"] if qemu else []))
        for number, row in self.rows.items():
            yield (f"{number:03} {row.name}", compact(row.expected),
                   *(our_cell(row, number, *run) for run in self.made.items()),
                   *([in_tree_cell(row, number, qemu)] if qemu else []))


@pytest.fixture(scope="module")
def runs(machine, request, show, tmp_path_factory):
    chosen = {item.callspec.params.get("number") for item in request.session.items
              if item.module is request.module}
    made = Runs(machine, {number: row for number, row in NUMBERED.items() if number in chosen},
                tmp_path_factory.mktemp("aml"))
    yield made
    show("what AML gets", columns(list(made.lines())))


def marks_of(stack):
    """One process for a stack; ipmi_ssif gives up a BMC that a busy host makes slow."""
    return [pytest.mark.xdist_group(stack)] + [pytest.mark.alone] * (stack == "over-ssif")


@pytest.mark.parametrize("stack, number", [
    pytest.param(stack, number, id=f"{stack}-{number:03}_{row.name.replace(' ', '_')}",
                 marks=marks_of(stack))
    for stack in Runs.BEDS for number, row in NUMBERED.items() if row.runs_on(stack)])
def test_row(runs, stack, number):
    row, run = NUMBERED[number], runs.of(stack)
    got = run.got.get((stack, number))
    spelt = lambda value: value.hex(" ") if isinstance(value, bytes) else value
    assert spelt(got) == spelt(row.gives(stack)), run.result.output[-1500:]
    assert not run.complaints(stack, number, row.gives(stack))


@pytest.mark.parametrize("stack", [
    pytest.param(stack, marks=marks_of(stack)) for stack in Runs.BEDS])
def test_log_beside_the_rows(runs, stack):
    run = runs.of(stack)
    assert (stack, "end") in run.log, f"{run.result.output[-1500:]}\n{run.result.console[-3000:]}"
    assert not run.complaints("boot", "") + run.complaints(stack, "end")
