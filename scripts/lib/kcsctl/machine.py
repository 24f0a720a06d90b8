# SPDX-License-Identifier: GPL-2.0-only
"""What the kernel of a machine shows in files, and what it is told.

All paths are below a root, so that tests can give a made-up tree. A file that is not
there, or may not be read, is None: without root some are not readable.
"""
import dataclasses
import os
import pathlib
import re
import subprocess

OURS, STOCK = "kcs_host", "ipmi_si"
BUSES = ("platform", "pci")
SMBIOS = "dmi-ipmi-si"      # how the names of its devices begin
PCI_CLASS_KCS = "0x0c0701"


class Failed(Exception):
    """A step that did not work; the text is a sentence without a period."""


class Machine:
    """Files below a root, and programs."""

    def __init__(self, root="/"):
        self.root = pathlib.Path(root)

    def at(self, path):
        """Where a path of the machine is here."""
        return self.root / path.lstrip("/")

    def read(self, path):
        """The text of a file without the newline at its end."""
        try:
            return self.at(path).read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            return None

    def exists(self, path):
        """Whether there is such a file or folder."""
        return self.at(path).exists()

    def names(self, folder):
        """What is in a folder."""
        try:
            return sorted(os.listdir(self.at(folder)))
        except OSError:
            return []

    def link(self, path):
        """The last part of where a link leads."""
        try:
            return os.path.basename(os.readlink(self.at(path)))
        except OSError:
            return None

    def write(self, path, text):
        """Write to a file of the kernel; what it refuses is a failure."""
        try:
            with open(self.at(path), "w", encoding="ascii") as file:
                file.write(text + "\n")
        except OSError as why:
            raise Failed(f"{path}: {why.strerror}") from why

    def run(self, *command):
        """Run a program of the system; a terminal's signals do not reach it."""
        try:
            done = subprocess.run(command, text=True, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                  start_new_session=True, check=False)
        except OSError as why:
            raise Failed(f"{command[0]}: {why.strerror}") from why
        if done.returncode:
            said = " ".join(done.stdout.split()) or f"exit status {done.returncode}"
            raise Failed(f"{' '.join(command)}: {said}")

    # -- Modules. -----------------------------------------------------------------

    def is_loaded(self, module):
        """Whether the kernel has a module, loaded or built in."""
        return self.exists(f"/sys/module/{module}")

    def can_unload(self, module):
        """Whether a module is loaded, and not built in."""
        return self.exists(f"/sys/module/{module}/initstate")

    def holders(self, module):
        """The modules that use a module."""
        return self.names(f"/sys/module/{module}/holders")

    def release(self):
        """The release of the running kernel."""
        return self.read("/proc/sys/kernel/osrelease") or "unknown"

    def has_module(self, module):
        """Whether the running kernel has a module, loaded or not."""
        folder = f"/lib/modules/{self.release()}"
        lists = [self.read(f"{folder}/{name}") or "" for name in ("modules.dep", "modules.builtin")]
        return self.is_loaded(module) or any(
            re.search(rf"(^|/){module}\.ko[.\w]*(:|$)", text, re.M) for text in lists)


@dataclasses.dataclass(frozen=True)
class Interface:
    """A BMC interface: a device, which driver has it, and what that makes of it."""
    device: str
    path: str           # in /sys
    driver: str | None
    host: str | None    # kcsN, of ours
    ipmi: str | None    # ipmiN
    kind: str | None    # kcs, bt, smic: as ipmi_si says
    is_acpi: bool

    @property
    def is_in_service(self):
        """Whether its driver serves it, and does not only have the device."""
        return bool(self.host or self.ipmi or self.kind)

    @property
    def found_by(self):
        """Which table names it."""
        if self.is_acpi:
            return "ACPI"
        for start, table in ((SMBIOS, "SMBIOS"), ("kcs_sim", "kcs_sim")):
            if self.device.startswith(start):
                return table
        return "PCI" if "/pci/" in self.path else "a parameter" \
            if self.driver in (OURS, STOCK) else "another driver"


def class_of(machine, name):
    """{device: class device} of a class whose devices have one parent each."""
    folder = f"/sys/class/{name}"
    return {machine.link(f"{folder}/{entry}/device"): entry for entry in machine.names(folder)}


def is_candidate(machine, path, device):
    """Whether a device is a BMC interface by what a table says."""
    modalias = machine.read(f"{path}/modalias") or ""
    return ":IPI0001:" in modalias or device.startswith(SMBIOS) \
        or machine.read(f"{path}/class") == PCI_CLASS_KCS


def devices(machine):
    """{device: its path} of all that is an interface, or that a driver has as one."""
    found = {}
    for bus in BUSES:
        for device in machine.names(f"/sys/bus/{bus}/devices"):
            path = f"/sys/bus/{bus}/devices/{device}"
            if machine.link(f"{path}/driver") in (OURS, STOCK) or \
                    is_candidate(machine, path, device):
                found[device] = path
    for name in ("kcs", "ipmi"):
        for device, entry in class_of(machine, name).items():
            found.setdefault(device, f"/sys/class/{name}/{entry}/device")
    return found


def find_interfaces(machine):
    """The interfaces of a machine, those of ACPI first.

    A server names its interface in ACPI and in SMBIOS. The device of the one that is
    not used may have a driver all the same, and shows no address: it is left out.
    """
    hosts, ipmis = class_of(machine, "kcs"), class_of(machine, "ipmi")
    found = [Interface(device, path, machine.link(f"{path}/driver"), hosts.get(device),
                       ipmis.get(device), machine.read(f"{path}/type"),
                       (machine.read(f"{path}/modalias") or "").startswith("acpi:"))
             for device, path in devices(machine).items()]
    is_named_better = any(each.is_acpi or each.is_in_service for each in found)
    return sorted((each for each in found if each.is_in_service or each.is_acpi or
                   not is_named_better),
                  key=lambda each: (not each.is_acpi, each.device))
