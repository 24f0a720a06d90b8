# SPDX-License-Identifier: GPL-2.0-only
"""Which table names an interface, and what is made of it: ACPI, SMBIOS, PCI, a parameter."""
import re

from discovery_case import BT, NOWHERE, SMBIOS, TABLE, Discovery, record


class SmbiosTest(Discovery):
    """What SMBIOS names, alone or beside ACPI."""

    def test_acpi_and_smbios_name_one_interface(self):
        result = self.check_meter("IPI0001:00")
        self.assertEqual(self.lines(result), [])

    def test_interface_absent_in_acpi_is_found(self):
        result = self.check_meter(SMBIOS, ssdts=["hidden", "dcmi"])
        self.assertEqual(self.lines(result), [])
        self.assertRegex(result.console, SMBIOS + r": KCS interface at I/O ports 0xca2 and 0xca3")

    def test_interface_is_found_without_acpi(self):
        # Such a machine cannot be switched off; the exit status is there before.
        result = self.look(f"modprobe kcs_host && ready {SMBIOS} && where",
                           kernel_arguments="acpi=off", timeout_s=60)
        self.assertEqual(self.values(result), {"kcs0": SMBIOS})

    def test_each_table_can_name_one(self):
        result = self.look("modprobe kcs_host && ready IPI0001:00 && where",
                           ssdts=["hidden"], second_bmc=())
        devices = sorted(self.values(result).values())
        self.assertEqual(len(devices), 2, devices)
        self.assertEqual(devices[0], "IPI0001:00")
        self.assertRegex(devices[1], r"^dmi-ipmi-si\.\d$")

    def test_acpi_counts_where_smbios_says_otherwise(self):
        result = self.check_meter("IPI0001:00", smbios=[record(0xca3, access=0x40)])
        self.assertIn("0xca2 and 0xca3", result.console)

    def test_record_that_is_wrong_does_not_keep_the_meter_from_the_bmc(self):
        result = self.look("""
            modules && ready IPI0001:00 && modprobe acpi_power_meter && where
            echo watts=$(watts)
        """, ssdts=["dcmi"], smbios=[record(0xe5)])
        values = self.values(result)
        self.assertEqual(values.pop("watts"), "187.0 W")
        self.assertEqual(set(values.values()), {"IPI0001:00", SMBIOS})

    def test_interrupt_without_a_controller_is_not_waited_for(self):
        result = self.look("""
            modprobe kcs_host && sleep 3; where; rmmod kcs_host
            modprobe kcs_host ports=0xca2 && ready kcs_param.0 && where | sed s/kcs0/named/
        """, ssdts=["late"])
        values = self.values(result)
        self.assertRegex(values.pop("kcs0", "none"), r"^IPI0001:0\d$")
        self.assertEqual(values, {"named": "kcs_param.0"})
        lines = self.lines(result)
        self.assertEqual(len(lines), 1, lines)
        self.assertIn("interrupt: no driver has its controller yet; polling", lines[0])

    def test_base_of_0_makes_no_interface(self):
        result = self.look("modprobe kcs_host && where; sleep 1", ssdts=["hidden"],
                           smbios=NOWHERE)
        self.assertEqual(self.values(result), {})
        self.assertEqual(result.console.count("Base address is zero"), 1)
        self.assertEqual(self.lines(result), [])

    def test_port_that_is_called_memory_is_taken(self):
        result = self.check_meter(SMBIOS, ssdts=["hidden", "dcmi"], smbios=[record(0xca2)])
        lines = self.lines(result)
        self.assertEqual(len(lines), 2, lines)      # one for each time it was loaded
        self.assertIn("taken for an I/O port", lines[0])

    def test_other_kind_is_named_and_left_alone(self):
        result = self.look("modprobe kcs_host; where", ssdts=["hidden"],
                           smbios=[record(0xe5, BT)])
        self.assertEqual(self.values(result), {})
        lines = self.lines(result)
        self.assertEqual(len(lines), 1, lines)
        self.assertIn("BT, not KCS; interface left alone", lines[0])

    def test_bmc_that_is_not_there_is_reported_once(self):
        result = self.look("modprobe kcs_host && sleep 5; cat /sys/class/kcs/kcs0/health",
                           ssdts=["hidden"], smbios=[record(0xe5)])
        self.assertIn("absent", result.output)
        self.assertEqual(len(self.lines(result, but="KCS interface at|IRQ ")), 1)

    def test_interface_of_another_driver_is_named_and_can_be_taken_over(self):
        result = self.look(f"""
            modprobe ipmi_si && modprobe kcs_host && where
            cd /sys/bus/platform/drivers
            echo {SMBIOS} >ipmi_si/unbind && echo {SMBIOS} >kcs_host/bind && ready {SMBIOS}
            where
        """, ssdts=["hidden"])
        self.assertEqual(self.values(result), {"kcs0": SMBIOS})
        self.assertEqual(result.console.count("KCS interface belongs to driver ipmi_si"), 1)

    def test_program_sees_the_same_as_over_ipmi_si(self):
        result = self.look("""
            modprobe -a ipmi_devintf kcs_ipmi && device && ipmitool mc info >/tmp/ours || exit 1
            rmmod kcs_ipmi && rmmod kcs_host && modprobe ipmi_si && device || exit 1
            ipmitool mc info >/tmp/theirs && cmp /tmp/ours /tmp/theirs && echo same=1
            grep -c . /tmp/ours
        """, ssdts=["hidden"])
        self.assertEqual(self.values(result), {"same": 1})
        self.assertGreater(int(result.output.split()[-1]), 10)


class BoardTest(Discovery):
    """An IPI0001 that the kernel's driver for boards owns."""

    def check_board(self, ssdt):
        result = self.look(f"""
            grep -l IPI0001 /sys/bus/pnp/devices/*/id | wc -l | sed 's/^/boards=/'
            modules && ready {SMBIOS} && modprobe acpi_power_meter && modprobe kcs_aml || exit 1
            where; echo watts=$(watts)
            echo $(evaluate '\\_SB.PCI0.SF8.MI1.NEAR.READ')
        """, ssdts=[ssdt, "dcmi"])
        values = self.values(result)
        self.assertEqual(values.pop("integer"), "0xbb")
        self.assertEqual(values, {"boards": 1, "kcs0": SMBIOS, "watts": "187.0 W"})
        self.assertEqual(self.lines(result), [])

    def test_board_device_is_found_by_smbios(self):
        self.check_board("board")

    def test_device_with_reserved_resources_is_found_by_smbios(self):
        self.check_board("board:RESERVED")

    def test_board_device_that_smbios_lacks_is_named(self):
        result = self.look("modprobe kcs_host; where", ssdts=["board"], smbios=NOWHERE)
        self.assertEqual(self.values(result), {})
        self.assertEqual(result.console.count("IPI0001 is a board device"), 1)
        self.assertIn("ports=", result.console)

    def test_board_device_of_another_driver_is_named_as_that(self):
        result = self.look("modprobe ipmi_si && modprobe kcs_host; where", ssdts=["board"])
        self.assertEqual(self.values(result), {})
        self.assertEqual(result.console.count("KCS interface belongs to driver ipmi_si"), 1)
        self.assertEqual(result.console.count("board device"), 0)


class ParameterTest(Discovery):
    """What the administrator names."""

    def test_ports_are_taken_as_for_ipmi_si(self):
        result = self.look("""
            modprobe kcs_host type=kcs ports=0xca2 irqs=5 && ready kcs_param.0 && where
            for _ in $(seq 50); do grep -q ' 5: .*kcs' /proc/interrupts && break; sleep 0.1; done
            grep -c ' 5: .*kcs' /proc/interrupts | sed 's/^/interrupt=/'
            modprobe kcs_opregion && modprobe acpi_power_meter && echo watts=$(watts)
            rmmod kcs_opregion && rmmod kcs_host && ls /sys/devices/platform | grep -c kcs_param
        """ + "true", ssdts=["hidden", "dcmi"], smbios=NOWHERE)
        self.assertEqual(self.values(result), {"kcs0": "kcs_param.0", "interrupt": 1,
                                               "watts": "187.0 W"})
        self.assertEqual(result.output.split()[-1], "0")

    def test_what_is_named_comes_before_acpi(self):
        result = self.look("modprobe kcs_host ports=0xca2 && ready kcs_param.0 && where")
        self.assertEqual(self.values(result), {"kcs0": "kcs_param.0"})
        self.assertEqual(self.lines(result), [])

    def test_interface_that_acpi_names_too_serves_the_regions_below_it(self):
        result = self.look(r"""
            modprobe kcs_host ports=0xca2,0xcc0 && ready kcs_param.0 && ready kcs_param.1 &&
                modprobe kcs_opregion && modprobe kcs_aml || exit 1
            for device in MI1 MI2; do
                echo $device=$(evaluate "\_SB.PCI0.SF8.$device.NEAR.READ" | sed 's/integer=//')
            done; where
            rmmod kcs_opregion && rmmod kcs_host && modprobe kcs_host && ready IPI0001:00
        """, ssdts=["region:TWO"], bmc=["--watts", "100"], second_bmc=["--watts", "200"])
        self.assertEqual(self.values(result), {"MI1": "0x64", "MI2": "0xc8",
                                               "kcs0": "kcs_param.0", "kcs1": "kcs_param.1"})

    def test_driver_that_has_the_registers_keeps_them(self):
        result = self.look("""
            claims() { grep -E ' ipmi_si$' /proc/ioports | sort; }
            modprobe ipmi_si && claims >/tmp/before && [ -s /tmp/before ] || exit 1
            for round in 1 2; do
                modprobe kcs_host ports=0xca2 && where; rmmod kcs_host || exit 1
            done
            modprobe kcs_host ports=0xca2,0x10000 2>/dev/null
            claims | cmp - /tmp/before && echo same=1
        """)
        self.assertEqual(self.values(result), {"same": 1})

    def test_last_mention_of_a_parameter_counts(self):
        result = self.look("""
            modprobe kcs_host ports=0xca2,0xca8 regspacings=4,4 ports=0xca2 regspacings=1
            where; dmesg | grep -c 'KCS interface at' | sed 's/^/interfaces=/'
        """, ssdts=["hidden"], smbios=NOWHERE)
        self.assertEqual(self.values(result), {"kcs0": "kcs_param.0", "interfaces": 1})

    def test_memory_is_claimed_register_by_register(self):
        result = self.look("""
            modprobe kcs_host addrs=0,0xfed90000 regspacings=0,8 regsizes=0,4 || exit 1
            grep kcs_host /proc/iomem; sleep 2; rmmod kcs_host || exit 1
            grep -c kcs_host /proc/iomem | sed 's/^/left=/'
        """, bmc=None)
        self.assertRegex(result.output, r"(?s)fed90000-fed90003 : .*fed90008-fed9000b : ")
        self.assertEqual(self.values(result), {"left": 0})
        self.assertIn("KCS interface at memory 0xfed90000 and 0xfed90008", result.console)

    def test_bad_input_is_named_and_refused(self):
        result = self.look(r"""
            for words in type=bt,kcs ports=0x10000 irqs=10 "ports=0xca2 regspacings=1,4" \
                    "ports=0xca2 regsizes=3" "addrs=0xfed90000 regsizes=4 regshifts=25" \
                    "ports=0xca2 regspacings=300" ports=1,2,3,4,5; do
                modprobe kcs_host $words 2>/dev/null && echo "loaded with $words"
            done; ls /sys/devices/platform | grep kcs_; lsmod | grep kcs_; true
        """)
        self.assertEqual(result.output, "")
        for line in ('type: "bt" is not kcs', "ports=0x10000: no interface can be there",
                     "1 values, but ports and addrs name 0 interfaces",
                     "2 values, but ports and addrs name 1 interfaces",
                     "regsizes=3", "regshifts=25", "regspacings=300", "can only take 4"):
            self.assertIn(line, result.console)


class PciTest(Discovery):
    """An interface that is a PCI function."""

    DEVICE = r"0000:00:0\d\.0"

    def test_function_is_found_and_serves_firmware_and_programs(self):
        result = self.look("""
            modules && await "BMC ready" && modprobe acpi_power_meter && where
            echo watts=$(watts); rmmod kcs_opregion
            modprobe -a ipmi_devintf kcs_ipmi && device && ipmitool mc info >/tmp/ours || exit 1
            rmmod kcs_ipmi && rmmod kcs_host && modprobe ipmi_si && device || exit 1
            ipmitool mc info >/tmp/theirs && cmp /tmp/ours /tmp/theirs && echo same=1
        """, ssdts=["dcmi"], interface="pci-ipmi-kcs")
        values = self.values(result)
        self.assertRegex(values.pop("kcs0"), self.DEVICE)
        self.assertEqual(values, {"watts": "187.0 W", "same": 1})
        self.assertEqual(self.lines(result), [])

    def test_function_beside_another_table_is_taken_where_wanted(self):
        result = self.look(f"""
            modprobe kcs_host && ready IPI0001:00 && where && rmmod kcs_host || exit 1
            modprobe kcs_host with_pci=1 && ready IPI0001:00
            ls /sys/class/kcs | wc -l | sed 's/^/both=/'
        """, second_bmc="qemu", second_interface="pci-ipmi-kcs")
        values = self.values(result)
        self.assertEqual(values, {"kcs0": "IPI0001:00", "both": 2})
        self.assertEqual(result.console.count("left alone without with_pci=1"), 1)

    def test_function_of_another_driver_is_named(self):
        result = self.look("modprobe ipmi_si && modprobe kcs_host; where",
                           interface="pci-ipmi-kcs")
        self.assertEqual(self.values(result), {})
        self.assertEqual(result.console.count("KCS interface belongs to driver ipmi_si"), 1)


class TableTest(Discovery):
    """The table in debugfs: a line for each mention of an interface."""

    def rows(self, result):
        """Of each source and device: its registers and interrupt, its verdict."""
        lines = [line.split(None, 7) for line in result.output.splitlines()
                 if re.match("parameter|ACPI|SMBIOS|PCI", line)]
        return [(" ".join(line[:2]), " ".join(line[2:7]), line[7]) for line in lines]

    def test_each_mention_has_its_place_and_its_verdict(self):
        result = self.look(f"""
            modprobe kcs_host ports=0xca8 regspacings=4 irqs=11 && {TABLE}
        """, ssdts=["bad"], second_bmc="qemu", second_interface="pci-ipmi-kcs")
        rows = self.rows(result)
        function = rows.pop()
        self.assertEqual(rows, [
            (f"SMBIOS {SMBIOS}", "ports 0xca2 1 1 5", "same as IPI0001:00"),
            ("ACPI IPI0001:00", "ports 0xca2 1 1 5", "taken"),
            ("ACPI IPI0001:01", "memory 0xfed90000 4096 1 -",
             "no usable registers: out of range"),
            ("ACPI IPI0001:02", "- - - - -",
             "no usable registers: no I/O port, no memory"),
            ("ACPI IPI0001:03", "ports 0xe4 1 1 -", "BT, not KCS"),
            ("parameter kcs_param.0", "ports 0xca8 4 1 11", "taken")])
        self.assertRegex(function[0], "^PCI " + PciTest.DEVICE)
        self.assertRegex(function[1], r"^ports 0x[0-9a-f]+ 1 1 \d+$")
        self.assertRegex(function[2], "^left alone without with_pci=1")

    def test_table_tells_what_is_so_when_it_is_read(self):
        result = self.look(f"""
            at() {{ {TABLE} | sed -n "s/.* $1 .* \\(5\\|-\\|11\\)  *\\([a-z].*\\)/$2=\\2/p"; }}
            modprobe ipmi_si && modprobe kcs_host ports=0xca2
            at IPI0001:00 theirs; at kcs_param.0 while_claimed
            rmmod ipmi_si; at IPI0001:00 outranked
            grep -c kcs_host /proc/ioports | sed 's/^/left=/'
            echo kcs_param.0 >/sys/bus/platform/drivers/kcs_host/bind; at kcs_param.0 bound
            rmmod kcs_host && [ ! -e /sys/kernel/debug/kcs ] && echo gone=1
        """)
        self.assertEqual(self.values(result), {
            "theirs": "same as kcs_param.0",
            "while_claimed": "no driver has it; see /proc/ioports for other users",
            "outranked": "same as kcs_param.0",
            "left": 0,
            "bound": "taken", "gone": 1})

    def test_table_names_the_driver_of_another(self):
        result = self.look(f"modprobe ipmi_si && modprobe kcs_host; {TABLE}")
        self.assertEqual([verdict for _, _, verdict in self.rows(result)],
                         ["same as IPI0001:00", "belongs to driver ipmi_si"])

    def test_board_device_is_in_the_table(self):
        result = self.look(f"modprobe kcs_host; {TABLE}", ssdts=["board"])
        self.assertEqual(self.rows(result), [
            (f"SMBIOS {SMBIOS}", "ports 0xca2 1 1 5", "taken"),
            ("ACPI IPI0001:00", "- - - - -",
             "board device (PNP0C01 or PNP0C02) of the kernel's driver system")])
