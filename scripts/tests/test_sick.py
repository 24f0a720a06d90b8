# SPDX-License-Identifier: GPL-2.0-only
"""No BMC, however broken, hangs the host: cases, bounds and figures.

Each case boots a machine with kcs_sim, or with an emulated BMC where the kernel's own
stack is measured beside ours. Scaled down without --full.
"""
import re

from vm import USER
from vm_table import STACKS, Failure, errors, figures, noisy, parametrize, rows

E_HOSTDOWN, E_NODATA = 112, 61

# All faults of kcs_sim but those of an interrupt, which it does not have.
FAULTS = """obf_never ibf_stuck late_dummy error error_bare netfn command long short
    reply_0 reply_1 reply_2 code floating reset silence atn_stuck events
    no_last_dummy no_end late""".split()

# Ways to be dead, and to come back.
DEATHS = ["silence", "floating", "ibf_stuck", "obf_never", "error", "error_bare",
          "code code=c3", "reply_0", "netfn"]

# -- The cases: each yields (what, bound, figure, ok). -------------------------

@rows(*FAULTS, "rules")
def crowd(bed):
    states = [1, 2, 4, 8] if bed.full else [0]
    result = bed.boot(f"""
        modprobe kcs_sim think_us=200-1000 && modprobe kcs_load listen=1 || exit 1
        health 10 ready || exit 1
        for kind in {' '.join(FAULTS)}; do for states in {' '.join(map(str, states))}; do
            (sleep 0.1; fault "$kind states=$states for_ms=2000 code=c1") &
            load threads=64 ms=2500 timeout_ms=1000 | figure $kind.$states
            wait
            echo hits.$kind.$states $(sed -n 's/fault hits: /count=/p' $SIM/counters)
            fault none; well 15 || exit 1
        done; done
        echo breaches $(sed -n 's/breaches: /count=/p' $SIM/counters)
        grep -A9 breaches $SIM/counters
    """, timeout_s=1200)
    found = figures(result)
    for kind in FAULTS:
        cells = [found[f"{kind}.{state}"] for state in states]
        struck = sum(found[f"hits.{kind}.{state}"]["count"] > 0 for state in states)
        slowest_ms = max(cell["slowest_us"] for cell in cells) / 1000
        total = sum(cell["ok"] + sum(errors(cell).values()) for cell in cells)
        foreign = sum(cell["foreign"] for cell in cells)
        yield (f"{kind}, 64 requests in parallel, deadline 1 s: slowest, wrong replies",
               "<= 1.5 s, 0", f"{slowest_ms:.0f} ms, {foreign:.0f}, of {total:.0f} requests; "
               f"struck in {struck} of {len(states)} states",
               slowest_ms <= 1500 and struck and not foreign)
    broken = re.findall(r"^(.*): (\d+)$", result.output.partition("breaches: ")[2], re.M)
    breaches = found["breaches"]["count"]
    yield ("  rules broken by the host", "0",
           f"{breaches:.0f}" + "".join(f" ({rule})" for rule, _ in broken), not breaches)


@rows("request", "pmm", alone=False)
def dead(bed):
    result = bed.boot("""
        sim && modprobe kcs_opregion && health 10 ready || exit 1
        aml $PMM ms=500 | figure alive
        fault silence; load count=1 timeout_ms=1000 ms=9000 | figure last; health 10 dead || exit 1
        load ms=2000 rest_us=1000 | figure request
        aml $PMM ms=2000 rest_us=1000 | figure pmm
    """, ssdts=["dell"], counted=True)
    found = figures(result)
    for what, bound_ms, figure, expected in (
            ("interface dead: a request fails", 10, found["request"], E_HOSTDOWN),
            ("interface dead: a _PMM read fails", 50, found["pmm"], E_NODATA)):
        slowest = figure["slowest_us"] / 1000
        failures = errors(figure).get(expected, 0)
        yield (what, f"<= {bound_ms} ms", f"{slowest:.2f} ms, of {failures:.0f}",
               slowest <= bound_ms and failures > 100 and not figure["ok"])


@rows("first_success", alone=False)
def back(bed):
    dead_s = 30 if bed.full else 3
    result = bed.boot("""
        sim && health 10 ready || exit 1
        while read -r death; do
            fault $death; load count=2 timeout_ms=1000 ms=9000 >/dev/null
            health 15 dead absent || exit 1
            for _ in $(seq DEAD_S); do load count=1 ms=9000 >/dev/null; sleep 1; done
            n=$((n + 1)); sleep 0.$n
            # Back, and with nothing in mind of what it was asked.
            fault "reset times=1"; start=$(now_ms)
            for _ in $(seq 200); do
                load count=1 ms=9000 timeout_ms=5000 | grep -q ok=1 && break; sleep 0.1
            done
            echo "${death%% *} ms=$(($(now_ms) - start))"; fault none; well 5 || exit 1
        done <<END
%s
END
    """.replace("DEAD_S", str(dead_s)) % "\n".join(DEATHS), timeout_s=900, counted=True)
    found = figures(result)
    worst = max(found, key=lambda death: found[death]["ms"])
    yield (f"BMC back after {dead_s} s of {len(found)} deaths, asked at 1 Hz: first success", "<= 2 s",
           f"{found[worst]['ms']:.0f} ms ({worst})",
           found[worst]["ms"] <= 2000 and len(found) == len(DEATHS))


def late_by(seconds):
    @rows(f"{seconds}_s", full=seconds > 5, alone=False)
    def late(bed):
        result = bed.boot(f"""
            while read -r kind options; do
                start=$(now_ms)
                sim fault="$kind for_ms={seconds * 1000 or 1} $options" || exit 1
                health {seconds + 20} ready || exit 1
                load count=1 ms=5000 | grep -q ok=1 || exit 1
                echo "$kind ms=$(($(now_ms) - start - {seconds * 1000}))"
                rmmod kcs_aml kcs_load kcs_sim
            done <<END
silence
floating
code code=d2
END
        """, timeout_s=4 * seconds + 120, counted=True)
        found = figures(result)
        worst = max(found, key=lambda kind: found[kind]["ms"])
        yield (f"BMC ready {seconds} s after our load: first answer", "<= 2 s",
               f"{found[worst]['ms']:.0f} ms ({worst})",
               len(found) == 3 and found[worst]["ms"] <= 2000)
    return late


# In every order that insmod allows, with the kernel's own handler among them.
ORDERS = [order.split() for order in (
    "kcs_host kcs_anchor kcs_opregion acpi_power_meter",
    "kcs_host kcs_anchor acpi_power_meter kcs_opregion",
    "kcs_host acpi_power_meter kcs_anchor kcs_opregion",
    "acpi_power_meter kcs_host kcs_anchor kcs_opregion",
    "kcs_anchor kcs_host kcs_opregion acpi_power_meter",
    "kcs_anchor kcs_host acpi_power_meter kcs_opregion",
    "kcs_anchor acpi_power_meter kcs_host kcs_opregion",
    "acpi_power_meter kcs_anchor kcs_host kcs_opregion",
    "acpi_ipmi kcs_host kcs_anchor kcs_opregion acpi_power_meter",
    "acpi_ipmi acpi_power_meter kcs_anchor kcs_host kcs_opregion",
    "kcs_host kcs_anchor kcs_opregion acpi_ipmi acpi_power_meter",
)]


def boot_once(bed, order, ready_s):
    """Seconds from the BMC's being ready to the right reading; lines of no handler."""
    result = bed.boot(f"""
        start=$(now_ms)     # about when the BMC begins to count
        for module in {' '.join(order)}; do
            modprobe $module || exit 1
            [ $module != kcs_opregion ] || echo "kcs_test: loaded" >/dev/kmsg
        done
        for _ in $(seq {10 * (ready_s + 20)}); do
            bound && [ "$(average 2>/dev/null)" = 187000000 ] && break
            sleep 0.1
        done
        echo right ms=$(($(now_ms) - start)) watts=$(average)
    """, ssdts=["dell"], bmc=["--silent-s", str(ready_s)])
    right = figures(result)["right"]
    if right["watts"] != 187000000:
        raise Failure(f"{order}, ready after {ready_s} s: no reading")
    after = result.console.partition("kcs_test: loaded")[2]
    return right["ms"] / 1000 - ready_s, after.count("No handler")


@rows("reading", "lines", not_sanitized=["reading", "lines"])
def boots(bed):
    count = 100 if bed.full else len(ORDERS)
    slowest, lines, which = 0.0, 0, ""
    for boot in range(count):
        order, ready_s = ORDERS[boot % len(ORDERS)], (0, 5, 10)[boot % 3]
        late_s, more = boot_once(bed, order, ready_s)
        lines += more
        if late_s > slowest:
            slowest, which = late_s, f"{' '.join(order)}; BMC after {ready_s} s"
    yield (f"{count} boots, {len(ORDERS)} module orders, BMC ready after 0, 5, 10 s: right reading",
           "<= 5 s", f"{slowest:.1f} s ({which})", slowest <= 5)
    yield "  lines of 'No handler' after our init", "0", f"{lines}", not lines


# Bytes in live objects of kmalloc: all that the modules allocate is there. The least of
# five looks: what others hold for a moment is not ours.
RESETS = r"""
memory() { for _ in 1 2 3 4 5; do
    echo 3 >/proc/sys/vm/drop_caches; sleep 1
    for cache in /sys/kernel/slab/*/shrink; do echo 1 >$cache; done
    awk '/^kmalloc-/ { sum += $2 * $4 } END { print sum }' /proc/slabinfo
done | sort -n | head -n 1; }
# resets COUNT NAME MS: so many, each while requests are under way, for so long each.
resets() {
    load threads=8 ms=$(($1 * $3 + 500)) timeout_ms=1000 | figure $2 &
    for i in $(seq $1); do
        fault "reset byte=$((i % 20)) times=1"
        for _ in 1 2 3 4 5 6 7 8; do
            sleep 0.02
            [ "$(cat $SIM/fault)" = none ] && struck=$((struck + 1)) && break
        done
    done
    wait
}
"""


# Where KASAN keeps what was freed, kmemleak is the judge.
@rows("slowest", "memory", not_sanitized=["memory"], alone=False)
def resets(bed):
    count = 1000 if bed.full else 100
    reset_ms = 250 if bed.sanitized else 50
    found = figures(bed.boot(RESETS + f"""
        sim think_us=100-500 && health 10 ready || exit 1
        resets 30 warm {reset_ms}; struck=0; before=$(memory)
        for third in 1 2 3; do
            resets {count // 3 + 1} load$third {reset_ms}; after=$(memory)
            echo memory$third bytes=$((after - before))
        done
        well 10 || exit 1
        echo struck count=$struck
    """, timeout_s=600, counted=not bed.sanitized))
    loads = [found[f"load{third}"] for third in (1, 2, 3)]
    slowest = max(load["slowest_us"] for load in loads) / 1000
    answered = sum(load["ok"] for load in loads)
    struck = found["struck"]["count"]
    growth = [found[f"memory{third}"]["bytes"] / 1024 for third in (1, 2, 3)]
    yield (f"{struck:.0f} BMC resets under load: slowest request, deadline 1 s", "<= 1.5 s",
           f"{slowest:.0f} ms, {answered:.0f} answered",
           slowest <= 1500 and struck >= 0.99 * count and answered > count
           and not any(load["foreign"] for load in loads))
    yield ("  memory growth: live kmalloc objects after each third", "<= 64 KiB",
           " / ".join(f"{kib:.1f}" for kib in growth) + " KiB", growth[-1] <= 64)


@rows("slowest")
def cycles(bed):
    count = 1000 if bed.full else 50
    result = bed.boot(f"""
        sim think_us=100-2000 && modprobe kcs_opregion && health 10 ready || exit 1
        rmmod kcs_load; dmesg -n 2; touch /tmp/go
        while [ -e /tmp/go ]; do aml $PMM threads=4 ms=1000; done >/tmp/traffic &
        worst=0; slow=0
        for i in $(seq {count}); do
            start=$(now_ms)
            rmmod kcs_opregion && rmmod kcs_sim && rmmod kcs_host || exit 1
            middle=$(now_ms)
            modprobe kcs_sim think_us=100-2000 && modprobe kcs_opregion || exit 1
            end=$(now_ms)
            [ $((middle - start)) -gt $worst ] && worst=$((middle - start))
            [ $((end - middle)) -gt $slow ] && slow=$((end - middle))
            [ $((i % 3)) = 0 ] || sleep 0.1
        done
        echo unload ms=$worst; echo load ms=$slow
        rm /tmp/go; wait
        awk '{{ sub("ok=", "", $1); sum += $1 }} END {{ print "traffic ok=" sum }}' /tmp/traffic
    """, ssdts=["dell"], timeout_s=count * 2 + 120)
    found = figures(result)
    worst = max(found["unload"]["ms"], found["load"]["ms"])
    yield (f"{count} load/unload cycles under traffic: slowest unload, load", "<= 2 s",
           f"{found['unload']['ms']:.0f} ms, {found['load']['ms']:.0f} ms, "
           f"{found['traffic']['ok']:.0f} readings",
           worst <= 2000 and found["traffic"]["ok"] > count)


@rows("opregion", "host", alone=False)
def blocked(bed):
    result = bed.boot("""
        sim && modprobe kcs_opregion && health 10 ready || exit 1
        fault silence
        aml $PMM threads=16 count=16 ms=9000 | figure aml &
        sleep 0.5; start=$(now_ms); rmmod kcs_opregion || exit 1
        echo opregion ms=$(($(now_ms) - start)); wait
        fault none; well 15 || exit 1
        fault silence
        load threads=16 count=16 ms=9000 | figure load &
        sleep 0.5; start=$(now_ms); rmmod kcs_sim || exit 1
        echo host ms=$(($(now_ms) - start)); wait
    """, ssdts=["dcmi"], counted=not bed.sanitized)
    found = figures(result)
    for name, callers in (("opregion", "aml"), ("host", "load")):
        ms = found[name]["ms"]
        refused = sum(errors(found[callers]).values())
        yield (f"16 callers blocked on a dead BMC, its {name} removed", "<= 2 s",
               f"{ms:.0f} ms, {refused:.0f} callers got an error",
               ms <= 2000 and refused == 16)


@rows("slowest", alone=False)
def init(bed):
    result = bed.boot("""
        cd /lib/modules/*
        for kind in none silence floating ibf_stuck error "code code=d2"; do
            dmesg -c >/dev/null; start=$(now_ms)
            insmod kcs_host.ko && insmod kcs_sim.ko fault="$kind" &&
                insmod kcs_anchor.ko && insmod kcs_opregion.ko || exit 1
            echo "${kind%% *} ms=$(($(now_ms) - start)) $(dmesg | awk '
                /initcall .*\\[kcs_.* returned 0 after/ { us += $(NF - 1); count++ }
                END { print "us=" us, "modules=" count }')"
            rmmod kcs_sim; unload
        done
    """, ssdts=["reg"], kernel_arguments="initcall_debug", counted=True)
    found = figures(result)
    worst = max(found, key=lambda kind: found[kind]["us"])
    bound = 1000 if bed.sanitized else 100
    yield (f"the kernel's own measure of all four modules' init, {len(found)} BMCs", f"<= {bound} ms",
           f"{found[worst]['us'] / 1000:.1f} ms ({worst}); with the loading of the files "
           f"{max(f['ms'] for f in found.values()):.0f} ms",
           found[worst]["us"] <= bound * 1000 and all(f["modules"] == 4 for f in found.values()))


@rows("lines", alone=False)
def quiet(bed):
    seconds = 600 if bed.full else 30
    result = bed.boot(f"""
        sim && modprobe kcs_opregion && modprobe acpi_power_meter && health 10 ready || exit 1
        fault silence
        before=$(dmesg | wc -l)
        for _ in $(seq {seconds}); do average 2>/dev/null; sleep 1; done
        echo log lines=$(($(dmesg | wc -l) - before))
    """, ssdts=["dell"], timeout_s=seconds * 2 + 60, counted=True)
    lines = figures(result)["log"]["lines"]
    yield (f"{seconds} s of a dead BMC read at 1 Hz: lines in the log", "<= 6",
           f"{lines:.0f}", lines <= 6)


@rows("latency", "flags")
def attention(bed):
    result = bed.boot("""
        modprobe kcs_sim think_us=5000 && modprobe kcs_load listen=1 && health 10 ready || exit 1
        load ms=4000 | figure healthy
        fault atn_stuck
        flags() { sed -n 's/get message flags: //p' $SIM/counters; }
        before=$(flags)
        load ms=4000 | figure stuck
        echo flags count=$(($(flags) - before))
    """, counted=True)
    found = figures(result)
    ratio = found["stuck"]["mean_us"] / found["healthy"]["mean_us"]
    rate = found["flags"]["count"] / 4
    yield ("stuck SMS_ATN: user latency, stuck / healthy", "<= 1.1",
           f"{ratio:.2f} ({found['stuck']['mean_us'] / 1000:.1f} / "
           f"{found['healthy']['mean_us'] / 1000:.1f} ms)", ratio <= 1.1)
    yield ("  Get Message Flags a second", "<= 5", f"{rate:.1f}", 1 <= rate <= 5)


@rows("latency", "flags", not_sanitized=["latency", "flags"])
@noisy
def attention_beside_in_tree(bed):
    """The same through AML, on a BMC that QEMU can show to both stacks."""
    mean_ms, flags = {}, {}
    for stack, load in STACKS.items():
        for stuck in ([], ["--attention"]):
            result = bed.boot(f"""
                {load} && modprobe kcs_aml && sleep 2; start=$(now_ms)
                aml $PMM ms=4000 | figure pmm
                echo all ms=$(($(now_ms) - start + 2000))
            """, ssdts=["dcmi"], bmc=["--think-ms", "5", *stuck])
            found = figures(result)
            mean_ms[stack, bool(stuck)] = found["pmm"]["mean_us"] / 1000
            flags[stack] = result.requests.count("06 31") / found["all"]["ms"] * 1000
    ratio = {stack: mean_ms[stack, True] / mean_ms[stack, False] for stack in STACKS}
    yield ("  _PMM on QEMU's BMC that thinks 5 ms, stuck / healthy", "<= 1.1",
           f"{ratio['ours']:.2f} ({mean_ms['ours', True]:.1f} ms), in-tree "
           f"{ratio['in-tree']:.2f} ({mean_ms['in-tree', True]:.1f} ms)",
           ratio["ours"] <= 1.1)
    yield ("  Get Message Flags a second there", "<= 5",
           f"{flags['ours']:.1f}, in-tree {flags['in-tree']:.1f}", flags["ours"] <= 5)


# What measures time for its own sake makes no sense on a slow kernel.
@rows("programs", "threads", not_sanitized=["programs", "threads"])
def fair(bed):
    """What a flood costs others: a client beside 30 programs on /dev/ipmi0, and
    firmware beside 120 threads on the interface itself. What KCS leaves is one
    foreign command before two of firmware's: that is 1.5 times already."""
    ms = 60000
    bed.machine.initrd.build_program(USER / "ipmi_clock.c")
    result = bed.boot(f"""
        sim think_us=5000 && modprobe kcs_opregion && health 10 ready || exit 1
        modprobe kcs_ipmi && modprobe ipmi_devintf && sleep 2 || exit 1
        load rest_us=20000 ms={ms} | figure alone
        PAIR=${{PMM%_PMM}}PAIR
        aml $PAIR rest_us=20000 ms={ms} | figure aml_alone
        for _ in $(seq 30); do ipmi_clock 30 ee 100000 >/dev/null & done
        sleep 1
        load rest_us=20000 ms={ms} | figure polite
        killall ipmi_clock; wait; rmmod kcs_ipmi
        load threads=120 ms={ms + 2000} timeout_ms=20000 | figure flood &
        sleep 0.5
        aml $PAIR rest_us=20000 ms={ms} | figure aml
        wait
    """, ssdts=["dell"], counted=True)
    found = figures(result)
    for what, percent, bound, with_flood, alone in (
            ("30 programs flood /dev/ipmi0: another's", 95, 2.0, "polite", "alone"),
            ("120 threads flood: AML's, of two commands", 99, 1.5, "aml", "aml_alone")):
        name = f"p{percent}_us"
        ratio = found[with_flood][name] / found[alone][name]
        yield (f"{what} p{percent}, against alone", f"<= {bound}",
               f"{ratio:.2f} ({found[with_flood][name] / 1000:.1f} / "
               f"{found[alone][name] / 1000:.1f} ms)", ratio <= bound)


@rows("thinking", "silent")
def panic(bed):
    for what, options in (("a BMC that thinks 5 ms", ["--think-ms", "5"]),
                          ("a silent BMC", ["--silent-s", "inf"])):
        result = bed.boot("""
            modules && modprobe kcs_load panic_ms=500 && sleep 1
            load threads=4 ms=9000 &
            sleep 0.2; echo c >/proc/sysrq-trigger
        """, dies=True, bmc=options, timeout_s=60)
        ended = re.search(r"panic transfer: (-?\d+) in (\d+) us", result.console)
        if not ended:
            raise Failure(f"no panic transfer\n{result.console[-3000:]}")
        error, ms = int(ended[1]), int(ended[2]) / 1000
        rebooted = "still running" not in result.console
        yield (f"panic with a transfer in flight, {what}", "<= 550 ms, reboots",
               f"{ms:.0f} ms, result {error}, {'rebooted' if rebooted else 'hangs'}",
               rebooted and ms <= 550 and error == (0 if "thinks" in what else -110))


@rows("worst", "blocked", not_sanitized=["worst", "blocked"])
def in_tree(bed):
    """A BMC silent for 15 s, as QEMU can show it to both stacks."""
    script = """
        {load} && modprobe kcs_aml && sleep 2
        for _ in $(seq 25); do aml $PMM count=1 ms=60000 | figure read; sleep 1; done
    """
    worst, blocked_s = {}, {}
    for name, load in STACKS.items():
        result = bed.boot(script.format(load=load), ssdts=["dcmi"],
                          bmc=["--silent-from-s", "10", "--silent-s", "15"])
        reads = [float(us) / 1e6 for us in re.findall(r"slowest_us=(\d+)", result.output)]
        if not result.output.rstrip().splitlines()[-1].startswith("read ok=1"):
            raise Failure(f"{name}: no reading after the silence\n{result.output}")
        worst[name], blocked_s[name] = max(reads), sum(reads)
    yield ("BMC silent for 15 s, _PMM read at 1 Hz: worst read", "<= 5.5 s",
           f"{worst['ours']:.1f} s (in-tree {worst['in-tree']:.1f} s)",
           worst["ours"] <= 5.5)
    yield ("  time spent in 25 reads", "< in-tree",
           f"{blocked_s['ours']:.1f} s (in-tree {blocked_s['in-tree']:.1f} s)",
           blocked_s["ours"] < blocked_s["in-tree"])


@parametrize(crowd, dead, back, late_by(0), late_by(5), late_by(34), late_by(120), boots, resets,
             cycles, blocked, init, quiet, attention, attention_beside_in_tree, fair, panic,
             in_tree)
def test_bound(bed, case, number):
    bed.row(case, number)
