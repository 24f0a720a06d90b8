# SPDX-License-Identifier: GPL-2.0-only
"""The region handler in a VM: which BMC, for how long, shared by whom, allowed what.

What AML gets byte by byte is in test_aml.py.
"""
import re

import pytest

from vm_case import VmCase

pytestmark = pytest.mark.sanitized

READ = r"""
calls() { cat /sys/module/kcs_opregion/calls/$1; }
both() { modprobe kcs_host && ready IPI0001:00 && ready IPI0001:01; }
"""

FIRST, SECOND = ["--watts", "100"], ["--watts", "200"]
W100, W200, NONE = "0x64", "0xc8", "0xffffffff"

# Interfaces are found in this order.
MI2, MI1 = "IPI0001:00", "IPI0001:01"


class RouteTest(VmCase):
    """Two BMCs: the one of 100 W behind MI1, the one of 200 W behind MI2."""

    def look(self, script, **options):
        options = {"ssdts": ["region:TWO"], "bmc": FIRST, "second_bmc": SECOND} | options
        return self.boot(READ + script, **options)

    def test_each_region_reaches_the_bmc_above_it(self):
        result = self.look("""
            both && modprobe kcs_opregion && modprobe kcs_aml
            read_at mi1 PCI0.SF8.MI1.NEAR; read_at mi2 PCI0.SF8.MI2.NEAR
            echo early=$(evaluate '\\_SB.PCI0.SF8.MI1.NEAR.GOTE' | sed 's/integer=//')
        """)
        self.assertEqual(self.values(result), {"mi1": W100, "mi2": W200, "early": W100})

    def test_meter_with_the_uid_of_an_interface_reaches_the_first(self):
        result = self.look(r"""
            both && modprobe kcs_opregion && modprobe kcs_aml && read_at mtr1 MTR1
            rmmod kcs_opregion
            modprobe kcs_opregion 'map=\_SB.MTR1=1' && read_at mapped MTR1
        """)
        self.assertEqual(self.values(result), {"mtr1": W200, "mapped": W100})

    def test_region_of_nobody_reaches_the_first_and_the_map_says_otherwise(self):
        result = self.look(r"""
            both && modprobe kcs_opregion && modprobe kcs_aml && read_at first FREE
            rmmod kcs_opregion
            modprobe kcs_opregion 'map=\_SB.FREE=1' && read_at by_uid FREE
            rmmod kcs_opregion
            modprobe kcs_opregion map=_SB.FREE=IPI0001:00 && read_at by_name FREE
            rmmod kcs_opregion
            modprobe kcs_opregion map=_SB.FREE=7 && read_at to_none FREE
        """)
        self.assertEqual(self.values(result), {"first": W200, "by_uid": W100,
                                               "by_name": W200, "to_none": NONE})

    def test_map_beats_the_interface_above(self):
        result = self.look("""
            both && modprobe kcs_opregion map=_SB.PCI0.SF8.MI1.NEAR=2 && modprobe kcs_aml
            read_at mapped PCI0.SF8.MI1.NEAR
        """)
        self.assertEqual(self.values(result), {"mapped": W200})

    def test_routes_do_not_depend_on_what_was_loaded_before(self):
        result = self.look("""
            both && modprobe kcs_aml
            modprobe kcs_opregion map=_SB.PCI0.SF8.MI1.NEAR=2 && rmmod kcs_opregion
            modprobe kcs_opregion map=_SB.PCI0.SF8.MI1=2 && read_at above PCI0.SF8.MI1.NEAR
            rmmod kcs_opregion
            modprobe kcs_opregion map=_SB=1 && read_at sb FREE
            read_at mi2 PCI0.SF8.MI2.NEAR
            rmmod kcs_opregion
            modprobe kcs_opregion && read_at none PCI0.SF8.MI1.NEAR
            read_at first FREE
        """)
        self.assertEqual(self.values(result), {"above": W200, "sb": W100, "mi2": W200,
                                               "none": W100, "first": W200})

    def test_anchor_stays_pinned_after_a_reload(self):
        result = self.look("""
            modprobe kcs_opregion && rmmod kcs_opregion
            echo N >/sys/module/kcs_anchor/parameters/pinned
            modprobe kcs_opregion && rmmod kcs_opregion
            rmmod kcs_anchor 2>/dev/null && echo gone=1 || echo gone=0
        """)
        self.assertEqual(self.values(result), {"gone": 0})

    def test_interface_that_goes_serves_nobody_until_it_comes_back(self):
        result = self.look(f"""
            both && modprobe kcs_opregion && modprobe kcs_aml
            cd /sys/bus/platform/drivers/kcs_host
            echo {MI1} >unbind
            read_at mi1_gone PCI0.SF8.MI1.NEAR
            read_at mi2 PCI0.SF8.MI2.NEAR
            echo {MI1} >bind && ready {MI1}
            read_at mi1_back PCI0.SF8.MI1.NEAR
        """)
        self.assertEqual(self.values(result), {
            "mi1_gone": NONE, "mi2": W200, "mi1_back": W100})

    def test_nobody_stands_in_for_the_first_interface(self):
        result = self.look(f"""
            both && modprobe kcs_opregion && modprobe kcs_aml && read_at first FREE
            cd /sys/bus/platform/drivers/kcs_host
            echo {MI2} >unbind
            read_at gone FREE; read_at mi1 PCI0.SF8.MI1.NEAR
            echo {MI2} >bind && ready {MI2}
            read_at back FREE
        """)
        self.assertEqual(self.values(result), {"first": W200, "gone": NONE, "mi1": W100,
                                               "back": W200})

    def test_interface_that_comes_later_is_used(self):
        result = self.look("""
            modprobe kcs_opregion && modprobe kcs_aml && sleep 1.2
            read_at before FREE
            modprobe kcs_sim && await "BMC ready"
            read_at after FREE
        """, ssdts=["region"], bmc=None, second_bmc=None)
        values = self.values(result)
        self.assertEqual((values["before"], values["after"]),
                         ("error=AE_NOT_EXIST", "0xbb"))

    def test_simulated_bmc_beside_a_real_one_has_regions_of_its_own(self):
        result = self.look("""
            modprobe kcs_host && ready IPI0001:00 && modprobe kcs_sim || exit 1
            ready ../../../devices/platform/kcs_sim
            modprobe kcs_opregion map=_SB.FREE=kcs_sim && modprobe kcs_aml
            read_at free FREE; echo dcmi=$(evaluate '\\_SB.WATT')
        """, ssdts=["region"], second_bmc=None)
        self.assertEqual(self.values(result), {"free": "0xbb", "dcmi": "integer=0x64"})

    def test_device_of_another_kind_above_does_not_keep_a_region_from_the_first(self):
        result = self.look("""
            modules && ready IPI0001:00 && modprobe kcs_aml && read_at below SSI0
        """, ssdts=["region:KIND"], second_bmc=None)
        self.assertEqual(self.values(result), {"below": W100})

    def test_regions_outside_of_sb_are_left_to_acpi_ipmi(self):
        result = self.look(r"""
            ask() { for path in KCSR _GPE.KCSG; do
                    echo $1_${path#*.}=$(evaluate "\\$path" | cut -c 1-8); done; }
            modules && ready IPI0001:00 && modprobe kcs_aml && ask alone
            modprobe -a ipmi_devintf kcs_ipmi && modprobe acpi_ipmi && ask beside
            echo sb=$(evaluate '\_SB.WATT')
        """, ssdts=["outside", "region"], second_bmc=None)
        self.assertEqual(dict(re.findall(r"^(\w+)=(.*)$", result.output, re.M)), {
            "alone_KCSR": "error=AE", "alone_KCSG": "error=AE",
            "beside_KCSR": "00020011", "beside_KCSG": "00020022", "sb": "integer=0x64"})
        self.assertEqual(result.console.count("2 IPMI regions outside of \\_SB"), 1)

    def test_last_interface_that_goes_leaves_a_line(self):
        result = self.look("""
            modules && ready IPI0001:00 || exit 1
            echo IPI0001:00 >/sys/bus/platform/drivers/kcs_host/unbind
        """, second_bmc=None)
        self.assertEqual(result.console.count("no KCS interface is left"), 1)

    def test_bad_map_is_named_and_refused(self):
        result = self.boot("""
            modprobe kcs_opregion map=_SB.FREE; modprobe kcs_opregion map=_SB.FREE=
            modprobe kcs_opregion map==1; modprobe kcs_opregion map=_SB.NONE=1
            modprobe kcs_opregion map=_SB.FREE.READ=1
            modprobe kcs_opregion "map=_SB.$(printf '%0300d' 0)=1"
            lsmod | grep -q kcs_opregion && exit 1
            modprobe kcs_opregion map=,
        """, ssdts=["region"])
        for line in ('map: "_SB.FREE" is not DEVICE=INTERFACE',
                     'map: "" is not DEVICE=INTERFACE', "map: no device \\_SB.NONE",
                     "map: no device \\_SB.FREE.READ: AE_TYPE"):
            self.assertIn(line, result.console)


class HarmlessTest(VmCase):
    """Machines whose interface is none of ours keep what they have."""

    def check(self, interface, driver):
        result = self.boot(f"""
            modprobe -a {driver} acpi_ipmi && modprobe acpi_power_meter
            for _ in $(seq 600); do bound && break; sleep 0.1; done
            echo before=$(watts)
            modprobe kcs_host && modprobe kcs_opregion && sleep 0.5 && echo beside=$(watts)
            lsmod | grep kcs_; cat /proc/modules | grep -c "^kcs_anchor .* kcs_opregion" | sed 's/^/anchored=/'
            rmmod kcs_opregion && rmmod kcs_anchor && rmmod kcs_host || exit 1
            echo after=$(watts); lsmod | grep -c ^kcs_ | sed 's/^/left=/'
        """, ssdts=["dcmi", "outside"], interface=interface)
        self.assertEqual(self.values(result), {
            "before": "187.0 W", "beside": "187.0 W", "after": "187.0 W", "anchored": 1,
            "left": 0})
        lines = re.findall(r"kcs_\w+[ :].*", result.console)
        lines = [line for line in lines if "taint" not in line]
        self.assertEqual(lines, [
            "kcs_opregion: no KCS interface yet; until there is one, "
            "IPMI regions stay with whoever serves them"])

    def test_meter_over_bt_keeps_its_reading(self):
        self.check("isa-ipmi-bt", "ipmi_si")

    def test_meter_over_ssif_keeps_its_reading(self):
        self.check("smbus-ipmi,address=0x10", "i2c_i801 ipmi_ssif")


class TimeTest(VmCase):
    """How long a call may take, and what is told of it."""

    @pytest.mark.alone
    def test_call_with_the_global_lock_has_the_shorter_deadline(self):
        result = self.boot(READ + r"""
            modprobe kcs_opregion lock_timeout_ms=100 && await "BMC ready" && modprobe kcs_aml
            echo free=$(evaluate '\_SB.ECHA'); echo locked_before=$(calls locked)
            start=$(now_ms); echo lock=$(evaluate '\_SB.ECHL')
            echo lock_ms=$(($(now_ms) - start))
            echo locked=$(calls locked); echo max_us=$(calls locked_max_us)
            ready IPI0001:00
            evaluate '\_SB.ECHL' >/tmp/lock & sleep 0.05
            echo beside=$(evaluate '\_SB.ECHA'); wait; echo again=$(cat /tmp/lock)
            echo locked_after=$(calls locked)
        """, ssdts=["region"], bmc=["--think-ms", "300"])
        values = {name: str(value)[:6] for name, value in self.values(result).items()}
        self.assertEqual((values["free"], values["lock"]), ("000200", "1001c3"))
        self.assertEqual((values["beside"], values["again"]), ("000200", "1001c3"))
        self.assertEqual((values["locked_before"], values["locked"]), ("0.0", "1.0"))
        self.assertEqual(values["locked_after"], "2.0")
        figures = self.values(result)
        print(f"{figures['lock_ms']:.0f} ms,", end=" ", flush=True)
        self.assertLess(figures["lock_ms"], 300)
        self.assertTrue(100_000 <= figures["max_us"] < 300_000)

    def test_lock_has_the_same_deadline_unless_told_otherwise(self):
        result = self.boot(READ + r"""
            modprobe kcs_opregion && await "BMC ready" && modprobe kcs_aml
            echo lock=$(evaluate '\_SB.ECHL'); echo max_us=$(calls locked_max_us)
        """, ssdts=["region"], bmc=["--think-ms", "500"])
        self.assertIn("lock=00020001", result.output)
        self.assertGreaterEqual(self.values(result)["max_us"], 500_000)

    @pytest.mark.alone
    def test_global_lock_is_left_to_firmware(self):
        ms = 60000 if self.full else 15000
        result = self.boot(READ + rf"""
            modprobe kcs_opregion && await "BMC ready" && modprobe kcs_aml || exit 1
            aml method=\\_SB.GLFR threads=1 ms={ms} expect=0 | sed 's/^/free /' &
            aml method=\\_SB.GLCK threads=2 ms={ms} expect=0 | sed 's/^/held /'
            wait; cat /sys/kernel/debug/kcs_opregion/firmware
        """, ssdts=["region"], bmc="qemu", timeout_s=200)
        held, free = (re.search(rf"^{who} (.*)$", result.output, re.M)[1]
                      for who in ("held", "free"))
        rounds = int(re.search(r"ok=(\d+)", held)[1])
        print(f"{rounds} rounds,", end=" ", flush=True)
        self.assertGreater(rounds, 10000 if self.pace == 1 else 100)
        for line in (held, free):
            self.assertIn("foreign=0 ", line)
            self.assertNotRegex(line, r"E\d+=")
        self.assertIn("\\_SB.OEMR LORD 30 E0 Lock\n", result.output)
        self.assertIn("\\_SB.APPR DVID 06 01 NoLock\n", result.output)

    def test_deadlines_out_of_range_are_kept_in_it(self):
        result = self.boot(READ + r"""
            modprobe kcs_opregion timeout_ms=0 && await "BMC ready" && modprobe kcs_aml
            echo zero=$(evaluate '\_SB.ECHA')
            echo 4294967295 >/sys/module/kcs_opregion/parameters/timeout_ms
            echo 4294967295 >/sys/module/kcs_opregion/parameters/keep_ms
            ready IPI0001:00; echo huge=$(evaluate '\_SB.ECHA')
        """, ssdts=["region"], bmc=["--think-ms", "100"])
        self.assertIn("zero=1001c3", result.output)
        self.assertIn("huge=0002005a", result.output)


class ShareTest(VmCase):
    """Readings that many ask for."""

    def test_64_readers_share_transfers_and_each_gets_his_own(self):
        ms = 60000 if self.full else 15000
        result = self.boot(READ + rf"""
            modprobe kcs_opregion && await "BMC ready" && modprobe kcs_aml
            aml method=\\_SB.PROD threads=16 ms={ms} expect=43981 | sed 's/^/product /' &
            aml method=\\_SB.WATT threads=48 ms={ms} expect=187 | sed 's/^/watts /'
            wait; for name in calls answered joined timeouts failures; do
                echo $name=$(calls $name); done
        """, ssdts=["region"], bmc=["--think-ms", "5"], timeout_s=200)
        calls = self.values(result)
        reads = 0
        for word in ("product", "watts"):
            line = re.search(rf"^{word} (.*)$", result.output, re.M)[1]
            self.assertNotRegex(line, r"E\d+=")
            self.assertIn("foreign=0 ", line)
            reads += int(re.search(r"ok=(\d+)", line)[1])
        transfers = result.requests.count("2c 02") + result.requests.count("06 01")
        print(f"{reads} reads, {transfers} transfers,", end=" ", flush=True)
        self.assertGreater(reads, 1000)
        # On a slow kernel fewer of them come at the same time.
        self.assertLess(transfers, reads / (4 if self.pace == 1 else 1))
        self.assertEqual(calls["calls"], calls["answered"])
        self.assertGreaterEqual(calls["calls"], reads)
        self.assertEqual((calls["timeouts"], calls["failures"]), (0, 0))

    def test_reading_is_kept_only_if_told_so(self):
        result = self.boot(READ + r"""
            modprobe kcs_opregion && await "BMC ready" && modprobe kcs_aml
            evaluate '\_SB.WATT'; evaluate '\_SB.WATT'; echo kept_0=$(calls kept)
            echo 60000 >/sys/module/kcs_opregion/parameters/keep_ms
            evaluate '\_SB.WATT'; evaluate '\_SB.WATT'; echo kept_1=$(calls kept)
        """, ssdts=["region"])
        values = self.values(result)
        self.assertEqual((values["kept_0"], values["kept_1"]), (0, 1))
        self.assertEqual(result.requests.count("2c 02"), 3)


class PolicyTest(VmCase):
    """Which commands AML may send."""

    ALL = "GDID SEND STAC POFF RDCM ECHA ECHL"

    def ask_all(self, policy):
        result = self.boot(READ + rf"""
            modprobe kcs_opregion "policy={policy}" && await "BMC ready" || exit 1
            modprobe kcs_aml; sleep 0.3
            echo 1 >/sys/kernel/debug/tracing/events/kcs_opregion/enable
            for method in {self.ALL}; do
                echo $method=$(evaluate "\\_SB.$method" | cut -c 1-6)
            done
            echo denied=$(calls denied)
            grep -c "result -13" /sys/kernel/debug/tracing/trace | sed 's/^/traced=/'
        """, ssdts=["region"])
        asked = result.requests.split("06 2e 01")[-1]   # after the probe's own
        values = dict(re.findall(r"^(\w+)=(.*)$", result.output, re.M))
        return values, asked

    def test_all_is_the_default_and_lets_all_through(self):
        values, asked = self.ask_all("all")
        self.assertEqual(values["denied"], "0")
        for command in ("00 02", "06 34", "30 ee", "2c 02"):
            self.assertIn(command, asked)

    def test_monitor_only_lets_reads_through_and_denies_the_rest(self):
        values, asked = self.ask_all("monitor-only")
        self.assertEqual({name for name in self.ALL.split() if values[name] == "0001d4"},
                         {"SEND", "POFF", "ECHA", "ECHL"})
        self.assertEqual((values["denied"], values["traced"]), ("4", "4"))
        self.assertIn("2c 02", asked)
        for command in ("00 02", "06 34", "30 ee"):
            self.assertNotIn(command, asked)

    def test_list_denies_by_first_data_byte(self):
        values, asked = self.ask_all("all,-00/02:00,-06/*")
        self.assertEqual({name for name in self.ALL.split() if values[name] == "0001d4"},
                         {"GDID", "SEND", "POFF"})
        self.assertNotIn("00 02", asked)

    def test_none_sends_nothing(self):
        values, asked = self.ask_all("none")
        self.assertEqual({values[name] for name in self.ALL.split()}, {"0001d4"})
        self.assertEqual((values["denied"], values["traced"]), ("7", "7"))
        # What is left is the driver's own: the interrupt is enabled and tested.
        sent = re.findall(r"^[0-9a-f]{2} [0-9a-f]{2}", asked.strip(), re.M)
        self.assertLessEqual(set(sent), {"06 01", "06 2e", "06 2f"})
        self.assertLessEqual(asked.count("06 01"), 2)

    def test_bad_policy_is_named_and_refused(self):
        result = self.boot("""
            modprobe kcs_opregion policy=monitor
            modprobe kcs_opregion policy=all,-30/zz
            lsmod | grep -q kcs_opregion && exit 1; true
        """)
        self.assertIn('policy: "monitor" is not', result.console)
        self.assertIn('policy: "-30/zz" is not', result.console)


class ConsumerTest(VmCase):
    """Devices that are probed again when the BMC is ready."""

    def look(self, consumers):
        result = self.boot(f"""
            modprobe acpi_power_meter && ! bound || exit 1
            modprobe kcs_opregion "consumers={consumers}" && await "BMC ready" || exit 1
            sleep 1; bound && echo bound=1 || echo bound=0
        """, ssdts=["dell"])
        return self.values(result)["bound"]

    def test_those_of_the_list_are_probed_again(self):
        self.assertEqual(self.look("KCST0001,ACPI000D,"), 1)

    def test_readiness_of_any_bmc_counts(self):
        result = self.boot(READ + """
            modprobe acpi_power_meter && modprobe kcs_host && await "BMC dead" || exit 1
            ready IPI0001:01 && modprobe kcs_opregion map=_SB.PMI0=1 || exit 1
            for _ in $(seq 30); do bound && break; sleep 0.1; done
            bound && echo bound=1
        """, ssdts=["dell"], second_bmc=["--silent-s", "inf"])
        self.assertEqual(self.values(result), {"bound": 1})

    def test_what_the_admin_unbound_stays_unbound(self):
        result = self.boot("""
            driver=/sys/bus/acpi/drivers/power_meter
            modules && await "BMC ready" && modprobe acpi_power_meter && bound || exit 1
            echo ACPI000D:00 >$driver/unbind
            modprobe kcs_sim && await "kcs_sim.*BMC ready" && sleep 0.5 || exit 1
            bound && echo unbound=0 || echo unbound=1
            echo ACPI000D:00 >$driver/bind && echo watts=$(watts)
            rmmod kcs_sim && rmmod acpi_power_meter && modprobe kcs_sim || exit 1
            modprobe acpi_power_meter && bound && echo bound=1
        """, ssdts=["dell"])
        self.assertEqual(self.values(result), {"unbound": 1, "watts": "187.0 W", "bound": 1})

    def test_others_are_not(self):
        self.assertEqual(self.look("KCST0001,ANAMETHATISFARTOOLONG,,"), 0)
