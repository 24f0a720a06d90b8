// SPDX-License-Identifier: GPL-2.0-only
// The BMC's interface is a board device, too: its compatible ID makes the kernel put
// it on the PNP bus, where no driver for it can have it. -D RESERVED gives the other
// ID of that kind. A region is in its scope.
#ifdef RESERVED
#define BOARD_ID "PNP0C02"
#else
#define BOARD_ID "PNP0C01"
#endif

DefinitionBlock ("", "SSDT", 2, "KCS", "BOARD", 1)
{
    External (\_SB.PCI0.SF8.MI1, DeviceObj)

    Scope (\_SB.PCI0.SF8.MI1)
    {
        Name (_CID, EisaId (BOARD_ID))

        Device (NEAR)
        {
            Name (_ADR, Zero)
            Include ("watts.asl")
        }
    }
}
