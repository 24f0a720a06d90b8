# SPDX-License-Identifier: GPL-2.0-only
"""What kcsctl reads of a machine, and what it does not wait for."""
import grp
import os
import subprocess
import sys

import pytest

import kcsctl.machine
from kcsctl.machine import Failed, Machine, NotInstalled

def test_program_that_does_not_end_is_left(tmp_path):
    with pytest.raises(Failed, match="sleep: not done after 0.1 s"):
        Machine(tmp_path).ask("sleep", "60", limit_s=0.1)
    with pytest.raises(NotInstalled, match="no-such-program is not installed"):
        Machine(tmp_path).ask("/no/no-such-program")
    assert Machine(tmp_path).ask("sh", "-c", "echo said; echo complained >&2; exit 1") == "said"


def test_newest_records_of_the_log_are_read(tmp_path, monkeypatch):
    """As from /dev/kmsg, which has no end: one that waits for the next record is not read."""
    folder = tmp_path / "dev"
    folder.mkdir()
    os.mkfifo(folder / "kmsg")
    log_file = os.open(folder / "kmsg", os.O_RDWR)
    try:
        os.write(log_file, b"6,1,1,-;one\n" * 2000)
        assert Machine(tmp_path).read_log() == "6,1,1,-;one\n" * 2000
        monkeypatch.setattr(kcsctl.machine, "LOG_RECORDS_MAX", 2)
        monkeypatch.setattr(kcsctl.machine, "LOG_RECORD_BYTES", 4)
        os.write(log_file, b"one\ntwo\nfour")
        assert Machine(tmp_path).read_log() == "two\nfour"
    finally:
        os.close(log_file)
    assert Machine(tmp_path / "other").read_log() is None


def test_file_that_may_not_be_read_is_hidden_and_a_missing_one_is_not(tmp_path):
    """As another user, where root runs the tests: of root nothing is hidden."""
    (tmp_path / "secret").touch(mode=0)
    tmp_path.chmod(0o755)
    lines = "import os; from kcsctl.machine import Machine; os.getuid() or os.setuid(65534); " \
        "print(*(Machine('.').is_hidden(name) for name in ('/secret', '/missing')))"
    done = subprocess.run([sys.executable, "-c", lines], text=True, stdout=subprocess.PIPE,
                          check=True, cwd=tmp_path,
                          env=os.environ | {"PYTHONPATH": ":".join(sys.path)})
    assert done.stdout == "True False\n"


def test_read_that_does_not_return_is_left(tmp_path):
    os.mkfifo(tmp_path / "discovery")     # opening it waits for a writer
    with pytest.raises(Failed, match="discovery: the kernel has not returned for 0.5 s"):
        Machine(tmp_path).read("/discovery", 0.5)
    with open(tmp_path / "discovery", "w", encoding="ascii"):   # so that it ends
        pass
    (tmp_path / "file").write_text("text\n")
    assert Machine(tmp_path).read("/file", 60) == "text"
    assert Machine(tmp_path).read("/none", 60) is None


def test_groups_are_those_that_the_system_knows(tmp_path, monkeypatch):
    """Also those of a directory service, which are not in /etc/group."""
    group = grp.struct_group(("ipmi", "x", 4711, []))
    monkeypatch.setattr(grp, "getgrnam", {"ipmi": group}.__getitem__)
    monkeypatch.setattr(grp, "getgrgid", {os.getgid(): group}.__getitem__)
    machine = Machine(tmp_path)
    (tmp_path / "ipmi0").touch()
    (tmp_path / "ipmi0").chmod(0o660)
    os.chown(tmp_path / "ipmi0", -1, os.getgid())
    assert machine.owner("/ipmi0") == ("ipmi", 0o660) and machine.owner("/ipmi1") is None
    assert (machine.has_group("ipmi"), machine.has_group("other")) == (True, False)
    assert machine.group_name(os.getgid() + 1) is None


def test_file_without_an_end_is_read_to_a_bound(tmp_path):
    (tmp_path / "endless").symlink_to("/dev/zero")
    (tmp_path / "short").write_bytes(b"1234")
    assert Machine(tmp_path).fetch("/endless", 60, 5000) == (bytes(5000), True)
    assert Machine(tmp_path).fetch("/short", 60, 4) == (b"1234", False)
    assert Machine(tmp_path).fetch("/short", 60, 3) == (b"123", True)


def test_file_that_cannot_be_read_says_why(tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(Failed, match="^/none: No such file or directory$"):
        Machine(tmp_path).fetch("/none", 60)
    with pytest.raises(Failed, match="^/folder: Is a directory$"):
        Machine(tmp_path).fetch("/folder", 60)
