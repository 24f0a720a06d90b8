# SPDX-License-Identifier: GPL-2.0-only
"""kcsctl in a VM: a stock kernel's drivers give the BMC to ours, and get it back."""
import json
import re

import pytest

from vm_case import VmCase

# What a server has loaded, and what each driver is to serve.
PRELUDE = """
stock() { modprobe -a ipmi_si ipmi_devintf acpi_ipmi && device && modprobe acpi_power_meter; }
driver() { basename "$(readlink /sys/bus/platform/devices/IPI0001:00/driver)"; }
# The meter's driver keeps a reading for a second, even a bad one.
served() { sleep 1.1; echo "$1=$(driver), $(watts), $(ipmitool mc info | sed -n 's/^Firm.*: //p')"; }
status() { "$@"; echo "status=$?"; }
cut() { /usr/share/kcs-dkms/kcsctl_cut.py "$@"; }
"""
# Doctor, and the commands that it names.
DOCTOR = """
examine() { local start=$(now_ms); kcsctl doctor >/tmp/$1; echo "$1_status=$?"
    echo "$1_ms=$(($(now_ms) - start))"; echo "== $1"; cat /tmp/$1; echo ==; }
mend() { sed -n "s/^ *# //p" /tmp/$1 | sh >/dev/null; }
as_nobody() { python3 -c "import os, sys; os.setuid(65534); os.execvp(sys.argv[1], sys.argv[1:])" "$@"; }
"""
OURS, STOCK = "kcs_host, 187.0 W, 2.34", "ipmi_si, 187.0 W, 2.34"

# Steps after which a run is cut short; of take, of give-back.
SOME_STEPS, ALL_STEPS = (1, 2, 3, 5, 9), range(16)


class KcsctlTest(VmCase):
    def kcsctl(self, script, **options):
        options.setdefault("ssdts", ["dcmi"])
        return self.boot(PRELUDE + script, kcsctl=True, timeout_s=900, **options)

    def statuses(self, result):
        return [int(number) for number in re.findall(r"^status=(\d+)$", result.output, re.M)]

    # -- Served. -----------------------------------------------------------

    @pytest.mark.backports
    def test_interface_goes_to_ours_and_back(self):
        result = self.kcsctl("""
            stock && served before
            kcsctl take || exit 1
            served ours; served ours_again
            kcsctl give-back || exit 1
            served stock; served stock_again
            lsmod | grep "^kcs_" && exit 1
            kcsctl take && kcsctl give-back || exit 1
            served twice
        """)
        values = self.values(result)
        self.assertEqual(values, {"before": STOCK, "ours": OURS, "ours_again": OURS,
                                  "stock": STOCK, "stock_again": STOCK, "twice": STOCK})
        self.assertEqual(result.console.count("No handler for Region"), 0)

    def test_second_time_says_so(self):
        result = self.kcsctl("""
            stock && status kcsctl give-back && kcsctl take >/dev/null || exit 1
            start=$(dmesg | wc -l); status kcsctl take; dmesg | tail -n +$((start + 1))
            served ours
        """)
        self.assertEqual(self.statuses(result), [0, 0])
        self.assertIn("IPI0001:00 belongs to ipmi_si already", result.output)
        self.assertRegex(result.output, r"IPI0001:00 belongs to kcs_host already\n( .*\n)+status=")
        self.assertEqual(self.values(result)["ours"], OURS)

    def test_status_tells_what_the_kernel_shows(self):
        result = self.kcsctl("""
            stock; kcsctl status --json; echo ---
            kcsctl take --persist >/dev/null || exit 1; kcsctl status --json; echo ---
            cmp /etc/modprobe.d/kcs.conf /usr/share/kcs-dkms/kcs.conf || exit 1
            kcsctl give-back --persist >/dev/null || exit 1; ls /etc/modprobe.d
        """)
        stock, ours, left = result.output.split("---\n")
        stock, ours = json.loads(stock), json.loads(ours)
        [first], [second] = stock["interfaces"], ours["interfaces"]
        self.assertEqual((first["device"], first["address"], first["driver"], first["ipmi"]),
                         ("IPI0001:00", "I/O port 0xca2", "ipmi_si", "/dev/ipmi0"))
        self.assertEqual((second["address"], second["driver"], second["host"], second["health"]),
                         ("I/O port 0xca2", "kcs_host", "kcs0", "ready"))
        self.assertEqual((first["waiting"], second["waiting"]), ("interrupt", "interrupt 5"))
        self.assertEqual(first["bmc"]["firmware_revision"], "2.34")
        self.assertEqual(second["bmc"], first["bmc"])
        self.assertGreater(second["counters"]["requests"], 0)
        self.assertEqual([(data["regions"], data["meters"][0]["watts"], data["next_boot"])
                          for data in (stock, ours)],
                         [("acpi_ipmi", 187.0, "ipmi_si"), ("kcs_opregion", 187.0, "kcs_host")])
        self.assertEqual(left, "")

    # -- Refused. ----------------------------------------------------------

    def test_refused_with_a_program_that_holds_the_device(self):
        result = self.kcsctl("""
            stock; sleep 600 9<>/dev/ipmi0 & sleep 2; echo pid=$!
            status kcsctl take; served refused; kill $!; wait $!
            status kcsctl take; sleep 600 9<>/dev/ipmi0 & sleep 2; echo other=$!
            status kcsctl give-back; served ours
        """)
        values = self.values(result)
        self.assertEqual(self.statuses(result), [1, 0, 1])
        self.assertEqual((values["refused"], values["ours"]), (STOCK, OURS))
        for name in ("pid", "other"):
            self.assertIn(f"/dev/ipmi0 is open in sleep (pid {values[name]:.0f}); stop it first",
                          result.output)

    def test_refused_with_the_watchdog_armed(self):
        result = self.kcsctl("""
            modprobe -a ipmi_si ipmi_devintf && device && modprobe ipmi_watchdog start_now=1 timeout=600
            status kcsctl take; echo first=$(driver)
            sleep 600 8>/dev/watchdog & sleep 2
            status kcsctl take; echo second=$(driver)
            kill $!; wait $!; rmmod ipmi_watchdog
            status kcsctl take; echo third=$(driver)
        """, bmc="qemu", ssdts=[])
        self.assertEqual(self.statuses(result), [1, 1, 0])
        self.assertEqual([self.values(result)[name] for name in ("first", "second", "third")],
                         ["ipmi_si", "ipmi_si", "kcs_host"])
        self.assertIn("ipmi_watchdog is loaded", result.output)
        self.assertIn("/dev/watchdog is open in sleep (pid ", result.output)

    def test_refused_without_a_module(self):
        result = self.kcsctl("""
            stock; cd /lib/modules/*; rm kcs_ipmi.ko; sed -i /kcs_ipmi/d modules.dep
            status kcsctl take; served refused; lsmod | grep -q ^kcs_ && exit 1; true
        """)
        self.assertEqual((self.statuses(result), self.values(result)["refused"]), ([1], STOCK))
        self.assertIn("kcs_ipmi is not installed for the running kernel", result.output)

    # -- A BMC that does not answer. -----------------------------------------

    def test_silent_bmc_is_taken_and_stays(self):
        result = self.kcsctl("""
            stock; sleep 20
            start=$(now_ms); status kcsctl take; echo take_ms=$(($(now_ms) - start))
            status kcsctl give-back; echo end=$(driver)
            cat /sys/bus/platform/devices/IPI0001:00/driver_override
            lsmod | grep -q ^kcs_opregion && lsmod | grep -q ^kcs_ipmi || exit 1
            status kcsctl take
        """, bmc=["--silent-s", "inf", "--silent-from-s", "12"])
        self.assertEqual(self.statuses(result), [0, 3, 0])
        self.assertEqual(self.values(result)["end"], "kcs_host")
        self.assertRegex(result.output, r"health +dead")
        self.assertIn("ipmi_si does not take IPI0001:00", result.output)
        self.assertIn("give-back failed, and all was undone", result.output)
        print(f"take {self.values(result)['take_ms']:.0f} ms", end=" ")

    def test_bmc_that_was_silent_is_given_back_later(self):
        result = self.kcsctl("""
            stock; sleep 20; status kcsctl take; status kcsctl give-back; echo first=$(driver)
            for _ in $(seq 900); do grep -q ready /sys/class/kcs/kcs0/health && break; sleep 0.1; done
            status kcsctl give-back; served later
        """, bmc=["--silent-s", "70", "--silent-from-s", "12"])
        self.assertEqual(self.statuses(result), [0, 3, 0])
        self.assertEqual(self.values(result)["first"], "kcs_host")
        self.assertEqual(self.values(result)["later"], STOCK)

    def test_bmc_that_no_driver_could_have_is_taken(self):
        result = self.kcsctl("""
            modprobe -a ipmi_si ipmi_devintf acpi_ipmi
            status kcsctl take; echo end=$(driver); modprobe acpi_power_meter
            for _ in $(seq 600); do grep -q ready /sys/class/kcs/kcs0/health && break; sleep 0.1; done
            served late
        """, bmc=["--silent-s", "40"])
        self.assertEqual((self.statuses(result), self.values(result)["end"]), ([0], "kcs_host"))
        self.assertEqual(self.values(result)["late"], OURS)

    # -- Doctor. -----------------------------------------------------------

    @pytest.mark.backports
    def test_doctor_names_what_its_commands_mend(self):
        """ipmi_si, a blacklisted meter, an unbound one, and a silent BMC."""
        result = self.kcsctl(DOCTOR + """
            stock; rmmod acpi_power_meter
            echo "blacklist acpi_power_meter" >/etc/modprobe.d/power.conf
            examine stock; mend stock; examine blacklisted; mend blacklisted; served ours
            echo ACPI000D:00 >"$(echo /sys/bus/*/drivers/*power*meter/unbind)" && bound && exit 1
            examine unbound; mend unbound; served bound; examine healthy
            ipmitool raw 0x30 0xe1 2 0 || exit 1
            until grep -q dead /sys/class/kcs/kcs0/health; do ipmitool mc info >/dev/null 2>&1; done
            examine dead; as_nobody kcsctl doctor --json >/tmp/nobody; echo nobody_status=$?
            for _ in $(seq 1200); do grep -q ready /sys/class/kcs/kcs0/health && break; sleep 0.1; done
            examine back; echo ---; cat /tmp/nobody
        """, bmc=["--silent-from-s", "inf", "--silent-s", "60"])
        values = self.values(result)
        said = dict(re.findall(r"^== (\w+)\n((?:[^=].*\n)*)", result.output, re.M))
        faults = {name: re.findall(r"^(?:fault|note): .*", text, re.M) for name, text in said.items()}
        self.assertEqual([(name, values[f"{name}_status"], len(found))
                          for name, found in faults.items()],
                         [("stock", 5, 1), ("blacklisted", 0, 1), ("unbound", 5, 1),
                          ("healthy", 0, 0), ("dead", 5, 1), ("back", 0, 0)], result.output)
        self.assertIn("IPI0001:00 belongs to ipmi_si", faults["stock"][0])
        self.assertIn("/etc/modprobe.d/power.conf, line 1", faults["blacklisted"][0])
        self.assertIn("acpi_power_meter is loaded, and has not taken it", faults["unbound"][0])
        self.assertRegex(faults["dead"][0], r"the BMC of IPI0001:00 is dead since .*: BMC dead: "
                         r"NetFn \w+h cmd \w+h timed out")
        self.assertEqual((values["ours"], values["bound"]), (OURS, OURS))
        for name in ("healthy", "back"):
            self.assertRegex(said[name], "^nothing found; .*aml-lint, which does it, comes with the sources only\n$")
        self.check_nobody(values, json.loads(result.output.split("---\n")[1]))
        self.assertLess(values["dead_ms"], 20000 * self.pace)   # a busy host, and no time-out
        print(f"doctor {values['healthy_ms']:.0f} ms, of a dead BMC {values['dead_ms']:.0f} ms", end=" ")

    def check_nobody(self, values, data):
        """Without root doctor finds the same, and says what it could not check."""
        self.assertEqual(values["nobody_status"], 5)
        self.assertEqual([each["what"] for each in data["findings"]],
                         ["the BMC of IPI0001:00 is dead"])
        self.assertEqual(data["not_checked"],
                         ["since when and why (the kernel's log may not be read)"])

    def test_doctor_names_what_keeps_drivers_away(self):
        result = self.kcsctl(DOCTOR + """
            modprobe ipmi_si && modprobe kcs_host type=kcs ports=0xca2
            examine parameter; mend parameter; examine stock
            echo IPI0001:00 >/sys/bus/platform/drivers/ipmi_si/unbind
            echo kcs_host >/sys/bus/platform/devices/IPI0001:00/driver_override
            examine override; echo >/sys/bus/platform/devices/IPI0001:00/driver_override
            examine alone; mend alone; examine mended; echo end=$(driver)
        """, ssdts=[])
        for words in ("kcs_param.0, which a parameter of kcs_host names, has no driver",
                      "IPI0001:00 belongs to ipmi_si",
                      "driver_override of IPI0001:00 names kcs_host",
                      "IPI0001:00 has no driver"):
            self.assertEqual(result.output.count(f"fault: {words}"), 1, result.output)
        self.assertEqual(result.output.count("fault: "), 4, result.output)
        values = self.values(result)
        self.assertEqual((values["mended_status"], values["end"]), (0, "kcs_host"))

    # -- Report and watch. -------------------------------------------------

    @pytest.mark.backports
    def test_report_and_watch_show_what_the_kernel_does(self):
        result = self.kcsctl("""
            stock; hostname web1; kcsctl take >/dev/null || exit 1
            echo "web1 of 10.1.2.3: kcs" >/dev/kmsg
            before=$(cat /sys/class/kcs/kcs0/requests)
            kcsctl watch --json --interval 2 --count 2 >/tmp/idle || exit 1
            echo idle=$(($(cat /sys/class/kcs/kcs0/requests) - before))
            (while :; do ipmitool mc info >/dev/null 2>&1; done) & busy=$!
            kcsctl watch --json --interval 10 --count 1 >/tmp/busy || exit 1
            kill $busy; start=$(now_ms); kcsctl report /tmp/r.tar.gz || exit 1
            echo report_ms=$(($(now_ms) - start)); status kcsctl report /tmp/r.tar.gz
            cd /tmp; tar xzf r.tar.gz; ls -l r.tar.gz; cat r/README; cat r/log.txt | tail -n 3
            wc -c r/acpi/* r/files/sys/kernel/debug/kcs/discovery r/doctor.json
            echo ---; cat idle busy
        """)
        said, looks = result.output.split("---\n")
        idle, second, busy = (json.loads(line)["interfaces"][0] for line in looks.splitlines())
        self.assertEqual((idle["host"], idle["health"], self.statuses(result)), ("kcs0", "ready", [1]))
        self.assertIsNotNone(busy["since"])
        self.assertGreater(busy["requests_per_s"], 0)
        self.assertEqual(busy["increases"]["timeouts"], 0)
        self.assertRegex(said, r"-rw------- .* r\.tar\.gz\n")
        self.assertRegex(said, r"\[host name\] of \[IP address\]: kcs\n")
        for name in ("acpi/SSDT", "debug/kcs/discovery", "doctor.json"):
            self.assertRegex(said, rf"\n +[1-9]\d* r/\S*{name}")
        self.assertNotIn("web1", said)
        values = self.values(result)
        print(f"report {values['report_ms']:.0f} ms, idle {values['idle']:.0f} requests, "
              f"{second['requests_per_s']:.1f}/s, busy {busy['requests_per_s']:.1f}/s", end=" ")

    # -- Cut short. --------------------------------------------------------

    def cut_short(self, how, script):
        numbers = ALL_STEPS if self.full else SOME_STEPS
        result = self.kcsctl("stock\n" + "".join(
            f"echo step {number}\n" + script.replace("STEP", str(number)) for number in numbers))
        self.assertEqual(result.console.count("No handler for Region"), 0)
        return result, len(numbers)

    def test_killed_after_a_step_and_run_again(self):
        result, count = self.cut_short("kill", """
            cut kill STEP take; echo take=$?; kcsctl take >/dev/null || exit 1; served ours
            cut kill STEP give-back; echo back=$?; kcsctl give-back >/dev/null || exit 1
            served stock; if lsmod | grep "^kcs_"; then exit 1; fi
        """)
        self.assertEqual(result.output.count(f"ours={OURS}\n"), count, result.output)
        self.assertEqual(result.output.count(f"stock={STOCK}\n"), count, result.output)
        self.assertGreaterEqual(result.output.count("=137\n"), count)

    def test_failed_step_is_undone(self):
        result, count = self.cut_short("fail", """
            if cut fail STEP take; then kcsctl give-back || exit 1; else
                echo undone; lsmod | grep "^kcs_" && exit 1; fi
            served stock
            kcsctl take >/dev/null || exit 1
            if cut fail STEP give-back; then kcsctl take || exit 1; else echo undone; fi
            served ours; kcsctl give-back >/dev/null || exit 1
        """)
        self.assertEqual(result.output.count(f"ours={OURS}\n"), count, result.output)
        self.assertEqual(result.output.count(f"stock={STOCK}\n"), count, result.output)
        self.assertEqual(result.output.count("undone\n"),
                         result.output.count("cut short; undoing") * 2, result.output)
        self.assertGreaterEqual(result.output.count("all was undone"), count)
