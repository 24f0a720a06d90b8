# SPDX-License-Identifier: GPL-2.0-only
"""kcs_via_ipmi in a VM: firmware over interfaces that stay with other drivers.

What AML gets byte by byte over each of them is in test_aml.py.
"""
import pytest

from aml_rows import OVER
from test_ipmi import CLOCK
from vm_case import VmCase
from vm_table import Bed, columns, errors, figures

PRELUDE = r"""
hosts() { ls /sys/class/kcs | wc -l; }
over() {
    modprobe kcs_opregion && modprobe kcs_via_ipmi
    for _ in $(seq 200); do
        cat /sys/devices/platform/kcs_via_ipmi.*/kcs/kcs*/health | grep -q "ready\|degraded" && return
        sleep 0.05
    done
    false
}
OF_IPMI_SI=/sys/bus/platform/drivers/ipmi_si
"""

SILENT_S = 15
ENDS = {"deadline": 5500, "dead": 50, "back": 2000}    # ms
E_NODATA = 61


@pytest.mark.sanitized
class ViaTest(VmCase):
    """A machine with one interface, or two, of which other drivers have one."""

    def look(self, script, interface="isa-ipmi-bt", **options):
        options = {"ssdts": ["dcmi", "region"], "interface": interface} | options
        return self.boot(PRELUDE + script, **options)

    def test_driver_keeps_its_interface_and_programs(self):
        result = self.look("""
            modprobe -a ipmi_si ipmi_devintf acpi_power_meter && device || exit 1
            ipmitool mc info >/tmp/before 2>&1; over && ipmitool mc info >/tmp/beside 2>&1
            cmp /tmp/before /tmp/beside && echo same=1
            for _ in $(seq 100); do bound && break; sleep 0.1; done
            echo watts=$(watts); ls /dev/ipmi* | wc -l | sed 's/^/devices=/'; echo hosts=$(hosts)
            basename "$(readlink $OF_IPMI_SI/IPI0001:00/driver)" | sed 's/^/driver=/'
            rmmod ipmi_si 2>/dev/null && exit 1
            rmmod kcs_via_ipmi && echo left=$(hosts) && ipmitool mc info >/tmp/after 2>&1
            cmp /tmp/before /tmp/after && over && sleep 1.2 && echo again=$(watts)
            rmmod acpi_power_meter; rmmod acpi_ipmi 2>/dev/null     # the meter's, since 6.12
            rmmod kcs_via_ipmi && rmmod ipmi_si && echo gone=1
        """)
        self.assertEqual(self.values(result), {
            "same": 1, "watts": "187.0 W", "devices": 1, "hosts": 1, "driver": "ipmi_si",
            "left": 0, "again": "187.0 W", "gone": 1})

    def test_driver_keeps_its_interface_and_programs_beside_kcs_ipmi(self):
        result = self.look("""
            modprobe -a ipmi_si ipmi_devintf kcs_ipmi && device && over && sleep 1 || exit 1
            ls /dev/ipmi* | wc -l | sed 's/^/devices=/'; echo hosts=$(hosts)
            rmmod kcs_ipmi && rmmod kcs_via_ipmi && modprobe kcs_via_ipmi &&
                modprobe kcs_ipmi && sleep 1 || exit 1
            ls /dev/ipmi* | wc -l | sed 's/^/again=/'; ipmitool raw 6 1 >/dev/null && echo asked=1
        """)
        self.assertEqual(self.values(result), {"devices": 1, "hosts": 1, "again": 1, "asked": 1})

    def test_neither_bridge_is_the_way_of_the_other(self):
        result = self.look("""
            check() { sleep 1; echo "$1"_hosts=$(hosts) "$1"_devices=$(ls /dev/ipmi* | wc -l) |
                tr ' ' '\\n'; ipmitool raw 6 1 >/dev/null || exit 1; }
            modprobe -a ipmi_devintf kcs_via_ipmi && modprobe -a kcs_host kcs_ipmi && device &&
                check first
            rmmod kcs_ipmi && modprobe kcs_ipmi && device && check again
            rmmod kcs_via_ipmi && modprobe kcs_via_ipmi && check last
            rmmod kcs_via_ipmi && rmmod kcs_ipmi && rmmod kcs_host && echo gone=1
        """, interface="isa-ipmi-kcs")
        self.assertEqual(self.values(result), {
            "first_hosts": 1, "first_devices": 1, "again_hosts": 1, "again_devices": 1,
            "last_hosts": 1, "last_devices": 1, "gone": 1})

    def test_each_interface_is_served_once_beside_ours(self):
        result = self.look("""
            modprobe -a ipmi_devintf kcs_host kcs_ipmi && ready IPI0001:01 && device || exit 1
            modprobe ipmi_si && over && sleep 1
            echo hosts=$(hosts); ls /dev/ipmi* | wc -l | sed 's/^/devices=/'
        """, interface="isa-ipmi-kcs", second_bmc=["--watts", "200"],
            second_interface="isa-ipmi-bt,ioport=0xe4,irq=0")
        self.assertEqual(self.values(result), {"hosts": 2, "devices": 2})

    def test_region_below_a_usable_interface_of_another_kind_is_its(self):
        result = self.look("""
            modprobe -a kcs_host kcs_opregion kcs_aml && await "BMC ready" || exit 1
            modprobe ipmi_si && sleep 1; read_at before PCI0.SF8.MI2.NEAR
            over; read_at over PCI0.SF8.MI2.NEAR; read_at first FREE
            rmmod kcs_via_ipmi; read_at gone PCI0.SF8.MI2.NEAR; read_at free FREE
            over; read_at back PCI0.SF8.MI2.NEAR
        """, ssdts=["region:TWO"], interface="isa-ipmi-kcs", bmc=["--watts", "100"],
            second_interface="isa-ipmi-bt,ioport=0xe4,irq=0", second_bmc=["--watts", "200"])
        self.assertEqual(self.values(result), {
            "before": "0x64", "over": "0xc8", "first": "0x64", "gone": "0xffffffff",
            "free": "0x64", "back": "0xc8"})

    def test_first_interface_stays_the_first_when_its_driver_changes(self):
        result = self.look("""
            modprobe -a kcs_host kcs_opregion kcs_aml && ready IPI0001:00 || exit 1
            read_at ours FREE
            echo IPI0001:00 >/sys/bus/platform/drivers/kcs_host/unbind; read_at none FREE
            modprobe ipmi_si && over && read_at theirs FREE
        """, interface="isa-ipmi-kcs")
        self.assertEqual(self.values(result), {
            "ours": "0xbb", "none": "0xffffffff", "theirs": "0xbb"})

    def test_interface_that_gets_the_number_of_the_first_is_not_it(self):
        result = self.look("""
            zero() { basename "$(readlink /sys/class/ipmi/ipmi0/device)"; }
            modprobe -a ipmi_devintf kcs_aml && modprobe ipmi_si && device && over && sleep 1
            first=$(zero); for other in IPI0001:00 IPI0001:01; do
                [ $other = $first ] || break; done
            read_at first FREE
            cd $OF_IPMI_SI; echo $first >unbind; echo $other >unbind; echo $other >bind
            device && over && sleep 1; [ "$(zero)" = $other ] && echo swapped=1
            read_at meanwhile FREE
            echo $first >bind; sleep 1; ready kcs_via_ipmi.1 && read_at back FREE
        """, ssdts=["region"], interface="isa-ipmi-kcs", bmc=["--watts", "100"],
            second_interface="isa-ipmi-bt,ioport=0xe4,irq=0", second_bmc=["--watts", "200"])
        values = self.values(result)
        self.assertEqual((values["swapped"], values["meanwhile"]), (1, "0xffffffff"))
        self.assertIn(values["first"], ("0x64", "0xc8"))
        self.assertEqual(values["back"], values["first"])

    def test_kcsctl_tells_it_from_an_interface_and_gives_it_back(self):
        result = self.look("""
            modprobe -a ipmi_si ipmi_devintf && device && over && modprobe acpi_power_meter
            for _ in $(seq 100); do bound && break; sleep 0.1; done
            kcsctl status; echo status=$?; kcsctl take --dry-run; echo take=$?
            kcsctl give-back; echo give_back=$?; echo hosts=$(hosts); sleep 1.2
            echo watts=$(watts); lsmod | grep -c "^kcs_" | sed 's/^/left=/'
        """, interface="isa-ipmi-kcs", kcsctl=True)
        self.assertEqual(self.values(result), {
            "status": 0, "take": 0, "give_back": 0, "hosts": 0, "watts": "187.0 W", "left": 0})
        self.assertRegex(result.output, r"kcs_via_ipmi.0 +over /dev/ipmi0, found by kcs_via_ipmi\n")
        self.assertNotIn("driver_override", result.output.partition("take=0")[2])

    def test_callers_that_wait_hold_up_no_removal(self):
        # The BMC replies to this after 8 s, and to nothing else meanwhile.
        slow = r"aml method=\\_SB.SLOW threads=16 count=16 ms=9000 | figure"
        result = self.look(f"""
            modprobe -a ipmi_si kcs_aml && over || exit 1
            gone() {{ local start; start=$(now_ms); eval "$2" || exit 1
                echo $1 ms=$(($(now_ms) - start)); }}
            {slow} via_first & sleep 0.5; kill -0 $! && echo waits_via_first yes=1
            gone via "rmmod kcs_via_ipmi"; gone opregion "rmmod kcs_opregion"; wait
            sleep 9; over || exit 1
            {slow} opregion_first & sleep 0.5; kill -0 $! && echo waits_opregion_first yes=1
            gone then_opregion "rmmod kcs_opregion"; gone then_via "rmmod kcs_via_ipmi"; wait
            sleep 9; over || exit 1
            {slow} unbound & sleep 0.5; kill -0 $! && echo waits_unbound yes=1
            echo IPI0001:00 >$OF_IPMI_SI/unbind; wait; sleep 1; echo hosts count=$(hosts)
            echo IPI0001:00 >$OF_IPMI_SI/bind; sleep 9; ready kcs_via_ipmi.0 || exit 1
            aml $PMM count=5 ms=9000 | figure after
        """)
        found = figures(result)
        for name in ("via", "opregion", "then_via", "then_opregion"):
            print(f"{name} {found[name]['ms']:.0f} ms,", end=" ")
            self.assertLess(found[name]["ms"], 2000 * self.pace)
        for name in ("via_first", "opregion_first", "unbound"):
            self.assertEqual(found[f"waits_{name}"]["yes"], 1)
            self.assertGreater(found[name]["slowest_us"], 400000)
            self.assertEqual(sum(errors(found[name]).values()), 16, found[name])
            self.assertLess(found[name]["slowest_us"], 5500000 * self.pace)
        self.assertEqual((found["hosts"]["count"], found["after"]["ok"]), (0, 5))

    def test_interface_and_module_come_and_go_under_traffic(self):
        result = self.look(f"""
            modprobe -a ipmi_si kcs_aml && over || exit 1
            aml $PMM threads=8 ms={20000 * self.pace} expect=187000 | figure traffic & traffic=$!
            (for _ in $(seq 40); do echo IPI0001:00 >$OF_IPMI_SI/unbind
                echo IPI0001:00 >$OF_IPMI_SI/bind; done) & bound=$!
            (for _ in $(seq 40); do rmmod kcs_via_ipmi; modprobe kcs_via_ipmi; done) & loaded=$!
            wait $bound; wait $loaded; kill -0 $traffic && echo beside=1
            wait; ready kcs_via_ipmi.0 || exit 1
            echo hosts=$(hosts); aml $PMM count=5 ms=9000 expect=187000 | figure after
        """, timeout_s=120 * self.pace)
        found, values = figures(result), self.values(result)
        self.assertEqual((values["beside"], values["hosts"]), (1, 1))
        self.assertEqual((found["traffic"]["foreign"], found["after"]["ok"]), (0, 5))
        self.assertTrue(found["traffic"]["ok"] and errors(found["traffic"])[E_NODATA])
        self.assertEqual(result.console.count("IPMI bt interface initialized"), 41)
        print(f"{found['traffic']['ok']:.0f} of 8 callers answered", end=" ")

    def test_programs_and_firmware_get_their_own_replies(self):
        self.machine.initrd.build_program(CLOCK)
        ms = 60000 if self.full else 10000
        result = self.look(f"""
            modprobe -a ipmi_si ipmi_devintf kcs_aml && device && over || exit 1
            aml $PMM ms=3000 rest_us=20000 expect=187000 | figure alone
            for i in $(seq 8); do (while :; do
                ipmitool raw 0x30 0xee 0x1$i 2>/dev/null | grep -q "^ 1$i$" || echo lost $i
            done) & done
            aml $PMM ms={ms} rest_us=20000 expect=187000 | figure beside
            kill $(jobs -p)
        """, timeout_s=300)
        found = figures(result)
        alone, beside = found["alone"], found["beside"]
        print(f"AML's p99 {beside['p99_us'] / 1000:.1f} ms, alone {alone['p99_us'] / 1000:.1f} ms, "
              f"{beside['ok']:.0f} reads", end=" ")
        self.assertNotIn("lost", result.output)
        self.assertEqual((beside["foreign"], errors(beside)), (0, {}))
        self.assertGreater(beside["ok"], 100 // self.pace)


class ViaCostTest(VmCase):
    """What a call costs, where instructions are counted."""

    def test_call_costs_little_more_than_over_acpi_ipmi(self):
        result = self.boot(PRELUDE + r"""
            once() { evaluate '\_SB.REPL' | grep -q ^000c0020 || exit 1
                aml 'method=\_SB.ONCE' count=3000 ms=60000 | figure $1; }
            sent() { cat /sys/class/kcs/kcs*/requests; }
            modprobe ipmi_si && modprobe acpi_ipmi && modprobe kcs_aml && sleep 1 && once theirs
            over && sleep 1 && before=$(sent) && once ours
            echo sent count=$(($(sent) - before))
        """, ssdts=["bench"], bmc="qemu", counted=True, timeout_s=300 * self.pace)
        found = figures(result)
        ours, theirs = (found[stack]["mean_us"] for stack in ("ours", "theirs"))
        print(f"{ours:.1f} us, acpi_ipmi {theirs:.1f} us,", end=" ")
        self.assertEqual((found["ours"]["ok"], found["theirs"]["ok"]), (3000, 3000))
        self.assertGreaterEqual(found["sent"]["count"], 3000)
        self.assertLess(ours, theirs + 10)


# ipmi_ssif gives up when it reads a reply of before, which QEMU keeps for it.
SILENCE = f"""
    modprobe -a DRIVERS ipmi_devintf kcs_aml
    device || {{ rmmod ipmi_ssif && modprobe ipmi_ssif && device; }} || exit 1
    silence() {{ ipmitool raw 0x30 0xe1 2 0 >/dev/null; }}
    modprobe acpi_ipmi && aml $PMM count=3 ms=9000 | figure theirs_before && silence
    aml $PMM ms={SILENT_S * 1000} rest_us=1000000 | figure theirs; sleep 6
    over && aml $PMM count=3 ms=9000 | figure before && silence
    start=$(now_ms)
    aml $PMM ms=6000 rest_us=1000000 | figure silent
    for _ in $(seq 100); do [ "$(cat /sys/class/kcs/kcs*/health)" = dead ] && break; sleep 0.1; done
    aml $PMM count=5 ms=9000 rest_us=100000 | figure dead
    while [ $(($(now_ms) - start)) -lt {SILENT_S * 1000} ]; do sleep 0.1; done
    start=$(now_ms)
    for _ in $(seq 300); do
        aml $PMM count=1 ms=9000 | grep -q ok=1 && break; sleep 0.1
    done
    echo back ms=$(($(now_ms) - start))
"""


@pytest.fixture(scope="module")
def bed(machine):
    """Boots, and looks for reports of the kernel; its table is ours."""
    return Bed(machine, False)


@pytest.fixture(scope="module")
def table(show):
    lines = []
    yield lines
    show(f"firmware's readings over a BMC that is silent for {SILENT_S} s",
         columns([("", "slowest", "slowest while dead", "back after", "acpi_ipmi's slowest"),
                  *lines]))


@pytest.mark.sanitized
@pytest.mark.parametrize("stack", [
    pytest.param(stack, marks=[pytest.mark.full] if stack in ("over-kcs", "over-pci") else [])
    for stack in OVER])
def test_silent_bmc_costs_a_deadline_and_comes_back(bed, stack, table):
    interface, drivers = OVER[stack]
    pace = 10 if bed.sanitized else 1
    result = bed.boot(PRELUDE + SILENCE.replace("DRIVERS", drivers), ssdts=["dcmi"],
                      interface=interface,
                      bmc=["--silent-s", str(SILENT_S), "--silent-from-s", "inf"])
    found = figures(result)
    slowest = {name: found[name]["slowest_us"] / 1000 for name in ("silent", "dead", "theirs")}
    table.append((stack, f"{slowest['silent']:.0f} ms", f"{slowest['dead']:.2f} ms",
                  f"{found['back']['ms']:.0f} ms", f"{slowest['theirs']:.0f} ms"))
    # A PCI function is no device of firmware's: acpi_ipmi serves nobody over it.
    assert found["theirs_before"]["ok"] == (0 if stack == "over-pci" else 3)
    assert found["before"]["ok"] == 3
    assert errors(found["dead"]).get(E_NODATA, 0) >= 5 and not found["dead"]["ok"], found["dead"]
    assert slowest["silent"] <= ENDS["deadline"] * pace and slowest["dead"] <= ENDS["dead"] * pace
    assert found["back"]["ms"] <= ENDS["back"] * pace
