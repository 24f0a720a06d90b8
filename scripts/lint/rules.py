# SPDX-License-Identifier: GPL-2.0-only
"""Findings, which make a call fail or mean another command, and notes."""
from .firmware import ABSENT, BYTES, NO_BUFFER, READ, Finding, paths_text

NETFN_MAX, COMMANDS = 0x3F, 0x100  # those of a NetFn


def judge_region(region, units, bmcs):
    """A region as a whole."""
    if region.origin == ABSENT:
        yield Finding("not-given", "it is in none of the tables: which command its "
                      "fields are, if it is an IPMI region, is unknown", True)
        return
    if region.origin == BYTES:
        yield Finding("bytes", "iasl cannot disassemble its table: it was found in the "
                      "bytes, its scope and what uses it are unknown", True)
    if region.offset is None or region.length is None:
        yield Finding("not-constant", f"its {region.computed}, which AML computes: "
                      "what depends on it is unknown")
    yield from judge_reach(region, units)
    if region.scope is not None:
        yield from judge_scope(region, bmcs)
    if not units and region.origin != BYTES:
        yield Finding("unused", "it has no field: AML sends nothing through it", True)


def judge_reach(region, units):
    """How far it reaches; what of another NetFn is in it may be without a field."""
    first = (region.offset or 0) % COMMANDS
    if region.length is None or first + region.length <= COMMANDS:
        return
    begin = "" if region.offset is None else f"begins at {region.offset:04X}h and "
    there = any(unit.bit // 8 >= COMMANDS - first for unit in units)
    yield Finding("next-netfn", f"it {begin}is {region.length:X}h bytes long: it reaches "
                  f"into the next NetFn, {'and has a' if there else 'without a'} field "
                  "there", not there)


def judge_scope(region, bmcs):
    """Which driver serves it, and with which BMC."""
    if region.path[0] != "_SB":
        yield Finding("outside", "it is outside of \\_SB: kcs_opregion does not serve it, "
                      "acpi_ipmi does, loaded after kcs_ipmi", True)
    elif not any(region.path[:depth] in bmcs for depth in range(1, len(region.path))):
        yield Finding("scope", "it is not in the scope of an IPI0001 device: with more "
                      "than one BMC, map= of kcs_opregion says which one is meant", True)


def judge_command(unit, answer):
    """Its NetFn and command, and what the policy says of them."""
    if unit.netfn is None:
        return
    if unit.netfn > NETFN_MAX:
        yield Finding("netfn-range", f"NetFn {unit.netfn:X}h is over 3Fh: AML gets "
                      "status 07h, the BMC is not asked")
    elif unit.netfn % 2:
        yield Finding("odd-netfn", f"NetFn {unit.netfn:02X}h is odd, a reply's: AML gets "
                      "status 07h, the BMC is not asked")
    elif answer == "denied":
        unused = not unit.uses and unit.region.origin != BYTES
        yield Finding("policy-denied", "the policy denies it, whatever its data"
                      f"{'; nothing uses it' if unused else ''}", unused)
    elif answer != "allowed":
        _, data = answer.split()
        yield Finding("policy-depends", "the policy allows it only when its first data "
                      f"byte is one of: {data.upper().replace('NONE', 'none')}", True)


def judge_place(unit):
    """Where it is in its region."""
    region = unit.region
    end = (unit.bit + unit.width + 7) // 8
    if region.length is not None and end > region.length:
        yield Finding("beyond-region", f"it ends at byte {end:X}h of a region of "
                      f"{region.length:X}h: an interpreter may refuse it")
    if unit.bit % 8:
        yield Finding("unaligned", f"it begins {unit.bit % 8} bits into a byte: a "
                      "command is at a byte, and the one sent may be another's")
    if unit.width % 8:
        yield Finding("width", f"it is {unit.width} bits wide: a command is a byte, "
                      "8 bits")
    elif unit.width > 8:
        yield Finding("wide", f"it covers {unit.width // 8} commands, and only the first "
                      "is sent", True)


def judge_access(unit):
    """How it is declared."""
    if unit.access != "BufferAcc":
        size = {"WordAcc": 2, "DWordAcc": 4, "QWordAcc": 8}.get(unit.access, 1)
        byte = unit.bit // 8
        sent = "" if unit.address is None or not byte % size else \
            f"; Linux rounds it down, and sends {unit.address - byte % size & 0xFF:02X}h"
        yield Finding("access", f"its access is {unit.access}, and not BufferAcc{sent}")
    if unit.keyword == "BankField":
        yield Finding("bank-field", "it is in a BankField: the interpreter passes the "
                      "handler a number instead of AML's buffer of 66 bytes")
    if unit.register:
        yield Finding("register", "it is a register of an IndexField or BankField: the "
                      "interpreter passes the handler a number instead of AML's buffer "
                      "of 66 bytes")
    if unit.lock == "Lock":
        yield Finding("global-lock", "the ACPI Global Lock is held for the whole call of "
                      "the BMC", True)


def judge_uses(unit):
    """What methods do with it."""
    if readers := unit.methods(READ):
        yield Finding("read", f"it is read without a request, in {paths_text(readers)}: "
                      "AML gets status 07h, the BMC is not asked")
    if writers := unit.methods(NO_BUFFER):
        yield Finding("no-buffer", "a number or a string is written to it, in "
                      f"{paths_text(writers)}: the interpreter wants a buffer, and "
                      "aborts the method")


def may_be_sent(unit):
    """Test whether the policy has a say."""
    return unit.netfn is not None and unit.netfn <= NETFN_MAX and unit.netfn % 2 == 0


def judge(regions, bmcs, policy):
    """Give each region and each unit of it its findings."""
    commands = sorted({(unit.netfn, unit.cmd) for _, units in regions
                       for unit in units if may_be_sent(unit)})
    answers = policy.ask(commands)
    for region, units in regions:
        region.findings += judge_region(region, units, bmcs)
        for unit in units:
            if region.origin != ABSENT:
                answer = answers.get((unit.netfn, unit.cmd))
                for findings in (judge_command(unit, answer), judge_place(unit),
                                 judge_access(unit), judge_uses(unit)):
                    unit.findings += findings
