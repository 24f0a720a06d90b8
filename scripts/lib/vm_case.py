#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What the tests in a VM have in common: a boot that went well, and a verdict."""
import argparse
import re
import sys
import time
import unittest

from vm import Kernel, Machine, add_kernel_option

# What no kernel's log has after a good run.
SPLAT = re.compile(r"BUG:|WARNING:|KASAN|UBSAN|INFO: (?:possible|task)|Call Trace:")

# kmemleak needs two scans to be sure.
LEAKS = """
sleep 6
echo scan >/sys/kernel/debug/kmemleak && sleep 1 &&
echo scan >/sys/kernel/debug/kmemleak && cat /sys/kernel/debug/kmemleak || exit 1
"""


class VmCase(unittest.TestCase):
    """Each test boots once, and looks at what the guest printed and logged."""

    machine = None
    leaks = ""  # LEAKS, on a kernel that has kmemleak
    pace = 1  # how much slower this kernel is than the stock one
    full = False  # the full counts are wanted

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


class Lines(unittest.TextTestResult):
    """One line a test, in a sentence, with its seconds."""

    def getDescription(self, test):
        return test.id().rsplit(".", 1)[-1].removeprefix("test_").replace("_", " ")

    def startTest(self, test):
        self.began = time.monotonic()
        super().startTest(test)

    def stopTest(self, test):
        super().stopTest(test)
        self.stream.writeln(f"    {time.monotonic() - self.began:.1f} s")


def choose(doc, cases, add_options=lambda parser: None):
    """What the command line says: its options, and the tests of the cases, or some."""
    parser = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tests", nargs="*", help="method names")
    add_options(parser)
    options = parser.parse_args()
    tests = {name: case(name) for case in cases
             for name in unittest.defaultTestLoader.getTestCaseNames(case)}
    unknown = set(options.tests) - set(tests)
    if unknown:
        parser.error(f"no such test: {', '.join(unknown)}")
    return options, unittest.TestSuite(
        tests[name] for name in options.tests or tests)


def run_tests(suite):
    """Runs them, and exits with the verdict."""
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2,
                                     resultclass=Lines).run(suite)
    failed = len(result.failures) + len(result.errors) + len(result.skipped)
    print(f"{result.testsRun - failed} passed, {failed} failed")
    sys.exit(failed != 0 or result.testsRun == 0)


def add_vm_options(parser):
    parser.add_argument("--full", action="store_true", help="the full counts")
    add_kernel_option(parser)


def main(doc, *cases):
    """Runs the tests of the cases in a VM, or those named."""
    options, suite = choose(doc, cases, add_vm_options)
    kernel = Kernel.at(options.kernel)
    print(f"building the modules for {kernel.release} ...", flush=True)
    VmCase.machine, VmCase.full = Machine(kernel), options.full
    if kernel.has("CONFIG_KASAN"):
        VmCase.pace, VmCase.leaks = 10, LEAKS
    run_tests(suite)
