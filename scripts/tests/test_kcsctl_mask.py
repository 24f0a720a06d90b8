# SPDX-License-Identifier: GPL-2.0-only
"""What `kcsctl report` masks, and what it leaves: a table of texts."""
import time

import pytest

from kcsctl.mask import HOST, SERIAL, USER, masked, secrets_of
from kcsctl_kernel import Kernel

WEB1 = ((HOST, "web1"), (HOST, "web1.example.com"), (HOST, "example.com"), (USER, "alice"),
        (SERIAL, "7XK9Q12"))
H, U, S = "[host name]", "[user name]", "[serial number]"
I, M, G = "[IP address]", "[MAC address]", "[UUID]"

TABLE = [
    # A host name, alone and with its domain.
    ("on web1 since", WEB1, f"on {H} since"), ("web1", WEB1, H), ("WEB1: up", WEB1, f"{H}: up"),
    ("web1.example.com.", WEB1, f"{H}."), ("at web1. Then", WEB1, f"at {H}. Then"),
    ("web1.other.net/x", WEB1, f"{H}/x"), ("bmc-web1", WEB1, f"bmc-{H}"),
    ("mail.web1.example.com", WEB1, H), ("bmc7.example.com", WEB1, H), ("example.com", WEB1, H),
    ('{"host": "web1"}', WEB1, f'{{"host": "{H}"}}'),
    # One that is in a word.
    ("web10 myweb1 web1_x", WEB1, "web10 myweb1 web1_x"), ("xexample.com", WEB1, "xexample.com"),
    ("kcs_host: host of ipmi", ((HOST, "host"),), f"kcs_host: {H} of ipmi"),
    ("ipmi_si ipmi0 ipm", ((HOST, "ipm"),), f"ipmi_si ipmi0 {H}"),
    # One that is none, and one that is no pattern.
    ("a b", ((HOST, ""), (USER, "  ")), "a b"), ("1 of 10", ((HOST, "1"), (USER, "of")), "1 of 10"),
    ("by root on localhost", ((HOST, "localhost"), (USER, "root")), "by root on localhost"),
    ("None, Default string", ((SERIAL, "None"), (SERIAL, "Default string")),
     "None, Default string"),
    ("axb a.b* a+(b", ((SERIAL, "a.b*"), (SERIAL, "a+(b")), f"axb {S} {S}"),
    ("name is host", ((HOST, "name"), (USER, "host")), f"{H} is {U}"),
    # Names of people, serial numbers; the longer name counts.
    ("/home/alice/x alice2", WEB1, f"/home/{U}/x alice2"), ("SN:7xk9q12,", WEB1, f"SN:{S},"),
    ("web1-b web1", ((HOST, "web1"), (HOST, "web1-b")), f"{H} {H}"),
    # UUIDs; other long numbers.
    ("4c4c4544-0058-4b10-8039-b7c04f313233", (), G),
    ("guid=4C4C454400584B108039B7C04F313233.", (), f"guid={G}."),
    ("srcversion: 533BB7E5866E52F63B9ACCB", (), "srcversion: 533BB7E5866E52F63B9ACCB"),
    ("0x4c4c454400584b108039b7c04f3132334c4c", (), "0x4c4c454400584b108039b7c04f3132334c4c"),
    # MAC addresses, also of InfiniBand; times and places of devices.
    ("mac 00:1a:2B:3c:4d:5e: up", (), f"mac {M}: up"), ("x 00-1a-2b-3c-4d-5e", (), f"x {M}"),
    ("mx:00:1a:2b:3c:4d:5e", (), f"mx:{M}"), ("1:00:1a:2b:3c:4d:5e", (), f"1:{M}"), ("001a.2b3c.4d5e", (), M),
    ("80:00:02:08:fe:80:00:00:00:00:00:00:00:02:c9:03:00:01:02:03", (), M),
    ("at 12:34:56, 0000:00:05.0, 26 12 00 01 02 03", (),
     "at 12:34:56, 0000:00:05.0, 26 12 00 01 02 03"),
    # IP addresses; versions and what looks like one.
    ("10.1.2.3:623", (), f"{I}:623"), ("at 010.001.002.003.", (), f"at {I}."),
    ("version 6.1.0-57, 1.2.3.4.5, 300.1.2.3, 0.0.0.0", (),
     "version 6.1.0-57, 1.2.3.4.5, 300.1.2.3, 0.0.0.0"),
    ("fe80::21a:2bff:fe3c:4d5e%eth0", (), f"{I}%eth0"), ("to ::1 or ::", (), f"to {I} or ::"),
    ("addr:2001:db8::7: up", (), f"addr:{I}: up"), ("::ffff:10.1.2.3/96", (), f"{I}/96"),
    ("2001:db8:0:1:2:3:4:5", (), I), ("net::core::link 1:2 3:4:5", (), "net::core::link 1:2 3:4:5"),
]


@pytest.mark.parametrize("text, secrets, expected", TABLE, ids=[row[0] for row in TABLE])
def test_text_is_masked(text, secrets, expected):
    result, found = masked(text, secrets)
    assert result == expected
    assert found == {kind for kind in (HOST, USER, SERIAL, "UUID", "MAC address", "IP address")
                     if f"[{kind}]" in expected}


@pytest.mark.parametrize("text", ["a." * 200000, "a-" * 200000, "a:" * 200000, "1." * 200000,
                                  "0" * 400000, "00:" * 130000, ":" * 400000])
def test_hostile_text_does_not_take_long(text):
    start = time.process_time()
    masked(text, WEB1)
    assert time.process_time() - start < 20


def test_secrets_are_what_the_machine_is_called(tmp_path, monkeypatch):
    monkeypatch.setenv("SUDO_USER", "carol")
    machine = Kernel(tmp_path, ())
    machine.put("/proc/sys/kernel/hostname", "web1")
    machine.put("/etc/hosts", "127.0.0.1 localhost\n10.1.2.3 web1.example.com web1 # web1.no\n"
                "10.1.2.4 db1.example.org")
    machine.put("/etc/resolv.conf", "nameserver 10.1.2.3\nsearch corp.example.net lan")
    machine.put("/proc/sys/kernel/domainname", "(none)")
    machine.put("/etc/passwd", "root:x:0:\ndaemon:x:1:\nalice:x:1000:\nnobody:x:65534:\nbad")
    machine.put("/sys/class/dmi/id/product_serial", "7XK9Q12")
    found = secrets_of(machine)
    assert {name for kind, name in found if kind == HOST} == {
        "web1", "web1.example.com", "example.com", "corp.example.net"}
    users = {name for kind, name in found if kind == USER}
    assert {"alice", "carol"} <= users and not {"root", "daemon", "nobody"} & users - {"root"}
    assert (SERIAL, "7XK9Q12") in found


def test_machine_without_a_name_masks_no_word(tmp_path, monkeypatch):
    for name in ("SUDO_USER", "LOGNAME", "USER"):
        monkeypatch.delenv(name, raising=False)
    machine = Kernel(tmp_path, ())
    machine.put("/proc/sys/kernel/hostname", "")
    assert masked("kcs_host IPI0001:00: BMC ready", secrets_of(machine)) == \
        ("kcs_host IPI0001:00: BMC ready", set())
