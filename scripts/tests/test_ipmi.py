# SPDX-License-Identifier: GPL-2.0-only
"""/dev/ipmi0 in a VM: programs that speak IPMI, over ours and over the in-tree driver.

The BMCs are QEMU's ipmi-bmc-sim, scripts/bmc, and OpenIPMI's ipmi_sim.
"""
import re

import pytest

from vm import USER
from vm_case import VmCase
from vm_table import columns

# Two print or return what they find in memory of their own, over any driver:
# bmc-info what it makes of channels, ipmitool fru its exit status.
TOOLS = [f"ipmitool {words}" for words in (
    "mc info", "sdr", "sensor", "sel list", "sel info", "fru; true", "mc guid", "mc getenables",
    "chassis status", "raw 6 1", "raw 0x30 0xee 1 2 3", "raw 4 0x2d 1", "dcmi power reading",
    "channel info", "mc selftest")] + [
    "bmc-info --driver-type=openipmi --get-device-id", "ipmi-sensors --driver-type=openipmi",
    "ipmi-dcmi --driver-type=openipmi --get-system-power-statistics",
    "openipmicmd -k '0f 00 06 01' smi 0"]

# QEMU's has a satellite controller behind it: its answer comes by SMS_ATN.
SATELLITE = ["ipmitool -t 0x40 raw 6 1"]

# What differs from one second to the next.
TIMES = re.compile(r"\d\d/\d\d/\d\d(?:\d\d)?|\d\d:\d\d:\d\d|IPMI timestamp: .*|"
                   r"(?:\w{3} ){2} ?\d+ [\d:]+ \d{4}|Time Stamp .*")

# A program that asks and takes the time.
CLOCK = USER / "ipmi_clock.c"

PRELUDE = r"""
for module in ipmi_msghandler ipmi_devintf; do modprobe $module; done
ours() { modprobe kcs_host && modprobe kcs_ipmi && device; }
answers() { ipmitool raw 6 1 >/dev/null 2>&1; }
"""


@pytest.fixture(scope="class")
def table_of_tools(request, show):
    yield
    table = request.cls.table
    bmcs = sorted({bmc for row in table.values() for bmc in row})
    show("programs, over both drivers", columns([("", *bmcs)] + [
        (tool, *(row.get(bmc, "-") for bmc in bmcs)) for tool, row in table.items()]))


@pytest.mark.usefixtures("table_of_tools")
@pytest.mark.xdist_group("tools")
class ToolTest(VmCase):
    """Every program prints the same, byte for byte, over both drivers."""

    table = {}  # of each tool, what came of it on each BMC

    def run_tools(self, bmc, tools):
        result = self.boot(PRELUDE + """
            cat >/tools <<'END'\n""" + "\n".join(tools) + """\nEND
            tools() {
                rm -rf /tmp/.freeipmi
                while read -r tool; do
                    echo "$1 == $tool"; timeout 60 sh -c "$tool" </dev/null 2>&1
                    echo "exit $?"
                done </tools
            }
            ours && tools ours && rmmod kcs_ipmi && rmmod kcs_host || exit 1
            modprobe ipmi_si && device && tools theirs
        """, bmc=bmc, timeout_s=600 * self.pace)
        outputs = {}
        for stack, tool, text in re.findall(r"^(ours|theirs) == (.*)\n((?:(?!ours ==|theirs ==).*\n)*)",
                                            result.output, re.M):
            outputs.setdefault(tool, {})[stack] = TIMES.sub("(time)", text)
        return outputs

    def check(self, name, bmc, tools=()):
        tools = [*TOOLS, *tools]
        outputs = self.run_tools(bmc, tools)
        self.assertEqual(set(outputs), set(tools))
        for tool, both in outputs.items():
            same = both["ours"] == both["theirs"]
            self.table.setdefault(tool, {})[name] = \
                f"{'same' if same else 'DIFFERENT'}, {len(both['ours'])} bytes"
        for tool, both in outputs.items():
            self.assertEqual(both["ours"], both["theirs"], tool)
            self.assertNotRegex(both["ours"], r"(?m)^(?:sh|timeout): |^exit 12[4-7]$", tool)
        self.assertIn("exit 0", outputs["ipmitool mc info"]["ours"])
        return outputs

    @pytest.mark.backports
    def test_tools_print_the_same_on_qemus_bmc(self):
        outputs = self.check("QEMU", "qemu", SATELLITE)
        self.assertIn("exit 0", outputs[SATELLITE[0]]["ours"])

    def test_tools_print_the_same_on_our_bmc(self):
        self.check("ours", ())

    def test_tools_print_the_same_on_openipmis_bmc(self):
        self.check("OpenIPMI", "openipmi")


class DeviceTest(VmCase):
    """/dev/ipmi0 when things go wrong, or away."""

    def test_programs_and_firmware_share_the_interface(self):
        loops = 1000 if self.full else 40
        result = self.boot(PRELUDE + rf"""
            ours && modprobe kcs_opregion && modprobe kcs_aml || exit 1
            ( while [ ! -e /tmp/over ]; do
                aml method=\\_SB.WATT threads=2 ms=5000 expect=187 | sed 's/^/aml /'
            done ) &
            reader=$!
            for client in 1 2 3 4 5 6 7 8; do
                ( good=0; for i in $(seq {loops}); do
                    set -- $((i / 256)) $((i % 256))
                    want=" $(printf '%02x %02x %02x' $client $1 $2)"
                    [ "$(ipmitool raw 0x30 0xee $client $1 $2 2>/dev/null)" = "$want" ] &&
                        good=$((good + 1)) || echo "bad $client $i"
                done; echo good=$good ) &
                clients="$clients $!"
            done
            wait $clients; touch /tmp/over; wait $reader
        """, ssdts=["region"], bmc=["--think-ms", "1"], timeout_s=200 + 5 * loops)
        print(f"8 x {loops},", end=" ", flush=True)
        self.assertEqual(result.output.count(f"good={loops}\n"), 8)
        self.assertNotIn("bad", result.output)
        self.assertRegex(result.output, r"aml ok=[1-9]\d* foreign=0 ")
        self.assertNotRegex(result.output, r" E\d+=")

    def test_silent_bmc_costs_a_deadline_and_comes_back_by_itself(self):
        # Not ipmitool: it asks again when it gets C3h.
        self.machine.initrd.build_program(CLOCK)
        result = self.boot(PRELUDE + """
            modprobe kcs_sim && await "BMC ready" && modprobe kcs_ipmi && device || exit 1
            echo "silence after_ms=4000 for_ms=8000" >/sys/kernel/debug/kcs_sim/fault
            for _ in $(seq 60); do ipmi_clock 06 01 1 || exit 1; sleep 0.3; done
            answers && echo back=1
        """, bmc=None, timeout_s=200, counted=True)
        self.assertEqual(self.values(result)["back"], 1)
        codes = re.findall(r"^cc=(\w+)", result.output, re.M)
        worst_s = max(int(ns) for ns in re.findall(r"^worst_ns=(\d+)", result.output, re.M)) / 1e9
        lost = sum(code != "00" for code in codes)
        print(f"worst {worst_s:.1f} s, {lost} of {len(codes)} lost,", end=" ")
        self.assertGreater(lost, 0)
        self.assertEqual(len(codes), 60)
        self.assertLess(worst_s, 5.5)

    def test_interface_goes_while_a_file_is_open_and_comes_back(self):
        result = self.boot(PRELUDE + """
            ours || exit 1
            exec 4<>/dev/ipmi0
            ( while [ -e /tmp/go ]; do answers; done ) &
            touch /tmp/go; sleep 1
            start=$(now_ms)
            echo IPI0001:00 >/sys/bus/platform/drivers/kcs_host/unbind
            echo unbind_ms=$(($(now_ms) - start))
            answers && echo answers=yes || echo answers=no
            exec 4>&-
            echo IPI0001:00 >/sys/bus/platform/drivers/kcs_host/bind
            sleep 1; device; answers && echo back=1
            rm -f /tmp/go; wait
            rmmod kcs_ipmi && rmmod kcs_host && echo removed=1
        """, bmc=["--think-ms", "20"])
        values = self.values(result)
        self.assertEqual((values["answers"], values["back"], values["removed"]),
                         ("no", 1, 1))
        self.assertLess(values["unbind_ms"], 2000 * self.pace)

    def test_bridge_and_interface_go_at_a_time(self):
        rounds = 200 if self.full else 10
        result = self.boot(PRELUDE + f"""
            for i in $(seq {rounds}); do
                modprobe kcs_sim && modprobe kcs_ipmi || exit 1
                answers & [ $((i % 2)) = 0 ] && sleep 0.05
                # A program that has the device open keeps the module.
                ( until rmmod kcs_ipmi 2>/dev/null; do :; done ) & first=$!
                rmmod kcs_sim & second=$!
                wait $first && wait $second || exit 1
            done; echo rounds=$i; [ -e /dev/ipmi0 ] || echo gone=1
        """, bmc=None, timeout_s=200 + 5 * rounds * self.pace)
        self.assertEqual(self.values(result), {"rounds": rounds, "gone": 1})

    def test_firmware_command_and_what_follows_may_take_long(self):
        self.machine.initrd.build_program(CLOCK)
        result = self.boot(PRELUDE + """
            modprobe kcs_sim && await "BMC ready" && modprobe kcs_ipmi && device || exit 1
            sleep 1; echo 7000000 >/sys/kernel/debug/kcs_sim/think_us
            ipmi_clock 08 01 1 | sed 's/^/firmware_/'; ipmi_clock 30 ee 1 | sed 's/^/other_/'
        """, bmc=None, counted=True)
        values = self.values(result)
        # The BMC's own answers: the deadline is not the usual 5 s.
        self.assertEqual((values["firmware_cc"], values["other_cc"]), ("c1", 0))
        self.assertGreater(values["firmware_median_ns"], 6.9e9)
        self.assertGreater(values["other_median_ns"], 6.9e9)

    def test_device_is_there_when_modprobe_returns(self):
        result = self.boot(PRELUDE + """
            modprobe kcs_host && await "BMC ready" && start=$(now_ms) || exit 1
            modprobe kcs_ipmi; [ -e /dev/ipmi0 ] && echo there=1 ms=$(($(now_ms) - start))
            cd /sys/bus/platform/drivers/kcs_host
            echo IPI0001:00 >unbind; [ -e /dev/ipmi0 ] || echo gone=1
            echo IPI0001:00 >bind; start=$(now_ms)
            until [ -e /dev/ipmi0 ]; do :; done; echo bind_ms=$(($(now_ms) - start))
            rmmod kcs_ipmi && start=$(now_ms) && insmod $(modinfo -n kcs_ipmi) || exit 1
            [ -e /dev/ipmi0 ] && echo again_ms=$(($(now_ms) - start))
        """, bmc="qemu", counted=True)
        values = self.values(result)
        print({name: value for name, value in values.items() if "ms" in name}, end=" ")
        self.assertIn("there=1", result.output)
        self.assertEqual(values["gone"], 1)
        self.assertLess(values["bind_ms"], 100 * self.pace)
        self.assertLess(values["again_ms"], 100 * self.pace)

    def test_outage_makes_few_lines_whatever_readers_do(self):
        result = self.boot(PRELUDE + """
            modprobe kcs_sim && await "BMC ready" && modprobe kcs_ipmi || exit 1
            file=$(echo /sys/class/ipmi/ipmi0/device/bmc/firmware_revision)
            cat $file && sed -i s/x/y/ /tmp/none 2>/dev/null; dmesg -c >/dev/null
            echo silence >/sys/kernel/debug/kcs_sim/fault
            for i in 1 2 3 4 5 6; do while :; do cat $file >/dev/null 2>&1; done & done
            for i in $(seq 30); do cat $file >/dev/null; sleep 1; done
            echo none >/sys/kernel/debug/kcs_sim/fault
            for _ in $(seq 100); do answers && echo back=1 && break; sleep 0.1; done
            kill $(jobs -p); dmesg | sed 's/^/line: /'
        """, bmc=None, timeout_s=200)
        lines = re.findall(r"^line: (.*)", result.output, re.M)
        print(f"{len(lines)} lines,", end=" ", flush=True)
        self.assertEqual(self.values(result)["back"], 1)
        self.assertLessEqual(len(lines), 6, lines)
        self.assertIn("BMC dead", "\n".join(lines))

    def test_late_bmc_is_registered_when_it_comes(self):
        result = self.boot(PRELUDE + """
            modprobe kcs_host && modprobe kcs_ipmi || exit 1
            sleep 3; [ -e /dev/ipmi0 ] && echo early=1 || echo early=0
            device && answers && echo late=1
        """, bmc=["--silent-s", "6"])
        self.assertEqual(self.values(result), {"early": 0, "late": 1})

    def test_bmc_that_does_not_tell_who_it_is_is_asked_again(self):
        result = self.boot(PRELUDE + """
            modprobe kcs_sim && await "BMC ready" || exit 1
            echo code command=0601 code=d5 times=1 >/sys/kernel/debug/kcs_sim/fault
            modprobe kcs_ipmi && await "trying again" || exit 1
            [ -e /dev/ipmi0 ] && echo early=1 || echo early=0
            device && answers && echo late=1
        """, bmc=None)
        self.assertEqual(self.values(result), {"early": 0, "late": 1})
        self.assertEqual(result.console.count("no /dev/ipmi yet"), 1)

    @pytest.mark.backports
    def test_acpi_ipmi_finds_its_bmc_in_ours(self):
        result = self.boot(PRELUDE + """
            ours && modprobe acpi_ipmi && modprobe acpi_power_meter || exit 1
            sleep 1; echo watts=$(watts)
        """, ssdts=["dcmi"])
        self.assertEqual(self.values(result)["watts"], "187.0 W")


class WatchdogTest(VmCase):
    """The kernel's IPMI watchdog on top."""

    LOAD = PRELUDE + """
        ours && modprobe ipmi_watchdog timeout=4 action=reset || exit 1
        exec 4>/dev/watchdog && echo . >&4 || exit 1
    """

    def test_watchdog_that_is_petted_keeps_the_machine(self):
        result = self.boot(self.LOAD + """
            for _ in $(seq 8); do echo . >&4; sleep 1; done
            ipmitool mc watchdog get | grep -i "timer is\\|countdown"
            echo V >&4; exec 4>&-; echo alive=1
        """, bmc="qemu", counted=True)
        self.assertEqual(self.values(result)["alive"], 1)
        self.assertIn("Started/Running", result.output)

    # On a simulated BMC: a timer that never expires, and any fault.
    HEARTBEATS = PRELUDE + """
        modprobe kcs_sim && await "BMC ready" && modprobe kcs_ipmi || exit 1
        modprobe ipmi_watchdog timeout=20 && exec 4>/dev/watchdog && echo . >&4 || exit 1
        fault() { echo "$*" >/sys/kernel/debug/kcs_sim/fault; }
        ipmi_clock 08 01 1 >/dev/null   # as for new firmware: 30 s of maintenance
        pets() { for _ in $(seq $1); do
            start=$(now_ms); echo . >&4 || echo lost=$i
            echo pet=$(($(now_ms) - start)); sleep 0.1; done; }
    """

    def pets(self, script):
        self.machine.initrd.build_program(CLOCK)
        result = self.boot(self.HEARTBEATS + script + "\necho V >&4; exec 4>&-", bmc=None,
                           timeout_s=200, counted=True)
        worst_ms = max(map(int, re.findall(r"pet=(\d+)", result.output)))
        print(f"worst {worst_ms} ms,", end=" ", flush=True)
        self.assertNotIn("lost=", result.output)
        return result, worst_ms

    def test_heartbeat_does_not_wait_for_a_refused_request(self):
        result, worst_ms = self.pets("""
            fault code command=042d code=d1
            ipmi_clock 04 2d 20 100000 & pets 20; wait
        """)
        values = self.values(result)
        self.assertEqual(values["cc"], "d1")
        self.assertLess(values["worst_ns"], 500e6 * self.pace)
        self.assertLessEqual(worst_ms, 100 * self.pace)

    def test_heartbeat_does_not_wait_for_a_flood(self):
        _, worst_ms = self.pets("""
            echo 1000 >/sys/kernel/debug/kcs_sim/think_us
            for i in 1 2 3 4 5 6 7 8; do ipmi_clock 30 ee 100000 & done
            pets 30; kill $(jobs -p)
        """)
        self.assertLessEqual(worst_ms, 110 * self.pace)

    def test_silent_bmc_holds_what_is_before_a_heartbeat_for_a_message(self):
        result, _ = self.pets("""
            fault silence; ipmi_clock 30 ee 1; ipmi_clock 30 ee 1; fault none
            while grep -q dead /sys/class/kcs/kcs*/health; do sleep 0.1; done; pets 1
        """)
        worst_s = max(map(int, re.findall(r"worst_ns=(\d+)", result.output))) / 1e9
        self.assertLess(worst_s, 5.5)

    def test_watchdog_that_expires_resets_the_machine(self):
        result = self.machine.boot(self.LOAD + "echo armed; sleep 30; echo alive=1",
                                   bmc="qemu", counted=True)
        self.assertIn("armed", result.output)
        self.assertNotIn("alive", result.output)
        self.assertEqual(result.status, -1)
        self.assertNotRegex(result.console, "still running|Kernel panic|Call Trace:")

    def test_pretimeout_arrives(self):
        result = self.boot(PRELUDE + """
            ours || exit 1
            modprobe ipmi_watchdog timeout=20 pretimeout=18 preaction=pre_int \
                preop=preop_give_data action=reset || exit 1
            exec 4<>/dev/watchdog && echo . >&4 || exit 1
            start=$(now_ms)
            timeout 15 dd bs=1 count=1 <&4 2>/dev/null | wc -c | sed 's/^/bytes=/'
            echo pretimeout_ms=$(($(now_ms) - start))
            echo V >&4
        """, bmc="qemu", counted=True)
        values = self.values(result)
        self.assertEqual(values["bytes"], 1)
        self.assertGreater(values["pretimeout_ms"], 1000)
        self.assertLess(values["pretimeout_ms"], 5000 * self.pace)


class PanicTest(VmCase):
    """When nothing else runs any more."""

    # Platform Event: OS stop, run-time critical (table 42-3, 20h).
    OS_STOP = r"(?m)^04 02 410320..6f"

    def panic(self, op, before, **options):
        result = self.machine.boot(PRELUDE + f"""
            ours && echo {op} >/sys/module/ipmi_msghandler/parameters/panic_op || exit 1
            {before}
            echo armed; echo c >/proc/sysrq-trigger; sleep 30
        """, timeout_s=60, **options)
        self.assertIn("armed", result.output)
        self.assertEqual(result.status, -1)
        for unwanted in ("still running", "WARNING:"):
            self.assertEqual(result.console.count(unwanted), 0, unwanted)
        return result

    def test_panic_is_written_to_the_event_log(self):
        self.assertRegex(self.panic("event", "").requests, self.OS_STOP)

    @pytest.mark.alone
    def test_message_on_its_way_is_not_sent_twice_in_a_panic(self):
        self.machine.initrd.build_program(CLOCK)
        result = self.panic("event", """
            sent() { cat /sys/bus/platform/devices/IPI0001:00/kcs/kcs*/requests; }
            sleep 2; before=$(sent); ipmi_clock 30 ee 1 &
            until [ $(sent) -gt $before ]; do :; done
        """, bmc=["--think-ms", "300"])
        self.assertEqual(len(re.findall(r"(?m)^30 ee", result.requests)), 1, result.requests)
        self.assertRegex(result.requests, self.OS_STOP)

    # Half a second for each of those who wait would be more than the boot may take.
    @pytest.mark.alone
    def test_panic_with_a_silent_bmc_reboots_whoever_waits(self):
        self.machine.initrd.build_program(CLOCK)
        self.panic("event", """
            echo 300 >/sys/module/ipmi_msghandler/parameters/max_users
            sleep 5; for _ in $(seq 200); do ipmi_clock 30 ee 1 & done
        """, bmc=["--silent-from-s", "3", "--silent-s", "inf"])

    @pytest.mark.alone
    def test_panic_with_a_bmc_that_errs_reboots_whoever_waits(self):
        self.machine.initrd.build_program(CLOCK)
        result = self.machine.boot(PRELUDE + """
            modprobe kcs_sim && await "BMC ready" && modprobe kcs_ipmi || exit 1
            echo event >/sys/module/ipmi_msghandler/parameters/panic_op
            echo 300 >/sys/module/ipmi_msghandler/parameters/max_users
            echo 300000 >/sys/kernel/debug/kcs_sim/think_us
            for _ in $(seq 200); do ipmi_clock 30 ee 1 & done; sleep 1
            echo error >/sys/kernel/debug/kcs_sim/fault
            echo armed; echo c >/proc/sysrq-trigger; sleep 30
        """, bmc=None, timeout_s=60)
        self.assertIn("armed", result.output)
        self.assertEqual(result.status, -1)
        self.assertNotIn("still running", result.console)


class PowerOffTest(VmCase):
    """A machine that ACPI cannot switch off: the BMC does."""

    def switch_off(self, before, **options):
        """Which way it ended."""
        result = self.machine.boot(PRELUDE + f"ours && {before} && echo armed", ["no_s5"],
                                   ["--chassis"], timeout_s=60, switches_off=True, **options)
        self.assertIn("armed", result.output)
        return re.search("Kernel panic|still running|$", result.console)[0] or \
            re.search("(?m)^00 02 00", result.requests)[0]

    def test_machine_is_switched_off_beside_a_program(self):
        self.machine.initrd.build_program(CLOCK)
        self.assertEqual(self.switch_off(
            "modprobe ipmi_poweroff && await poweroff && { ipmi_clock 30 ee 1000000 & }"),
                         "00 02 00")

    def test_machine_is_switched_off_with_interrupts_on(self):
        self.assertEqual(self.switch_off(
            "modprobe ipmi_poweroff && await poweroff", cpus=1,
            kernel_arguments="reboot=force"), "00 02 00")

    # Then init is left, and ends.
    def test_without_it_nothing_switches_it_off(self):
        self.assertEqual(self.switch_off("true"), "Kernel panic")


class CostTest(VmCase):
    """What a message costs the machine, in the bed that counts instructions."""

    def test_get_device_id_costs_less_than_over_the_in_tree_driver(self):
        self.machine.initrd.build_program(CLOCK)
        result = self.boot(PRELUDE + """
            ours && sleep 1 && ipmi_clock 06 01 3000 | sed 's/^/ours_/' || exit 1
            rmmod kcs_ipmi && rmmod kcs_host && modprobe ipmi_si && device || exit 1
            sleep 1; ipmi_clock 06 01 3000 | sed 's/^/theirs_/'
        """, bmc="qemu", timeout_s=300 * self.pace, counted=True)
        values = self.values(result)
        ours, theirs = values["ours_median_ns"], values["theirs_median_ns"]
        print(f"{ours / 1000:.1f} us, in-tree {theirs / 1000:.1f} us,", end=" ")
        self.assertLess(ours, min(theirs, 26000))
