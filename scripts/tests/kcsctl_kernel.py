# SPDX-License-Identifier: GPL-2.0-only
"""A made-up kernel for the tests of kcsctl: a tree of files that changes as sysfs does.

It knows drivers, modules, and which module AML regions reach, and refuses what a kernel
refuses. What would crash a kernel is an AssertionError.
"""
import os
import re

import pytest

from kcsctl import cli, steps, take
from kcsctl.machine import FETCH_BYTES, Failed, Halt, Machine, NotInstalled, Stuck

DEVICE, TWIN, PCI = "IPI0001:00", "dmi-ipmi-si.0", "0000:00:05.0"
RELEASE = "6.1.0-57-amd64"
MODULES = {     # and what they need
    "ipmi_msghandler": [], "ipmi_devintf": ["ipmi_msghandler"],
    "ipmi_si": ["ipmi_msghandler"], "acpi_ipmi": ["ipmi_msghandler"],
    "acpi_power_meter": [], "kcs_host": [], "kcs_anchor": [],
    "kcs_opregion": ["kcs_host", "kcs_anchor"],
    "kcs_ipmi": ["kcs_host", "ipmi_msghandler", "ipmi_devintf"],
    "ipmi_watchdog": ["ipmi_msghandler"], "kcs_sim": ["kcs_host"],
    "kcs_via_ipmi": ["kcs_host", "ipmi_msghandler"],
}
STOCK_MODULES = ("ipmi_si", "ipmi_devintf", "acpi_ipmi", "acpi_power_meter")
SOFTDEPS = {"kcs_host": ["kcs_opregion"]}      # by the package's file kcs_ipmi, too
PINNED = "/sys/module/kcs_anchor/parameters/pinned"
METER, METER_DRIVER = "/sys/bus/acpi/devices/ACPI000D:00", "/sys/bus/acpi/drivers/power_meter"


class Killed(BaseException):
    """The program was killed by SIGKILL."""


class Kernel(Machine):
    """A machine; after count_down changes each further one raises @then."""

    def __init__(self, root, devices=(DEVICE, TWIN), meter_needs_acpi_ipmi=False):
        super().__init__(root)
        self.regions, self.is_bmc_alive = None, True
        self.known, self.is_loading = set(), False     # of ipmi_si
        self.count_down, self.then, self.changes = None, None, []
        self.needs, self.blacklist, self.broken = dict(MODULES), [], []
        self.refusals = {}      # why a driver takes no device
        self.claimer = None     # a module that has the registers
        self.answers = {}       # of programs
        self.hidden, self.stuck = (), ()    # what may not be read, or waits for ever
        if meter_needs_acpi_ipmi:
            self.needs["acpi_power_meter"] = ["acpi_ipmi"]
        self.put("/proc/sys/kernel/osrelease", RELEASE)
        self.put(f"/lib/modules/{RELEASE}/modules.dep",
                 "".join(f"kernel/{name}.ko.xz:\n" for name in MODULES))
        self.put("/usr/share/kcs-dkms/kcs.conf", "softdep ipmi_si pre: kcs_host")
        self.put(f"{METER}/path", r"\_SB_.PMI0")
        for folder in ("/etc/modprobe.d", "/sys/class/kcs", "/sys/class/ipmi", "/proc", "/run"):
            self.at(folder).mkdir(parents=True, exist_ok=True)
        for device in devices:
            self.add_device(device)

    # -- The tree. ----------------------------------------------------------------

    def put(self, path, text):
        """Make a file."""
        self.at(path).parent.mkdir(parents=True, exist_ok=True)
        self.at(path).write_text(text + "\n")

    def is_hidden(self, path):
        return path.startswith(tuple(self.hidden)) or super().is_hidden(path)

    def read(self, path, limit_s=None):
        assert limit_s or path not in self.stuck, "hangs"
        return None if path.startswith(tuple(self.hidden)) else super().read(path, limit_s)

    def fetch(self, path, limit_s, limit_bytes=FETCH_BYTES):
        if path in self.stuck:
            raise Stuck("the kernel has not returned")
        if path.startswith(tuple(self.hidden)):
            raise Failed(f"{path}: Permission denied")
        return super().fetch(path, limit_s, limit_bytes)

    def read_bytes(self, path):
        return None if path.startswith(tuple(self.hidden)) else super().read_bytes(path)

    def names(self, folder):
        return [] if folder.startswith(tuple(self.hidden)) else super().names(folder)

    def read_log(self):
        return None if "/dev/kmsg" in self.hidden else super().read_log()

    def group_name(self, number):
        found = re.search(rf"^(\w+):x:{number}:", self.read("/etc/group") or "", re.M)
        return found and found[1]

    def has_group(self, name):
        return bool(re.search(rf"^{name}:", self.read("/etc/group") or "", re.M))

    def put_link(self, path, target):
        """Make a link."""
        self.at(path).parent.mkdir(parents=True, exist_ok=True)
        self.at(path).symlink_to(target)

    def remove(self, path):
        """Remove a file or a folder."""
        at = self.at(path)
        if at.is_dir() and not at.is_symlink():
            for name in list(at.iterdir()):
                self.remove(f"{path}/{name.name}")
            at.rmdir()
        else:
            at.unlink(missing_ok=True)

    def path(self, device):
        """Where a device is."""
        return f"/sys/bus/{'pci' if device.startswith('0000:') else 'platform'}/devices/{device}"

    def add_device(self, device):
        """Make a device without a driver."""
        path = self.path(device)
        self.put(f"{path}/driver_override", "(null)")
        if device == PCI:
            self.put(f"{path}/class", "0x0c0701")
        else:
            self.put(f"{path}/modalias", "acpi:IPI0001:" if device.startswith("IPI") else
                     "acpi:DELL0100:IPI0001:" if device.startswith("DELL") else
                     "platform:dmi-ipmi-si")

    def state(self):
        """All that an undo has to put back."""
        drivers = {device.name: self.link(f"/sys/bus/{bus}/devices/{device.name}/driver")
                   for bus in ("platform", "pci")
                   for device in self.at(f"/sys/bus/{bus}/devices").glob("*")}
        overrides = {device: self.read(f"{self.path(device)}/driver_override").replace("(null)", "")
                     for device in drivers}
        return (drivers, overrides, set(self.names("/sys/module")), self.regions,
                self.read("/etc/modprobe.d/kcs.conf"))

    # -- Drivers. -----------------------------------------------------------------

    def bind(self, device, driver):
        """Have a driver take a device, and show what it shows."""
        if driver in self.refusals:
            raise Failed(self.refusals[driver])
        if self.claimer:
            raise Failed("Device or resource busy")
        path, number = self.path(device), len(self.names("/sys/class/kcs"))
        override = self.read(f"{path}/driver_override")
        if self.link(f"{path}/driver") or override not in (driver, "", "(null)"):
            raise Failed("No such device")
        if driver == "ipmi_si" and device in self.known:
            raise Failed("Device or resource busy")     # a duplicate
        if driver == "ipmi_si" and not self.is_bmc_alive:
            self.known.add(device)
            # Of SMBIOS, and while the module is loaded, the driver has it all the same.
            if device.startswith("IPI") and not self.is_loading:
                raise Failed("No such device")
        self.put_link(f"{path}/driver", f"../../../bus/x/drivers/{driver}")
        if driver == "ipmi_si" and self.is_bmc_alive:
            self.put(f"{path}/type", "kcs")
            self.put(f"{path}/params", "kcs,i/o,0xca2,rsp=1,rsi=1,rsh=0,irq=5,ipmb=32")
            self.put(f"{path}/interrupts_enabled", "1")
            self.load("acpi_ipmi")      # in the background; too early for kcsctl
        elif driver == "kcs_host":
            self.put(f"/sys/class/kcs/kcs{number}/health",
                     "ready" if self.is_bmc_alive else "dead")
            self.put_link(f"/sys/class/kcs/kcs{number}/device", f"../../{device}")
        self.update()

    def unbind(self, device, driver):
        """Take a device from its driver."""
        path = self.path(device)
        assert self.link(f"{path}/driver") == driver
        if driver == "ipmi_si":
            self.known.discard(device)
        for name in ("driver", "type", "params", "interrupts_enabled"):
            self.remove(f"{path}/{name}")
        for name in self.names("/sys/class/kcs"):
            if self.link(f"/sys/class/kcs/{name}/device") == device:
                self.remove(f"/sys/class/kcs/{name}")
        self.update()

    def update(self):
        """What follows from drivers and modules: /sys/class/ipmi, and the region handler."""
        self.remove("/sys/class/ipmi")
        self.at("/sys/class/ipmi").mkdir()
        served = [device for device, driver in self.state()[0].items() if self.is_bmc_alive and (
            self.read(f"{self.path(device)}/type") or
            driver == "kcs_host" and self.is_loaded("kcs_ipmi"))]
        for number, device in enumerate(served if self.is_loaded("ipmi_devintf") else ()):
            self.put_link(f"/sys/class/ipmi/ipmi{number}/device", f"../../{device}")
        if self.names("/sys/class/kcs") and self.is_loaded("kcs_opregion"):
            self.put(PINNED, "Y")
            self.regions = "kcs_anchor"

    # -- Modules. -----------------------------------------------------------------

    def load(self, module):
        """modprobe."""
        if module not in self.read(f"/lib/modules/{RELEASE}/modules.dep"):
            raise Failed(f"Module {module} not found")
        if module in self.broken:
            raise Failed(f"Error running install command for {module}")
        if self.is_loaded(module):
            return
        for needed in self.needs[module]:
            self.load(needed)
            self.put(f"/sys/module/{needed}/holders/{module}", "")
        self.put(f"/sys/module/{module}/initstate", "live")
        if module in ("kcs_host", "ipmi_si"):
            for bus in ("platform", "pci"):
                self.put(f"/sys/bus/{bus}/drivers/{module}/bind", "")
            self.is_loading = True
            for device in (DEVICE, TWIN, PCI):
                if self.exists(self.path(device)):
                    self.probe(device, module)
            self.is_loading = False
        if module == "kcs_anchor":
            self.put(PINNED, "N")
        if module == "acpi_power_meter":
            self.put(f"{METER_DRIVER}/bind", "")
            self.bind_meter()
        if module == "acpi_ipmi" and self.regions is None:
            self.regions = "acpi_ipmi"
        self.update()
        for after in SOFTDEPS.get(module, ()):
            self.load(after)

    def bind_meter(self):
        """The driver of power meters takes one."""
        if not self.link(f"{METER}/driver"):
            self.put_link(f"{METER}/driver", "../drivers/power_meter")

    def probe(self, device, driver):
        """A driver that is loaded looks at all devices; the twin is left out."""
        if device != TWIN or not self.exists(self.path(DEVICE)):
            try:
                self.bind(device, driver)
            except Failed:
                pass

    def unload(self, module):
        """rmmod."""
        if not self.is_loaded(module):
            raise Failed(f"Module {module} is not currently loaded")
        if self.names(f"/sys/module/{module}/holders") or \
                (module == "kcs_anchor" and self.read(PINNED) == "Y"):
            raise Failed(f"Module {module} is in use")
        if module == "kcs_anchor" and self.regions == "kcs_anchor":
            assert not self.is_loaded("acpi_power_meter"), "AML may run in the handler"
        if self.regions == module:
            self.regions = None
        if module in ("kcs_host", "ipmi_si"):
            for device, driver in self.state()[0].items():
                if driver == module:
                    self.unbind(device, driver)
            for bus in ("platform", "pci"):
                self.remove(f"/sys/bus/{bus}/drivers/{module}")
        if module == "acpi_power_meter":
            self.remove(f"{METER}/driver")
            self.remove(METER_DRIVER)
        if module == self.claimer:
            self.claimer = None
            lines = self.read("/proc/ioports").split("\n")
            self.put("/proc/ioports", "\n".join(line for line in lines if module not in line))
        if module == "ipmi_si":
            self.known.clear()
        for needed in self.needs[module]:
            self.remove(f"/sys/module/{needed}/holders/{module}")
        self.remove(f"/sys/module/{module}")
        self.update()

    # -- What kcsctl does. --------------------------------------------------------

    def count(self, what):
        """Count a change, or be killed, or fail, before it."""
        if self.count_down == 0:
            if self.then is Failed:
                self.count_down = None      # what is undone does not fail
            raise self.then("made up")
        if self.count_down:
            self.count_down -= 1
        self.changes.append(what)

    def write(self, path, text, limit_s=None):
        if path in self.stuck:
            assert limit_s, "hangs"
            raise Halt(f"{path}: the kernel is stuck in it")
        self.count(f"{path} {text}")
        action, driver = path.split("/")[-1], path.split("/")[-2]
        if action == "bind" and driver == "power_meter":
            self.bind_meter()
        elif action == "bind":
            self.bind(text, driver)
        elif action == "unbind":
            self.unbind(text, driver)
        elif action == "hotmod":
            assert text.startswith("remove,kcs,i/o,0xca2")
            self.remove("/sys/bus/platform/devices/kcs_param.0")
        else:
            self.put(path, text)

    def run(self, *command):
        program, *rest = command
        flags = [word for word in rest if word.startswith("-")]
        for module in rest[len(flags):]:
            self.count(" ".join([program, *flags, module]))
            if "-b" not in flags or module not in self.blacklist:
                (self.load if program == "modprobe" else self.unload)(module)

    def ask(self, *command, limit_s=5):
        name = os.path.basename(command[0])
        if name not in self.answers:
            raise NotInstalled(f"{name} is not installed")
        return self.answers[name]


# -- What the tests begin with, and end with. -------------------------------------

def hurry(monkeypatch):
    """Nothing waits, and the tests need no root."""
    monkeypatch.setattr(steps, "QUIET_S", 0)
    monkeypatch.setattr(steps, "SERVICE_WAIT_S", 0)
    monkeypatch.setattr(take, "SETTLE_S", 0)
    monkeypatch.setattr(os, "geteuid", lambda: 0)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """A fixture for the files that import it: they hurry."""
    hurry(monkeypatch)


@pytest.fixture
def machine(tmp_path):
    """A fixture: a machine as Debian boots it."""
    return stock(tmp_path)


def stock(root, **options):
    """A machine as Debian boots it."""
    kernel = Kernel(root, **options)
    for module in STOCK_MODULES:
        kernel.load(module)
    return kernel


def ours(root, **options):
    """A machine after `kcsctl take`."""
    kernel = stock(root, **options)
    assert cli.main(["take"], kernel) == 0
    kernel.changes.clear()
    return kernel


def assert_ours(kernel):
    """kcs_host has the interface, and AML regions."""
    drivers, overrides, modules, regions, _ = kernel.state()
    assert drivers[DEVICE] == "kcs_host" and set(overrides.values()) == {""}
    assert {"kcs_host", "kcs_opregion", "kcs_ipmi", "acpi_power_meter"} <= modules
    assert regions == "kcs_anchor"


def assert_stock(kernel):
    """ipmi_si has the interface, and no module of ours is left."""
    drivers, overrides, modules, regions, _ = kernel.state()
    assert drivers[DEVICE] == "ipmi_si" and set(overrides.values()) == {""}
    assert not [name for name in modules if name.startswith("kcs_")]
    assert {"acpi_ipmi", "acpi_power_meter"} <= modules and regions == "acpi_ipmi"


def open_file(machine, pid, comm, file):
    """Have a program open a file."""
    machine.put(f"/proc/{pid}/comm", comm)
    machine.put_link(f"/proc/{pid}/fd/3", file)
