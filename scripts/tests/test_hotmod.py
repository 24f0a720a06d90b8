# SPDX-License-Identifier: GPL-2.0-only
"""Interfaces that come and go while kcs_host is loaded, by its parameter hotmod."""
import re

import pytest

from discovery_case import NOWHERE, TABLE, Discovery

pytestmark = pytest.mark.sanitized

# hotmod TEXT: writes it; try TEXT: prints why it is refused, too.
# claims, devices: how many registers and devices of kcs_host there are.
# timed COMMAND...: its duration in ms in $took.
PRELUDE = r"""
HOTMOD=/sys/module/kcs_host/parameters/hotmod
hotmod() { echo -ne "$1" 2>/tmp/why >$HOTMOD; }
try() { hotmod "$1" || { sed 's/.*: //' /tmp/why; false; }; }
claims() { grep -c kcs_host /proc/ioports; }
devices() { ls /sys/devices/platform | grep kcs_param | tr '\n' ' '; }
timed() { local from=$(now_ms); "$@"; local status=$?; took=$(($(now_ms) - from)); return $status; }
"""

# A BMC that no table names.
HIDDEN = {"ssdts": ["hidden"], "smbios": NOWHERE}


class HotmodCase(Discovery):
    """A machine whose tables name no interface, unless a test says otherwise."""

    def change(self, script, **options):
        return self.look(PRELUDE + script, **HIDDEN | options)

    def said(self, result):
        """What kcs_host says of hotmod."""
        return re.findall(r"\] kcs_host: ((?:hotmod|I/O port|memory)\b.*)", result.console)


class HotmodTest(HotmodCase):
    """What comes, what goes, and what is refused."""

    def test_interface_comes_serves_programs_and_goes(self):
        result = self.change(f"""
            modprobe -a ipmi_devintf kcs_host kcs_ipmi && where
            hotmod 'add,kcs,i/o,0xca2,irq=5\\n' && ready kcs_param.0 && device || exit 1
            where; ipmitool mc info | sed -n 's/^Manufacturer ID *: */manufacturer=/p'
            {TABLE} | grep ^parameter
            timed hotmod 'remove,kcs,i/o,0xca2\\n' && [ $took -le 2000 ] || exit 1
            echo left=$(claims)$(devices)$(ls /dev/ipmi* 2>/dev/null; ls /sys/class/kcs)
            {TABLE} | grep -c ^parameter | sed 's/^/lines=/'
        """)
        line = next(line for line in result.output.splitlines() if line.startswith("parameter"))
        self.assertEqual(line.split(), ["parameter", "kcs_param.0", "ports", "0xca2", "1", "1",
                                        "5", "taken"])
        values = self.values(result)
        self.assertEqual(values.pop("manufacturer", None), 343)
        self.assertEqual(values, {"kcs0": "kcs_param.0", "left": 0, "lines": 0})
        self.assertIn("kcs_param.0: removed by hotmod", result.console)

    def test_hotmod_is_taken_when_the_module_is_loaded(self):
        result = self.change("""
            modprobe kcs_host hotmod=add,kcs,i/o,0 2>/dev/null && exit 1
            modprobe kcs_host hotmod=add,kcs,i/o,0xca8:remove,kcs,i/o,0xca9 || exit 1
            devices; echo; rmmod kcs_host || exit 1
            modprobe kcs_host ports=0xca8 hotmod=remove,kcs,i/o,0xca8 hotmod=add,kcs,i/o,0xca2 &&
                ready kcs_param.1 && where; devices
            rmmod kcs_host && devices
        """)
        self.assertEqual(result.output.splitlines()[-1], "kcs_param.0 kcs_param.1 ")
        self.assertIn("kcs_param.1", self.values(result).values())
        self.assertEqual(result.output.splitlines()[0], "kcs_param.0 ")
        self.assertEqual(len(result.output.splitlines()), 4)
        self.assertIn("hotmod: operation 2 failed: -ENODEV", result.console)

    def test_every_kind_of_bad_line_is_named_and_changes_nothing(self):
        lines = {
            "": '"" is neither add nor remove',
            "ad,kcs,i/o,0xca8": '"ad" is neither add nor remove',
            "add": '"" is not kcs, the only kind there is',
            "add,bt,i/o,0xe4": '"bt" is not kcs, the only kind there is; ipmi_si has',
            "add,smic,i/o,0xca9": '"smic" is not kcs',
            "add,kcs,io,0xca8": '"io" is neither mem nor i/o',
            "add,kcs,i/o,ca8": '"ca8" is no number',
            "add,kcs,i/o,0": '"0" is no address',
            "add,kcs,mem,0x10000000000000000": '"0x10000000000000000" is too large a number',
            "add,kcs,i/o,0x10000": '"0x10000" has registers that overlap, are over 255 apart',
            "add,kcs,i/o,0xca8,rsi=3": '"0xca8" has registers of no possible rsi=',
            "add,kcs,i/o,0xca8,rsx=1": '"rsx=1" is none of rsp=, rsi=, rsh=, irq=, ipmb=',
            "add,kcs,i/o,0xca8,rsp=4,rsp=4": '"rsp=4" is there twice',
            "add,kcs,i/o,0xca8,ipmb=0x82": '"ipmb=0x82" is not 0x20',
            "add,kcs,i/o,0xca8 ": '"0xca8 " is no number',
            "add,kcs,i/o,0xca8\\n\\n": '"0xca8" is no number',
            "\\033[2Jadd": r'"\e[2Jadd" is neither',
            "x" * 3000: f'"{"x" * 40}" is neither',
            "add,kcs,i/o,0xca8:remove,kcs,i/o,0xca2:junk": 'operation 3: "junk" is neither',
        }
        tries = "\n".join(f"try '{line}'" for line in lines)
        result = self.change(f"""
            modprobe kcs_host ports=0xca2 && ready kcs_param.0 || exit 1
            ls -l $HOTMOD | cut -c1-10; cat $HOTMOD 2>/dev/null
            {tries}
            devices; claims; cat /sys/class/kcs/kcs0/health
        """)
        # A write of nothing is none.
        self.assertEqual(result.output.splitlines(), ["--w-------"] +
                         ["Invalid argument"] * (len(lines) - 1) +
                         ["kcs_param.0 2", "ready"])
        said = self.said(result)
        self.assertEqual(len(said), len(lines) - 1, said)
        for line, sentence in zip(said, list(lines.values())[1:]):
            self.assertRegex(line, r"^hotmod: operation \d: .*; nothing is changed$")
            self.assertIn(sentence, line)

    def test_operations_are_done_in_order_until_one_fails(self):
        result = self.change("""
            modprobe kcs_host
            try 'add,kcs,i/o,0xca2:add,kcs,mem,0xfed90000,rsi=4:remove,kcs,i/o,0xca8:remove,kcs,i/o,0xca2'
            devices; echo
            try 'remove,kcs,i/o,0xca2,rsp=1,rsi=1,rsh=0,irq=0,ipmb=32:remove,kcs,mem,0xfed90000'
            # With registers between one another: the address counts.
            try 'add,kcs,i/o,0x2102,rsp=3:add,kcs,i/o,0x2104,rsp=4:remove,kcs,i/o,0x2104'
            devices; echo; try 'remove,kcs,i/o,0x2102'; devices; echo claims=$(claims)
        """)
        self.assertEqual(result.output.splitlines(), [
            "No such device", "kcs_param.0 kcs_param.1 ", "kcs_param.0 ", "claims=0"])
        self.assertEqual(self.said(result), [
            "I/O port 0xca8: no interface is there; nothing removed",
            "hotmod: operation 3 failed: -ENODEV; those before it are done, those after it are not"])

    def test_same_registers_and_too_many_interfaces_are_refused(self):
        result = self.change("""
            modprobe kcs_host ports=0xca2,0xca2 && ready kcs_param.0 || exit 1
            try add,kcs,i/o,0xca2; try add,kcs,i/o,0xca3,rsp=4; try add,kcs,i/o,0xca1,rsp=2
            try remove,kcs,i/o,0xca2,rsp=4; try remove,kcs,i/o,0xca3; devices; echo
            for port in $(seq 8192 8 8304); do try add,kcs,i/o,$port || exit 1; done
            try add,kcs,i/o,0x2100; devices | wc -w
            try remove,kcs,i/o,0x2008:add,kcs,i/o,0x2100; devices | wc -w; claims
        """)
        self.assertEqual(result.output.splitlines(), [
            "File exists", "File exists", "File exists", "No such device", "No such device",
            "kcs_param.0 ", "No space left on device", "16", "16", "32"])
        said = self.said(result)
        for line, sentence in zip(said, (
                "I/O port 0xca2: kcs_param.0 has these registers already; not added",
                "I/O port 0xca2: kcs_param.0 has these registers already; not added",
                "I/O port 0xca3: kcs_param.0 has these registers already; not added",
                "I/O port 0xca1: kcs_param.0 has these registers already; not added",
                "I/O port 0xca2: kcs_param.0 is another, kcs,i/o,0xca2,rsp=1,rsi=1,rsh=0,irq=0; "
                "nothing removed",
                "I/O port 0xca3: kcs_param.0 is another, kcs,i/o,0xca2,rsp=1,rsi=1,rsh=0,irq=0; "
                "nothing removed",
                "I/O port 0x2100: parameters name 16 interfaces already")):
            self.assertIn(sentence, line)
        self.assertEqual(len(said), 7, said)

    def test_interface_of_a_table_is_to_be_unbound(self):
        for device, options in (("IPI0001:00", {"ssdts": [], "smbios": ()}),
                                ("dmi-ipmi-si.0", {"smbios": ()})):
            result = self.change(f"""
                modprobe kcs_host && ready {device} || exit 1
                try remove,kcs,i/o,0xca2; try add,kcs,i/o,0xca2; devices; where
                $(dmesg | sed -n 's/.*take it from its driver: //p' | sed 's/ >.*//') \
                    >$(dmesg | sed -n 's/.*take it from its driver: .* >//p') || exit 1
                try remove,kcs,i/o,0xca2
                try add,kcs,i/o,0xca2 && ready kcs_param.0 && {TABLE} | grep -c 'same as kcs_param.0'
                try remove,kcs,i/o,0xca2
                echo {device} >/sys/bus/platform/drivers/kcs_host/bind && ready {device} && where
            """, **options)
            self.assertEqual(result.output.splitlines(), [
                "Operation not permitted", "File exists", f"kcs0={device}", "No such device",
                "1", f"kcs0={device}"])
            said = self.said(result)
            self.assertIn(f"I/O port 0xca2: no parameter names {device}, its table does", said[0])
            self.assertIn(f"{device} has these registers already; not added", said[1])

    def test_interface_of_a_pci_function_is_to_be_unbound(self):
        result = self.change("""
            modprobe kcs_host && await "BMC ready" || exit 1
            base=$(sed -n 's/^ *\\(....\\)-.* : kcs_host/\\1/p' /proc/ioports | head -n 1)
            try remove,kcs,i/o,0x$base; try add,kcs,i/o,0x$base; devices
        """, interface="pci-ipmi-kcs")
        self.assertEqual(result.output.splitlines(), ["Operation not permitted", "File exists"])
        self.assertRegex(self.said(result)[0], r"echo (0000:00:0\d\.0) >/sys/bus/pci/drivers/kcs_host/unbind$")

    def test_driver_that_has_the_registers_keeps_them(self):
        result = self.change("""
            ours() { grep -E ' ipmi_si$' /proc/ioports | sort; }
            modprobe ipmi_si && ours >/tmp/before && [ -s /tmp/before ] && modprobe kcs_host || exit 1
            for _ in 1 2; do
                try add,kcs,i/o,0xca2 && devices; echo; where
                try add,kcs,i/o,0xca2; try remove,kcs,i/o,0xca2
            done; devices
            ours | cmp - /tmp/before && echo same=1
        """, ssdts=[], smbios=())
        self.assertEqual(result.output.splitlines(),
                         ["kcs_param.0 ", "File exists"] * 2 + ["same=1"])
        self.assertEqual(result.console.count("0xca2 is claimed already"), 2)

    def test_locked_down_kernel_refuses_it(self):
        # Nor does it let the guest write to the port that ends QEMU.
        result = self.machine.boot(PRELUDE + """
            modprobe kcs_host && mount -t securityfs none /sys/kernel/security || exit 1
            echo integrity >/sys/kernel/security/lockdown || exit 1
            try add,kcs,i/o,0xca2; echo left=$(devices)
        """, HIDDEN["ssdts"], smbios=NOWHERE, switches_off=True)
        self.assertEqual(result.output.splitlines(), ["Operation not permitted", "left="])

    def test_interface_with_a_request_in_flight_goes(self):
        result = self.change("""
            KCS=/sys/class/kcs/kcs0
            in_flight() { for _ in $(seq 1000); do
                [ $(cat $KCS/requests) -gt $(cat $KCS/answered) ] && return; done; false; }
            modprobe -a ipmi_devintf kcs_host kcs_ipmi && hotmod add,kcs,i/o,0xca2 &&
                ready kcs_param.0 && device || exit 1
            ( while ipmitool raw 6 4; do :; done >/dev/null 2>&1; echo ended >/tmp/program ) &
            in_flight && timed hotmod remove,kcs,i/o,0xca2 || exit 1
            wait; echo took_ms=$took; echo program=$(cat /tmp/program); echo left=$(claims)$(devices)
        """, bmc=["--think-ms", "300"])
        values = self.values(result)
        took_ms = values.pop("took_ms")
        print(f"removed in {took_ms:.0f} ms")
        self.assertLess(took_ms, 2000 * self.pace)
        self.assertEqual(values, {"program": "ended", "left": 0})


@pytest.mark.alone
class HotmodRoundsTest(HotmodCase):
    """Coming and going again and again, beside all that uses it."""

    def test_interface_comes_and_goes_under_traffic(self):
        rounds = 1000 if self.full else 50
        # No program closes /dev/ipmi0 while an interface goes: ipmi_msghandler of 6.1 may
        # free its user twice then, whichever driver the interface has.
        result = self.change(f"""
            modprobe -a ipmi_devintf kcs_host kcs_ipmi kcs_load || exit 1
            touch /tmp/go
            ( while [ -e /tmp/go ]; do load threads=2 rest_us=1000 ms=1000; done >/tmp/load ) &
            ( while [ -e /tmp/go ]; do cat /sys/class/kcs/kcs*/health /sys/class/kcs/kcs*/requests \
                /sys/kernel/debug/kcs/discovery /sys/module/kcs_host/parameters/ports; done >/dev/null 2>&1 ) &
            worst=0
            for round in $(seq {rounds}); do
                timed hotmod add,kcs,i/o,0xca2 || exit 1
                [ $took -le $worst ] || worst=$took
                # It goes at once, in the midst of a search, or of requests.
                case $((round % 3)) in
                1) sleep 0.1 ;;
                2) device && ipmitool mc info 2>/dev/null | grep ^Manufacturer >>/tmp/answers ;;
                esac
                timed hotmod remove,kcs,i/o,0xca2 || exit 1
                [ $took -le $worst ] || worst=$took
            done
            rm /tmp/go; wait; echo rounds=$round; echo worst_ms=$worst
            echo answers=$(wc -l </tmp/answers)
            sed 's/^ok=\\([0-9]*\\) .*/\\1/' /tmp/load | awk '{{ ok += $1 }} END {{ print "ok=" ok }}'
            echo left=$(claims)$(devices)$(ls /dev/ipmi* 2>/dev/null)
            rmmod kcs_load && rmmod kcs_ipmi && rmmod kcs_host || exit 1
        """, timeout_s=120 + 3 * rounds * self.pace)
        values = self.values(result)
        print(f"{rounds} rounds, the longest step {values['worst_ms']:.0f} ms, "
              f"{values['answers']:.0f} programs, {values['ok']:.0f} requests answered")
        self.assertLess(values.pop("worst_ms"), 2000 * self.pace)
        self.assertGreater(values.pop("answers"), rounds / 5)
        self.assertGreater(values.pop("ok"), rounds)
        self.assertEqual(values, {"rounds": rounds, "left": 0})

    def test_module_goes_beside_writes(self):
        rounds = 1000 if self.full else 100
        result = self.change(f"""
            touch /tmp/go
            for number in 1 2; do
                ( while [ -e /tmp/go ]; do
                    hotmod add,kcs,i/o,0xca2 && echo added >>/tmp/added
                    hotmod add,kcs,i/o,0xca8 && echo added >>/tmp/added
                    hotmod remove,kcs,i/o,0xca2:remove,kcs,i/o,0xca8
                done 2>/dev/null ) &
            done
            worst=0
            for round in $(seq {rounds}); do
                modprobe kcs_host || {{ echo "not loaded"; exit 1; }}
                [ $((round % 2)) = 0 ] || sleep 0.0$((round % 10))
                timed rmmod kcs_host || {{ echo "not unloaded"; exit 1; }}
                [ $took -le $worst ] || worst=$took
            done
            rm /tmp/go; wait; echo rounds=$round; echo worst_ms=$worst
            echo added=$(wc -l </tmp/added)
            echo left=$(claims)$(devices)$(ls /sys/module | grep kcs_)
        """, timeout_s=120 + 3 * rounds * self.pace)
        values = self.values(result)
        print(f"{rounds} rounds, {values['added']:.0f} interfaces added, "
              f"the longest rmmod {values['worst_ms']:.0f} ms")
        self.assertLess(values.pop("worst_ms"), 2000 * self.pace)
        self.assertGreater(values.pop("added"), rounds / 10)
        self.assertEqual(values, {"rounds": rounds, "left": 0})
