#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Ask the BMC again and again, as programs and as the power meter do, until SIGTERM.

Print for each the longest time without an answer, in ms, how many answers came, and
what failed. /dev/ipmi0 is opened for each question: kcsctl refuses while it is open.
"""
import contextlib
import ctypes
import fcntl
import glob
import os
import select
import signal
import struct
import time

# _IOR('i', 13, struct ipmi_req), _IOWR('i', 11, struct ipmi_recv) of <linux/ipmi.h>.
SEND, RECEIVE = 0x8028690D, 0xC030690B
SYSTEM_INTERFACE = struct.pack("ihBx", 0x0C, 0x0F, 0)
PAUSE_S, ANSWER_S = 0.1, 5
METER = "/sys/bus/acpi/devices/ACPI000D:00/"
METERS = [METER + "power1_average", METER + "physical_node/hwmon/hwmon*/power1_average"]
MICROWATTS = "187000000"


def ask_bmc():
    """Get Device ID; whether the completion code is 0."""
    address = ctypes.create_string_buffer(SYSTEM_INTERFACE, 64)
    data = ctypes.create_string_buffer(272)
    with contextlib.closing(os.fdopen(os.open("/dev/ipmi0", os.O_RDWR), "r+b", 0)) as file:
        fcntl.ioctl(file, SEND, struct.pack("@PIlBBHP", ctypes.addressof(address),
                                            len(SYSTEM_INTERFACE), 1, 6, 1, 0, 0))
        if not select.select([file], [], [], ANSWER_S)[0]:
            return False
        fcntl.ioctl(file, RECEIVE, bytearray(struct.pack(
            "@iPIlBBHP", 0, ctypes.addressof(address), len(address), 0, 0, 0, len(data),
            ctypes.addressof(data))))
    return data.raw[0] == 0


def read_meter():
    """Whether the meter shows what the BMC measures."""
    [path] = [found for pattern in METERS for found in glob.glob(pattern)]
    with open(path, encoding="ascii") as file:
        return file.read().strip() == MICROWATTS


class Asked:
    """One question, and the answers to it."""

    def __init__(self, name, question):
        self.name, self.question = name, question
        self.last, self.gap_s, self.answers, self.failures = time.monotonic(), 0, 0, []

    def ask(self):
        """Ask once; the gap ends with an answer."""
        try:
            why = None if self.question() else "no answer"
        except (OSError, ValueError) as error:
            why = f"{type(error).__name__} {error}".replace(" ", "_")
        now = time.monotonic()
        if why:
            self.failures.append(why)
            return
        self.gap_s, self.last = max(self.gap_s, now - self.last), now
        self.answers += 1

    def tell(self):
        """Print the result; without an answer the gap is still open."""
        gap_s = max(self.gap_s, time.monotonic() - self.last)
        print(f"{self.name}_gap_ms={gap_s * 1000:.0f}")
        print(f"{self.name}_answers={self.answers}")
        print(f"{self.name}_failures={len(self.failures)} {' '.join(sorted(set(self.failures)))}",
              flush=True)


def main():
    """Ask in turn."""
    running = [True]
    signal.signal(signal.SIGTERM, lambda *_: running.clear())
    asked = [Asked("ipmi", ask_bmc), Asked("meter", read_meter)]
    while running:
        for each in asked:
            each.ask()
        time.sleep(PAUSE_S)
    for each in asked:
        each.tell()


if __name__ == "__main__":
    main()
