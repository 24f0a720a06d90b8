# SPDX-License-Identifier: GPL-2.0-only
"""Trace events: what they tell of each request, and that they tell of each one."""
import re

import pytest

from vm_case import VmCase

PRELUDE = r"""
SIM=/sys/kernel/debug/kcs_sim
TRACE=/sys/kernel/tracing
fault() { echo "$*" >$SIM/fault; }
counts() { for name in requests answered timeouts errors refused; do
    echo $1_$name=$(cat /sys/class/kcs/kcs0/$name); done; }
[ -e $TRACE/trace ] || mount -t tracefs none $TRACE || exit 1
modprobe kcs_sim && modprobe -a kcs_load kcs_aml && await "BMC ready" || exit 1
sleep 1; echo 1 >$TRACE/events/kcs_host/enable
"""

EVENT = re.compile(r"(kcs_(?:submit|issue|complete)): kcs0 (\S+) (\w+): "
                   r"NetFn (\w\w)h command (\w\w)h, (.*)")
HEALTH = re.compile(r"kcs_health: kcs0 (\S+) -> (\S+)")
COMPLETE = re.compile(r"result (-?\d+), completion code (\w\w)h, (\d+) bytes, (\d+) tries, (\d+) us "
                      r"on the wire of (\d+) us, (\d+) sleeps, (\d+) polls")


def requests(output):
    """What became of each request: a list of (class, NetFn, command, its events)."""
    found, latest = [], {}
    for name, key, *what, details in EVENT.findall(output):
        if name == "kcs_submit":
            assert key not in latest or latest[key][3][-1][0] == "kcs_complete"
            latest[key] = (*what, [])
            found.append(latest[key])
        assert latest[key][:3] == tuple(what)
        latest[key][3].append((name, details))
    return found


def ended(request):
    """The figures of its end."""
    name, details = request[3][-1]
    assert name == "kcs_complete", request
    names = ("result", "code", "bytes", "tries", "wire_us", "us", "sleeps", "polls")
    return {name: int(value, 16 if name == "code" else 10)
            for name, value in zip(names, COMPLETE.fullmatch(details).groups())}


@pytest.mark.backports
class TraceTest(VmCase):
    """A simulated BMC, with all events of kcs_host."""

    def look(self, script):
        result = self.boot(f"{PRELUDE}{script}\ncat $TRACE/trace", bmc=None, ssdts=["dell"],
                           counted=True)
        return result.output, self.values(result)

    def test_request_is_told_of_from_its_submission_to_its_end(self):
        output, _ = self.look("""
            modprobe kcs_opregion && aml $PMM count=1 ms=5000
            echo 3000 >$SIM/think_us; load count=1 ms=5000 class=0 netfn=6 cmd=1 size=0
        """)
        of_firmware, of_watchdog = requests(output)
        self.assertEqual(of_firmware[0], "AML")
        self.assertEqual(of_watchdog[:3], ("watchdog", "06", "01"))
        for request in (of_firmware, of_watchdog):
            self.assertEqual([name for name, _ in request[3]],
                             ["kcs_submit", "kcs_issue", "kcs_complete"])
            self.assertRegex(request[3][0][1], r"\d+ bytes, deadline in 5000 ms, result 0")
            self.assertRegex(request[3][1][1], r"try 1, \d+ us after its submission")
        end = ended(of_watchdog)
        self.assertEqual((end["result"], end["code"], end["tries"]), (0, 0, 1))
        self.assertGreater(end["bytes"], 10)
        self.assertGreater(end["sleeps"], 0)
        self.assertTrue(3000 <= end["wire_us"] <= end["us"] < 5000000, end)

    def test_each_request_has_an_end(self):
        output, values = self.look("""
            counts before
            load count=40 threads=4 ms=9000 class=2
            fault "code code=c3 times=2"; load count=4 ms=5000 class=2
            counts after
        """)
        found, ends = requests(output), {}
        for request in found:
            result = ended(request)["result"]
            ends[result] = ends.get(result, 0) + 1
        more = {name: values[f"after_{name}"] - values[f"before_{name}"]
                for name in ("requests", "answered", "timeouts", "errors")}
        self.assertEqual((len(found), ends.get(0, 0)), (more["requests"], more["answered"]))
        self.assertEqual(more["timeouts"] + more["errors"], len(found) - ends.get(0, 0))
        self.assertGreater(len(found), 40)

    def test_request_that_backs_off_is_issued_again(self):
        output, _ = self.look("""
            fault "code code=c0 times=2"; load count=1 ms=5000 class=1
        """)
        [request] = [each for each in requests(output) if each[0] == "AML"]
        self.assertEqual([name for name, _ in request[3]],
                         ["kcs_submit", *["kcs_issue"] * 3, "kcs_complete"])
        self.assertIn("try 3,", request[3][3][1])
        end = ended(request)
        self.assertEqual((end["result"], end["code"], end["tries"]), (0, 0, 3))
        self.assertLess(end["wire_us"] * 2, end["us"])

    def test_silent_bmc_is_told_of(self):
        output, _ = self.look("""
            fault silence; load count=1 timeout_ms=1000 ms=5000 class=2
            await "BMC dead"; load count=1 ms=5000 class=2
        """)
        late, refused = [request for request in requests(output) if request[0] == "user"]
        self.assertEqual((ended(late)["result"], ended(late)["bytes"]), (-110, 0))
        self.assertGreaterEqual(ended(late)["us"], 1000000)
        self.assertEqual([name for name, _ in refused[3]], ["kcs_submit"])
        self.assertTrue(refused[3][0][1].endswith("result -112"), refused)
        self.assertEqual(HEALTH.findall(output)[0], ("ready", "degraded"))
        self.assertEqual(HEALTH.findall(output)[-1][1], "dead")
