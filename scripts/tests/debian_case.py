# SPDX-License-Identifier: GPL-2.0-only
"""What the tests of whole Debian machines have in common."""
import re

from vm_case import SPLAT

OURS, STOCK = "kcs_host, 187 W, 2.34", "ipmi_si, 187 W, 2.34"

FIND = "find / -xdev -not -type d -o -type d -empty"

# What an operator types, while programs and firmware ask the BMC.
INSTALL = f"""
{FIND} >files
until [ "$(firmware)" ]; do sleep 1; done
served before
start=$(now_ms); apt-get install -qy ./kcs-dkms_*.deb || exit 1
echo install_s=$((($(now_ms) - start) / 1000))
served installed; kcsctl status --json >stock || exit 1
./gap.py >gap 2>&1 & asking=$!
sleep 5
# A program that asks may have /dev/ipmi0 open at that moment.
start=$(now_ms)
for try in $(seq 20); do kcsctl take --persist >said 2>&1; took=$?; [ $took = 0 ] && break; done
echo take_ms=$(($(now_ms) - start)); echo tries=$try; cat said
[ $took = 0 ] || exit 1
sleep 5; kill $asking; wait $asking; cat gap
served ours; kcsctl status --json >ours || exit 1
"""


def boot(machine, script, **options):
    """Boot a machine; the script has to end well, and the kernel to complain of nothing."""
    result = machine.boot(f"( set +e; {script}\n)", **options)
    assert result.status == 0, f"status {result.status}\n{result.output}\n{result.console[-6000:]}"
    assert not (found := SPLAT.search(result.console)), result.console[found.start():][:4000]
    return result


def values(result):
    """name=value lines of the output."""
    return dict(re.findall(r"^(\w+)=(.*)$", result.output, re.M))


def statuses(result):
    """What the function status of the guest printed."""
    return [int(number) for number in re.findall(r"^status=(\d+)$", result.output, re.M)]
