# SPDX-License-Identifier: GPL-2.0-only
"""Changes of the running machine that can be undone, and a sequence of them.

A step looks at the kernel, not at what an earlier run wrote down: one that was done
already, by a run that was killed, is done again without harm.
"""
import contextlib
import os
import signal
import threading
import time

from .machine import LOCKED_LIMIT_S, MOK, OURS, STOCK, VIA, Failed, Halt, find_interfaces
from .status import CONF

MODULES = (OURS, "kcs_opregion", "kcs_ipmi")
UNLOAD_ORDER = (VIA, "kcs_ipmi", "kcs_opregion", "kcs_anchor", OURS)

# Of modprobe, where signatures are enforced, and where the kernel is locked down.
UNKNOWN_KEY = ("Key was rejected by service", "Operation not permitted")

QUIET_S, QUIET_WAIT_S = 1, 10
SERVICE_WAIT_S, UNBIND_LIMIT_S = 10, 60
OVERRIDE_LIMIT_S = 60   # a write waits for the lock of the device, which a probe may keep
CALLS = "/sys/module/kcs_opregion/calls/calls"
PINNED = "/sys/module/kcs_anchor/parameters/pinned"


class Step:
    """A change: @command is what a person would type, do() and undo() what is done."""

    command = ""
    is_needed = True    # what fails else is a warning

    def do(self, machine):
        """Change the machine, or raise Failed."""
        raise NotImplementedError

    def undo(self, machine):
        """Put the machine back, or raise Failed."""


class Load(Step):
    """Load our modules, which load each other; @give_up removes the handler of regions."""

    command = f"modprobe -a {' '.join(MODULES)}"

    def __init__(self, give_up):
        self.give_up = give_up
        self.missing = []

    def do(self, machine):
        self.missing = [name for name in UNLOAD_ORDER if not machine.is_loaded(name)]
        try:
            machine.run("modprobe", "-a", *MODULES)
        except Failed as why:
            if any(words in str(why) for words in UNKNOWN_KEY):
                raise Failed(f"{why}; where signatures are enforced the kernel has to know the "
                             f"key: mokutil --import {MOK}, reboot, and confirm it") from why
            raise

    def undo(self, machine):
        if "kcs_opregion" in self.missing:
            self.give_up(machine)
        for name in self.missing:
            Unload(name).do(machine)


class LoadMeter(Step):
    """Load the driver of power meters, unless the administrator has blacklisted it."""

    is_needed = False

    def __init__(self, module):
        self.module = module
        self.command = f"modprobe -b {module}"

    def do(self, machine):
        machine.run("modprobe", "-b", self.module)

    def undo(self, machine):
        Unload(self.module).do(machine)


class Unload(Step):
    """Unload a module."""

    def __init__(self, module):
        self.module = module
        self.command = f"rmmod {module}"

    def do(self, machine):
        if machine.can_unload(self.module):
            machine.run("rmmod", self.module)

    def undo(self, machine):
        machine.run("modprobe", self.module)


class Reload(Step):
    """Load a module anew: acpi_ipmi reaches only regions without a handler at that time.

    ipmi_si has the kernel load it in the background, which may be too early.
    """

    def __init__(self, module):
        self.module = module
        self.was_loaded = False
        self.command = f"modprobe -r {module}; modprobe {module}"

    def do(self, machine):
        self.was_loaded = machine.is_loaded(self.module)
        Unload(self.module).do(machine)
        machine.run("modprobe", self.module)

    def undo(self, machine):
        if self.was_loaded:
            machine.run("modprobe", self.module)


class Unpin(Step):
    """Let kcs_anchor be unloaded."""

    command = f"echo N >{PINNED}"

    def do(self, machine):
        if machine.read(PINNED) == "Y":
            machine.write(PINNED, "N")

    def undo(self, machine):
        # Not while it has no handler: it pins itself with the next one.
        if machine.exists(PINNED):
            with contextlib.suppress(Failed):
                machine.write(PINNED, "Y")


class AwaitQuiet(Step):
    """Wait for a second in which AML calls nothing.

    ACPICA looks at a handler once more after a call of it returned.
    """

    command = f"watch cat {CALLS}    # until the number stays the same"

    def do(self, machine):
        end = time.monotonic() + QUIET_WAIT_S
        calls = machine.read(CALLS)
        time.sleep(QUIET_S)
        while machine.read(CALLS) != calls:
            calls = machine.read(CALLS)
            time.sleep(QUIET_S)
            if time.monotonic() > end:
                raise Failed("firmware calls the BMC without a pause, so AML regions cannot be "
                             "given back while the machine runs; remove "
                             f"{CONF}, if it is there, and reboot")


class Reserve(Step):
    """Let no other driver have a device that is between two drivers."""

    def __init__(self, interface, driver):
        self.path, self.driver = f"{interface.path}/driver_override", driver
        self.before = ""
        self.command = f"echo {driver} >{self.path}"

    def do(self, machine):
        before = machine.read(self.path, LOCKED_LIMIT_S)
        # Of ours it is from a run that was killed.
        self.before = "" if before in (None, "(null)", OURS, STOCK) else before
        machine.write(self.path, self.driver, OVERRIDE_LIMIT_S)

    def undo(self, machine):
        machine.write(self.path, self.before, OVERRIDE_LIMIT_S)


class Release(Step):
    """Let any driver have the device again, when it is free."""

    def __init__(self, interface):
        self.path = f"{interface.path}/driver_override"
        self.command = f"echo >{self.path}"

    def do(self, machine):
        machine.write(self.path, "", OVERRIDE_LIMIT_S)


class Renew(Reload):
    """Load ipmi_si anew: what it failed to serve once it refuses as a duplicate from then on."""

    def __init__(self):
        super().__init__(STOCK)
        self.command = f"rmmod {STOCK}; modprobe {STOCK}    # unless it serves an interface"

    def do(self, machine):
        is_used = any(each.driver == STOCK and each.is_in_service
                      for each in find_interfaces(machine))
        if machine.can_unload(STOCK) and not is_used:
            super().do(machine)


class Unbind(Step):
    """Take a device from its driver."""

    def __init__(self, interface, driver):
        self.interface, self.driver = interface, driver
        self.folder = f"/sys/bus/{bus_of(interface)}/drivers/{driver}"
        self.command = f"echo {interface.device} >{self.folder}/unbind"

    def has_it(self, machine):
        """Whether the driver has the device."""
        return machine.link(f"{self.interface.path}/driver") == self.driver

    def do(self, machine):
        if self.has_it(machine):
            # Some kernels' ipmi_si waits for ever for a BMC that went silent.
            machine.write(f"{self.folder}/unbind", self.interface.device,
                          UNBIND_LIMIT_S if self.driver == STOCK else None)

    def undo(self, machine):
        if self.has_it(machine):
            return
        # Reserved for the other driver, it would be refused.
        machine.write(f"{self.interface.path}/driver_override", self.driver, OVERRIDE_LIMIT_S)
        if self.driver == STOCK:
            with contextlib.suppress(Failed):
                Renew().do(machine)
        self.bind(machine)
        if self.driver == STOCK and self.interface.is_in_service:
            try:
                self.await_service(machine)
            except Failed:
                self.do(machine)
                raise

    def bind(self, machine):
        """Give the device to the driver."""
        if not self.has_it(machine):
            machine.write(f"{self.folder}/bind", self.interface.device)

    def await_service(self, machine):
        """Wait until ipmi_si serves the interface: it takes devices that it cannot serve."""
        end = time.monotonic() + SERVICE_WAIT_S
        while machine.read(f"{self.interface.path}/type") is None:
            if time.monotonic() > end:
                raise Failed(f"{STOCK} has {self.interface.device}, and does not serve it")
            time.sleep(0.1)


class Bind(Unbind):
    """Give a device to a driver, which is loaded if it is not.

    @before_undo is called while the driver still has it.
    """

    def __init__(self, interface, driver, before_undo=lambda machine: None):
        super().__init__(interface, driver)
        self.before_undo = before_undo
        self.command = f"modprobe {driver}; echo {interface.device} >{self.folder}/bind"

    def do(self, machine):
        if not machine.exists(self.folder):
            machine.run("modprobe", self.driver)
        try:
            self.bind(machine)
            if self.driver == STOCK:
                self.await_service(machine)
        except Failed as why:
            raise Failed(f"{self.driver} does not take {self.interface.device}: {why}") from why

    def undo(self, machine):
        if self.has_it(machine):
            self.before_undo(machine)
            super().do(machine)


class Persist(Step):
    """Copy the package's file for modprobe, or remove the copy."""

    def __init__(self, source, target, is_wanted):
        self.source, self.target, self.is_wanted = source, target, is_wanted
        self.before = None
        self.command = f"cp {source} {target}" if is_wanted else f"rm {target}"

    def do(self, machine):
        self.before = machine.read_bytes(self.target)
        self.put(machine, machine.read_bytes(self.source) if self.is_wanted else None)

    def undo(self, machine):
        self.put(machine, self.before)

    def put(self, machine, data):
        """Write the whole file at once, or remove it."""
        path = machine.at(self.target)
        new = path.with_name(path.name + ".new")
        try:
            if data is None:
                path.unlink(missing_ok=True)
            else:
                new.write_bytes(data)
                new.chmod(0o644)
                sync(new)
                os.replace(new, path)
            sync(path.parent)
        except OSError as why:
            raise Failed(f"{self.target}: {why.strerror}") from why


def sync(path):
    """Have a file or a folder on the disk, also if the power fails now."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def bus_of(interface):
    """The bus that an interface is on."""
    return interface.path.split("/")[3]


# -- A sequence. ------------------------------------------------------------------

class Stop:
    """Notes SIGINT, SIGTERM and SIGHUP; a step is not torn by them.

    Python has handlers in the main thread only; where another one runs this, signals
    are the business of who started it.
    """

    def __init__(self):
        self.number = None

    def __enter__(self):
        is_main = threading.current_thread() is threading.main_thread()
        self.handlers = {number: signal.signal(number, self.note) for number in
                         (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) if is_main}
        return self

    def __exit__(self, *_):
        for number, handler in self.handlers.items():
            signal.signal(number, handler)

    def note(self, number, _=None):
        """Handle a signal."""
        self.number = number

    def check(self):
        """Raise Failed if a signal came."""
        if self.number:
            raise Failed(f"stopped by {signal.Signals(self.number).name}")


def undo(machine, done, say):
    """Undo steps, last one first; return whether all were."""
    is_whole = True
    for step in reversed(done):
        try:
            step.undo(machine)
        except Exception as why:    # pylint: disable=broad-exception-caught
            say(f"not undone: {step.command}: {words(why)}")
            is_whole = False
            if isinstance(why, Halt):
                break
    return is_whole


def words(why):
    """An exception in a line; what is none of ours is a fault of this program."""
    return str(why) if isinstance(why, Failed) else f"{type(why).__name__}: {why}"


def attempt(machine, step, say):
    """Do a step; without what is not needed, go on."""
    try:
        step.do(machine)
    except Failed as why:
        if step.is_needed:
            raise
        say(f"{why}; going on without")


def perform(machine, steps, say, settle=lambda stop: None):
    """Do all steps, then settle(); or undo what was done.

    Return None, or (why not, whether all was undone).
    """
    done = []
    with Stop() as stop:
        try:
            for step in steps:
                stop.check()
                done.append(step)   # one that fails may have been done by half
                attempt(machine, step, say)
            settle(stop)
            stop.check()
        except Halt as why:
            say(words(why))
            return words(why), False
        except Exception as why:    # pylint: disable=broad-exception-caught
            say(f"{words(why)}; undoing")
            return words(why), undo(machine, done, say)
    return None
