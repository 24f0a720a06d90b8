# SPDX-License-Identifier: GPL-2.0-only
"""What the tests of discovery have in common: interfaces, and what the log says of them."""
import re
import struct

from vm_case import VmCase

# where: name=device of each interface.
PRELUDE = r"""
where() { for path in /sys/class/kcs/kcs*; do [ -e $path ] || continue
        echo ${path##*/}=$(basename $(readlink -f $path/device)); done; }
"""

SMBIOS = "dmi-ipmi-si.0"
KCS, BT = 1, 3


def record(base, kind=KCS, access=0, irq=0):
    """SMBIOS type 38, as raw bytes. Bit 0 of the base says that it is a port."""
    return struct.pack("<BBHBBBBQBB", 38, 18, 0x3000, kind, 0x20, 0x20, 0xff, base,
                       access, irq) + b"\0\0"


NOWHERE = [record(0)]
TABLE = "cat /sys/kernel/debug/kcs/discovery"


class Discovery(VmCase):
    """Boots, and looks at the interfaces and at what the log says."""

    def look(self, script, **options):
        return self.boot(PRELUDE + script, **options)

    def lines(self, result, device="", but="KCS interface at|BMC |IRQ "):
        """What kcs_host says of a device, besides what it says of one that works."""
        return [line for line in re.findall(rf"kcs_host {device}.*", result.console)
                if not re.search(but, line)]

    def check_meter(self, device, **options):
        """The power meter is read over the interface of that device, and no other is there."""
        result = self.look(f"""
            modules && ready {device} && modprobe acpi_power_meter || exit 1
            where; echo watts=$(watts)
            rmmod kcs_opregion && rmmod kcs_host && modprobe kcs_host && ready {device}
        """, **{"ssdts": ["dcmi"]} | options)
        self.assertEqual(self.values(result), {"kcs0": device, "watts": "187.0 W"})
        self.assertEqual(result.console.count("ACPI Error"), 0)
        return result
