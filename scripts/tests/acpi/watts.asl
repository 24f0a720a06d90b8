// SPDX-License-Identifier: GPL-2.0-only
// A region, and a method that reads the watts of the BMC behind it.
OperationRegion (POWR, IPMI, 0x3000, 0x100)
Field (POWR, BufferAcc, NoLock, Preserve)
{
    Offset (0xC8),
    GPMM, 8
}

Method (READ)
{
    Local0 = GPMM = Buffer (66) {}
    If (DerefOf (Local0 [Zero]) || DerefOf (Local0 [2]))
    {
        Return (0xFFFFFFFF)
    }
    Return (DerefOf (Local0 [3]) | DerefOf (Local0 [4]) << 8)
}
