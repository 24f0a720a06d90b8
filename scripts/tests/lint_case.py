# SPDX-License-Identifier: GPL-2.0-only
"""What the tests of scripts/aml-lint have in common."""
import collections
import contextlib
import io
import json
import pathlib
import shutil
import tempfile
import unittest

from lint import command
from vm import ACPI, compile_ssdt

Result = collections.namedtuple("Result", "status output errors")


def acpi(*names):
    """Tables in scripts/tests/acpi."""
    return [ACPI / f"{name}.asl" for name in names]


def codes(it):
    """Of a region or a field, findings and notes."""
    return [finding["code"] for finding in it["findings"]]


def notes(it):
    """Of these, the notes."""
    return [finding["code"] for finding in it["findings"] if finding["note"]]


class LintCase(unittest.TestCase):
    """Each test runs the lint, and checks its findings or its words."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="kcs-lint-test-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def lint(self, *words):
        """What it returns and prints."""
        output, errors = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
            try:
                status = command.main([str(word) for word in words])
            except SystemExit as end:
                status = end.code
        return Result(status, output.getvalue(), errors.getvalue())

    def regions(self, *words):
        """What it finds, as data."""
        return json.loads(self.lint("--json", *words).output)["regions"]

    def fields(self, *words, regions=None):
        """By name; names are unique in the tables that this is used with."""
        regions = self.regions(*words) if regions is None else regions
        return {field["name"]: field for region in regions
                for field in region["fields"]}

    def asl(self, body, name="TEST"):
        """The file of a table with this body."""
        path = self.folder / f"{name}.asl"
        path.write_text(f'DefinitionBlock ("", "SSDT", 2, "KCS", "{name}", 1)\n'
                        f"{{\n{body}\n}}\n")
        return path

    def aml(self, name):
        """A table of scripts/tests/acpi, or a file with ASL, as byte code."""
        return compile_ssdt(name, self.folder)

    def file(self, name, data):
        """A file with these bytes."""
        path = self.folder / name
        path.write_bytes(data)
        return path
