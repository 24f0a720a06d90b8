# SPDX-License-Identifier: GPL-2.0-only
"""What runs the commands that `kcsctl doctor` names, on a made-up machine."""
import os
import shlex
import subprocess

from kcsctl import cli
from kcsctl.checks_boot import HOOKS
from kcsctl_broken import INTERRUPT, MODULES_DEP

def move_text(machine, words):
    """Run echo, printf, sed or cp, in a shell as a person would, on files of the machine."""
    *words, last = words
    target = last.lstrip(">")
    if words[0] == "echo" and target.startswith("/sys/"):
        machine.write(target, " ".join(words[1:]))
        if target.endswith("/kcs_host/bind"):
            machine.put("/proc/interrupts", INTERRUPT)      # it comes this time
        return
    at = shlex.quote(str(machine.at(target)))
    machine.at(target).parent.mkdir(parents=True, exist_ok=True)
    here = [str(machine.at(word)) if word.startswith("/") else word for word in words]
    operator = last[:len(last) - len(target)]
    subprocess.run(f"{shlex.join(here)} {operator}{at}", shell=True, check=True)


def build_modules(machine, release):
    """What DKMS does for a kernel, if it has its headers."""
    assert machine.exists(f"/lib/modules/{release}/build/include")
    machine.put(f"/lib/modules/{release}/modules.dep", machine.read(MODULES_DEP) + "\n" + "\n".join(
        f"updates/dkms/{name}.ko:" for name in ("kcs_host", "kcs_opregion", "kcs_ipmi")))


def install(machine, packages):
    """apt-get install."""
    for name in packages:
        if name.startswith("linux-headers-6"):
            release = name.removeprefix("linux-headers-")
            machine.put(f"/lib/modules/{release}/build/include/x", "")
            build_modules(machine, release)


def follow_rule(machine):
    """What udev does to /dev/ipmi0; the group keeps its number, and the file gets its."""
    text = machine.read("/etc/group").replace(f"root:x:{os.getgid()}:", "root:x:99999:")
    assert "\nipmi:" in text
    machine.put("/etc/group", text.replace("ipmi:x:998:", f"ipmi:x:{os.getgid()}:"))
    machine.at("/dev/ipmi0").chmod(0o660)


def mend(machine, commands):
    """Run commands of a finding on a made-up machine."""
    for command in commands:
        program, *words = shlex.split(command)
        if program == "kcsctl":
            assert cli.main(words, machine) == 0, command
        elif program in ("modprobe", "rmmod"):
            machine.run(program, *words)
        elif program in ("echo", "printf", "sed", "cp"):
            move_text(machine, [program, *words])
        elif program in HOOKS:
            build_modules(machine, *words)
        elif program == "apt-get":
            install(machine, words[1:])
        elif program == "groupadd":
            machine.put("/etc/group", machine.read("/etc/group") + f"\n{words[-1]}:x:998:")
        elif command.startswith("udevadm trigger"):
            follow_rule(machine)
        elif program == "mokutil":
            machine.answers["mokutil"] = "mok.pub is already in the enrollment request"
        elif program == "dkms":
            machine.answers["modinfo"] = "DKMS module signing key"
        else:
            assert command == "udevadm control --reload", command
