# SPDX-License-Identifier: GPL-2.0-only
"""`kcsctl watch` on made-up machines: rates, since when, what comes and goes, how it ends."""
import json
import os
import pty
import re
import signal
import subprocess
import sys
import time

import pytest

from kcsctl import cli, watch
from kcsctl.status import COUNTERS
from kcsctl.watch import METER_S, Watch, interface_line, plain_lines, screen
from kcsctl_broken import add_second, healthy, log
from kcsctl_kernel import DEVICE, METER
from kcsctl_kernel import quick  # fixture


class Clock:
    """A monotonic clock that a test sets."""

    def __init__(self, monkeypatch):
        self.now_s = 100.0
        monkeypatch.setattr(time, "monotonic", lambda: self.now_s)
        monkeypatch.setattr(time, "time", lambda: 1764000000.0 + self.now_s)
        monkeypatch.setattr(time, "sleep", self.sleep)

    def sleep(self, seconds):
        """Let time pass."""
        self.now_s += seconds


@pytest.fixture
def clock(monkeypatch):
    """A fixture: time passes as the test says."""
    return Clock(monkeypatch)


def count(machine, host="kcs0", **values):
    """Set the counters of an interface."""
    for name in COUNTERS:
        machine.put(f"/sys/class/kcs/{host}/{name}", str(values.get(name, 0)))


@pytest.fixture
def machine(tmp_path, clock):
    """A fixture: a healthy machine with counters."""
    made = healthy(tmp_path)
    count(made, requests=10, answered=9, timeouts=1)
    made.put("/sys/module/kcs_opregion/calls/calls", "5")
    clock.now_s = 100.0     # programs that were waited for have moved it
    return made


# -- What has happened. -----------------------------------------------------------

def test_rates_are_of_the_time_that_has_passed(machine, clock):
    made = Watch(machine)
    count(machine, requests=60, answered=34, timeouts=3, retries=2, attention_rounds=4)
    machine.put("/sys/module/kcs_opregion/calls/calls", "10")
    clock.sleep(5)
    data = made.next()
    [shown] = data["interfaces"]
    assert (shown["host"], shown["device"], shown["health"]) == ("kcs0", DEVICE, "ready")
    assert (shown["requests_per_s"], shown["answered_per_s"]) == (10, 5)
    assert (data["seconds"], data["calls_per_s"], data["regions"]) == (5, 1, "kcs_opregion")
    more = shown["increases"]
    assert (more["timeouts"], more["retries"], more["attention_rounds"]) == (2, 2, 4)
    clock.sleep(1)
    assert set(made.next()["interfaces"][0]["increases"].values()) == {0}


def test_since_is_the_logs_and_then_what_was_seen(machine, clock):
    log(machine, "BMC ready: device 20h")       # 600 s after the boot, 400 s ago
    made = Watch(machine)
    clock.sleep(1)
    first = made.next()["interfaces"][0]["since"]
    assert round(time.time() - first) == 401
    machine.put("/sys/class/kcs/kcs0/health", "dead")
    clock.sleep(1)
    assert made.next()["interfaces"][0]["since"] == time.time()
    clock.sleep(7)
    shown = made.next()["interfaces"][0]
    assert (shown["health"], time.time() - shown["since"]) == ("dead", 7)


@pytest.mark.parametrize("health, line, is_known", [
    ("maintenance", "BMC in maintenance: it is starting", True),
    ("ready", "BMC ready, with a short device ID", True), ("ready", "BMC dead: x", False),
    ("degraded", "BMC degraded: x", True), ("unknown", "BMC ready: x", False)])
def test_since_is_known_where_the_log_says_so(machine, clock, health, line, is_known):
    machine.put("/sys/class/kcs/kcs0/health", health)
    log(machine, line)
    made = Watch(machine)
    clock.sleep(1)
    assert (made.next()["interfaces"][0]["since"] is not None) == is_known


def test_since_is_not_known_without_the_log(machine, clock):
    machine.hidden = ("/dev/kmsg",)
    made = Watch(machine)
    clock.sleep(1)
    data = made.next()
    assert data["interfaces"][0]["since"] is None
    assert re.search(r" ready +- +0\.0 ", list(plain_lines(data))[0])


def test_interface_that_goes_and_comes_is_survived(machine, clock):
    made = Watch(machine)
    machine.unbind(DEVICE, "kcs_host")
    clock.sleep(1)
    data = made.next()
    assert data["interfaces"] == [] and "no interface of kcs_host" in list(plain_lines(data))[0]
    machine.bind(DEVICE, "kcs_host")
    count(machine, requests=50)
    clock.sleep(1)
    [shown] = made.next()["interfaces"]
    assert (shown["increases"], shown["requests_per_s"]) == (None, None)
    count(machine, requests=52)
    clock.sleep(1)
    assert made.next()["interfaces"][0]["requests_per_s"] == 2


@pytest.mark.parametrize("device, requests", [(DEVICE, 3), ("IPI0001:01", 30)])
def test_another_interface_of_the_same_name_has_no_rate(machine, clock, device, requests):
    made = Watch(machine)
    machine.remove("/sys/class/kcs/kcs0/device")
    machine.put_link("/sys/class/kcs/kcs0/device", f"../../{device}")
    count(machine, requests=requests, answered=9, timeouts=1)
    clock.sleep(1)
    [shown] = made.next()["interfaces"]
    assert shown["increases"] is None and shown["device"] == device


def test_interface_that_goes_during_a_look_is_left_out(machine, clock, monkeypatch):
    made, read = Watch(machine), machine.read
    monkeypatch.setattr(machine, "read", lambda path, limit_s=None: None
                        if path.endswith("kcs0/retries") else read(path, limit_s))
    clock.sleep(1)
    assert made.next()["interfaces"] == []


def test_module_that_is_unloaded_is_survived(machine, clock):
    made = Watch(machine)
    for module in ("kcs_ipmi", "acpi_power_meter", "kcs_opregion"):
        machine.unload(module)
    machine.put("/sys/module/kcs_anchor/parameters/pinned", "N")
    for module in ("kcs_anchor", "kcs_host"):
        machine.unload(module)
    machine.remove("/sys/class/kcs")
    clock.sleep(1)
    data = made.next()
    assert (data["interfaces"], data["calls_per_s"]) == ([], None)
    assert "AML regions: " in list(plain_lines(data))[0]


def test_calls_that_begin_anew_have_no_rate(machine, clock):
    made = Watch(machine)
    machine.put("/sys/module/kcs_opregion/calls/calls", "0")
    clock.sleep(1)
    assert made.next()["calls_per_s"] is None


# -- What a look costs. -----------------------------------------------------------

def reads_of(machine, monkeypatch):
    """A list of what is read from now on."""
    read, seen = machine.read, []

    def note(path, limit_s=None):
        seen.append(path)
        return read(path, limit_s)
    monkeypatch.setattr(machine, "read", note)
    return seen


def test_look_asks_no_bmc(machine, clock, monkeypatch):
    machine.put(f"{METER}/power1_average", "187000000")
    machine.put(f"{machine.path(DEVICE)}/bmc/device_id", "32")
    seen = reads_of(machine, monkeypatch)
    made = Watch(machine)
    clock.sleep(60)
    assert made.next()["meters"] is None
    assert not [path for path in seen if "/bmc/" in path or "power1" in path]
    seen.clear()
    clock.sleep(60)
    made.next()
    allowed = ("/sys/class/kcs/", "/sys/module/kcs_", "/lib/modules/", "/proc/sys/kernel/")
    assert seen and not [path for path in seen if not path.startswith(allowed)]
    assert machine.changes == []


def test_meter_is_read_no_oftener_than_it_is_sampled(machine, clock, monkeypatch):
    at_s = []
    monkeypatch.setattr(watch, "reading_of", lambda *_: at_s.append(clock.now_s) or 187.0)
    made = Watch(machine, has_meters=True)
    for _ in range(10 * METER_S):
        clock.sleep(0.5)
        assert made.next()["meters"] == {"ACPI000D:00": 187.0}
    assert at_s == [100.5 + METER_S * number for number in range(5)]


def test_meter_that_does_not_return_is_not_read_again(machine, clock, monkeypatch):
    machine.put(f"{METER}/power1_average", "187000000")
    calls = []

    def hang(_, name):
        calls.append(name)
        clock.sleep(10)
    monkeypatch.setattr(watch, "reading_of", hang)
    made = Watch(machine, has_meters=True)
    for _ in range(3):
        clock.sleep(METER_S)
        assert "ACPI000D:00: no reading" in list(plain_lines(made.next()))[-1]
    assert calls == ["ACPI000D:00"]


# -- What is shown. ---------------------------------------------------------------

def test_lines_have_all_interfaces(machine, clock):
    add_second(machine)
    count(machine, "kcs1")
    made = Watch(machine)
    count(machine, requests=12, answered=10, timeouts=1, retries=3)
    clock.sleep(2)
    first, second, last = plain_lines(made.next())
    assert re.fullmatch(rf"\d\d:\d\d:\d\d  kcs0 +{DEVICE} +ready +- +1\.0 +0\.5 +\+0 +\+3 +\+0", first)
    assert "kcs1  IPI0001:01" in second
    assert last.endswith("  AML regions: kcs_opregion, 0.0 calls/s")


@pytest.mark.parametrize("columns, lines", [(80, 24), (20, 5), (1, 1), (300, 2)])
def test_screen_fits_the_terminal(machine, clock, columns, lines):
    clock.sleep(1)
    made = Watch(machine)
    clock.sleep(1)
    text = screen(made.next(), os.terminal_size((columns, lines)))
    shown = re.sub(r"\x1b\[[HKJ]", "", text).split("\n")
    assert len(shown) <= max(lines, 2) and max(map(len, shown)) < max(columns, 2)
    assert text.startswith("\x1b[H") and text.endswith("\x1b[J")


def test_line_of_an_interface_fits_80_columns(machine, clock):
    machine.put("/sys/class/kcs/kcs0/health", "maintenance")
    made = Watch(machine)
    clock.sleep(1)
    data = made.next()["interfaces"][0] | {
        "host": "kcs15", "device": "dmi-ipmi-si.0", "since": time.time() - 86400,
        "requests_per_s": 1234.5, "answered_per_s": 1234.5}
    assert len(interface_line(data)) < 80 and "maintenance 2025-" in interface_line(data)


def test_json_has_one_object_a_line(machine, clock, capsys):
    capsys.readouterr()
    assert cli.main(["watch", "--json", "--interval", "3", "--count", "2"], machine) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["seconds"] for line in lines] == [3, 3]
    assert json.loads(lines[0])["interfaces"][0]["counters"]["requests"] == 10


def test_plain_lines_have_one_head(machine, clock, capsys):
    capsys.readouterr()
    assert cli.main(["watch", "--count", "3"], machine) == 0
    shown = capsys.readouterr().out
    assert shown.count("req/s") == 1 and shown.count("kcs0") == 3 and "\x1b" not in shown


@pytest.mark.parametrize("words", [("--interval", "0"), ("--interval", "nan"), ("--count", "0"),
                                   ("--interval", "-1"), ("--interval", "inf"), ("--count", "x")])
def test_watch_refuses_odd_numbers(machine, words):
    with pytest.raises(SystemExit) as end:
        cli.main(["watch", *words], machine)
    assert end.value.code == 2


# -- How it ends. -----------------------------------------------------------------

# A check that a shell started in the background has its interrupts ignored, and so have its children.
PROGRAM = """import signal, sys
from kcsctl import cli
from kcsctl_kernel import Kernel
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(cli.main(["watch", "--interval", "0.1", *sys.argv[2:]], Kernel(sys.argv[1], ())))
"""


def start(root, out, *words):
    """Start a watch of a machine without an interface."""
    return subprocess.Popen([sys.executable, "-c", PROGRAM, root, *words], stdout=out,
                            stderr=subprocess.PIPE, text=True,
                            env=os.environ | {"PYTHONPATH": ":".join(sys.path)})


def ended(running, number=None):
    """(exit status, complaints) of a watch, after a signal."""
    if number:
        running.send_signal(number)
    _, said = running.communicate(timeout=60)
    return running.returncode, said


def test_interrupt_ends_it_with_status_0(tmp_path):
    running = start(tmp_path, subprocess.PIPE)
    assert "req/s" in running.stdout.readline() and running.stdout.readline()
    assert ended(running, signal.SIGINT) == (0, "")


def test_reader_that_goes_ends_it_with_status_0(tmp_path):
    running = start(tmp_path, subprocess.PIPE, "--json")
    assert json.loads(running.stdout.readline())["interfaces"] == []
    running.stdout.close()
    assert running.wait(timeout=60) == 0 and running.stderr.read() == ""
    running.stderr.close()


def test_terminal_is_drawn_anew_and_may_be_resized(tmp_path):
    master, slave = pty.openpty()
    running = start(tmp_path, slave)
    os.close(slave)
    try:
        text = os.read(master, 100)
        running.send_signal(signal.SIGWINCH)
        while text.count(b"\x1b[H") < 3:
            text += os.read(master, 1000)
        assert ended(running, signal.SIGINT) == (0, "")
    finally:
        running.kill()
        os.close(master)
    assert b"Ctrl-C ends it" in text and b"no interface of kcs_host" in text
