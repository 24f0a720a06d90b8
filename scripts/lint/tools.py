# SPDX-License-Identifier: GPL-2.0-only
"""Programs that are called, and why something cannot be read."""
import re
import subprocess
import textwrap

TIMEOUT_S = 60
LINE_MAX = 200  # of what a tool says

# Where to get them.
PACKAGES = {"iasl": "acpica-tools", "acpixtract": "acpica-tools",
            "gcc": "gcc libc6-dev"}


class Unreadable(Exception):
    """Why a table, or all of them, could not be read."""


class MissingTool(Unreadable):
    """A program is not installed: there is no point in going on."""


def call(command, **options):
    """Run a tool, whatever it returns; it may hang or crash on garbage."""
    command = [str(word) for word in command]
    try:
        return subprocess.run(command, text=True, errors="replace", check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=TIMEOUT_S, **options)
    except FileNotFoundError:
        name = command[0]
        raise MissingTool(f"{name} is missing; as root: apt-get install "
                          f"{PACKAGES.get(name, name)}") from None
    except subprocess.TimeoutExpired:
        raise Unreadable(f"{command[0]} took more than {TIMEOUT_S} s") from None


def complaint(done, otherwise):
    """What a tool of ACPICA has to say, in a line."""
    lines = re.findall(r"^.*(?:Error|Could not|does not|needs:).*$",
                       done.stdout + done.stderr, re.M)
    return textwrap.shorten(lines[0], LINE_MAX, placeholder=" ...") if lines else otherwise


def compile_errors(done):
    """What iasl complains of in a source, and where."""
    errors = re.findall(r"^\S+\s+(\d+): .*\nError +\d+ - *(.*)$",
                        done.stderr + done.stdout, re.M)
    return "; ".join(f"line {line}: {' '.join(text.replace('^', '').split())}"
                     for line, text in errors) or complaint(done, "iasl made nothing")
