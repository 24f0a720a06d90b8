# SPDX-License-Identifier: GPL-2.0-only
"""What scripts/aml-lint finds in tables, and what it says of it."""
import json
import re
import subprocess

from lint.firmware import READ, Firmware, Use, join
from lint_case import LintCase, acpi, codes, notes
from vm import SCRIPTS


class LintTest(LintCase):
    """Commands, names, findings, notes, and what is printed."""

    known = {}  # what malformed() found, by policy

    def malformed(self, policy="all"):
        """The regions of lint.asl: many tests use them."""
        if policy not in self.known:
            self.known[policy] = self.regions(f"--policy={policy}", *acpi("lint"))
        return self.known[policy]

    def check_field(self, name, *wanted, policy="all"):
        """It has these findings and no others; returns their sentences."""
        field = self.fields(regions=self.malformed(policy))[name]
        self.assertEqual(codes(field), list(wanted))
        return " ".join(finding["text"] for finding in field["findings"])

    def check_region(self, name, *wanted):
        """The same, for a region."""
        region, = [region for region in self.malformed()
                   if region["name"] == name]
        self.assertEqual(codes(region), list(wanted))
        return " ".join(finding["text"] for finding in region["findings"])

    def check_commands(self, shape, commands, *options):
        """The fields of a table are these commands."""
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
            self.assertEqual(codes(found), [])
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
        self.assertEqual(join((), "\\_SB_.PMI_"), ("_SB", "PMI"))
        self.assertEqual(join(("_SB", "PMI"), "^FLD_"), ("_SB", "FLD"))

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

    def test_use_through_an_alias_is_a_use(self):
        path = self.asl("""OperationRegion (RGN1, IPMI, 0x0600, 0x100)
            Field (RGN1, BufferAcc, NoLock, Preserve) { FLD1, 8 }
            Alias (FLD1, FLD2)
            Scope (\\_SB) { Alias (FLD2, FLD3)
                Method (ASK) { Return (FLD3 = Buffer (66) {}) }
                Method (READ) { Return (FLD2) } }""")
        field = self.fields(path)["FLD1"]
        self.assertEqual(field["methods"], ["\\_SB.ASK", "\\_SB.READ"])
        self.assertIn("read", codes(field))

    def test_aliases_of_each_other_end(self):
        firmware = Firmware()
        firmware.declared.aliases = {("ONE",): ((), "TWO"), ("TWO",): ((), "ONE")}
        firmware.objects |= firmware.declared.aliases.keys()
        firmware.declared.uses.add(Use("T", (), "ONE", ("ASK",), READ))
        self.assertEqual(firmware.resolve(), [])

    def test_region_of_one_branch_is_found(self):
        fields = self.fields(self.asl("""Name (FLAG, One)
            Scope (\\_SB) {
            If (FLAG) { OperationRegion (RGN1, IPMI, 0x3000, 0x100)
                Field (RGN1, BufferAcc, NoLock, Preserve) { FLD1, 8 } }
            Else { OperationRegion (RGN2, IPMI, 0x3200, 0x100)
                Field (RGN2, BufferAcc, NoLock, Preserve) { FLD2, 8 } } }"""))
        self.assertEqual([(field["path"], field["netfn"]) for field in fields.values()],
                         [("\\_SB.FLD1", 0x30), ("\\_SB.FLD2", 0x32)])

    def test_region_in_a_table_not_given_is_a_note(self):
        region, = [region for region in self.malformed() if region["name"] == "OTHR"]
        self.assertEqual((codes(region), notes(region)), (["not-given"], ["not-given"]))
        self.assertEqual([(field["name"], field["netfn"], codes(field))
                          for field in region["fields"]], [("OTHF", None, [])])

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
        self.assertEqual(codes(self.fields(path)["FLD1"]), [])

    def test_field_beyond_the_region_is_found(self):
        self.assertIn("byte 21h of a region of 20h",
                      self.check_field("BYND", "beyond-region"))

    def test_region_over_100h_is_found(self):
        self.assertIn("101h", self.check_region("BIGR", "next-netfn"))
        self.check_field("BIGF")

    def test_region_into_the_next_netfn_is_found(self):
        self.assertIn("and has a field there", self.check_region("NEXT", "next-netfn"))
        region, = [region for region in self.malformed() if region["name"] == "NEXT"]
        self.assertEqual(notes(region), [])
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

    USES = {
        "BUFF = FLD1 = BUFF": [], "FLD1 = BUFF": [], "FLD1 = Arg0": [],
        "CopyObject (BUFF, FLD1)": [], "Mid (BUFF, 0, 9, FLD1)": [],
        "Concatenate (BUFF, BUFF, FLD1)": [], "Local0 = RefOf (FLD1)": [],
        "Local0 = CondRefOf (FLD1)": [], "Local0 = ObjectType (FLD1)": [],
        "Local0 = DerefOf (Index (FLD1 = BUFF, 2))": [],
        "Local0 = FLD1": ["read"], "Local0 = FLD1 [2]": ["read"],
        "If (FLD1 == BUFF) { Local0 = 1 }": ["read"], "HELP (FLD1)": ["read"],
        "FLD1 = 5": ["no-buffer"], "FLD1 = Zero": ["no-buffer"],
        'FLD1 = "text"': ["no-buffer"], "FLD1 = Arg0 + 1": ["no-buffer"],
        "Local0 = FLD1 = 5": ["no-buffer"], "FLD1 += 5": ["read", "no-buffer"],
        "FLD1++": ["no-buffer"], "ToInteger (BUFF, FLD1)": ["no-buffer"],
    }

    def test_each_use_is_judged(self):
        fields = "".join(f"FL{number:02}, 8, " for number in range(len(self.USES)))
        methods = "".join(
            f"Method (ME{number:02}, 1, Serialized) "
            f"{{ {use.replace('FLD1', f'FL{number:02}')} }}\n"
            for number, use in enumerate(self.USES))
        found = self.fields(self.asl(f"""
            OperationRegion (RGN1, IPMI, 0x3000, 0x100)
            Field (RGN1, BufferAcc, NoLock, Preserve) {{ {fields} }}
            Name (BUFF, Buffer (66) {{}})
            Method (HELP, 1) {{ Return (Arg0) }}
            {methods}"""))
        for number, (use, wanted) in enumerate(self.USES.items()):
            with self.subTest(use):
                field = found[f"FL{number:02}"]
                self.assertEqual(codes(field), wanted)
                self.assertEqual(field["methods"], [f"\\ME{number:02}"])

    def test_use_names_its_methods(self):
        self.assertIn("in \\_SB.BMC0.RDNG: AML", self.check_field("RDFL", "read"))
        self.assertIn("in \\_SB.BMC0.NUMB: the", self.check_field("NUMF", "no-buffer"))

    def test_read_of_the_specification_s_example_is_found(self):
        result = self.lint(*acpi("spec"))
        self.assertEqual(result.status, 1)
        self.assertIn("\\_SB.PMI0.REGB", result.output)

    def test_every_code_is_in_the_tests(self):
        known = set(re.findall(r'Finding\("([\w-]+)"',
                               (SCRIPTS / "lint/rules.py").read_text()))
        data = bytearray(self.aml("dell").read_bytes())
        data[36:38] = b"\x5b\xff"
        found = {"bytes"} & {code for region in self.regions(self.file("bad.aml", data))
                             for code in codes(region)}
        for policy in ("all", "none +30/00:01"):
            for region in self.malformed(policy):
                for it in (region, *region["fields"]):
                    found |= set(codes(it))
        self.assertGreater(len(known), 10)
        self.assertEqual(found, known)

    def test_command_that_cannot_be_sent_is_not_asked_of_the_policy(self):
        self.check_field("ODDF", "odd-netfn", policy="none")
        self.check_field("VOFF", "beyond-region", policy="none")

    # -- Notes. ------------------------------------------------------------

    def check_note(self, it, code):
        """It has that note."""
        self.assertIn(code, notes(it))

    def test_lock_is_a_note(self):
        self.check_note(self.fields(regions=self.malformed())["HELD"], "global-lock")
        self.check_field("GDID")

    def test_wide_field_is_a_note(self):
        self.check_note(self.fields(regions=self.malformed())["WIDE"], "wide")

    def test_region_without_fields_is_a_note(self):
        self.check_region("NONE", "unused")

    def test_region_away_from_its_bmc_is_a_note(self):
        self.check_region("AWAR", "scope")

    def test_region_outside_of_sb_is_a_note(self):
        self.assertIn("acpi_ipmi", self.check_region("OUTR", "outside"))
        region, = [region for region in self.malformed() if region["name"] == "OUTR"]
        self.check_note(region, "outside")

    def test_region_that_only_reaches_into_the_next_netfn_is_a_note(self):
        region, = [region for region in self.malformed() if region["name"] == "BIGR"]
        self.check_note(region, "next-netfn")

    def test_region_deep_in_the_scope_of_its_bmc_has_no_note(self):
        region, = [region for region in self.malformed()
                   if region["path"] == "\\_SB.BMC0.INNR.GOOD"]
        self.assertEqual(codes(region), [])

    def test_bmc_that_a_method_identifies_is_one(self):
        region, = self.regions(self.asl("""
            Device (\\_SB.BMC1) {
                Method (_HID) { If (One) { Return ("KCST0003") } Return ("IPI0001") }
                OperationRegion (RGN1, IPMI, 0x3000, 0x100)
                Field (RGN1, BufferAcc, NoLock, Preserve) { FLD1, 8 } }"""))
        self.assertEqual(codes(region), [])

    def test_notes_alone_are_no_failure(self):
        result = self.lint(*acpi("dell"))
        self.assertEqual(result.status, 0)
        self.assertIn("(global-lock)", result.output)

    # -- What it says. -----------------------------------------------------

    def test_table_has_a_line_for_each_field(self):
        output = self.lint(*acpi("dell")).output
        self.assertRegex(output, r"(?m)^dell\.asl +\\_SB\.PMI0 +SYSI +SCMD +06 +58 +Lock "
                                 r"+- +\(scope\) \(global-lock\)$")
        self.assertRegex(output, r"(?m)^dell\.asl +\\_SB\.PMI0 +POWR +GPMM +30 +B3 "
                                 r"+Lock ")
        self.assertTrue(output.endswith("\n2 regions, 3 fields, 0 findings\n"))

    def test_findings_are_counted_without_the_notes(self):
        result = self.lint("--json", *acpi("lint"))
        regions = json.loads(result.output)["regions"]
        findings = [finding for region in regions for it in (region, *region["fields"])
                    for finding in it["findings"] if not finding["note"]]
        fields = sum(len(region["fields"]) for region in regions)
        self.assertEqual((len(regions), fields, len(findings)), (14, 29, 21))
        self.assertEqual(json.loads(result.output)["findings"], 21)
        self.assertTrue(self.lint(*acpi("lint")).output.endswith(
            "\n14 regions, 29 fields, 21 findings\n"))

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
