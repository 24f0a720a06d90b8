# SPDX-License-Identifier: GPL-2.0-only
"""`kcsctl doctor`: what would hurt on this machine, and the command that mends it."""
from . import checks_boot, checks_now
from .evidence import FAULT, Evidence

# Causes first.
CHECKS = (
    checks_boot.check_modules, checks_boot.check_signature, checks_boot.check_kernel,
    checks_now.check_parameter,
    checks_now.check_ports, checks_now.check_override, checks_now.check_driver,
    checks_now.check_bmc, checks_now.check_regions, checks_now.check_device_file,
    checks_now.check_mode, checks_boot.check_meter, checks_now.check_interrupt,
    checks_now.check_map, checks_now.check_firmware, checks_boot.check_version,
    checks_boot.check_next_boot,
)


def examine(machine):
    """The report, for programs."""
    evidence = Evidence(machine)
    findings = []
    for check in CHECKS if evidence.interfaces else ():
        for found in check(evidence):
            findings.append({
                "check": check.__name__.removeprefix("check_"), "severity": found.severity,
                "what": found.what, "why": found.why, "mend": list(found.mend),
                "besides": found.besides or None})
    return {
        "interfaces": [each.device for each in evidence.interfaces],
        "others": [f"{each.device} ({each.kind or each.found_by}, {each.driver or 'no driver'})"
                   for each in evidence.others],
        "findings": findings,
        "not_checked": evidence.unchecked,
        "remarks": evidence.remarks,
    }


def has_fault(data):
    """Whether a finding is more than a note."""
    return any(finding["severity"] == FAULT for finding in data["findings"])


def finding_lines(finding):
    """A finding, in lines."""
    yield f"{finding['severity']}: {finding['what']}"
    yield f"    {finding['why']}"
    for command in finding["mend"]:
        yield f"    # {command}"
    if finding["besides"]:
        yield f"    ({finding['besides']})"


def lines(data):
    """The report, in lines."""
    if not data["interfaces"]:
        others = f"; {', '.join(data['others'])}" if data["others"] else ""
        yield f"this machine has no KCS interface to a BMC{others}"
        return
    for finding in data["findings"]:
        yield from finding_lines(finding)
    unchecked = " in what was checked" if data["not_checked"] else ""
    if not data["findings"]:
        yield "; ".join([f"nothing found{unchecked}", *data["remarks"]])
    elif data["remarks"]:
        yield "; ".join(data["remarks"])
    if data["not_checked"]:
        yield f"not checked: {'; '.join(data['not_checked'])}"


def as_text(data):
    """The report, for people."""
    return "\n".join(lines(data))
