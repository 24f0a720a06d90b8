# SPDX-License-Identifier: GPL-2.0-only
"""What the AML of firmware asks of the BMC, and what is wrong with it.

Ground first; a module imports those above it only:

    tools       programs that are called, and why something cannot be read
    tables      what is an ACPI table, and where tables come from
    firmware    regions, field units and their uses, of all tables
    asl         one table's disassembly, into firmware
    aml         one table's bytes, where iasl fails
    policy      what the modules' policy says of commands
    rules       findings and notes
    report      table, explanations, JSON
    command     the command line of scripts/aml-lint
"""
