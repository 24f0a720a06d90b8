# SPDX-License-Identifier: GPL-2.0-only
"""Programs of this machine that a guest gets, with what they need; kcsctl among them."""
import compileall
import functools
import modulefinder
import pathlib
import py_compile
import re
import shutil
import subprocess
import sys
import tempfile

SCRIPTS = pathlib.Path(__file__).resolve().parent.parent

# What the interpreter itself imports.
STARTUP = "import encodings.ascii, encodings.latin_1, encodings.utf_8, site, sitecustomize"


def copy_into(root, file):
    """Copy a file to the same place below a root."""
    target = root / str(file).lstrip("/")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(file, target)


def add_program(root, name):
    """Copy a program with its libraries, if it is installed."""
    path = shutil.which(name)
    if not path:
        return
    linked = subprocess.run(["ldd", path], text=True, capture_output=True, check=True).stdout
    for file in [path, *re.findall(r"(/\S+) \(0x", linked)]:
        copy_into(root, file)


def python_files(script):
    """The files of the standard library that a script may import."""
    with tempfile.NamedTemporaryFile("w", suffix=".py") as startup:
        startup.write(STARTUP)
        startup.flush()
        finder = modulefinder.ModuleFinder([str(SCRIPTS / "lib"), *sys.path])
        finder.run_script(startup.name)
        finder.run_script(str(script))
    files = {module.__file__ for module in finder.modules.values() if module.__file__}
    return sorted(file for file in files if file.startswith("/usr/lib/python3"))


def add_kcsctl(root):
    """Install kcsctl as the package does, with the kernel's own modprobe."""
    share = root / "usr/share/kcs-dkms"
    shutil.copytree(SCRIPTS / "lib/kcsctl", share / "lib/kcsctl",
                    ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("kcsctl", "package/kcs.conf", "tests/guest/kcsctl_cut.py"):
        shutil.copy(SCRIPTS / file, share)
    add_program(root, "kmod")
    for folder, name, target in [("sbin", "modprobe", "/usr/bin/kmod"),
                                 ("sbin", "rmmod", "/usr/bin/kmod"),
                                 ("usr/sbin", "kcsctl", "/usr/share/kcs-dkms/kcsctl")]:
        (root / folder).mkdir(parents=True, exist_ok=True)
        (root / folder / name).symlink_to(target)
    for folder in ("run", "etc/modprobe.d"):
        (root / folder).mkdir(parents=True)


@functools.cache
def kcsctl_archive():
    """What a guest needs to run kcsctl, as an archive to be added to its initrd."""
    with tempfile.TemporaryDirectory(prefix="kcs-kcsctl-") as name:
        root = pathlib.Path(name)
        add_program(root, "/usr/bin/python3")
        for file in python_files(SCRIPTS / "kcsctl"):
            copy_into(root, file)
        add_kcsctl(root)
        # An emulated machine takes seconds to compile them.
        compileall.compile_dir(root, quiet=2, stripdir=name,
                               invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
        names = "\n".join(str(path.relative_to(root)) for path in sorted(root.rglob("*")))
        return subprocess.run(["cpio", "--quiet", "-o", "-H", "newc"], check=True, cwd=root,
                              input=names.encode(), stdout=subprocess.PIPE).stdout
