# SPDX-License-Identifier: GPL-2.0-only
"""What `kcsctl doctor` checks of the machine as it runs: one function for each check.

Each yields findings. What another check names as the cause is left to that check.
"""
import dataclasses
import json
import pathlib
import re
from shlex import quote

from .evidence import FAULT, NOTE, Finding, since
from .machine import DISCOVERY, OURS, STOCK, Failed, NotInstalled
from .status import CONF, PACKAGED_CONF, is_switched, regions_served_by, waiting_of
from .steps import bus_of
from .take import HOTMOD, Refused, check_users, plan, removal

LINT = pathlib.Path(__file__).resolve().parents[2] / "aml-lint"
LINT_LIMIT_S = 60
FILES_OF_INIT = "/proc/1/fd"     # root may read them
UDEV_RULE, ADMIN_RULES = "60-kcs-dkms.rules", "/etc/udev/rules.d"
POLICY = "/sys/module/kcs_opregion/parameters/policy"
MAP = "/sys/module/kcs_opregion/parameters/map"

CMDLINE = "/proc/cmdline"
PARAMETER_ARGUMENT = r"(?<!\S)kcs[-_]host\.(?:ports|addrs|hotmod)=\S*"
PARAMETER_PATTERN = r"\s*options\s+kcs[-_]host\s.*\b(ports|addrs|hotmod)="

NOT_SERVED = "Programs have no /dev/ipmi0, and power meters do not read"


# -- Which driver. ----------------------------------------------------------------

def is_reserved(evidence, interface):
    """Whether an override of a run that did not end keeps drivers from an interface."""
    name = evidence.overrides[interface]
    return name in (OURS, STOCK) and name != interface.driver


def take_command(machine, interface):
    """The command that gives an interface to kcs_host, at the next boot too if it can."""
    can_persist = machine.exists(PACKAGED_CONF) and not machine.exists(CONF)
    return f"kcsctl take {interface.device}" + " --persist" * can_persist


def refusal(machine, command, device=None):
    """Why `kcsctl take` or `give-back` would refuse as yet, or an empty text."""
    try:
        plan(machine, command, device, False, is_dry=True)
    except Refused as why:
        return f"kcsctl {command} refuses as yet: {why}"
    return ""


def unless_used(evidence, interface, commands, besides):
    """(commands that take an interface from what drives it, besides): none while it is used.

    A BMC whose watchdog is armed and not fed resets the machine.
    """
    if evidence.machine.is_hidden(FILES_OF_INIT):
        evidence.miss(f"which programs use an interface ({FILES_OF_INIT} may not be read)")
        return (), "as root, doctor says whether it is in use"
    try:
        check_users(evidence.machine, interface)
    except Refused as why:
        return (), str(why)
    return commands, besides


def stock_words(machine, interface):
    """That ipmi_si has an interface, and, where a file says otherwise, that."""
    words = f"{interface.device} belongs to {STOCK}"
    if not interface.is_in_service:
        words += ", which does not serve it"
    return words + f", though {CONF} gives it to {OURS} at boot" * is_switched(machine)


def check_driver(evidence):
    """Find interfaces that another driver has, or none."""
    machine = evidence.machine
    for each in evidence.interfaces:
        if each.driver == OURS or evidence.is_blocked or is_reserved(evidence, each) or \
                (not each.driver and evidence.claimer(each)):
            continue
        take = take_command(machine, each)
        if evidence.overrides[each] is None:
            yield Finding(FAULT, f"a driver keeps {each.device} locked", NOT_SERVED, (),
                          "if doctor says so again in a minute, the driver is stuck in the "
                          "kernel, and only a reboot ends that")
        elif each.driver == STOCK:
            yield Finding(FAULT, stock_words(machine, each),
                          "A BMC that stops answering holds up programs and firmware that ask it",
                          (take,), refusal(machine, "take", each.device))
        elif each.driver:
            unbind = quote(f"/sys/bus/{bus_of(each)}/drivers/{each.driver}/unbind")
            yield Finding(FAULT, f"{each.device} belongs to {each.driver}, no driver of IPMI",
                          NOT_SERVED, *unless_used(
                              evidence, each, (f"echo {each.device} >{unbind}", take), ""))
        else:
            yield Finding(FAULT, f"{each.device} has no driver", NOT_SERVED, (take,),
                          refusal(machine, "take", each.device))


def check_override(evidence):
    """Find what a run that was killed, or a hand, left in driver_override."""
    for each in evidence.interfaces:
        if evidence.is_blocked or not is_reserved(evidence, each):
            continue
        name = evidence.overrides[each]
        is_there = evidence.machine.is_loaded(name)
        yield Finding(FAULT, f"driver_override of {each.device} names {name}" +
                      ("" if is_there else ", which is not loaded"),
                      "No other driver can have the interface, so it may be without one",
                      (take_command(evidence.machine, each),))


def check_ports(evidence):
    """Find what else has claimed the registers of an interface."""
    machine = evidence.machine
    for each in evidence.interfaces:
        if each.driver or not (claim := evidence.claimer(each)):
            continue
        name, where = claim
        module = name.replace("-", "_")
        take = take_command(machine, each)
        advice = unless_used(evidence, each, (f"rmmod {module}", take), "") \
            if machine.can_unload(module) else \
            ((take,), f"no module is called {name}: stop what claims them")
        yield Finding(FAULT, f"{name} has claimed registers of {each.device}, {where}",
                      f"No driver of IPMI can have the interface. {NOT_SERVED}", *advice)


def check_parameter(evidence):
    """Find an interface that a parameter names and that kcs_host could not have."""
    for device in evidence.idle_parameters:
        command = removal(evidence.machine, device)
        besides = [] if command else [f"its address is in {DISCOVERY}: "
                                      f"echo remove,kcs,i/o,ADDRESS >{HOTMOD}"]
        besides += [f"{path}, line {number}, would name it again" for path, numbers in
                    evidence.modprobe_lines(PARAMETER_PATTERN).items() for number in numbers]
        if words := re.findall(PARAMETER_ARGUMENT, evidence.read(CMDLINE, "who names it") or ""):
            besides.append(f"the kernel's command line, {' '.join(words)}, would name it again: "
                           f"remove it from GRUB_CMDLINE_LINUX in /etc/default/grub, and run "
                           "update-grub")
        yield Finding(FAULT, f"{device}, which a parameter of {OURS} names, has no driver",
                      f"{OURS} cannot take the interface that tables name meanwhile",
                      (command,) if command else (), "; ".join(besides))


# -- What is served. --------------------------------------------------------------

def check_regions(evidence):
    """Find AML regions that do not reach the interface of ours."""
    served_by = regions_served_by(evidence.machine)
    if not evidence.ours or served_by == "kcs_opregion":
        return
    reload = ("rmmod kcs_opregion",) * evidence.machine.is_loaded("kcs_opregion")
    yield Finding(FAULT, f"AML regions are served by {served_by}, and the interface is {OURS}'s"
                  if served_by else "AML regions are not served",
                  "Firmware's calls of the BMC fail, and power meters do not read",
                  (*reload, "modprobe kcs_opregion"))


def check_device_file(evidence):
    """Find that programs have no /dev/ipmi0, although the BMC answers."""
    machine = evidence.machine
    if not evidence.is_answered:
        return
    for module in ("kcs_ipmi", "ipmi_devintf"):
        if not machine.is_loaded(module):
            yield Finding(FAULT, f"there is no /dev/ipmi0: {module} is not loaded",
                          "ipmitool and other programs find no BMC", (f"modprobe {module}",))
            return


def wanted_mode(machine):
    """(group, mode) that the udev rule gives /dev/ipmiN, or None.

    The administrator may have masked it by an empty file, or may have another.
    """
    if any(name.endswith(".rules") and name != UDEV_RULE and
           "ipmi" in (machine.read(f"{ADMIN_RULES}/{name}") or "")
           for name in machine.names(ADMIN_RULES)):
        return None
    rule = machine.read(f"{ADMIN_RULES}/{UDEV_RULE}")
    if rule is None:
        rule = machine.read(f"/usr/lib/udev/rules.d/{UDEV_RULE}") or ""
    found = re.search(r'GROUP="([\w-]+)", MODE="(\d+)"', rule)
    return found and (found[1], int(found[2], 8))


def check_mode(evidence):
    """Find a /dev/ipmiN with another group or mode than the udev rule gives it."""
    machine = evidence.machine
    if not (wanted := wanted_mode(machine)):
        return
    group, mode = wanted
    commands = ("udevadm control --reload", "udevadm trigger --settle --subsystem-match=ipmi")
    if not machine.has_group(group):
        yield Finding(FAULT, f"there is no group {group}, which {UDEV_RULE} names",
                      "Only root can open /dev/ipmi0",
                      (f"groupadd --system {group}", *commands))
        return
    for name in machine.names("/dev"):
        found = machine.owner(f"/dev/{name}") if re.fullmatch(r"ipmi\d+", name) else None
        if found and found != wanted:
            yield Finding(FAULT, f"/dev/{name} has group {found[0]} and mode {found[1]:04o}, not "
                          f"{group} and {mode:04o}",
                          "Who may open it can switch the machine off; others cannot", commands)


def meter_folder(machine):
    """Where the driver of power meters is; newer kernels have it for platform devices."""
    newer = "/sys/bus/platform/drivers/acpi-power-meter"
    return newer if machine.exists(newer) else "/sys/bus/acpi/drivers/power_meter"


# -- The BMC. ---------------------------------------------------------------------

def bmc_finding(health, what):
    """What a health means, and what to try, in words: it may be being updated meanwhile."""
    if health == "degraded":
        return Finding(NOTE, what, "It failed a request in the last minute, and answers", ())
    tries = "unless it is being updated, reset it over the network: ipmitool -I lanplus " \
        "-H ADDRESS -U USER -a mc reset cold; if that does not help, take the machine off the " \
        "mains for half a minute"
    if health == "absent":
        tries += ", and see whether its firmware's setup has the BMC switched off"
    return Finding(FAULT, what, "Its requests fail at once, and it is searched for in the "
                   "background", (), tries)


def check_bmc(evidence):
    """Find BMCs that are silent, or that failed a moment ago."""
    for each in evidence.ours:
        health = evidence.health(each)
        if health not in ("dead", "absent", "degraded"):
            continue
        logged = evidence.health_since(each, health)
        when = f" {since(logged[0])}: {logged[1]}" if logged else ""
        found = bmc_finding(health, f"the BMC of {each.device} is {health}{when}")
        if found.severity == FAULT and evidence.machine.is_loaded("ipmi_watchdog"):
            found = dataclasses.replace(found, besides=f"{found.besides}; ipmi_watchdog is loaded: "
                                        "a BMC that it cannot reach may reset the machine")
        yield found


def check_interrupt(evidence):
    """Find an interface that polls, although firmware names an interrupt."""
    for each in evidence.ours:
        waiting = waiting_of(evidence.machine, each)
        if not waiting:
            evidence.miss("how interfaces wait (/proc/interrupts may not be read)")
        if evidence.health(each) != "ready" or waiting != "polling" or \
                not (number := evidence.firmware_irq(each)):
            continue
        logged = evidence.logged(each, f"IRQ {number}: |interrupt: ")
        folder = f"/sys/bus/{bus_of(each)}/drivers/{OURS}"
        yield Finding(NOTE, f"{each.device} polls, though {DISCOVERY} has interrupt {number}" +
                      (f"; {since(logged[0])}: {logged[1]}" if logged else ""),
                      "Each request costs more CPU time; nothing else is wrong",
                      *unless_used(evidence, each, (f"echo {each.device} >{folder}/unbind",
                                                    f"echo {each.device} >{folder}/bind"),
                                   "the interrupt is tested again then"))


# -- Firmware. --------------------------------------------------------------------

def check_map(evidence):
    """Find several BMCs, and no word of which regions belong to which."""
    if len(evidence.ours) > 1 and not evidence.machine.read(MAP):
        names = ", ".join(each.device for each in evidence.ours)
        yield Finding(NOTE, f"several interfaces ({names}), and kcs_opregion has no map=",
                      "A region that has no IPI0001 above it goes to the interface found first",
                      ("cat /sys/kernel/debug/kcs_opregion/firmware",),
                      "a line `options kcs_opregion map=DEVICE=INTERFACE,...` in /etc/modprobe.d "
                      "says where these regions belong: see kcs_opregion(4)")


def check_calls(evidence):
    """Find calls of AML that could not be served, as kcs_opregion has counted them."""
    for name, words in (("malformed", "are no request, or none that can be sent"),
                        ("oversized", "got a reply that does not fit into AML's buffer")):
        count = evidence.machine.read(f"/sys/module/kcs_opregion/calls/{name}") or "0"
        if count != "0":
            yield Finding(NOTE, f"firmware: {count} of its calls of the BMC {words}",
                          "What firmware wants of the BMC there fails", (),
                          f"{LINT.name} of the sources says which; an update of the firmware "
                          "may mend it")


def check_firmware(evidence):
    """Find what firmware asks of the BMC and cannot get, as aml-lint says."""
    policy = evidence.machine.read(POLICY) or "all"
    try:
        data = json.loads(evidence.machine.ask(str(LINT), "--json", f"--policy={policy}",
                                               limit_s=LINT_LIMIT_S))
        unread, regions = [each["table"] for each in data["unread"]], data["regions"]
    except NotInstalled:
        evidence.remarks.append(f"firmware's tables are not checked: {LINT.name}, which does it, "
                                "comes with the sources only")
        yield from check_calls(evidence)
        return
    except (Failed, ValueError, KeyError, TypeError):
        evidence.miss(f"firmware's tables ({LINT.name} gives no result)")
        return
    if unread:
        evidence.miss(f"firmware's tables ({LINT.name} could not read {', '.join(unread)})")
    said = {}
    for region in regions:
        for it in (region, *region["fields"]):
            for finding in it["findings"]:
                if not finding["note"]:
                    said.setdefault((finding["code"], finding["text"]), []).append(it["path"])
    for (code, text), paths in sorted(said.items()):
        yield Finding(NOTE, f"firmware: {', '.join(paths)}: {code}", text,
                      (f"{quote(str(LINT))} --policy={quote(policy)}",), "an update of the firmware may mend it")
