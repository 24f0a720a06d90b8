// SPDX-License-Identifier: GPL-2.0-only
// Four meters, to have four calls in the handler at a time: the driver of one
// meter lets one reader in.
DefinitionBlock ("", "SSDT", 2, "KCS", "MANY", 1)
{
    Scope (\_SB)
    {
        Name (NONE, Package (One) { Zero })
        Name (CAPS, Package ()
        {
            One, Zero, Zero, 100000, 1000, 1000, 1000, 0xFFFFFFFF,
            Zero, Zero, Zero, "KCS", "1", "test"
        })

        OperationRegion (POWR, IPMI, 0x3000, 0x100)
        Field (POWR, BufferAcc, NoLock, Preserve)
        {
            Offset (0xC8),
            GPMM, 8
        }

        // Without named objects, so that four can run it at a time
        Method (WATT, 0, NotSerialized)
        {
            Local0 = GPMM = Buffer (66) {}
            If (DerefOf (Local0 [Zero]) || DerefOf (Local0 [2]))
            {
                Return (0xFFFFFFFF)
            }
            Local1 = DerefOf (Local0 [3]) | (DerefOf (Local0 [4]) << 8)
            Return (Local1 * 1000)
        }

        Device (MTR0)
        {
            Name (_HID, "ACPI000D")
            Name (_UID, 0)
            Method (_PMC) { Return (CAPS) }
            Method (_PMD) { Return (NONE) }
            Method (_GAI) { Return (1000) }
            Method (_PAI, 1) { Return (One) }
            Method (_PMM) { Return (WATT ()) }
        }

        Device (MTR1)
        {
            Name (_HID, "ACPI000D")
            Name (_UID, 1)
            Method (_PMC) { Return (CAPS) }
            Method (_PMD) { Return (NONE) }
            Method (_GAI) { Return (1000) }
            Method (_PAI, 1) { Return (One) }
            Method (_PMM) { Return (WATT ()) }
        }

        Device (MTR2)
        {
            Name (_HID, "ACPI000D")
            Name (_UID, 2)
            Method (_PMC) { Return (CAPS) }
            Method (_PMD) { Return (NONE) }
            Method (_GAI) { Return (1000) }
            Method (_PAI, 1) { Return (One) }
            Method (_PMM) { Return (WATT ()) }
        }

        Device (MTR3)
        {
            Name (_HID, "ACPI000D")
            Name (_UID, 3)
            Method (_PMC) { Return (CAPS) }
            Method (_PMD) { Return (NONE) }
            Method (_GAI) { Return (1000) }
            Method (_PAI, 1) { Return (One) }
            Method (_PMM) { Return (WATT ()) }
        }
    }
}
