# SPDX-License-Identifier: GPL-2.0-only
"""The modules in a VM: the stock kernel, the stock power meter, a BMC behind KCS."""
import re

import pytest

from vm_case import VmCase

pytestmark = pytest.mark.sanitized

SILENT = ["--silent-s", "inf"]

# Loads our modules three times, and leaves them loaded. A host that is busy
# with something else only ever adds to a time, so the least is the one to judge;
# and two stock modules, which wait for nothing, tell how slow all is just now.
LOAD_THREE_TIMES = """
cd /lib/modules/*
for round in 1 2 3; do
    start=$(now_ms)
    insmod ipmi_msghandler.ko && insmod ipmi_devintf.ko || exit 1
    echo stock_ms_$round=$(($(now_ms) - start))
    rmmod ipmi_devintf ipmi_msghandler
    lsmod | grep -q kcs && unload
    start=$(now_ms)
    insmod kcs_host.ko && insmod kcs_anchor.ko && insmod kcs_opregion.ko || exit 1
    echo insmod_ms_$round=$(($(now_ms) - start))
    sleep 0.5
done
"""


class ModuleTest(VmCase):
    def check_insmod(self, values, more_ms=0):
        ours = min(values[f"insmod_ms_{load}"] for load in (1, 2, 3)) + more_ms
        stock = max(values[f"stock_ms_{load}"] for load in (1, 2, 3))
        print(f"insmod {ours:.0f} ms, two stock modules {stock:.0f} ms", end=" ",
              flush=True)
        self.assertLess(ours, max(100 * self.pace, 4 * stock))

    # -- The reading. ------------------------------------------------------

    def check_shape(self, ssdt):
        result = self.boot("""
            modules && await "BMC ready" && modprobe acpi_power_meter
            echo watts=$(watts)
        """, ssdts=[ssdt], bmc=["--watts", "187"])
        self.assertEqual(self.values(result)["watts"], "187.0 W")
        self.assertEqual(result.console.count("ACPI Error"), 0)

    @pytest.mark.backports
    def test_dcmi_meter_gives_the_watts(self):
        self.check_shape("dcmi")

    def test_dcmi_meter_with_32_byte_buffer_gives_the_watts(self):
        self.check_shape("dcmi:SHORT_BUFFER")

    def test_dell_meter_gives_the_watts(self):
        self.check_shape("dell")

    def test_dell_meter_with_32_byte_buffer_gives_the_watts(self):
        self.check_shape("dell:SHORT_BUFFER")

    def test_acpi_example_meter_gives_the_watts(self):
        self.check_shape("spec")

    def test_acpi_example_meter_with_32_byte_buffer_gives_the_watts(self):
        self.check_shape("spec:SHORT_BUFFER")

    def test_reading_follows_the_bmc(self):
        result = self.boot("""
            modules && await "BMC ready" && modprobe acpi_power_meter
            echo watts=$(watts)
        """, ssdts=["dcmi"], bmc=["--watts", "65535"])
        self.assertEqual(self.values(result)["watts"], "65535.0 W")

    def test_slow_bmc_gives_the_watts(self):
        result = self.boot("""
            modules && await "BMC ready" && modprobe acpi_power_meter
            echo watts=$(watts)
        """, ssdts=["dell"], bmc=["--think-ms", "700"])
        self.assertEqual(self.values(result)["watts"], "187.0 W")

    # -- Load orders, and the kernel's own modules. --------------------------

    def test_acpi_ipmi_loaded_before_does_not_matter(self):
        result = self.boot("""
            modprobe acpi_ipmi && modules && await "BMC ready"
            modprobe acpi_power_meter
            echo watts=$(watts)
            lsmod | grep -q '^acpi_ipmi' && echo present=1
        """, ssdts=["dell"])
        self.assertEqual(self.values(result), {"watts": "187.0 W", "present": 1})

    def test_acpi_ipmi_loaded_after_does_not_matter(self):
        result = self.boot("""
            modules && await "BMC ready"
            modprobe acpi_ipmi && modprobe acpi_power_meter
            echo watts=$(watts)
            lsmod | grep -q '^acpi_ipmi' && echo present=1
        """, ssdts=["dell"])
        self.assertEqual(self.values(result), {"watts": "187.0 W", "present": 1})

    @pytest.mark.backports
    def test_meter_that_came_too_early_is_probed_again(self):
        result = self.boot("""
            modprobe acpi_power_meter
            bound || echo early=unbound
            modules
            for _ in $(seq 50); do bound && break; sleep 0.1; done
            echo watts=$(watts)
        """, ssdts=["dell"])
        self.assertEqual(self.values(result), {"early": "unbound", "watts": "187.0 W"})

    def test_opregion_before_the_meter_and_a_late_bmc(self):
        result = self.boot("""
            modules && modprobe acpi_power_meter
            for _ in $(seq 300); do bound && break; sleep 0.1; done
            echo watts=$(watts)
        """, ssdts=["dell"], bmc=["--silent-s", "6"])
        self.assertEqual(self.values(result)["watts"], "187.0 W")
        self.assertEqual(result.console.count("BMC dead"), 1)
        self.assertEqual(result.console.count("BMC ready"), 1)

    def test_modules_can_be_reloaded(self):
        result = self.boot("""
            modprobe acpi_power_meter
            for _ in $(seq 5); do
                modules && sleep 0.3 && watts || exit 1
                rmmod kcs_opregion && rmmod kcs_host || exit 1
            done
        """, ssdts=["dcmi"])
        self.assertEqual(result.output.count("187.0 W"), 5)

    # -- A BMC that never answers. -------------------------------------------

    @pytest.mark.alone
    def test_silent_bmc_delays_nobody(self):
        result = self.boot(LOAD_THREE_TIMES + """
            start=$(now_ms)
            modprobe acpi_power_meter
            echo meter_ms=$(($(now_ms) - start))
            start=$(now_ms)
            average && echo visible=no
            echo read_ms=$(($(now_ms) - start))
        """, ssdts=["dcmi"], bmc=SILENT)
        values = self.values(result)
        print(f"_PMM {values['read_ms']:.0f} ms,", end=" ", flush=True)
        self.check_insmod(values, values["meter_ms"])
        self.assertLess(values["read_ms"], 5500)
        self.assertIn("No data available", result.output)
        self.assertNotIn("visible", values)
        self.assertEqual(result.console.count("ACPI Error"), 0)

    @pytest.mark.alone
    def test_reg_method_that_asks_a_silent_bmc_does_not_hold_up_insmod(self):
        result = self.boot(LOAD_THREE_TIMES + "sleep 6", ssdts=["reg"], bmc=SILENT)
        self.check_insmod(self.values(result))
        self.assertEqual(result.console.count("ACPI Error"), 0)

    def test_reg_method_is_answered(self):
        result = self.boot("modules; sleep 1", ssdts=["reg"])
        # One from the probe, one from the test of the interrupt, one from _REG.
        self.assertEqual(result.requests.count("06 01"), 3)

    # -- Going away. --------------------------------------------------------

    def test_rmmod_with_a_call_in_flight(self):
        result = self.boot("""
            modules && modprobe acpi_power_meter && sleep 0.5
            average 2>/dev/null &
            sleep 0.5
            start=$(now_ms)
            rmmod kcs_opregion && rmmod kcs_host || exit 1
            echo rmmod_ms=$(($(now_ms) - start))
            wait $!
            echo call=$?
            lsmod | grep "kcs_[ho]" && exit 1
            modules
        """, ssdts=["dcmi"], bmc=SILENT)
        values = self.values(result)
        self.assertEqual(values["call"], 1)
        self.assertLess(values["rmmod_ms"], 2000)

    @pytest.mark.alone
    def test_rmmod_with_many_calls_in_flight(self):
        result = self.boot("""
            modules && await "BMC dead" && modprobe acpi_power_meter
            for n in 0 1 2 3; do
                { cat $(meter $n); echo call_$n=$?; } 2>&1 &
            done
            sleep 0.5
            start=$(now_ms)
            rmmod kcs_opregion || exit 1
            echo rmmod_ms=$(($(now_ms) - start))
            wait
            rmmod kcs_host || exit 1
            lsmod | grep "kcs_[ho]" && exit 1
            true
        """, ssdts=["many"], bmc=SILENT)
        values = self.values(result)
        self.assertEqual([values[f"call_{meter}"] for meter in range(4)], [1] * 4)
        self.assertEqual(result.output.count("No data available"), 4)
        self.assertLess(values["rmmod_ms"], 2000)

    def test_many_meters_are_served_at_a_time(self):
        result = self.boot("""
            modules && await "BMC ready" && modprobe acpi_power_meter
            for n in 0 1 2 3; do cat $(meter $n) & done
            wait
        """, ssdts=["many"], bmc=["--think-ms", "200"])
        self.assertEqual(result.output.split(), ["187000000"] * 4)

    @pytest.mark.alone
    def test_killed_reader_of_a_silent_bmc_ends_with_the_verdict(self):
        result = self.boot("""
            modules && modprobe acpi_power_meter && sleep 0.5
            cat $(meter) &
            sleep 0.5
            start=$(now_ms)
            kill -9 $!
            wait $!
            echo killed_ms=$(($(now_ms) - start))
        """, ssdts=["dcmi"], bmc=SILENT)
        self.assertLess(self.values(result)["killed_ms"], 1000)

    def test_without_opregion_aml_fails_quietly_and_acpi_ipmi_can_take_over(self):
        result = self.boot("""
            modules && await "BMC ready" && modprobe acpi_power_meter
            echo before=$(watts); sleep 1
            rmmod kcs_opregion && rmmod kcs_host || exit 1
            average 2>/dev/null; echo without=$?
            rmmod kcs_anchor 2>/dev/null && exit 1
            echo N >/sys/module/kcs_anchor/parameters/pinned
            rmmod kcs_anchor && modprobe ipmi_si || exit 1
            # Newer meters' modules brought it in, to no avail.
            rmmod acpi_power_meter && rmmod acpi_ipmi 2>/dev/null
            modprobe acpi_ipmi && sleep 1 && modprobe acpi_power_meter || exit 1
            sleep 2; echo after=$(watts)
        """, ssdts=["dcmi"])
        self.assertEqual(self.values(result),
                         {"before": "187.0 W", "without": 1, "after": "187.0 W"})
        self.assertEqual(result.console.count("ACPI Error"), 0)

    def test_unbind_with_a_call_in_flight(self):
        result = self.boot("""
            modules && modprobe acpi_power_meter && sleep 0.5
            average 2>/dev/null &
            sleep 0.5
            echo IPI0001:00 >/sys/bus/platform/drivers/kcs_host/unbind
            wait $!
            echo call=$?
            average 2>/dev/null; echo without=$?
            echo IPI0001:00 >/sys/bus/platform/drivers/kcs_host/bind
            grep -c kcs_host /proc/ioports
        """, ssdts=["dcmi"], bmc=SILENT)
        values = self.values(result)
        self.assertEqual((values["call"], values["without"]), (1, 1))
        self.assertTrue(result.output.rstrip().endswith("2"))

    # -- Interrupts, sleep. --------------------------------------------------

    COUNT_IRQS = "$(awk '/kcs0/ { sum += $2 + $3 } END { print sum + 0 }' /proc/interrupts)"

    def test_interrupt_that_works_is_used(self):
        result = self.boot(f"""
            modules && await "IRQ 5 works" && modprobe acpi_power_meter
            echo watts=$(watts); echo irqs={self.COUNT_IRQS}
            rmmod kcs_opregion kcs_host || exit 1
            echo left={self.COUNT_IRQS}
        """, ssdts=["dell"])
        values = self.values(result)
        self.assertEqual((values["watts"], values["left"]), ("187.0 W", 0))
        self.assertGreater(values["irqs"], 0)
        self.assertEqual(result.console.count("IRQ 5 works"), 1)
        # Enabled at first, and disabled in the end.
        self.assertEqual(re.findall(r"06 2e (\d\d)", result.requests), ["01", "00"])

    def test_interrupt_that_never_comes_is_given_up(self):
        result = self.boot(f"""
            modules && await "falling back" && modprobe acpi_power_meter
            echo watts=$(watts); echo irqs={self.COUNT_IRQS}
        """, ssdts=["dell"], bmc=["--no-irq"])
        self.assertEqual(self.values(result), {"watts": "187.0 W", "irqs": 0})
        self.assertEqual(result.console.count(
            "IRQ 5: does not come in a self-test, falling back to polling"), 1)

    def test_machine_that_slept_reads_on(self):
        result = self.boot("""
            modules && await "BMC ready" && modprobe acpi_power_meter
            echo before=$(watts)
            echo devices >/sys/power/pm_test && echo freeze >/sys/power/state || exit 1
            echo after=$(watts)
            cat /sys/bus/platform/devices/IPI0001:00/kcs/kcs*/health
        """, ssdts=["dell"])
        self.assertEqual(self.values(result), {"before": "187.0 W", "after": "187.0 W"})
        self.assertIn("ready", result.output)
        self.assertIn("suspend entry", result.console)

    def test_change_of_health_is_a_uevent_and_a_line(self):
        result = self.boot("""
            echo '#!/bin/sh' >/tmp/hear
            echo '[ "$KCS_HEALTH" ] && echo "$ACTION $KCS_HEALTH" >>/tmp/heard' >>/tmp/hear
            chmod +x /tmp/hear; uevent /tmp/hear & sleep 0.2
            modprobe kcs_sim && await "BMC ready"
            cd /sys/kernel/debug/kcs_sim; modprobe kcs_load
            echo silence >fault; load count=1 timeout_ms=500 ms=5000 >/dev/null
            await "BMC dead"; echo none >fault
            for _ in $(seq 100); do
                [ "$(cat /sys/devices/platform/kcs_sim/kcs/kcs*/health)" = ready ] && break
                sleep 0.1
            done
            sleep 0.3; kill %1; cat /tmp/heard
        """, bmc=None)
        self.assertEqual(result.output.split("\n")[-5:-1],
                         ["change ready", "change degraded", "change dead", "change ready"])
        for word, lines in (("ready", 2), ("degraded", 1), ("dead", 1)):
            self.assertEqual(result.console.count(f"kcs_sim: BMC {word}"), lines)

    # -- The simulated BMC. ---------------------------------------------------

    def test_machine_without_a_bmc_gets_a_simulated_one(self):
        result = self.boot("""
            modprobe kcs_sim && modprobe kcs_opregion && modprobe acpi_power_meter
            await "BMC ready"
            echo watts=$(watts)
            cd /sys/kernel/debug/kcs_sim
            sleep 1; echo 250 >watts
            echo changed=$(watts)
            grep breaches counters
            cd /; rmmod kcs_opregion kcs_sim kcs_host || exit 1
        """, ssdts=["dcmi"], bmc=None)
        self.assertEqual(self.values(result), {"watts": "187.0 W", "changed": "250.0 W"})
        self.assertIn("breaches: 0", result.output)
        self.assertEqual(result.console.count("kcs_sim: BMC ready"), 1)

    def test_simulated_bmc_serves_every_personality_and_shape(self):
        result = self.boot("""
            for ways in spec qemu openvmm linux ami aess; do
                modprobe kcs_sim personality=$ways byte_us=0-30 think_us=200-3000
                modprobe kcs_opregion && modprobe acpi_power_meter || exit 1
                sleep 1
                echo "$ways $(watts) $(grep breaches /sys/kernel/debug/kcs_sim/counters)"
                rmmod acpi_power_meter kcs_opregion kcs_sim || exit 1
            done
        """, ssdts=["dell"], bmc=None)
        lines = result.output.strip().splitlines()
        self.assertEqual(lines, [f"{ways} 187.0 W breaches: 0" for ways in (
            "spec", "qemu", "openvmm", "linux", "ami", "aess")])

    def test_simulated_faults_are_survived_and_bad_settings_refused(self):
        result = self.boot("""
            modprobe kcs_sim personality=nonsense && exit 1
            modprobe kcs_sim byte_us=5-1 && exit 1
            modprobe kcs_sim && modprobe kcs_opregion && modprobe acpi_power_meter
            await "BMC ready"; watts
            cd /sys/kernel/debug/kcs_sim
            echo "no such fault" >fault && exit 1
            echo "error nonsense=1" >fault && exit 1
            echo nonsense >personality && exit 1
            echo 1 >counters && exit 1
            sleep 1; echo "error byte=2 times=1" >fault; watts
            sleep 1; echo "silence for_ms=300" >fault; watts
            sleep 1; echo "code code=c0 times=3 command=2c02" >fault; watts
            sleep 1; echo "code code=c1 times=1 command=2c02" >fault; average
            sleep 1; watts
            cat fault; grep breaches counters
            rmmod kcs_opregion kcs_sim
        """, ssdts=["dcmi"], bmc=None)
        self.assertEqual(result.output.count("187.0 W"), 5)
        self.assertEqual(result.output.count("No data available"), 1)
        self.assertIn("none\nbreaches: 0", result.output)
        self.assertIn("personality 'nonsense' is not one of", result.console)

    # -- Bad input. ---------------------------------------------------------

    def log_lines(self, result, device):
        return [line for line in result.console.splitlines()
                if f"kcs_host {device}" in line]

    def test_interfaces_that_cannot_be_driven_are_named_and_left_alone(self):
        result = self.boot("""
            modules && await "BMC ready" && modprobe acpi_power_meter
            echo watts=$(watts)
            for d in /sys/bus/acpi/devices/IPI0001:*; do
                echo "$(basename $d) $(cat $d/path)"
            done
        """, ssdts=["dcmi", "bad"])
        self.assertEqual(self.values(result)["watts"], "187.0 W")
        names = {path: name for name, path in re.findall(
            r"^(IPI0001:\d+) (\S+)$", result.output, re.M)}
        for path, why in ((r"\_SB_.BAD0", "no usable registers: out of range"),
                          (r"\_SB_.BAD1", "no usable registers: no I/O port, no memory"),
                          (r"\_SB_.BAD2", "BT, not KCS")):
            lines = self.log_lines(result, names[path])
            self.assertEqual(len(lines), 1, f"{path}: {lines}")
            self.assertIn(why, lines[0])
            self.assertIn("left alone", lines[0])

    def test_port_in_use_is_named_and_left_alone(self):
        result = self.boot("""
            modprobe ipmi_si tryacpi=0 trydmi=0 type=kcs ports=0xca2
            grep -q 0ca2 /proc/ioports || exit 1
            modules && echo loaded=1
        """, ssdts=["dcmi"])
        self.assertEqual(self.values(result)["loaded"], 1)
        lines = [line for line in self.log_lines(result, "IPI0001:00")
                 if "probe with driver" not in line]  # the driver core's own
        self.assertEqual(len(lines), 1, lines)
        self.assertIn("I/O port 0xca2 is claimed already", lines[0])

    def test_interface_of_another_driver_is_named_and_can_be_taken_over(self):
        result = self.boot("""
            modprobe -a ipmi_si acpi_ipmi && modules && modprobe acpi_power_meter || exit 1
            sleep 1; echo before=$(watts)
            cd /sys/bus/platform/drivers
            echo IPI0001:00 >ipmi_si/unbind && echo IPI0001:00 >kcs_host/bind
            await "BMC ready"
            sleep 1     # the meter's driver keeps a reading so long, even a bad one
            echo watts=$(watts)
        """, ssdts=["dcmi"])
        self.assertEqual(self.values(result), {"before": "187.0 W", "watts": "187.0 W"})
        self.assertEqual(result.console.count("KCS interface belongs to driver ipmi_si"), 1)
        self.assertEqual(result.console.count("ACPI Error"), 0)
