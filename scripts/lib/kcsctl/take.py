# SPDX-License-Identifier: GPL-2.0-only
"""Which steps `take` and `give-back` are made of, and when they refuse."""
import os
import re
import time

from .machine import (DISCOVERY, LOCKED_LIMIT_S, OURS, PARAMETER, STOCK, VIA, Failed, Halt,
                      find_interfaces, other_hosts)
from .status import CONF, PACKAGED_CONF, is_switched, meters_of
from .steps import (MODULES, PINNED, UNLOAD_ORDER, AwaitQuiet, Bind, Load, LoadMeter, Persist,
                    Release, Reload, Renew, Reserve, Step, Unbind, Unload, Unpin, undo)

METER = "acpi_power_meter"
HOTMOD = f"/sys/module/{OURS}/parameters/hotmod"
SETTLE_S = 10


class Refused(Failed):
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
    return interface.driver in (OURS, STOCK, None) and interface.is_hardware


def check_kind(machine, interface, driver):
    """Refuse what a driver cannot have."""
    if not can_move(interface):
        raise Refused(f"{interface.device} belongs to "
                      f"{interface.driver or interface.found_by}, and stays there")
    if interface.kind not in ("kcs", None):
        raise Refused(f"{interface.device} is an interface of type {interface.kind}, "
                      f"and {OURS} drives kcs only")
    if driver == STOCK and interface.device.startswith(PARAMETER):
        raise Refused(f"{interface.device} is there by a parameter of {OURS}, so {STOCK} cannot "
                      "have it: stop what uses it, and remove it by "
                      f"{removal_words(machine, interface.device)}")


# -- Interfaces that a parameter names. -------------------------------------------

def removal(machine, device):
    """The command that removes what a parameter names; None where its address is not known."""
    try:
        table = machine.read(DISCOVERY, LOCKED_LIMIT_S) or ""
    except Failed:
        return None
    found = re.search(rf"^\S+ +{re.escape(device)} +(ports|memory) +(0x[0-9a-f]+) ", table, re.M)
    return found and f"echo remove,kcs,{'i/o' if found[1] == 'ports' else 'mem'},{found[2]} >{HOTMOD}"


def removal_words(machine, device):
    """The same, or where the address is."""
    return removal(machine, device) or f"{HOTMOD}, see kcs_host(4); its address is in {DISCOVERY}"


def idle_parameters(machine):
    """The devices without a driver that parameters name.

    kcs_host takes one before that which ACPI names by the same address, and found its
    registers claimed, as by ipmi_si.
    """
    return [device for device in machine.names("/sys/bus/platform/devices")
            if device.startswith(PARAMETER) and
            not machine.link(f"/sys/bus/platform/devices/{device}/driver")]


def check_parameters(machine):
    """Refuse while an interface that a parameter names has no driver."""
    for device in idle_parameters(machine):
        raise Refused(f"{device}, which a parameter of {OURS} names, has no driver, maybe as "
                      f"{STOCK} has its registers: remove it by {removal_words(machine, device)}")


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


def check_users(machine, interface):
    """Refuse while an interface is in use."""
    check_programs(machine, interface)
    check_watchdog(machine)


def check_modules(machine, modules):
    """Refuse without the modules."""
    missing = [name for name in modules if not machine.has_module(name)]
    if missing:
        raise Refused(f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not "
                      f"installed for the running kernel, {machine.release()}")


# -- Steps. -----------------------------------------------------------------------

class Check(Step):
    """Check again what a command checked before its first step."""

    def __init__(self, command, *checks):
        self.command, self.checks = command, checks

    def do(self, machine):
        for check in self.checks:
            check(machine)


class Regions(Step):
    """Of AML regions nothing: kcs_opregion takes them when it has an interface.

    Before the last interface of ours goes, an undo has to remove its handler: AML would
    get failures from then on, and acpi_ipmi no region.
    """

    command = "# kcs_opregion serves AML regions from here on"

    def __init__(self):
        self.after = []

    def do(self, machine):
        pass

    def keep(self, machine):
        """Leave our handler, which another interface serves."""

    def give_up(self, machine):
        """Remove our handler, or raise Halt: then the interface has to stay."""
        if machine.read(PINNED) != "Y":
            return
        done = []
        self.after = [step for step in serve_regions(machine)
                      if step.is_needed or machine.is_loaded(METER)]
        try:
            check_acpi_ipmi(machine)
            for step in stop_regions(machine) + drop_regions(machine):
                done.append(step)
                step.do(machine)
        except Failed as why:
            told = [str(why)]
            undo(machine, done, told.append)
            raise Halt(f"the interface stays with {OURS}: {'; '.join(told)}") from why

    def undo(self, machine):
        for step in self.after:
            step.do(machine)


def check_acpi_ipmi(machine):
    """Refuse where acpi_ipmi cannot be loaded anew, and would serve no region."""
    if machine.read(PINNED) == "Y" and machine.is_built_in("acpi_ipmi"):
        raise Refused("acpi_ipmi is built into this kernel, so AML regions cannot be given back "
                      f"while the machine runs; remove {CONF}, if it is there, and reboot")


def override_of(machine, interface):
    """The driver_override of an interface; refuse while a driver keeps its lock."""
    try:
        return machine.read(f"{interface.path}/driver_override", LOCKED_LIMIT_S)
    except Failed as why:
        raise Refused(f"a driver keeps {interface.device} locked: {why}") from why


def move(machine, interface, driver, before_undo=lambda machine: None):
    """The steps that give an interface to a driver."""
    override = override_of(machine, interface)
    if interface.driver == driver:
        is_reserved = override in (OURS, STOCK)
        return [Release(interface)] if is_reserved else []
    unbind = [Check("fuser -v /dev/ipmi* /dev/watchdog*    # no program may have them open",
                    lambda machine: check_users(machine, interface)),
              Unbind(interface, interface.driver)] if interface.driver else []
    return [Renew()] * (driver == STOCK) + \
        [Reserve(interface, driver), *unbind, Bind(interface, driver, before_undo),
         Release(interface)]


def persist(machine, is_wanted):
    """The steps that make the next boot do the same."""
    packaged, present = machine.read_bytes(PACKAGED_CONF), machine.read_bytes(CONF)
    if is_switched(machine) if is_wanted else present is None:
        return []
    if is_wanted and packaged is None:
        raise Refused(f"{PACKAGED_CONF} is not there, which --persist would copy")
    if present not in (packaged, None):
        raise Refused(f"{CONF} is no copy of {PACKAGED_CONF}, and is left as it is: edit it, or remove it")
    return [Persist(PACKAGED_CONF, CONF, is_wanted)]


def stop_regions(machine):
    """The steps before our handler of AML regions may go: what calls it goes first.

    A newer meter's module uses acpi_ipmi, which is to be loaded anew.
    """
    return [Unload(METER)] * machine.can_unload(METER) + \
        [AwaitQuiet()] * machine.can_unload("kcs_anchor")


def drop_regions(machine):
    """The steps that remove our handler of AML regions.

    kcs_opregion counts the calls, so it goes after the second in which there was none.
    """
    unpin = [Unpin()] if machine.read(PINNED) == "Y" else []
    return [AwaitQuiet(), Unload("kcs_opregion")] * machine.can_unload("kcs_opregion") + unpin + \
        [Unload("kcs_anchor")] * machine.can_unload("kcs_anchor")


def serve_regions(machine):
    """The steps that let acpi_ipmi serve AML regions, and meters read."""
    return [Reload("acpi_ipmi")] * machine.has_module("acpi_ipmi") + load_meter(machine)


def load_meter(machine):
    """The steps that let power meters read, also after a run that was killed."""
    return [LoadMeter(METER)] * (bool(meters_of(machine)) and machine.has_module(METER))


def take_steps(machine, interface, is_persistent):
    """The steps of `take`; none when all is done."""
    steps = persist(machine, True) if is_persistent else []
    regions = Regions()
    are_loaded = all(map(machine.is_loaded, MODULES))
    moved = move(machine, interface, OURS, regions.keep if other_hosts(machine, interface)
                 else regions.give_up)
    if moved:
        check_parameters(machine)
    if moved or not are_loaded:
        steps.append(regions)
    if not are_loaded:
        steps += [Load(regions.give_up),
                  Check(f"ls /sys/bus/platform/devices    # no {PARAMETER}.N without a driver",
                        check_parameters)]
    steps += moved
    return steps if machine.is_loaded(METER) else steps + load_meter(machine)


def give_back_steps(machine, interface, is_persistent):
    """The steps of `give-back`; none when all is done.

    Only without another interface of ours do AML regions and modules go, too: one that
    kcs_via_ipmi has over SSIF or BT is not to lose what serves its regions. kcs_host
    is the last one: while it is there, an earlier run may not have come to its end.
    """
    steps = persist(machine, False) if is_persistent else []
    moved = move(machine, interface, STOCK)
    left = [name for name in UNLOAD_ORDER
            if machine.can_unload(name) and not set(machine.holders(name)) - set(UNLOAD_ORDER)]
    if other_hosts(machine, interface) or not left:
        return steps + moved
    check_acpi_ipmi(machine)
    steps += stop_regions(machine) + moved + drop_regions(machine) + serve_regions(machine)
    return steps + [Unload(name) for name in left if name in (VIA, "kcs_ipmi", OURS)]


def lasting(machine, command, interface):
    """What a command leaves as a user might not expect it: sentences without a period."""
    others = other_hosts(machine, interface)
    if command == "give-back" and interface.is_acpi and interface.driver == OURS and others \
            and machine.read(PINNED) == "Y" and not machine.is_loaded(VIA):
        yield (f"AML regions below {interface.device} are not served until {', '.join(others)} "
               "is given back, too")
    if command == "give-back" and interface.driver == OURS and machine.is_loaded(VIA) and others:
        yield f"AML regions stay with kcs_opregion, as {VIA} serves {', '.join(others)}"


# -- Commands. --------------------------------------------------------------------

def plan(machine, command, device, is_persistent, is_dry):
    """(the interface, the steps) of a command, or Refused."""
    if os.geteuid() and not is_dry:
        raise Refused(f"{command} needs root")
    driver = OURS if command == "take" else STOCK
    interface = choose(machine, device, driver)
    check_kind(machine, interface, driver)
    check_modules(machine, MODULES if command == "take" else [STOCK])
    make = take_steps if command == "take" else give_back_steps
    steps = make(machine, interface, is_persistent)
    if interface.driver not in (driver, None):
        check_users(machine, interface)
    return interface, steps


def current(machine, interface):
    """An interface as it is now."""
    return next((each for each in find_interfaces(machine) if each.device == interface.device),
                interface)


def settle(machine, interface, stop):
    """Wait until the driver knows the BMC, or that it does not answer."""
    for _ in range(SETTLE_S * 10):
        stop.check()
        now = current(machine, interface)
        health = machine.read(f"/sys/class/kcs/{now.host}/health")
        if now.ipmi or health in ("dead", "absent") or \
                (health != "unknown" and not machine.is_loaded("ipmi_devintf")):
            return
        time.sleep(0.1)
