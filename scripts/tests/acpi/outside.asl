// SPDX-License-Identifier: GPL-2.0-only
// Regions that are not below \_SB: at the root, and where events are handled.
DefinitionBlock ("", "SSDT", 2, "KCS", "OUTSIDE", 1)
{
    OperationRegion (KCS0, IPMI, 0x3000, 0x100)
    Field (KCS0, BufferAcc, NoLock, Preserve)
    {
        Offset (0xEE), ECH0, 8
    }
    Method (KCSR) { Return (ECH0 = Buffer (66) { 0, 1, 0x11 }) }

    Scope (\_GPE)
    {
        OperationRegion (KCS1, IPMI, 0x3000, 0x100)
        Field (KCS1, BufferAcc, NoLock, Preserve)
        {
            Offset (0xEE), ECH1, 8
        }
        Method (KCSG) { Return (ECH1 = Buffer (66) { 0, 1, 0x22 }) }
    }
}
