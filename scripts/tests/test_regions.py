# SPDX-License-Identifier: GPL-2.0-only
"""What the driver finds in byte code is what scripts/aml-lint finds in the source.

The lint reads what iasl disassembles, drivers/opregion/aml.c the bytes.
"""
import contextlib
import io
import json
import pathlib
import random
import subprocess
import tempfile
import unittest

from lint import command
from vm import ROOT, USER, compile_ssdt, run

RANDOM_TABLES = 60

# What looks like an object and is none, in a buffer, a string and a number.
DECOYS = ["Buffer (12) { 0x5B, 0x80, 0x41, 0x42, 0x43, 0x44, 7, 0x0B, 0, 6, 0x0A, 1 }",
          '"\\x10\\x0BPMI0[\\x80ABCD"', "0x0744434241805B10",
          "Package (3) { \"[ABCD\", 0x8180, Package (1) { 0x5B } }"]


class Author:
    """Writes a table: regions and fields wherever they may be."""

    def __init__(self, seed):
        self.dice = random.Random(seed)
        self.names = 0

    def name(self, letter):
        self.names += 1
        return f"{letter}{self.names:03X}"

    def number(self, value):
        return self.dice.choice([f"0x{value:X}", f"{value}"])

    def region(self, dynamic):
        name = self.name("R")
        space = self.dice.choice(["IPMI"] * 4 + ["SystemIO", "SystemMemory", "EmbeddedControl"])
        first = self.dice.choice([0, 0, 0, 0x20, 0xF0])
        offset = self.number(self.dice.choice([0, 0x04, 0x06, 0x0A, 0x2C, 0x30, 0x3E]) << 8 | first)
        if dynamic and self.dice.random() < 0.3:
            offset = "Local0"
        return "\n".join([f"OperationRegion ({name}, {space}, {offset}, 0x100)"] + [
            self.field(name, space) for _ in range(self.dice.randrange(3))])

    def field(self, region, space):
        access = "BufferAcc" if space == "IPMI" else "ByteAcc"
        at, units = 0, []
        for _ in range(self.dice.randrange(1, 6)):
            step = self.dice.choice([0, 0, 1, 3, 20])
            if step and self.dice.random() < 0.5:
                units.append(f"Offset (0x{at + step:X})")
            elif step:
                units.append(f", {8 * step}")
            if self.dice.random() < 0.1 and space == "IPMI":
                units.append("AccessAs (BufferAcc, AttribByte)")
            units.append(f"{self.name('F')}, 8")
            at += step + 1
        lock = self.dice.choice(["Lock", "NoLock"])
        return f"Field ({region}, {access}, {lock}, Preserve) {{ {', '.join(units)} }}"

    def decoy(self):
        if self.dice.random() < 0.3:
            return f"Mutex ({self.name('X')}, {self.dice.choice([0, 8, 10, 14])})"
        return f"Name ({self.name('N')}, {self.dice.choice(DECOYS)})"

    def method(self, depth):
        lines = [self.region(True) for _ in range(self.dice.randrange(2))]
        if depth < 4:
            lines += ["If (Local0 == 7) {", self.region(True), "}", "Else { Local1 = Local0 + 1 }",
                      "While (Local1 < 3) { Local1++ }"]
        return "\n".join([f"Method ({self.name('M')}, 1, Serialized) {{", "Local0 = Arg0",
                          f"Local2 = {DECOYS[0]}", "Acquire (\\_GL, 3000)", *lines, "Return (Local2) }"])

    def body(self, depth):
        lines = []
        for _ in range(self.dice.randrange(2, 6)):
            kind = self.dice.randrange(5)
            if kind == 0 and depth < 4:
                lines.append(f"Device ({self.name('D')}) {{ Name (_ADR, 0)\n"
                             f"{self.body(depth + 1)} }}")
            elif kind == 1:
                lines.append(self.method(depth))
                lines.append(f"Scope (\\_GPE) {{ Name ({self.name('N')}, 1) }}"
                             if self.dice.random() < 0.3 else "")
            elif kind == 2:
                lines.append(self.decoy())
            else:
                lines.append(self.region(False))
        return "\n".join(lines)

    def table(self):
        return (f'DefinitionBlock ("", "SSDT", 2, "KCS", "RANDOM", 1)\n{{\n'
                f"Scope (\\_SB) {{ {self.body(0)} }}\nDevice (\\ROOT) {{ Name (_ADR, 0)\n"
                f"{self.body(1)} }}\n{self.region(False)}\n}}\n")


class RegionsTest(unittest.TestCase):
    """The same regions, fields, commands and locks, in the same order."""

    @classmethod
    def setUpClass(cls):
        holder = tempfile.TemporaryDirectory(prefix="kcs-regions-test-")
        cls.addClassCleanup(holder.cleanup)
        cls.folder = pathlib.Path(holder.name)
        cls.program = cls.folder / "regions"
        run("gcc", "-g", "-O1", "-Wall", "-Wextra", "-Wno-unused-parameter", "-Werror",
            "-fsanitize=address,undefined", "-fno-sanitize-recover=all",
            f"-I{USER / 'shim'}", f"-I{ROOT / 'include'}", "-o", cls.program,
            USER / "regions.c", ROOT / "drivers/opregion/aml_code.c",
            ROOT / "drivers/opregion/aml.c")

    def found(self, *tables):
        lines = subprocess.run([self.program, *tables], text=True, check=True,
                               capture_output=True).stdout.splitlines()
        return sorted(lines)

    def expected(self, *tables):
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            command.main(["--json", *map(str, tables)])
        padded = lambda path: "\\" + ".".join(
            name.ljust(4, "_") for name in path.lstrip("\\").split("."))
        return sorted(
            f"{padded(region['path'])} {field['name'].ljust(4, '_')} " +
            ("?" if field["netfn"] is None else f"{field['netfn'] << 8 | field['cmd']:X}") +
            (" Lock" if field["lock"] else " NoLock")
            for region in json.loads(output.getvalue())["regions"] for field in region["fields"])

    def check(self, *tables):
        found = self.found(*tables)
        self.assertEqual(found, self.expected(*tables))
        return len(found)

    def test_tables_of_the_tests_have_the_same(self):
        fields = 0
        for name in ("bench", "dcmi", "dell", "many", "outside", "region", "region:TWO", "region:KIND",
                     "spec"):
            fields += self.check(compile_ssdt(name, self.folder))
        print(f"{fields} fields,", end=" ", flush=True)

    def test_random_tables_have_the_same(self):
        fields = 0
        for seed in range(RANDOM_TABLES):
            source = self.folder / "random.asl"
            source.write_text(Author(seed).table())
            aml = self.folder / "random.aml"
            run("iasl", "-vw", "3115", "-vr", "-p", aml, source)
            fields += self.check(aml)
        print(f"{RANDOM_TABLES} tables, {fields} fields,", end=" ", flush=True)
        self.assertGreater(fields, 10 * RANDOM_TABLES)

    def test_field_of_another_table_is_found_with_its_region(self):
        tables = []
        for name, text in (("first", "Scope (\\_SB) { OperationRegion (RGN1, IPMI, 0x0600, 0x100) }"),
                           ("second", "External (\\_SB.RGN1, OpRegionObj)\nScope (\\_SB) { Device (DEV1) { "
                            "Name (_ADR, 0)\nField (\\_SB.RGN1, BufferAcc, Lock, Preserve) "
                            "{ Offset (1), FLD1, 8 } } }")):
            source = self.folder / f"{name}.asl"
            source.write_text(f'DefinitionBlock ("", "SSDT", 2, "KCS", "{name.upper()}", 1)\n'
                              f"{{ {text} }}\n")
            run("iasl", "-vr", "-p", self.folder / name, source)
            tables.append(self.folder / f"{name}.aml")
        self.assertEqual(self.found(*tables), ["\\_SB_.RGN1 FLD1 601 Lock"])
        self.assertEqual(self.found(*reversed(tables)), ["\\_SB_.RGN1 FLD1 601 Lock"])

    def test_damaged_tables_are_read_to_their_end(self):
        noise = random.Random(3)
        good = compile_ssdt("region:TWO", self.folder).read_bytes()
        damaged = self.folder / "damaged.aml"
        for _ in range(300):
            data = bytearray(good[:noise.randrange(36, len(good))])
            for _ in range(noise.randrange(8)):
                data[noise.randrange(len(data))] = noise.randrange(256)
            damaged.write_bytes(data)
            self.found(damaged)
