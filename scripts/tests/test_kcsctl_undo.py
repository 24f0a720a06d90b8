# SPDX-License-Identifier: GPL-2.0-only
"""kcsctl on made-up trees of sysfs: what is undone when a step fails, and what cannot be."""
import os
import signal

import pytest

from kcsctl import cli, steps
from kcsctl.machine import Failed
from kcsctl_kernel import (DEVICE, Killed, assert_ours, assert_stock, hurry, ours, stock)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Nothing waits, and the tests need no root."""
    hurry(monkeypatch)


@pytest.fixture
def machine(tmp_path):
    return stock(tmp_path)


# -- Killed, failed, stopped. -----------------------------------------------------

def changes(root, command, options):
    """How many changes a command makes."""
    machine = (stock if command == "take" else ours)(root, **options)
    machine.changes.clear()
    assert cli.main([command, "--persist"], machine) == 0
    return len(machine.changes)


KERNELS = pytest.mark.parametrize("options", [{}, {"meter_needs_acpi_ipmi": True}],
                                  ids=["6.1", "6.12"])
COMMANDS = pytest.mark.parametrize("command", ["take", "give-back"])


@KERNELS
@COMMANDS
def test_killed_after_any_change_is_completed_or_reversed(tmp_path, command, options):
    total = changes(tmp_path / "count", command, options)
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
    total = changes(tmp_path / "count", command, options)
    for number in range(total):
        machine = (stock if command == "take" else ours)(tmp_path / str(number), **options)
        before = machine.state()
        machine.count_down, machine.then = number, Failed
        capsys.readouterr()
        assert cli.main([command, "--persist"], machine) == 3, number
        assert "all was undone" in capsys.readouterr().err
        assert machine.state() == before, number


@KERNELS
@COMMANDS
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_after_the_last_change_undoes_all(tmp_path, command, options, number,
                                                 capsys, monkeypatch):
    machine = (stock if command == "take" else ours)(tmp_path, **options)
    before = machine.state()
    monkeypatch.setattr(cli, "settle", lambda *_: os.kill(os.getpid(), number))
    assert cli.main([command], machine) == 3
    assert f"stopped by {signal.Signals(number).name}" in capsys.readouterr().err
    assert machine.state() == before


def test_undo_that_fails_is_told(machine, capsys, monkeypatch):
    monkeypatch.setattr(cli, "settle", lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    bind = machine.bind

    def refuse(device, driver):
        if driver == "ipmi_si":
            raise Failed("Device or resource busy")
        bind(device, driver)
    monkeypatch.setattr(machine, "bind", refuse)
    assert cli.main(["take"], machine) == 4
    said = capsys.readouterr().err
    assert "not undone: echo IPI0001:00 >/sys/bus/platform/drivers/ipmi_si/unbind: " \
        "Device or resource busy" in said
    assert machine.state()[0][DEVICE] is None


def test_firmware_that_calls_all_the_time_keeps_its_regions(tmp_path, capsys, monkeypatch):
    machine = ours(tmp_path)
    before = machine.state()
    monkeypatch.setattr(steps, "QUIET_WAIT_S", 0)
    calls = iter(range(1000))
    read = machine.read
    monkeypatch.setattr(machine, "read", lambda path: str(next(calls)) if path == steps.CALLS
                        else read(path))
    assert cli.main(["give-back"], machine) == 3
    assert "AML regions cannot be given back while the machine runs" in capsys.readouterr().err
    assert machine.state() == before
