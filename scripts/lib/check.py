#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Run the steps of scripts/check; their results are summed up from JUnit files."""
import argparse
import dataclasses
import json
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import time
from xml.etree import ElementTree

from junit import read
from vm import CACHE, ROOT

# Runs of which results and logs are kept.
RUNS_MAX = 5

# Of what failed in a step, so much is named at the end.
LINES_MAX = 20


@dataclasses.dataclass
class Step:
    """A command that writes the JUnit file $KCS_JUNIT."""
    name: str
    command: str
    seconds: int            # how long it took on two CPUs, kernels already built
    deep: bool = False
    passed: int = 0
    failures: list = dataclasses.field(default_factory=list)   # a line each
    log: pathlib.Path = None


PYTEST = "/usr/bin/python3 -m pytest scripts/tests"

STEPS = [
    Step("static", "scripts/static", 70),
    Step("pure-unit", "scripts/pure unit", 30),
    Step("pure-explore", "scripts/pure explore", 30),
    Step("pure-coverage", "scripts/pure coverage", 20),
    Step("kunit-uml", "scripts/kunit uml", 40),
    Step("kunit-x86_64", "scripts/kunit x86_64", 60),
    # Most VMs wait most of the time.
    Step("tests", f"{PYTEST} -n 2 --dist loadgroup -m 'not alone'", 800),
    Step("tests-alone", f"{PYTEST} -m alone", 700),
    Step("backports", "scripts/vm-backports -m backports", 120),
    Step("package", f"{PYTEST} -m package", 600, True),
    Step("debian", f"{PYTEST} -m debian", 5400, True),
    Step("pure-explore-all", "scripts/pure explore all", 300, True),
    Step("mutants", "scripts/mutants", 2400, True),
    Step("pure-fuzz", "scripts/pure fuzz 10000000", 600, True),
    Step("kunit-sanitize", "scripts/kunit x86_64 --sanitize", 900, True),
    Step("kunit-races", "scripts/kunit x86_64 --races", 900, True),
    Step("sanitize", "scripts/vm-sanitize test_vm.py test_aml.py test_region.py test_sim.py",
         2700, True),
    Step("full", f"{PYTEST} -k 'test_sick or test_engine or test_ipmi or test_region' --full", 7200, True),
    Step("backports-all", "scripts/vm-backports test_vm.py test_aml.py test_ipmi.py "
         "test_region.py", 1200, True),
    Step("sanitize-full", "scripts/vm-sanitize test_sick.py --full", 7200, True),
]


def copy_output(command, environment, log):
    """Run a command, with its output on the terminal and in a log; its status."""
    with subprocess.Popen(shlex.split(command), cwd=ROOT, env=os.environ | environment,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT) as running, open(log, "wb") as file:
        while chunk := os.read(running.stdout.fileno(), 65536):
            file.write(chunk)
            sys.stdout.buffer.write(chunk)
            sys.stdout.buffer.flush()
    return running.returncode


def run(step, folder):
    """Run a step; a JUnit file that is missing, or at odds with the status, is a failure."""
    step.log, result = folder / f"{step.name}.log", folder / f"{step.name}.xml"
    began = time.monotonic()
    status = copy_output(step.command, {"KCS_JUNIT": str(result)}, step.log)
    step.seconds = round(time.monotonic() - began)
    try:
        step.passed, step.failures = read(result)
    except (OSError, ElementTree.ParseError) as why:
        step.failures = [f"status {status}, no results: {why}"]
    else:
        if not step.failures and (status or not step.passed):
            step.failures = [f"status {status}, and {step.passed} tests, of which none failed"]


def minutes(seconds):
    return f"{seconds / 60:.0f} min"


def run_all(steps, folder):
    times = folder.parent / "seconds.json"
    try:
        known = json.loads(times.read_text())
    except (OSError, ValueError):   # none yet, or a run was killed as it wrote it
        known = {}
    began = time.monotonic()
    for number, step in enumerate(steps, 1):
        expected = sum(known.get(later.name, later.seconds) for later in steps[number - 1:])
        print(f"\n== step {number} of {len(steps)}: {step.command}; elapsed "
              f"{minutes(time.monotonic() - began)}, expected {minutes(expected)} more", flush=True)
        run(step, folder)
        times.write_text(json.dumps(known := known | {step.name: step.seconds}))


def show(steps, folder):
    """What failed, the table, and the verdict; whether all is well."""
    for step in steps:
        for line in step.failures[:LINES_MAX]:
            print(f"failed: {step.name}: {line}")
        if len(step.failures) > LINES_MAX:
            print(f"failed: {step.name}: {len(step.failures) - LINES_MAX} more")
    print(f"\n{'step':20}{'passed':>8}{'failed':>8}{'seconds':>9}")
    for step in steps:
        print(f"{step.name:20}{step.passed:8}{len(step.failures):8}{step.seconds:9}")
    for step in steps:
        if step.failures:
            print(f"log of what failed: {step.log}")
    print(f"results as JUnit: {folder}")
    passed, failed = sum(step.passed for step in steps), sum(len(step.failures) for step in steps)
    print(f"{passed} passed, {failed} failed")
    return passed and not failed


def make_folder():
    """The folder of this run; the oldest ones go."""
    results = CACHE / "results"
    folder = results / time.strftime(f"check-%Y%m%d-%H%M%S-{os.getpid()}")
    folder.mkdir(parents=True)
    for old in sorted(results.glob("check-*"))[:-RUNS_MAX]:
        shutil.rmtree(old, ignore_errors=True)
    return folder


def parse_options():
    parser = argparse.ArgumentParser(prog="scripts/check", description=__doc__)
    parser.add_argument("steps", nargs="*", metavar="STEP",
                        help=", ".join(step.name for step in STEPS))
    parser.add_argument("--deep", action="store_true")
    options = parser.parse_args()
    if unknown := set(options.steps) - {step.name for step in STEPS}:
        parser.error(f"no such step: {', '.join(sorted(unknown))}")
    return options


def main():
    options = parse_options()
    folder = make_folder()
    steps = [step for step in STEPS if (step.name in options.steps if options.steps else
                                        options.deep or not step.deep)]
    run_all(steps, folder)
    sys.exit(0 if show(steps, folder) else 1)


if __name__ == "__main__":
    main()
