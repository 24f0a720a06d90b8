# SPDX-License-Identifier: GPL-2.0-only
"""What was found, as a table with explanations, or as data."""
from .firmware import path_text

NAMES_MAX = 4  # below an explanation; as data there are all of them


def codes(findings):
    """Those of notes in parentheses."""
    return [f"({finding.code})" if finding.note else finding.code
            for finding in findings]


def hexadecimal(value):
    """A byte, if it is known."""
    return "?" if value is None else f"{value:02X}"


def scope_text(region):
    """Where a region is, if that is known."""
    return "?" if region.scope is None else path_text(region.scope)


def short(method, region):
    """A method's name; its path when it is elsewhere."""
    return method[-1] if region.scope in (method, method[:-1]) else path_text(method)


def rows(regions):
    """The lines of the table, as lists."""
    for region, units in regions:
        left = codes(region.findings)
        name = region.path[-1]
        if not units:
            yield [region.table, scope_text(region), name, "-", "", "", "", "",
                   " ".join(left)]
        for unit in units:
            methods = [short(method, region) for method in unit.methods()]
            yield [unit.table, scope_text(region), name, unit.path[-1],
                   hexadecimal(unit.netfn), hexadecimal(unit.cmd), unit.lock,
                   ",".join(methods) or "-", " ".join(left + codes(unit.findings))]
            left = []


def print_table(regions):
    """A line for each field, and for each region without any."""
    lines = [["table", "scope", "region", "field", "NetFn", "cmd", "lock", "used by",
              "findings, (notes)"], *rows(regions)]
    widths = [max(map(len, column)) for column in zip(*lines)]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())


def print_explanations(regions):
    """Each code and sentence once, findings first, with all it is said of."""
    said = {}
    for region, units in regions:
        for it in (region, *units):
            for finding in it.findings:
                key = (finding.note, finding.code, finding.text)
                said.setdefault(key, []).append(it.label)
    for (note, code, text), paths in sorted(said.items()):
        more = len(paths) - NAMES_MAX
        names = ", ".join(paths[:NAMES_MAX]) + (f" and {more} more" if more > 0 else "")
        print(f"\n{f'({code})' if note else code}: {text}.\n    {names}")


def count_findings(regions):
    """Without the notes."""
    return sum(not finding.note for region, units in regions
               for it in (region, *units) for finding in it.findings)


def print_text(regions):
    """All of it, for people."""
    if not regions:
        print("no IPMI region")
        return
    print_table(regions)
    print_explanations(regions)
    fields = sum(len(units) for _, units in regions)
    print(f"\n{len(regions)} regions, {fields} fields, "
          f"{count_findings(regions)} findings")


def judged(it):
    """What regions and units have in common, as data."""
    findings = [{"code": finding.code, "text": finding.text, "note": finding.note}
                for finding in it.findings]
    return {"table": it.table, "name": it.path[-1], "path": it.label,
            "findings": findings}


def as_data(regions, tables, policy):
    """All of it, for machines."""
    return {
        "policy": policy.words,
        "tables": [table.name for table in tables.tables],
        "unread": [{"table": name, "why": why} for name, why in tables.unread],
        "regions": [{
            **judged(region), "scope": scope_text(region),
            "offset": region.offset, "length": region.length,
            "fields": [{
                **judged(unit), "netfn": unit.netfn, "cmd": unit.cmd,
                "bits": unit.width, "access": unit.access, "lock": unit.lock == "Lock",
                "methods": [path_text(method) for method in unit.methods()],
            } for unit in units],
        } for region, units in regions],
        "findings": count_findings(regions),
    }
