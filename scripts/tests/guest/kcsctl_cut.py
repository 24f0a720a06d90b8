#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Run kcsctl, and cut it short after a number of steps.

    kcsctl_cut.py kill|fail NUMBER COMMAND...

It is killed by SIGKILL, or what comes next fails. The exit status is 0 if there is no
such step.
"""
import os
import pathlib
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "lib"))
from kcsctl.cli import main
from kcsctl.machine import Failed, Machine

HOW, NUMBER = sys.argv[1], int(sys.argv[2])


class Cut(Machine):
    """The machine, with changes that are counted."""

    changes = 0

    def count(self):
        """End here, if it is time to."""
        self.changes += 1
        if self.changes != NUMBER + 1:
            return
        if HOW == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        raise Failed("cut short")

    def write(self, path, text, limit_s=None):
        self.count()
        super().write(path, text, limit_s)

    def run(self, *command):
        self.count()
        super().run(*command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[3:], Cut()))
