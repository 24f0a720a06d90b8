# SPDX-License-Identifier: GPL-2.0-only
"""`kcsctl report` on made-up machines: what is in it, what is not, and what stops nothing."""
import io
import json
import os
import re
import stat
import tarfile

import pytest

from kcsctl import cli, collect, report
from kcsctl.collect import log_lines, resource_lines
from kcsctl_broken import DISCOVERY, add_second, healthy, log, set_health
from kcsctl_kernel import DEVICE, Kernel
from kcsctl_kernel import quick  # fixture

# OperationRegion (POWR, IPMI, 0x3000, 0x100), and one of memory.
IPMI_TABLE = b"SSDT\x40\0\0\0\2\0DELL  \x10\x0c\x5b\x80POWR\x07\x0b\0\x30\x0b\0\x01"
OTHER_TABLE = b"SSDT\x40\0\0\0\2\0DELL  \x10\x0c\x5b\x80GNVS\0\x0c\0\0\0\0\x0a\7"
TABLES, RECORD = "/sys/firmware/acpi/tables", "/sys/firmware/dmi/entries/38-0/raw"
GUID = "4c4c4544-0058-4b10-8039-b7c04f313233"
SECRETS = ("web1", "example.com", "alice", "7XK9Q12", GUID, "00:1a:2b:3c:4d:5e", "10.1.2.3",
           "hunter2")


def server(root):
    """A machine with names, in all places where they might be."""
    machine = healthy(root)
    machine.put("/proc/sys/kernel/hostname", "web1")
    machine.put("/etc/hosts", "10.1.2.3 web1.example.com web1")
    machine.put("/etc/passwd", "alice:x:1000:")
    machine.put("/sys/class/dmi/id/product_serial", "7XK9Q12")
    machine.put("/sys/class/dmi/id/product_uuid", GUID)
    machine.put("/sys/class/dmi/id/product_name", "PowerEdge R730")
    machine.put("/proc/cmdline", "root=/dev/sda1 password=hunter2 kcs_host.with_pci=1 ipmi_si.x=2")
    log(machine, "BMC ready: device 20h", f"web1.example.com 10.1.2.3 alice {GUID} 7XK9Q12",
        "00:1a:2b:3c:4d:5e")
    machine.put("/dev/kmsg", machine.read("/dev/kmsg") + "\n5,9,9,-;usb 1-1: new device\n"
                "6,9,9,-;Kernel command line: password=hunter2 acpi=on\n6,9,1500000,-;ACPI: SSDT")
    machine.put("/etc/modprobe.d/x.conf", "# nothing\noptions kcs_host with_pci=1\nblacklist nouveau")
    machine.put("/proc/modules", "kcs_host 65536 2 kcs_ipmi, Live 0xffffffffc0a1b000 (OE)")
    machine.put("/sys/kernel/debug/kcs_opregion/firmware", r"\_SB.PMI0 POWR")
    for name, data in (("SSDT1", IPMI_TABLE), ("SSDT2", OTHER_TABLE), ("FACP", IPMI_TABLE),
                       ("SSDT3", IPMI_TABLE + b"\r7XK9Q12\0")):
        machine.put(f"{TABLES}/{name}", "")
        machine.at(f"{TABLES}/{name}").write_bytes(data)
    machine.put(RECORD, "")
    machine.at(RECORD).write_bytes(bytes([38, 6, 1, 2, 0xa, 0xb]) + b"7XK9Q12\0\0")
    return machine


def read(path):
    """{name: bytes} of a report; the names are below one folder."""
    with tarfile.open(path) as tar:
        members = tar.getmembers()
        assert all(not info.uname and not info.uid for info in members)
        files = {info.name.partition("/")[2]: tar.extractfile(info).read() for info in members}
    assert list(files)[0] == "README"
    return files


def made(machine, path, *words):
    """A report of a machine."""
    assert cli.main(["report", str(path), *words], machine) == 0
    return read(path)


@pytest.fixture
def target(tmp_path):
    """Where a report is to be."""
    return tmp_path / "out.tar.gz"


def test_report_has_what_a_bug_report_needs(tmp_path, target):
    files = made(server(tmp_path / "root"), target)
    has = {name: data.decode(errors="replace") for name, data in files.items()}
    for name, words in (
            ("status.txt", "kcs_host (kcs0"), ("doctor.txt", "nothing found"),
            ("files/sys/class/kcs/kcs0/health", "ready"), ("interfaces.txt", f"{DEVICE}\n  path"),
            (f"files{DISCOVERY}", "# source"), ("files/sys/kernel/debug/kcs_opregion/firmware", "POWR"),
            ("files/sys/module/kcs_host/version", "0.9.0"), ("log.txt", "[  600.000000] kcs_host"),
            ("log.txt", "ACPI: SSDT"), ("modules.txt", "kcs_host 65536 2 kcs_ipmi, Live (OE)"),
            ("resources/proc/ioports", f"0ca2-0ca3 : {DEVICE}"), ("resources/proc/interrupts", "kcs0"),
            ("files/sys/class/dmi/id/product_name", "PowerEdge R730"),
            ("dmi/38-0.txt", "26 06 01 02 0a 0b\n"), ("modinfo.txt", "# kcs_sim"),
            ("modprobe.txt", "/etc/modprobe.d/x.conf:2: options kcs_host with_pci=1")):
        assert words in has[name], name
    assert json.loads(has["status.json"])["regions"] == "kcs_opregion"
    assert json.loads(has["doctor.json"])["findings"] == []
    assert has["cmdline.txt"].split() == ["kcs_host.with_pci=1", "ipmi_si.x=2"]
    assert files["acpi/SSDT1"] == IPMI_TABLE
    assert [name for name in files if name.startswith("acpi/")] == ["acpi/SSDT1"]


def test_report_names_nobody(tmp_path, target, capsys):
    files = made(server(tmp_path / "root"), target)
    everything = b"\n".join([*files.values(), *map(str.encode, files)]).decode(errors="replace")
    for secret in SECRETS:
        assert secret.lower() not in everything.lower(), secret
    assert "nouveau" not in everything and "usb 1-1" not in everything
    masked = "IP address, MAC address, UUID, host name, serial number, user name"
    assert f"masked: {masked}\n" in capsys.readouterr().out
    assert f"in brackets: {masked}." in files["README"].decode()
    assert "acpi/SSDT3: left out, it has a name that is to be masked" in files["README"].decode()


def test_readme_lists_all_files(tmp_path, target):
    files = made(server(tmp_path / "root"), target)
    text = files.pop("README").decode()
    for name, data in files.items():
        assert re.search(rf"^ *{len(data)} {re.escape(name)}(    |$)", text, re.M), name


def test_report_is_for_its_owner_and_overwrites_nothing(tmp_path, target, capsys):
    machine = healthy(tmp_path / "root")
    before = os.umask(0o777)
    try:
        assert cli.main(["report", str(target)], machine) == 0
    finally:
        os.umask(before)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    data = target.read_bytes()
    capsys.readouterr()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for path in (target, tmp_path / "link", tmp_path):
        assert cli.main(["report", str(path)], machine) == 1
        assert f"{path} is there already, and is not overwritten" in capsys.readouterr().err
    with pytest.raises(report.Refused, match="is there already"):
        report.write_new(target, b"other")      # it came after the check
    assert target.read_bytes() == data and not (tmp_path / "nowhere").exists()
    assert cli.main(["report", str(tmp_path / "none/x")], machine) == 1
    assert "none is no folder" in capsys.readouterr().err


def test_name_of_a_report_has_the_date(tmp_path, monkeypatch, capsys):
    machine = healthy(tmp_path / "root")
    monkeypatch.chdir(tmp_path)
    capsys.readouterr()
    assert cli.main(["report", "--json"], machine) == 0
    data = json.loads(capsys.readouterr().out)
    assert re.fullmatch(r"kcs-report-\d{4}-\d\d-\d\d\.tar\.gz", data["file"])
    assert sorted(read(tmp_path / data["file"]))[1:] == data["files"]
    assert "kcs-report-" in tarfile.open(tmp_path / data["file"]).getnames()[0]


def test_file_that_cannot_be_written_is_removed(tmp_path, target, capsys, monkeypatch):
    machine = healthy(tmp_path / "root")
    monkeypatch.setattr(os, "fchmod", lambda *_: os.write(os.open("/dev/full", os.O_WRONLY), b"x"))
    assert cli.main(["report", str(target)], machine) == 3
    assert "No space left on device; it was removed" in capsys.readouterr().err
    assert not target.exists()


def test_stopped_report_leaves_no_file(tmp_path, target, capsys, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt
    machine = healthy(tmp_path / "root")
    for name in ("archive", "collect"):
        monkeypatch.setattr(report, name, stop)
        assert cli.main(["report", str(target)], machine) == 3
    monkeypatch.undo()
    monkeypatch.setattr(os, "fchmod", stop)
    with pytest.raises(KeyboardInterrupt):
        report.write_new(target, b"x")
    assert "stopped by SIGINT" in capsys.readouterr().err and not target.exists()


# -- What stops nothing. ----------------------------------------------------------

def test_file_without_an_end_is_cut(tmp_path, target, monkeypatch):
    machine = healthy(tmp_path / "root")
    with open(machine.at("/sys/kernel/debug/kcs/endless"), "wb") as file:
        file.truncate(1 << 40)
    monkeypatch.setattr(collect, "FILE_BYTES", 5000)
    data = made(machine, target)["files/sys/kernel/debug/kcs/endless"]
    assert data == bytes(5000) + b"\n[cut after 5000 bytes]\n"


def test_kernel_that_does_not_return_holds_up_little(tmp_path, target):
    machine = healthy(tmp_path / "root")
    paths = [f"/sys/kernel/debug/kcs_opregion/f{number}" for number in range(5)]
    for path in paths:
        machine.put(path, "")
    machine.stuck = (f"{machine.path(DEVICE)}/driver_override", DISCOVERY, *paths)
    text = made(machine, target)["README"].decode()
    assert text.count("the kernel has not returned\n") == collect.STUCK_MAX
    assert text.count("not read, as the kernel did not return from others") >= 3


def test_part_that_fails_stops_no_other(tmp_path, target, monkeypatch):
    def fail(_):
        raise RuntimeError("of web1")
    machine = server(tmp_path / "root")
    monkeypatch.setattr(collect, "PARTS", (fail, *collect.PARTS[1:]))
    files = made(machine, target)
    assert "fail: RuntimeError: of [host name]\n" in files["README"].decode()
    assert "doctor.txt" in files and "log.txt" in files and "status.txt" not in files


@pytest.mark.parametrize("hidden, why", [
    ("/sys/kernel/debug", "/sys/kernel/debug/kcs/*: Permission denied"),
    ("/dev/kmsg", "/dev/kmsg, the kernel's log: may not be read"),
    (f"{TABLES}/SSDT1", f"{TABLES}/SSDT1: Permission denied"),
    (RECORD, f"{RECORD}: Permission denied"), ("/proc/iomem", "/proc/iomem: Permission denied"),
    ("/etc/modprobe.d", "what modprobe is told (/etc/modprobe.d may not be read)")])
def test_what_is_hidden_is_named_with_why(tmp_path, target, hidden, why):
    machine = server(tmp_path / "root")
    assert why not in made(machine, tmp_path / "before.tar.gz")["README"].decode()
    machine.hidden = (hidden,)
    files = made(machine, target)
    assert f"\n{why}\n" in files["README"].decode() and "status.txt" in files


def test_machine_without_a_bmc_has_a_report(tmp_path, target):
    files = made(Kernel(tmp_path / "root", ()), target)
    assert "no KCS interface" in files["doctor.txt"].decode()
    assert "/sys/class/kcs/*/*: not there" in files["README"].decode()


def test_report_changes_nothing(tmp_path, target):
    machine = healthy(tmp_path / "root")
    set_health("dead")(machine)
    add_second(machine)
    before = machine.state()
    machine.changes.clear()
    made(machine, target)
    assert machine.changes == [] and machine.state() == before


def test_parameter_that_only_can_be_written_is_not_missed(tmp_path, target):
    machine = healthy(tmp_path / "root")
    machine.put("/sys/module/kcs_host/parameters/hotmod", "")
    machine.at("/sys/module/kcs_host/parameters/hotmod").chmod(0o200)
    assert b"hotmod" not in made(machine, target)["README"]


# -- Lines. -----------------------------------------------------------------------

def test_lines_of_resources_have_what_is_above_them():
    text = "0000-0cf7 : PCI Bus 0000:00\n  0020-0021 : pic1\n  0ca2-0ca3 : IPI0001:00\n" \
        "    0ca2-0ca2 : kcs_host\n  0cf8-0cff : PCI conf1\n1000-ffff : PCI Bus 0000:01"
    assert resource_lines(text, {DEVICE}) == text.split("\n")[:1] + text.split("\n")[2:4]


def test_newest_lines_of_the_log_are_kept(monkeypatch):
    monkeypatch.setattr(collect, "LOG_LINES", 2)
    monkeypatch.setattr(collect, "LOG_LINE_CHARACTERS", 10)
    log_text = "".join(f"6,{number},{number}000000,-;kcs_host {number}xyz\n SUBSYSTEM=kcs\n"
                       for number in range(4))
    assert log_lines(log_text) == ["[    2.000000] kcs_host 2", "[    3.000000] kcs_host 3"]


def test_table_with_an_ipmi_region_is_found():
    for name in (b"POWR", b"\\POWR", b"^^POWR", b"\\\x2e_SB_POWR", b"\x2f\3_SB_PMI0POWR"):
        assert re.search(collect.IPMI_REGION, b"x\x5b\x80" + name + b"\x07\x0a", re.DOTALL), name
        assert not re.search(collect.IPMI_REGION, b"x\x5b\x80" + name + b"\x00\x07", re.DOTALL)


def test_text_that_is_no_unicode_is_kept(tmp_path, target):
    machine = healthy(tmp_path / "root")
    machine.at("/sys/kernel/debug/kcs/odd").write_bytes(b"a\xff\0b")
    assert made(machine, target)["files/sys/kernel/debug/kcs/odd"] == "a\ufffd\0b\n".encode()
    assert io.BytesIO(target.read_bytes()).read(2) == b"\x1f\x8b"
