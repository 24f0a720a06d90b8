// SPDX-License-Identifier: GPL-2.0-only
// A _REG method that talks to the BMC as soon as the region is available.
DefinitionBlock ("", "SSDT", 2, "KCS", "REG", 1)
{
    Scope (\_SB)
    {
        Device (EARL)
        {
            Name (_HID, "KCST0001")
            OperationRegion (DEVC, IPMI, 0x0600, 0x100)
            Field (DEVC, BufferAcc, NoLock, Preserve)
            {
                Offset (0x01),
                DVID, 8
            }

            Name (STAT, 0xFF)

            Method (_REG, 2, Serialized)
            {
                If (Arg1 == One)
                {
                    Local0 = DVID = Buffer (66) {}
                    STAT = DerefOf (Local0 [Zero])
                }
            }
        }
    }
}
