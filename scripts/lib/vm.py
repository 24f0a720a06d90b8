# SPDX-License-Identifier: GPL-2.0-only
"""Boot a kernel under QEMU with these modules and an emulated BMC, run a script.

The guest is the kernel, busybox, the modules and a few programs that speak IPMI; it
has a KCS interface at I/O port CA2h (IPI0001) whose BMC is scripts/bmc, and SSDTs.
By hand: scripts/vm.
"""
import contextlib
import dataclasses
import hashlib
import lzma
import os
import pathlib
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile

from vm_programs import add_program, kcsctl_archive

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SCRIPTS = ROOT / "scripts"
TESTS = SCRIPTS / "tests"
ACPI, GUEST, USER = TESTS / "acpi", TESTS / "guest", TESTS / "user"
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "kcs"

# Builds of the modules that the cache keeps.
BUILDS_MAX = 8

# Modules of the kernel that the guest gets besides ours, with what they need.
STOCK_MODULES = ["acpi_power_meter", "acpi_ipmi", "ipmi_si", "ipmi_devintf",
                 "ipmi_watchdog", "ipmi_poweroff", "ipmi_ssif", "i2c_i801"]

# Programs that it gets, if they are installed, with the libraries they need.
PROGRAMS = ["ipmitool", "bmc-info", "ipmi-sensors", "ipmi-sel", "ipmi-fru",
            "ipmi-chassis", "ipmi-dcmi", "openipmicmd"]

# The registers of the first and of the second interface.
KCS = ["isa-ipmi-kcs", "isa-ipmi-kcs,ioport=0xcc0,irq=0"]

# One CPU, 2 ns for each instruction.
COUNTED = ["-smp", "1", "-icount", "shift=1,sleep=off"]

# isa-debug-exit makes QEMU's exit status 2 n + 1 of an n that is written to its port,
# and guest/init.sh writes 64 + the script's status there. QEMU's own statuses are less.
EXIT_CODE = 2 * 64 + 1

# An emulated machine now and then stops before its kernel starts the init: then
# the bed has failed, not what lies in it, and it is made again.
BOOTS_MAX = 3

BOOT_ARGUMENTS = ("console=ttyS0 loglevel=8 panic=-1 oops=panic "
                  "panic_on_warn=1 rdinit=/init")


def run(*command, **options):
    """Run a host command; its output is shown only when it fails."""
    done = subprocess.run([str(word) for word in command], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False, **options)
    if done.returncode:
        sys.exit(f"{shlex.join(done.args)} failed:\n{done.stdout}")
    return done.stdout


@dataclasses.dataclass
class Kernel:
    """A kernel to boot: its image, its modules and what to build against."""
    release: str
    image: pathlib.Path
    modules_root: pathlib.Path  # what lib/modules is under
    build: pathlib.Path

    @classmethod
    def _stock(cls):
        """The newest installed one that has headers."""
        releases = [path.parent.name
                    for path in pathlib.Path("/lib/modules").glob("*/build")
                    if pathlib.Path(f"/boot/vmlinuz-{path.parent.name}").exists()]
        if not releases:
            sys.exit("no kernel with headers: install linux-image-amd64 and "
                     "linux-headers-amd64")
        release = run("sort", "-V", input="\n".join(releases)).split()[-1]
        return cls(release, pathlib.Path(f"/boot/vmlinuz-{release}"),
                   pathlib.Path("/"), pathlib.Path(f"/lib/modules/{release}/build"))

    @classmethod
    def at(cls, folder):
        """One whose packages were unpacked there, or that was built there."""
        if not folder:
            return cls._stock()
        return cls._unpacked(folder) if (folder / "boot").exists() else cls._built(folder)

    @classmethod
    def _unpacked(cls, root):
        [release] = os.listdir(root / "lib/modules")
        return cls(release, root / f"boot/vmlinuz-{release}", root,
                   root / f"usr/src/linux-headers-{release}")

    @classmethod
    def _built(cls, build):
        release = (build / "include/config/kernel.release").read_text().strip()
        return cls(release, build / "arch/x86/boot/bzImage",
                   build / "modules_root", build)

    def interface(self):
        """The files that a module depends on, and their content."""
        return [(name, (self.build / name).read_bytes())
                for name in ("include/config/auto.conf", "Module.symvers")]

    @property
    def is_sanitized(self):
        """Whether it finds bugs in memory, and is slow."""
        return b"\nCONFIG_KASAN=y\n" in dict(self.interface())["include/config/auto.conf"]


def sources():
    """The files that a build of the modules reads, by their name from the root on."""
    return {path.relative_to(ROOT): path.read_bytes() for name in ("drivers", "include", "kunit")
            for path in sorted((ROOT / name).rglob("*.[ch]"))} | {
                pathlib.Path("Kbuild"): (ROOT / "Kbuild").read_bytes()}


def compile_modules(kernel, files, folder):
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    log = run("make", "-C", kernel.build, f"M={folder}", f"-j{os.cpu_count()}",
              "KCS_LOAD=m", "W=1", "modules")
    if warnings := re.findall(r".*\bwarning: .*", log):
        sys.exit("the build warns:\n" + "\n".join(warnings))


def drop_old(cache):
    """Of the builds, keep the last ones used; another run may do the same just now."""
    with contextlib.suppress(OSError):
        builds = [path for path in cache.iterdir() if not path.name.startswith("new-")]
        for old in sorted(builds, key=os.path.getmtime)[:-BUILDS_MAX]:
            with tempfile.TemporaryDirectory(prefix="new-", dir=cache) as gone:
                old.rename(pathlib.Path(gone) / "old")


def build_modules(kernel):
    """Our modules for a kernel; the cache keeps what was built from the same files."""
    files = sources()
    key = hashlib.sha256(run("gcc", "--version").encode())
    for name, content in [*files.items(), *kernel.interface()]:
        key.update(f"{name} {len(content)}\n".encode() + content)
    cache = CACHE / "modules"
    target = cache / f"{kernel.release}-{key.hexdigest()[:16]}"
    if not target.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="new-", dir=cache) as name:
            folder = pathlib.Path(name)
            compile_modules(kernel, files, folder / "build")
            (folder / "modules").mkdir()
            for path in (folder / "build").glob("*.ko"):
                shutil.move(path, folder / "modules")
            # Another run may have built the same meanwhile.
            with contextlib.suppress(OSError):
                os.rename(folder / "modules", target)
    os.utime(target)
    drop_old(cache)
    return sorted(target.glob("*.ko"))


def compile_ssdt(name, folder):
    """From a name in scripts/tests/acpi, or an .aml or .asl file, to an .aml file.

    NAME:SYMBOL defines a symbol for the compiler.
    """
    name, _, symbol = str(name).partition(":")
    source = ACPI / f"{name}.asl"
    if not source.exists():
        source = pathlib.Path(name)
    if source.suffix == ".aml":
        return source
    aml = folder / f"{source.stem}.aml"
    run("iasl", "-vs", "-vr", "-we", *(["-D", symbol] if symbol else []),
        "-p", aml, source)
    return aml


class Initrd:
    """busybox, modules, programs, init; the script is added for each boot."""

    def __init__(self, kernel, modules):
        self._folder = tempfile.TemporaryDirectory(prefix="kcs-initrd-")
        self.root = pathlib.Path(self._folder.name)
        (self.root / "bin").mkdir()
        shutil.copy("/bin/busybox", self.root / "bin")
        (self.root / "bin/sh").symlink_to("busybox")
        (self.root / "bin/mkdir").symlink_to("busybox")
        shutil.copy(GUEST / "init.sh", self.root / "init")
        target = self.root / "lib/modules" / kernel.release
        target.mkdir(parents=True)
        for path in modules:
            shutil.copy(path, target)
        for path in map(pathlib.Path, self._stock(kernel)):
            packed = path.suffix == ".xz"
            with (lzma.open if packed else open)(path, "rb") as module:
                (target / (path.stem if packed else path.name)).write_bytes(module.read())
        for program in PROGRAMS:
            add_program(self.root, program)
        for index in ("modules.order", "modules.builtin"):
            (target / index).touch()
        run("depmod", "-b", self.root, kernel.release)

    def build_program(self, source):
        """Add one of tests/user, once."""
        program = self.root / "bin" / source.stem
        if not program.exists():
            run("gcc", "-O2", "-Wall", "-Wextra", "-static", "-o", program, source)

    @staticmethod
    def _stock(kernel):
        lines = run("modprobe", "-d", kernel.modules_root, "-S", kernel.release,
                    "--show-depends", "--all", *STOCK_MODULES).splitlines()
        return {line.split()[1] for line in lines if line.startswith("insmod ")}

    def pack(self, script, cpio, kcsctl):
        (self.root / "script").write_text((GUEST / "functions.sh").read_text() + script)
        names = "\n".join(str(path.relative_to(self.root))
                          for path in self.root.rglob("*"))
        with open(cpio, "wb") as out:
            subprocess.run(["cpio", "--quiet", "-o", "-H", "newc"], check=True,
                           cwd=self.root, input=names.encode(), stdout=out)
            out.write(kcsctl_archive() if kcsctl else b"")


@dataclasses.dataclass
class Result:
    """What a boot left behind."""
    output: str    # what the script printed
    console: str   # the kernel's log
    requests: str  # what the BMC was asked, one request a line
    second: str    # and the second one
    status: int    # exit status of the script; -1 when the guest ended before it


def external(number, port):
    """QEMU's arguments for a BMC that listens on a port."""
    return ["-chardev", f"socket,id=chr{number},host=127.0.0.1,port={port},reconnect=1",
            "-device", f"ipmi-bmc-extern,id=bmc{number},chardev=chr{number}"]


@contextlib.contextmanager
def our_bmc(options, number, log):
    with open(log, "w", encoding="ascii") as out, subprocess.Popen(
            [SCRIPTS / "bmc", *options], stdout=subprocess.PIPE, text=True) as bmc:
        try:
            port = bmc.stdout.readline().split()[-1]
            # From here on the log is the requests; it ends with the BMC.
            with subprocess.Popen(["cat"], stdin=bmc.stdout, stdout=out):
                try:
                    yield external(number, port)
                finally:
                    bmc.terminate()
        finally:
            bmc.terminate()


@contextlib.contextmanager
def openipmi_bmc(number, log):
    """OpenIPMI's simulator; it is told its port, so one must be free."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="kcs-openipmi-") as name:
        config = pathlib.Path(name) / "lan.conf"
        config.write_text(f'name "kcs"\nset_working_mc 0x20\n'
                          f"serial 15 127.0.0.1 {port} codec VM\n")
        with open(log, "w", encoding="ascii") as out:
            bmc = subprocess.Popen(["ipmi_sim", "-n", "-s", name, "-c", config,
                                    "-f", SCRIPTS / "lib/openipmi.emu"],
                                   stdout=out, stderr=out, stdin=subprocess.DEVNULL)
            try:
                yield external(number, port)
            finally:
                bmc.terminate()
                bmc.wait()


@contextlib.contextmanager
def running_bmc(bmc, number, log):
    """Yields what QEMU is to be told of it; see Machine.boot()."""
    log.touch()
    if bmc is None:
        yield []
    elif bmc == "qemu":
        yield ["-device", f"ipmi-bmc-sim,id=bmc{number}"]
    else:
        with openipmi_bmc(number, log) if bmc == "openipmi" else \
                our_bmc(bmc, number, log) as arguments:
            yield arguments


class Machine:
    """A kernel with our modules, ready to be booted any number of times."""

    def __init__(self, kernel):
        self.kernel = kernel
        self.initrd = Initrd(kernel, build_modules(kernel))

    def boot(self, script, ssdts=(), bmc=(), second_bmc=None, timeout_s=120,
             **hardware):
        """Run a script.

        bmc: options of scripts/bmc; "qemu" for its ipmi-bmc-sim; "openipmi" for
        that project's simulator; None for no BMC.
        counted: one CPU, on which each instruction takes 2 ns: the same figures
        in each run, whatever else the host does.
        irq: the first interface has an interrupt (True); the second never has one.
        cpus: how many (2).
        interface: QEMU's device for the first one (isa-ipmi-kcs); second_interface.
        kernel_arguments: more of the kernel's command line.
        switches_off: the guest is to switch itself off when the script has ended.
        smbios: records as bytes, in place of those that QEMU has of their types.
        kcsctl: the guest gets Python and kcsctl, and kmod in place of busybox's modprobe.
        """
        for boot in range(1, BOOTS_MAX + 1):
            result = self._boot(script, ssdts, [bmc, second_bmc], timeout_s, **hardware)
            if result.status >= 0 or "Run /init" in result.console:
                break
            print(f"(boot {boot} stopped before init)", file=sys.stderr, flush=True)
        return result

    def _boot(self, script, ssdts, bmcs, timeout_s, kcsctl=False, **hardware):
        with tempfile.TemporaryDirectory(prefix="kcs-vm-") as name:
            folder = pathlib.Path(name)
            self.initrd.pack(script, folder / "initrd", kcsctl)
            tables = [compile_ssdt(ssdt, folder) for ssdt in ssdts]
            with running_bmc(bmcs[0], 0, folder / "bmc0") as first, \
                    running_bmc(bmcs[1], 1, folder / "bmc1") as second:
                code, died = self._qemu(folder, tables, [first, second], timeout_s, **hardware)
            read = lambda name: (folder / name).read_text(errors="replace") \
                .replace("\r", "")
            return Result(read("output"), read("console") + died, read("bmc0"), read("bmc1"),
                          (code - EXIT_CODE) // 2 if code >= EXIT_CODE else -1)

    def _command(self, folder, counted=False, irq=True, cpus=2, interface=KCS[0],
                 second_interface=KCS[1], kernel_arguments="", switches_off=False, smbios=(), bmcs=(), tables=()):
        yield from ["qemu-system-x86_64", "-M", "q35", "-accel", "tcg", "-m", "768",
                    "-nodefaults", "-display", "none", "-no-reboot",
                    "-kernel", self.kernel.image, "-initrd", folder / "initrd",
                    "-append", f"{BOOT_ARGUMENTS} {kernel_arguments}",
                    "-serial", f"file:{folder / 'console'}", "-serial", f"file:{folder / 'output'}"]
        yield from COUNTED if counted else ["-smp", cpus]
        if not switches_off:
            yield from ["-device", "isa-debug-exit,iobase=0xf4,iosize=1"]
        for number, (arguments, device) in enumerate(zip(bmcs, [interface, second_interface])):
            if arguments:
                yield from [*arguments, "-device", f"{device},bmc=bmc{number}"]
        if not irq:
            yield from ["-global", "isa-ipmi-kcs.irq=0"]
        for table in tables:
            yield from ["-acpitable", f"file={table}"]
        for number, record in enumerate(smbios):
            (folder / f"smbios{number}").write_bytes(record)
            yield from ["-smbios", f"file={folder}/smbios{number}"]

    def _qemu(self, folder, tables, bmcs, timeout_s, **hardware):
        command = self._command(folder, bmcs=bmcs, tables=tables, **hardware)
        try:
            done = subprocess.run(list(map(str, command)), text=True, capture_output=True,
                                  timeout=timeout_s, check=False)
            return done.returncode, done.stderr
        except subprocess.TimeoutExpired:
            return -1, f"\nstill running after {timeout_s} s\n"
