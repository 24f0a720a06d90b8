# SPDX-License-Identifier: GPL-2.0-only
"""Whole Debian machines: as Debian made them, with the package, and one for each test."""
import pathlib

import pytest

from debian import Debian
from debian_case import INSTALL, boot
from debian_image import image
from vm import GUEST, SCRIPTS, run

TOOLS = "debootstrap e2fsprogs qemu-system-x86 qemu-utils acpica-tools"


@pytest.fixture(scope="session", params=["bookworm", "trixie"])
def suite(request):
    """The name of a Debian."""
    run("bash", "-c", f". {SCRIPTS}/lib/lib.sh; packages {TOOLS}")
    return request.param


@pytest.fixture(scope="session")
def fresh(suite, tmp_path_factory):
    """A machine without the package; its folder has what is to be installed."""
    machine = Debian(image(suite), tmp_path_factory.mktemp(f"debian-{suite}"))
    deb = run(SCRIPTS / "package/build", "deb", machine.folder).split()[-1]
    assert pathlib.Path(deb).parent == machine.folder
    for name in ("gap.py", "kcsctl_cut.py"):
        machine.put(GUEST / name)
    return machine


@pytest.fixture(scope="session")
def installed(fresh):
    """(What the installation and the taking left, the machine): all in one boot."""
    return boot(fresh, INSTALL, timeout_s=3600), fresh


def fork(parent, folder):
    """A machine that begins as another, with the files that it sees."""
    machine = Debian(parent.folder, folder)
    for name in ("gap.py", "kcsctl_cut.py"):
        machine.put(parent.folder / name)
    return machine


@pytest.fixture(scope="session")
def given_back(installed, tmp_path_factory):
    """A machine with the package, on which the kernel's drivers have the BMC."""
    machine = fork(installed[1], tmp_path_factory.mktemp("given_back"))
    boot(machine, "kcsctl give-back --persist")
    return machine


@pytest.fixture
def taken(installed, tmp_path):
    """A machine that ours has taken, for one test."""
    yield fork(installed[1], tmp_path / "taken")
    (tmp_path / "taken/disk").unlink()


@pytest.fixture
def untaken(given_back, tmp_path):
    """A machine with the package, that ours has not taken, for one test."""
    yield fork(given_back, tmp_path / "untaken")
    (tmp_path / "untaken/disk").unlink()
