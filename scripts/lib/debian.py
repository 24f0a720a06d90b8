# SPDX-License-Identifier: GPL-2.0-only
"""A whole Debian machine in QEMU, with a KCS interface at I/O port CA2h.

A boot runs one script, as root, when the system has started, and ends when that has
switched itself off. The disk stays, so the next boot is a reboot.
"""
import contextlib
import dataclasses
import pathlib
import shutil
import subprocess

from vm import compile_ssdt, run, running_bmc

ARGUMENTS = "root=/dev/vda rw console=ttyS0 loglevel=7 panic=-1 oops=panic panic_on_warn=1"

# An emulated machine takes this long for what a server does in seconds.
TIMEOUT_S = 1200

FUNCTIONS = """
driver() { basename "$(readlink /sys/bus/platform/devices/IPI0001:00/driver)"; }
watts() { echo $(($(cat /sys/bus/acpi/devices/ACPI000D:00/power1_average \
    /sys/bus/acpi/devices/ACPI000D:00/physical_node/hwmon/hwmon*/power1_average \
    2>/dev/null) / 1000000)); }
firmware() { ipmitool mc info 2>&1 | sed -n 's/^Firm.*: //p'; }
# The meter's driver keeps a reading for a second, even a bad one.
served() { sleep 1.1; echo "$1=$(driver), $(watts) W, $(firmware)"; }
status() { "$@"; echo "status=$?"; }
now_ms() { date +%s%3N; }
"""


@dataclasses.dataclass
class Result:
    """What a boot left behind."""
    output: str     # what the script printed
    console: str    # what the machine wrote to its console
    requests: str   # what the BMC was asked, one request a line
    status: int     # exit status of the script; -1 when the machine ended before it


class Debian:
    """A disk, and what its boot loader starts; nothing else uses it."""

    def __init__(self, parent, folder):
        """Begin as a machine that is switched off, and stays so."""
        self.parent, self.folder = pathlib.Path(parent), pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        run("qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2",
            "-b", self.parent / "disk", self.folder / "disk")
        for name in ("vmlinuz", "initrd.img"):
            shutil.copy2(self.parent / name, self.folder / name)

    def put(self, file):
        """Put a file into the folder that the machine sees as /run/bed."""
        shutil.copy(file, self.folder)

    def boot(self, script, ssdts=("dcmi",), bmc=(), arguments="", timeout_s=TIMEOUT_S):
        """Boot, and run a script; @bmc as in vm.Machine.boot()."""
        for name in ("status", "output", "console", "requests"):
            (self.folder / name).unlink(missing_ok=True)
        (self.folder / "script").write_text(FUNCTIONS + script)
        tables = [compile_ssdt(ssdt, self.folder) for ssdt in ssdts]
        with running_bmc(bmc, 0, self.folder / "requests") as bmc_arguments:
            died = self._run(list(self._command(tables, bmc_arguments, arguments)), timeout_s)
        return Result(self._read("output"), self._read("console") + died, self._read("requests"),
                      int(self._read("status") or -1))

    def _read(self, name):
        with contextlib.suppress(FileNotFoundError):
            return (self.folder / name).read_text(errors="replace").replace("\r", "")
        return ""

    def _command(self, tables, bmc, arguments):
        yield from ["qemu-system-x86_64", "-M", "q35", "-accel", "tcg,tb-size=512", "-smp", "2",
                    "-m", "2048", "-nodefaults", "-display", "none", "-no-reboot",
                    "-kernel", self.folder / "vmlinuz", "-initrd", self.folder / "initrd.img",
                    "-append", f"{ARGUMENTS} {arguments}",
                    "-drive", f"file={self.folder / 'disk'},if=virtio,cache=unsafe",
                    "-virtfs", f"local,path={self.folder},mount_tag=bed,security_model=none",
                    "-serial", f"file:{self.folder / 'console'}",
                    *bmc, "-device", "isa-ipmi-kcs,bmc=bmc0"]
        for table in tables:
            yield from ["-acpitable", f"file={table}"]

    @staticmethod
    def _run(command, timeout_s):
        try:
            done = subprocess.run(list(map(str, command)), text=True, capture_output=True,
                                  timeout=timeout_s, check=False)
            return done.stderr
        except subprocess.TimeoutExpired:
            return f"\nstill running after {timeout_s} s\n"
