# SPDX-License-Identifier: GPL-2.0-only
"""`kcsctl doctor` on made-up machines: what is no fault, what is said, what was not checked."""
import json
import re
import time

import pytest

from kcsctl import cli
from kcsctl.doctor import examine
from kcsctl_broken import (CONF, DISCOVERY, MODULES_DEP, NEWER, POLL, RULE, add_kernel,
                           add_old_kernel, add_second, blacklist_meter, checks, drop_modules,
                           enforce, furnish, give_ports_away, give_to_vendor, healthy, log,
                           lose_interrupt, name_parameter, nothing, open_to_all, set_health, stock_machine,
                           unbind_meter, upgrade)
from kcsctl_kernel import DEVICE, PCI, PINNED, RELEASE, TWIN, Kernel, open_file, ours
from kcsctl_kernel import quick  # fixture


# -- Machines on which there is nothing to find. ----------------------------------

@pytest.mark.parametrize("options", [{}, {"meter_needs_acpi_ipmi": True}, {"devices": (PCI,)},
                                     {"devices": (TWIN,)}], ids=["6.1", "6.12", "PCI", "SMBIOS"])
def test_healthy_machine_gives_one_line(tmp_path, capsys, options):
    machine = healthy(tmp_path, **options)
    capsys.readouterr()
    assert cli.main(["doctor"], machine) == 0
    assert capsys.readouterr().out == "nothing found\n"
    assert machine.changes == []


def test_take_without_persist_leaves_a_note(tmp_path):
    data = examine(furnish(ours(tmp_path)))
    assert checks(data) == ("next_boot",) and data["findings"][0]["severity"] == "note"


def test_machine_without_bmc_says_so(tmp_path, capsys):
    assert cli.main(["doctor"], Kernel(tmp_path, ())) == 1
    assert capsys.readouterr().out == "this machine has no KCS interface to a BMC\n"
    assert cli.main(["doctor", "--json"], Kernel(tmp_path / "other", ())) == 1
    assert json.loads(capsys.readouterr().out)["findings"] == []


def test_interface_that_is_not_kcs_is_no_fault(tmp_path, capsys):
    machine = stock_machine(tmp_path)
    machine.put(f"{machine.path(DEVICE)}/type", "bt")
    assert cli.main(["doctor"], machine) == 1
    assert f"no KCS interface to a BMC; {DEVICE} (bt, ipmi_si)" in capsys.readouterr().out


def test_simulated_interface_is_none_of_the_machine(tmp_path):
    machine = healthy(tmp_path)
    machine.put_link("/sys/class/kcs/kcs7/device", "../../kcs_sim")
    assert checks(examine(machine)) == ()


def test_what_a_dead_bmc_entails_is_not_one_more_fault(tmp_path):
    machine = healthy(tmp_path)
    set_health("dead")(machine)
    machine.put(*POLL)
    unbind_meter(machine)
    machine.unload("kcs_ipmi")
    assert checks(examine(machine)) == ("bmc",)


def test_lines_of_modprobe_that_blacklist_nothing(tmp_path):
    machine = healthy(tmp_path)
    machine.put("/etc/modprobe.d/a.conf", "# blacklist acpi_power_meter\n"
                "blacklist acpi_power_meter_of_mine\noptions acpi_power_meter force_cap_on=1\n"
                "install acpi_power_meter /sbin/modprobe --ignore-install acpi_power_meter")
    machine.put("/etc/modprobe.d/b.conf.dpkg-old", "blacklist acpi_power_meter")
    machine.put("/etc/modprobe.d/c.conf", "")
    machine.put("/usr/lib/modprobe.d/c.conf", "blacklist acpi_power_meter")
    assert checks(examine(machine)) == ()


def test_rule_of_the_administrator_counts(tmp_path):
    machine = healthy(tmp_path)
    open_to_all(machine)
    machine.put(RULE.replace("/usr/lib", "/etc"), 'GROUP="ipmi", MODE="0666"')
    assert checks(examine(machine)) == ()
    machine.put(RULE.replace("/usr/lib", "/etc"), "# nothing")
    assert checks(examine(machine)) == ()


@pytest.mark.parametrize("name, text", [
    ("60-kcs-dkms.rules", ""), ("60-kcs-dkms.rules", None),
    ("70-mine.rules", 'KERNEL=="ipmi*", MODE="0666"')], ids=["empty", "null", "besides"])
def test_rule_that_is_masked_or_besides_counts(tmp_path, name, text):
    machine = healthy(tmp_path)
    open_to_all(machine)
    machine.put("/etc/udev/rules.d/70-other.rules", 'KERNEL=="sd*"')
    machine.put("/etc/udev/rules.d/70-old.rules.bak", 'KERNEL=="ipmi*"')
    assert checks(examine(machine)) == ("mode",)
    if text is None:
        machine.put_link(f"/etc/udev/rules.d/{name}", "/dev/null")
    else:
        machine.at(f"/etc/udev/rules.d/{name}").write_text(text)
    assert checks(examine(machine)) == ()


def test_override_that_names_the_driver_is_no_fault(tmp_path):
    machine = healthy(tmp_path)
    machine.put(f"{machine.path(DEVICE)}/driver_override", "kcs_host")
    assert checks(examine(machine)) == ()


def test_older_kernel_without_modules_does_not_boot_next(tmp_path):
    machine = healthy(tmp_path)
    for release in ("5.10.0-99-amd64", "6.1.0-9-amd64"):
        machine.put(f"/boot/vmlinuz-{release}", "")
        machine.put(f"/lib/modules/{release}/modules.dep", "kernel/ipmi_si.ko:")
    machine.put("/boot/vmlinuz-99.0-removed", "")
    assert checks(examine(machine)) == ()


# -- What a finding says. ---------------------------------------------------------

def found_in(machine):
    """The one finding of a machine."""
    [found] = examine(machine)["findings"]
    return found


def test_bmc_is_silent_since_it_was_logged(tmp_path):
    machine = healthy(tmp_path)
    set_health("dead")(machine)
    what = found_in(machine)["what"]
    at = time.strptime(re.search(r"since (.*) \(400 s\): BMC dead: NetFn 06h", what)[1],
                       "%Y-%m-%d %H:%M:%S")
    assert abs(time.time() - 400 - time.mktime(at)) < 60


@pytest.mark.parametrize("lines", [(), ("IRQ 5 works",), ("BMC dead: earlier", "BMC ready: ...")])
def test_bmc_is_silent_though_the_log_has_lost_it(tmp_path, lines):
    machine = healthy(tmp_path)
    machine.put("/sys/class/kcs/kcs0/health", "dead")
    log(machine, *lines)
    assert found_in(machine)["what"] == f"the BMC of {DEVICE} is dead"
    assert examine(machine)["not_checked"] == []


def test_watchdog_of_a_silent_bmc_is_named(tmp_path):
    machine = healthy(tmp_path)
    machine.load("ipmi_watchdog")
    assert checks(examine(machine)) == ()
    set_health("dead")(machine)
    assert "may reset the machine" in found_in(machine)["besides"]


@pytest.mark.parametrize("health, words", [
    ("dead", "ipmitool -I lanplus -H ADDRESS -U USER -a mc reset cold"),
    ("absent", "setup has the BMC switched off"), ("degraded", None)])
def test_what_resets_a_bmc_is_said_in_words_only(tmp_path, health, words):
    machine = healthy(tmp_path)
    machine.load("ipmi_watchdog")
    set_health(health)(machine)
    found = found_in(machine)
    assert found["mend"] == []
    assert words in found["besides"] if words else found["besides"] is None


def test_why_take_would_refuse_is_named(tmp_path):
    machine = stock_machine(tmp_path)
    open_file(machine, 4711, "ipmitool", "/dev/ipmi0")
    assert found_in(machine)["besides"] == "kcsctl take refuses as yet: /dev/ipmi0 is open in " \
        "ipmitool (pid 4711); stop it first"


@pytest.mark.parametrize("make, set_up, check", [
    (healthy, lose_interrupt, "interrupt"), (stock_machine, give_to_vendor, "driver"),
    (stock_machine, give_ports_away, "ports")])
def test_interface_in_use_stays_with_its_driver(tmp_path, make, set_up, check):
    machine = make(tmp_path)
    set_up(machine)
    assert checks(examine(machine)) == (check,) and found_in(machine)["mend"]
    machine.hidden = ("/proc/1/fd",)
    assert found_in(machine)["mend"] == []
    assert "which programs use an interface" in examine(machine)["not_checked"][0]
    machine.hidden = ()
    machine.load("ipmi_watchdog")
    assert found_in(machine)["mend"] == []
    assert "the IPMI watchdog is armed, or may be" in found_in(machine)["besides"]


def test_parameter_without_an_address_names_the_table(tmp_path):
    machine = stock_machine(tmp_path)
    name_parameter(machine)
    assert found_in(machine)["besides"] == "/etc/modprobe.d/param.conf, line 2, would name it again"
    memory = machine.read(DISCOVERY).replace("kcs_param.0     ports ", "kcs_param.0     memory")
    machine.put(DISCOVERY, memory)
    assert found_in(machine)["mend"][0].startswith("echo remove,kcs,mem,0xca2 ")
    machine.put(DISCOVERY, memory.replace("0xca2       1    1    -", "    -       -    -    -"))
    assert found_in(machine)["mend"] == []
    assert found_in(machine)["besides"].startswith(f"its address is in {DISCOVERY}: echo remove")
    machine.stuck = (DISCOVERY,)
    assert found_in(machine)["mend"] == []


def test_interface_that_polls_and_is_open_is_not_bound_anew(tmp_path):
    machine = healthy(tmp_path)
    lose_interrupt(machine)
    open_file(machine, 4711, "ipmitool", "/dev/ipmi0")
    assert found_in(machine)["mend"] == []
    assert found_in(machine)["besides"] == "/dev/ipmi0 is open in ipmitool (pid 4711); stop it first"


def test_new_version_of_several_interfaces_needs_a_reboot(tmp_path):
    machine = healthy(tmp_path)
    add_second(machine)
    machine.put("/sys/module/kcs_opregion/parameters/map", r"\_SB.PMI0=1")
    upgrade(machine)
    assert found_in(machine)["mend"] == []
    assert re.search(r"give-back refuses .* several interfaces, .*; or reboot$",
                     found_in(machine)["besides"])


def test_version_of_the_package_is_the_highest_one(tmp_path):
    machine = healthy(tmp_path)
    machine.put("/usr/src/kcs-0.10.0/dkms.conf", 'PACKAGE_VERSION="0.10.0"')
    machine.put("/usr/src/kcs-0.9.1/dkms.conf", 'PACKAGE_VERSION="0.9.1"')
    machine.put("/usr/src/kcs-other/dkms.conf", 'PACKAGE_VERSION="7"')
    assert found_in(machine)["what"] == "kcs_host 0.9.0 is loaded, and 0.10.0 is installed"


def test_kernel_that_the_package_excludes(tmp_path):
    machine = stock_machine(tmp_path)
    machine.put("/proc/sys/kernel/osrelease", "5.10.0-9-amd64")
    add_old_kernel(machine)
    machine.remove(f"/boot/vmlinuz-{RELEASE}")
    assert checks(examine(machine)) == ("modules",)
    assert "6.1 on" in found_in(machine)["besides"]


def test_kernel_without_ipmi_gets_no_modules(tmp_path):
    machine = healthy(tmp_path)
    add_kernel(machine)
    machine.put(f"/boot/config-{NEWER}", "# CONFIG_IPMI_HANDLER is not set")
    assert "no ipmi_msghandler" in found_in(machine)["besides"]
    machine.put(f"/boot/config-{NEWER}", "CONFIG_IPMI_HANDLER=m")
    assert found_in(machine)["mend"] == [f"apt-get install linux-headers-{NEWER}"]


@pytest.mark.parametrize("tool, package", [
    ("dnf", f"kernel-devel-{NEWER}"), ("zypper", "kernel-default-devel")])
def test_kernel_of_an_rpm_system_gets_its_own_commands(tmp_path, tool, package):
    machine = healthy(tmp_path)
    machine.put(f"/usr/bin/{tool}", "")
    machine.put("/usr/share/kcs-dkms/build-for", "")
    add_kernel(machine)
    build = f"/usr/share/kcs-dkms/build-for {NEWER}"
    assert found_in(machine)["mend"] == [f"{tool} install {package}", build]
    machine.put(f"/lib/modules/{NEWER}/build/include/x", "")
    assert found_in(machine)["mend"] == [build]


def test_kernel_of_a_checkout_has_its_modules_from_there(tmp_path):
    machine = stock_machine(tmp_path)
    drop_modules(machine)
    machine.remove("/usr/src")
    assert found_in(machine)["mend"] == [f"make install KDIR=/lib/modules/{RELEASE}/build"]


def test_without_the_package_its_file_comes_from_a_checkout(tmp_path):
    machine = healthy(tmp_path)
    for path in (CONF, "/usr/share/kcs-dkms"):
        machine.remove(path)
    assert found_in(machine)["mend"] == [f"cp scripts/package/kcs.conf {CONF}"]


def test_kernel_without_the_meters_driver(tmp_path):
    machine = healthy(tmp_path)
    machine.unload("acpi_power_meter")
    machine.put(MODULES_DEP, re.sub("kernel/acpi_power_meter.*", "", machine.read(MODULES_DEP)))
    assert found_in(machine)["what"] == f"{RELEASE} has no acpi_power_meter"


def test_newer_meter_is_bound_at_its_platform_driver(tmp_path):
    machine = healthy(tmp_path)
    unbind_meter(machine)
    machine.put("/sys/bus/platform/drivers/acpi-power-meter/bind", "")
    assert found_in(machine)["mend"] == \
        ["echo ACPI000D:00 >/sys/bus/platform/drivers/acpi-power-meter/bind"]


def test_claim_of_what_is_no_module_is_named(tmp_path):
    machine = stock_machine(tmp_path)
    give_ports_away(machine)
    machine.put("/proc/ioports", machine.read("/proc/ioports").replace("vendor_kcs", "some probe"))
    found = found_in(machine)
    assert "some probe has claimed" in found["what"] and "no module is called" in found["besides"]
    assert found["mend"] == [f"kcsctl take {DEVICE} --persist"]


@pytest.mark.parametrize("claimed, check", [("0ca2-0ca2", "ports"), ("0ca4-0ca4", "driver")])
def test_claim_is_found_where_only_smbios_names_registers(tmp_path, claimed, check):
    machine = furnish(Kernel(tmp_path, (TWIN,)))
    machine.put("/proc/ioports", "0ca2-0ca2 : IPMI Address 1\n0ca3-0ca3 : IPMI Address 2\n"
                f"  {claimed} : vendor_kcs")
    assert checks(examine(machine)) == (check,)


def test_registers_of_a_board_device_are_free(tmp_path):
    machine = healthy(tmp_path)
    machine.unbind(DEVICE, "kcs_host")
    machine.put("/proc/ioports", f"0ca2-0ca3 : {DEVICE}\n  0ca2-0ca2 : pnp 00:05")
    assert checks(examine(machine)) == ("driver",)


def test_regions_that_nothing_serves(tmp_path):
    machine = healthy(tmp_path)
    unbind_meter(machine)       # which follows from that
    machine.unload("kcs_opregion")
    assert found_in(machine)["what"] == "AML regions are not served"
    assert found_in(machine)["mend"] == ["modprobe kcs_opregion"]


def test_regions_whose_handler_was_not_installed(tmp_path):
    machine = healthy(tmp_path)
    machine.put(PINNED, "N")
    machine.remove("/sys/module/acpi_ipmi")
    assert found_in(machine)["mend"] == ["rmmod kcs_opregion", "modprobe kcs_opregion"]


def test_several_bmcs_with_a_map_are_no_finding(tmp_path):
    machine = healthy(tmp_path)
    add_second(machine)
    machine.put("/sys/module/kcs_opregion/parameters/map", r"\_SB.PMI0=1")
    assert checks(examine(machine)) == ()


# -- What enforces signatures. ----------------------------------------------------

def secure_boot(machine, byte):
    """Set the variable of the firmware, without the file that says what the kernel does."""
    machine.remove("/sys/kernel/security/lockdown")
    machine.put("/sys/firmware/efi/efivars/x", "")
    machine.at("/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
               ).write_bytes(bytes([6, 0, 0, 0, byte]))


@pytest.mark.parametrize("set_up, words", [
    (lambda machine: machine.put("/sys/module/module/parameters/sig_enforce", "Y"),
     "module.sig_enforce is set"),
    (lambda machine: machine.put("/sys/kernel/security/lockdown", "none [integrity] x"),
     "the kernel is locked down"),
    (lambda machine: secure_boot(machine, 1), "Secure Boot is on"),
    (lambda machine: secure_boot(machine, 0), None),
    (lambda machine: (secure_boot(machine, 1), machine.put(
        "/sys/kernel/security/lockdown", "[none] integrity")), None),
    (nothing, None)], ids=["sig_enforce", "lockdown", "secure-boot", "not-secure", "not-locked",
                           "none"])
def test_what_enforces_signatures_is_named(tmp_path, set_up, words):
    machine = stock_machine(tmp_path)
    machine.answers["mokutil"] = "mok.pub is not enrolled"
    set_up(machine)
    assert checks(examine(machine)) == (("signature",) if words else ("driver",))
    assert (words or "belongs to ipmi_si") in found_in(machine)["what"]


def test_loaded_modules_were_accepted(tmp_path):
    machine = healthy(tmp_path)
    enforce()(machine)
    assert checks(examine(machine)) == ()


def test_enrolled_key_is_no_fault(tmp_path):
    machine = stock_machine(tmp_path)
    enforce("mok.pub is already enrolled")(machine)
    assert checks(examine(machine)) == ("driver",)


# -- What could not be checked. ---------------------------------------------------

def no_tool(name):
    """What takes a program away."""
    return lambda machine: (enforce()(machine), machine.answers.pop(name))


@pytest.mark.parametrize("make, set_up, hidden, words", [
    (healthy, lambda machine: machine.put(*POLL), DISCOVERY, "which interrupt firmware names"),
    (healthy, lambda machine: machine.put(*POLL), "/sys/kernel/debug", "which interrupt"),
    (healthy, nothing, "/proc/interrupts", "how interfaces wait"),
    (healthy, set_health("dead"), "/dev/kmsg", "since when and why"),
    (healthy, lambda machine: machine.answers.update({"aml-lint": ""}), "none", "gives no result"),
    (healthy, lambda machine: machine.answers.update(
        {"aml-lint": '{"unread": [{"table": "SSDT3"}], "regions": []}'}), "none",
     "aml-lint could not read SSDT3"),
    (healthy, lambda machine: machine.put("/etc/modprobe.d/x.conf", ""), "/etc/modprobe.d/x.conf",
     "what modprobe is told"),
    (healthy, nothing, "/boot", "the newest kernel"),
    (healthy, blacklist_meter, "/etc/modprobe.d/power.conf", "what modprobe is told"),
    (healthy, nothing, "/usr/lib/modprobe.d", "what modprobe is told (/usr/lib/modprobe.d"),
    (healthy, nothing, CONF, "the next boot"),
    (stock_machine, nothing, "/sys/kernel/security/lockdown", "lockdown"),
    (stock_machine, lambda machine: secure_boot(machine, 1), "/sys/firmware/efi", "Secure Boot"),
    (stock_machine, no_tool("mokutil"), "none", "mokutil is not installed"),
    (stock_machine, no_tool("modinfo"), "none", "modinfo is not installed"),
    (stock_machine, enforce(""), "none", "mokutil does not know /var/lib/dkms/mok.pub"),
    (lambda root: furnish(Kernel(root)), lambda machine: machine.put(
        "/proc/ioports", f"0000-0000 : {DEVICE}\n  0000-0000 : vendor_kcs"), "none",
     "/proc/ioports hides addresses"),
])
def test_what_is_hidden_is_named(tmp_path, capsys, make, set_up, hidden, words):
    machine = make(tmp_path)
    set_up(machine)
    machine.hidden = (hidden,)
    data = examine(machine)
    assert words in "; ".join(data["not_checked"]), data
    capsys.readouterr()
    assert cli.main(["doctor"], machine) == (5 if data["findings"] else 6)
    said = capsys.readouterr().out.splitlines()
    assert said[-1].startswith("not checked: ") and words in said[-1]
    assert "nothing found" not in said
    if not data["findings"]:
        assert said[0] == "nothing found in what was checked"


def test_driver_that_is_stuck_does_not_hold_up_doctor(tmp_path):
    """As ipmi_si, in an unbind: it keeps the lock of the device, which reads wait for."""
    machine = stock_machine(tmp_path)
    machine.unbind(DEVICE, "ipmi_si")
    machine.stuck = (f"{machine.path(DEVICE)}/driver_override", DISCOVERY)
    assert found_in(machine)["what"] == f"a driver keeps {DEVICE} locked"
    assert found_in(machine)["mend"] == []
    assert examine(machine)["not_checked"] == \
        [f"which drivers may have {DEVICE} (the kernel has not returned)"]
    machine = healthy(tmp_path / "ours")
    lose_interrupt(machine)
    machine.stuck = (DISCOVERY,)
    assert (checks(examine(machine)), examine(machine)["not_checked"]) == \
        ((), ["which interrupt firmware names (the kernel has not returned)"])


def test_tables_without_aml_lint_are_named_and_no_fault(tmp_path, capsys):
    machine = healthy(tmp_path)
    del machine.answers["aml-lint"]
    capsys.readouterr()
    assert cli.main(["doctor"], machine) == 0
    assert capsys.readouterr().out == "nothing found; firmware's tables are not checked: " \
        "aml-lint, which does it, comes with the sources only\n"
