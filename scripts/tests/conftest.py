# SPDX-License-Identifier: GPL-2.0-only
"""Options and fixtures of the tests, and the rules of a run.

A skipped test counts as a failed one; a run without a test fails (pytest's status 5).
The results are written as JUnit to the file $KCS_JUNIT, else to the cache folder.
"""
import os
import pathlib

import pytest

from vm import CACHE, Kernel, Machine
from vm_table import Bed

pytest_plugins = ["debian_fixtures"]
TABLES = pytest.StashKey[list]()


def pytest_addoption(parser):
    group = parser.getgroup("kcs")
    group.addoption("--kernel", type=pathlib.Path, metavar="FOLDER",
                    help="where a kernel was built, or its packages unpacked "
                    "(the installed one)")
    group.addoption("--full", action="store_true", help="the full counts")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config):
    config.stash[TABLES] = []
    if not config.option.xmlpath:
        config.option.xmlpath = os.environ.get("KCS_JUNIT") or CACHE / "results/tests.xml"


def pytest_collection_modifyitems(config, items):
    """What takes long runs where it is asked for."""
    left_out = set() if config.getoption("full") else {"full"}
    left_out |= {name for name in ("package", "debian") if name not in config.option.markexpr}
    dropped = [item for item in items
               if left_out & {mark.name for mark in item.iter_markers()}]
    config.hook.pytest_deselected(items=dropped)
    items[:] = [item for item in items if item not in dropped]


# -- The report. ------------------------------------------------------------------

def fail_skipped(report):
    """Nothing is left out silently."""
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped, which counts as failed: {report.longrepr}"
        vars(report).pop("wasxfail", None)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport():
    outcome = yield
    fail_skipped(outcome.get_result())


@pytest.hookimpl(hookwrapper=True)
def pytest_make_collect_report():
    outcome = yield
    fail_skipped(outcome.get_result())


def pytest_report_teststatus(report):
    """A line has the seconds of a test, and what it printed."""
    if report.when != "call":
        return None
    told = " ".join(" ".join(text for name, text in report.sections
                             if name.endswith("call")).split()).rstrip(",")[:160]
    word = "ok" if report.passed else "NOT OK"
    return report.outcome, ".F"[report.failed], f"{word}, {report.duration:.1f} s  {told}"


def pytest_terminal_summary(terminalreporter, config):
    for title, text in config.stash[TABLES]:
        terminalreporter.section(title)
        terminalreporter.write_line(text)


# Workers of xdist hand their tables over.

def pytest_sessionfinish(session):
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["tables"] = session.config.stash[TABLES]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    node.config.stash[TABLES] += getattr(node, "workeroutput", {}).get("tables", [])


# -- Fixtures. --------------------------------------------------------------------

@pytest.fixture(scope="session")
def show(request):
    """show(title, text) puts a table below the report."""
    return lambda *table: request.config.stash[TABLES].append(table)


@pytest.fixture(scope="session")
def machine(request):
    """A kernel with our modules, ready to be booted any number of times."""
    kernel = Kernel.at(request.config.getoption("kernel"))
    request.config.get_terminal_writer().line(f"\nthe modules for {kernel.release} ...")
    return Machine(kernel)


@pytest.fixture(scope="module")
def bed(machine, request, show):
    """Measures cases, and shows their table."""
    made = Bed(machine, request.config.getoption("full"))
    yield made
    show(request.module.__doc__.partition("\n")[0], made.table())
