# SPDX-License-Identifier: GPL-2.0-only
"""The package kcs-dkms: built, installed, used by kernels, and removed, in roots of
Debian 12 and 13 that debootstrap makes once and keeps in the cache folder. The RPM
package is installed there as well, beside dpkg's database.

As root: /usr/bin/python3 -m pytest scripts/tests/test_package.py
"""
import fcntl
import hashlib
import os
import pathlib
import re
import shutil
import subprocess

import pytest

from vm import CACHE, ROOT

pytestmark = pytest.mark.package

PACKAGE = ROOT / "scripts/package"
TOOLS = "debootstrap lintian man-db mandoc rpm rpmlint shellcheck xz-utils linux-image-amd64"
MODULES = ["kcs_anchor", "kcs_host", "kcs_ipmi", "kcs_opregion", "kcs_sim", "kcs_via_ipmi"]
# What APT, dpkg, RPM and DKMS keep for themselves, and copies of /etc/group.
KEPT = re.compile(r"^/(var/(log|cache|lib/(apt|dpkg|rpm|systemd)|lib/dkms/mok)|tmp|run|proc|dev|deb)\b"
                  r"|^/etc/(group|gshadow)-$|^/usr/lib/modules/[^/]*/modules\.|^/etc/\.pwd\.lock$")


def run(*command, **options):
    """Run a command; return its output, errors with it. A failure shows both."""
    done = subprocess.run(command, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=1800, check=False, **options)
    assert done.returncode == 0, f"{command}: status {done.returncode}\n{done.stdout}"
    return done.stdout


def lib(text):
    """Run shell text after scripts/lib/lib.sh; return its output."""
    return run("bash", "-c", f". {ROOT}/scripts/lib/lib.sh; {text}")


# -- Roots. -----------------------------------------------------------------------

# With what the package needs, so that a purge of it alone leaves nothing.
ROOT_PACKAGES = "dkms,linux-headers-amd64,openssl,python3,systemd-standalone-sysusers"


def make_root(suite, folder):
    """Make a root with DKMS and a kernel's headers, and fetch those of two others."""
    mirror = run("apt-get", "indextargets", "--format", "$(REPO_URI)",
                 "Created-By: Packages", "Codename: bookworm").split()[0]
    new = folder.with_suffix(".new")
    shutil.rmtree(new, ignore_errors=True)
    run("debootstrap", "--variant=minbase",
        f"--include={ROOT_PACKAGES}",
        suite, new, mirror)
    Machine([new], None).run(
        "apt-get update -q && apt-get install -qy --download-only --no-install-recommends "
        "linux-headers-rt-amd64 linux-headers-cloud-amd64", writable=True)
    new.rename(folder)


class Machine:
    """A root as layers: what its commands change goes into the upper one."""

    def __init__(self, lower, upper):
        self.lower, self.upper = lower, upper

    def fork(self, folder):
        """Return a machine that begins as this one is."""
        return Machine([self.upper / "changes", *self.lower], folder)

    def run(self, text, deb=ROOT, writable=False):
        """Run shell text in it, with the folder of a package at /deb."""
        layers = ":".join(map(str, self.lower))
        if writable:
            mount, at = "true", self.lower[0]
        else:
            for name in ("changes", "work", "root"):
                (self.upper / name).mkdir(parents=True, exist_ok=True)
            at = self.upper / "root"
            mount = (f"mount -t overlay overlay -o lowerdir={layers},"
                     f"upperdir={self.upper}/changes,workdir={self.upper}/work {at}")
        script = (f"set -e; {mount}; mount -t proc proc {at}/proc; mount --bind /dev {at}/dev; "
                  f"mkdir -p {at}/deb; mount --bind {deb} {at}/deb; "
                  f"cp /etc/resolv.conf {at}/etc/resolv.conf; "
                  f'exec chroot {at} env -i PATH=/usr/sbin:/usr/bin LC_ALL=C.UTF-8 '
                  'DEBIAN_FRONTEND=noninteractive bash -c "$1"')
        return run("unshare", "--mount", "bash", "-c", script, "bash", text)

    def files(self):
        """Return the paths of all its files."""
        found = self.run("find / -xdev -not -type d -o -type d -empty").splitlines()
        return {path for path in found if not KEPT.match(path)}

    def kernel(self, flavour="[0-9]-amd64|deb1[23]-amd64"):
        """Return the release of the kernel of a flavour whose headers it has."""
        found = [name for name in self.run("ls /lib/modules").split()
                 if re.search(flavour, name)]
        assert len(found) == 1, f"one kernel {flavour} expected: {found}"
        return found[0]


@pytest.fixture(scope="session")
def tools():
    assert os.geteuid() == 0, "root is needed, for roots of Debian to install into"
    lib(f"packages {TOOLS}")


@pytest.fixture(scope="session")
def deb(tools, tmp_path_factory):
    """Return the package, built from this checkout."""
    folder = tmp_path_factory.mktemp("deb")
    return pathlib.Path(run(PACKAGE / "build", "deb", folder).split()[-1])


@pytest.fixture(scope="session", params=["bookworm", "trixie"])
def bare(request, tools, tmp_path_factory):
    """Return a machine without the package."""
    key = hashlib.sha256(ROOT_PACKAGES.encode()).hexdigest()[:8]
    folder = CACHE / "roots" / f"{request.param}-{key}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(folder.with_suffix(".lock"), "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            make_root(request.param, folder)
    machine = Machine([folder], tmp_path_factory.mktemp(f"bare-{request.param}"))
    machine.run("true")
    return machine


@pytest.fixture(scope="session")
def installed(bare, deb, tmp_path_factory):
    """Return a machine with the package."""
    machine = bare.fork(tmp_path_factory.mktemp("installed"))
    machine.run(f"apt-get install -qy /deb/{deb.name}", deb=deb.parent)
    return machine


@pytest.fixture
def machine(installed, tmp_path):
    """Return a machine with the package, for one test."""
    return installed.fork(tmp_path)


# -- Built. -----------------------------------------------------------------------

def test_package_has_every_module():
    built = re.findall(r"\+= (kcs_\w+)\.o$", (ROOT / "Kbuild").read_text(), re.M)
    listed = re.findall(r'^BUILT_MODULE_NAME.*="(\w+)"', (PACKAGE / "debian/kcs-dkms.dkms")
                        .read_text(), re.M)
    assert sorted(listed) == sorted(set(built) - {"kcs_kunit"}) == MODULES


def test_kernels_from_6_1_on_are_built_for():
    found = re.search(r'^BUILD_EXCLUSIVE_KERNEL="(.*)"$',
                      (PACKAGE / "debian/kcs-dkms.dkms").read_text(), re.M)[1]
    for release, fits in [("5.10.0-1", False), ("6.0.0-1", False), ("6.1.0-50-amd64", True),
                          ("6.12.117+deb13-amd64", True), ("7.2.1", True), ("10.0.0", True)]:
        assert bool(re.search(found, release)) == fits, release


# -- Installed. -------------------------------------------------------------------

def test_lintian_finds_no_error(deb):
    lines = run("lintian", "--allow-root", "--fail-on", "none", deb).splitlines()
    assert [line for line in lines if line.startswith(("E:", "W:"))] == []


def test_modules_name_version_and_author(installed, deb):
    version = deb.name.split("_")[1]
    author = run("dpkg-deb", "--field", deb, "Maintainer").strip()
    for module in MODULES:
        found = installed.run(f"modinfo -k {installed.kernel()} {module}")
        assert re.search(rf"^version: +{re.escape(version)}$", found, re.M), found
        assert re.search(rf"^author: +{re.escape(author)}$", found, re.M), found


def test_modules_are_signed_with_the_mok(installed):
    found = installed.run(f"modinfo -F signer -k {installed.kernel()} kcs_host; "
                          "openssl x509 -inform der -in /var/lib/dkms/mok.pub -noout -subject")
    signer, subject = found.splitlines()
    assert signer and subject.endswith(signer), found


def test_group_and_rule_are_installed(installed):
    assert installed.run("getent group ipmi").startswith("ipmi:")
    rule = installed.run("cat /usr/lib/udev/rules.d/60-kcs-dkms.rules")
    assert 'GROUP="ipmi", MODE="0660"' in rule


def test_kcsctl_is_installed(machine):
    assert "next boot     ipmi_si" in machine.run("kcsctl status || test $? = 1")
    machine.run(ENABLE)
    # The kernel that runs this root is another's.
    assert "kcs.conf is there, but not for this kernel" in machine.run("kcsctl status || true")
    assert "no KCS interface" in machine.run("kcsctl doctor || test $? = 1")
    assert machine.run("find /usr/share/kcs-dkms -name '*.pyc'") == ""


# -- Kernels. ---------------------------------------------------------------------

def test_second_kernel_gets_modules(machine):
    machine.run("apt-get install -qy --no-install-recommends linux-headers-rt-amd64")
    kernel = machine.kernel("rt-amd64")
    assert kernel in machine.run(f"modinfo -k {kernel} -F vermagic kcs_ipmi")


# The kernel for the cloud has no ipmi_msghandler.
@pytest.mark.parametrize("overrides, reason", [
    ("", "BUILD_EXCLUSIVE"),
    ("BUILD_EXCLUSIVE_CONFIG=; MAKE[0]='make no_such_target'", "Bad return status"),
], ids=["excluded", "failed"])
def test_kernel_is_installed_without_modules(machine, overrides, reason):
    machine.run(f'echo "{overrides}" >/etc/dkms/kcs.conf')
    package = "linux-headers-cloud-amd64"
    said = machine.run(f"apt-get install -qy --no-install-recommends {package}")
    kernel = machine.kernel("cloud-amd64")
    assert reason in said
    assert f"kcs-dkms: no modules for {kernel}" in said
    assert "installed" in machine.run(f"dpkg-query -W -f '${{db:Status-Status}}' {package}")
    assert machine.run(f"ls /lib/modules/{kernel}/updates/dkms 2>/dev/null || true") == ""


def test_package_is_installed_though_a_build_fails(bare, deb, tmp_path):
    machine = bare.fork(tmp_path)
    machine.run("mkdir -p /etc/dkms; echo \"MAKE[0]='make no_such_target'\" >/etc/dkms/kcs.conf")
    said = machine.run(f"apt-get install -qy /deb/{deb.name}", deb=deb.parent)
    assert f"kcs-dkms: no modules for {machine.kernel()}" in said
    assert "installed" in machine.run("dpkg-query -W -f '${db:Status-Status}' kcs-dkms")


# -- Which driver. ----------------------------------------------------------------

@pytest.fixture
def drivers(machine):
    """Return a function: what modprobe loads for a name, in order, as udev does."""
    kernel = machine.kernel()
    host = sorted(pathlib.Path("/lib/modules").glob("*/kernel/drivers/char/ipmi"))[-1]
    machine.run(f"mkdir -p /lib/modules/{kernel}/kernel; cp /deb/ipmi_*.ko* "
                f"/lib/modules/{kernel}/kernel; cd /lib/modules/{kernel}; "
                f"ls kernel/*.ko* >modules.order; depmod {kernel}", deb=host)

    def order(name):
        said = machine.run(f"modprobe --use-blacklist --show-depends -S {kernel} '{name}'")
        return re.findall(r"(\w+)\.ko", said)
    return order


def assert_stock(order):
    """Check that a machine has the kernel's driver and /dev/ipmi0, and none of ours."""
    assert {"ipmi_si", "ipmi_devintf"} <= set(order)
    assert not [name for name in order if name.startswith("kcs_")]


ENABLE = "cp /usr/share/kcs-dkms/kcs.conf /etc/modprobe.d/"
IPI0001 = "acpi:IPI0001:"


def test_installed_package_leaves_ipmi_si(drivers):
    assert_stock(drivers(IPI0001))


@pytest.mark.parametrize("name", [IPI0001, "ipmi_si", "platform:dmi-ipmi-si"])
def test_enabled_modules_come_before_ipmi_si(machine, drivers, name):
    machine.run(ENABLE)
    order = drivers(name)
    assert {"kcs_host", "kcs_opregion", "kcs_ipmi", "ipmi_devintf", "ipmi_si"} <= set(order)
    assert order.index("kcs_host") < order.index("ipmi_si")


def test_kernel_without_modules_has_ipmi_si(machine, drivers):
    kernel = machine.kernel()
    machine.run(f"{ENABLE}; rm -r /lib/modules/{kernel}/updates; depmod {kernel}")
    assert_stock(drivers(IPI0001))


# -- Removed. ---------------------------------------------------------------------

def test_removed_package_leaves_no_module(machine, drivers):
    machine.run(f"{ENABLE}; apt-get remove -qy kcs-dkms")
    assert machine.run("dkms status") == ""
    assert machine.run("find /lib/modules -name 'kcs*'") == ""
    assert_stock(drivers(IPI0001))


def test_purged_package_leaves_no_file(bare, machine, tmp_path):
    before = bare.fork(tmp_path / "bare").files()
    machine.run(f"{ENABLE}; apt-get purge -qy kcs-dkms")
    assert machine.files() - before == set()


# -- RPM. -------------------------------------------------------------------------

# Of rpmlint's errors: a signature is the distributor's.
UNSIGNED = "E: no-signature"


@pytest.fixture(scope="session")
def rpm(tools, tmp_path_factory):
    """Return the RPM package, built from this checkout."""
    return pathlib.Path(run(PACKAGE / "build", "rpm", tmp_path_factory.mktemp("rpm")).split()[-1])


@pytest.fixture(scope="session")
def newer_rpm(tools, tmp_path_factory):
    """Return the RPM package of a later version."""
    tree = tmp_path_factory.mktemp("newer") / "tree"
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".git"))
    header = tree / "include/kcs/version.h"
    header.write_text(re.sub(r'(KCS_VERSION\t).*', r'\1"99.0"', header.read_text()))
    return pathlib.Path(run(tree / "scripts/package/build", "rpm", tree.parent).split()[-1])


@pytest.fixture(scope="session")
def with_rpm(bare, tmp_path_factory):
    """Return a machine without the package, with the program rpm and its database."""
    machine = bare.fork(tmp_path_factory.mktemp("with-rpm"))
    machine.run("apt-get install -qy --no-install-recommends rpm; rpm --initdb")
    # Those of its distributions have a package with these folders.
    machine.run("mkdir -p /usr/lib/sysusers.d /usr/share/man/man4 /usr/share/man/man8")
    return machine


def placed(paths):
    """Return paths as they are in both packages."""
    return {re.sub(r"/doc/kcs-dkms[^/]*|\.gz$", "", path.rstrip("/")) for path in paths
            if not re.search(r"/copyright$|/changelog|^/etc|/build-for$", path)}


def test_rpm_has_the_files_of_the_deb(deb, rpm):
    listed = run("dpkg-deb", "--contents", deb).splitlines()
    of_deb = [line.split()[5][1:] for line in listed if not line.startswith("d")]
    of_rpm = run("rpm", "-qp", "--qf", "[%{FILEMODES:perms} %{FILENAMES}\n]", rpm).splitlines()
    assert placed(of_deb) == placed(line.split()[1] for line in of_rpm if line[0] != "d")


def test_rpmlint_finds_no_error(rpm):
    said = subprocess.run(["rpmlint", rpm], capture_output=True, text=True, check=False).stdout
    assert "1 packages and 0 specfiles checked" in said
    assert [line for line in said.splitlines() if ": E: " in line and UNSIGNED not in line] == []


def test_rpm_fits_into_an_empty_root(rpm, tmp_path):
    run("rpm", "--root", tmp_path, "--nodeps", "--noscripts", "-i", rpm)
    listed = run("rpm", "--root", tmp_path, "-ql", "kcs-dkms").split()
    assert listed == run("rpm", "-qlp", rpm).split()
    absent = [path for path in listed if not os.path.lexists(f"{tmp_path}{path}")]
    assert absent == ["/etc/modprobe.d/kcs.conf"]
    assert os.readlink(tmp_path / "usr/sbin/kcsctl") == "../share/kcs-dkms/kcsctl"


def test_rpm_builds_modules_and_takes_them_away(with_rpm, rpm, newer_rpm, tmp_path):
    before = with_rpm.fork(tmp_path / "before").files()
    machine = with_rpm.fork(tmp_path / "machine")
    version = f"modinfo -F version -k {machine.kernel()} kcs_host"
    machine.run(f"rpm --nodeps -i /deb/{rpm.name}", deb=rpm.parent)
    assert machine.run(version).strip() == rpm.name.split("-")[2]
    assert machine.run("getent group ipmi").startswith("ipmi:")
    assert "next boot     ipmi_si" in machine.run("kcsctl status || test $? = 1")
    machine.run(f"rpm --nodeps -U --replacepkgs /deb/{rpm.name}", deb=rpm.parent)
    assert machine.run(version).strip() == rpm.name.split("-")[2]
    machine.run(f"{ENABLE}; rpm --nodeps -U /deb/{newer_rpm.name}", deb=newer_rpm.parent)
    assert machine.run(version).strip() == "99.0"
    assert re.findall(r"kcs/([\d.]+)", machine.run("dkms status")) == ["99.0"]
    machine.run("test -e /etc/modprobe.d/kcs.conf; rpm -e kcs-dkms")
    assert machine.run("dkms status") == ""
    assert machine.files() - before == set()


def test_rpm_is_installed_though_a_build_fails(with_rpm, rpm, tmp_path):
    machine = with_rpm.fork(tmp_path)
    machine.run("mkdir -p /etc/dkms; echo \"MAKE[0]='make no_such_target'\" >/etc/dkms/kcs.conf")
    said = machine.run(f"rpm --nodeps -i /deb/{rpm.name}", deb=rpm.parent)
    assert f"kcs-dkms: no modules for {machine.kernel()}" in said
    assert machine.run("rpm -q kcs-dkms").startswith("kcs-dkms-")


# -- Described. -------------------------------------------------------------------

@pytest.mark.parametrize("page", sorted(PACKAGE.glob("man/*.[48]")), ids=lambda page: page.name)
def test_man_page_has_no_warning(tools, page):
    text = page.read_text()
    shown = subprocess.run(["man", "--warnings", "-l", page], capture_output=True, text=True,
                           check=True)
    assert shown.stderr == ""
    assert page.stem in shown.stdout
    assert run("mandoc", "-T", "lint", "-W", "warning", page) == ""
    assert text.isascii()


def test_abi_documents_are_valid(tools):
    tree = lib("packages linux-source-6.1 perl; kernel_tree; echo $TREE").split()[-1]
    check = ["perl", f"{tree}/scripts/get_abi.pl", "--dir", PACKAGE / "ABI"]
    assert run(*check, "validate") == ""
    assert "kcsN/health" in run(*check, "search", "health")


def test_all_that_users_see_is_described():
    assert run(PACKAGE / "described") == ""


@pytest.mark.parametrize("path, old, new, complaint", [
    ("drivers/bridge/sender.c", "module_param(timeout_ms", "module_param(patience",
     "/sys/module/kcs_ipmi/parameters/patience: in kcs_ipmi, not in ABI"),
    ("drivers/core/sysfs.c", "__ATTR(probes", "__ATTR(searches", "kcsN/probes: in ABI, not"),
    ("drivers/core/report.c", '"KCS_HEALTH=', '"KCS_STATE=', "KCS_STATE: in the code only"),
    ("drivers/opregion/tables.c", '("firmware"', '("fields"', "kcs_opregion/fields: in"),
    ("drivers/sim/settings.c", '"watts", ', '"power", ', "kcs_sim.4: /sys/kernel/debug/kcs_sim/power"),
    ("scripts/package/man/kcs_ipmi.4", "timeout_ms=", "timeout=", "kcs_ipmi.4: timeout: not in"),
])
def test_described_finds_what_is_not(tmp_path, path, old, new, complaint):
    tree = tmp_path / "tree"
    for name in ("drivers", "scripts/package", "Kbuild"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        copy(ROOT / name, tree / name)
    text = (tree / path).read_text()
    assert old in text
    (tree / path).write_text(text.replace(old, new))
    said = subprocess.run([PACKAGE / "described", tree], capture_output=True, text=True,
                          check=False)
    assert said.returncode == 1 and complaint in said.stdout, said.stdout


def test_scripts_are_clean(tools):
    maintainer = sorted(PACKAGE.glob("debian/*.post*"))
    assert run("shellcheck", "-x", PACKAGE / "build", PACKAGE / "hooks/kcs-dkms", PACKAGE / "completions/kcsctl",
               *maintainer, cwd=ROOT) == ""
