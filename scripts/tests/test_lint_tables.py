# SPDX-License-Identifier: GPL-2.0-only
"""Which tables scripts/aml-lint reads, and what it does where it cannot."""
import json
import pathlib
import random
import subprocess
import tempfile
import unittest.mock
from unittest.mock import DEFAULT

from lint import tables
from lint.aml import search
from lint_case import LintCase, acpi, codes, notes


HEADER = b"SSDT" + (36).to_bytes(4, "little") + b"\2\0KCS   HEADER  " + bytes(12)


def dump(signature, data):
    """The text of acpidump for a table."""
    lines = [f"    {at:04X}: {data[at:at + 16].hex(' ').upper():47}  .\n"
             for at in range(0, len(data), 16)]
    return f"{signature} @ 0x0000000000000000\n{''.join(lines)}\n"


def marked(it):
    """Codes of a region or a field, notes in parentheses."""
    return [f"({code})" if code in notes(it) else code for code in codes(it)]


class LintTablesTest(LintCase):
    """Files, dumps, this machine; tables that iasl cannot disassemble."""

    def stand_in(self, tool, call):
        """In the context, that is called in place of a tool."""
        def run(command, **options):
            return call(command, **options) if command[0] == tool else DEFAULT
        return unittest.mock.patch.object(subprocess, "run", wraps=subprocess.run,
                                          side_effect=run)

    def check_refused(self, path, why):
        """It is refused, in a line that says why."""
        result = self.lint(path)
        self.assertEqual(result.status, 2)
        self.assertEqual(result.output, "")
        self.assertRegex(result.errors, rf"^aml-lint: {path.name}: {why}.*\n$")

    # -- Kinds of firmware that are in use. --------------------------------

    KINDS = {
        "a BMC that is a system board": ("""
            External (\\_SB.BMC0, DeviceObj)
            Scope (\\_SB.BMC0) { Name (_CID, EisaId ("PNP0C01")) }""", []),
        "a BMC that is hidden": ("""
            External (\\_SB.BMC0, DeviceObj)
            Scope (\\_SB.BMC0) { Method (_STA) { Return (Zero) } }""", []),
        "two BMCs, one over SSIF": ("""
            Device (\\_SB.SSI0) { Name (_HID, "IPI0001") Name (_UID, Zero)
                Method (_IFT) { Return (4) } }""", []),
        "a region into the next NetFn": ("""
            Device (\\_SB.MTR0) { Name (_HID, "ACPI000D")
                OperationRegion (DCMI, IPMI, 0x2C02, 0x0100)
                Field (DCMI, BufferAcc, Lock, Preserve) {
                    AccessAs (BufferAcc, 0x01), GPOW, 8, GLIM, 8 }
                Name (LAST, Zero)
                Method (_PMM, 0, Serialized) {
                    Name (BUFF, Buffer (32) { 0, 4, 0xDC, 1 })
                    CreateWordField (BUFF, 10, WATT)
                    BUFF = ^GPOW = BUFF
                    ^LAST = WATT * 1000
                    Return (^LAST) }
                Method (_GHL) { Return (^GLIM = Buffer (32) { 0, 3, 0xDC }) } }""", [
            "\\_SB.MTR0.DCMI (next-netfn) (scope)",
            "GPOW 2C/02 \\_SB.MTR0._PMM (global-lock)",
            "GLIM 2C/03 \\_SB.MTR0._GHL (global-lock)"]),
        "regions outside of \\_SB": ("""
            OperationRegion (RTRG, IPMI, 0x3000, 0x0100)
            Field (RTRG, BufferAcc, NoLock, Preserve) { Offset (0xEE), RTFL, 8 }
            Method (LATE, 0, Serialized) {
                OperationRegion (LARG, IPMI, 0x3000, 0x0100)
                Field (LARG, BufferAcc, NoLock, Preserve) { Offset (0xEE), LAFL, 8 }
                Return (LAFL = Buffer (66) {}) }
            Scope (\\_GPE) { OperationRegion (GPRG, IPMI, 0x3000, 0x0100)
                Field (GPRG, BufferAcc, NoLock, Preserve) { Offset (0xEE), GPFL, 8 } }
            Scope (\\_SI) { OperationRegion (SIRG, IPMI, 0x3000, 0x0100)
                Field (SIRG, BufferAcc, NoLock, Preserve) { Offset (0xEE), SIFL, 8 } }
            Scope (\\_PR) { OperationRegion (PRRG, IPMI, 0x3000, 0x0100)
                Field (PRRG, BufferAcc, NoLock, Preserve) { Offset (0xEE), PRFL, 8 } }
            Method (\\_SB.ROOT) { Return (\\RTFL = Buffer (66) {}) }
            Method (\\_SB.HERE, 0, Serialized) {
                OperationRegion (SBRG, IPMI, 0x3000, 0x0100)
                Field (SBRG, BufferAcc, NoLock, Preserve) { Offset (0xEE), SBFL, 8 }
                Return (SBFL = Buffer (66) {}) }""", [
            "\\RTRG (outside)", "RTFL 30/EE \\_SB.ROOT",
            "\\LATE.LARG (outside)", "LAFL 30/EE \\LATE",
            "\\_GPE.GPRG (outside)", "GPFL 30/EE",
            "\\_SI.SIRG (outside)", "SIFL 30/EE",
            "\\_PR.PRRG (outside)", "PRFL 30/EE",
            "\\_SB.HERE.SBRG (scope)", "SBFL 30/EE \\_SB.HERE"]),
    }

    def lines(self, *words):
        """A line for each region and field, with its methods, findings and notes."""
        for region in self.regions(*words):
            yield " ".join([region["path"], *marked(region)])
            for field in region["fields"]:
                yield " ".join([field["name"], f"{field['netfn']:02X}/{field['cmd']:02X}",
                                *field["methods"], *marked(field)])

    def test_kinds_of_firmware_have_no_finding(self):
        for kind, (body, wanted) in self.KINDS.items():
            with self.subTest(kind):
                path = self.asl(body)
                self.assertEqual(list(self.lines(path)), wanted)
                result = self.lint(path)
                self.assertEqual((result.status, result.errors), (0, ""))

    def test_meter_whose_interval_chooses_the_command_has_no_finding(self):
        self.assertEqual(list(self.lines(*acpi("dell"))), [
            "\\_SB.PMI0.SYSI (scope)", "SCMD 06/58 (global-lock)",
            "GCMD 06/59 \\_SB.PMI0.GETP (global-lock)",
            "\\_SB.PMI0.POWR (scope)", "GPMM 30/B3 \\_SB.PMI0._PMM (global-lock)"])
        self.assertEqual(self.lint(*acpi("dell")).status, 0)

    def test_table_that_is_only_a_header_has_no_region(self):
        for data in (HEADER, dump("SSDT", HEADER).encode()):
            self.assertEqual(self.lint(self.file("empty", data)),
                             (0, "no IPMI region\n", ""))

    # -- What it cannot read. ----------------------------------------------

    def test_random_bytes_are_refused(self):
        noise = random.Random(1)
        for size in (1, 35, 36, 5000):
            self.check_refused(self.file("noise.aml", noise.randbytes(size)),
                               "not an ACPI table|truncated")

    def test_truncated_table_is_refused(self):
        data = self.aml("dell").read_bytes()
        for size in (10, 36, len(data) - 1):
            self.check_refused(self.file("cut.aml", data[:size]), "truncated")

    def test_table_with_a_bad_length_is_refused(self):
        data = self.aml("dell").read_bytes()
        self.check_refused(self.file("zero.aml", data[:4] + bytes(4) + data[8:]),
                           "not an ACPI table")

    def test_table_without_aml_is_refused(self):
        self.check_refused(self.file("facp.aml", b"FACP" + (36).to_bytes(4, "little") +
                                     bytes(28)), "a FACP")

    # -- What iasl cannot disassemble. -------------------------------------

    def damaged(self, shape="dell"):
        """A table that does not disassemble."""
        data = bytearray(self.aml(shape).read_bytes())
        data[36:38] = b"\x5b\xff"
        return self.file("body.aml", data)

    def check_bytes(self, result, why):
        """The bytes of Dell's table are listed, and that this is not all."""
        self.assertEqual(result.status, 2)
        self.assertRegex(result.errors, rf"^aml-lint: \S+: {why}; IPMI regions in its "
                                        r"bytes: 2\n$")
        self.assertRegex(result.output, r"(?m)^\S+ +\? +SYSI +GCMD +06 +59 +Lock +- ")
        self.assertRegex(result.output, r"(?m)^\S+ +\? +POWR +GPMM +30 +B3 +Lock +- ")
        self.assertTrue(result.output.endswith("\n2 regions, 3 fields, 0 findings\n"))

    def test_regions_of_a_table_that_does_not_disassemble_are_listed(self):
        self.check_bytes(self.lint(self.damaged()),
                         "does not disassemble: .*Unknown opcode 0x5BFF.*")

    def test_bytes_say_the_same_as_the_disassembly(self):
        for shape in ("dell", "dcmi", "spec", "many", "outside"):
            data = self.aml(shape).read_bytes()
            found = [(field["name"], field["netfn"], field["cmd"], field["bits"],
                      field["access"], field["lock"]) for field in
                     self.fields(*acpi(shape)).values()]
            self.assertTrue(found)
            self.assertEqual([(unit.path[-1], unit.netfn, unit.cmd, unit.width,
                               unit.access, unit.lock == "Lock")
                              for _, units in search(shape, data) for unit in units],
                             found)

    def test_crash_of_iasl_is_said(self):
        path = self.aml("dell")

        def crash(command, **_options):
            return subprocess.CompletedProcess(command, -11, "", "")
        with self.stand_in("iasl", crash):
            self.check_bytes(self.lint(path),
                             "does not disassemble: iasl ended with -11")

    def test_nothing_is_said_of_what_the_bytes_do_not_tell(self):
        code = self.REGION + self.NUMBER + b"\x5b\xff"
        data = b"SSDT" + (36 + len(code)).to_bytes(4, "little") + HEADER[8:] + code
        region, = self.regions(self.file("cut.aml", data))
        self.assertEqual((codes(region), region["path"], region["scope"]),
                         (["bytes"], "RGN1", "?"))

    def test_damaged_table_without_a_region_is_no_failure(self):
        result = self.lint(self.damaged("bad"))
        self.assertEqual((result.status, result.output), (0, "no IPMI region\n"))
        self.assertRegex(result.errors, r"^aml-lint: body.aml: does not disassemble: .*; "
                                        r"no IPMI region in its bytes\n$")

    def test_regions_of_one_name_in_two_branches_are_listed(self):
        path = self.asl("""Name (FLAG, One)
            If (FLAG) { OperationRegion (RGN1, IPMI, 0x3000, 0x100)
                Field (RGN1, BufferAcc, Lock, Preserve) { Offset (0x10), FLD1, 8 } }
            Else { OperationRegion (RGN1, IPMI, 0x3200, 0x100)
                Field (RGN1, BufferAcc, NoLock, Preserve) { FLD1, 8 } }""")
        result = self.lint("--json", path)
        self.assertEqual(result.status, 2)
        self.assertIn("RGN1], AE_ALREADY_EXISTS", result.errors)
        self.assertEqual([(field["path"], field["netfn"], field["cmd"], field["lock"])
                          for region in json.loads(result.output)["regions"]
                          for field in region["fields"]],
                         [("FLD1", 0x30, 0x10, True), ("FLD1", 0x32, 0x00, False)])

    REGION, FIELD = b"\x5b\x80RGN1\x07", b"\x5b\x81\x0bRGN1\x05FLD1\x08"
    NUMBER = b"\x0b\x10\x30\x01"
    BYTES = [
        ("all", REGION + NUMBER + FIELD, [("RGN1", 0x3010, 1, [("FLD1", 0, 8)])]),
        ("one of no BMC", b"\x5b\x80RGN1\x01" + NUMBER + FIELD, []),
        ("path", b"\x5b\x80\\\x2f\x03_SB_PMI0RGN1\x07" + NUMBER,
         [("_SB.PMI0.RGN1", 0x3010, 1, [])]),
        ("two segments", b"\x5b\x80^\x2ePMI0RGN1\x07" + NUMBER,
         [("PMI0.RGN1", 0x3010, 1, [])]),
        ("computed offset", REGION + b"ADDR\x01" + FIELD,
         [("RGN1", None, None, [("FLD1", 0, 8)])]),
        ("computed length", REGION + b"\x0a\x10SIZE", [("RGN1", 0x10, None, [])]),
        ("large numbers", REGION + b"\x0c\0\x30\0\0\x0e\x80" + bytes(7),
         [("RGN1", 0x3000, 0x80, [])]),
        ("elements", REGION + NUMBER + b"\x5b\x81\x1fRGN1\x05\0\x40\x01\x01\5\1"
         b"\2I2C0\2\x11\3\x0a\0\3\5\1\1FLD1\x08",
         [("RGN1", 0x3010, 1, [("FLD1", 0x10, 8)])]),
        ("field of another", REGION + NUMBER + FIELD.replace(b"RGN1", b"RGN2"),
         [("RGN1", 0x3010, 1, [])]),
        ("no name", b"\x5b\x80rgn1\x07" + NUMBER, []),
        ("no segment", b"\x5b\x80\x2f\0\x07" + NUMBER, []),
        ("cut", (REGION + NUMBER)[:-2], []),
        ("cut field", REGION + NUMBER + FIELD[:-3], [("RGN1", 0x3010, 1, [])]),
        ("bad element", REGION + NUMBER + FIELD.replace(b"FLD1", b"fld1"),
         [("RGN1", 0x3010, 1, [])]),
    ]

    def test_each_byte_counts(self):
        for what, data, wanted in self.BYTES:
            with self.subTest(what):
                self.assertEqual([(".".join(region.path), region.offset, region.length,
                                   [(unit.path[-1], unit.bit, unit.width)
                                    for unit in units])
                                  for region, units in search("T", data)], wanted)

    def test_damaged_tables_end_in_a_line(self):
        noise = random.Random(2)
        for name in ("dell", "spec"):
            good = self.aml(name).read_bytes()
            for _ in range(20):
                data = bytearray(good)
                for _ in range(4):
                    data[noise.randrange(36, len(data))] = noise.randrange(256)
                result = self.lint(self.file("damaged.aml", data))
                if result.status == 2:
                    self.assertRegex(result.errors, r"^aml-lint: damaged.aml: .+\n$")

    def test_source_that_does_not_compile_is_refused(self):
        self.check_refused(self.asl("Device (\n"),
                           r"does not compile: line \d: syntax error")

    def test_missing_and_empty_files_are_refused(self):
        self.check_refused(self.folder / "none.aml", "No such file")
        self.check_refused(self.file("empty.aml", b""), "empty")

    def test_bad_table_does_not_hide_the_others(self):
        bad = self.file("bad.aml", b"garbage" * 100)
        result = self.lint(*acpi("dell"), bad)
        self.assertEqual(result.status, 2)
        self.assertIn("2 regions, 3 fields, 0 findings", result.output)
        self.assertIn("aml-lint: bad.aml: not an ACPI table", result.errors)
        data = json.loads(self.lint("--json", bad, *acpi("dell")).output)
        self.assertEqual(data["unread"],
                         [{"table": "bad.aml", "why": "not an ACPI table"}])

    def test_missing_programs_are_named_with_their_package(self):
        none = unittest.mock.Mock(side_effect=FileNotFoundError)
        for path in (*acpi("dell"), self.aml("dell")):
            for tool, package in (("iasl", "acpica-tools"), ("gcc", "gcc libc6-dev")):
                with self.stand_in(tool, none):
                    result = self.lint(path)
                self.assertEqual((result.status, result.output), (2, ""))
                self.assertIn(f"{tool} is missing; as root: apt-get install {package}\n",
                              result.errors)

    def test_tool_that_hangs_is_given_up(self):
        path = self.aml("dell")

        def hang(command, timeout, **_options):
            self.assertEqual(timeout, 60)
            raise subprocess.TimeoutExpired(command, timeout)
        with self.stand_in("iasl", hang):
            self.check_bytes(self.lint(path), "iasl took more than 60 s")

    # -- Where tables come from. -------------------------------------------

    def test_tables_end_to_end_in_a_file_are_all_read(self):
        data = self.aml("dell").read_bytes() + self.aml("reg").read_bytes()
        regions = self.regions(self.file("all.aml", data))
        self.assertEqual({region["table"] for region in regions},
                         {"all.aml", "all.aml#2"})
        self.assertEqual(len(regions), 3)

    def test_text_of_acpidump_is_read(self):
        text = dump("SSDT", self.aml("bad").read_bytes()) + \
            dump("SSDT", self.aml("dell").read_bytes())
        for data in (text, text.replace("\n", "\r\n")):
            regions = self.regions(self.file("dump.txt", data.encode()))
            self.assertEqual({region["table"] for region in regions}, {"dump.txt:ssdt2"})

    def test_dump_may_begin_with_anything(self):
        table = dump("SSDT", self.aml("dell").read_bytes())
        for above in ("Firmware Warning (ACPI): Incorrect checksum in table [XXXX]\n",
                      "Cannot open directory - /sys/firmware/acpi/tables\n\n",
                      dump("WD__", HEADER.replace(b"SSDT", b"WD__")),
                      dump("RSD ", HEADER.replace(b"SSDT", b"RSD "))):
            with self.subTest(above):
                result = self.lint(self.file("dump.txt", (above + table).encode()))
                self.assertEqual((result.status, result.errors), (0, ""))
                self.assertIn("2 regions, 3 fields", result.output)

    def test_other_tables_with_aml_are_read(self):
        data = self.aml("dell").read_bytes()
        for signature in ("PSDT", "OEM1", "OEMX", "DSDT"):
            table = signature.encode() + data[4:]
            for path in (self.file("table.aml", table),
                         self.file("dump.txt", dump(signature, table).encode())):
                result = self.lint(path)
                self.assertEqual((result.status, result.errors), (0, ""))
                self.assertIn("2 regions, 3 fields", result.output)

    def test_oem_table_may_be_data(self):
        data = self.file("oemb.aml", b"OEMB" + (100).to_bytes(4, "little") +
                         bytes(range(8, 100)))
        self.assertEqual(self.lint(data), (0, "no IPMI region\n", ""))
        paths, calls = [data, self.aml("dcmi"), self.aml("outside")], []

        def count(command, **_options):
            calls.append(command)
            return DEFAULT
        with self.stand_in("iasl", count):
            self.assertEqual(self.lint(*paths).status, 0)
        self.assertEqual(len(calls), 4)  # only the data twice: alone as well

    def test_bad_table_of_a_dump_does_not_hide_the_others(self):
        data = self.aml("dell").read_bytes()
        text = dump("DSDT", HEADER[:16]) + dump("SSDT", data)
        result = self.lint(self.file("dump.txt", text.encode()))
        self.assertEqual(result.status, 2)
        self.assertRegex(result.errors, "^aml-lint: dump.txt:dsdt: truncated")
        self.assertIn("2 regions, 3 fields", result.output)

    def test_dump_without_aml_is_refused(self):
        for signature in ("FACP", "WD__", "RSD "):
            text = dump(signature, HEADER.replace(b"SSDT", signature.encode()))
            self.check_refused(self.file("dump.txt", text.encode()),
                               "no DSDT or SSDT in it")

    def running(self):
        """A machine whose tables are in our folder."""
        patch = unittest.mock.patch.object(tables, "RUNNING", self.folder / "tables")
        patch.start()
        self.addCleanup(patch.stop)
        (self.folder / "tables/dynamic").mkdir(parents=True)
        for name, shape in (("DSDT", "bad"), ("SSDT1", "dell"), ("dynamic/SSDT2", "reg"),
                            ("OEM1", "outside")):
            (self.folder / "tables" / name).write_bytes(self.aml(shape).read_bytes())
        (self.folder / "tables/FACP").write_bytes(b"not read")

    def test_running_machine_is_read(self):
        self.running()
        for words in ([], ["--running"]):
            result = self.lint("--json", *words)
            self.assertEqual((result.status, result.errors), (0, ""))
            data = json.loads(result.output)
            self.assertEqual(data["tables"], ["DSDT", "SSDT1", "OEM1", "dynamic/SSDT2"])
            self.assertEqual([region["table"] for region in data["regions"]],
                             ["SSDT1", "SSDT1", "OEM1", "OEM1", "dynamic/SSDT2"])

    def test_tables_that_only_root_may_read_are_named(self):
        self.running()
        with unittest.mock.patch.object(pathlib.Path, "read_bytes",
                                        side_effect=PermissionError):
            result = self.lint()
        self.assertEqual((result.status, result.output), (2, ""))
        self.assertIn("aml-lint: DSDT: permission denied; only root may read it\n",
                      result.errors)

    def test_machine_without_acpi_is_named(self):
        with unittest.mock.patch.object(tables, "RUNNING", self.folder / "none"):
            result = self.lint()
        self.assertEqual(result.status, 2)
        self.assertIn("a machine without ACPI?", result.errors)

    def test_running_and_files_exclude_each_other(self):
        self.assertEqual(self.lint("--running", *acpi("dell")).status, 2)

    def test_nothing_is_left_in_the_temporary_folder(self):
        with unittest.mock.patch.object(tempfile, "tempdir", str(self.folder)):
            self.lint(*acpi("lint"))
            self.lint("--policy=bad", *acpi("lint"))
        self.assertEqual(list(self.folder.iterdir()), [])