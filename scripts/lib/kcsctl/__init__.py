# SPDX-License-Identifier: GPL-2.0-only
"""Show which driver has a BMC interface, and move it to another while the machine runs.

Ground first; a module imports those above it only:

    machine     what the kernel shows in files, and what it is told
    status      the report
    steps       a change that can be undone, and a sequence of them
    take        which steps `take` and `give-back` are made of, and when they refuse
    evidence    what the checks of `doctor` read, and what they could not
    checks_now  the checks of the machine as it runs
    checks_boot the checks of modules and of the next boot
    doctor      all checks, and the report
    mask        which words of a text name a machine or a person
    collect     what a report reads
    report      the archive for a bug report
    watch       what interfaces do, look by look
    cli         the command line of scripts/kcsctl
"""
