// SPDX-License-Identifier: GPL-2.0-only
// A machine that ACPI cannot switch off: \_S5 is no package any more.
DefinitionBlock ("", "SSDT", 2, "KCS", "NOS5", 1)
{
    External (\_S5, PkgObj)

    Device (\_SB.NOS5)
    {
        Name (_HID, "KCST0005")
        Method (_INI)
        {
            CopyObject (0x55, \_S5)
        }
    }
}
