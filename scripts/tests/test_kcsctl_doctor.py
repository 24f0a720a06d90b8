# SPDX-License-Identifier: GPL-2.0-only
"""`kcsctl doctor` on made-up machines: each fault is named, with what mends it, and no other."""
import dataclasses
import json
import re
import time
from collections.abc import Callable

import pytest

from kcsctl import cli
from kcsctl.checks_boot import DKMS_CONF, known_kernels
from kcsctl.doctor import as_text, examine
from kcsctl.machine import Machine
from kcsctl_broken import (CONF, DKMS, NEWER, add_kernel, add_second, blacklist_meter,
                           boot_unknown_kernel, change_group, checks, count_calls, drop_modules,
                           enforce, give_ports_away, give_to_vendor, healthy, leave_override,
                           lint, load_without_region, lose_interrupt, name_at_boot,
                           name_parameter, nothing, open_to_all, persist_without_effect,
                           remove_group, set_health, stock_machine, unbind_meter, unload_late,
                           upgrade)
from kcsctl_kernel import DEVICE, RELEASE
from kcsctl_kernel import quick  # fixture
from kcsctl.checks_boot import HOOKS
from kcsctl_mend import mend


@dataclasses.dataclass
class Case:
    """A broken machine: how it is made, what doctor says, and whether its commands mend it."""
    name: str
    break_it: Callable
    check: str
    words: str
    command: str | None     # None: what mends it is said in words
    make: Callable = healthy
    severity: str = "fault"
    # What is found after the commands; None: they mend nothing by themselves.
    after: tuple | None = ()


CASES = [
    Case("ipmi_si", nothing, "driver", f"{DEVICE} belongs to ipmi_si",
         f"kcsctl take {DEVICE} --persist", stock_machine),
    Case("not-in-effect", persist_without_effect, "driver",
         f"{DEVICE} belongs to ipmi_si, though {CONF} gives it to kcs_host at boot",
         f"kcsctl take {DEVICE}", stock_machine),
    Case("no-driver", lambda machine: machine.unbind(DEVICE, "ipmi_si"), "driver",
         f"{DEVICE} has no driver", f"kcsctl take {DEVICE} --persist", stock_machine),
    Case("vendor-driver", give_to_vendor, "driver", f"{DEVICE} belongs to vendor kcs",
         f"echo {DEVICE} >'/sys/bus/platform/drivers/vendor kcs/unbind'", stock_machine),
    Case("override", leave_override, "override",
         f"driver_override of {DEVICE} names kcs_host, which is not loaded",
         f"kcsctl take {DEVICE}", stock_machine),
    Case("ports", give_ports_away, "ports",
         f"vendor_kcs has claimed registers of {DEVICE}, 0xca2-0xca2", "rmmod vendor_kcs",
         stock_machine),
    Case("parameter", name_parameter, "parameter", "kcs_param.0, which a parameter of kcs_host "
         "names, has no driver", "echo remove,kcs,i/o,0xca2 "
         ">/sys/module/kcs_host/parameters/hotmod", stock_machine,
         after=("driver",)),
    Case("acpi_ipmi", load_without_region, "regions", "AML regions are served by acpi_ipmi",
         "modprobe kcs_opregion", stock_machine),
    Case("meter-not-loaded", unload_late("acpi_power_meter"), "meter",
         "ACPI000D:00: acpi_power_meter is not loaded", "modprobe acpi_power_meter"),
    Case("meter-not-bound", unbind_meter, "meter", "acpi_power_meter is loaded, and has not taken",
         "echo ACPI000D:00 >/sys/bus/acpi/drivers/power_meter/bind"),
    Case("meter-blacklisted", blacklist_meter, "meter",
         "/etc/modprobe.d/power.conf, line 3, /etc/modprobe.d/power.conf, line 4",
         "sed -i '3s/^/#/;4s/^/#/' /etc/modprobe.d/power.conf", severity="note"),
    Case("meter-blacklisted-by-package",
         lambda machine: blacklist_meter(machine, "/usr/lib/modprobe.d"), "meter",
         "/usr/lib/modprobe.d/power.conf, line 3",
         "sed '3s/^/#/;4s/^/#/' /usr/lib/modprobe.d/power.conf >/etc/modprobe.d/power.conf",
         severity="note"),
    Case("meter-blacklisted-in-odd-file",
         lambda machine: blacklist_meter(machine, name="my power.conf"), "meter",
         "my power.conf, line 3", "'/etc/modprobe.d/my power.conf'", severity="note"),
    Case("meter-blacklisted-at-boot",
         lambda machine: machine.put("/proc/cmdline", "modprobe.blacklist=a,acpi_power_meter"),
         "meter", "in the kernel's command line", "update-grub", severity="note", after=None),
    Case("key-not-enrolled", enforce(), "signature", "is not enrolled",
         "mokutil --import /var/lib/dkms/mok.pub", stock_machine, after=("signature",)),
    Case("key-pending", enforce("mok.pub is already in the enrollment request"), "signature",
         "waits to be confirmed", None, stock_machine, after=("signature",)),
    Case("not-signed", enforce(signer=""), "signature", "it is not signed",
         "dkms build --force kcs/0.9.0 && dkms install --force kcs/0.9.0", stock_machine, after=("signature",)),
    Case("no-group", remove_group, "mode", "there is no group ipmi", "groupadd --system ipmi"),
    Case("wrong-group", change_group, "mode", "/dev/ipmi0 has group root and mode 0660",
         "udevadm trigger --settle --subsystem-match=ipmi"),
    Case("open-to-all", open_to_all, "mode", "group ipmi and mode 0666, not ipmi and 0660",
         "udevadm trigger --settle --subsystem-match=ipmi"),
    Case("firmware", lint, "firmware", r"\_SB.PMI0.GPMM: direct", "aml-lint --policy=all",
         severity="note", after=None),
    Case("dead", set_health("dead"), "bmc", f"the BMC of {DEVICE} is dead since ",
         None, after=("bmc",)),
    Case("absent", set_health("absent"), "bmc", f"the BMC of {DEVICE} is absent since ",
         None, after=("bmc",)),
    Case("degraded", set_health("degraded"), "bmc", f"the BMC of {DEVICE} is degraded since ",
         None, severity="note", after=("bmc",)),
    Case("no-modules", drop_modules, "modules",
         f"kcs_host, kcs_opregion, kcs_ipmi: not installed for the running kernel, {RELEASE}",
         f"{HOOKS[0]} {RELEASE}", stock_machine, after=("driver",)),
    Case("newer-kernel", add_kernel, "modules", f"the newest kernel, {NEWER}, has no modules",
         f"apt-get install linux-headers-{NEWER}"),
    Case("removed-modules", drop_modules, "modules", f"{RELEASE}, has no modules of ours",
         f"{HOOKS[0]} {RELEASE}"),
    Case("polls", lose_interrupt, "interrupt",
         "has interrupt 5; since ", f"echo {DEVICE} >/sys/bus/platform/drivers/kcs_host/bind",
         severity="note"),
    Case("not-persisted", lambda machine: machine.remove(CONF), "next_boot",
         f"the next boot gives the interface to ipmi_si: {CONF} is not there",
         "kcsctl take --persist", severity="note"),
    Case("conf-without-line",
         lambda machine: machine.at(CONF).write_text("options kcs_host with_pci=1"), "next_boot",
         f"{CONF} has no line for it", f"'softdep ipmi_si pre: kcs_host' >>{CONF}", severity="note"),
    Case("no-kcs_ipmi", unload_late("kcs_ipmi"), "device_file", "kcs_ipmi is not loaded",
         "modprobe kcs_ipmi"),
    Case("no-ipmi_devintf", lambda machine: machine.remove("/sys/module/ipmi_devintf"),
         "device_file", "ipmi_devintf is not loaded", "modprobe ipmi_devintf"),
    Case("old-version", upgrade, "version", "kcs_host 0.9.0 is loaded, and 0.9.1 is installed",
         "kcsctl give-back", severity="note"),
    Case("newer-than-known", boot_unknown_kernel, "kernel",
         "7.10.0-1-amd64 is newer than the kernels that the modules are known on", None,
         severity="note", after=("kernel",)),
    Case("parameter-at-boot", name_at_boot, "parameter", "kcs_param.0, which a parameter",
         "echo remove,kcs,i/o,0xca2 ", stock_machine, after=("driver",)),
    Case("malformed-calls", count_calls("malformed"), "firmware",
         "firmware: 7 of its calls of the BMC are no request", None, severity="note",
         after=("firmware",)),
    Case("oversized-calls", count_calls("oversized"), "firmware",
         "firmware: 7 of its calls of the BMC got a reply that does not fit", None,
         severity="note", after=("firmware",)),
    Case("no-map", add_second, "map", "several interfaces (IPI0001:00, IPI0001:01)",
         "cat /sys/kernel/debug/kcs_opregion/firmware", severity="note", after=None),
]
BROKEN = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def broken(case, root):
    """A broken machine."""
    machine = case.make(root)
    case.break_it(machine)
    machine.changes.clear()
    return machine


@BROKEN
def test_fault_is_named_with_its_command_and_no_other(tmp_path, case):
    machine = broken(case, tmp_path)
    data = examine(machine)
    assert checks(data) == (case.check,), data
    [found] = data["findings"]
    assert (found["severity"], data["not_checked"]) == (case.severity, [])
    assert case.words in found["what"]
    assert any(case.command in command for command in found["mend"]) if case.command else \
        not found["mend"], found["mend"]
    assert machine.changes == []


@BROKEN
def test_command_ends_the_finding(tmp_path, case):
    machine = broken(case, tmp_path)
    if case.after is None:
        assert case.severity == "note"
        return
    mend(machine, examine(machine)["findings"][0]["mend"])
    assert checks(examine(machine)) == case.after


@BROKEN
def test_json_has_what_the_text_has(tmp_path, case, capsys, monkeypatch):
    monkeypatch.setattr(time, "time", lambda: 1764000000.0)     # of "since"
    machine = broken(case, tmp_path)
    capsys.readouterr()
    status = cli.main(["doctor", "--json"], machine)
    data = json.loads(capsys.readouterr().out)
    assert cli.main(["doctor"], machine) == status == (5 if case.severity == "fault" else 0)
    text = capsys.readouterr().out
    [found] = data["findings"]
    assert text.rstrip("\n") == as_text(data)
    for words in (found["what"], found["why"], *found["mend"], found["besides"] or ""):
        assert words in text
    assert "nothing found" not in text


# -- Details of these findings. ---------------------------------------------------

@pytest.mark.parametrize("argument", ["kcs_host.ports=0xca2", "kcs-host.addrs=0xca2",
                                      "kcs_host.hotmod=add,kcs,i/o,0xca2"])
def test_parameter_of_the_command_line_is_named(tmp_path, argument):
    machine = stock_machine(tmp_path)
    name_at_boot(machine, argument)
    [found] = examine(machine)["findings"]
    assert f"the kernel's command line, {argument}, would name it again" in found["besides"]
    assert "update-grub" in found["besides"]


@pytest.mark.parametrize("argument", ["xkcs_host.ports=1", "kcs_host.with_pci=1", "quiet"])
def test_other_words_of_the_command_line_are_not_named(tmp_path, argument):
    machine = stock_machine(tmp_path)
    name_at_boot(machine, argument)
    assert "command line" not in (examine(machine)["findings"][0]["besides"] or "")


@pytest.mark.parametrize("release", ["6.1.0-57-amd64", "6.18.0", "7.3.9-amd64"])
def test_kernel_within_the_known_ones_is_no_finding(tmp_path, release):
    machine = healthy(tmp_path)
    boot_unknown_kernel(machine, release)
    assert checks(examine(machine)) == ()


def test_kernels_are_known_from_the_package_or_the_checkout(tmp_path):
    machine = healthy(tmp_path)
    assert known_kernels(machine) == (["6.1", "6.12"], ["7.2", "7.3"])
    machine.put("/usr/src/kcs-0.9.0/dkms.conf", DKMS.replace("6.12", "6.19"))
    assert known_kernels(machine)[0] == ["6.1", "6.19"]
    machine.remove("/usr/src/kcs-0.9.0")
    text = DKMS_CONF.read_text(encoding="utf-8")
    for numbers in known_kernels(machine):
        assert f'="{" ".join(numbers)}"' in text
    machine.put("/usr/src/kcs-0.9.0/dkms.conf", 'PACKAGE_VERSION="0.9.0"')
    assert "which kernels" in examine(machine)["remarks"][0]


def test_readme_names_the_kernels_that_doctor_knows(tmp_path):
    text = (DKMS_CONF.parents[3] / "README.md").read_text(encoding="utf-8")
    [words] = [part for part in text.split("\n\n") if part.startswith("Kernels 6")]
    tested, seen = known_kernels(Machine(tmp_path))
    known, _, rest = words.partition("are what is tested")
    for numbers, part in ((tested, known), (seen, rest)):
        assert re.findall(r"\b\d\.\d+\b", part) == numbers
