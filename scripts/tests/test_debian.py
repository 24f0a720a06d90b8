# SPDX-License-Identifier: GPL-2.0-only
"""The package on a whole Debian machine, 12 and 13: installed, and used over reboots.

As root: /usr/bin/python3 -m pytest scripts/tests/test_debian.py -m debian
"""
import json
import re

import pytest

from debian_case import FIND, OURS, STOCK, boot, statuses, values
from debian_image import SECOND_KERNEL
from test_package import KEPT

pytestmark = pytest.mark.debian

GAP_MS = 3000

DOCTOR = "kcsctl doctor; echo doctor=$?;"
KEPT_BY_SYSTEMD = "/var/tmp/systemd-private-"
GONE = 'if lsmod | grep "^kcs_"; then exit 1; fi;'



# -- Taken. -----------------------------------------------------------------------

def test_package_takes_the_bmc_while_the_machine_runs(installed):
    result, folder = installed[0], installed[1].folder
    found = values(result)
    assert (found["before"], found["installed"], found["ours"]) == (STOCK, STOCK, OURS)
    for asked in ("ipmi", "meter"):
        assert int(found[f"{asked}_gap_ms"]) <= GAP_MS, result.output
        assert int(found[f"{asked}_answers"]) > 0
    for name, driver, regions, next_boot in [("stock", "ipmi_si", "acpi_ipmi", "ipmi_si"),
                                             ("ours", "kcs_host", "kcs_opregion", "kcs_host")]:
        said = json.loads((folder / name).read_text())
        [interface] = said["interfaces"]
        assert (interface["driver"], interface["ipmi"], said["regions"], said["next_boot"],
                said["meters"][0]["watts"]) == (driver, "/dev/ipmi0", regions, next_boot, 187.0)
    print(f"install {found['install_s']} s, take {found['take_ms']} ms in {found['tries']} tries; "
          f"gap of /dev/ipmi0 {found['ipmi_gap_ms']} ms, of the meter {found['meter_gap_ms']} ms")


def test_reboot_finds_ours(taken):
    result = boot(taken, f"""
        served ours; {DOCTOR}
        echo node=$(stat -c %G:%a /dev/ipmi0); echo version=$(uname -r)
    """)
    found = values(result)
    assert (found["ours"], found["doctor"], found["node"]) == (OURS, "0", "ipmi:660"), result.output


def test_second_kernel_gets_modules(taken, suite):
    result = boot(taken, f"""
        echo release=$(uname -r)
        apt-get install -qy --no-install-recommends -t {suite}-backports {SECOND_KERNEL} || exit 1
    """, timeout_s=3600)
    before = values(result)["release"]
    found = values(boot(taken, f"served ours; {DOCTOR} echo release=$(uname -r)"))
    assert found["release"] != before
    assert (found["ours"], found["doctor"]) == (OURS, "0"), found
    print(f"{before}, then {found['release']}")


# -- Given back, and removed. -----------------------------------------------------

def test_package_goes_without_a_trace(taken):
    result = boot(taken, f"""
        served ours; kcsctl give-back --persist || exit 1; served back; {GONE}
        apt-get remove -qy kcs-dkms || exit 1; served removed
        apt-get purge -qy kcs-dkms || exit 1; served purged
        if grep -v "(null)" /sys/bus/p*/devices/*/driver_override; then exit 1; fi
        {FIND} >files-now
    """)
    found = values(result)
    assert found["ours"] == OURS
    assert [found[name] for name in ("back", "removed", "purged")] == [STOCK] * 3
    assert_no_trace(taken)
    found = values(boot(taken, f"served rebooted; {GONE} echo node=$(stat -c %G:%a /dev/ipmi0)"))
    assert (found["rebooted"], found["node"]) == (STOCK, "root:600")


def test_purged_package_serves_until_the_next_boot(taken):
    result = boot(taken, f"""
        apt-get purge -qy kcs-dkms || exit 1; served purged; {FIND} >files-now
    """)
    assert values(result)["purged"] == OURS
    assert "kcs-dkms: kcs0 stays with the loaded modules until the next boot" in result.output
    assert_no_trace(taken)
    assert values(boot(taken, f"served rebooted; {GONE}"))["rebooted"] == STOCK


def assert_no_trace(machine):
    """Check that no file is left of the package."""
    before, now = (set((folder / name).read_text().splitlines())
                   for folder, name in [(machine.parent, "files"), (machine.folder, "files-now")])
    assert {path for path in now - before if not re.match(KEPT_BY_SYSTEMD, path)
            and not KEPT.match(path)} == set()


# -- Refused, or done all the same. -----------------------------------------------

CUT = "/usr/share/kcs-dkms/kcsctl_cut.py"
PUT_CUT = "cp kcsctl_cut.py /usr/share/kcs-dkms;"

# What the machine is like, what kcsctl is to do, its statuses, and who serves the BMC then.
ROWS = [
    ("no_root", "status setpriv --reuid 65534 kcsctl take 2>&1", [1], "take needs root", STOCK),
    ("open_device", "sleep 600 9<>/dev/ipmi0 & sleep 1; status kcsctl take 2>&1; kill $!", [1],
     "/dev/ipmi0 is open in sleep (pid ", STOCK),
    ("twice", "status kcsctl take 2>&1; status kcsctl take 2>&1", [0, 0],
     "IPI0001:00 belongs to kcs_host already", OURS),
    ("open_device_of_ours", "kcsctl take; sleep 600 9<>/dev/ipmi0 & sleep 1; "
     "status kcsctl give-back 2>&1; kill $!", [1], "/dev/ipmi0 is open in sleep (pid ", OURS),
    ("two_at_once", "kcsctl take & first=$!; kcsctl take; wait $first; status [ $? -le 1 ]", [0],
     "belongs to kcs_host", OURS),
]


def test_take_refuses_or_completes(untaken):
    result = boot(untaken, "".join(
        f"echo == {name}; {script}; wait; served {name}; kcsctl give-back 2>&1; "
        f"served {name}_after; {GONE}\n" for name, script, *_ in ROWS))
    found = values(result)
    said = dict(re.findall(r"^== (\w+)\n((?:(?!==).*\n)*)", result.output, re.M))
    for name, _, expected, words, driver in ROWS:
        assert re.findall(r"^status=(\d+)$", said[name], re.M) == list(map(str, expected)), said[name]
        assert words in said[name]
        assert (found[name], found[f"{name}_after"]) == (driver, STOCK), said[name]
    print(f"{len(ROWS)} rows")


@pytest.mark.parametrize("command, other", [("take", "give-back"), ("give-back", "take")],
                         ids=["take", "give_back"])
def test_killed_command_is_run_again(request, taken, untaken, command, other):
    machine, before, after = (untaken, STOCK, OURS) if command == "take" else (taken, OURS, STOCK)
    steps = range(16) if request.config.getoption("full") else (0, 1, 2, 4, 6, 8)
    result = boot(machine, PUT_CUT + f"""
        served begin
        for step in {' '.join(map(str, steps))}; do
            {CUT} kill $step {command}; echo killed=$?
            kcsctl {command} || exit 1; served after_$step
            kcsctl {other} || exit 1; served before_$step
        done
    """)
    found = values(result)
    assert found["begin"] == before
    killed = re.findall(r"^killed=(\d+)$", result.output, re.M)
    assert set(killed) <= {"137", "0"} and killed.count("137") >= 4, result.output
    for step in steps:
        assert (found[f"after_{step}"], found[f"before_{step}"]) == (after, before), result.output
    print(f"{command} was killed at {result.output.count('killed=137')} of {len(steps)} steps")


@pytest.mark.parametrize("step", [1, 4])
def test_power_cut_leaves_a_driver(untaken, step):
    result = untaken.boot(PUT_CUT + f"""
        served begin; {CUT} kill {step} take --persist
        [ $? = 137 ] && echo cut=yes; echo b >/proc/sysrq-trigger; sleep 60
    """)
    assert (values(result)["cut"], result.status) == ("yes", -1), result.output
    found = values(boot(untaken, "served rebooted; kcsctl take --persist || exit 1; served taken"))
    # The file for the next boot is on the disk before the first step.
    assert (found["rebooted"], found["taken"]) == (OURS, OURS)


def test_dead_bmc_is_taken(untaken, suite):
    result = boot(untaken, """
        served begin; ipmitool raw 0x30 0xe1 2 0; sleep 2; start=$(now_ms)
        status kcsctl take 2>&1; echo took_ms=$(($(now_ms) - start)); echo first=$(driver)
        for _ in $(seq 120); do grep -q ready /sys/class/kcs/kcs0/health && break; sleep 1; done
        status kcsctl take 2>&1; served back
    """, bmc=["--silent-from-s", "inf", "--silent-s", "60"])
    found = values(result)
    assert found["begin"] == STOCK and "dead" in result.output
    assert statuses(result) == [0, 0], result.output
    assert (found["first"], found["back"]) == ("kcs_host", OURS)
    print(f"take {found['took_ms']} ms")


def test_armed_watchdog_neither_fires_nor_is_left(untaken):
    result = boot(untaken, """
        modprobe ipmi_watchdog timeout=30 action=reset || exit 1
        exec 8>/dev/watchdog; (while :; do echo x >&8; sleep 1; done) & feeder=$!
        sleep 1; status kcsctl take 2>&1; sleep 35; status kcsctl take 2>&1; echo second=$(driver)
        kill $feeder; wait $feeder; echo -n V >&8; exec 8>&-; rmmod ipmi_watchdog || exit 1
        status kcsctl take 2>&1; sleep 35; echo third=$(driver)
        ipmitool mc watchdog get
    """, bmc="qemu", ssdts=(), arguments="modprobe.blacklist=iTCO_wdt")
    found = values(result)
    assert statuses(result) == [1, 1, 0], result.output
    assert (found["second"], found["third"]) == ("ipmi_si", "kcs_host")
    assert "/dev/watchdog is open in" in result.output


# -- Signed. ----------------------------------------------------------------------

def test_unknown_key_is_refused_with_the_step(taken):
    result = boot(taken, """
        served stock; status kcsctl take 2>&1; kcsctl doctor; echo doctor=$?
        served after; modinfo -F signer kcs_host
        openssl x509 -inform der -in /var/lib/dkms/mok.pub -noout -subject
    """, arguments="module.sig_enforce=1")
    found = values(result)
    assert (found["stock"], found["after"]) == (STOCK, STOCK), result.output
    assert statuses(result) == [3] and found["doctor"] == "5", result.output
    assert "mokutil --import /var/lib/dkms/mok.pub" in result.output
