# SPDX-License-Identifier: GPL-2.0-only
"""kcs_sim in a VM: programs take it for a BMC, it interrupts, it checks its settings."""
import re

import pytest

from vm import USER
from vm_case import VmCase

# What each program must print; it must exit with 0, too. The log has two events.
TOOLS = {
    "ipmitool mc info": r"Manufacturer ID +: 343\b",
    "ipmitool mc getenables": r"System Event Logging +: enabled",
    "ipmitool mc guid": r"System GUID +: 6B63732D-?73696D",
    "ipmitool mc watchdog get": r"Watchdog Timer Is: +Stopped",
    "ipmitool sdr": r"FAN1 +\| \d+ RPM +\| ok",
    "ipmitool sdr elist all": r"BMC +\| 00h \| ok +\| +7\.1 \| Dynamic MC @ 20h",
    "ipmitool sensor": r"12V +\| 1[12]\.\d+ +\| Volts +\| ok +\| na +\| 10\.800 ",
    "ipmitool sel list": r"1 \| .* Temperature #0x01 \| Upper Non-critical going high \| Asserted",
    "ipmitool sel elist": r"CPU Temp \| Upper Critical going high \| Asserted \| "
                          r"Reading 95 > Threshold 90 degrees C",
    "ipmitool sel info": r"Entries +: 4\b",
    "ipmitool fru": r"Product Name +: simulated BMC",
    "ipmitool chassis status": r"System Power +: on",
    "ipmitool chassis bootparam get 5": r"Boot parameter 5 is valid",
    "ipmitool lan print": r"IP Address +: 192\.0\.2\.10",
    "ipmitool user list 1": r"2 +root +true +true +true +ADMINISTRATOR",
    "ipmitool channel info": r"Channel Protocol Type : KCS",
    "ipmitool channel getaccess 1 2": r"User Name +: root",
    "ipmitool mc getsysinfo system_name": r"kcs-sim",
    "ipmitool dcmi power reading": r"Instantaneous power reading: +187 Watts",
    "ipmitool dcmi sensors": r"Record ID 0x0001: CPU Temp +\| \d+ degrees C +\| ok",
    "ipmitool dcmi discover": r"Power management available",
    "ipmitool dcmi asset_tag": r"Asset tag: rack 1",
    "ipmitool -t 0x40 raw 6 1": r"30 01 01 00 02 00 57 01 00 5a a5",
    "bmc-info --driver-type=openipmi": r"System Name +: kcs-sim",
    "ipmi-sensors --driver-type=openipmi": r"5 +\| Power .*\| 184\.00 +\| W",
    "ipmi-sel --driver-type=openipmi": r"CPU Temp .*Upper Critical - going high",
    "ipmi-fru --driver-type=openipmi": r"FRU Product Name: simulated BMC",
    "ipmi-chassis --driver-type=openipmi --get-status": r"System Power +: on",
    "ipmi-dcmi --driver-type=openipmi --get-system-power-statistics":
        r"Current Power +: 187 Watts",
    "ipmi-dcmi --driver-type=openipmi --get-dcmi-capability-info":
        r"Number of SEL entries +: 64",
    "openipmicmd -k '0f 00 06 01' smi 0": r"0f 07 00 01 00 20 81 02 34 02 bf 57 01 00",
}

PRELUDE = r"""
sim() { modprobe kcs_sim "$@" && await "BMC ready"; }
bridge() { modprobe kcs_ipmi && modprobe ipmi_devintf && device; }
SIM=/sys/kernel/debug/kcs_sim
counter() { sed -n "s/^$1: //p" $SIM/counters; }
"""

# Word, fault, and what the log says when the interrupt is given up for it.
IRQ_FAULTS = {
    "irq_lost": "interrupts are lost",
    "irq_stuck": "spurious interrupt storm",
    "irq_spurious": "spurious interrupt storm",
}


@pytest.mark.sanitized
class SimTest(VmCase):
    """The machine has no BMC but the simulated one."""

    def simulate(self, script, **options):
        return self.boot(PRELUDE + script, bmc=None, **options)

    def test_programs_take_it_for_a_bmc(self):
        result = self.simulate("""
            sim && bridge || exit 1
            echo 1=95 >$SIM/sensor && echo 1=auto >$SIM/sensor || exit 1
            cat >/tools <<'END'\n""" + "\n".join(TOOLS) + """\nEND
            while read -r tool; do
                echo "== $tool"; timeout 60 sh -c "$tool" </dev/null 2>&1; echo "exit $?"
            done </tools
            echo breaches=$(counter breaches)
        """, timeout_s=900 * self.pace)
        outputs = dict(re.findall(r"^== (.*)\n((?:(?!== ).*\n)*)", result.output, re.M))
        self.assertEqual(set(outputs), set(TOOLS))
        wrong = {tool: outputs[tool] for tool, expected in TOOLS.items()
                 if not re.search(expected, outputs[tool])
                 or not re.search("^exit 0$", outputs[tool], re.M)}
        print(f"{len(TOOLS) - len(wrong)} of {len(TOOLS)} programs,", end=" ")
        self.assertFalse(wrong, "".join(f"\n{tool}:\n{text}" for tool, text in wrong.items()))
        self.assertEqual(self.values(result)["breaches"], 0)

    def test_event_reaches_a_program_that_waits_for_it(self):
        self.machine.initrd.build_program(USER / "ipmi_listen.c")
        for irq in 0, 1:
            result = self.simulate(f"""
                sim irq={irq} && bridge || exit 1
                ipmi_listen >/tmp/events & sleep 2
                echo 3=10 >$SIM/sensor
                for _ in $(seq 50); do grep -q event /tmp/events && break; sleep 0.1; done
                kill $!; cat /tmp/events; ipmitool sel elist
            """)
            # A fan below its lower non-critical threshold: sensor 3, 10 instead of 30.
            self.assertRegex(result.output, r"event .* 20 00 04 04 03 01 50 0a 1e\n")
            self.assertRegex(result.output, r"FAN1 \| Lower Critical going low *\| Asserted")

    def test_watchdog_runs_and_expiry_is_recorded(self):
        result = self.simulate("""
            sim && bridge || exit 1
            ipmitool raw 6 0x24 4 0x31 1 0x10 30 0 && ipmitool raw 6 0x22 || exit 1
            ipmitool mc watchdog get; echo early=$(counter "watchdog expiries")
            sleep 4; ipmitool mc watchdog get; echo late=$(counter "watchdog expiries")
            ipmitool sel elist
        """, counted=True)
        values = self.values(result)
        self.assertEqual((values["early"], values["late"]), (0, 1))
        self.assertIn("Started/Running", result.output)
        self.assertRegex(result.output, r"(?s)Started/Running.*Expiration Flags: +\(?0x10\b")
        self.assertRegex(result.output, r"Watchdog \| Timer interrupt")
        self.assertRegex(result.output, r"Watchdog \| Hard reset")

    def test_power_control_is_recorded_only(self):
        result = self.simulate("""
            sim && bridge || exit 1
            ipmitool chassis power off && ipmitool chassis power reset || exit 1
            echo down=$(counter "chassis down") reset=$(counter "chassis reset")
            ipmitool chassis power status; ipmitool chassis restart_cause
        """)
        self.assertIn("down=1 reset=1\n", result.output)
        self.assertIn("Chassis Power is on\n", result.output)
        self.assertIn("chassis power control command", result.output)

    INTERRUPTS = """
        sim irq=1 think_us=3000 && await "IRQ .* works" && modprobe kcs_load || exit 1
        interrupts() { awk '/kcs_sim/ { print $2 + $3 }' /proc/interrupts; }
        before=$(interrupts); load count=50 ms=20000 >/dev/null; echo raised=$(($(interrupts) - before))
    """

    def test_interrupt_comes_with_the_bytes(self):
        values = self.values(self.simulate(self.INTERRUPTS + """
            echo breaches=$(counter breaches)
            rmmod kcs_load kcs_sim kcs_host && echo gone=$(interrupts)
        """))
        print(f"{values['raised']:.0f} interrupts for 50 requests,", end=" ")
        # At least the one that ends the sleep while the BMC thinks.
        self.assertGreaterEqual(values["raised"], 50)
        self.assertEqual((values["breaches"], values["gone"]), (0, ""))

    def test_interrupt_that_goes_wrong_is_given_up_and_requests_go_on(self):
        for fault, why in IRQ_FAULTS.items():
            result = self.simulate(self.INTERRUPTS + f"""
                echo {fault} >$SIM/fault
                for _ in $(seq 20); do
                    load count=20 ms=20000 >/dev/null
                    dmesg | grep -q "falling back" && break
                done
                load count=20 ms=20000; echo hits=$(counter "fault hits")
            """)
            self.assertIn(f"{why}, falling back to polling", result.console, fault)
            self.assertRegex(result.output, r"ok=20 ", fault)
            self.assertGreater(self.values(result)["hits"], 0, fault)

    def test_setting_out_of_range_is_refused_with_a_sentence(self):
        result = self.simulate("""
            modprobe kcs_sim byte_us=0-4294967295 && exit 1
            modprobe kcs_sim think_us=60000001 && exit 1
            modprobe kcs_sim watts=65536 && exit 1
            modprobe kcs_sim fault="error byte=65535" && exit 1
            sim byte_us=0-60 || exit 1
            for text in 0-4294967295 5-1 60000001 -1 ''; do
                echo "$text" >$SIM/byte_us && exit 1
                echo "$text" >$SIM/think_us && exit 1
            done 2>/dev/null
            cat $SIM/byte_us
        """)
        self.assertIn("\n0-60\n", "\n" + result.output)
        for sentence in (
                "byte_us '0-4294967295' is not N or MIN-MAX of 0 to 60000000 us",
                "think_us '60000001' is not N or MIN-MAX of 0 to 60000000 us",
                "fault 'error byte=65535' is not a kind of fault with byte= below 65535"):
            self.assertIn(sentence, result.console)
