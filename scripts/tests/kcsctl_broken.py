# SPDX-License-Identifier: GPL-2.0-only
"""A healthy made-up machine for the tests of `kcsctl doctor`, and what breaks it."""
import json
import os
import re

from kcsctl import cli
from kcsctl_kernel import DEVICE, METER, PINNED, RELEASE, ours, stock

MODULES_DEP = f"/lib/modules/{RELEASE}/modules.dep"
RULE = '/usr/lib/udev/rules.d/60-kcs-dkms.rules'
DISCOVERY = "/sys/kernel/debug/kcs/discovery"
INTERRUPT = "   5:   0   35   IO-APIC   5-fasteoi   other, kcs0"
LINT = '{"unread": [], "regions": []}'
DKMS = """PACKAGE_NAME="kcs"
PACKAGE_VERSION="0.9.0"
# KERNELS_TESTED="6.1 6.12"
# KERNELS_SEEN="7.2 7.3"
BUILD_EXCLUSIVE_KERNEL="^(6\\.[1-9]|[7-9]\\.|[1-9][0-9]+\\.)\""""
CONF = "/etc/modprobe.d/kcs.conf"
NEWER = "6.12.117+deb13-amd64"
POLL = ("/proc/interrupts", "   5:   0   35   IO-APIC   5-fasteoi   other")


def furnish(machine):
    """Give a made-up machine what a server has besides, and doctor reads."""
    machine.put("/etc/group", f"root:x:99999:\nipmi:x:{os.getgid()}:")
    machine.put(RULE, 'SUBSYSTEM=="ipmi", KERNEL=="ipmi[0-9]*", GROUP="ipmi", MODE="0660"')
    machine.put("/dev/ipmi0", "")
    machine.at("/dev/ipmi0").chmod(0o660)
    os.chown(machine.at("/dev/ipmi0"), -1, os.getgid())
    machine.put("/dev/kmsg", "6,1,1000000,-;Linux version 6.1")
    machine.put("/proc/uptime", "1000.00 3000.00")
    machine.put("/proc/cmdline", "quiet")
    machine.put("/proc/interrupts", INTERRUPT)
    machine.put("/proc/ioports", f"0000-0cf7 : PCI Bus 0000:00\n  0ca2-0ca3 : {DEVICE}\n"
                "    0ca2-0ca2 : IPMI Address 1\n      0ca2-0ca2 : kcs_host\n"
                "    0ca3-0ca3 : IPMI Address 2\n      0ca3-0ca3 : kcs_host")
    machine.put(DISCOVERY, "# source  device          where        base spacing size  irq verdict\n"
                f"ACPI      {DEVICE}     ports       0xca2       1    1    5 taken")
    machine.put("/sys/module/module/parameters/sig_enforce", "N")
    machine.put("/sys/kernel/security/lockdown", "[none] integrity confidentiality")
    machine.put("/usr/src/kcs-0.9.0/dkms.conf", DKMS)
    machine.put(f"/boot/vmlinuz-{RELEASE}", "")
    machine.put(f"/lib/modules/{RELEASE}/build/include/x", "")
    machine.answers.update({"aml-lint": LINT, "modinfo": "DKMS module signing key",
                            "mokutil": "mok.pub is already enrolled"})
    return machine


def healthy(root, **options):
    """A machine on which there is nothing to find."""
    machine = furnish(ours(root, **options))
    if machine.is_loaded("kcs_host"):
        machine.put("/sys/module/kcs_host/version", "0.9.0")
    assert cli.main(["take", "--persist"], machine) == 0
    machine.changes.clear()
    return machine


def log(machine, *lines):
    """Have the kernel's log say something of the interface, 600 s after the boot."""
    machine.put("/dev/kmsg", "\n".join(
        ["6,1,1000000,-;Linux version 6.1",
         *(f"4,{number},600000000,-;kcs_host {DEVICE}: {line}\n SUBSYSTEM=platform"
           for number, line in enumerate(lines, 2))]))


def stock_machine(root):
    """A machine on which ipmi_si has the interface."""
    return furnish(stock(root))


def checks(data):
    """The checks that found something."""
    return tuple(finding["check"] for finding in data["findings"])


# -- Broken machines. -------------------------------------------------------------

def nothing(_):
    """Leave a machine as it is."""


def set_health(word):
    """What makes a BMC so."""
    def break_it(machine):
        machine.put("/sys/class/kcs/kcs0/health", word)
        log(machine, "BMC ready: device 20h",
            f"BMC {word}: NetFn 06h cmd 01h timed out; failing requests")
    return break_it


def leave_override(machine):
    machine.put(f"{machine.path(DEVICE)}/driver_override", "kcs_host")
    machine.unbind(DEVICE, "ipmi_si")


def give_ports_away(machine):
    for module in ("acpi_power_meter", "ipmi_si"):
        machine.unload(module)
    machine.put("/proc/ioports", f"0ca2-0ca3 : {DEVICE}\n"
                "  0ca2-0ca2 : IPMI Address 1\n    0ca2-0ca2 : vendor_kcs")
    machine.put(MODULES_DEP, machine.read(MODULES_DEP) + "\nextra/vendor_kcs.ko:")
    machine.needs["vendor_kcs"] = []
    machine.load("vendor_kcs")
    machine.claimer = "vendor_kcs"


def give_to_vendor(machine):
    machine.unbind(DEVICE, "ipmi_si")
    machine.put("/sys/bus/platform/drivers/vendor kcs/unbind", "")
    machine.put_link(f"{machine.path(DEVICE)}/driver", "../drivers/vendor kcs")


def load_without_region(machine):
    machine.unload("ipmi_si")
    machine.put(CONF, machine.read("/usr/share/kcs-dkms/kcs.conf"))
    for module in ("kcs_host", "kcs_ipmi"):
        machine.load(module)
    machine.unload("acpi_power_meter")
    machine.unload("kcs_opregion")
    machine.put(PINNED, "N")
    machine.unload("kcs_anchor")
    for module in ("acpi_ipmi", "acpi_power_meter"):
        machine.load(module)


def blacklist_meter(machine, folder="/etc/modprobe.d", name="power.conf"):
    machine.unload("acpi_power_meter")
    machine.put(f"{folder}/{name}", "\n# too many lines\nblacklist acpi-power-meter\n"
                "install acpi_power_meter /bin/true")


def drop_modules(machine):
    machine.put(MODULES_DEP, re.sub("kernel/kcs_.*", "", machine.read(MODULES_DEP)))


def add_kernel(machine):
    machine.put(f"/boot/vmlinuz-{NEWER}", "")
    machine.put(f"/lib/modules/{NEWER}/modules.dep", "kernel/ipmi_si.ko:")


def add_old_kernel(machine):
    machine.put("/boot/vmlinuz-5.10.0-9-amd64", "")
    machine.put("/lib/modules/5.10.0-9-amd64/modules.dep", "kernel/ipmi_si.ko:")


def enforce(said="mok.pub is not enrolled", signer="DKMS module signing key"):
    """What makes a kernel refuse our modules."""
    def break_it(machine):
        machine.put("/sys/kernel/security/lockdown", "none [integrity] confidentiality")
        machine.answers.update(mokutil=said, modinfo=signer)
    return break_it


def remove_group(machine):
    machine.put("/etc/group", f"root:x:{os.getgid()}:")


def change_group(machine):
    machine.put("/etc/group", f"root:x:{os.getgid()}:\nipmi:x:998:")


def open_to_all(machine):
    machine.at("/dev/ipmi0").chmod(0o666)


def lose_interrupt(machine):
    machine.put(*POLL)
    log(machine, "IRQ 5: does not come in a self-test, falling back to polling")


def name_parameter(machine):
    machine.load("kcs_host")
    machine.put("/etc/modprobe.d/param.conf", "\noptions kcs_host type=kcs ports=0xca2")
    machine.put(DISCOVERY, f"{machine.read(DISCOVERY)}\n"
                "parameter kcs_param.0     ports       0xca2       1    1    - no driver has it")
    machine.put("/sys/bus/platform/devices/kcs_param.0/modalias", "platform:kcs_param")


def name_at_boot(machine, argument="kcs_host.ports=0xca2"):
    name_parameter(machine)
    machine.remove("/etc/modprobe.d/param.conf")
    machine.put("/proc/cmdline", f"quiet {argument} splash")


def boot_unknown_kernel(machine, release="7.10.0-1-amd64"):
    machine.put("/proc/sys/kernel/osrelease", release)
    machine.put(f"/boot/vmlinuz-{release}", "")
    machine.put(f"/lib/modules/{release}/modules.dep", machine.read(MODULES_DEP))


def count_calls(name):
    """What makes kcs_opregion count calls of AML where aml-lint is not there."""
    def break_it(machine):
        machine.put(f"/sys/module/kcs_opregion/calls/{name}", "7")
        del machine.answers["aml-lint"]
    return break_it


def unbind_meter(machine):
    machine.remove(f"{METER}/driver")


def lint(machine):
    finding = {"code": "direct", "text": "a reply's NetFn", "note": False}
    note = {"code": "global-lock", "text": "the Global Lock", "note": True}
    machine.answers["aml-lint"] = json.dumps({"unread": [], "regions": [{
        "path": r"\_SB.PMI0.POWR", "findings": [note],
        "fields": [{"path": r"\_SB.PMI0.GPMM", "findings": [finding]}]}]})


def upgrade(machine):
    machine.put("/usr/src/kcs-0.9.0/dkms.conf", 'PACKAGE_VERSION="0.9.1"')


def add_second(machine):
    machine.add_device("IPI0001:01")
    machine.bind("IPI0001:01", "kcs_host")


def unload_late(*modules):
    """What unloads modules."""
    return lambda machine: [machine.unload(name) for name in modules]


def persist_without_effect(machine):
    machine.put(CONF, "softdep ipmi_si pre: kcs_host")
