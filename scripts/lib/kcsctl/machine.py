# SPDX-License-Identifier: GPL-2.0-only
"""What the kernel of a machine shows in files, and what it is told.

All paths are below a root, so that tests can give a made-up tree. A file that is not
there, or may not be read, is None: without root some are not readable.
"""
import collections
import contextlib
import dataclasses
import grp
import os
import pathlib
import re
import subprocess
import sys

OURS, STOCK = "kcs_host", "ipmi_si"
BUSES = ("platform", "pci")
# How the names of devices begin.
SMBIOS, PARAMETER, SIMULATED, VIA = "dmi-ipmi-si", "kcs_param", "kcs_sim", "kcs_via_ipmi"
PCI_CLASS_KCS = "0x0c0701"

# The table of interfaces waits for the lock of each device, which a stuck driver keeps.
DISCOVERY = "/sys/kernel/debug/kcs/discovery"
LOCKED_LIMIT_S = 5

FETCH_BYTES = 1 << 20   # no file of the kernel that is read as text is as long

MOK = "/var/lib/dkms/mok.pub"   # of the key that DKMS signs modules with

LOG = "/dev/kmsg"   # each read gives one record, at most this long
LOG_RECORD_BYTES, LOG_RECORDS_MAX = 8192, 65536

# A write that may not return: a file, a text; the exit status is the errno.
WRITE = """import sys
try:
    with open(sys.argv[1], "w", encoding="ascii") as file:
        file.write(sys.argv[2])
except OSError as why:
    sys.exit(why.errno)
"""


class Failed(Exception):
    """A step that did not work; the text is a sentence without a period."""


class Stuck(Failed):
    """A read from which the kernel has not returned in time."""


class NotInstalled(Failed):
    """A program that is not there."""


class Halt(Failed):
    """A failure after which nothing more may be done, nor undone."""


def run_child(limit_s, *command):
    """(exit status, output, complaints) of a program that the kernel may never let end.

    It is left then. It has no file of this program: a pipe that it kept open would stop the
    program that reads from it.
    """
    # pylint: disable-next=consider-using-with
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, start_new_session=True,
                             env=os.environ | {"LC_ALL": "C"})
    try:
        output, complaints = child.communicate(timeout=limit_s)
    except subprocess.TimeoutExpired:
        child.stdout.close()
        child.stderr.close()
        raise
    return child.returncode, output, complaints.decode(errors="replace")


class Machine:
    """Files below a root, and programs."""

    def __init__(self, root="/"):
        self.root = pathlib.Path(root)

    def at(self, path):
        """Where a path of the machine is here."""
        return self.root / path.lstrip("/")

    def read(self, path, limit_s=None):
        """The text of a file without the newline at its end.

        With @limit_s the kernel may not return: a child process reads, and is left.
        """
        if limit_s:
            try:
                return self.fetch(path, limit_s)[0].decode(errors="replace").strip()
            except Stuck:
                raise
            except Failed:
                return None
        try:
            return self.at(path).read_text(encoding="utf-8", errors="replace").strip()
        except OSError:
            return None

    def fetch(self, path, limit_s, limit_bytes=FETCH_BYTES):
        """(the first bytes of a file, whether it has more), or Failed, with why.

        A file may have no end, and the kernel may not return: a child process reads.
        """
        try:
            status, data, why = run_child(limit_s, "head", "-c", str(limit_bytes + 1),
                                          self.at(path))
        except subprocess.TimeoutExpired as late:
            raise Stuck(f"{path}: the kernel has not returned for {limit_s} s") from late
        if status:
            raise Failed(f"{path}: {why.strip().rpartition(': ')[2]}")
        return data[:limit_bytes], len(data) > limit_bytes

    def read_bytes(self, path):
        """What is in a file, as it is."""
        try:
            return self.at(path).read_bytes()
        except OSError:
            return None

    def is_hidden(self, path):
        """Whether a file or folder may not be read; one that is not there is not hidden."""
        try:
            with open(self.at(path), "rb"):
                return False
        except PermissionError:
            return True
        except OSError:
            return False

    def read_log(self):
        """The newest records of the kernel's log; None where they may not be read."""
        records = collections.deque(maxlen=LOG_RECORDS_MAX)
        try:
            log = os.open(self.at(LOG), os.O_RDONLY | os.O_NONBLOCK)
        except OSError:
            return None
        try:
            while True:
                with contextlib.suppress(BrokenPipeError):     # it was overwritten
                    if not (record := os.read(log, LOG_RECORD_BYTES)):
                        break
                    records.append(record)
        except BlockingIOError:
            pass
        except OSError:
            return None
        finally:
            os.close(log)
        return b"".join(records).decode(errors="replace")

    def owner(self, path):
        """(its group, its mode) of a file; None without one."""
        try:
            status = self.at(path).stat()
        except OSError:
            return None
        return self.group_name(status.st_gid) or str(status.st_gid), status.st_mode & 0o7777

    def group_name(self, number):
        """The name of a group, also of one that is not in /etc/group; or None."""
        with contextlib.suppress(KeyError):
            return grp.getgrgid(number).gr_name
        return None

    def has_group(self, name):
        """Whether there is a group, in /etc/group or elsewhere."""
        with contextlib.suppress(KeyError):
            return bool(grp.getgrnam(name))
        return False

    def exists(self, path):
        """Whether there is such a file or folder."""
        return os.path.exists(self.at(path))    # a path would raise where it may not be known

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

    def write(self, path, text, limit_s=None):
        """Write to a file of the kernel; what it refuses is a failure.

        With @limit_s the kernel may never return: a child process writes, and is left.
        """
        if limit_s:
            try:
                errno, *_ = run_child(limit_s, sys.executable, "-Ic", WRITE, self.at(path),
                                     text + "\n")
            except subprocess.TimeoutExpired as why:
                raise Halt(f"{path}: the kernel is stuck in it since {limit_s} s, and only a "
                           "reboot ends that") from why
            if errno:
                raise Failed(f"{path}: {os.strerror(errno)}")
            return
        try:
            with open(self.at(path), "w", encoding="ascii") as file:
                file.write(text + "\n")
        except OSError as why:
            raise Failed(f"{path}: {why.strerror}") from why

    def run(self, *command):
        """Run a program of the system; a terminal's signals do not reach it."""
        try:
            done = subprocess.run(command, text=True, errors="replace", stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                  start_new_session=True, check=False)
        except OSError as why:
            raise Failed(f"{command[0]}: {why.strerror}") from why
        if done.returncode:
            said = " ".join(done.stdout.split()) or f"exit status {done.returncode}"
            raise Failed(f"{' '.join(command)}: {said}")

    def ask(self, *command, limit_s=5):
        """What a program prints, without its complaints; its exit status says nothing."""
        name = os.path.basename(command[0])
        folders = os.environ.get("PATH", os.defpath) + ":/usr/sbin:/sbin"
        try:
            return subprocess.run(command, text=True, errors="replace", stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                                  env=os.environ | {"PATH": folders, "LC_ALL": "C"},
                                  timeout=limit_s, check=False).stdout.strip()
        except FileNotFoundError as why:
            raise NotInstalled(f"{name} is not installed") from why
        except OSError as why:
            raise Failed(f"{name}: {why.strerror}") from why
        except subprocess.TimeoutExpired as why:
            raise Failed(f"{name}: not done after {limit_s} s") from why

    # -- Modules. -----------------------------------------------------------------

    def is_loaded(self, module):
        """Whether the kernel has a module, loaded or built in."""
        return self.exists(f"/sys/module/{module}") or self.is_built_in(module)

    def is_built_in(self, module):
        """Whether a module is part of the kernel; one without parameters is not in sysfs."""
        return self._is_listed(module, "modules.builtin")

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
        return self.is_loaded(module) or self.is_installed(module, self.release())

    def is_installed(self, module, release):
        """Whether a module is installed for a kernel."""
        return self._is_listed(module, "modules.dep", release)

    def _is_listed(self, module, name, release=None):
        text = self.read(f"/lib/modules/{release or self.release()}/{name}") or ""
        return bool(re.search(rf"(^|/){module}\.ko[.\w]*(:|$)", text, re.M))


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
    def is_hardware(self):
        """Whether there are registers: those of kcs_sim and kcs_via_ipmi have none."""
        return self.found_by not in (SIMULATED, VIA)

    @property
    def is_in_service(self):
        """Whether its driver serves it, and does not only have the device."""
        return bool(self.host or self.ipmi or self.kind)

    @property
    def found_by(self):
        """Which table names it."""
        if self.is_acpi:
            return "ACPI"
        for start, table in ((SMBIOS, "SMBIOS"), (SIMULATED, SIMULATED), (VIA, VIA)):
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

    A server names its interface in ACPI and in SMBIOS, and a parameter may name what ACPI
    does. The device of the one that is not used may have a driver all the same, and shows
    no address: it is left out.
    """
    hosts, ipmis = class_of(machine, "kcs"), class_of(machine, "ipmi")
    found = [Interface(device, path, machine.link(f"{path}/driver"), hosts.get(device),
                       ipmis.get(device), machine.read(f"{path}/type"),
                       (machine.read(f"{path}/modalias") or "").startswith("acpi:"))
             for device, path in devices(machine).items()]
    served = {machine.link(f"{each.path}/firmware_node") for each in found if each.is_in_service}
    is_named_better = any(each.is_acpi or each.is_in_service for each in found)

    def counts(each):
        if each.is_in_service or not each.is_acpi:
            return each.is_in_service or not is_named_better
        return machine.link(f"{each.path}/firmware_node") not in served - {None}
    return sorted(filter(counts, found), key=lambda each: (not each.is_acpi, each.device))


def other_hosts(machine, interface):
    """The devices of other interfaces of ours that serve firmware.

    One of kcs_via_ipmi over this interface, as another driver's, is not another.
    """
    via = f"{VIA}.{(interface.ipmi or '').removeprefix('ipmi')}"
    return [device for device in class_of(machine, "kcs")
            if device not in (interface.device, via) and not (device or "").startswith(SIMULATED)]
