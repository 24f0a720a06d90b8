#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""/dev/ipmi0 in a VM: programs that speak IPMI, over ours and over the in-tree driver.

    scripts/ipmi_test.py                      on the installed kernel
    scripts/ipmi_test.py --kernel FOLDER      on one built from source in FOLDER
    scripts/ipmi_test.py TEST...              only some, by method name

The BMCs are QEMU's ipmi-bmc-sim, scripts/bmc, and OpenIPMI's ipmi_sim.
"""
import re

from vm_case import VmCase, main

# Two print or return what they find in memory of their own, over any driver:
# bmc-info what it makes of channels, ipmitool fru its exit status.
TOOLS = [f"ipmitool {words}" for words in (
    "mc info", "sdr", "sensor", "sel list", "sel info", "fru; true", "mc guid", "mc getenables",
    "chassis status", "raw 6 1", "raw 0x30 0xee 1 2 3", "dcmi power reading",
    "channel info", "mc selftest")] + [
    "bmc-info --driver-type=openipmi --get-device-id", "ipmi-sensors --driver-type=openipmi",
    "ipmi-dcmi --driver-type=openipmi --get-system-power-statistics",
    "openipmicmd -k '0f 00 06 01' smi 0"]

# What differs from one second to the next.
TIMES = re.compile(r"\d\d/\d\d/\d\d(?:\d\d)?|\d\d:\d\d:\d\d|IPMI timestamp: .*|"
                   r"(?:\w{3} ){2} ?\d+ [\d:]+ \d{4}|Time Stamp .*")

PRELUDE = r"""
for module in ipmi_msghandler ipmi_devintf; do modprobe $module; done
device() { for _ in $(seq 200); do [ -e /dev/ipmi0 ] && return; sleep 0.1; done; false; }
ours() { modprobe kcs_host && modprobe kcs_ipmi && device; }
answers() { ipmitool raw 6 1 >/dev/null 2>&1; }
"""


class ToolTest(VmCase):
    """Every program prints the same, byte for byte, over both drivers."""

    def run_tools(self, bmc):
        tools = "\n".join(TOOLS)
        result = self.boot(PRELUDE + f"""
            cat >/tools <<'END'\n{tools}\nEND
            tools() {{
                while read -r tool; do
                    echo "$1 == $tool"; timeout 60 sh -c "$tool" </dev/null 2>&1
                    echo "exit $?"
                done </tools
            }}
            ours && tools ours && rmmod kcs_ipmi && rmmod kcs_host || exit 1
            modprobe ipmi_si && device && tools theirs
        """, bmc=bmc, timeout_s=600)
        outputs = {}
        for stack, tool, text in re.findall(r"^(ours|theirs) == (.*)\n((?:(?!ours ==|theirs ==).*\n)*)",
                                            result.output, re.M):
            outputs.setdefault(tool, {})[stack] = TIMES.sub("(time)", text)
        return outputs

    def check(self, bmc):
        outputs = self.run_tools(bmc)
        self.assertEqual(set(outputs), set(TOOLS))
        print()
        for tool, both in outputs.items():
            status = both["ours"].rstrip().rpartition(" ")[2]
            same = both["ours"] == both["theirs"]
            print(f"    {tool:64} exit {status:3} {len(both['ours']):5} bytes  "
                  f"{'same' if same else 'DIFFERENT'}")
        for tool, both in outputs.items():
            self.assertEqual(both["ours"], both["theirs"], tool)
        self.assertIn("exit 0", outputs["ipmitool mc info"]["ours"])

    def test_tools_print_the_same_on_qemus_bmc(self):
        self.check("qemu")

    def test_tools_print_the_same_on_our_bmc(self):
        self.check(())

    def test_tools_print_the_same_on_openipmis_bmc(self):
        self.check("openipmi")


class DeviceTest(VmCase):
    """/dev/ipmi0 when things go wrong, or away."""

    def test_programs_and_firmware_share_the_interface(self):
        result = self.boot(PRELUDE + r"""
            ours && modprobe kcs_opregion && modprobe kcs_aml || exit 1
            aml method=\\_SB.WATT threads=2 ms=40000 expect=187 | sed 's/^/aml /' &
            for client in 1 2 3 4 5 6 7 8; do
                ( for i in $(seq 40); do
                    want=" $(printf '%02x %02x' $client $i)"
                    [ "$(ipmitool raw 0x30 0xee $client $i 2>/dev/null)" = "$want" ] &&
                        echo good || echo "bad $client $i"
                done ) &
            done; wait
        """, ssdts=["region"], bmc=["--think-ms", "1"], timeout_s=300)
        self.assertEqual(result.output.count("good"), 320)
        self.assertNotIn("bad", result.output)
        self.assertRegex(result.output, r"aml ok=[1-9]\d* foreign=0 ")
        self.assertNotRegex(result.output, r" E\d+=")

    def test_silent_bmc_costs_a_deadline_and_comes_back_by_itself(self):
        result = self.boot(PRELUDE + """
            ours || exit 1
            worst=0; lost=0
            for _ in $(seq 60); do
                start=$(now_ms); answers || lost=$((lost + 1))
                took=$(($(now_ms) - start)); [ $took -gt $worst ] && worst=$took
                sleep 0.3
            done
            answers && echo back=1
            echo worst_ms=$worst; echo lost=$lost
        """, bmc=["--silent-from-s", "4", "--silent-s", "8"], timeout_s=200)
        values = self.values(result)
        self.assertEqual(values["back"], 1)
        self.assertGreater(values["lost"], 0)
        print(f"worst {values['worst_ms']:.0f} ms, {values['lost']:.0f} lost,", end=" ")
        # The deadline, and the start of a program under emulation.
        self.assertLess(values["worst_ms"], 6500)

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

    def test_late_bmc_is_registered_when_it_comes(self):
        result = self.boot(PRELUDE + """
            modprobe kcs_host && modprobe kcs_ipmi || exit 1
            sleep 3; [ -e /dev/ipmi0 ] && echo early=1 || echo early=0
            device && answers && echo late=1
        """, bmc=["--silent-s", "6"])
        self.assertEqual(self.values(result), {"early": 0, "late": 1})

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
        """, bmc="qemu")
        self.assertEqual(self.values(result)["alive"], 1)
        self.assertIn("Started/Running", result.output)

    def test_watchdog_that_expires_resets_the_machine(self):
        result = self.machine.boot(self.LOAD + "echo armed; sleep 30; echo alive=1",
                                   bmc="qemu")
        self.assertIn("armed", result.output)
        self.assertNotIn("alive", result.output)
        self.assertEqual(result.status, -1)


if __name__ == "__main__":
    main(__doc__, ToolTest, DeviceTest, WatchdogTest)
