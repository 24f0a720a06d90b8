# SPDX-License-Identifier: GPL-2.0-only
"""What the engine leaves alone when idle, and what it keeps from its callers."""
import re

from vm import USER
from vm_table import Failure, figures, parametrize, rows

PRELUDE = r"""
ipmi() { modprobe ipmi_msghandler && modprobe ipmi_devintf && modprobe kcs_ipmi && device; }

# activity SECONDS: how often a thread of ours was woken, and a timer of ours expired.
TRACE=/sys/kernel/tracing
activity() {
    [ -e $TRACE/trace ] || mount -t tracefs none $TRACE || return
    echo 'comm ~ "kcs*"' >$TRACE/events/sched/sched_wakeup/filter
    for event in sched/sched_wakeup timer/timer_expire_entry timer/hrtimer_expire_entry; do
        echo 1 >$TRACE/events/$event/enable || return
    done
    echo >$TRACE/trace; sleep $1; cat $TRACE/trace >/tmp/trace
    echo 0 >$TRACE/events/enable
    echo "wakes=$(grep -c 'sched_wakeup: comm=kcs[0-9]' /tmp/trace)" \
        "timers=$(grep -c 'timer_expire_entry:.*function=kcs' /tmp/trace)"
}
"""


@rows("interrupt", "polled", alone=False)
def idle(bed):
    """No thread of ours wakes, no timer, no command, while nobody asks for anything."""
    seconds = 60 if bed.full else 15
    for irq in (True, False):
        result = bed.boot(PRELUDE + f"""
            modprobe kcs_host && ipmi || exit 1
            KCS=/sys/class/kcs/kcs0
            sleep 12
            ( sleep 1; ipmitool raw 6 1 >/dev/null ) & activity 5 | figure busy; wait
            sleep 8; before=$(cat $KCS/requests)
            activity {seconds} | figure idle
            echo commands count=$(($(cat $KCS/requests) - before))
        """, bmc=[], irq=irq)
        found = figures(result)
        if not found["busy"]["wakes"]:
            raise Failure("a request is not seen in the trace")
        counts = [found["idle"]["wakes"], found["idle"]["timers"], found["commands"]["count"]]
        yield (f"idle for {seconds} s, {'interrupt' if irq else 'polled'}: wake-ups of our "
               "thread, timers, commands", "0, 0, 0", ", ".join(f"{count:.0f}" for count in counts),
               counts == [0, 0, 0])


@rows("wakes", alone=False)
def dead_and_idle(bed):
    """Once the pauses between two searches have grown."""
    result = bed.boot(PRELUDE + """
        sim && ipmi && health 10 ready || exit 1
        fault silence; load count=1 timeout_ms=1000 ms=9000 >/dev/null
        health 20 dead || exit 1
        sleep 40; activity 60 | figure dead
    """, counted=True)
    wakes = figures(result)["dead"]["wakes"]
    yield ("dead BMC, nobody asks, 60 s: wake-ups of our thread", "<= 60", f"{wakes:.0f}",
           10 <= wakes <= 60)


@rows("failed", alone=False)
def killed_readers(bed):
    """A BMC of 600 ms, and readers that are killed after 250 ms."""
    bed.machine.initrd.build_program(USER / "ipmi_clock.c")
    result = bed.boot(PRELUDE + r"""
        sim && modprobe kcs_opregion && ipmi && modprobe acpi_power_meter || exit 1
        health 10 ready && bound || exit 1
        sleep 1; echo 600000 >$SIM/think_us
        touch /tmp/go
        while [ -e /tmp/go ]; do
            average >/dev/null && echo "meter ok" || echo "meter failed"
        done >/tmp/meter 2>&1 & second=$!
        while [ -e /tmp/go ]; do
            ipmi_clock 06 01 1 | grep -q cc=00 && echo "program ok" || echo "program failed"
        done >/tmp/program 2>&1 & third=$!
        for _ in $(seq 12); do
            cat $(meter) >/dev/null 2>&1 & first=$!
            sleep 0.25; kill -9 $first; wait $first
        done
        sleep 5; rm /tmp/go; wait $second $third
        cat /tmp/meter /tmp/program | sort | uniq -c |
            awk '{ print $2 "_" $3 " count=" $1 }'
    """, ssdts=["dell"], counted=not bed.sanitized)
    found = figures(result)
    failed = [found.get(f"{who}_failed", {"count": 0})["count"] for who in ("meter", "program")]
    good = [found.get(f"{who}_ok", {"count": 0})["count"] for who in ("meter", "program")]
    lines = len(re.findall(r"BMC .*(?:dead|degraded)", result.console))
    yield ("12 rounds of killed readers, BMC 600 ms: others' failed reads, lines of a death",
           "0, 0", f"{sum(failed):.0f} of {sum(failed + good):.0f}, {lines}",
           not sum(failed) and not lines and min(good) > 3)


@rows("failed", alone=False)
def busy(bed):
    """C0h for half a second every 2 s, from before the first probe on."""
    result = bed.boot(r"""
        modprobe kcs_sim fault="code code=c0 for_ms=500" && modprobe kcs_load &&
            modprobe kcs_aml && modprobe kcs_opregion && health 10 ready || exit 1
        for round in $(seq 15); do
            fault "code code=c0 for_ms=500"
            for _ in 1 2 3 4 5; do
                { aml $PMM count=1 ms=5000; load count=1 ms=5000; } | grep -v "^ok=1 "
                sleep 0.3
            done
            hits=$((hits + $(sed -n 's/fault hits: //p' $SIM/counters)))
        done
        echo hits count=$hits
    """, ssdts=["dell"], counted=True)
    found = figures(result)
    failed = len(re.findall(r"^ok=0", result.output, re.M))
    yield ("C0h for 0.5 s every 2 s, 30 s: failed of 150 reads", "0",
           f"{failed}, of {found['hits']['count']:.0f} C0h",
           not failed and found["hits"]["count"] >= 20)


@rows("worst", alone=False)
def in_a_row(bed):
    bed.machine.initrd.build_program(USER / "ipmi_clock.c")
    result = bed.boot(PRELUDE + """
        modprobe kcs_host && ipmi && sleep 1 || exit 1
        ipmi_clock 06 01 100 0 40 >/tmp/took    # nothing else runs beside it
        tr '\\n' ' ' </tmp/took | figure bridged
    """, bmc="qemu", counted=True)
    median, worst = (figures(result)["bridged"][name] / 1e6
                     for name in ("median_ns", "worst_ns"))
    yield ("100 bridged messages one after the other: worst against the median", "<= 3",
           f"{worst / median:.2f} ({worst:.1f} / {median:.1f} ms)", worst <= 3 * median)


@rows("interrupt_listener", "interrupt", "polled_listener", "polled")
def forgetful(bed):
    """The BMC restarts unnoticed while the host is idle; then it has an event."""
    for irq in (True, False):
        for listens in (True, False):
            yield forgetful_once(bed, irq, listens)


def forgetful_once(bed, irq, listens):
    bed.machine.initrd.build_program(USER / "ipmi_listen.c")
    listen = "ipmi_listen >/tmp/heard & sleep 2"
    result = bed.boot(PRELUDE + f"""
        modprobe kcs_host && ipmi || exit 1
        sleep 2; {listen if listens else ":"}
        ipmitool raw 0x30 0xe1 0 7 || exit 1
        {"" if listens else "sleep 10; ipmitool raw 6 1 >/dev/null; sleep 1; "
                            "ipmitool raw 6 0x2f; " + listen + "; "}
        ipmitool raw 0x30 0xe1 1 {14 if listens else 2} || exit 1
        sleep {18 if listens else 6}
        echo events count=$(grep -c event /tmp/heard)
    """, bmc=[], irq=irq)
    events = figures(result)["events"]["count"]
    restored = re.search(r"enabled again after ([\d.]+) s", result.requests)
    lines = result.console.count("BMC lost its global enables")
    what = (f"enables fall to 0 while idle, {'interrupt' if irq else 'polled'}, "
            f"{'a listener' if listens else 'no listener'}")
    if listens:
        bound, good = "<= 5 s, event, 1 line", restored and float(restored[1]) <= 5
    else:
        # The request came 3 s after the fall, and the word was read 1 s later.
        bound = "at the next request, event, 1 line"
        good = restored and float(restored[1]) <= 4.5 and \
            re.search(r"^ 0[4-7]$", result.output, re.M)
    return (what, bound, f"{restored[1] + ' s' if restored else 'not restored'}, "
            f"{events:.0f} event(s), {lines} line(s)",
            bool(good) and events == 1 and lines == 1)


@parametrize(idle, dead_and_idle, killed_readers, busy, in_a_row, forgetful)
def test_bound(bed, case, number):
    bed.row(case, number)
