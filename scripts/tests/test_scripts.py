# SPDX-License-Identifier: GPL-2.0-only
"""The scripts and the bed themselves: what counts as a failure; a first run."""
import os
import subprocess
import sys

import pytest

import check
from vm import SCRIPTS, TESTS

TAP = SCRIPTS / "lib/junit.py"


def call(*command, **environment):
    return subprocess.run(list(map(str, command)), env=os.environ | environment, text=True,
                          capture_output=True, check=False)


# -- What check makes of its steps. -------------------------------------------------

@pytest.mark.parametrize("script, counts", [
    pytest.param(f"echo ok one | {TAP} x", (1, 0), id="passes"),
    pytest.param(f"printf 'ok 1\\nnot ok 2\\n' | {TAP} x", (1, 1), id="fails"),
    pytest.param(f": | {TAP} x", (0, 1), id="runs_nothing"),
    pytest.param("true", (0, 1), id="writes_no_results"),
    pytest.param(f"echo ok one | {TAP} x; exit 3", (1, 1), id="has_a_bad_status"),
    pytest.param("echo '<testsuite><testcase><skipped/></testcase></testsuite>' >$KCS_JUNIT",
                 (0, 1), id="skips"),
    pytest.param("echo '<testsuite>' >$KCS_JUNIT", (0, 1), id="dies_while_it_writes")])
def test_step_that(script, counts, tmp_path):
    (tmp_path / "script").write_text(script)
    step = check.Step("step", f"bash {tmp_path}/script", 1)
    check.run_all([step], tmp_path)
    assert (step.passed, len(step.failures)) == counts
    assert bool(check.show([step], tmp_path)) == (counts == (1, 0))


def test_what_failed_is_named_at_the_end(tmp_path, capsys):
    step = check.Step("step", f"bash -c 'seq -f \"not ok %g\" 25 | {TAP} it'", 1)
    check.run_all([step], tmp_path)
    check.show([step], tmp_path)
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("failed: ")]
    assert lines[0] == "failed: step: it 1: 1" and lines[20:] == ["failed: step: 5 more"]


# -- The rules of a run of pytest. --------------------------------------------------

@pytest.mark.parametrize("text, status, words", [
    pytest.param("def test_one(): pass", 0, "1 passed", id="passes"),
    pytest.param("import pytest\ndef test_one(): pytest.skip()", 1, "1 failed", id="skips"),
    pytest.param("import pytest\npytest.skip(allow_module_level=True)", 2, "1 error", id="skips_all"),
    pytest.param("import pytest\n@pytest.mark.xfail\ndef test_one(): assert 0", 1, "1 failed",
                 id="expects_to_fail"),
    pytest.param("import pytest\n@pytest.mark.other\ndef test_one(): pass", 2, "1 error",
                 id="has_an_unknown_mark"),
    pytest.param("", 5, "no tests ran", id="has_no_test")])
def test_file_that(text, status, words, tmp_path):
    (tmp_path / "test_it.py").write_text(text)
    done = call(sys.executable, "-m", "pytest", "-c", TESTS / "pytest.ini", "-p", "conftest",
                f"--rootdir={tmp_path}", tmp_path / "test_it.py",
                PYTHONPATH=f"{TESTS}:{SCRIPTS / 'lib'}", KCS_JUNIT=str(tmp_path / "junit.xml"))
    assert done.returncode == status and words in done.stdout, done.stdout + done.stderr


# -- Packages. ----------------------------------------------------------------------

@pytest.mark.parametrize("install, calls", [
    pytest.param("", "", id="not_told"),
    pytest.param("1", "update -q\ninstall -qy --no-install-recommends no-such-package\n",
                 id="told")])
def test_missing_package_is_named_and_only_installed_when_told_so(install, calls, tmp_path):
    (tmp_path / "apt-get").write_text(f"#!/bin/sh\necho \"$@\" >>{tmp_path}/calls\n")
    (tmp_path / "apt-get").chmod(0o755)
    done = call("bash", "-c", f". {SCRIPTS}/lib/lib.sh; packages bash no-such-package", "try",
                KCS_INSTALL=install, PATH=f"{tmp_path}:{os.environ['PATH']}", TMPDIR=str(tmp_path))
    made = tmp_path / "calls"
    assert (made.read_text() if made.exists() else "") == calls
    if not install:
        assert (done.returncode, done.stderr) == (1, (
            "try: missing packages; as root: apt-get install -qy "
            "--no-install-recommends no-such-package\n"))


# -- The bed. -----------------------------------------------------------------------

def test_guest_that_ends_leaves_its_status_and_all_its_output(machine):
    result = machine.boot("sleep 99 & seq 3000; exit 7", bmc=None)
    assert (result.status, result.output.split()) == (7, list(map(str, range(1, 3001))))


def test_guest_that_is_switched_off_in_its_script_has_no_status(machine):
    result = machine.boot("echo begun; poweroff -f; sleep 99", bmc=None)
    assert (result.status, result.output) == (-1, "begun\n")


# -- A first run. -------------------------------------------------------------------

def test_demo_on_an_empty_cache_shows_the_watts(tmp_path):
    done = call(SCRIPTS / "demo", "250", XDG_CACHE_HOME=str(tmp_path))
    assert done.stdout.endswith("\n250.0 W\n"), done.stdout + done.stderr
    assert list(tmp_path.glob("kcs/modules/*/kcs_host.ko"))


def test_check_on_an_empty_cache_leaves_results_and_logs(tmp_path):
    done = call(SCRIPTS / "check", "pure-unit", XDG_CACHE_HOME=str(tmp_path))
    *_, results, verdict = done.stdout.splitlines()
    passed = int(verdict.removesuffix(" passed, 0 failed"))
    assert done.returncode == 0 and passed > 100
    folder, = tmp_path.glob("kcs/results/check-*")
    assert results == f"results as JUnit: {folder}"
    assert {path.name for path in folder.iterdir()} == {"pure-unit.log", "pure-unit.xml"}
    assert (folder / "pure-unit.xml").read_text().count("<testcase ") == passed
