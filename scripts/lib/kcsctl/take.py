# SPDX-License-Identifier: GPL-2.0-only
"""Which steps `take` and `give-back` are made of, and when they refuse."""
import os
import time

from .machine import OURS, STOCK, find_interfaces
from .status import CONF, PACKAGED_CONF
from .steps import (PINNED, AwaitQuiet, Bind, Load, LoadMeter, Persist, Release, Reload,
                    Reserve, Unbind, Unload, Unpin)

MODULES = (OURS, "kcs_opregion", "kcs_ipmi")
METER = "acpi_power_meter"
SETTLE_S = 10


class Refused(Exception):
    """Nothing was changed; the text is a sentence without a period."""


# -- Which interface. -------------------------------------------------------------

def choose(machine, device, driver):
    """The interface that is to go to a driver."""
    found = find_interfaces(machine)
    if device:
        found = [each for each in found if device in (each.device, each.host)]
    if not found:
        raise Refused(f"{device} is no BMC interface of this machine" if device else
                      "this machine has no BMC interface that a driver could take")
    movable = [each for each in found if can_move(each) and each.driver != driver]
    if len(movable) > 1:
        raise Refused("this machine has several interfaces, name one: " +
                      ", ".join(f"{each.device} ({each.driver or 'no driver'})"
                                for each in movable))
    return (movable + [each for each in found if each.driver == driver] + found)[0]


def can_move(interface):
    """Whether an interface belongs to a driver that this program knows, or to none."""
    return interface.driver in (OURS, STOCK, None) and interface.found_by != "kcs_sim"


def check_kind(interface):
    """Refuse what the other driver cannot have."""
    if not can_move(interface):
        raise Refused(f"{interface.device} belongs to "
                      f"{interface.driver or 'kcs_sim'}, and stays there")
    if interface.kind not in ("kcs", None):
        raise Refused(f"{interface.device} is an interface of type {interface.kind}, "
                      f"and {OURS} drives kcs only")


# -- Who would be disturbed. ------------------------------------------------------

def openers(machine, start):
    """['comm (pid)'] of the programs that have open a device file that begins so."""
    found = []
    for pid in filter(str.isdigit, machine.names("/proc")):
        for number in machine.names(f"/proc/{pid}/fd"):
            try:
                file = os.readlink(machine.at(f"/proc/{pid}/fd/{number}"))
            except OSError:
                continue
            if file.startswith(start):
                found.append(f"{machine.read(f'/proc/{pid}/comm')} (pid {pid})")
                break
    return found


def check_programs(machine, interface):
    """Refuse while a program has the interface open: its requests would be lost."""
    if interface.ipmi and (found := openers(machine, f"/dev/{interface.ipmi}")):
        raise Refused(f"/dev/{interface.ipmi} is open in {', '.join(found)}; stop it first")


def check_watchdog(machine):
    """Refuse while the BMC may be about to reset the machine: nothing would feed it.

    The driver does not show whether its timer runs.
    """
    if machine.is_loaded("ipmi_watchdog"):
        holders = openers(machine, "/dev/watchdog")
        raise Refused("the IPMI watchdog is armed, or may be: " +
                      (f"/dev/watchdog is open in {', '.join(holders)}" if holders else
                       "ipmi_watchdog is loaded; stop what uses it, and unload it"))
    for name in machine.names("/sys/class/watchdog"):
        folder = f"/sys/class/watchdog/{name}"
        if "IPMI" in (machine.read(f"{folder}/identity") or "") and \
                machine.read(f"{folder}/state") == "active":
            raise Refused(f"the IPMI watchdog is armed: {name} is active")


def check_modules(machine, modules):
    """Refuse without the modules."""
    missing = [name for name in modules if not machine.has_module(name)]
    if missing:
        raise Refused(f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not "
                      f"installed for the running kernel, {machine.release()}")


# -- Steps. -----------------------------------------------------------------------

def move(machine, interface, driver):
    """The steps that give an interface to a driver."""
    if interface.driver == driver:
        is_reserved = machine.read(f"{interface.path}/driver_override") in (OURS, STOCK)
        return [Release(interface)] if is_reserved else []
    unbind = [Unbind(interface, interface.driver)] if interface.driver else []
    return [Reserve(interface, driver), *unbind, Bind(interface, driver), Release(interface)]


def persist(machine, is_wanted):
    """The steps that make the next boot do the same."""
    wanted = machine.read(PACKAGED_CONF) if is_wanted else None
    if is_wanted and wanted is None:
        raise Refused(f"{PACKAGED_CONF} is not there, which --persist would copy")
    return [] if machine.read(CONF) == wanted else [Persist(PACKAGED_CONF, CONF, is_wanted)]


def stop_regions(machine):
    """The steps before our handler of AML regions may go: what calls it goes first.

    A newer meter's module uses acpi_ipmi, which is to be loaded anew.
    """
    return [Unload(METER)] * machine.can_unload(METER) + \
        [AwaitQuiet()] * machine.can_unload("kcs_anchor")


def drop_regions(machine):
    """The steps that remove our handler of AML regions."""
    unpin = [Unpin()] if machine.read(PINNED) == "Y" else []
    return [Unload("kcs_opregion")] * machine.can_unload("kcs_opregion") + unpin + \
        [Unload("kcs_anchor")] * machine.can_unload("kcs_anchor")


def serve_regions(machine):
    """The steps that let acpi_ipmi serve AML regions, and meters read."""
    return [Reload("acpi_ipmi")] * machine.has_module("acpi_ipmi") + load_meter(machine)


def load_meter(machine):
    """The steps that let power meters read, also after a run that was killed."""
    has_meter = any(name.startswith("ACPI000D:") for name in machine.names("/sys/bus/acpi/devices"))
    return [LoadMeter(METER)] * (has_meter and machine.has_module(METER))


def give_regions_back(machine):
    """All steps that remove our handler, and let acpi_ipmi serve what it served."""
    if machine.read(PINNED) != "Y":
        return drop_regions(machine)
    return stop_regions(machine) + drop_regions(machine) + serve_regions(machine)


def take_steps(machine, interface, is_persistent):
    """The steps of `take`; none when all is done."""
    undo_first = {"kcs_opregion": give_regions_back}
    steps = persist(machine, True) if is_persistent else []
    steps += [Load(name, undo_first.get(name, lambda machine: ()))
              for name in MODULES if not machine.is_loaded(name)]
    steps += move(machine, interface, OURS)
    return steps if machine.is_loaded(METER) else steps + load_meter(machine)


def give_back_steps(machine, interface, is_persistent):
    """The steps of `give-back`; none when all is done.

    Only without another interface of ours do AML regions and modules go, too. kcs_host
    is the last one: while it is there, an earlier run may not have come to its end.
    """
    steps = persist(machine, False) if is_persistent else []
    moved = move(machine, interface, STOCK)
    others = [name for name in machine.names("/sys/class/kcs") if name != interface.host]
    if others or not machine.is_loaded(OURS):
        return steps + moved
    steps += stop_regions(machine) + moved + drop_regions(machine) + serve_regions(machine)
    for name in ("kcs_ipmi", OURS):
        users = set(machine.holders(name)) - {"kcs_ipmi", "kcs_opregion"}
        steps += [Unload(name)] * (machine.can_unload(name) and not users)
    return steps


# -- Commands. --------------------------------------------------------------------

def plan(machine, command, device, is_persistent, is_dry):
    """(the interface, the steps) of a command, or Refused."""
    if os.geteuid() and not is_dry:
        raise Refused(f"{command} needs root")
    driver = OURS if command == "take" else STOCK
    interface = choose(machine, device, driver)
    check_kind(interface)
    check_modules(machine, MODULES if command == "take" else [STOCK])
    make = take_steps if command == "take" else give_back_steps
    steps = make(machine, interface, is_persistent)
    if interface.driver not in (driver, None):
        check_programs(machine, interface)
        check_watchdog(machine)
    return interface, steps


def current(machine, interface):
    """An interface as it is now."""
    return next((each for each in find_interfaces(machine) if each.device == interface.device),
                interface)


def settle(machine, interface, check):
    """Wait until the driver knows the BMC, or that it does not answer."""
    for _ in range(SETTLE_S * 10):
        check()
        now = current(machine, interface)
        health = machine.read(f"/sys/class/kcs/{now.host}/health")
        if now.ipmi or health in ("dead", "absent") or \
                (health != "unknown" and not machine.is_loaded("ipmi_devintf")):
            return
        time.sleep(0.1)
