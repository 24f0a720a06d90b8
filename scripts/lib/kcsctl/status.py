# SPDX-License-Identifier: GPL-2.0-only
"""What drives the BMC, as data and as text."""
import contextlib
import re

from .machine import OURS, STOCK, VIA, Failed, find_interfaces

CONF = "/etc/modprobe.d/kcs.conf"
PACKAGED_CONF = "/usr/share/kcs-dkms/kcs.conf"

COUNTERS = ("requests", "answered", "timeouts", "errors", "refused", "retries", "probes",
            "recoveries", "attention_rounds")
METERS = "/sys/bus/acpi/devices"
ASKING_LIMIT_S = 10     # the kernel asks the BMC for some attributes, which may be silent


# -- An interface. ----------------------------------------------------------------

def address_of(machine, interface):
    """Where its registers are, or the way to them; None where that is hidden from who asks."""
    if interface.found_by == VIA:
        return f"over /dev/ipmi{interface.device.partition('.')[2]}"
    for file in ("ports", "mem"):
        text = machine.read(f"/proc/io{file}") or ""
        line = re.search(rf"^ *0*([0-9a-f]+)-\w+ : {re.escape(interface.device)}$", text, re.M)
        if line and int(line[1], 16):
            return f"{'I/O port' if file == 'ports' else 'memory'} 0x{line[1]}"
    params = re.match(r"\w+,([\w/]+),(0x[0-9a-f]+)", machine.read(f"{interface.path}/params") or "")
    return params and f"{'I/O port' if params[1] == 'i/o' else 'memory'} {params[2]}"


def waiting_of(machine, interface):
    """How the driver waits for the BMC: interrupt, polling, or None: not known."""
    if interface.host:
        text = machine.read("/proc/interrupts")
        if text is None:
            return None
        uses = re.search(rf"^ *(\d+):.*[ ,]{interface.host}(,|$)", text, re.M)
        return f"interrupt {uses[1]}" if uses else "polling"
    enabled = machine.read(f"{interface.path}/interrupts_enabled")
    return {"1": "interrupt", "0": "polling"}.get(enabled)


def bmc_of(machine, interface):
    """Who the BMC says it is; without /dev/ipmiN it was not asked."""
    words = {}
    try:
        for name in ("device_id", "firmware_revision", "ipmi_version", "manufacturer_id",
                     "product_id") if machine.exists(f"{interface.path}/bmc") else ():
            words[name] = machine.read(f"{interface.path}/bmc/{name}", ASKING_LIMIT_S)
    except Failed:      # so would be the others
        pass
    return {name: word for name, word in words.items() if word} or None


def counters_of(machine, interface):
    """The counters of ours that are not 0."""
    values = {name: machine.read(f"/sys/class/kcs/{interface.host}/{name}") for name in COUNTERS}
    return {name: int(value) for name, value in values.items()
            if interface.host and value and value != "0"}


def interface_data(machine, interface):
    """All that is known of an interface."""
    return {
        "device": interface.device,
        "found_by": interface.found_by,
        "address": address_of(machine, interface),
        "driver": interface.driver or (interface.host and interface.found_by),
        "in_service": interface.is_in_service,
        "host": interface.host,
        "ipmi": interface.ipmi and f"/dev/{interface.ipmi}",
        "waiting": waiting_of(machine, interface),
        "bmc": bmc_of(machine, interface),
        "health": machine.read(f"/sys/class/kcs/{interface.host}/health"),
        "counters": counters_of(machine, interface),
    }


# -- The machine. -----------------------------------------------------------------

def regions_served_by(machine):
    """Which module answers the IPMI regions of AML; None: none does."""
    if machine.read("/sys/module/kcs_anchor/parameters/pinned") == "Y":
        has_interface = bool(machine.names("/sys/class/kcs"))
        return "kcs_opregion" if machine.is_loaded("kcs_opregion") and has_interface else None
    return "acpi_ipmi" if machine.is_loaded("acpi_ipmi") else None


def reading_of(machine, device):
    """Watts of a power meter; some kernel after 6.12 made it one of the platform device."""
    folders = [f"{METERS}/{device}"]
    for hwmon in machine.names(f"{METERS}/{device}/physical_node/hwmon"):
        folders.append(f"{METERS}/{device}/physical_node/hwmon/{hwmon}")
    for folder in filter(lambda folder: machine.exists(f"{folder}/power1_average"), folders):
        with contextlib.suppress(Failed):
            microwatts = machine.read(f"{folder}/power1_average", ASKING_LIMIT_S) or ""
            if microwatts.isdigit():
                return int(microwatts) / 1000000
    return None


def meters_of(machine):
    """{power meter of ACPI: its driver}."""
    return {name: machine.link(f"{METERS}/{name}/driver") or
            machine.link(f"{METERS}/{name}/physical_node/driver")
            for name in machine.names(METERS) if name.startswith("ACPI000D:")}


def meters_data(machine):
    """Each power meter of ACPI, with its driver and its reading."""
    return [{"device": name, "driver": driver, "watts": reading_of(machine, name)}
            for name, driver in meters_of(machine).items()]


def is_switched(machine):
    """Whether the administrator's file gives the interfaces to ours at boot."""
    return bool(re.search(r"^softdep ipmi_si pre: kcs_host$", machine.read(CONF) or "", re.M))


def next_boot(machine):
    """Which driver gets the interfaces at the next boot of this kernel."""
    return OURS if is_switched(machine) and machine.has_module(OURS) else STOCK


def as_data(machine):
    """The report, for programs."""
    return {
        "interfaces": [interface_data(machine, each) for each in find_interfaces(machine)],
        "regions": regions_served_by(machine),
        "meters": meters_data(machine),
        "next_boot": next_boot(machine),
        "conf": machine.read(CONF) is not None,
    }


# -- Text. ------------------------------------------------------------------------

def driver_words(data):
    """Which driver has the interface, and as what."""
    if not data["driver"]:
        return "none"
    names = [name for name in (data["host"], data["ipmi"]) if name]
    return f"{data['driver']} ({', '.join(names)})" if names else \
        data["driver"] + ("" if data["in_service"] else ", not in service")


def bmc_words(bmc):
    """Who the BMC is, in a line."""
    names = {"device_id": "device id", "firmware_revision": "firmware", "ipmi_version": "IPMI",
             "manufacturer_id": "manufacturer", "product_id": "product"}
    return ", ".join(f"{names[name]} {word}" for name, word in bmc.items())


def interface_lines(data):
    """An interface, in lines (name, text)."""
    where = f"{data['address'] or 'address not known'}, found by {data['found_by']}"
    yield data["device"], where
    yield "  driver", driver_words(data)
    yield "  BMC", bmc_words(data["bmc"]) if data["bmc"] else "not known"
    if data["health"]:
        yield "  health", data["health"]
    if data["counters"]:
        yield "  counters", ", ".join(f"{name} {value}" for name, value in data["counters"].items())
    if data["waiting"]:
        yield "  waits by", data["waiting"]


def next_boot_words(data):
    """What the next boot does, and why."""
    if data["next_boot"] == OURS:
        return f"{OURS} takes the interfaces ({CONF} is there)"
    why = "is there, but not for this kernel" if data["conf"] else "is not there"
    return f"{STOCK} takes the interfaces ({CONF} {why})"


def lines(data):
    """The report, in lines (name, text)."""
    for interface in data["interfaces"]:
        yield from interface_lines(interface)
    if not data["interfaces"]:
        yield "interfaces", "none"
    yield "AML regions", f"served by {data['regions']}" if data["regions"] else "not served"
    for meter in data["meters"]:
        watts = "no reading" if meter["watts"] is None else f"{meter['watts']:.1f} W"
        yield meter["device"], watts if meter["driver"] else "power meter without a driver"
    yield "next boot", next_boot_words(data)


def as_text(data):
    """The report, for people."""
    return "\n".join(f"{name:13} {text}" for name, text in lines(data))
