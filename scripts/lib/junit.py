#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Results of tests: TAP lines to a JUnit file, and JUnit files to results.

    COMMAND | scripts/lib/junit.py NAME     results "ok ..." and "not ok ..." of NAME

passes the lines on, writes them as JUnit to the file $KCS_JUNIT, else to NAME.xml in the
cache folder, and ends with "N passed, N failed". What stood before a failed result is
its message. A run without a result fails.
"""
import os
import pathlib
import re
import sys
import time
from xml.etree import ElementTree

from vm import CACHE

# What XML cannot hold, of what a log may hold.
UNSPEAKABLE = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd]")


def read(path):
    """(how many passed, a line for each that failed) of a JUnit file.

    What did neither, as a skipped test, has failed.
    """
    passed, failed = 0, []
    for case in ElementTree.parse(path).iter("testcase"):
        bad = [case.find(word) for word in ("failure", "error", "skipped")]
        if why := [node.get("message", "") for node in bad if node is not None]:
            words = " ".join(why[0].split())[:160]
            failed.append(f"{case.get('classname', '')} {case.get('name', '')}: {words}".strip())
        else:
            passed += 1
    return passed, failed


def suite_of(name, lines):
    """The JUnit suite of TAP lines."""
    suite, before, began = ElementTree.Element("testsuite", name=name), [], time.monotonic()
    for line in lines:
        print(line, end="", flush=True)
        # What was printed without a newline may stand before it.
        result = re.match(r"(?:.*(?=not ok ))?(not )?ok (?:\d+ )?(?:- )?(.*)", line)
        if not result:
            before.append(line)
            continue
        now = time.monotonic()
        case = ElementTree.SubElement(suite, "testcase", classname=name, name=result[2],
                                      time=f"{now - began:.3f}")
        if result[1]:
            failure = ElementTree.SubElement(case, "failure", message=result[2])
            failure.text = UNSPEAKABLE.sub("?", "".join(before[-1000:]))
        before, began = [], now
    return suite


def report(name, lines):
    """Write the results that TAP lines have, tell how many there are, and exit."""
    path = pathlib.Path(os.environ.get("KCS_JUNIT") or CACHE / f"results/{name}.xml")
    suite = suite_of(name, lines)
    path.parent.mkdir(parents=True, exist_ok=True)
    ElementTree.ElementTree(suite).write(path, encoding="utf-8", xml_declaration=True)
    passed, failed = read(path)
    print(f"{passed} passed, {len(failed)} failed")
    sys.exit(bool(failed) or not passed)


if __name__ == "__main__":
    report(sys.argv[1] if sys.argv[1:] else sys.exit(__doc__), sys.stdin)
