# SPDX-License-Identifier: GPL-2.0-only
"""Which words of a text name a machine or a person, and the text without them.

masked() depends on its arguments only; secrets_of() reads the machine.
"""
import ipaddress
import os
import re

SHORTEST = 3    # a shorter name is in every text, and names nothing
PLACEHOLDERS = {"none", "(none)", "localhost", "localhost.localdomain", "root", "unknown",
                "not specified", "not available", "default string", "to be filled by o.e.m.",
                "system serial number", "n/a", "null"}
SERIALS = ("product_serial", "board_serial", "chassis_serial", "board_asset_tag",
           "chassis_asset_tag")
DMI = "/sys/class/dmi/id"
FIRST_USER, LAST_USER = 1000, 59999     # of people, as adduser numbers them

HOST, USER, SERIAL, ADDRESS, MAC, UUID = NAMES = \
    "host name", "user name", "serial number", "IP address", "MAC address", "UUID"
# What is known by its form; the first that matches counts, and repetitions are bounded.
FORMS = (
    (UUID, r"(?<![0-9a-f])(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32})"
           r"(?![0-9a-f])"),
    (MAC, r"(?<![0-9a-f])(?:[0-9a-f]{2}:){5,31}[0-9a-f]{2}(?![0-9a-f])"),
    (MAC, r"(?<![0-9a-f])(?:[0-9a-f]{2}-){5,31}[0-9a-f]{2}(?![0-9a-f])"),
    (MAC, r"(?<![0-9a-f.])(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}(?![0-9a-f])"),
    (ADDRESS, r"(?:(?<![\w:.])|(?<![:.])(?=:))(?:[0-9a-f]{0,4}:){2,8}[0-9a-f]{0,4}"
              r"(?:(?:\.\d{1,3}){3})?(?!\w)"),
    (ADDRESS, r"(?<!\d)(?<!\d\.)(?:\d{1,3}\.){3}\d{1,3}(?!\d)(?!\.\d)"),
)
LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"


def is_address(text):
    """Whether a text is an IP address, and not a time or the place of a device."""
    text = re.sub(r"(?<!\d)0+(?=\d+\.|\d+$)", "", text) if ":" not in text else text
    try:
        return int(ipaddress.ip_address(text)) != 0
    except ValueError:
        return False


def name_pattern(kind, name):
    """What matches a name as a word; a host's with the domain that follows it."""
    if kind != HOST:
        return rf"(?<!\w){re.escape(name)}(?!\w)"
    before = rf"(?:{LABEL}\.){{0,8}}" if "." in name else ""
    return rf"(?<!\w){before}{re.escape(name)}(?:\.{LABEL}){{0,8}}(?!\w)"


def replaced(kind, text):
    """What takes the place of a match of a kind, which may be none."""
    if kind != ADDRESS:
        return f"[{kind}]"
    # A colon before or after it is of the sentence.
    core = re.fullmatch(r"(:(?!:))?(.*?)((?<!:):)?", text)
    if not is_address(core[2]):
        return text
    return f"{core[1] or ''}[{kind}]{core[3] or ''}"


def masked(text, secrets):
    """(a text without secrets, the kinds of what was masked).

    @secrets are pairs of a kind and a name. All is done in one pass: what takes the place
    of a name is not searched again.
    """
    names = {(kind, name.strip()) for kind, name in secrets}
    names = sorted((name for name in names if len(name[1]) >= SHORTEST and
                    name[1].lower() not in PLACEHOLDERS), key=lambda pair: (-len(pair[1]), pair))
    parts = [(kind, name_pattern(kind, name)) for kind, name in names] + list(FORMS)
    pattern = re.compile("|".join(f"({part})" for _, part in parts), re.IGNORECASE)
    found = set()

    def replace(match):
        kind = parts[match.lastindex - 1][0]
        text = replaced(kind, match[0])
        if text != match[0]:
            found.add(kind)
            return text
        # It is no address, and something else may begin in it.
        head, colon, tail = text.partition(":")
        return head + colon + pattern.sub(replace, tail)
    return pattern.sub(replace, text), found


# -- What the machine knows of itself. --------------------------------------------

def host_names(machine):
    """The names of the machine, and its domains."""
    own = [name for path in ("/proc/sys/kernel/hostname", "/etc/hostname")
           for name in (machine.read(path) or "").split()]
    shorts = {name.partition(".")[0].lower() for name in own} - PLACEHOLDERS
    own += [name for name in re.sub("#.*", "", machine.read("/etc/hosts") or "").split()
            if name.partition(".")[0].lower() in shorts]
    domains = [name.partition(".")[2] for name in own]
    domains += (machine.read("/proc/sys/kernel/domainname") or "").split()
    for line in re.findall(r"^(?:search|domain)\s(.*)$", machine.read("/etc/resolv.conf") or "",
                           re.M):
        domains += [name.strip(".") for name in line.split()]
    return own + [name.partition(".")[0] for name in own] + \
        [name for name in domains if "." in name]     # one label is a word, as "local"


def user_names(machine):
    """The names of people that have an account, or run this."""
    yield from (os.environ.get(name, "") for name in ("SUDO_USER", "LOGNAME", "USER"))
    for line in (machine.read("/etc/passwd") or "").splitlines():
        words = line.split(":")
        if len(words) > 2 and words[2].isdigit() and FIRST_USER <= int(words[2]) <= LAST_USER:
            yield words[0]


def secrets_of(machine):
    """[(kind, name)] of what must not be in a report."""
    found = [(HOST, name) for name in host_names(machine)]
    found += [(USER, name) for name in user_names(machine)]
    found.append((UUID, machine.read(f"{DMI}/product_uuid") or ""))
    return found + [(SERIAL, machine.read(f"{DMI}/{name}") or "") for name in SERIALS]
