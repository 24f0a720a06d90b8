# SPDX-License-Identifier: GPL-2.0-only
"""What the tests in a VM have in common: a boot that went well."""
import re
import unittest

import pytest

# What no kernel's log has after a good run.
SPLAT = re.compile(r"BUG:|WARNING:|KASAN|UBSAN|INFO: (?:possible|task)|Call Trace:")

# kmemleak needs two scans to be sure.
LEAKS = """
sleep 6
echo scan >/sys/kernel/debug/kmemleak && sleep 1 &&
echo scan >/sys/kernel/debug/kmemleak && cat /sys/kernel/debug/kmemleak || exit 1
"""


class VmCase(unittest.TestCase):
    """Each test boots once, and looks at what the guest printed and logged.

    What a test prints stands in its line of the report.
    """

    machine = None
    leaks = ""  # LEAKS, on a kernel that has kmemleak
    pace = 1  # how much slower this kernel is than the stock one
    full = False  # the full counts are wanted

    @pytest.fixture(autouse=True)
    def _use_machine(self, machine, request):
        self.machine, self.full = machine, request.config.getoption("full")
        if machine.kernel.is_sanitized:
            self.pace, self.leaks = 10, LEAKS

    def boot(self, script, **options):
        result = self.machine.boot(f"( {script}\n) || exit 1\n{self.leaks}", **options)
        self.assertEqual(result.status, 0, f"\n{result.output}\n{result.console[-6000:]}")
        splat = SPLAT.search(result.console)
        self.assertFalse(splat, splat and result.console[splat.start():][:4000])
        self.assertNotIn("unreferenced object", result.output)
        return result

    def values(self, result):
        """name=value lines of the output, numbers as numbers."""
        pairs = re.findall(r"^(\w+)=(.*)$", result.output, re.M)
        return {name: float(value) if re.fullmatch(r"-?[\d.]+", value) else value
                for name, value in pairs}
