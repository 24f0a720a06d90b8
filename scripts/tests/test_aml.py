#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What AML gets from an IPMI region, byte by byte: one table of methods.

    scripts/aml_test.py                     on the installed kernel
    scripts/aml_test.py --kernel FOLDER     on one built from source in FOLDER
    scripts/aml_test.py --only ROW          a row by number, or part of its name

Each row is a method in one SSDT. Our modules answer it twice, with QEMU's BMC
and with kcs_sim; then, for information, the kernel's own ipmi_si and acpi_ipmi
do with QEMU's BMC. "same" is what was expected, byte for byte.
"""
import argparse
import dataclasses
import pathlib
import re
import sys
import tempfile

from vm import Kernel, Machine, add_kernel_option
from vm_case import SPLAT

HANGS_S = 15  # after this long a row is given up
DEVICE = r"\_SB.AMLT"

QEMU, SIM, IN_TREE = "qemu", "sim", "in-tree"
OURS = {QEMU: "ours (QEMU's BMC)", SIM: "ours (simulator)"}


# -- Buffers. -----------------------------------------------------------------

def padded(head, size=66, fill=0):
    return (bytes(head) + bytes([fill]) * size)[:size]


def source(*data, length=None, size=66, status=0, fill=0):
    """What AML passes: status, length, data."""
    return padded([status, len(data) if length is None else length, *data], size, fill)


def answered(*data):
    """What AML sees when the BMC answered: completion code, then the rest."""
    return padded([0x00, len(data), *data])


def upto(count):
    return range(1, count + 1)


TIMEOUT = padded([0x10, 1, 0xC3])
FAILURE = padded([0x07, 1, 0xFF])
NO_LIMIT = (0x80, 0xDC, 0, 0, 0, 0, 0, 0xE8, 0x03, 0, 0, 0, 0, 1, 0)

# The two commands of both BMCs that are there for tests.
TO_ORDER, ECHO = 0x30E0, 0x30EE


# -- The rows. ----------------------------------------------------------------

@dataclasses.dataclass
class Row:
    """A method that puts request into Local0 and returns what body makes of it."""
    name: str
    expected: object             # the buffer, or the name of ACPICA's exception
    request: bytes
    command: int = TO_ORDER      # the field's address, if offset is not given
    region: int = 0x3000
    length: int = 0x100
    offset: int = None           # of the field in the region
    lock: str = "NoLock"
    access: str = ""             # what AccessAs says
    width: int = 8
    body: str = "Local0 = FLDX = Local0"
    method: str = "Serialized"
    declares: str = ""           # in the method
    backends: tuple = (QEMU, SIM, IN_TREE)
    fault: str = ""              # of the simulator, while the row runs
    upsets: bool = False         # the BMC: wait until it is known to be well again

    def asl(self, number):
        offset = self.offset
        if offset is None:
            offset = self.command - self.region
        data = ", ".join(f"0x{byte:02X}" for byte in self.request.rstrip(b"\0"))
        indent = "\n" + 20 * " "
        access = f"AccessAs ({self.access}),{indent}" if self.access else ""
        return f"""
            Device (R{number:03})   // {self.name}
            {{
                Name (_ADR, {number})
                Name (SIZE, 0x{self.length:X})
                OperationRegion (REGN, IPMI, 0x{self.region:X}, SIZE)
                Field (REGN, BufferAcc, {self.lock}, Preserve)
                {{
                    {access}Offset (0x{offset:X}),
                    FLDX, {self.width}
                }}
                Method (TEST, 0, {self.method})
                {{
                    {self.declares.replace("; ", indent)}
                    Local0 = Buffer ({len(self.request)}) {{ {data} }}
                    {self.body.replace("; ", indent)}
                    Return (Local0)
                }}
            }}"""


# Fields that more than one row uses. An operation region's size in a name keeps
# the compiler from judging what lies past it.
TABLE = """
DefinitionBlock ("", "SSDT", 2, "KCS", "AMLTEST", 1)
{
    Scope (\\_SB)
    {
        Device (AMLT)
        {
            Name (_ADR, 0xAA)
            OperationRegion (SYSI, IPMI, 0x0600, 0x100)
            Field (SYSI, BufferAcc, Lock, Preserve)
            {
                AccessAs (BufferAcc, 0x01),
                Offset (0x58),
                SCMD, 8,    // Set System Info Parameters
                GCMD, 8     // Get System Info Parameters
            }
            OperationRegion (OEMR, IPMI, 0x3000, 0x100)
            Field (OEMR, BufferAcc, NoLock, Preserve)
            {
                Offset (0x10),
                IDXR, 8,
                DATR, 8,
                Offset (0xEE),
                ECHO, 8
            }
            // What no firmware should have: ACPICA passes 8 bytes, not 66.
            OperationRegion (PORT, SystemIO, 0x80, 0x01)
            Field (PORT, ByteAcc, NoLock, Preserve)
            {
                BSEL, 8
            }
            BankField (OEMR, BSEL, One, BufferAcc, NoLock, Preserve)
            {
                Offset (0xE0),
                BNKF, 8
            }
            IndexField (IDXR, DATR, ByteAcc, NoLock, Preserve)
            {
                IDXF, 8
            }
            IndexField (BSEL, DATR, QWordAcc, NoLock, Preserve)
            {
                IDXQ, 64
            }
            Method (SEND, 1, Serialized)
            {
                Return (ECHO = Arg0)
            }
%s
        }
    }
}
"""

# Dell's: one buffer with a name for each byte; the second command is sent only
# when the first one succeeded.
DELL = """Name (BUFF, Buffer (66) {}); CreateByteField (BUFF, 0, STAT);
CreateByteField (BUFF, 1, LENG); CreateByteField (BUFF, 2, CCOD);
CreateByteField (BUFF, 3, BYT1)""".replace("\n", " ")
DELL_BODY = """BUFF = Local0; BUFF = SCMD = BUFF;
If (STAT || CCOD) { Return (BUFF) };
LENG = 4; CCOD = 0; BYT1 = 0xC4;
BUFF = GCMD = BUFF; Local0 = BUFF""".replace("\n", " ")

# What a simulated BMC does wrong, to this command only.
WRONG = "command=30e0 times=1"

ROWS = [
    # Completion codes
    *[Row(f"bare {code:02X}h", answered(code), source(code, 0))
      for code in (0x00, 0xC1, 0xD4, 0xFF, 0x80, 0x01)],
    Row("bare C3h: a time-out of the BMC's own", TIMEOUT, source(0xC3, 0)),
    Row("bare C0h: busy, and stays so", answered(0xC0), source(0xC0, 0)),
    Row("bare D2h: is starting, and stays so", answered(0xD2), source(0xD2, 0), upsets=True),
    Row("unknown command", answered(0xC1), source(), command=0x30EF),
    Row("C1h with data", answered(0xC1, 1, 2, 3), source(0xC1, 3)),
    Row("C3h with data", answered(0xC3, 1, 2, 3), source(0xC3, 3)),
    Row("FFh with 63 bytes", answered(0xFF, *upto(63)), source(0xFF, 63)),
    Row("80h with data: DCMI Get Power Limit", answered(*NO_LIMIT), source(0xDC, 0, 0),
        region=0x2C00, command=0x2C03),
    # Replies
    *[Row(f"reply of the code and {count}", answered(0, *upto(count)), source(0, count))
      for count in (1, 2, 31, 62, 63)],
    *[Row(f"reply of the code and {count}", FAILURE, source(0, count))
      for count in (64, 65, 100, 200, 255)],
    Row("reply of 80h and 64", FAILURE, source(0x80, 64)),
    # Length bytes
    Row("request of 0", answered(0), source(), command=ECHO),
    Row("request of 0, all else garbage", answered(0), source(fill=0xEE), command=ECHO),
    Row("request of 1", answered(0, 0x5A), source(0x5A), command=ECHO),
    Row("request of 63", answered(0, *upto(63)), source(*upto(63)), command=ECHO),
    Row("request of 64", answered(0, 1, 2, 3), source(0, 3, 0, *upto(61))),
    *[Row(f"request of {length}", FAILURE, source(*upto(64), length=length), command=ECHO)
      for length in (65, 66, 128, 255)],
    # Sources: what they lack is zero, what is too much is nobody's
    Row("source of 0 bytes", answered(0), source(size=0), command=ECHO),
    Row("source of 1 byte", answered(0), source(size=1), command=ECHO),
    Row("source of 2 bytes", answered(0), source(size=2), command=ECHO),
    Row("source of 2 bytes, length 4", answered(0, 0, 0, 0, 0), source(length=4, size=2),
        command=ECHO),
    Row("source of 3 bytes", answered(0, 0x5A), source(0x5A, size=3), command=ECHO),
    Row("source of 3 bytes, length 5", answered(0, 0x5A, 0, 0, 0, 0),
        source(0x5A, length=5, size=3), command=ECHO),
    Row("source of 3 bytes, length 64", answered(0x80), source(0x80, length=64, size=3)),
    Row("source of 3 bytes, length 65", FAILURE, source(0, length=65, size=3)),
    Row("source of 32 bytes", answered(0, *upto(30)), source(*upto(30), size=32),
        command=ECHO),
    Row("source of 32 bytes, length 40", answered(0, *upto(30), *bytes(10)),
        source(*upto(30), length=40, size=32), command=ECHO),
    Row("source of 99 bytes", answered(0, *upto(63)),
        source(*upto(63), size=99, fill=0xEE), command=ECHO),
    Row("source of 99 bytes, length 65", FAILURE, source(*upto(97), length=65, size=99),
        command=ECHO),
    Row("source of 300 bytes", answered(0, 0x5A), source(0x5A, size=300, fill=0xEE),
        command=ECHO),
    # Bytes that say nothing
    Row("status byte preset to AAh", answered(0, 1), source(0, 1, status=0xAA)),
    Row("status byte preset to 10h", answered(0, 1), source(0, 1, status=0x10)),
    Row("garbage after the request, short reply", answered(0xD4),
        source(0xD4, 0, status=0xAA, fill=0xEE)),
    Row("garbage in a request that fails", FAILURE,
        source(length=200, status=0xAA, fill=0xEE)),
    # Reads: there is no request
    Row("read without a write", FAILURE, source(), body="Local0 = FLDX"),
    Row("read after a write", FAILURE, source(0, 3), body="FLDX = Local0; Local0 = FLDX"),
    Row("read with an odd NetFn", FAILURE, source(), region=0x0700, command=0x0701,
        body="Local0 = FLDX"),
    Row("write after a read", answered(0, 1, 2), source(0, 2),
        body="Local1 = FLDX; Local0 = FLDX = Local0; "
        "If (SizeOf (Local1) != 66) { Return (Local1) }"),
    # NetFn
    *[Row(f"NetFn {region >> 8:02X}h", FAILURE, source(), region=region, offset=1)
      for region in (0x0100, 0x0700, 0x3F00, 0x4000, 0x4600, 0xFF00, 0x10600)],
    Row("NetFn 70h, 30h but for a bit", FAILURE, source(0, 3), region=0x7000, offset=0xE0),
    Row("NetFn 3Eh, the last one", answered(0xC1), source(), region=0x3E00, offset=1),
    # Regions and their length, which ACPICA does not look at
    Row("region of one command", answered(0, 1), source(0, 1), region=0x30E0, length=1),
    Row("region from the middle", answered(*NO_LIMIT), source(0xDC, 0, 0),
        region=0x2C02, length=0x10, command=0x2C03),
    Row("field past the region's length", answered(0, 1), source(0, 1), length=0x10),
    Row("region into the next NetFn, field before", answered(0, 1), source(0, 1),
        region=0x30C0, length=0x100),
    Row("region into the next NetFn, field there", FAILURE, source(0, 1),
        region=0x30C0, length=0x200, offset=0x120),
    Row("region over three NetFns, field in the third", answered(0, 1), source(0, 1),
        region=0x2E00, length=0x300),
    Row("region in the method", answered(0, 1, 2), source(0, 2),
        declares="OperationRegion (INNR, IPMI, 0x3000, SIZE); "
        "Field (INNR, BufferAcc, NoLock, Preserve) { Offset (0xE0), INNF, 8 }",
        body="Local0 = INNF = Local0"),
    # Fields
    Row("Lock", answered(0, 1, 2), source(0, 2), lock="Lock"),
    Row("Lock, the method holds the Global Lock", answered(0, 1, 2), source(0, 2),
        lock="Lock",
        body="Acquire (\\_GL, 0xFFFF); Local0 = FLDX = Local0; Release (\\_GL)"),
    Row("AccessAs (BufferAcc)", answered(0, 1, 2), source(0, 2), access="BufferAcc"),
    Row("AccessAs (BufferAcc, 1) and Lock, as Dell", answered(0, 1, 2), source(0, 2),
        lock="Lock", access="BufferAcc, 0x01"),
    Row("AccessAs (BufferAcc, AttribBlock)", answered(0, 1, 2), source(0, 2),
        access="BufferAcc, AttribBlock"),
    Row("field of 528 bits", answered(0, 1, 2), source(0, 2), width=528),
    # Methods
    Row("NotSerialized", answered(0, 1, 2), source(0),
        body="Local0[1] = 2; Local0[3] = 2; Local0 = FLDX = Local0",
        method="NotSerialized"),
    Row("two fields in turn", answered(0, 0x5A, 0x5B), source(0x5A, 0x5B),
        body="Local1 = SCMD = Local0; Local0 = ECHO = Local0; "
        "If (DerefOf (Local1[2])) { Return (Local1) }"),
    Row("a reply as the next request", answered(0, 0, 7, 8), source(7, 8),
        body="Local0 = ECHO = ECHO = Local0"),
    Row("three times in a loop", answered(0, 0, 0, 7), source(7),
        body="Local1 = 3; While (Local1) { Local0 = ECHO = Local0; Local1-- }"),
    Row("through another method", answered(0, 7, 8), source(7, 8), body="Local0 = SEND (Local0)"),
    Row("the result not used: the source stays", source(0, 2, 0, 9, 9, status=0xAA),
        source(0, 2, 0, 9, 9, status=0xAA), body="FLDX = Local0"),
    Row("the result not used: the BMC was asked", answered(0, 0x11, 0x77), source(0xC9, 0x77),
        body="SCMD = Local0; Local0 = GCMD = Buffer (66) { 0, 4, 0, 0xC9 }"),
    Row("the result into a buffer of 32 bytes", answered(0, *upto(63))[:32], source(0, 63),
        declares="Name (BUFF, Buffer (32) {})", body="BUFF = FLDX = Local0; Local0 = BUFF"),
    Row("the result into a buffer of 99 bytes", padded(answered(0, 1, 2), 99), source(0, 2),
        declares="Name (BUFF, Buffer (99) { 0xEE })",
        body="BUFF[98] = 0xEE; BUFF = FLDX = Local0; Local0 = BUFF"),
    Row("Dell's two commands", answered(0, 0x11, 0x01), source(0xC4, 0x01),
        declares=DELL, body=DELL_BODY),
    # ACPICA's own
    Row("source is an Integer", "AE_AML_OPERAND_TYPE", source(), body="Local0 = FLDX = 5"),
    Row("source is a String", "AE_AML_OPERAND_TYPE", source(), body='Local0 = FLDX = "abc"'),
    # 8 bytes on ACPICA's stack instead of a buffer (the in-tree handler writes 66)
    *[Row(f"a unit of {kind}", "AE_TYPE", source(), body=body, backends=(QEMU, SIM))
      for kind, body in (("a BankField, read", "Local0 = BNKF"),
                         ("a BankField, written", "BNKF = 5"),
                         ("an IndexField, read", "Local0 = IDXF"),
                         ("an IndexField, written", "IDXF = 5"))],
    Row("a read into 8 bytes of the heap", bytes([7, 1, 0xFF, 0, 0, 0, 0, 0]), source(),
        body="Local0 = IDXQ", backends=(QEMU, SIM)),
    # Slow ones
    Row("reply after 2 s", answered(0, *upto(3)), source(0, 3, 20), backends=(QEMU, IN_TREE)),
    Row("no reply for 6 s: QEMU says C3h after 4 s", TIMEOUT, source(0, 3, 60),
        backends=(QEMU, IN_TREE), upsets=True),
    Row("and the row after it", answered(0, 7), source(7), command=ECHO),
    Row("no reply by the deadline", TIMEOUT, source(0, 3), backends=(SIM,),
        fault="silence command=30e0", upsets=True),
    Row("and the row after that", answered(0, 8), source(8), command=ECHO),
    # BMCs that answer something else
    *[Row(what, FAILURE, source(0, 3), backends=(SIM,), fault=f"{kind} {WRONG}", upsets=True)
      for kind, what in (("netfn", "reply of another NetFn"), ("reply_0", "reply of 0 bytes"),
                         ("reply_2", "reply without completion code"))],
]


# -- In the guest. ------------------------------------------------------------

PRELUDE = f"""
echo on >/proc/sys/kernel/printk_devkmsg
mark() {{ echo "aml_test: $*" >/dev/kmsg; }}
# row STACK NUMBER: evaluates it, and prints what it gave, or that it hangs.
row() {{
    local got=/tmp/got.$1.$2
    mark $1 $2
    {{ evaluate '{DEVICE}.R'$2.TEST >$got.part; mv $got.part $got; }} &
    for _ in $(seq {HANGS_S * 40}); do [ -e $got ] && break; sleep 0.02; done
    [ -e $got ] || {{ echo $1 $2 hangs; return 1; }}
    echo $1 $2 $(cat $got)
}}
# well: wait, 20 s at most, until our host finds the BMC well, once it had the
# time to find out.
well() {{
    sleep 2
    for _ in $(seq 200); do
        case $(cat /sys/bus/platform/devices/*/kcs/kcs*/health) in
        ready | degraded) return ;;
        esac
        sleep 0.1
    done
    echo "the BMC stays $(cat /sys/bus/platform/devices/*/kcs/kcs*/health)"; false
}}
fault() {{ echo "$*" >/sys/kernel/debug/kcs_sim/fault; }}
"""


def calls(stack, rows):
    """The script's lines that evaluate those rows that are this stack's."""
    lines = []
    for number, row in rows.items():
        if stack not in row.backends:
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


class Run:
    """What one boot printed and logged, row by row."""

    def __init__(self, result):
        self.got = {}
        for stack, number, got in re.findall(r"^(\S+) (\d{3}) (\S+)$", result.output, re.M):
            self.got[stack, int(number)] = (
                got.removeprefix("error=") if re.match("error=|integer=|hangs", got)
                else bytes.fromhex(got))
        parts = re.split(r"aml_test: (\S+) (\S+)\n", result.console)
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


def judge(row, number, stack, run):
    """(does it pass, the cell, what else to say)"""
    got = run.got.get((stack, number))
    complaints = run.complaints(stack, number, row.expected)
    if got == row.expected and not complaints:
        return True, "same", ""
    hexed = [one.hex(" ") if isinstance(one, bytes) else str(one)
             for one in (row.expected, got)]
    return False, cell(row, got) + "  NOT OK", "\n".join(
        [f"{number:03} {row.name}, {OURS[stack]}", f"    expected {hexed[0]}",
         f"    got      {hexed[1]}", *(f"    log      {line}" for line in complaints)])


def show(table):
    widths = [max(len(line[column]) for line in table) for column in range(len(table[0]))]
    print()
    for line in table:
        print("  ".join(f"{word:{width}}" for word, width in zip(line, widths)).rstrip())
    print()


def in_tree_cell(row, number, run):
    if IN_TREE not in row.backends:
        return "-"
    warnings = run.warnings(IN_TREE, number)
    return cell(row, run.got.get((IN_TREE, number))) + (f"  {warnings} WARN" if warnings else "")


def beside_rows(run, stack):
    """What the log says while no row runs."""
    return [line for number in ("", "end") for line in
            run.complaints("boot" if number == "" else stack, number)]


def report(rows, runs):
    table, notes, passed, failed = [("row", "expected", *OURS.values(), "in-tree")], [], 0, 0
    for number, row in rows.items():
        cells = []
        for stack in OURS:
            if stack not in row.backends:
                cells.append("-")
                continue
            good, text, note = judge(row, number, stack, runs[stack])
            passed, failed = passed + good, failed + (not good)
            cells.append(text)
            if note:
                notes.append(note)
        table.append((f"{number:03} {row.name}", compact(row.expected), *cells,
                      in_tree_cell(row, number, runs[QEMU])))
    show(table)
    for stack, run in runs.items():
        lines = beside_rows(run, stack)
        if lines:
            notes.append("\n    ".join([f"log of {OURS[stack]}, beside the rows:", *lines]))
        failed += bool(lines)
    print("\n".join(notes))
    run = runs[QEMU]
    theirs = [number for number, row in rows.items() if IN_TREE in row.backends]
    wrong = [number for number in theirs if run.got.get((IN_TREE, number)) != rows[number].expected]
    warned = [number for number in theirs if run.warnings(IN_TREE, number)]
    print(f"in-tree, for information: {len(theirs) - len(wrong)} of {len(theirs)} rows as "
          f"expected, {len(warned)} with a WARN (a WARN_ONCE shows in its first row only)")
    return passed, failed


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", default=[], metavar="ROW",
                        help="a row's number, or part of its name")
    parser.add_argument("--asl", action="store_true", help="print the table, run nothing")
    add_kernel_option(parser)
    options = parser.parse_args()
    rows = dict(enumerate(ROWS, 1))
    if options.only:
        rows = {number: row for number, row in rows.items()
                if any(number == int(only) if only.isdigit() else only in row.name
                       for only in options.only)}
    if not rows:
        parser.error("no such row")
    asl = "// SPDX-License-Identifier: GPL-2.0-only" + TABLE % "".join(
        row.asl(number) for number, row in rows.items())
    if options.asl:
        print(asl)
        return

    kernel = Kernel.at(options.kernel)
    print(f"building the modules for {kernel.release} ...", flush=True)
    machine = Machine(kernel)
    runs = {}
    with tempfile.TemporaryDirectory(prefix="kcs-aml-") as folder:
        table = pathlib.Path(folder) / "amltest.asl"
        table.write_text(asl)
        for stack, script, bmc in ((QEMU, script_qemu, []), (SIM, script_sim, None)):
            print(f"{len(rows)} rows, {OURS[stack]} ...", flush=True)
            result = machine.boot(PRELUDE + script(rows), ssdts=[table], bmc=bmc,
                                  timeout_s=600 * (8 if kernel.has("CONFIG_KASAN") else 1))
            runs[stack] = Run(result)
            if result.status:
                print(f"the script ended with {result.status}:\n{result.output[-1500:]}\n"
                      f"{result.console[-3000:]}")
    passed, failed = report(rows, runs)
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed != 0 or passed == 0)


if __name__ == "__main__":
    main()
