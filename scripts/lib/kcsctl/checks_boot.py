# SPDX-License-Identifier: GPL-2.0-only
"""What `kcsctl doctor` checks of modules and of the next boot: one function for each check."""
import pathlib
import re
from shlex import quote

from .checks_now import meter_folder, refusal
from .evidence import FAULT, NOTE, Finding
from .machine import MOK, OURS
from .status import CONF, PACKAGED_CONF, is_switched, regions_served_by
from .steps import MODULES
from .take import METER

# In a checkout; the package installs it as dkms.conf.
DKMS_CONF = pathlib.Path(__file__).resolve().parents[2] / "package/debian/kcs-dkms.dkms"
# Builds the modules for a kernel: where the package for Debian has it, where the RPM has.
HOOKS = ("/etc/kernel/postinst.d/kcs-dkms", "/usr/share/kcs-dkms/build-for")
# What installs packages: the packages of a kernel, and of the headers of one release.
INSTALL_TOOLS = {
    "dnf": ("kernel kernel-modules kernel-devel", "kernel-devel-{}"),
    "zypper": ("kernel-default kernel-default-devel", "kernel-default-devel"),
    "apt-get": ("linux-image-amd64 linux-headers-amd64", "linux-headers-{}"),
}
METER_PATTERN = r"\s*(blacklist\s+acpi[-_]power[-_]meter\s*(#|$)|" \
    r"install\s+acpi[-_]power[-_]meter\s+\S*\b(true|false)\b)"
METER_ARGUMENT = r"\b(?:modprobe\.blacklist|module_blacklist)=\S*\bacpi[-_]power[-_]meter\b"


# -- Kernels. ---------------------------------------------------------------------

def package_of(machine):
    """(version, pattern of kernels) of the newest package; None where none is installed."""
    found = []
    for name in machine.names("/usr/src"):
        text = machine.read(f"/usr/src/{name}/dkms.conf") if re.match(r"kcs-\d", name) else None
        version = re.search(r'^PACKAGE_VERSION="(.*)"$', text or "", re.M)
        if version:
            kernels = re.search(r'^BUILD_EXCLUSIVE_KERNEL="(.*)"$', text, re.M)
            found.append((version[1], kernels and kernels[1]))
    return max(found, key=lambda package: version_key(package[0]), default=None)


def known_kernels(machine):
    """(kernels tested, kernels seen to work) as the package says, or the checkout; or None."""
    package = package_of(machine)
    try:
        text = (machine.read(f"/usr/src/kcs-{package[0]}/dkms.conf") or "") if package else \
            DKMS_CONF.read_text(encoding="utf-8")
    except OSError:
        return None
    found = re.search(r'^# KERNELS_TESTED="(.+)"\n# KERNELS_SEEN="(.*)"$', text, re.M)
    return found and (found[1].split(), found[2].split())


def version_key(version):
    """What sorts versions, and releases of kernels, by age."""
    return [(part.isdigit(), int(part) if part.isdigit() else 0, part)
            for part in re.findall(r"\d+|[a-z]+", version)]


def newest_kernel(machine):
    """The release of the newest kernel that is installed, which boots next; or None."""
    found = [name.removeprefix("vmlinuz-") for name in machine.names("/boot")
             if name.startswith("vmlinuz-")]
    return max((name for name in found if machine.exists(f"/lib/modules/{name}")),
               key=version_key, default=None)


def install_tool(machine):
    """The program that installs packages on this system."""
    return next((tool for tool in INSTALL_TOOLS if machine.exists(f"/usr/bin/{tool}")), "apt-get")


def kernel_command(machine):
    """The command that installs the system's newest kernel, with its headers."""
    tool = install_tool(machine)
    return f"{tool} install {INSTALL_TOOLS[tool][0]}"


def build_command(machine, release):
    """The command that builds the package's modules for a kernel."""
    return f"{HOOKS[machine.exists(HOOKS[1])]} {release}"


def headers_advice(machine, release):
    """As build_advice(), for a kernel without headers."""
    tool = install_tool(machine)
    command = f"{tool} install {INSTALL_TOOLS[tool][1].format(release)}"
    if tool == "apt-get":
        return (command,), "a hook builds the modules then"
    return (command, build_command(machine, release)), "its log says why a build fails"


def build_advice(machine, release):
    """(the commands that get modules for a kernel, what they need besides)."""
    package = package_of(machine)
    if not package:
        return (f"make install KDIR=/lib/modules/{release}/build",), "in a checkout, as root"
    stock = (kernel_command(machine),)
    if package[1] and not re.match(package[1], release):
        return stock, "then reboot: the package is for kernels from 6.1 on"
    if "CONFIG_IPMI_HANDLER=" not in (machine.read(f"/boot/config-{release}") or "CONFIG_IPMI_HANDLER="):
        return stock, "then reboot into that kernel: this one has no ipmi_msghandler"
    if not machine.exists(f"/lib/modules/{release}/build/include"):
        return headers_advice(machine, release)
    return (build_command(machine, release),), "its log says why a build fails"


def check_modules(evidence):
    """Find modules that are not there for the running kernel, or for the next one."""
    machine, running = evidence.machine, evidence.machine.release()
    if evidence.missing:
        yield Finding(FAULT, f"{', '.join(evidence.missing)}: not installed for the running "
                      f"kernel, {running}", f"{OURS} cannot have the interface",
                      *build_advice(machine, running))
    evidence.read("/boot", "the newest kernel")
    newest = newest_kernel(machine) or running
    if not all(machine.is_installed(name, newest) for name in MODULES) and \
            not (evidence.missing and newest == running):
        yield Finding(FAULT, f"the newest kernel, {newest}, has no modules of ours",
                      "The next boot gives the interface to ipmi_si",
                      *build_advice(machine, newest))


def check_kernel(evidence):
    """Find a kernel, of now or of the next boot, beyond those that the modules are known on."""
    known = known_kernels(evidence.machine)
    if not known:
        evidence.remarks.append("which kernels the modules are known to work on is not recorded")
        return
    tested, seen = known
    last = max(tested + seen, key=version_key)
    for release in dict.fromkeys((evidence.machine.release(), newest_kernel(evidence.machine))):
        number = re.match(r"\d+\.\d+", release or "")
        if number and version_key(number[0]) > version_key(last):
            yield Finding(NOTE, f"{release} is newer than the kernels that the modules are known on",
                          f"They were tested on {' and '.join(tested)}" +
                          f", and seen to work on {' and '.join(seen)}" * bool(seen), (),
                          "where anything is amiss, kcsctl report collects what a bug report needs")


def check_signature(evidence):
    """Find modules that this kernel refuses, as it does not know who signed them."""
    if not evidence.signature_fault:
        return
    enforcer, fault = evidence.signature_fault
    what = f"the kernel refuses {OURS}: {enforcer}, and "
    why = "ipmi_si drives the BMC instead"
    if fault == "unsigned":
        version = (package_of(evidence.machine) or ["VERSION"])[0]
        yield Finding(FAULT, what + "it is not signed", why,
                      (f"{install_tool(evidence.machine)} install openssl mokutil",
                       f"dkms build --force kcs/{version} && dkms install --force kcs/{version}",
                       f"mokutil --import {MOK}"), "then reboot, and confirm the key")
    elif fault == "pending":
        yield Finding(FAULT, what + f"{MOK} waits to be confirmed", why, (),
                      "reboot, and confirm the key in the blue screen that comes up")
    else:
        yield Finding(FAULT, what + f"its key, {MOK}, is not enrolled", why,
                      (f"mokutil --import {MOK}",), "then reboot, and confirm the key")


def check_version(evidence):
    """Find modules that are loaded and older or newer than what is installed."""
    loaded = evidence.machine.read(f"/sys/module/{OURS}/version")
    package = package_of(evidence.machine)
    if loaded and package and package[0] != loaded:
        refused = refusal(evidence.machine, "give-back")
        yield Finding(NOTE, f"{OURS} {loaded} is loaded, and {package[0]} is installed",
                      "What the new version mends is not in effect",
                      () if refused else ("kcsctl give-back", "kcsctl take"),
                      f"{refused}; or reboot".removeprefix("; "))


# -- The next boot. ---------------------------------------------------------------

def check_next_boot(evidence):
    """Find an interface that is ours now, and will not be at the next boot."""
    machine = evidence.machine
    if not any(each.driver == OURS for each in evidence.ours) or is_switched(machine):
        return
    if machine.is_hidden(CONF):
        evidence.miss(f"the next boot ({CONF} may not be read)")
        return
    what = f"the next boot gives the interface to ipmi_si: {CONF} "
    why = f"{OURS} has it until then"
    if machine.read(CONF) is not None:
        yield Finding(NOTE, what + "has no line for it", why,
                      (f"printf '\\n%s\\n' 'softdep ipmi_si pre: {OURS}' >>{CONF}",))
    elif machine.exists(PACKAGED_CONF):
        yield Finding(NOTE, what + "is not there", why, ("kcsctl take --persist",))
    else:
        yield Finding(NOTE, what + "is not there", why, (f"cp scripts/package/kcs.conf {CONF}",),
                      "in a checkout")


# -- Power meters. ----------------------------------------------------------------

def unlist_command(path, numbers):
    """The command that comments out lines of a file of modprobe; a package's is copied."""
    lines = ";".join(f"{number}s/^/#/" for number in numbers)
    if path.startswith("/etc/"):
        return f"sed -i '{lines}' {quote(path)}"
    return f"sed '{lines}' {quote(path)} >{quote('/etc/modprobe.d/' + path.split('/')[-1])}"


def blacklist_finding(evidence):
    """What keeps the driver of power meters from being loaded, or None."""
    what, besides = "the power meter's driver is blacklisted: ", ""
    why = "It is not needed: with kcs_opregion a BMC that fails does not flood the log"
    commands = []
    if found := evidence.modprobe_lines(METER_PATTERN):
        what += ", ".join(f"{path}, line {number}" for path, numbers in found.items()
                          for number in numbers)
        commands = [unlist_command(path, numbers) for path, numbers in found.items()]
    elif re.search(METER_ARGUMENT, evidence.machine.read("/proc/cmdline") or ""):
        what += "in the kernel's command line"
        commands, besides = ["update-grub"], \
            "remove it from GRUB_CMDLINE_LINUX in /etc/default/grub before, and reboot after it"
    else:
        return None
    if not evidence.machine.is_loaded(METER):
        commands.append(f"modprobe {METER}")
    return Finding(NOTE, what, why, tuple(commands), besides)


def check_meter(evidence):
    """Find power meters without a driver, where one would read."""
    machine = evidence.machine
    if not evidence.meters or not evidence.is_answered or \
            regions_served_by(machine) != "kcs_opregion":
        return
    if finding := blacklist_finding(evidence):
        yield finding
    elif not machine.has_module(METER):
        yield Finding(NOTE, f"{machine.release()} has no {METER}", "Power meters do not read",
                      (kernel_command(machine),), "then reboot into that kernel")
    elif not machine.is_loaded(METER):
        yield Finding(FAULT, f"{', '.join(evidence.meters)}: {METER} is not loaded",
                      "The power meter does not read", (f"modprobe {METER}",))
    else:
        for name in [name for name, driver in evidence.meters.items() if not driver]:
            yield Finding(FAULT, f"{name}: {METER} is loaded, and has not taken it",
                          "The power meter does not read",
                          (f"echo {name} >{meter_folder(machine)}/bind",),
                          "where the kernel refuses, its firmware's _PMC fails: see journalctl -k")
