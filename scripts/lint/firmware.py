# SPDX-License-Identifier: GPL-2.0-only
"""What all tables declare: regions, field units, and what uses them."""
import dataclasses
import re

# How a method uses a field.
READ, WRITTEN, NO_BUFFER, NAMED = "read", "written", "no buffer", "named"

# How a region became known.
DECLARED, BYTES, ABSENT = "declared", "bytes", "absent"


@dataclasses.dataclass
class Finding:
    """A code, a sentence, and whether it is a note only."""
    code: str
    text: str
    note: bool = False


def path_text(path):
    """As ASL has it."""
    return "\\" + ".".join(path)


def paths_text(paths):
    """Several of them, as a list."""
    return ", ".join(map(path_text, paths))


def label(path, origin):
    """A path, or as much of it as is known of what has that origin."""
    return ".".join(path) if origin == BYTES else path_text(path)


@dataclasses.dataclass
class Region:
    """An operation region of any space."""
    table: str
    path: tuple
    space: str
    offset: int  # None when it is computed, as is length
    length: int
    computed: str  # the ASL of what is
    origin: str = DECLARED
    findings: list = dataclasses.field(default_factory=list)

    @property
    def scope(self):
        """Where it is declared; None when unknown."""
        return self.path[:-1] if self.origin == DECLARED else None

    @property
    def label(self):
        """Its path, as far as it is known."""
        return label(self.path, self.origin)


@dataclasses.dataclass
class Unit:
    """A field unit, as declared."""
    table: str
    path: tuple
    bit: int  # from the begin of the region
    width: int
    access: str
    lock: str
    keyword: str  # Field or BankField
    register: bool = False  # of an IndexField or BankField
    region: Region = None
    uses: set = dataclasses.field(default_factory=set)  # (how, method)
    findings: list = dataclasses.field(default_factory=list)

    @property
    def address(self):
        """NetFn and command, as the handler gets it; None when unknown."""
        if self.region.offset is None:
            return None
        return self.region.offset + self.bit // 8

    @property
    def netfn(self):
        """The network function; None when unknown."""
        return None if self.address is None else self.address >> 8

    @property
    def cmd(self):
        """The command; None when unknown."""
        return None if self.address is None else self.address & 0xFF

    def methods(self, *hows):
        """Paths of the methods that use it, or that use it in one of these ways."""
        return sorted({method for how, method in self.uses if not hows or how in hows})

    @property
    def label(self):
        """Its path, as far as it is known."""
        return label(self.path, self.region.origin)


@dataclasses.dataclass(frozen=True)
class Use:
    """A name in a method."""
    table: str
    scope: tuple
    name: str
    method: tuple
    how: str


class Declared:
    """What a table declares, or all tables do."""

    def __init__(self):
        self.regions = []
        self.fields = []  # (units, table, scope, name of the region)
        self.bmcs = set()  # devices that are IPI0001
        self.uses = set()
        self.registers = set()  # (table, scope, name) that Index and BankFields use
        self.aliases = {}  # path: (scope, name of what it is another name of)

    def add(self, other):
        """Take what another one has."""
        self.regions += other.regions
        self.fields += other.fields
        self.bmcs |= other.bmcs
        self.uses |= other.uses
        self.registers |= other.registers
        self.aliases.update(other.aliases)


def join(scope, name):
    """The path that a declaration of this name in this scope has."""
    if name.startswith("\\"):
        scope = ()
    ups = name.count("^")
    scope = scope[:max(len(scope) - ups, 0)]
    segments = [segment.rstrip("_") or "_"
                for segment in name.lstrip("\\^").split(".") if segment]
    return scope + tuple(segments)


def lookup(scope, name, known):
    """The path that this name means there: a bare one is searched for upwards."""
    if re.search(r"[\\^.]", name):
        path = join(scope, name)
        return path if path in known else None
    for depth in range(len(scope), -1, -1):
        path = join(scope[:depth], name)
        if path in known:
            return path
    return None


def own(those, table):
    """Of those with one path: the table's own, if it has one."""
    return [it for it in those if it.table == table] or those


def by_path(those):
    """Lists of them, by path."""
    found = {}
    for it in those:
        found.setdefault(it.path, []).append(it)
    return found


class Firmware:
    """What all tables declare, and what in it has to do with the BMC."""

    PREDEFINED = ("_SB", "_GPE", "_PR", "_SI", "_TZ")

    def __init__(self):
        self.objects = {(name,) for name in self.PREDEFINED}
        self.declared = Declared()
        self.searched = []  # (region, units) of tables that were not disassembled

    def resolve(self):
        """IPMI regions, each with the units of it, and regions that are nowhere."""
        known = by_path(self.declared.regions)
        units_of = {id(region): (region, []) for region in self.declared.regions
                    if region.space == "IPMI"}
        absent = {}
        for units, table, scope, name in self.declared.fields:
            regions = own(known.get(lookup(scope, name, known), []), table)
            if not regions and any(unit.access == "BufferAcc" for unit in units):
                path = join(scope, name)
                regions = [absent.setdefault(path, Region(
                    table, path, None, None, None, "", ABSENT))]
                units_of.setdefault(id(regions[0]), (regions[0], []))
            for region in regions:
                if id(region) in units_of:
                    units_of[id(region)][1].extend(
                        dataclasses.replace(unit, region=region, uses=set(), findings=[])
                        for unit in units)
        found = list(units_of.values())
        self._resolve_uses([unit for _, units in found for unit in units])
        return found + self.searched

    def _meant(self, scope, name):
        """The path of the object that a name means, through aliases."""
        aliases, seen = self.declared.aliases, set()
        path = lookup(scope, name, self.objects)
        while path in aliases and path not in seen:
            seen.add(path)
            path = lookup(*aliases[path], self.objects)
        return path

    def _resolve_uses(self, units):
        at_path = by_path(units)
        last = {path[-1] for path in (*at_path, *self.declared.aliases)}

        def meant(table, scope, name):
            if not last.intersection(join((), name)[-1:]):
                return []
            return own(at_path.get(self._meant(scope, name), []), table)

        for use in self.declared.uses:
            for unit in meant(use.table, use.scope, use.name):
                unit.uses.add((use.how, use.method))
        for table, scope, name in self.declared.registers:
            for unit in meant(table, scope, name):
                unit.register = True
