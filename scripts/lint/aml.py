# SPDX-License-Identifier: GPL-2.0-only
"""Searches the bytes of a table that iasl cannot disassemble (ACPI 6.0, 20.2).

It is no parser: it searches for OpRegionOp and FieldOp at every byte. It finds each
region that is there, but neither its scope nor what uses it. A field belongs to the last
region of its name before it.
"""
import re

from .firmware import BYTES, Region, Unit, join

SPACE_IPMI = 7
SEGMENT = re.compile(rb"[A-Z_][A-Z0-9_]{3}")
LOCK = 0x10
ACCESS = ("AnyAcc", "ByteAcc", "WordAcc", "DWordAcc", "QWordAcc", "BufferAcc")
NUMBER_SIZES = {0x0A: 1, 0x0B: 2, 0x0C: 4, 0x0E: 8}


class NoMatch(Exception):
    """The bytes are no region, or no field."""


def access_name(flags):
    """The keyword of an access type."""
    return ACCESS[flags & 0xF] if flags & 0xF < len(ACCESS) else "?"


class Bytes:
    """A place in the bytes of a table."""

    def __init__(self, data, at, end):
        self.data, self.at, self.end = data, at, end

    def take(self, count=1):
        """The next bytes."""
        if self.at + count > self.end:
            raise NoMatch
        self.at += count
        return self.data[self.at - count:self.at]

    def byte(self):
        """The next byte."""
        return self.take()[0]

    def number(self):
        """A constant; None when it is computed: its size is unknown then."""
        opcode = self.byte()
        if opcode in (0, 1):
            return opcode
        if opcode not in NUMBER_SIZES:
            return None
        return int.from_bytes(self.take(NUMBER_SIZES[opcode]), "little")

    def package_length(self):
        """A PkgLength."""
        lead = self.byte()
        if lead < 0x40:
            return lead
        return lead & 0xF | int.from_bytes(self.take(lead >> 6), "little") << 4

    def segment(self):
        """A NameSeg."""
        segment = self.take(4)
        if not SEGMENT.fullmatch(segment):
            raise NoMatch
        return segment.decode()

    def name(self):
        """A NameString."""
        prefix = ""
        while (lead := chr(self.byte())) in "\\^":
            prefix += lead
        count = {"\x2e": 2, "\x2f": 0}.get(lead, 1)
        if not count:
            count = self.byte()
        elif count == 1:
            self.at -= 1
        if not count:
            raise NoMatch
        return prefix + ".".join(self.segment() for _ in range(count))


def read_region(table, code):
    """What is behind an OpRegionOp, and its space."""
    path = join((), code.name())
    space = code.byte()
    offset = code.number()
    length = None if offset is None else code.number()
    computed = "offset" if offset is None else "length" if length is None else ""
    return space, Region(table, path, None, offset, length,
                         computed and f"{computed} is an expression", BYTES)


def skip_connection(code):
    """A name, or a buffer."""
    if code.byte() == 0x11:
        begin = code.at
        code.at = begin + code.package_length()
    else:
        code.at -= 1
        code.name()


def read_units(table, code, region):
    """The units of a field."""
    flags = code.byte()
    bit, access = 0, access_name(flags)
    while code.at < code.end:
        kind = code.byte()
        if kind == 0:
            bit += code.package_length()
        elif kind == 1:
            access = access_name(code.take(2)[0])
        elif kind == 2:
            skip_connection(code)
        elif kind == 3:
            access = access_name(code.take(3)[0])
        else:
            code.at -= 1
            path, width = join((), code.segment()), code.package_length()
            yield Unit(table, path, bit, width, access,
                       "Lock" if flags & LOCK else "NoLock", "Field", region=region)
            bit += width


def read_field(table, code, regions):
    """What is behind a FieldOp: the place of its region, and its units."""
    begin = code.at
    code.end = min(code.end, begin + code.package_length())
    name = join((), code.name())[-1]
    for place in range(len(regions) - 1, -1, -1):
        region = regions[place][1]
        if region.path[-1] == name:
            return place, list(read_units(table, code, region))
    raise NoMatch


def search(table, data):
    """The IPMI regions in the bytes of a table, each with its units."""
    regions, units = [], []
    for match in re.finditer(rb"\x5b[\x80\x81]", data):
        code = Bytes(data, match.end(), len(data))
        try:
            if match[0][1] == 0x80:
                regions.append(read_region(table, code))
                units.append([])
            else:
                place, found = read_field(table, code, regions)
                units[place] += found
        except NoMatch:
            continue
    return [(region, units[place]) for place, (space, region) in enumerate(regions)
            if space == SPACE_IPMI]
