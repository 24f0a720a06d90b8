# SPDX-License-Identifier: GPL-2.0-only
"""What the checks of `kcsctl doctor` read, and what could not be read.

Nothing here or in the checks writes, or sends a request to a BMC: health and drivers
are what the kernel knows already.
"""
import dataclasses
import functools
import re
import time

from .machine import (DISCOVERY, LOCKED_LIMIT_S, MOK, OURS, SMBIOS, STOCK, Failed,
                      devices, find_interfaces)
from .status import meters_of
from .steps import MODULES
from .take import idle_parameters

FAULT, NOTE = "fault", "note"

MODPROBE_FOLDERS = ("/etc/modprobe.d", "/run/modprobe.d", "/usr/local/lib/modprobe.d",
                    "/usr/lib/modprobe.d", "/lib/modprobe.d")
HEALTH_LINE = r"BMC (?:ready|degraded|restricted|in maintenance|absent|dead)\b"
SMBIOS_RESOURCE = "IPMI Address"
LOCKDOWN = "/sys/kernel/security/lockdown"
SIG_ENFORCE = "/sys/module/module/parameters/sig_enforce"
SECURE_BOOT = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"


@dataclasses.dataclass(frozen=True)
class Finding:
    """What is wrong, why it hurts, the commands that mend it, and what they need besides."""
    severity: str
    what: str
    why: str
    mend: tuple
    besides: str = ""


class Evidence:
    """A machine, its KCS interfaces, and what a check could not read.

    @unchecked is what may hide a fault, @remarks what is not there to check with.
    """

    def __init__(self, machine):
        self.machine = machine
        self.others = []    # interfaces that are not for kcs_host
        self.interfaces = []
        for each in find_interfaces(machine):
            is_kcs = each.kind in ("kcs", None) and each.is_hardware and \
                each.found_by != "another driver"
            (self.interfaces if is_kcs else self.others).append(each)
        self.ours = [each for each in self.interfaces if each.host]
        self.unchecked, self.remarks = [], []

    def miss(self, what):
        """Note what could not be checked, once."""
        if what not in self.unchecked:
            self.unchecked.append(what)

    def read(self, path, what):
        """The text of a file; @what is not checked where it may not be read."""
        if self.machine.is_hidden(path):
            self.miss(f"{what} ({path} may not be read)")
        return self.machine.read(path)

    def read_locked(self, path, what):
        """The text of a file that waits for the lock of a device, which a stuck driver keeps."""
        text, why = None, f"{path} may not be read"
        try:
            text = self.machine.read(path, LOCKED_LIMIT_S)
        except Failed as failure:
            why = failure
        if text is None:
            self.miss(f"{what} ({why})")
        return text

    def health(self, interface):
        """The word for the BMC behind an interface of ours."""
        return self.machine.read(f"/sys/class/kcs/{interface.host}/health")

    @property
    def is_answered(self):
        """Whether a BMC answers an interface of ours."""
        return any(self.health(each) in ("ready", "degraded", "restricted") for each in self.ours)

    # -- What stands in the way of all else. ---------------------------------------

    @functools.cached_property
    def overrides(self):
        """{interface: its driver_override}; None where a driver has its lock."""
        return {each: self.read_locked(f"{each.path}/driver_override",
                                       f"which drivers may have {each.device}")
                for each in self.interfaces}

    @functools.cached_property
    def meters(self):
        """{power meter: its driver}."""
        return meters_of(self.machine)

    @functools.cached_property
    def missing(self):
        """Our modules that are not installed for the running kernel."""
        return [name for name in MODULES if not self.machine.has_module(name)]

    @functools.cached_property
    def idle_parameters(self):
        """The devices without a driver that parameters name."""
        return idle_parameters(self.machine)

    @property
    def is_blocked(self):
        """Whether `kcsctl take` cannot work, for a reason that has a check of its own."""
        return bool(self.missing or self.signature_fault or self.idle_parameters)

    # -- Signatures. ---------------------------------------------------------------

    def enforcer(self):
        """What makes the kernel refuse modules without a known signature, or None."""
        if self.machine.read(SIG_ENFORCE) == "Y":
            return "module.sig_enforce is set"
        lockdown = self.read(LOCKDOWN, "lockdown") or ""
        if "[integrity]" in lockdown or "[confidentiality]" in lockdown:
            return "the kernel is locked down"
        if lockdown:
            return None
        state = self.machine.read_bytes(SECURE_BOOT) or b""
        if not state and self.machine.is_hidden(SECURE_BOOT):
            self.miss(f"Secure Boot ({SECURE_BOOT} may not be read)")
        return "Secure Boot is on" if state[-1:] == b"\1" else None

    @functools.cached_property
    def signature_fault(self):
        """(what enforces signatures, "unsigned", "pending" or "unknown key"), or None.

        Modules that are loaded were accepted.
        """
        if self.missing or self.machine.is_loaded(OURS) or not (enforcer := self.enforcer()):
            return None
        try:
            if not self.machine.ask("modinfo", "-F", "signer", OURS):
                return enforcer, "unsigned"
            said = self.machine.ask("mokutil", "--test-key", str(self.machine.at(MOK)))
        except Failed as why:
            self.miss(f"the signature of {OURS}, although {enforcer} ({why})")
            return None
        for words, fault in (("is not enrolled", "unknown key"),
                             ("in the enrollment request", "pending")):
            if words in said:
                return enforcer, fault
        if "is already" not in said:
            self.miss(f"the signature of {OURS}, although {enforcer} (mokutil does not know {MOK})")
        return None

    # -- Registers. ----------------------------------------------------------------

    def claims(self, kind):
        """[(first, last, name)] of ports or memory; none where they are hidden.

        The kernel calls what SMBIOS names by the number of the register.
        """
        text = self.machine.read(f"/proc/io{kind}") or ""
        text = re.sub(rf"{SMBIOS_RESOURCE} \d$", SMBIOS_RESOURCE, text, flags=re.M)
        found = [(int(first, 16), int(last, 16), name) for first, last, name in
                 re.findall(r"^ *([0-9a-f]+)-([0-9a-f]+) : (.*)$", text, re.M)]
        if found and not any(last for _, last, _ in found):
            self.miss(f"who claims registers (/proc/io{kind} hides addresses)")
            return []
        return found

    def claimer(self, interface):
        """(what else has claimed the registers of an interface, where), or None.

        What the kernel's driver "system" names ("pnp 00:05") keeps no driver out.
        """
        known = (OURS, STOCK, SMBIOS_RESOURCE, *devices(self.machine))
        own = (interface.device, SMBIOS_RESOURCE * interface.device.startswith(SMBIOS))
        for kind in ("ports", "mem"):
            claims = self.claims(kind)
            for start, end in [claim[:2] for claim in claims if claim[2] in own]:
                for first, last, name in claims:
                    if start <= first and last <= end and name not in known and \
                            not re.match(r"pnp \d\d:", name):
                        return name, f"0x{first:x}-0x{last:x}"
        return None

    @functools.cached_property
    def table(self):
        """Which interfaces tables name, and with which interrupt."""
        return self.read_locked(DISCOVERY, "which interrupt firmware names") or ""

    def firmware_irq(self, interface):
        """The interrupt that a table names for an interface, or None."""
        for line in self.table.splitlines():
            words = line.split(None, 7)
            if len(words) > 6 and words[1] == interface.device and words[6].isdigit():
                return int(words[6])
        return None

    # -- modprobe. -----------------------------------------------------------------

    def modprobe_lines(self, pattern):
        """{file: [number]} of the lines of modprobe's configuration that match.

        A file takes the place of those of its name in later folders.
        """
        found, seen = {}, set()
        for folder in MODPROBE_FOLDERS:
            self.read(folder, "what modprobe is told")
            for name in self.machine.names(folder):
                if not name.endswith(".conf") or name in seen:
                    continue
                seen.add(name)
                path = f"{folder}/{name}"
                self.read(path, "what modprobe is told")
                lines = (self.machine.read_bytes(path) or b"").decode(errors="replace")
                numbers = [number for number, line in enumerate(lines.split("\n"), 1)
                           if re.match(pattern, line)]
                if numbers:
                    found[path] = numbers
        return found

    # -- The log. ------------------------------------------------------------------

    @functools.cached_property
    def log(self):
        """The kernel's log, or None."""
        return self.machine.read_log()

    def logged(self, interface, pattern):
        """(seconds since it was logged, text) of the last line of ours that matches, or None.

        The kernel keeps neither since when a BMC is as it is, nor why, anywhere else.
        """
        uptime = self.machine.read("/proc/uptime")
        if self.log is None or uptime is None:
            self.miss("since when and why (the kernel's log may not be read)")
            return None
        lines = re.findall(rf"^\d+,\d+,(\d+),[^;\n]*;{OURS} {re.escape(interface.device)}: "
                           rf"((?:{pattern}).*)$", self.log, re.M)
        if not lines:
            return None
        return max(float(uptime.split()[0]) - int(lines[-1][0]) / 1000000, 0), lines[-1][1]

    def health_since(self, interface, health):
        """(seconds since the BMC is so, what was logged then), or None."""
        logged = self.logged(interface, HEALTH_LINE)
        words = "in maintenance" if health == "maintenance" else health
        return logged if logged and re.match(f"BMC {words}[:,]", logged[1]) else None


def since(age_s):
    """Since when, of something that happened seconds ago."""
    at = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(time.time() - age_s))
    return f"since {at} ({age_s:.0f} s)"
