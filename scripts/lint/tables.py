# SPDX-License-Identifier: GPL-2.0-only
"""What is an ACPI table with AML, and where tables come from.

A file is a table, several end to end, the text of acpidump, or ASL, which is compiled.
"""
import contextlib
import dataclasses
import pathlib
import re
import sys
import tempfile

from .tools import Unreadable, MissingTool, call, compile_errors, complaint

RUNNING = pathlib.Path("/sys/firmware/acpi/tables")

HEADER_SIZE = 36  # ACPI 6.0, 5.2.6

# DSDT, SSDT, and PSDT, which ACPI 2.0 dropped; vendors' OEMx are AML or data.
HAS_AML = re.compile(rb"DSDT|SSDT|PSDT|OEM[A-Z0-9_]")

# The line of acpidump above a table; a signature may have spaces and underscores.
DUMP_LINE = re.compile(rb"^\s*[A-Z0-9_ ]{4} @ 0x[0-9A-Fa-f]+\s*$", re.M)


@dataclasses.dataclass
class Table:
    """A table with AML, as a file in a folder of its own."""
    name: str
    path: pathlib.Path

    @property
    def data(self):
        """Its bytes."""
        return self.path.read_bytes()

    @property
    def is_header_only(self):
        """Test whether there is no AML in it: iasl prints no closing brace then."""
        return len(self.data) == HEADER_SIZE

    @property
    def may_be_data(self):
        """Test whether no AML need be in it."""
        return self.data.startswith(b"OEM")


def split(data):
    """The tables in the bytes of a file: one, or several end to end."""
    while data:
        signature, length = data[:4], int.from_bytes(data[4:8], "little")
        if not re.fullmatch(rb"[A-Z0-9_]{4}", signature):
            raise Unreadable("not an ACPI table")
        if len(data) < HEADER_SIZE or length > len(data):
            raise Unreadable(f"truncated: {len(data)} bytes of {length}")
        if length < HEADER_SIZE:
            raise Unreadable(f"not an ACPI table: its length is {length}")
        if not HAS_AML.fullmatch(signature):
            raise Unreadable(f"a {signature.decode()}, which has no AML")
        yield data[:length]
        data = data[length:]


def is_dump(data):
    """Test whether it is the text of acpidump, whatever is above its first table."""
    return b"\0" not in data and DUMP_LINE.search(data) is not None


class Tables:
    """Collects tables from files; goes on when one cannot be read."""

    def __init__(self, folder):
        self.folder = folder
        self.tables = []
        self.unread = []  # (name, why)

    @contextlib.contextmanager
    def attempt(self, name):
        """Note why what is done with a table fails."""
        try:
            yield
        except MissingTool:
            raise
        except Unreadable as why:
            self.unread.append((name, str(why)))
        except PermissionError:
            self.unread.append((name, "permission denied; only root may read it"))
        except OSError as error:
            self.unread.append((name, error.strerror))

    def add_running(self):
        """Those of this machine, in the order in which they were loaded."""
        paths = []
        for folder in (RUNNING, RUNNING / "dynamic"):
            for pattern in ("DSDT", "PSDT", "SSDT*", "OEM*"):
                paths += sorted(folder.glob(pattern), key=lambda path: (
                    len(path.name), path.name))
        if not paths:
            raise Unreadable(f"no DSDT in {RUNNING}: a machine without ACPI?")
        for path in paths:
            name = str(path.relative_to(RUNNING))
            with self.attempt(name):
                self._add(name, path.read_bytes())

    def add_files(self, paths):
        """Those in files; a name that two files have is given with its folder."""
        paths = list(dict.fromkeys(paths))
        known = [path.name for path in paths]
        for path in paths:
            name = path.name if known.count(path.name) == 1 else str(path)
            with self.attempt(name):
                self._add_file(name, path)

    def _add_file(self, name, path):
        data = path.read_bytes()
        if path.suffix in (".asl", ".dsl"):
            self._add(name, self._compile(name, path))
        elif is_dump(data):
            self._extract(name, path)
        elif not data:
            raise Unreadable("empty")
        else:
            self._add(name, data)

    def _add(self, name, data):
        for number, table in enumerate(split(data), 1):
            path = self._folder() / "table.aml"
            path.write_bytes(table)
            self.tables.append(Table(name if number == 1 else f"{name}#{number}", path))

    def _folder(self):
        return pathlib.Path(tempfile.mkdtemp(dir=self.folder))

    def _compile(self, name, path):
        """With -f: what iasl refuses may be what is to be found here."""
        aml = self._folder() / "compiled.aml"
        done = call(["iasl", "-f", "-vr", "-vs", "-p", aml, path.resolve()])
        if not aml.exists():
            raise Unreadable(f"does not compile: {compile_errors(done)}")
        errors = re.search(r"([1-9]\d*) Errors", done.stdout)
        if errors:
            print(f"aml-lint: {name}: {errors[0].lower()} of iasl; went on with what "
                  "it made", file=sys.stderr)
        return aml.read_bytes()

    def _extract(self, name, path):
        """Of all tables of a dump those that may have AML."""
        folder = self._folder()
        done = call(["acpixtract", "-a", path.resolve()], cwd=folder)
        found = [table for table in sorted(folder.glob("*.dat"))
                 if HAS_AML.match(table.read_bytes())]
        for table in found:
            part = f"{name}:{table.stem}"
            with self.attempt(part):
                self._add(part, table.read_bytes())
        if done.returncode or not found:
            raise Unreadable(complaint(done, "no DSDT or SSDT in it"))

    def disassemble(self, table):
        """Return its legacy ASL, in which each operator is a call.

        With the others, for the names in them; alone when they disagree. What may be
        data is none of them: iasl would fail on it.
        """
        others = [other.path for other in self.tables
                  if other is not table and not other.may_be_data]
        asl = table.path.with_suffix(".dsl")
        for known in ([["-e", *others], []] if others else [[]]):
            done = call(["iasl", *known, "-dl", "-d", table.path.name],
                        cwd=table.path.parent)
            if asl.exists() and not done.returncode:
                return asl.read_text(errors="replace")
        crash = f"iasl ended with {done.returncode}"
        raise Unreadable(f"does not disassemble: {complaint(done, crash)}")
