# SPDX-License-Identifier: GPL-2.0-only
"""`kcsctl watch`: what interfaces of ours do, look by look.

A look reads counters that the kernel keeps anyway, and sends nothing to a BMC. Only a power
meter's reading may do that: it is read when it is asked for, and then seldom.
"""
import dataclasses
import json
import shutil
import sys
import time

from .evidence import Evidence
from .status import COUNTERS, meters_of, reading_of, regions_served_by

# BMCs sample power about once a second; the driver of the meter keeps a reading as long.
METER_S = 5
CALLS = "/sys/module/kcs_opregion/calls/calls"
TOP, LINE_END, REST = "\x1b[H", "\x1b[K", "\x1b[J"     # of a terminal: go to, clear


@dataclasses.dataclass(frozen=True)
class Look:
    """What counters read at a time (of the monotonic clock)."""
    at_s: float
    health: dict        # {kcsN: word}
    device: dict        # {kcsN: device}
    counters: dict      # {kcsN: {name: number}}
    calls: int | None   # of AML


def number_in(machine, path):
    """The number in a file; None without one."""
    text = machine.read(path) or ""
    return int(text) if text.isdigit() else None


def look(machine):
    """Read all; an interface that goes meanwhile is left out."""
    health, device, counters = {}, {}, {}
    for host in machine.names("/sys/class/kcs"):
        folder = f"/sys/class/kcs/{host}"
        word = machine.read(f"{folder}/health")
        values = {name: number_in(machine, f"{folder}/{name}") for name in COUNTERS}
        if word and None not in values.values():
            health[host], counters[host] = word, values
            device[host] = machine.link(f"{folder}/device")
    return Look(time.monotonic(), health, device, counters, number_in(machine, CALLS))


def increases(before, now):
    """{counter: by how much it is higher}; None for an interface that is another one."""
    if before is None or any(now[name] < before[name] for name in now):
        return None
    return {name: now[name] - before[name] for name in now}


class Watch:
    """The looks at a machine: the last one, since when BMCs are as they are, meters."""

    def __init__(self, machine, has_meters=False):
        self.machine, self.has_meters = machine, has_meters
        self.since = {}     # {(kcsN, device, health): seconds since the epoch, or None}
        self.meters, self.meters_at_s = {}, None
        self.hung = set()   # meters whose reading did not return
        self.last = look(machine)
        self.note_since(self.last, None)

    def note_since(self, now, at_s):
        """Note since when BMCs are so: @at_s, or, of one seen first, as the log says."""
        known, self.since = self.since, {}
        hosts = {host for host, _, _ in known}
        evidence = None
        for host, word in now.health.items():
            key = host, now.device[host], word
            if key in known:
                self.since[key] = known[key]
            elif host in hosts and at_s:
                self.since[key] = at_s
            else:
                evidence = evidence or Evidence(self.machine)
                self.since[key] = logged_at(evidence, host, word)

    def read_meters(self, now_s):
        """Read power meters, no oftener than they are sampled; one that hangs is left."""
        if not self.has_meters or \
                (self.meters_at_s is not None and now_s - self.meters_at_s < METER_S):
            return
        self.meters_at_s = now_s
        self.meters = {}
        for name in meters_of(self.machine):
            start_s = time.monotonic()
            watts = None if name in self.hung else reading_of(self.machine, name)
            if time.monotonic() - start_s > METER_S:
                self.hung.add(name)
            self.meters[name] = watts

    def next(self):
        """What has happened since the last look."""
        before, now = self.last, look(self.machine)
        self.last = now
        self.note_since(now, time.time())
        self.read_meters(now.at_s)
        seconds = now.at_s - before.at_s
        has_calls = None not in (before.calls, now.calls) and now.calls >= before.calls
        return {
            "time": time.time(), "seconds": seconds,
            "interfaces": [self.interface(before, now, host, seconds) for host in now.health],
            "regions": regions_served_by(self.machine),
            "calls_per_s": (now.calls - before.calls) / seconds if has_calls else None,
            "meters": self.meters if self.has_meters else None,
        }

    def interface(self, before, now, host, seconds):
        """What has happened at an interface."""
        is_same = before.device.get(host) == now.device[host]
        more = increases(before.counters.get(host) if is_same else None, now.counters[host])
        return {
            "host": host, "device": now.device[host], "health": now.health[host],
            "since": self.since[host, now.device[host], now.health[host]],
            "requests_per_s": more and more["requests"] / seconds,
            "answered_per_s": more and more["answered"] / seconds,
            "increases": more, "counters": now.counters[host],
        }


def logged_at(evidence, host, word):
    """Since when a BMC is so, by the kernel's log: seconds since the epoch, or None."""
    for each in evidence.ours:
        if each.host == host and (logged := evidence.health_since(each, word)):
            return time.time() - logged[0]
    return None


# -- Text. ------------------------------------------------------------------------

# With a blank between two they fit into 79 columns.
WIDTHS = {"name": -5, "device": -13, "health": -11, "since": -10, "req/s": 6, "answ/s": 6,
          "timeouts": 8, "retries": 7, "attn": 4}


def line_of(cells):
    """Cells of a line, to the left or to the right of their columns."""
    return " ".join(cell.ljust(-width) if width < 0 else cell.rjust(width)
                    for cell, width in zip(cells, WIDTHS.values()))


def clock(at_s):
    """A time, or a date where that is not today's."""
    then, today = time.localtime(at_s), time.localtime(time.time())
    return time.strftime("%H:%M:%S" if then[:3] == today[:3] else "%Y-%m-%d", then)


def interface_line(data):
    """An interface, in a line."""
    more = data["increases"]
    rates = [f"{data['requests_per_s']:.1f}", f"{data['answered_per_s']:.1f}",
             *(f"+{more[name]}" for name in ("timeouts", "retries", "attention_rounds"))] \
        if more else ["-"] * 5
    return line_of([data["host"], data["device"] or "-", data["health"],
                    clock(data["since"]) if data["since"] else "-", *rates])


def machine_line(data):
    """AML and power meters, in a line."""
    parts = ["no interface of kcs_host"] if not data["interfaces"] else []
    parts.append(f"AML regions: {data['regions'] or 'not served'}" +
                 (f", {data['calls_per_s']:.1f} calls/s" if data["calls_per_s"] is not None else ""))
    for name, watts in (data["meters"] or {}).items():
        parts.append(f"{name}: " + ("no reading" if watts is None else f"{watts:.1f} W"))
    return "; ".join(parts)


def plain_lines(data):
    """A look, in lines that stand for themselves."""
    at = clock(data["time"])
    for each in data["interfaces"]:
        yield f"{at}  {interface_line(each)}"
    yield f"{at}  {machine_line(data)}"


def screen(data, size):
    """A look, as a terminal of a size shows it from its first line on."""
    lines = [f"kcsctl watch, {clock(data['time'])}; Ctrl-C ends it", "", line_of(WIDTHS),
             *map(interface_line, data["interfaces"]), "", machine_line(data)]
    # The last line stays empty: a newline there would scroll.
    shown = [line[:max(size.columns - 1, 1)] for line in lines[:max(size.lines - 1, 1)]]
    return TOP + "".join(f"{line}{LINE_END}\n" for line in shown) + REST


# -- The command. -----------------------------------------------------------------

def emit(data, number, is_json):
    """Print a look."""
    if is_json:
        text = json.dumps(data) + "\n"
    elif sys.stdout.isatty():
        text = screen(data, shutil.get_terminal_size())
    else:
        text = f"{'time':10}{line_of(WIDTHS)}\n" * (number == 0) + \
            "".join(f"{line}\n" for line in plain_lines(data))
    print(text, end="", flush=True)


def run(machine, interval_s, count, is_json, has_meters):
    """Look again and again, until there were @count looks or Ctrl-C."""
    try:
        watch, number = Watch(machine, has_meters), 0
        while count is None or number < count:
            time.sleep(interval_s)
            emit(watch.next(), number, is_json)
            number += 1
    except KeyboardInterrupt:
        if not is_json and sys.stdout.isatty():
            print()     # what the terminal has echoed is above
