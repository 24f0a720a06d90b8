# SPDX-License-Identifier: GPL-2.0-only
"""What scripts/aml-lint says of a policy."""
import json

from lint_case import LintCase, acpi


class LintPolicyTest(LintCase):
    """Which commands of the tables a policy denies."""

    def denials(self, policy, *shapes):
        """What the policy denies, or denies with some data, by name of the field."""
        result = self.lint("--json", f"--policy={policy}", *acpi(*shapes))
        data = json.loads(result.output)
        self.assertEqual(result.status, 1 if data["findings"] else 0)
        return {field["name"]: finding for region in data["regions"]
                for field in region["fields"] for finding in field["findings"]
                if finding["code"].startswith("policy-")}

    def test_default_policy_denies_nothing(self):
        result = self.lint("--json", *acpi("dell"))
        self.assertEqual(json.loads(result.output)["policy"], "all")
        self.assertEqual(result.status, 0)

    def test_policy_none_denies_all(self):
        self.assertEqual(set(self.denials("none", "dell")), {"SCMD", "GCMD", "GPMM"})

    def test_monitor_only_denies_what_also_caps_power_on_dell(self):
        denials = self.denials("monitor-only", "dell")
        self.assertEqual({name: finding["code"] for name, finding in denials.items()},
                         {"SCMD": "policy-denied", "GPMM": "policy-depends"})
        self.assertTrue(denials["GPMM"]["text"].endswith("one of: 0A"))
        self.assertTrue(denials["GPMM"]["note"])
        self.assertEqual(set(self.denials("monitor-only,+06/58", "dell")), {"GPMM"})

    def test_denial_of_what_nothing_uses_is_a_note(self):
        denials = self.denials("monitor-only", "spec")
        self.assertEqual({name: finding["note"] for name, finding in denials.items()},
                         {"SPWL": True, "GPWL": True, "GPMM": False})
        self.assertEqual(self.lint("--policy=monitor-only", *acpi("dell")).status, 0)

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

    def test_bad_word_of_a_policy_is_named(self):
        for policy, word in (("monitor", "monitor"), ("all,+31/00", r"\+31/00"),
                             ("+30/c8 -30/xx, none", "-30/xx"),
                             (" ".join(["+30/c8"] * 32 + ["-06/02"]), "-06/02")):
            result = self.lint(f"--policy={policy}", *acpi("dell"))
            self.assertEqual(result.status, 2)
            self.assertRegex(result.errors, rf"^aml-lint: .*: {word}\n$")
