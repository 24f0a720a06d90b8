# SPDX-License-Identifier: GPL-2.0-only
"""`kcsctl report`: one archive with what a bug report needs, and without names."""
import contextlib
import io
import os
import tarfile
import time

from .collect import FILE_BYTES, LOG_LINES, collect
from .machine import Failed
from .mask import NAMES, SHORTEST, masked
from .take import Refused

README = "README"
HEAD = f"""This is what kcsctl report has collected on {{date}} for a bug report.
Look through it before you send it.

MASKED

Searched for: {", ".join(NAMES)}.
Found in it, and replaced by such a word in brackets: {{kinds}}.
Host names are those of this machine, with their domains; user names are those of the
accounts of people, and of the user that ran this. Names of fewer than {SHORTEST} characters
are not masked, nor are names that this machine does not know.

Not in it: serial numbers and the UUID of the machine, addresses of kernel code in the list
of modules, the kernel's command line but for the words of ipmi, acpi, kcs and modules, other
lines of the log, other tables of firmware, strings of SMBIOS.

acpi/ has the firmware's tables that declare an IPMI region, as they are: they are programs,
which cannot be masked. A table with a name in it that is to be masked is left out. They
belong to the vendor of the machine: remove them if that matters to you.

LIMITS

{FILE_BYTES} bytes of a file, {LOG_LINES} lines of the log.
"""
WORDS = {
    "status": "kcsctl status", "doctor": "kcsctl doctor", "interfaces": "drivers of interfaces",
    "modules": "modules that are loaded", "modinfo": "our modules as installed",
    "log": "lines of the kernel's log", "resources": "who has claimed registers, interrupts",
    "cmdline": "words of the kernel's command line", "acpi": "tables of firmware",
    "modprobe": "lines of modprobe's configuration", "dmi": "records of SMBIOS, type 38",
}


def default_name():
    """The name of a report where none is given."""
    return time.strftime("kcs-report-%Y-%m-%d.tar.gz")


def readme(collection, date):
    """What is in a report, what was masked, and what could not be read."""
    lines = [HEAD.format(date=date, kinds=", ".join(sorted(collection.kinds)) or "nothing"),
             "CONTENTS", "", "Below files/ are those of the kernel, by their paths.", ""]
    for name, data in sorted(collection.files.items()):
        words = WORDS.get(name.partition("/")[0].partition(".")[0], "")
        lines.append(f"{len(data):8} {name}" + f"    ({words})" * bool(words))
    lines += ["", "NOT READ", "", *(collection.failed or ["All could be read."])]
    return masked("\n".join(lines) + "\n", collection.secrets)[0]


def archive(collection, folder, date):
    """The bytes of an archive, with the README first; without a user's name or number."""
    files = {README: readme(collection, date).encode(errors="replace")}
    files.update(sorted(collection.files.items()))
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(f"{folder}/{name}")
            info.size, info.mode, info.mtime = len(data), 0o600, int(time.time())
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def check_target(path):
    """Refuse a file that is there, before all is read."""
    if os.path.lexists(path):
        raise Refused(f"{path} is there already, and is not overwritten: name another file")
    folder = os.path.dirname(path) or "."
    if not os.access(folder, os.W_OK):
        why = "may not be written to" if os.path.isdir(folder) else "is no folder"
        raise Refused(f"{path}: {folder} {why}")


def write_new(path, data):
    """Make a file for its owner only, as a whole or not at all."""
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError as why:
        raise Refused(f"{path} is there already, and is not overwritten: name another file") from why
    except OSError as why:
        raise Refused(f"{path}: {why.strerror}") from why
    try:
        with open(file, "wb") as out:
            os.fchmod(file, 0o600)      # whatever the umask is
            out.write(data)
    except BaseException as why:
        with contextlib.suppress(OSError):
            os.unlink(path)
        if isinstance(why, OSError):
            raise Failed(f"{path}: {why.strerror}; it was removed") from why
        raise


def make(machine, path):
    """Write a report to a new file, and say what came of it."""
    path = path or default_name()
    check_target(path)
    collection = collect(machine)
    folder = os.path.basename(path).partition(".")[0] or "kcs-report"
    date = time.strftime("%Y-%m-%d %H:%M:%S %z")
    write_new(path, archive(collection, folder, date))
    return {"file": path, "files": sorted(collection.files), "not_read": collection.failed,
            "masked": sorted(collection.kinds)}


def as_text(data):
    """The same, for people."""
    lines = [f"{data['file']}: {len(data['files'])} files"]
    if data["not_read"]:
        lines[0] += f"; {len(data['not_read'])} are not in it, its {README} says why"
    return "\n".join([*lines, f"masked: {', '.join(data['masked']) or 'nothing'}",
                      "look through it before you send it"])
