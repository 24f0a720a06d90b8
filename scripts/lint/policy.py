# SPDX-License-Identifier: GPL-2.0-only
"""What the modules' policy says of commands: their own code is asked."""
import pathlib

from .tools import Unreadable, call

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCES = ("scripts/tests/user/policy.c", "drivers/opregion/policy.c",
           "drivers/protocol/command.c")


class Policy:
    """The code of the modules, as a program that answers for commands."""

    def __init__(self, words, folder):
        self.words = words
        self.program = folder / "policy"
        built = call(["gcc", "-I", ROOT / "scripts/tests/user/shim", "-I", ROOT / "include",
                      "-o", self.program, *(ROOT / name for name in SOURCES)])
        if built.returncode:
            raise Unreadable(f"the policy does not compile:\n{built.stderr}")
        self.ask([])  # a bad word is the first thing to say

    def ask(self, commands):
        """For each NetFn and command: allowed, denied, or depends and on what."""
        lines = "".join(f"{netfn:x} {cmd:x}\n" for netfn, cmd in commands)
        done = call([self.program, self.words], input=lines)
        if done.returncode == 2:
            raise Unreadable("not a word of a policy, or one rule too many: "
                             f"{done.stderr.strip()}")
        answers = done.stdout.splitlines()
        if done.returncode or len(answers) != len(commands):
            raise Unreadable(f"the policy did not answer ({done.returncode})")
        return dict(zip(commands, answers))
