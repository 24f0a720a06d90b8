// SPDX-License-Identifier: GPL-2.0-only
// IPI0001 devices that cannot be driven, each for a reason of its own.
DefinitionBlock ("", "SSDT", 2, "KCS", "BAD", 1)
{
    Scope (\_SB)
    {
        // two registers that are too far apart to be of one interface
        Device (BAD0)
        {
            Name (_HID, "IPI0001")
            Name (_UID, 0x10)
            Name (_IFT, One)
            Name (_CRS, ResourceTemplate ()
            {
                Memory32Fixed (ReadWrite, 0xFED90000, 0x01)
                Memory32Fixed (ReadWrite, 0xFED91000, 0x01)
            })
        }

        // no resource at all
        Device (BAD1)
        {
            Name (_HID, "IPI0001")
            Name (_UID, 0x11)
            Name (_IFT, One)
        }

        // a BT interface
        Device (BAD2)
        {
            Name (_HID, "IPI0001")
            Name (_UID, 0x12)
            Name (_IFT, 0x03)
            Name (_CRS, ResourceTemplate ()
            {
                IO (Decode16, 0x00E4, 0x00E4, 0x00, 0x03)
            })
        }
    }
}
