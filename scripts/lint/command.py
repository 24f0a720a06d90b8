# SPDX-License-Identifier: GPL-2.0-only
"""List what the AML of firmware asks of the BMC, and what is wrong with it.

    scripts/aml-lint [--policy=WORDS] FILE...   tables: .aml, .asl, acpidump's text
    scripts/aml-lint [--policy=WORDS]           this machine's, as root

Each field unit of each IPMI operation region in a DSDT or SSDT is a command. A
finding is what makes it fail, or mean another command than it seems; a note is
what its author should know. The policy says which commands AML may send, in the
words of drivers/opregion/policy.h, whose code is asked.

Exit status: 0 without findings, 1 with findings, 2 when a table, or anything,
could not be read, or not as a whole.
"""
import argparse
import json
import pathlib
import shutil
import sys
import tempfile

from .aml import search
from .asl import Reader
from .firmware import Firmware
from .policy import Policy
from .report import as_data, count_findings, print_text
from .rules import judge
from .tables import Tables
from .tools import Unreadable, MissingTool


def warn(line):
    """Print what is not part of the result."""
    print(f"aml-lint: {line}", file=sys.stderr)


def read_bytes(firmware, table, why):
    """Search a table that could not be disassembled, for the reason @why."""
    found = search(table.name, table.data)
    if found:
        firmware.searched += found
        raise Unreadable(f"{why}; IPMI regions in its bytes: {len(found)}")
    if not table.may_be_data:
        warn(f"{table.name}: {why}; no IPMI region in its bytes")


def read_table(firmware, tables, table):
    """What a table declares, into firmware."""
    if table.is_header_only:
        return
    try:
        Reader(firmware, table.name, tables.disassemble(table)).read()
    except MissingTool:
        raise
    except Unreadable as why:
        read_bytes(firmware, table, why)


def collect(options, folder):
    """The tables of the command line, or of this machine."""
    tables = Tables(folder)
    if options.files:
        tables.add_files(options.files)
    else:
        tables.add_running()
    return tables


def run(options, folder):
    """Read, judge and print; returns the exit status."""
    policy = Policy(options.policy, folder)
    tables, firmware = collect(options, folder), Firmware()
    for table in tables.tables:
        with tables.attempt(table.name):
            read_table(firmware, tables, table)
    regions = firmware.resolve()
    judge(regions, firmware.declared.bmcs, policy)
    for name, why in tables.unread:
        warn(f"{name}: {why}")
    if options.json:
        print(json.dumps(as_data(regions, tables, policy), indent=2))
    elif tables.tables:
        print_text(regions)
    if tables.unread:
        return 2  # whatever was found: it is not all
    return 1 if count_findings(regions) else 0


def parse_options(arguments):
    """What the command line says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=pathlib.Path, metavar="FILE",
                        help="a table; without any, this machine's")
    parser.add_argument("--running", action="store_true",
                        help="this machine's tables (what no FILE means, too)")
    parser.add_argument("--policy", default="all", metavar="WORDS",
                        help="such as 'monitor-only,+30/c8' (all)")
    parser.add_argument("--json", action="store_true", help="for machines")
    options = parser.parse_args(arguments)
    if options.running and options.files:
        parser.error("either --running or files")
    return options


def main(arguments=None):
    """Run scripts/aml-lint; returns the exit status."""
    options = parse_options(arguments)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="kcs-aml-lint-"))
    try:
        return run(options, folder)
    except Unreadable as why:
        warn(why)
        return 2
    finally:
        shutil.rmtree(folder)
