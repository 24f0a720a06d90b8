# SPDX-License-Identifier: GPL-2.0-only
"""kcsctl on made-up trees of sysfs: what it reports, does and refuses."""
import errno
import io
import json
import os
import sys

import pytest

from kcsctl import cli
from kcsctl.machine import find_interfaces
from kcsctl.status import as_data, as_text
from kcsctl_kernel import (DEVICE, METER, PCI, RELEASE, TWIN, Kernel, assert_ours, assert_stock,
                           open_file, ours, stock)
from kcsctl_kernel import machine, quick  # fixtures

CONF = "/etc/modprobe.d/kcs.conf"


# -- status. ----------------------------------------------------------------------

def test_status_shows_the_stock_driver(machine):
    machine.put("/proc/ioports", "  0ca2-0ca3 : IPI0001:00\n    0ca2-0ca2 : ipmi_si")
    machine.put(f"{machine.path(DEVICE)}/bmc/firmware_revision", "2.34")
    machine.put(f"{METER}/power1_average", "187000000")
    data = as_data(machine)
    assert data == {
        "interfaces": [{
            "device": DEVICE, "found_by": "ACPI", "address": "I/O port 0xca2",
            "driver": "ipmi_si", "in_service": True, "host": None, "ipmi": "/dev/ipmi0",
            "waiting": "interrupt", "bmc": {"firmware_revision": "2.34"}, "health": None,
            "counters": {}}],
        "regions": "acpi_ipmi",
        "meters": [{"device": "ACPI000D:00", "driver": "power_meter", "watts": 187.0}],
        "next_boot": "ipmi_si", "conf": False}


def test_status_shows_ours(tmp_path):
    machine = ours(tmp_path)
    for name, value in (("requests", "7"), ("timeouts", "0"), ("errors", "2")):
        machine.put(f"/sys/class/kcs/kcs0/{name}", value)
    machine.put("/proc/interrupts", "   5:   0   35   IO-APIC   5-fasteoi   other, kcs0")
    data = as_data(machine)
    [shown] = data["interfaces"]
    assert (shown["driver"], shown["host"], shown["health"]) == ("kcs_host", "kcs0", "ready")
    assert shown["counters"] == {"requests": 7, "errors": 2}
    assert (shown["waiting"], data["regions"]) == ("interrupt 5", "kcs_opregion")
    assert "kcs_host (kcs0, /dev/ipmi0)" in as_text(data)
    machine.put("/proc/interrupts", "   5:   0   35   IO-APIC   5-fasteoi   kcs01")
    assert as_data(machine)["interfaces"][0]["waiting"] == "polling"


@pytest.mark.parametrize("hidden", ["00000000-00000000 : IPI0001:00", ""])
def test_address_hidden_in_ioports_is_the_drivers(machine, hidden):
    machine.put("/proc/ioports", hidden)
    assert as_data(machine)["interfaces"][0]["address"] == "I/O port 0xca2"
    machine.remove(f"{machine.path(DEVICE)}/params")
    assert as_data(machine)["interfaces"][0]["address"] is None
    assert "address not known, found by ACPI" in as_text(as_data(machine))


@pytest.mark.parametrize("devices, shown", [
    ((), []), ((TWIN,), [TWIN]), ((DEVICE, TWIN), [DEVICE]), ((PCI,), [PCI]),
    ((PCI, DEVICE), [DEVICE]), ((TWIN, "DELL0100:00"), ["DELL0100:00"]),
    ((DEVICE, "IPI0001:01"), [DEVICE, "IPI0001:01"])])
def test_interface_without_driver_is_shown_once(tmp_path, devices, shown):
    assert [each.device for each in find_interfaces(Kernel(tmp_path, devices))] == shown


def test_twin_that_the_stock_driver_has_too_is_left_out(machine):
    machine.put_link(f"{machine.path(TWIN)}/driver", "../drivers/ipmi_si")
    assert [each.device for each in find_interfaces(machine)] == [DEVICE]


def test_interface_of_another_driver_is_shown(machine):
    machine.put_link("/sys/class/ipmi/ipmi1/device", "../../0-0010")
    machine.put_link("/sys/class/kcs/kcs0/device", "../../kcs_sim")
    assert {each.device: each.found_by for each in find_interfaces(machine)} == {
        DEVICE: "ACPI", "0-0010": "another driver", "kcs_sim": "kcs_sim"}


@pytest.mark.parametrize("pinned, module, has_interface, served_by", [
    (None, "acpi_ipmi", False, "acpi_ipmi"), (None, None, False, None),
    ("N", "acpi_ipmi", False, "acpi_ipmi"), ("Y", "kcs_opregion", True, "kcs_opregion"),
    ("Y", "kcs_opregion", False, None), ("Y", "acpi_ipmi", True, None)])
def test_regions_are_served_by(tmp_path, pinned, module, has_interface, served_by):
    machine = Kernel(tmp_path)
    if pinned:
        machine.put("/sys/module/kcs_anchor/parameters/pinned", pinned)
    if module:
        machine.put(f"/sys/module/{module}/initstate", "live")
    if has_interface:
        machine.put_link("/sys/class/kcs/kcs0/device", "../../kcs_sim")
    assert as_data(machine)["regions"] == served_by


def test_newer_meter_is_read_at_its_platform_device(machine):
    machine.remove(f"{METER}/driver")
    node = f"{METER}/physical_node"
    machine.put(f"{node}/hwmon/hwmon3/power1_average", "250000000")
    machine.put_link(f"{node}/driver", "../../drivers/acpi-power-meter")
    assert as_data(machine)["meters"] == [
        {"device": "ACPI000D:00", "driver": "acpi-power-meter", "watts": 250.0}]


@pytest.mark.parametrize("conf, modules, driver", [
    ("softdep ipmi_si pre: kcs_host", "kcs_host", "kcs_host"),
    ("# softdep ipmi_si pre: kcs_host", "kcs_host", "ipmi_si"),
    ("softdep ipmi_si pre: kcs_host", "other_kcs_host", "ipmi_si")])
def test_next_boot(machine, conf, modules, driver):
    machine.put(CONF, conf)
    machine.put(f"/lib/modules/{RELEASE}/modules.dep", f"updates/dkms/{modules}.ko.xz: x.ko")
    assert as_data(machine)["next_boot"] == driver


def test_status_without_an_interface_has_status_1(tmp_path, capsys):
    assert cli.main(["status", "--json"], Kernel(tmp_path, ())) == 1
    assert json.loads(capsys.readouterr().out)["interfaces"] == []
    assert cli.main(["status"], stock(tmp_path / "other")) == 0


# -- take and give-back. ----------------------------------------------------------

@pytest.mark.parametrize("options", [{}, {"meter_needs_acpi_ipmi": True}], ids=["6.1", "6.12"])
def test_take_and_give_back(tmp_path, options):
    machine = stock(tmp_path, **options)
    before = machine.state()
    assert cli.main(["take"], machine) == 0
    assert_ours(machine)
    assert cli.main(["give-back"], machine) == 0
    assert machine.state() == before
    assert_stock(machine)


@pytest.mark.parametrize("command", ["take", "give-back"])
def test_second_time_changes_nothing(tmp_path, command, capsys):
    machine = ours(tmp_path)
    assert cli.main([command], machine) == 0
    machine.changes.clear()
    capsys.readouterr()
    assert cli.main([command], machine) == 0
    assert machine.changes == []
    assert "already" in capsys.readouterr().out


def test_blacklisted_meter_is_left_alone(machine, capsys):
    machine.unload("acpi_power_meter")
    machine.blacklist.append("acpi_power_meter")
    assert cli.main(["take"], machine) == cli.main(["take"], machine) == 0
    assert "already" in capsys.readouterr().out
    assert cli.main(["give-back"], machine) == 0
    assert not machine.is_loaded("acpi_power_meter") and machine.regions == "acpi_ipmi"


def test_meter_that_does_not_load_is_a_warning(machine, capsys):
    machine.unload("acpi_power_meter")
    machine.broken.append("acpi_power_meter")
    assert cli.main(["take"], machine) == 0
    assert "install command for acpi_power_meter; going on without" in capsys.readouterr().err
    assert machine.state()[0][DEVICE] == "kcs_host"


def test_simulated_interface_does_not_keep_regions(tmp_path, capsys):
    machine = ours(tmp_path)
    machine.load("kcs_sim")
    machine.put_link("/sys/class/kcs/kcs7/device", "../../kcs_sim")
    assert cli.main(["give-back"], machine) == 0
    assert "not served" not in capsys.readouterr().err
    assert machine.state()[0][DEVICE] == "ipmi_si" and machine.regions == "acpi_ipmi"
    assert [name for name in machine.names("/sys/module") if name.startswith("kcs_")] == \
        ["kcs_host", "kcs_sim"]
    assert cli.main(["give-back"], machine) == 0
    assert "already" in capsys.readouterr().out


def test_interface_over_another_driver_keeps_what_serves_it(tmp_path, capsys):
    machine = ours(tmp_path)
    machine.load("kcs_via_ipmi")
    machine.put_link("/sys/class/kcs/kcs7/device", "../../kcs_via_ipmi.1")     # an SSIF
    assert cli.main(["give-back"], machine) == 0
    said = capsys.readouterr().err
    assert "regions stay with kcs_opregion, as kcs_via_ipmi serves kcs_via_ipmi.1" in said
    assert "not served" not in said
    assert machine.state()[0][DEVICE] == "ipmi_si" and machine.regions == "kcs_anchor"
    assert {"kcs_via_ipmi", "kcs_opregion", "kcs_host"} <= set(machine.names("/sys/module"))


def test_interface_over_the_stock_driver_is_the_same_one(tmp_path):
    machine = stock(tmp_path)
    machine.load("kcs_via_ipmi")
    machine.put_link("/sys/class/kcs/kcs7/device", "../../kcs_via_ipmi.0")
    machine.update()
    assert cli.main(["give-back"], machine) == 0
    assert not machine.is_loaded("kcs_via_ipmi") and not machine.is_loaded("kcs_host")


def add_parameter(machine, is_bound):
    path = "/sys/bus/platform/devices/kcs_param.0"
    machine.put(f"{path}/modalias", "platform:kcs_param")
    machine.put(f"{path}/driver_override", "(null)")
    for device in ("kcs_param.0", DEVICE):
        machine.put_link(f"{machine.path(device)}/firmware_node", f"../../LNXSYBUS:00/{DEVICE}")
    if is_bound:
        machine.bind("kcs_param.0", "kcs_host")


def test_interface_of_a_parameter_is_ours_already(tmp_path, capsys):
    machine = Kernel(tmp_path)
    for module in ("kcs_host", "kcs_ipmi", "acpi_power_meter"):
        machine.load(module)
    machine.unbind(DEVICE, "kcs_host")
    add_parameter(machine, is_bound=True)
    machine.load("ipmi_si")
    machine.unbind(DEVICE, "ipmi_si")
    assert cli.main(["take"], machine) == 0
    assert "kcs_param.0 belongs to kcs_host already" in capsys.readouterr().out
    assert_refused(machine, capsys, "kcs_param.0 is there by a parameter of kcs_host, so ipmi_si "
                   "cannot have it: stop what uses it, and remove it by /sys/module/kcs_host/",
                   "give-back")


def test_parameter_for_what_ipmi_si_has_is_refused(machine, capsys):
    machine.load("kcs_host")
    add_parameter(machine, is_bound=False)
    machine.put("/sys/kernel/debug/kcs/discovery", "parameter kcs_param.0     memory "
                "0xfed00000       1    1    - no driver has it")
    assert_refused(machine, capsys, "kcs_param.0, which a parameter of kcs_host names, has no "
                   "driver, maybe as ipmi_si has its registers: remove it by echo "
                   "remove,kcs,mem,0xfed00000 >/sys/module/kcs_host/parameters/hotmod", "take")


def test_interface_on_pci_is_moved(tmp_path):
    machine = stock(tmp_path, devices=(PCI,))
    assert cli.main(["take", PCI], machine) == 0
    assert machine.state()[0] == {PCI: "kcs_host"}


def test_persist_copies_and_removes_the_file(machine, capsys):
    assert cli.main(["take", "--persist"], machine) == 0
    assert machine.read(CONF) == "softdep ipmi_si pre: kcs_host"
    capsys.readouterr()
    assert cli.main(["take", "--persist"], machine) == 0
    assert "already" in capsys.readouterr().out
    assert machine.names("/etc/modprobe.d") == ["kcs.conf"]
    assert cli.main(["give-back"], machine) == 0
    assert machine.exists(CONF)
    assert cli.main(["give-back", "--persist"], machine) == 0
    assert machine.names("/etc/modprobe.d") == []


def test_file_that_the_administrator_wrote_is_left(tmp_path, capsys):
    machine = stock(tmp_path)
    machine.put(CONF, "options kcs_host with_pci=1")
    assert_refused(machine, capsys, f"{CONF} is no copy of", "take", "--persist")
    machine.put(CONF, "options kcs_host with_pci=1\nsoftdep ipmi_si pre: kcs_host")
    before = machine.read(CONF)
    assert cli.main(["take", "--persist"], machine) == 0
    capsys.readouterr()
    machine.changes.clear()
    assert_refused(machine, capsys, f"{CONF} is no copy of", "give-back", "--persist")
    assert machine.read(CONF) == before


def test_file_is_copied_byte_by_byte(machine):
    text = b"# \xfc\r\nsoftdep ipmi_si pre: kcs_host\n\n"
    machine.at("/usr/share/kcs-dkms/kcs.conf").write_bytes(text)
    assert cli.main(["take", "--persist"], machine) == 0
    assert machine.at(CONF).read_bytes() == text


def test_silent_bmc_is_taken_and_not_given_back(machine, capsys):
    machine.is_bmc_alive = False
    assert cli.main(["take"], machine) == 0
    assert "dead" in capsys.readouterr().out
    before = machine.state()
    assert cli.main(["give-back"], machine) == 3
    assert "ipmi_si does not take IPI0001:00" in capsys.readouterr().err
    assert machine.state() == before


def test_one_of_two_interfaces_is_given_back(tmp_path, capsys):
    machine = stock(tmp_path, devices=(DEVICE, "IPI0001:01"))
    machine.bind("IPI0001:01", "ipmi_si")
    assert cli.main(["take"], machine) == 1
    assert cli.main(["take", "IPI0001:01"], machine) == 0
    assert cli.main(["take", DEVICE], machine) == 0
    capsys.readouterr()
    assert cli.main(["give-back", "kcs0"], machine) == 0
    assert "AML regions below IPI0001:01 are not served until IPI0001:00 is given back, too" in \
        capsys.readouterr().err
    assert machine.state()[0] == {DEVICE: "kcs_host", "IPI0001:01": "ipmi_si"}
    assert machine.regions == "kcs_anchor"


@pytest.mark.parametrize("command", ["take", "give-back"])
def test_dry_run_prints_the_steps_and_does_nothing(tmp_path, command, capsys, monkeypatch):
    machine = stock(tmp_path) if command == "take" else ours(tmp_path)
    before = machine.state()
    capsys.readouterr()
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert cli.main([command, "--dry-run", "--persist"], machine) == 0
    shown = capsys.readouterr().out
    assert machine.changes == [] and machine.state() == before
    driver, other = ("kcs_host", "ipmi_si") if command == "take" else ("ipmi_si", "kcs_host")
    assert f"echo {DEVICE} >/sys/bus/platform/drivers/{other}/unbind\n" in shown
    assert f"echo {DEVICE} >/sys/bus/platform/drivers/{driver}/bind\n" in shown


# -- Refused. ---------------------------------------------------------------------

def assert_refused(machine, capsys, words, *arguments):
    before = machine.state()
    assert cli.main(list(arguments), machine) == 1
    said = capsys.readouterr().err
    assert words in said and said.count("\n") == 1, said
    assert machine.changes == [] and machine.state() == before


def test_refused_without_root(machine, capsys, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert_refused(machine, capsys, "take needs root", "take")


@pytest.mark.parametrize("command", ["take", "give-back"])
def test_refused_while_a_program_has_the_device_open(tmp_path, capsys, command):
    machine = stock(tmp_path) if command == "take" else ours(tmp_path)
    open_file(machine, 4711, "ipmitool", "/dev/ipmi0")
    open_file(machine, 4712, "cat", "/dev/ipmi")
    assert_refused(machine, capsys, "/dev/ipmi0 is open in ipmitool (pid 4711);", command)
    machine.remove("/proc/4711")
    assert cli.main([command], machine) == 0


@pytest.mark.parametrize("command", ["take", "give-back"])
def test_refused_while_the_watchdog_may_be_armed(tmp_path, capsys, command):
    machine = stock(tmp_path) if command == "take" else ours(tmp_path)
    open_file(machine, 1, "systemd", "/dev/watchdog0")
    assert cli.main([command, "--dry-run"], machine) == 0
    machine.load("ipmi_watchdog")
    assert_refused(machine, capsys, "/dev/watchdog is open in systemd (pid 1)", command)
    machine.remove("/proc/1")
    assert_refused(machine, capsys, "ipmi_watchdog is loaded", command)


@pytest.mark.parametrize("identity, state, is_refused", [
    ("IPMI", "active", True), ("IPMI", "inactive", False), ("iTCO_wdt", "active", False)])
def test_watchdog_of_the_watchdog_core(machine, capsys, identity, state, is_refused):
    machine.put("/sys/class/watchdog/watchdog0/identity", identity)
    machine.put("/sys/class/watchdog/watchdog0/state", state)
    if is_refused:
        assert_refused(machine, capsys, "watchdog0 is active", "take")
    else:
        assert cli.main(["take"], machine) == 0


def test_refused_without_modules(machine, capsys):
    machine.put(f"/lib/modules/{RELEASE}/modules.dep", "a/kcs_host.ko:\na/my_kcs_ipmi.ko:")
    assert_refused(machine, capsys, "kcs_opregion, kcs_ipmi are not installed for the running "
                   f"kernel, {RELEASE}", "take")


@pytest.mark.parametrize("words, arguments", [
    ("IPI0001:07 is no BMC interface", ["take", "IPI0001:07"]),
    ("kcs.conf is not there", ["take", "--persist"])])
def test_refused_for_what_is_not_there(machine, capsys, words, arguments):
    machine.remove("/usr/share/kcs-dkms/kcs.conf")
    assert_refused(machine, capsys, words, *arguments)


def test_refused_without_an_interface(tmp_path, capsys):
    assert_refused(Kernel(tmp_path, ()), capsys, "no BMC interface", "take")


def test_several_interfaces_are_listed(tmp_path, capsys):
    machine = Kernel(tmp_path, (DEVICE, "IPI0001:01"))
    machine.load("ipmi_si")
    assert_refused(machine, capsys, "name one: IPI0001:00 (ipmi_si), IPI0001:01 (no driver)",
                   "take")


def test_refused_for_another_kind(machine, capsys):
    machine.put(f"{machine.path(DEVICE)}/type", "bt")
    assert_refused(machine, capsys, "type bt", "take")


@pytest.mark.parametrize("command", ["take", "give-back"])
def test_simulated_interface_stays(tmp_path, capsys, command):
    machine = Kernel(tmp_path, ())
    machine.put_link("/sys/class/kcs/kcs0/device", "../../kcs_sim")
    machine.load("ipmi_si")
    machine.load("kcs_opregion")
    machine.load("kcs_ipmi")
    assert_refused(machine, capsys, "kcs_sim belongs to kcs_sim", command)


@pytest.mark.parametrize("persist", [[], ["--persist"]])
def test_refused_where_acpi_ipmi_is_built_in(tmp_path, capsys, persist):
    machine = ours(tmp_path)
    capsys.readouterr()
    machine.put(f"/lib/modules/{RELEASE}/modules.builtin", "kernel/drivers/acpi/acpi_ipmi.ko")
    machine.remove("/sys/module/acpi_ipmi")
    assert_refused(machine, capsys, "acpi_ipmi is built into this kernel", "give-back", *persist)


def test_built_in_acpi_ipmi_is_shown(tmp_path):
    machine = Kernel(tmp_path)
    machine.put(f"/lib/modules/{RELEASE}/modules.builtin", "kernel/drivers/acpi/acpi_ipmi.ko")
    assert as_data(machine)["regions"] == "acpi_ipmi"


class FullDisk(io.StringIO):
    """Where nothing can be written."""

    def write(self, _):
        raise OSError(errno.ENOSPC, "No space left on device")


def test_output_that_cannot_be_written_is_not_refused(machine, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdout", FullDisk())
    assert cli.main(["take"], machine) == 0
    assert "kcs_host now, but the output: No space left" in capsys.readouterr().err
    with pytest.raises(OSError, match="other"), cli.locked(machine):
        raise OSError("other")


def test_second_kcsctl_is_refused(machine, capsys):
    with cli.locked(machine):
        assert_refused(machine, capsys, "another kcsctl", "take")
    assert cli.main(["take"], machine) == 0
