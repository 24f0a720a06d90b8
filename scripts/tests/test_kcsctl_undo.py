# SPDX-License-Identifier: GPL-2.0-only
"""kcsctl on made-up trees of sysfs: what is undone when a step fails, and what cannot be."""
import concurrent.futures
import itertools
import os
import signal
import subprocess
import sys
import textwrap

import pytest

from kcsctl import cli, steps
from kcsctl.machine import Failed, Halt, Machine, find_interfaces
from kcsctl_kernel import (DEVICE, PCI, RELEASE, TWIN, Killed, assert_ours, assert_stock, hurry,
                           open_file, ours, stock)
from kcsctl_kernel import machine, quick  # fixtures


# -- Killed, failed, stopped. -----------------------------------------------------

@pytest.mark.parametrize("why", ["Key was rejected by service", "Operation not permitted"])
def test_modules_of_an_unknown_key_are_refused_with_the_step(machine, capsys, monkeypatch, why):
    load = machine.load

    def refuse(module):
        if module.startswith("kcs_"):
            raise Failed(f"modprobe: ERROR: could not insert '{module}': {why}")
        load(module)
    monkeypatch.setattr(machine, "load", refuse)
    assert cli.main(["take"], machine) == 3
    assert f"{why}; where signatures are enforced the kernel has to know the key: " \
        "mokutil --import /var/lib/dkms/mok.pub, reboot" in capsys.readouterr().err
    assert_stock(machine)


def changes(root, command, options):
    """The changes that a command makes."""
    machine = (stock if command == "take" else ours)(root, **options)
    machine.changes.clear()
    assert cli.main([command, "--persist"], machine) == 0
    return machine.changes


KERNELS = pytest.mark.parametrize("options", [{}, {"meter_needs_acpi_ipmi": True}],
                                  ids=["6.1", "6.12"])
COMMANDS = pytest.mark.parametrize("command", ["take", "give-back"])


@KERNELS
@COMMANDS
def test_killed_after_any_change_is_completed_or_reversed(tmp_path, command, options):
    total = len(changes(tmp_path / "count", command, options))
    assert total >= 7
    for number in range(total):
        for again in ("take", "give-back"):
            machine = (stock if command == "take" else ours)(
                tmp_path / f"{number}-{again}", **options)
            machine.count_down, machine.then = number, Killed
            with pytest.raises(Killed):
                cli.main([command], machine)
            machine.count_down = None
            assert cli.main([again], machine) == 0, (number, again)
            (assert_ours if again == "take" else assert_stock)(machine)


@KERNELS
@COMMANDS
def test_failed_change_is_undone(tmp_path, command, options, capsys):
    for number, change in enumerate(changes(tmp_path / "count", command, options)):
        if change.startswith("modprobe -b"):
            continue    # a meter's driver is not needed
        machine = (stock if command == "take" else ours)(tmp_path / str(number), **options)
        before = machine.state()
        machine.count_down, machine.then = number, Failed
        capsys.readouterr()
        assert cli.main([command, "--persist"], machine) == 3, number
        assert "all was undone" in capsys.readouterr().err
        assert machine.state() == before, number


def stopped(monkeypatch, before=lambda: None):
    """Have a signal come when all steps are done, and something else before."""
    def settle(_, __, stop):
        before()
        stop.note(signal.SIGTERM)
    monkeypatch.setattr(cli, "settle", settle)


@KERNELS
@COMMANDS
def test_signal_after_the_last_change_undoes_all(tmp_path, command, options, capsys, monkeypatch):
    machine = (stock if command == "take" else ours)(tmp_path, **options)
    before = machine.state()
    stopped(monkeypatch)
    assert cli.main([command], machine) == 3
    assert "stopped by SIGTERM" in capsys.readouterr().err
    assert machine.state() == before


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_signal_does_not_end_the_program(name):
    # In a program of its own: a worker of pytest-xdist may not run tests in its main thread.
    lines = f"""
        import os, signal
        from kcsctl.steps import Stop
        before = signal.getsignal(signal.{name})
        with Stop() as stop:
            os.kill(os.getpid(), signal.{name})
            try:
                stop.check()
            except Exception as why:
                print(why)
        assert signal.getsignal(signal.{name}) == before"""
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(lines)], text=True,
                          stdout=subprocess.PIPE, check=True,
                          env=os.environ | {"PYTHONPATH": ":".join(sys.path)})
    assert done.stdout == f"stopped by {name}\n"


def test_another_thread_leaves_signals_alone(tmp_path):
    machine, before = stock(tmp_path), signal.getsignal(signal.SIGTERM)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        assert pool.submit(cli.main, ["take"], machine).result() == 0
    assert signal.getsignal(signal.SIGTERM) == before


def test_undo_that_fails_is_told(machine, capsys, monkeypatch):
    stopped(monkeypatch)
    machine.refusals["ipmi_si"] = "Device or resource busy"
    assert cli.main(["take"], machine) == 4
    said = capsys.readouterr().err
    assert "not undone: echo IPI0001:00 >/sys/bus/platform/drivers/ipmi_si/unbind: " \
        "Device or resource busy" in said
    assert machine.state()[0][DEVICE] is None


# -- A BMC that is silent. --------------------------------------------------------

def test_silent_bmc_of_smbios_is_not_given_back(tmp_path, capsys):
    machine = ours(tmp_path, devices=(TWIN,))
    before = machine.state()
    machine.is_bmc_alive = False
    assert cli.main(["give-back"], machine) == 3
    assert "ipmi_si has dmi-ipmi-si.0, and does not serve it; undoing" in capsys.readouterr().err
    assert machine.state() == before


def test_undo_says_that_ipmi_si_does_not_serve(tmp_path, capsys, monkeypatch):
    machine = stock(tmp_path, devices=(TWIN,))
    stopped(monkeypatch, lambda: setattr(machine, "is_bmc_alive", False))
    assert cli.main(["take"], machine) == 4
    assert "ipmi_si has dmi-ipmi-si.0, and does not serve it" in capsys.readouterr().err
    drivers, _, modules, *_ = machine.state()
    assert drivers == {TWIN: None} and "kcs_host" not in modules
    monkeypatch.undo()
    hurry(monkeypatch)
    assert cli.main(["take"], machine) == 0


@pytest.mark.parametrize("device", [DEVICE, TWIN])
def test_bmc_that_was_silent_is_given_back_later(tmp_path, device):
    machine = ours(tmp_path, devices=(device,))
    machine.is_bmc_alive = False
    assert cli.main(["give-back"], machine) == 3
    machine.known.add(device)   # whatever left it there
    machine.is_bmc_alive = True
    assert cli.main(["give-back"], machine) == 0
    assert machine.state()[0] == {device: "ipmi_si"}


def test_undo_gives_back_what_ipmi_si_knew(machine, monkeypatch):
    before = machine.state()
    stopped(monkeypatch, lambda: machine.known.add(DEVICE))
    assert cli.main(["take"], machine) == 3
    assert machine.state() == before


def test_ipmi_si_that_serves_another_is_not_reloaded(tmp_path):
    machine = stock(tmp_path, devices=(DEVICE, PCI))
    assert cli.main(["take", DEVICE], machine) == 0
    machine.changes.clear()
    assert cli.main(["give-back", DEVICE], machine) == 0
    assert "rmmod ipmi_si" not in machine.changes
    assert machine.state()[0] == {DEVICE: "ipmi_si", PCI: "ipmi_si"}


def test_unbind_that_does_not_return_stops_all(machine, capsys, monkeypatch):
    write = machine.write

    def stick(path, text, limit_s=None):
        if path.endswith("/ipmi_si/unbind"):
            assert limit_s
            raise Halt(f"{path}: the kernel is stuck in it")
        write(path, text)
    monkeypatch.setattr(machine, "write", stick)
    assert cli.main(["take"], machine) == 4
    said = capsys.readouterr().err
    assert "the kernel is stuck in it\n" in said and "undoing" not in said
    assert machine.is_loaded("kcs_host") and machine.changes[-1].endswith("driver_override kcs_host")


@pytest.mark.parametrize("command", ["take", "give-back"])
def test_interface_that_a_driver_keeps_locked_is_refused(tmp_path, capsys, command):
    machine = stock(tmp_path) if command == "take" else ours(tmp_path)
    before = machine.state()
    machine.stuck = (f"{machine.path(DEVICE)}/driver_override",)
    assert cli.main([command], machine) == 1
    assert f"a driver keeps {DEVICE} locked: the kernel has not returned\n" in \
        capsys.readouterr().err
    machine.stuck = ()
    assert machine.changes == [] and machine.state() == before


def test_steps_do_not_wait_for_the_lock_of_an_interface(tmp_path):
    """It is free when a command begins, and a driver takes it meanwhile."""
    machine = ours(tmp_path)
    [interface] = find_interfaces(machine)
    machine.stuck = (f"{machine.path(DEVICE)}/driver_override",)
    with pytest.raises(Failed, match="the kernel has not returned"):
        steps.Reserve(interface, "ipmi_si").do(machine)
    for change in (steps.Reserve(interface, "ipmi_si").undo, steps.Release(interface).do,
                   steps.Unbind(interface, "ipmi_si").undo):
        with pytest.raises(Halt, match="driver_override: the kernel is stuck in it"):
            change(machine)
    assert machine.changes == []


def test_write_that_does_not_return_is_left(tmp_path):
    os.mkfifo(tmp_path / "unbind")     # opening it waits for a reader
    with pytest.raises(Halt, match="stuck in it since 0.5 s"):
        Machine(tmp_path).write("/unbind", "x", 0.5)
    with open(tmp_path / "unbind", encoding="ascii") as fifo:   # so that it ends
        assert fifo.read() == "x\n"
    (tmp_path / "unbind").unlink()
    Machine(tmp_path).write("/unbind", "x", 60)
    assert (tmp_path / "unbind").read_text() == "x\n"
    with pytest.raises(Failed, match="/none/unbind: No such file or directory"):
        Machine(tmp_path).write("/none/unbind", "x", 60)


# -- Faults that no step expects. -------------------------------------------------

def test_program_that_prints_no_text_fails_in_words():
    with pytest.raises(Failed, match="bad \ufffd"):
        Machine().run("sh", "-c", "printf 'bad \\377'; exit 1")


def test_fault_of_kcsctl_is_undone(machine, capsys, monkeypatch):
    before = machine.state()

    def settle(*_):
        raise ValueError("made up")
    monkeypatch.setattr(cli, "settle", settle)
    assert cli.main(["take"], machine) == 3
    assert "ValueError: made up; undoing" in capsys.readouterr().err
    assert machine.state() == before


def test_fault_of_an_undo_does_not_stop_it(machine, capsys, monkeypatch):
    stopped(monkeypatch, lambda: monkeypatch.setattr(steps.Unbind, "undo", fault))

    def fault(*_):
        raise ValueError("made up")
    assert cli.main(["take"], machine) == 4
    assert "unbind: ValueError: made up" in capsys.readouterr().err
    assert not machine.is_loaded("kcs_host")


def test_file_of_the_administrator_is_put_back_byte_by_byte(tmp_path, monkeypatch):
    machine = ours(tmp_path)
    text = b"# \xfc\r\nsoftdep ipmi_si pre: kcs_host\n\n"
    for path in ("/usr/share/kcs-dkms/kcs.conf", "/etc/modprobe.d/kcs.conf"):
        machine.at(path).write_bytes(text)
    stopped(monkeypatch)
    assert cli.main(["give-back", "--persist"], machine) == 3
    assert machine.at("/etc/modprobe.d/kcs.conf").read_bytes() == text


@COMMANDS
def test_program_that_comes_late_is_not_disturbed(tmp_path, command, capsys, monkeypatch):
    machine = (stock if command == "take" else ours)(tmp_path)
    before = machine.state()
    put = steps.Reserve.do

    def reserve(step, machine):
        put(step, machine)
        open_file(machine, 4711, "ipmitool", "/dev/ipmi0")
    monkeypatch.setattr(steps.Reserve, "do", reserve)
    assert cli.main([command], machine) == 3
    assert "/dev/ipmi0 is open in ipmitool (pid 4711)" in capsys.readouterr().err
    assert machine.state() == before
    assert not [change for change in machine.changes if "/unbind" in change]


def test_modules_that_were_loaded_stay(machine, monkeypatch):
    machine.load("kcs_host")
    before = machine.state()
    assert "kcs_opregion" in before[2] and "kcs_ipmi" not in before[2]
    stopped(monkeypatch)
    assert cli.main(["take"], machine) == 3
    after = machine.state()
    assert (after[0], after[3]) == (before[0], "acpi_ipmi") and "kcs_ipmi" not in after[2]
    assert "kcs_host" in after[2]


def test_interface_that_ours_took_besides_goes_back(tmp_path):
    machine = stock(tmp_path, devices=(DEVICE, PCI))
    machine.unbind(PCI, "ipmi_si")
    before = machine.state()
    machine.count_down, machine.then = 3, Failed    # the modules are loaded by then
    assert cli.main(["take", DEVICE], machine) == 3
    assert machine.changes[2] == "modprobe -a kcs_ipmi"
    assert machine.state() == before


def test_parameter_that_shows_when_ours_is_loaded_stops_take(machine, capsys, monkeypatch):
    before, load = machine.state(), machine.load

    def load_with_parameter(module):
        load(module)
        machine.put("/sys/bus/platform/devices/kcs_param.0/driver_override", "(null)")
    monkeypatch.setattr(machine, "load", load_with_parameter)
    assert cli.main(["take"], machine) == 3
    assert "kcs_param.0, which a parameter of kcs_host names" in capsys.readouterr().err
    machine.remove("/sys/bus/platform/devices/kcs_param.0")
    assert machine.state() == before
    assert not [change for change in machine.changes if "/unbind" in change]


# -- Firmware that does not pause. ------------------------------------------------

def call_all_the_time(machine, monkeypatch, is_time=lambda: True):
    """Have AML call without a pause, from some time on."""
    monkeypatch.setattr(steps, "QUIET_WAIT_S", 0)
    calls, read = itertools.count(), machine.read
    monkeypatch.setattr(machine, "read", lambda path, limit_s=None: str(next(calls))
                        if path == steps.CALLS and is_time() else read(path, limit_s))


def test_firmware_that_calls_all_the_time_keeps_its_regions(tmp_path, capsys, monkeypatch):
    machine = ours(tmp_path)
    before = machine.state()
    call_all_the_time(machine, monkeypatch)
    assert cli.main(["give-back"], machine) == 3
    assert "AML regions cannot be given back while the machine runs" in capsys.readouterr().err
    assert machine.state() == before


def test_firmware_that_begins_to_call_keeps_its_regions(tmp_path, capsys, monkeypatch):
    machine = ours(tmp_path)
    before = machine.state()
    call_all_the_time(machine, monkeypatch,
                      lambda: machine.link(f"{machine.path(DEVICE)}/driver") == "ipmi_si")
    assert cli.main(["give-back"], machine) == 3
    assert "AML regions cannot be given back while the machine runs" in capsys.readouterr().err
    assert machine.state() == before


def test_interface_that_ours_does_not_take_goes_back(machine, monkeypatch):
    for module in ("kcs_host", "kcs_ipmi"):
        machine.load(module)
    machine.put("/sys/module/kcs_anchor/parameters/pinned", "Y")     # by a run that was killed
    before = machine.state()
    call_all_the_time(machine, monkeypatch)
    machine.refusals["kcs_host"] = "No such device"
    assert cli.main(["take"], machine) == 3
    assert machine.state() == before


@pytest.mark.parametrize("why", ["calls", "built in"])
def test_regions_that_cannot_be_given_back_keep_the_interface(machine, why, capsys, monkeypatch):
    if why == "calls":
        call_all_the_time(machine, monkeypatch)
    else:
        machine.put(f"/lib/modules/{RELEASE}/modules.builtin", "kernel/drivers/acpi/acpi_ipmi.ko")
    stopped(monkeypatch)
    assert cli.main(["take"], machine) == 4
    said = capsys.readouterr().err
    assert said.count("not undone: ") == said.count("the interface stays with kcs_host: ") == 1
    assert "while the machine runs; remove /etc/modprobe.d/kcs.conf" in said
    assert_ours(machine)
    monkeypatch.undo()
    hurry(monkeypatch)
    capsys.readouterr()
    assert cli.main(["take"], machine) == 0
    assert "already" in capsys.readouterr().out
