# SPDX-License-Identifier: GPL-2.0-only
"""What scripts/aml-lint finds in tables, and what it does not."""
import collections
import contextlib
import importlib.machinery
import importlib.util
import io
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import unittest
import unittest.mock

from vm import ACPI, SCRIPTS, compile_ssdt


def load_lint():
    """scripts/aml-lint as a module: its name is not one that can be imported."""
    loader = importlib.machinery.SourceFileLoader("aml_lint", str(SCRIPTS / "aml-lint"))
    module = importlib.util.module_from_spec(
        importlib.util.spec_from_loader("aml_lint", loader))
    sys.modules["aml_lint"] = module
    loader.exec_module(module)
    return module


aml_lint = load_lint()

Result = collections.namedtuple("Result", "status output errors")


def acpi(*names):
    return [ACPI / f"{name}.asl" for name in names]


class LintTest(unittest.TestCase):
    """Each test runs the lint, and looks at its findings or its words."""

    known = {}  # what malformed() found, by policy

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="kcs-lint-test-")
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)

    def lint(self, *words):
        output, errors = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
            try:
                status = aml_lint.main([str(word) for word in words])
            except SystemExit as end:
                status = end.code
        return Result(status, output.getvalue(), errors.getvalue())

    def regions(self, *words):
        return json.loads(self.lint("--json", *words).output)["regions"]

    def malformed(self, policy="all"):
        """The regions of lint.asl: many tests look at them."""
        if policy not in self.known:
            self.known[policy] = self.regions(f"--policy={policy}", *acpi("lint"))
        return self.known[policy]

    def fields(self, *words, regions=None):
        """By name; names are unique in the tables that this is used with."""
        regions = self.regions(*words) if regions is None else regions
        return {field["name"]: field for region in regions
                for field in region["fields"]}

    def asl(self, body, name="TEST"):
        path = self.folder / f"{name}.asl"
        path.write_text(f'DefinitionBlock ("", "SSDT", 2, "KCS", "{name}", 1)\n'
                        f"{{\n{body}\n}}\n")
        return path

    def aml(self, name):
        return compile_ssdt(name, self.folder)

    def codes(self, it):
        return [finding["code"] for finding in it["findings"]]

    def check_field(self, name, *codes, policy="all"):
        """It has these findings and no others; returns their sentences."""
        field = self.fields(regions=self.malformed(policy))[name]
        self.assertEqual(self.codes(field), list(codes))
        return " ".join(finding["text"] for finding in field["findings"])

    def check_region(self, name, *codes):
        region, = [region for region in self.malformed()
                   if region["name"] == name]
        self.assertEqual(self.codes(region), list(codes))
        return " ".join(finding["text"] for finding in region["findings"])

    def check_refused(self, path, why):
        result = self.lint(path)
        self.assertEqual(result.status, 2)
        self.assertEqual(result.output, "")
        self.assertRegex(result.errors, rf"^aml-lint: {path.name}: {why}.*\n$")

    def check_commands(self, shape, commands, *options):
        found = {name: f"{field['netfn']:02x}/{field['cmd']:02x}"
                 for name, field in self.fields(*options, *acpi(shape)).items()}
        self.assertEqual(found, commands)

    # -- Commands. ---------------------------------------------------------

    def test_dell_fields_are_their_commands(self):
        self.check_commands("dell", {"SCMD": "06/58", "GCMD": "06/59", "GPMM": "30/b3"})

    def test_low_byte_of_the_region_counts(self):
        self.check_commands("dcmi", {"GPOW": "2c/02", "GCAP": "2c/03"})

    def test_spec_fields_are_their_commands(self):
        self.check_commands("spec", {"DVID": "06/01", "SPWL": "30/c1", "GPWL": "30/c2",
                                     "GPMM": "30/c8"})

    def test_region_outside_of_devices_is_found(self):
        region, = self.regions(*acpi("many"))
        self.assertEqual(region["scope"], "\\_SB")
        self.assertEqual(region["fields"][0]["methods"], ["\\_SB.WATT"])

    def test_bits_without_a_name_take_their_place(self):
        fields = self.fields(regions=self.malformed())
        self.assertEqual([fields[name]["cmd"] for name in ("GDID", "CLDR", "LAST")],
                         [0x01, 0x03, 0xFF])

    def test_compiled_tables_say_the_same(self):
        for shape in ("dell", "dcmi", "reg"):
            compiled, source = (self.fields(path) for path in
                                (self.aml(shape), *acpi(shape)))
            self.assertTrue(source)
            for field in (*compiled.values(), *source.values()):
                del field["table"]
            self.assertEqual(compiled, source)

    # -- Names. ------------------------------------------------------------

    def test_regions_of_one_name_are_told_apart(self):
        fields = self.fields(regions=self.malformed())
        self.assertEqual((fields["SELI"]["netfn"], fields["SELI"]["cmd"]), (0x0A, 0x40))
        self.assertEqual((fields["SELF"]["netfn"], fields["SELF"]["cmd"]), (0x06, 0x04))

    def test_regions_of_other_spaces_are_not_listed(self):
        names = {region["name"] for region in self.malformed()}
        self.assertIn("GOOD", names)
        self.assertFalse({"PORT", "FAKE"} & names)
        fields = set(self.fields(regions=self.malformed()))
        self.assertFalse({"INDX", "IDX0", "BNK0", "IDXF"} & fields)

    def test_methods_that_use_a_field_are_named(self):
        fields = self.fields(regions=self.malformed())
        self.assertEqual(fields["GDID"]["methods"], ["\\_SB.BMC0.USES"])
        self.assertEqual(fields["SELI"]["methods"], ["\\_SB.BMC0.INNR.USES"])
        self.assertEqual(fields["CLDR"]["methods"], ["\\_SB.BMC0.INNR.GDID"])
        self.assertEqual(fields["LAST"]["methods"], [])

    def test_tables_know_each_other(self):
        region = self.asl("""
            Device (\\_SB.BMC1) {
                Name (_CID, Package () { "PNP0C02", "IPI0001" })
                OperationRegion (RGN1, IPMI, 0x3000, 0x100)
                Method (HELP, 2) { Return (Arg0) } }""", "ONE")
        field = self.asl("""
            External (\\_SB.BMC1, DeviceObj)
            External (\\_SB.BMC1.RGN1, OpRegionObj)
            External (\\_SB.BMC1.HELP, MethodObj)
            Scope (\\_SB.BMC1) {
                Field (RGN1, BufferAcc, NoLock, Preserve) { Offset (0x10), FLD1, 8 }
                Method (ASK) { Return (HELP (FLD1 = Buffer (66) {}, One)) } }""", "TWO")
        for order in ((region, field), (field, region)):
            found, = self.regions(*order)
            self.assertEqual(found["table"], "ONE.asl")
            self.assertEqual(self.codes(found), [])
            unit, = found["fields"]
            self.assertEqual((unit["table"], unit["cmd"]), ("TWO.asl", 0x10))
            self.assertEqual(unit["methods"], ["\\_SB.BMC1.ASK"])

    def test_tables_that_disagree_are_read_one_by_one(self):
        regions = self.regions(*acpi("dell", "spec"))
        self.assertEqual([(region["table"], region["path"], len(region["fields"]))
                          for region in regions],
                         [("dell.asl", "\\_SB.PMI0.SYSI", 2),
                          ("dell.asl", "\\_SB.PMI0.POWR", 1),
                          ("spec.asl", "\\_SB.PMI0.DEVC", 1),
                          ("spec.asl", "\\_SB.PMI0.POWR", 3)])

    def test_names_may_end_in_underscores(self):
        self.assertEqual(aml_lint.join((), "\\_SB_.PMI_"), ("_SB", "PMI"))
        self.assertEqual(aml_lint.join(("_SB", "PMI"), "^FLD_"), ("_SB", "FLD"))

    def test_alias_of_another_field_is_no_use(self):
        region = """OperationRegion (RGN1, IPMI, Zero, 0x100)
            Field (RGN1, BufferAcc, NoLock, Preserve) { FLD1, 8 }
            Name (OTHR, One)
            Scope (\\_SB) { %s Method (ASK) { Return (FLD1) } }"""
        fields = self.fields(self.asl(region % ""))
        self.assertEqual(fields["FLD1"]["methods"], ["\\_SB.ASK"])
        self.assertEqual((fields["FLD1"]["netfn"], fields["FLD1"]["cmd"]), (0, 0))
        fields = self.fields(self.asl(region % "Alias (OTHR, FLD1)"))
        self.assertEqual(fields["FLD1"]["methods"], [])

    def test_region_declared_twice_is_refused(self):
        path = self.asl("""
            Name (FLAG, One)
            If (FLAG) { OperationRegion (RGN1, IPMI, 0x3000, 0x100) }
            Else { OperationRegion (RGN1, IPMI, 0x3200, 0x100) }""")
        result = self.lint(path)
        self.assertEqual((result.status, result.output), (2, ""))
        self.assertRegex(result.errors, r"RGN1\], AE_ALREADY_EXISTS")

    def test_region_in_a_method_is_found(self):
        region, = self.regions(self.asl("""
            Method (\\_SB.LATE, 0, Serialized) {
                OperationRegion (RGN1, IPMI, 0x0600, 0x100)
                Field (RGN1, BufferAcc, NoLock, Preserve) { Offset (1), FLD1, 8 }
                Return (FLD1 = Buffer (66) {}) }"""))
        self.assertEqual(region["scope"], "\\_SB.LATE")
        self.assertEqual(region["fields"][0]["methods"], ["\\_SB.LATE"])

    # -- Findings. ---------------------------------------------------------

    def test_good_fields_have_no_finding(self):
        for name in ("GDID", "CLDR", "LAST", "SELI", "SELF"):
            self.check_field(name)
        for name in ("ODDR", "HIGH", "FLDS"):
            self.check_region(name)

    def test_odd_netfn_is_found(self):
        self.assertIn("NetFn 07h", self.check_field("ODDF", "odd-netfn"))

    def test_netfn_over_3f_is_found(self):
        self.assertIn("NetFn 40h", self.check_field("HIGF", "netfn-range"))

    def test_netfn_3e_is_none_too_high(self):
        path = self.asl("""OperationRegion (RGN1, IPMI, 0x3E00, 0x100)
            Field (RGN1, BufferAcc, NoLock, Preserve) { FLD1, 8 }""")
        self.assertEqual(self.codes(self.fields(path)["FLD1"]), [])

    def test_field_beyond_the_region_is_found(self):
        self.assertIn("byte 21h of a region of 20h",
                      self.check_field("BYND", "beyond-region"))

    def test_region_over_100h_is_found(self):
        self.assertIn("101h", self.check_region("BIGR", "region-length"))
        self.check_field("BIGF")

    def test_region_into_the_next_netfn_is_found(self):
        self.assertIn("NetFn 2Dh", self.check_region("NEXT", "next-netfn"))
        self.check_field("NXT0")
        self.assertIn("NetFn 2Dh", self.check_field("NXT1", "odd-netfn"))

    def test_field_off_a_byte_is_found(self):
        self.assertIn("4 bits into", self.check_field("UNAL", "unaligned"))

    def test_field_of_part_of_a_byte_is_found(self):
        self.assertIn("is 4 bits wide", self.check_field("NIBL", "unaligned", "width"))

    def test_access_without_a_buffer_is_found(self):
        self.assertNotIn("rounds", self.check_field("WRD0", "access"))
        self.assertIn("WordAcc, and not BufferAcc; Linux rounds it down, and sends 02h",
                      self.check_field("WRD1", "access"))

    def test_access_as_counts_from_its_place_on(self):
        self.assertIn("ByteAcc", self.check_field("BYTF", "access"))
        self.check_field("BUFF", "register")

    def test_field_in_a_bank_is_found(self):
        self.check_field("BNKF", "bank-field")

    def test_register_of_an_index_field_is_found(self):
        self.check_field("IDXR", "register")
        self.check_field("DATR", "register")

    def test_computed_offset_is_unknown_and_said(self):
        self.assertIn("offset is ADDR", self.check_region("VARO", "not-constant"))
        self.check_field("VOFF", "beyond-region")
        field = self.fields(regions=self.malformed())["VOFF"]
        self.assertEqual((field["netfn"], field["cmd"]), (None, None))
        self.assertRegex(self.lint(*acpi("lint")).output, r"VOFF +\? +\? ")

    def test_computed_length_is_unknown_and_said(self):
        self.assertIn("length is SIZE", self.check_region("VARL", "not-constant"))
        self.check_field("VLEN", "odd-netfn")

    def test_every_code_is_in_the_tests(self):
        known = set(re.findall(r'Finding\("([\w-]+)"',
                               (SCRIPTS / "aml-lint").read_text()))
        found = set()
        for policy in ("all", "none +30/00:01"):
            for region in self.malformed(policy):
                for it in (region, *region["fields"]):
                    found |= set(self.codes(it))
        self.assertGreater(len(known), 10)
        self.assertEqual(found, known)

    # -- Notes. ------------------------------------------------------------

    def check_note(self, it, code):
        finding, = [finding for finding in it["findings"] if finding["code"] == code]
        self.assertTrue(finding["note"])

    def test_lock_is_a_note(self):
        self.check_note(self.fields(regions=self.malformed())["HELD"], "global-lock")
        self.check_field("GDID")

    def test_wide_field_is_a_note(self):
        self.check_note(self.fields(regions=self.malformed())["WIDE"], "wide")

    def test_region_without_fields_is_a_note(self):
        self.check_region("NONE", "unused")

    def test_region_away_from_its_bmc_is_a_note(self):
        self.check_region("AWAR", "scope")

    def test_region_deep_in_the_scope_of_its_bmc_has_no_note(self):
        region, = [region for region in self.malformed()
                   if region["path"] == "\\_SB.BMC0.INNR.GOOD"]
        self.assertEqual(self.codes(region), [])

    def test_bmc_that_a_method_identifies_is_one(self):
        region, = self.regions(self.asl("""
            Device (\\_SB.BMC1) {
                Method (_HID) { If (One) { Return ("KCST0003") } Return ("IPI0001") }
                OperationRegion (RGN1, IPMI, 0x3000, 0x100)
                Field (RGN1, BufferAcc, NoLock, Preserve) { FLD1, 8 } }"""))
        self.assertEqual(self.codes(region), [])

    def test_notes_alone_are_no_failure(self):
        result = self.lint(*acpi("dell"))
        self.assertEqual(result.status, 0)
        self.assertIn("(global-lock)", result.output)

    # -- The policy. -------------------------------------------------------

    def denials(self, policy, *shapes):
        result = self.lint("--json", f"--policy={policy}", *acpi(*shapes))
        data = json.loads(result.output)
        self.assertEqual(result.status, 1 if data["findings"] else 0)
        return {field["name"]: finding for region in data["regions"]
                for field in region["fields"] for finding in field["findings"]
                if finding["code"].startswith("policy-")}

    def test_default_policy_denies_nothing(self):
        result = self.lint("--json", *acpi("spec"))
        self.assertEqual(json.loads(result.output)["policy"], "all")
        self.assertEqual(result.status, 0)

    def test_policy_none_denies_all(self):
        self.assertEqual(set(self.denials("none", "dell")), {"SCMD", "GCMD", "GPMM"})

    def test_monitor_only_denies_what_also_caps_power_on_dell(self):
        denials = self.denials("monitor-only", "dell")
        self.assertEqual({name: finding["code"] for name, finding in denials.items()},
                         {"SCMD": "policy-denied", "GPMM": "policy-depends"})
        self.assertTrue(denials["GPMM"]["text"].endswith("one of: 0A"))
        self.assertEqual(set(self.denials("monitor-only,+06/58", "dell")), {"GPMM"})

    def test_monitor_only_denies_unknown_oem_commands(self):
        denied = self.denials("monitor-only", "spec")
        self.assertEqual(set(denied), {"SPWL", "GPWL", "GPMM"})
        self.assertEqual({finding["code"] for finding in denied.values()},
                         {"policy-denied"})

    def test_monitor_only_of_a_group_depends_on_the_first_byte(self):
        finding = self.denials("monitor-only", "dcmi")["GPOW"]
        self.assertEqual(finding["code"], "policy-depends")
        self.assertTrue(finding["text"].endswith("one of: DC"))

    def test_rule_lets_one_command_through(self):
        self.assertEqual(set(self.denials("monitor-only,+30/c8", "spec")),
                         {"SPWL", "GPWL"})

    def test_rule_with_data_denies_that_data_only(self):
        finding = self.denials("-30/b3:0a", "dell")["GPMM"]
        self.assertEqual(finding["code"], "policy-depends")
        self.assertTrue(finding["text"].endswith("one of: none,00-09,0B-FF"))

    def test_last_rule_counts(self):
        self.assertEqual(set(self.denials("-06/* +06/59", "dell")), {"SCMD"})

    def test_command_that_cannot_be_sent_is_not_asked_of_the_policy(self):
        self.check_field("ODDF", "odd-netfn", policy="none")
        self.check_field("VOFF", "beyond-region", policy="none")

    def test_bad_word_of_a_policy_is_named(self):
        for policy, word in (("monitor", "monitor"), ("all,+31/00", r"\+31/00"),
                             ("+30/c8 -30/xx, none", "-30/xx"),
                             (" ".join(["+30/c8"] * 32 + ["-06/02"]), "-06/02")):
            result = self.lint(f"--policy={policy}", *acpi("dell"))
            self.assertEqual(result.status, 2)
            self.assertRegex(result.errors, rf"^aml-lint: .*: {word}\n$")

    # -- What it says. -----------------------------------------------------

    def test_table_has_a_line_for_each_field(self):
        output = self.lint(*acpi("dell")).output
        self.assertRegex(output, r"(?m)^dell\.asl +\\_SB\.PMI0 +SYSI +SCMD +06 +58 +Lock "
                                 r"+SELP +\(scope\) \(global-lock\)$")
        self.assertRegex(output, r"(?m)^dell\.asl +\\_SB\.PMI0 +POWR +GPMM +30 +B3 "
                                 r"+Lock ")
        self.assertTrue(output.endswith("\n2 regions, 3 fields, 0 findings\n"))

    def test_findings_are_counted_without_the_notes(self):
        result = self.lint("--json", *acpi("lint"))
        regions = json.loads(result.output)["regions"]
        findings = [finding for region in regions for it in (region, *region["fields"])
                    for finding in it["findings"] if not finding["note"]]
        fields = sum(len(region["fields"]) for region in regions)
        self.assertEqual((len(regions), fields, len(findings)), (12, 25, 20))
        self.assertEqual(json.loads(result.output)["findings"], 20)
        self.assertTrue(self.lint(*acpi("lint")).output.endswith(
            "\n12 regions, 25 fields, 20 findings\n"))

    def test_findings_give_status_1(self):
        self.assertEqual(self.lint(*acpi("lint")).status, 1)
        self.assertEqual(self.lint("--json", *acpi("lint")).status, 1)

    def test_no_region_is_said(self):
        result = self.lint(*acpi("bad"))
        self.assertEqual(result, (0, "no IPMI region\n", ""))

    def test_errors_of_iasl_are_said_and_do_not_stop_it(self):
        self.assertEqual(self.lint(*acpi("lint")).errors,
                         "aml-lint: lint.asl: 3 errors of iasl; went on with what it "
                         "made\n")

    def test_files_of_one_name_are_told_apart(self):
        (self.folder / "other").mkdir()
        first, second = self.aml("dell"), self.folder / "other/dell.aml"
        second.write_bytes(first.read_bytes())
        tables = {region["table"] for region in self.regions(first, second)}
        self.assertEqual(tables, {str(first), str(second)})

    def test_file_given_twice_is_read_once(self):
        self.assertEqual(self.regions(*acpi("dell", "dell")), self.regions(*acpi("dell")))

    def test_as_a_program_it_says_the_same(self):
        done = subprocess.run([SCRIPTS / "aml-lint", *acpi("spec")], text=True,
                              capture_output=True, check=False, cwd=self.folder)
        self.assertEqual((done.returncode, done.stdout, done.stderr),
                         self.lint(*acpi("spec")))

    # -- What it cannot read. ----------------------------------------------

    def file(self, name, data):
        path = self.folder / name
        path.write_bytes(data)
        return path

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

    def test_table_that_does_not_disassemble_is_refused(self):
        data = bytearray(self.aml("dell").read_bytes())
        data[36:38] = b"\x5b\xff"
        self.check_refused(self.file("body.aml", data),
                           "does not disassemble: .*Unknown opcode 0x5BFF")

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
        real = subprocess.run
        for missing, package in (("iasl", "acpica-tools"), ("gcc", "gcc libc6-dev")):
            def run(command, missing=missing, **options):
                if command[0] == missing:
                    raise FileNotFoundError
                return real(command, **options)
            with unittest.mock.patch.object(subprocess, "run", run):
                result = self.lint(*acpi("dell"))
            self.assertEqual((result.status, result.output), (2, ""))
            self.assertIn(f"{missing} is missing; as root: apt-get install {package}\n",
                          result.errors)

    def test_tool_that_hangs_is_given_up(self):
        path, real = self.aml("dell"), subprocess.run

        def run(command, **options):
            self.assertEqual(options["timeout"], 60)
            if command[0] == "iasl":
                raise subprocess.TimeoutExpired(command, options["timeout"])
            return real(command, **options)
        with unittest.mock.patch.object(subprocess, "run", run):
            self.check_refused(path, "iasl took more than 60 s")

    # -- Where tables come from. -------------------------------------------

    def test_tables_end_to_end_in_a_file_are_all_read(self):
        data = self.aml("dell").read_bytes() + self.aml("reg").read_bytes()
        regions = self.regions(self.file("all.aml", data))
        self.assertEqual({region["table"] for region in regions},
                         {"all.aml", "all.aml#2"})
        self.assertEqual(len(regions), 3)

    def test_text_of_acpidump_is_read(self):
        text = ""
        for data in (self.aml("bad").read_bytes(), self.aml("dell").read_bytes()):
            text += "SSDT @ 0x0000000000000000\n"
            for at in range(0, len(data), 16):
                text += f"    {at:04X}: {data[at:at + 16].hex(' ').upper():47}  .\n"
            text += "\n"
        regions = self.regions(self.file("dump.txt", text.encode()))
        self.assertEqual({region["table"] for region in regions}, {"dump.txt:ssdt2"})

    def running(self):
        """A machine whose tables are in our folder."""
        patch = unittest.mock.patch.object(aml_lint, "RUNNING", self.folder / "tables")
        patch.start()
        self.addCleanup(patch.stop)
        (self.folder / "tables/dynamic").mkdir(parents=True)
        for name, shape in (("DSDT", "bad"), ("SSDT1", "dell"), ("dynamic/SSDT2", "reg")):
            (self.folder / "tables" / name).write_bytes(self.aml(shape).read_bytes())
        (self.folder / "tables/FACP").write_bytes(b"not looked at")

    def test_running_machine_is_looked_at(self):
        self.running()
        for words in ([], ["--running"]):
            result = self.lint("--json", *words)
            self.assertEqual((result.status, result.errors), (0, ""))
            data = json.loads(result.output)
            self.assertEqual(data["tables"], ["DSDT", "SSDT1", "dynamic/SSDT2"])
            self.assertEqual([region["table"] for region in data["regions"]],
                             ["SSDT1", "SSDT1", "dynamic/SSDT2"])

    def test_tables_that_only_root_may_read_are_named(self):
        self.running()
        with unittest.mock.patch.object(pathlib.Path, "read_bytes",
                                        side_effect=PermissionError):
            result = self.lint()
        self.assertEqual((result.status, result.output), (2, ""))
        self.assertIn("aml-lint: DSDT: permission denied; only root may read it\n",
                      result.errors)

    def test_machine_without_acpi_is_named(self):
        with unittest.mock.patch.object(aml_lint, "RUNNING", self.folder / "none"):
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
