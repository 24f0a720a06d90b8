# SPDX-License-Identifier: GPL-2.0-only
"""The command line of scripts/kcsctl."""
import argparse
import contextlib
import fcntl
import json
import os
import sys

from . import doctor, report, watch
from .machine import OURS, STOCK, Failed, Machine
from .status import as_data, as_text, interface_data, interface_lines
from .steps import LoadMeter, perform
from .take import Refused, current, lasting, plan, settle

DONE, REFUSED, UNDONE, NOT_UNDONE, FOUND, UNCHECKED = 0, 1, 3, 4, 5, 6

DESCRIPTION = """Show which driver has the BMC, and move its interface from ipmi_si to
kcs_host and back while the machine runs; say what would hurt, and what mends it.

Exit status: 0 done, or as it was already (doctor: nothing was found, or notes only;
watch: it was ended by Ctrl-C); 1 refused, nothing was changed (status, doctor: there is
no interface); 2 bad usage; 3 a step failed or a signal came, all was undone (report: the
file is not there); 4 the same, and not all could be undone, or the kernel is stuck in a
step; 5 doctor found a fault; 6 it found none, but could not check all."""

LOCK = "/run/kcsctl.lock"
SHORTEST_S, LONGEST_S = 0.1, 86400  # between two looks of watch


@contextlib.contextmanager
def printing():
    """What prints a result; the exit status is the command's also where that has no reader."""
    try:
        yield
    except OSError as why:
        sys.stdout = None   # what it holds would fail again at the exit
        if not isinstance(why, BrokenPipeError):    # as of head, which has had enough
            warn(f"the output: {why.strerror}")


def show(text):
    """Print a result."""
    with printing():
        print(text, flush=True)


def show_status(machine, options):
    """Run `kcsctl status`."""
    data = as_data(machine)
    show(json.dumps(data, indent=2) if options.json else as_text(data))
    return DONE if data["interfaces"] else REFUSED


def show_findings(machine, options):
    """Run `kcsctl doctor`."""
    data = doctor.examine(machine)
    show(json.dumps(data, indent=2) if options.json else doctor.as_text(data))
    if not data["interfaces"]:
        return REFUSED
    if doctor.has_fault(data):
        return FOUND
    return UNCHECKED if data["not_checked"] else DONE


def write_report(machine, options):
    """Run `kcsctl report`."""
    try:
        data = report.make(machine, options.file)
    except Refused:
        raise
    except Failed as why:
        warn(why)
        return UNDONE
    show(json.dumps(data, indent=2) if options.json else report.as_text(data))
    return DONE


def keep_watching(machine, options):
    """Run `kcsctl watch`."""
    with printing():
        watch.run(machine, options.interval, options.count, options.json, options.meters)
    return DONE


@contextlib.contextmanager
def locked(machine):
    """Only one run changes the machine at a time; the kernel drops the lock of a dead one."""
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(
                open(machine.at(LOCK), "w", encoding="ascii",
                     opener=lambda path, flags: os.open(path, flags, 0o600)))
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as why:
            raise Refused("another kcsctl is at work") from why
        except OSError as why:
            raise Refused(f"{LOCK}: {why.strerror}") from why
        yield


def tell(options, machine, interface, word):
    """Print what came of it; it is done, also if that cannot be printed."""
    data = interface_data(machine, current(machine, interface))
    lines = [f"{interface.device} {word}",
             *(f"{name:14}{text}" for name, text in list(interface_lines(data))[1:])]
    try:
        print(json.dumps({"result": word, "interface": data}, indent=2) if options.json
              else "\n".join(lines), flush=True)
    except OSError as why:
        sys.stdout = None   # what it holds would fail again at the exit
        warn(f"{lines[0]}, but the output: {why.strerror}")


def change(machine, options):
    """Run `kcsctl take` or `kcsctl give-back`."""
    driver = OURS if options.command == "take" else STOCK
    interface, steps = plan(machine, options.command, options.device, options.persist,
                            options.dry_run)
    if options.dry_run:
        commands = [step.command for step in steps]
        show(json.dumps(commands, indent=2) if options.json else "\n".join(commands))
        return DONE
    if not steps:
        tell(options, machine, interface, f"belongs to {driver} already")
        return DONE
    for line in list(lasting(machine, options.command, interface)):
        warn(line)
    failure = perform(machine, steps, warn,
                      lambda stop: settle(machine, interface, stop))
    if not failure:
        # A meter's driver that is blacklisted is not loaded, and no news.
        is_new = any(not isinstance(step, LoadMeter) for step in steps)
        tell(options, machine, interface,
             f"belongs to {driver} {'now' if is_new else 'already'}")
        return DONE
    _, is_whole = failure
    warn(f"{options.command} failed, and " + ("all was undone" if is_whole else
         "not all could be undone: run it again, or see kcsctl status"))
    return UNDONE if is_whole else NOT_UNDONE


def run(machine, options):
    """Run a command; return the exit status."""
    reading = {"status": show_status, "doctor": show_findings, "report": write_report,
               "watch": keep_watching}
    if options.command in reading:
        return reading[options.command](machine, options)
    if options.dry_run or os.geteuid():
        return change(machine, options)
    with locked(machine):
        return change(machine, options)


def warn(line):
    """Print what is not the result; a terminal that is gone does not stop an undo."""
    with contextlib.suppress(OSError):
        print(f"kcsctl: {line}", file=sys.stderr, flush=True)


def seconds(text):
    """A time between two looks, of the command line."""
    value = float(text)
    if not SHORTEST_S <= value <= LONGEST_S:
        raise argparse.ArgumentTypeError(f"{text} is not {SHORTEST_S} to {LONGEST_S} seconds")
    return value


def number(text):
    """How often, of the command line."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not 1 or more")
    return value


def parse(arguments):
    """What the command line says."""
    parser = argparse.ArgumentParser(
        prog="kcsctl", description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    texts = {"status": "show interfaces, their drivers, AML regions, power meters",
             "doctor": "say what would hurt on this machine, and the command that mends it",
             "report": "collect what a bug report needs in one archive, without names",
             "watch": "show requests, failures and health of interfaces of kcs_host, live",
             "take": "move an interface from ipmi_si to kcs_host, now",
             "give-back": "move it back, now"}
    for name, text in texts.items():
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument("--json", action="store_true", help="for programs")
        if name == "report":
            command.add_argument("file", nargs="?", metavar="FILE",
                                 help="must not be there yet (kcs-report-DATE.tar.gz)")
        elif name == "watch":
            command.add_argument("--interval", type=seconds, default=2, metavar="S",
                                 help="seconds between two looks (2)")
            command.add_argument("--count", type=number, metavar="N", help="end after N looks")
            command.add_argument("--meters", action="store_true",
                                 help="read power meters too, for which firmware asks the BMC")
        elif name in ("take", "give-back"):
            command.add_argument("device", nargs="?", metavar="DEVICE",
                                 help="such as IPI0001:00 or kcs0; needed if there are several")
            command.add_argument("--persist", action="store_true",
                                 help="let the next boot do the same")
            command.add_argument("--dry-run", action="store_true",
                                 help="print the steps as commands, and do nothing")
    return parser.parse_args(arguments)


def main(arguments=None, machine=None):
    """Run scripts/kcsctl; return the exit status."""
    options = parse(arguments)
    try:
        return run(machine or Machine(), options)
    except Refused as why:
        warn(why)
        return REFUSED
    except KeyboardInterrupt:       # take and give-back undo what they did before
        warn("stopped by SIGINT")
        return UNDONE
