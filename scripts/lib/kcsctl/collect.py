# SPDX-License-Identifier: GPL-2.0-only
"""What `kcsctl report` reads of a machine: one function for each part of it.

A part that fails does not stop the others; what could not be read is noted, with why.
"""
import fnmatch
import json
import os
import re

from . import doctor, status
from .evidence import MODPROBE_FOLDERS, Evidence
from .machine import SIMULATED, Failed, Stuck, devices
from .mask import HOST, SERIAL, USER, UUID, masked, secrets_of
from .steps import UNLOAD_ORDER, words

FILE_LIMIT_S, FILE_BYTES, TABLE_BYTES = 5, 1 << 18, 1 << 22
STUCK_MAX, FILES_MAX = 3, 300       # of reads that do not return, of files of a pattern
LOG_LINES, LOG_LINE_CHARACTERS = 2000, 1000

FILES = (
    "/proc/version", "/proc/sys/kernel/tainted", "/proc/uptime",
    *(f"/sys/class/dmi/id/{name}" for name in
      ("sys_vendor", "product_name", "board_vendor", "board_name", "bios_vendor", "bios_version",
       "bios_date")),
    "/sys/class/kcs/*/*", "/sys/module/kcs_*/*", "/sys/module/kcs_*/parameters/*",
    "/sys/module/kcs_opregion/calls/*", "/sys/module/ipmi_*/parameters/*",
    "/sys/module/acpi_power_meter/parameters/*", "/sys/kernel/debug/kcs/*",
    "/sys/kernel/debug/kcs_opregion/*", "/sys/kernel/debug/kcs_sim/*",
)
LOGGED = r"kcs|ipmi|acpi|power_meter|\bBMC\b|\bDMI:|lockdown|taint|\bBUG:|\bWARNING:|\bRIP:|\bOops"
COMMAND_LINE = r"command line:"     # a password may be in it
ARGUMENT = r"(?:kcs|ipmi|acpi|dmi|lockdown|module|modprobe)[\w.-]*(?:=\S*)?"
MODINFO = r"^(?:filename|version|srcversion|vermagic|depends|signer|sig_hashalgo):.*$"
CONFIGURATION = r"\s*[a-z]+\s.*\b(?:kcs|ipmi|acpi)[-_]\w+"
TABLES, TABLE = "/sys/firmware/acpi/tables", r"(DSDT|[SP]SDT|OEM)"
# OperationRegion, a name, IPMI.
IPMI_REGION = rb"\x5b\x80\\?\^*(?:\x2e[A-Z0-9_]{8}|\x2f.(?:[A-Z0-9_]{4}){1,32}|[A-Z0-9_]{4})\x07"


class Collection:
    """Files by their names in a report, and what is not there.

    @failed is what could not be read and why, @kinds what was masked.
    """

    def __init__(self, machine):
        self.machine = machine
        self.secrets = secrets_of(machine)
        self.files, self.failed, self.kinds = {}, [], set()
        self.stuck = 0

    def add(self, name, text):
        """Add a text, masked."""
        text, found = masked(text, self.secrets)
        self.kinds |= found
        self.files[name] = (text.rstrip("\n") + "\n").encode(errors="replace")

    def add_bytes(self, name, data):
        """Add what cannot be masked, unless a name is in it."""
        _, found = masked(data.decode("ascii", errors="replace"), self.secrets)
        if found & {HOST, SERIAL, USER, UUID}:
            self.failed.append(f"{name}: left out, it has a name that is to be masked")
        else:
            self.files[name] = data

    def fetch(self, path, limit_bytes=None):
        """The first bytes of a file and whether it has more; None where it cannot be read."""
        if self.stuck >= STUCK_MAX:
            self.failed.append(f"{path}: not read, as the kernel did not return from others")
            return None
        try:
            return self.machine.fetch(path, FILE_LIMIT_S, limit_bytes or FILE_BYTES)
        except Failed as why:
            self.stuck += isinstance(why, Stuck)
            self.failed.append(str(why))
            return None

    def copy(self, path):
        """Add a file of the kernel, masked, up to a limit."""
        if found := self.fetch(path):
            data, is_cut = found
            self.add("files" + path, data.decode(errors="replace") +
                     f"\n[cut after {len(data)} bytes]" * is_cut)

    def expand(self, pattern):
        """The files that a pattern means and that have a reader; note if there are none."""
        found = [""]
        for part in pattern.strip("/").split("/"):
            found = [f"{folder}/{name}" for folder in found for name in
                     (fnmatch.filter(self.machine.names(folder), part) if "*" in part else [part])]
        found = [path for path in found if is_readable(self.machine.at(path))]
        if not found:
            is_hidden = self.machine.is_hidden(pattern.partition("*")[0].rpartition("/")[0])
            self.failed.append(f"{pattern}: {'Permission denied' if is_hidden else 'not there'}")
        elif len(found) > FILES_MAX:
            self.failed.append(f"{pattern}: {len(found)} files, of which {FILES_MAX} were read")
        return found[:FILES_MAX]


def is_readable(path):
    """Whether a path is a file with a reader: not a folder, nor for writing only."""
    try:
        return os.path.isfile(path) and bool(os.stat(path).st_mode & 0o444)
    except OSError:
        return False


# -- Parts. -----------------------------------------------------------------------

def add_status(collection):
    """What `kcsctl status` says."""
    data = status.as_data(collection.machine)
    collection.add("status.txt", status.as_text(data))
    collection.add("status.json", json.dumps(data, indent=2, ensure_ascii=False))


def add_doctor(collection):
    """What `kcsctl doctor` says."""
    data = doctor.examine(collection.machine)
    collection.add("doctor.txt", doctor.as_text(data))
    collection.add("doctor.json", json.dumps(data, indent=2, ensure_ascii=False))


def add_files(collection):
    """Attributes and parameters of the modules, and files of the kernel and of the board."""
    for pattern in FILES:
        if "*" in pattern:
            for path in collection.expand(pattern):
                collection.copy(path)
        else:
            collection.copy(pattern)


def add_modules(collection):
    """Which modules are loaded, without their addresses, and what ours are."""
    if found := collection.fetch("/proc/modules"):
        collection.add("modules.txt", re.sub(r" 0x[0-9a-f]+", "", found[0].decode(errors="replace")))
    told = []
    for name in (*UNLOAD_ORDER, SIMULATED):
        try:
            said = collection.machine.ask("modinfo", name)
            told.append("\n".join([f"# {name}", *re.findall(MODINFO, said, re.M)]) + "\n")
        except Failed as why:
            collection.failed.append(f"modinfo {name}: {why}")
    if told:
        collection.add("modinfo.txt", "\n".join(told))


def add_interfaces(collection):
    """Which driver has each interface, also those that kcsctl leaves out elsewhere."""
    machine, told = collection.machine, []
    for device, path in sorted(devices(machine).items()):
        override = collection.fetch(f"{path}/driver_override")
        told += [f"{device}", *(f"  {name:16}{text or '-'}" for name, text in (
            ("path", path), ("driver", machine.link(f"{path}/driver")),
            ("driver_override", override and override[0].decode(errors="replace").strip()),
            ("firmware_node", machine.link(f"{path}/firmware_node")),
            ("in ACPI", machine.read(f"{path}/firmware_node/path")),
            ("modalias", machine.read(f"{path}/modalias")),
            ("type", machine.read(f"{path}/type")), ("params", machine.read(f"{path}/params"))))]
    collection.add("interfaces.txt", "\n".join(told) or "none")


def resource_lines(text, names):
    """The lines of a table of resources that have one of the names or of IPMI, and those above."""
    above, kept = [], []
    for line in text.splitlines():
        depth = len(line) - len(line.lstrip(" "))
        above = [each for each in above if len(each) - len(each.lstrip(" ")) < depth]
        above.append(line)
        name = line.partition(" : ")[2]
        if name in names or re.search(r"kcs|ipmi", name, re.IGNORECASE):
            kept += [each for each in above if each not in kept]
    return kept


def add_resources(collection):
    """Who has claimed the registers, and which interrupts there are of ours and of ACPI."""
    if found := collection.fetch("/proc/interrupts", 1 << 20):
        head, *lines = found[0].decode(errors="replace").split("\n")
        lines = [line for line in lines if re.search(r"\b(?:kcs\d|acpi|ipmi)", line)]
        collection.add("resources/proc/interrupts", "\n".join([head, *lines]))
    names = set(devices(collection.machine))
    for path in ("/proc/ioports", "/proc/iomem"):
        if found := collection.fetch(path, 1 << 20):
            lines = resource_lines(found[0].decode(errors="replace"), names)
            collection.add("resources" + path, "\n".join(lines) or "no line of an interface")


def log_lines(log):
    """The newest lines of the kernel's log that have to do with this; not its command line."""
    found = re.findall(r"^\d+,\d+,(\d+),[^;\n]*;(.*)$", log, re.M)
    return [f"[{int(time) / 1000000:12.6f}] {text[:LOG_LINE_CHARACTERS]}" for time, text in found
            if re.search(LOGGED, text, re.IGNORECASE) and
            not re.search(COMMAND_LINE, text, re.IGNORECASE)][-LOG_LINES:]


def add_log(collection):
    """The kernel's log."""
    log = collection.machine.read_log()
    if log is None:
        collection.failed.append("/dev/kmsg, the kernel's log: may not be read")
    else:
        collection.add("log.txt", "\n".join(log_lines(log)) or "no line of this")


def add_settings(collection):
    """What the kernel and modprobe are told: the words and lines that concern this."""
    if found := collection.fetch("/proc/cmdline"):
        arguments = re.findall(rf"(?<!\S){ARGUMENT}(?!\S)", found[0].decode(errors="replace"))
        collection.add("cmdline.txt", "\n".join(arguments) or "no word of this")
    evidence, told = Evidence(collection.machine), []
    for path, numbers in evidence.modprobe_lines(CONFIGURATION).items():
        lines = (collection.machine.read_bytes(path) or b"").decode(errors="replace").split("\n")
        told += [f"{path}:{number}: {lines[number - 1]}" for number in numbers]
    collection.failed += evidence.unchecked
    collection.add("modprobe.txt", "\n".join(told) or f"no line of this in {MODPROBE_FOLDERS[0]}")


def add_tables(collection):
    """The tables of ACPI that declare an IPMI region, and of SMBIOS the records of type 38.

    A record is its fields without its strings, in which a serial number might be.
    """
    for pattern in (f"{TABLES}/*", f"{TABLES}/dynamic/*"):
        for path in collection.expand(pattern):
            name = path.rpartition("/")[2]
            found = collection.fetch(path, TABLE_BYTES) if re.match(TABLE, name) else None
            if found and found[1]:
                collection.failed.append(f"{path}: left out, longer than {TABLE_BYTES} bytes")
            elif found and re.search(IPMI_REGION, found[0], re.DOTALL):
                collection.add_bytes(f"acpi/{name}", found[0])
    for path in collection.expand("/sys/firmware/dmi/entries/38-*/raw"):
        found = collection.fetch(path, 255)
        if found and len(found[0]) > 1:
            collection.add(f"dmi/{path.split('/')[-2]}.txt", found[0][:found[0][1]].hex(" "))


PARTS = (add_status, add_doctor, add_interfaces, add_files, add_modules, add_resources, add_log,
         add_settings, add_tables)


def collect(machine):
    """All parts."""
    collection = Collection(machine)
    for part in PARTS:
        try:
            part(collection)
        except Exception as why:    # pylint: disable=broad-exception-caught
            collection.failed.append(f"{part.__name__.removeprefix('add_')}: {words(why)}")
    return collection
