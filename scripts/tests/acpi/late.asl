// SPDX-License-Identifier: GPL-2.0-only
// The BMC's interface interrupts by a pin of a controller for which no driver comes.
DefinitionBlock ("", "SSDT", 2, "KCS", "LATE", 1)
{
    External (\_SB.PCI0.SF8.MI1, DeviceObj)

    Scope (\_SB.PCI0.SF8.MI1)
    {
        Method (_STA, 0, NotSerialized)
        {
            Return (Zero)
        }
    }

    Scope (\_SB)
    {
        Device (PINS)
        {
            Name (_HID, "KCST0004")
        }

        Device (LATE)
        {
            Name (_HID, "IPI0001")
            Name (_UID, Zero)
            Name (_IFT, One)
            Name (_CRS, ResourceTemplate ()
            {
                IO (Decode16, 0x0CA2, 0x0CA2, 0x00, 0x02)
                GpioInt (Level, ActiveLow, Exclusive, PullNone, 0, "\\_SB.PINS") { 5 }
            })
        }
    }
}
