// SPDX-License-Identifier: GPL-2.0-only
// ACPI calls the BMC's interface absent; SMBIOS knows it.
DefinitionBlock ("", "SSDT", 2, "KCS", "HIDDEN", 1)
{
    External (\_SB.PCI0.SF8.MI1, DeviceObj)

    Scope (\_SB.PCI0.SF8.MI1)
    {
        Method (_STA, 0, NotSerialized)
        {
            Return (Zero)
        }
    }
}
