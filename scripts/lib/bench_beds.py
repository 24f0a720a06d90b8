# SPDX-License-Identifier: GPL-2.0-only
"""The test beds of scripts/bench: each step boots one VM and yields rows.

counted  a VM of one CPU that takes 2 ns for each instruction: software cost
waiting  the same VM with kcs_sim, a BMC that takes its time: waiting cost
extern   QEMU's ipmi-bmc-extern with scripts/bmc, timed by the host's clock
"""
import dataclasses
import os
import re
import statistics
import time
import typing

from vm import USER
from vm_case import SPLAT

PROGRAMS = [USER / "ipmi_clock.c", USER / "cpu_busy.c"]

PRELUDE = r"""
for module in ipmi_msghandler ipmi_devintf; do modprobe $module; done
ours() { modprobe kcs_host && modprobe kcs_ipmi && device; }
ours_away() { rmmod kcs_ipmi && rmmod kcs_host; }
theirs() { modprobe ipmi_si && device; }
theirs_away() { rmmod ipmi_si; }
# One line that begins with a word, whatever was printed on how many.
figure() { echo "$1 $(tr '\n' ' ')"; }
"""

# Bounds of the counted bed, in us.
DEVICE_US = 26
AML_US = 84

# The waiting bed: 30/EE with 16 data bytes, of which the reply echoes all.
THINK_US = [200, 1000, 5000, 20000, 50000]
BYTE_US = [3, 20, 175]
QUICK_CELLS = [(200, 3), (5000, 3), (5000, 20), (20000, 175)]
JITTER = 0.05
DATA = 16
WARM_UP = 40
MESSAGES = 100
REST_US = 5000

# Bounds of a cell: latency is 10 % or 60 us above the ideal; CPU time is 60 us, and
# 25 us for each handshake, or as long as the handshake takes if that is less.
LATENCY_FACTOR = 1.10
LATENCY_US = 60
CPU_US = 60
HANDSHAKE_CPU_US = 25

# The throughput row: how much faster than a driver that polls every 100 us.
WRITES = 3000
WRITE_DATA = 32
POLL_US = 100
SPEEDUP = 4

EXTERN_THINK_MS = [0.2, 1, 5, 20]
EXTERN_MS = 10000

# In turn, so that what the host does meanwhile hits both alike.
EXTERN_TURNS = ["ours", "theirs", "theirs", "ours", "ours", "theirs", "theirs", "ours"]

# Otherwise Linux takes the HPET with two CPUs under TCG, and each look at the clock is
# a device access.
EXTERN_ARGUMENTS = "tsc=reliable"

# A step is measured again if other programs took more of the host than this, in % of
# one CPU; so many times in a whole run.
OTHER_WORK_PERCENT = 15
REPEATS_MAX = 4


class Failure(Exception):
    """A step that could not be measured."""


@dataclasses.dataclass
class Row:
    """One figure of ours, what it is compared with, and its bound."""
    key: str              # the same from run to run, for --compare
    what: str
    unit: str
    ours: float
    other: typing.Optional[float] = None
    other_is: str = ""    # whose figure that is
    bound: typing.Optional[float] = None
    more: dict = dataclasses.field(default_factory=dict)

    @property
    def is_ok(self):
        return self.bound is None or self.ours <= self.bound


@dataclasses.dataclass
class Step:
    """One boot: what it is called, and a function from a bed to rows."""
    title: str
    measure: typing.Callable


class Bed:
    """Boots a machine and reads the figures that its script printed."""

    def __init__(self, machine):
        self.machine = machine
        self.repeats_left = REPEATS_MAX
        for program in PROGRAMS:
            machine.initrd.build_program(program)

    def boot(self, script, **options):
        """{word: {name: number}} from the lines 'word name=number ...'.

        On a kernel whose /proc/timer_list has no idle time, cpu_busy says so and the
        step fails.
        """
        options.setdefault("timeout_s", 400)
        result = self.machine.boot(f"{PRELUDE}\ncpu_busy -- true >/dev/null || exit 1\n"
                                   f"( {script}\n) || exit 1\n", **options)
        if result.status:
            raise Failure(f"the script failed:\n{result.output[-2000:]}\n"
                          f"{result.console[-2000:]}")
        if splat := SPLAT.search(result.console):
            raise Failure(f"the kernel reports:\n{result.console[splat.start():][:2000]}")
        found = {}
        for line in result.output.splitlines():
            word, _, rest = line.partition(" ")
            found[word] = {name: float(value) for name, value in
                           re.findall(r"(\w+)=(-?[\d.]+)(?= |$)", rest)}
        return found


def require(is_right, text):
    if not is_right:
        raise Failure(text)


# -- counted: what the software costs. -------------------------------------------

def calibration(bed):
    """Is a program seen to be busy while it spins, and idle while it sleeps?"""
    found = bed.boot("""
        cpu_busy -- timeout 1 sh -c 'while :; do :; done' 2>&1 | figure spin
        cpu_busy -- sleep 1 | figure sleep
    """, bmc=None, counted=True)
    share = {word: 100 * found[word]["busy_ns"] / found[word]["elapsed_ns"]
             for word in ("spin", "sleep")}
    yield Row("clock.spin", "CPU clock: time of a spinning program not seen", "%",
              100 - share["spin"], bound=1)
    yield Row("clock.sleep", "CPU clock: time of a sleeping program seen as busy", "%",
              share["sleep"], bound=1)


def device(bed):
    """Get Device ID through /dev/ipmi0, ours first, then the in-tree driver."""
    found = bed.boot("""
        ours && sleep 1 && ipmi_clock 06 01 3000 | figure ours || exit 1
        ours_away && theirs && sleep 1 && ipmi_clock 06 01 3000 | figure theirs
    """, bmc="qemu", counted=True)
    for stack in ("ours", "theirs"):
        require(found[stack]["cc"] == 0, f"{stack}: not answered")
    ours, theirs = (found[stack]["median_ns"] / 1000 for stack in ("ours", "theirs"))
    yield Row("counted.device", "Get Device ID through /dev/ipmi0, median", "us", ours,
              theirs, "in-tree", min(theirs, DEVICE_US))


def aml(bed):
    """The same through AML. With a policy of none no message goes to the BMC:

    what is left is ACPICA and the entry of our handler.
    """
    found = bed.boot(r"""
        modprobe kcs_aml
        once() {
            evaluate '\_SB.REPL' | grep -q "^$2" || { echo "$1: no reply"; exit 1; }
            cpu_busy /sys/kernel/debug/kcs_aml/run \
                'method=\_SB.ONCE count=3000 ms=60000' | figure $1
        }
        modprobe kcs_host && modprobe kcs_opregion && sleep 1 && once ours 000c0020 &&
            unload || exit 1
        modprobe kcs_host && modprobe kcs_opregion policy=none && sleep 1 &&
            once none 0001d4 && unload || exit 1
        modprobe ipmi_si && modprobe acpi_ipmi && sleep 1 && once theirs 000c0020
    """, ssdts=["bench"], bmc="qemu", counted=True)
    for stack in ("ours", "none", "theirs"):
        require(found[stack]["ok"] == 3000, f"{stack}: {found[stack]}")
    ours, none, theirs = (found[stack]["mean_us"] for stack in ("ours", "none", "theirs"))
    cpu_us = {stack: found[stack]["busy_ns"] / 3000 / 1000 for stack in ("ours", "theirs")}
    yield Row("counted.aml", "Get Device ID through AML, mean", "us", ours, theirs,
              "in-tree", AML_US, {"p50_us": found["ours"]["p50_us"], "cpu_us": cpu_us})
    yield Row("counted.aml_denied", "  of that without a transfer (the policy denies it)",
              "us", none)


# -- waiting: latency and CPU time of a BMC that takes its time. -----------------

def spread(mean_us):
    """MIN-MAX around a mean, as kcs_sim takes it."""
    off = round(mean_us * JITTER)
    return f"{mean_us - off}-{mean_us + off}"


def handshakes(request_data, reply_data):
    """Writes that the BMC takes in a message, one byte time each.

    WRITE_START, WRITE_END and each byte of the request (NetFn, command, data); READ
    after each byte of the reply (NetFn, command, completion code, data). kcs_sim
    takes that many: its latency grows by 39 us for each us of byte_us with 16 bytes.
    """
    return 2 + 2 + request_data + 3 + reply_data


def cell_rows(think_us, byte_us, base_us, run, null):
    """Latency and CPU time of one cell, from its run and its null run.

    base_us: a message to a BMC that takes no time. A spinning driver needs that, and
    the time that the BMC takes.
    """
    count = handshakes(DATA, DATA)
    spinning_us = base_us + count * byte_us + think_us
    bound_us = max(LATENCY_FACTOR * spinning_us, spinning_us + LATENCY_US)
    cpu_us = (run["busy_ns"] - null["busy_ns"]) / MESSAGES / 1000
    handshake_us = byte_us + base_us / count
    cpu_bound_us = CPU_US + (count - 1) * min(handshake_us, HANDSHAKE_CPU_US) + \
        min(handshake_us + think_us, HANDSHAKE_CPU_US)
    name = f"{think_us / 1000:g} ms think, {byte_us} us a byte"
    key = f"waiting.{think_us}.{byte_us}"
    more = {"think_us": think_us, "byte_us": byte_us, "p95_us": run["p95_us"],
            "null_us": null["busy_ns"] / MESSAGES / 1000,
            "elapsed_ratio": null["elapsed_ns"] / run["elapsed_ns"]}
    yield Row(f"{key}.latency", f"{name}: latency, mean", "us", run["mean_us"],
              spinning_us, "spinning", bound_us, more)
    yield Row(f"{key}.cpu", f"{name}: CPU time of a message", "us", cpu_us,
              bound=cpu_bound_us, more=more)


SIM = """
    SIM=/sys/kernel/debug/kcs_sim
    RUN=/sys/kernel/debug/kcs_load/run
    modprobe kcs_sim && modprobe kcs_load || exit 1
    for _ in $(seq 100); do load count=1 ms=9000 | grep -q ok=1 && break; sleep 0.1; done
"""

# A null run sends nothing (no driver has class 99), and rests so long that it makes
# as many rounds in the same time. Its CPU time is that of kcs_load, of its timers
# and of what the idle machine does.
CELL = SIM + f"""
    cell() {{
        echo $2 >$SIM/think_us && echo $3 >$SIM/byte_us || exit 1
        load count={WARM_UP} ms=90000 rest_us={REST_US} >/dev/null
        cpu_busy $RUN "count={MESSAGES} ms=90000 rest_us={REST_US}" >/answer
        figure $1.run </answer
        mean=$(sed 's/.* mean_us=\\([0-9]*\\).*/\\1/' /answer)
        cpu_busy $RUN "class=99 count={MESSAGES} ms=90000 \\
rest_us=$((mean + mean / 25 + {REST_US}))" | figure $1.null
    }}
"""


def cells(pairs):
    """A step's function that measures pairs of think and byte time."""
    def measure(bed):
        found = bed.boot(CELL + "cell base 0-0 0-0\n" + "\n".join(
            f"cell {think}.{byte} {spread(think)} {spread(byte)}" for think, byte in pairs),
            bmc=None, counted=True)
        base_us = found["base.run"]["mean_us"]
        for think, byte in pairs:
            run, null = (found[f"{think}.{byte}.{which}"] for which in ("run", "null"))
            require(run["ok"] == MESSAGES and run["foreign"] == 0, f"messages failed: {run}")
            require(null["ok"] == 0 and null["E22"] == MESSAGES, f"no null run: {null}")
            yield from cell_rows(think, byte, base_us, run, null)
    return measure


def throughput(bed):
    """Writes without a rest. The reply is a bare completion code, as a write's is."""
    found = bed.boot(SIM + f"""
        echo 3 >$SIM/byte_us; echo "code code=00 command=3011" >$SIM/fault
        load netfn=30 cmd=11 size={WRITE_DATA} count=40 ms=9000 >/dev/null
        load netfn=30 cmd=11 size={WRITE_DATA} count={WRITES} ms=90000 | figure writes
    """, bmc=None, counted=True)["writes"]
    require(found["ok"] == WRITES, f"writes failed: {found}")
    poller_s = handshakes(WRITE_DATA, 0) * POLL_US * WRITES / 1e6
    yield Row("waiting.throughput", f"{WRITES} writes of {WRITE_DATA} bytes, 3 us a byte", "s",
              found["mean_us"] * WRITES / 1e6, poller_s, f"{POLL_US} us poller",
              poller_s / SPEEDUP)


# -- extern: beside the in-tree driver, on the host's clock. ---------------------

def extern_script(think_ms):
    """Ours and theirs in turn, each with as many requests a second."""
    period_us = 20000 if think_ms < 10 else 60000
    count = EXTERN_MS * 1000 // period_us
    script = "cpu_busy -- sleep 5 | figure idle\n"
    for turn, stack in enumerate(EXTERN_TURNS):
        script += f"""
            {stack} && sleep 1 && ipmi_clock 06 01 50 {period_us} >/dev/null &&
            cpu_busy -- ipmi_clock 06 01 {count} {period_us} | figure {stack}.{turn} &&
            {stack}_away || exit 1
        """
    return script


def extern_figures(found, stack):
    """Medians of the turns: p50 in ms, CPU share in % of one CPU; and all values."""
    idle = found["idle"]["busy_ns"] / found["idle"]["elapsed_ns"]
    turns = [found[word] for word in found if word.startswith(f"{stack}.")]
    for turn in turns:
        require(turn["cc"] == 0, f"{stack}: not answered")
    p50 = [turn["median_ns"] / 1e6 for turn in turns]
    cpu = [100 * (turn["busy_ns"] / turn["elapsed_ns"] - idle) for turn in turns]
    return statistics.median(p50), statistics.median(cpu), {"p50_ms": p50, "cpu_percent": cpu}


def others_s():
    """CPU seconds since boot that the host spent on programs other than this run's.

    Those of this run count once they ended, so this is for before and after a boot.
    """
    with open("/proc/stat", encoding="ascii") as stat:
        ticks = [int(word) for word in stat.readline().split()[1:9]]
    idle = ticks[3] + ticks[4]
    return (sum(ticks) - idle) / os.sysconf("SC_CLK_TCK") - sum(os.times()[:4])


def undisturbed(bed, script, **options):
    """Boots again while the host has other work; gives the quietest boot's figures,

    and what other programs took of the host meanwhile, in % of one CPU.
    """
    boots = []
    while True:
        began, others = time.monotonic(), others_s()
        found = bed.boot(script, **options)
        percent = 100 * (others_s() - others) / (time.monotonic() - began)
        boots.append((percent, found))
        if percent <= OTHER_WORK_PERCENT or not bed.repeats_left:
            return min(boots, key=lambda boot: boot[0])
        bed.repeats_left -= 1
        print(f"    other programs take {percent:.0f} % of a CPU: once more", flush=True)


def external(think_ms, irq):
    """A step's function that measures one think time, with or without an interrupt."""
    def measure(bed):
        others, found = undisturbed(bed, extern_script(think_ms), irq=irq,
                                    bmc=["--think-ms", str(think_ms)],
                                    kernel_arguments=EXTERN_ARGUMENTS)
        ours_p50, ours_cpu, ours = extern_figures(found, "ours")
        p50, cpu, theirs = extern_figures(found, "theirs")
        how = "interrupt" if irq else "polled"
        name = f"{think_ms:g} ms think, {how}, host-timed"
        if others > OTHER_WORK_PERCENT:
            name += f", disturbed ({others:.0f} %)"
        more = {"think_ms": think_ms, "irq": irq, "others_percent": others, "ours": ours,
                "in-tree": theirs}
        cpu_bound = cpu if irq else cpu / 2 if think_ms >= 5 else None
        yield Row(f"extern.{how}.{think_ms}.p50", f"{name}: Get Device ID, p50", "ms",
                  ours_p50, p50, "in-tree", p50 if irq else None, more)
        yield Row(f"extern.{how}.{think_ms}.cpu", f"{name}: CPU share", "%", ours_cpu, cpu,
                  "in-tree", cpu_bound, more)
    return measure


# -- What a run consists of. -----------------------------------------------------

def counted_steps():
    return [Step("counted: /dev/ipmi0, ours and in-tree", device),
            Step("counted: AML, ours and in-tree", aml)]


def cell_step(byte_us, pairs):
    return Step(f"waiting: {len(pairs)} think times, {byte_us} us a byte", cells(pairs))


def waiting_steps(pairs):
    return [cell_step(byte, [pair for pair in pairs if pair[1] == byte]) for byte in BYTE_US]


def extern_steps():
    return [Step(f"extern: think {think:g} ms, {'interrupt' if irq else 'polled'}, "
                 "ours and in-tree", external(think, irq))
            for irq in (True, False) for think in EXTERN_THINK_MS]


def plan(beds):
    """The steps of some beds: counted, waiting, extern; or quick."""
    steps = []
    if {"quick", "counted", "waiting"} & set(beds):
        steps.append(Step("counted: the CPU clock itself", calibration))
    if {"quick", "counted"} & set(beds):
        steps += counted_steps()
    if "waiting" in beds:
        steps += waiting_steps([(think, byte) for byte in BYTE_US for think in THINK_US])
        steps.append(Step("waiting: writes without a rest", throughput))
    elif "quick" in beds:
        steps += waiting_steps(QUICK_CELLS)
    if "extern" in beds:
        steps += extern_steps()
    return steps
