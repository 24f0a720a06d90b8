# SPDX-License-Identifier: GPL-2.0-only
"""kcsctl where what it prints has no reader, or no room; in processes of their own."""
import os
import subprocess
import sys

import pytest

PROGRAM = """import sys
from kcsctl import cli
from kcsctl_broken import healthy
import os
machine = healthy(sys.argv[1])
machine.remove("/etc/modprobe.d/kcs.conf")
os.dup2(int(sys.argv[2]), 1)
sys.exit(cli.main(sys.argv[3:], machine))
"""
COMMANDS = pytest.mark.parametrize("words", [
    ("status",), ("status", "--json"), ("doctor",), ("doctor", "--json"),
    ("take", "--persist", "--dry-run"), ("give-back", "--dry-run", "--json"), ("take",)])


def run(root, out, words):
    """(exit status, complaints) of a run that prints to a file."""
    done = subprocess.run([sys.executable, "-c", PROGRAM, root, str(out), *words], text=True,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False,
                          pass_fds=(out,), env=os.environ | {"PYTHONPATH": ":".join(sys.path)})
    return done.returncode, done.stderr


@COMMANDS
def test_reader_that_has_had_enough_is_no_fault(tmp_path, words):
    """As head, which ends before kcsctl has printed."""
    read_end, write_end = os.pipe()
    os.close(read_end)
    try:
        status, said = run(tmp_path, write_end, words)
    finally:
        os.close(write_end)
    assert status == 0 and "Traceback" not in said and "Exception" not in said, said
    assert (said == "") == (words != ("take",))


@COMMANDS
def test_disk_that_is_full_is_told_in_a_line(tmp_path, words):
    full = os.open("/dev/full", os.O_WRONLY)
    try:
        status, said = run(tmp_path, full, words)
    finally:
        os.close(full)
    assert status == 0 and said.count("\n") == 1, said
    assert "the output: No space left on device" in said
