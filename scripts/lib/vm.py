#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Boot a kernel under QEMU with these modules and an emulated BMC, run a script.

The guest is the kernel, busybox and the modules; it has a KCS interface at I/O
port CA2h (IPI0001) whose BMC is scripts/bmc, and an SSDT with a power meter.
What the script prints is printed; its exit status is this program's. Example:

    scripts/vm.py --ssdt dcmi --bmc='--watts 250' \\
        'modprobe kcs_host; modprobe kcs_opregion; modprobe acpi_power_meter; watts'

In the script, watts prints the reading, now_ms a clock, and modprobe knows the
modules of this project, the power meter and the kernel's own IPMI modules.
"""
import argparse
import contextlib
import dataclasses
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

ROOT = pathlib.Path(__file__).resolve().parent.parent
SCRIPTS = ROOT / "scripts"

# Modules of the kernel that the guest gets besides ours, with what they need.
STOCK_MODULES = ["acpi_power_meter", "acpi_ipmi", "ipmi_si", "ipmi_devintf",
                 "ipmi_watchdog", "ipmi_poweroff", "ipmi_ssif", "i2c_i801"]

# Programs that it gets, if they are installed, with the libraries they need.
PROGRAMS = ["ipmitool", "bmc-info", "ipmi-sensors", "ipmi-dcmi", "openipmicmd"]

# The registers of the first and of the second interface.
KCS = ["isa-ipmi-kcs", "isa-ipmi-kcs,ioport=0xcc0,irq=0"]

# One CPU, 2 ns for each instruction.
COUNTED = ["-smp", "1", "-icount", "shift=1,sleep=off"]

# An emulated machine now and then stops before its kernel starts the init: then
# the bed has failed, not what lies in it, and it is made again.
BOOTS_MAX = 3

BOOT_ARGUMENTS = ("console=ttyS0 loglevel=8 panic=-1 oops=panic "
                  "panic_on_warn=1 rdinit=/init")

INIT = r"""#!/bin/sh
/bin/busybox --install -s /bin
mkdir -p /proc /sys /dev /tmp
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
mount -t debugfs debugfs /sys/kernel/debug 2>/dev/null
sh /script </dev/null >/dev/ttyS1 2>&1
status=$?
sync
echo "exit $status" >/dev/ttyS2
poweroff -f
"""

FUNCTIONS = r"""
# Where power meter N is read, while it has its driver: some kernel after 6.12
# made that one of the platform device.
meter() {
    device=/sys/bus/acpi/devices/ACPI000D:0${1:-0}
    set -- $device/power1_average $device/physical_node/hwmon/hwmon*/power1_average
    if [ -e "$2" ]; then echo "$2"; else echo "$1"; fi
}
bound() { [ -e "$(meter)" ]; }
average() { cat "$(meter)"; }
watts() { average | awk '{ printf "%.1f W\n", $1 / 1000000 } END { exit !NR }'; }
# No program is started: under emulation that would be most of what is measured.
now_ms() { read -r up _ </proc/uptime; echo "${up%.*}${up#*.}0"; }
modules() { modprobe kcs_host && modprobe kcs_opregion; }
unload() { rmmod kcs_opregion && echo N >/sys/module/kcs_anchor/parameters/pinned &&
    rmmod kcs_anchor && rmmod kcs_host; }
# Traffic straight to an interface, or from an AML method; prints figures.
load() { { echo "$*" >&3; cat <&3; } 3<>/sys/kernel/debug/kcs_load/run; }
aml() { { echo "$*" >&3; cat <&3; } 3<>/sys/kernel/debug/kcs_aml/run; }
# What an AML method returns, once.
evaluate() { { echo "$1" >&3; cat <&3; } 3<>/sys/kernel/debug/kcs_aml/eval; }
# Wait, 20 s at most, for the message handler's device.
device() { for _ in $(seq 200); do [ -e /dev/ipmi0 ] && return; sleep 0.1; done; false; }
# Wait, 10 s at most, for a line in the kernel's log.
await() { for _ in $(seq 100); do dmesg | grep -q "$1" && return; sleep 0.1; done; false; }
"""


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

    def has(self, option):
        """Is it configured, built in?"""
        auto = (self.build / "include/config/auto.conf").read_text()
        return f"\n{option}=y\n" in auto


def build_modules(kernel, folder):
    """Build our modules for a kernel in a fresh copy, so nothing is stale."""
    for name in ("Kbuild", "drivers", "include", "kunit"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    for stale in folder.rglob("*.o"):
        stale.unlink()
    log = run("make", "-C", kernel.build, f"M={folder}", f"-j{os.cpu_count()}",
              "KCS_LOAD=m", "W=1", "modules")
    if warnings := re.findall(r".*\bwarning: .*", log):
        sys.exit("the build warns:\n" + "\n".join(warnings))
    return sorted(folder.glob("*.ko"))


def compile_ssdt(name, folder):
    """From a name in scripts/acpi, or an .aml or .asl file, to an .aml file.

    NAME:SYMBOL defines a symbol for the compiler.
    """
    name, _, symbol = str(name).partition(":")
    source = SCRIPTS / "acpi" / f"{name}.asl"
    if not source.exists():
        source = pathlib.Path(name)
    if source.suffix == ".aml":
        return source
    aml = folder / f"{source.stem}.aml"
    run("iasl", "-vs", "-vr", "-we", *(["-D", symbol] if symbol else []),
        "-p", aml, source)
    return aml


class Initrd:
    """busybox, modules, the init above; the script is added for each boot."""

    def __init__(self, kernel, modules):
        self._folder = tempfile.TemporaryDirectory(prefix="kcs-initrd-")
        self.root = pathlib.Path(self._folder.name)
        (self.root / "bin").mkdir()
        shutil.copy("/bin/busybox", self.root / "bin")
        (self.root / "bin/sh").symlink_to("busybox")
        (self.root / "bin/mkdir").symlink_to("busybox")
        (self.root / "init").write_text(INIT)
        (self.root / "init").chmod(0o755)
        target = self.root / "lib/modules" / kernel.release
        target.mkdir(parents=True)
        for path in modules:
            shutil.copy(path, target)
        for path in map(pathlib.Path, self._stock(kernel)):
            packed = path.suffix == ".xz"
            with (lzma.open if packed else open)(path, "rb") as module:
                (target / (path.stem if packed else path.name)).write_bytes(module.read())
        for program in PROGRAMS:
            self._add_program(program)
        for index in ("modules.order", "modules.builtin"):
            (target / index).touch()
        run("depmod", "-b", self.root, kernel.release)

    def build_program(self, source):
        run("gcc", "-O2", "-Wall", "-Wextra", "-static", "-o",
            self.root / "bin" / source.stem, source)

    def _add_program(self, name):
        path = shutil.which(name)
        if not path:
            return
        needed = re.findall(r"(/\S+) \(0x", run("ldd", path))
        for file in [path, *needed]:
            target = self.root / file.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, target)

    @staticmethod
    def _stock(kernel):
        lines = run("modprobe", "-d", kernel.modules_root, "-S", kernel.release,
                    "--show-depends", "--all", *STOCK_MODULES).splitlines()
        return {line.split()[1] for line in lines if line.startswith("insmod ")}

    def pack(self, script, cpio):
        (self.root / "script").write_text(FUNCTIONS + script)
        names = "\n".join(str(path.relative_to(self.root))
                          for path in self.root.rglob("*"))
        with open(cpio, "wb") as out:
            subprocess.run(["cpio", "--quiet", "-o", "-H", "newc"], check=True,
                           cwd=self.root, input=names.encode(), stdout=out)


@dataclasses.dataclass
class Result:
    """What a boot left behind."""
    output: str    # what the script printed
    console: str   # the kernel's log
    requests: str  # what the BMC was asked, one request a line
    second: str    # and the second one
    status: int    # exit status of the script; -1 when the guest died first


def external(number, port):
    """QEMU's arguments for a BMC that listens on a port."""
    return ["-chardev", f"socket,id=chr{number},host=127.0.0.1,port={port},reconnect=1",
            "-device", f"ipmi-bmc-extern,id=bmc{number},chardev=chr{number}"]


@contextlib.contextmanager
def our_bmc(options, number, log):
    with open(log, "w+", encoding="ascii") as out:
        bmc = subprocess.Popen([SCRIPTS / "bmc", *options], stdout=subprocess.PIPE,
                               text=True)
        try:
            port = bmc.stdout.readline().split()[-1]
            # From here on the log is the requests.
            copier = subprocess.Popen(["cat"], stdin=bmc.stdout, stdout=out)
            yield external(number, port)
        finally:
            bmc.terminate()
            bmc.wait()
            copier.wait()


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
                                    "-f", SCRIPTS / "openipmi.emu"],
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
        with tempfile.TemporaryDirectory(prefix="kcs-modules-") as folder:
            modules = build_modules(kernel, pathlib.Path(folder))
            self.initrd = Initrd(kernel, modules)

    def boot(self, script, ssdts=(), bmc=(), second_bmc=None, timeout_s=120,
             **hardware):
        """Run a script.

        bmc: options of scripts/bmc; "qemu" for its ipmi-bmc-sim; "openipmi" for
        that project's simulator; None for no BMC.
        counted: one CPU, on which each instruction takes 2 ns: the same figures
        in each run, whatever else the host does.
        irq: the first interface has an interrupt (True); the second never has one.
        cpus: how many (2).
        interface: QEMU's device for the first one (isa-ipmi-kcs).
        kernel_arguments: more of the kernel's command line.
        """
        for boot in range(1, BOOTS_MAX + 1):
            result = self._boot(script, ssdts, [bmc, second_bmc], timeout_s, **hardware)
            if result.status >= 0 or "Run /init" in result.console:
                break
            print(f"(boot {boot} stopped before init)", file=sys.stderr, flush=True)
        return result

    def _boot(self, script, ssdts, bmcs, timeout_s, **hardware):
        with tempfile.TemporaryDirectory(prefix="kcs-vm-") as name:
            folder = pathlib.Path(name)
            self.initrd.pack(script, folder / "initrd")
            tables = [compile_ssdt(ssdt, folder) for ssdt in ssdts]
            with running_bmc(bmcs[0], 0, folder / "bmc0") as first, \
                    running_bmc(bmcs[1], 1, folder / "bmc1") as second:
                died = self._qemu(folder, tables, [first, second], timeout_s, **hardware)
            read = lambda name: (folder / name).read_text(errors="replace") \
                .replace("\r", "")
            end = read("end").split()
            return Result(read("output"), read("console") + died, read("bmc0"),
                          read("bmc1"), int(end[1]) if end else -1)

    def _qemu(self, folder, tables, bmcs, timeout_s, counted=False, irq=True,
              cpus=2, interface=KCS[0], kernel_arguments=""):
        command = ["qemu-system-x86_64", "-M", "q35", "-accel", "tcg", "-m", "768",
                   *(COUNTED if counted else ["-smp", str(cpus)]), "-nodefaults", "-display", "none", "-no-reboot",
                   "-kernel", self.kernel.image, "-initrd", folder / "initrd",
                   "-append", f"{BOOT_ARGUMENTS} {kernel_arguments}"]
        for number, (arguments, device) in enumerate(zip(bmcs, [interface, KCS[1]])):
            if arguments:
                command += [*arguments, "-device", f"{device},bmc=bmc{number}"]
        if not irq:
            command += ["-global", "isa-ipmi-kcs.irq=0"]
        for log in ("console", "output", "end"):
            command += ["-serial", f"file:{folder / log}"]
        for table in tables:
            command += ["-acpitable", f"file={table}"]
        try:
            done = subprocess.run([str(word) for word in command], text=True,
                                  capture_output=True, timeout=timeout_s, check=False)
            return done.stderr
        except subprocess.TimeoutExpired:
            return f"\nstill running after {timeout_s} s\n"


def add_kernel_option(parser):
    parser.add_argument("--kernel", type=pathlib.Path, metavar="FOLDER",
                        help="where a kernel was built, or its packages unpacked "
                        "(the installed one)")


def parse_options():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("script", help="shell script to run in the guest")
    parser.add_argument("--ssdt", action="append", default=[],
                        help="dcmi, dell, spec (each also as NAME:SHORT_BUFFER, "
                        "with 32 bytes instead of 66), or an .asl or .aml file")
    parser.add_argument("--bmc", default="", metavar="OPTIONS",
                        help="options of scripts/bmc")
    parser.add_argument("--no-bmc", action="store_true",
                        help="a machine without a BMC, for kcs_sim")
    add_kernel_option(parser)
    parser.add_argument("--timeout", type=int, default=120, metavar="S")
    parser.add_argument("--log", action="store_true",
                        help="print the kernel's log and the BMC's, too")
    return parser.parse_args()


def main():
    options = parse_options()
    kernel = Kernel.at(options.kernel)
    print(f"building the modules for {kernel.release} ...", file=sys.stderr)
    machine = Machine(kernel)
    print("booting the VM ...", file=sys.stderr)
    result = machine.boot(options.script, options.ssdt,
                          None if options.no_bmc else shlex.split(options.bmc),
                          timeout_s=options.timeout)
    if options.log or result.status < 0:
        print(result.console, result.requests, sep="\n", file=sys.stderr)
    print(result.output, end="")
    sys.exit(result.status if result.status >= 0 else "the guest died")


if __name__ == "__main__":
    main()
