// SPDX-License-Identifier: GPL-2.0-only
// What every ACPI000D needs besides _PMC and _PMM; each shape includes it.
Name (_HID, "ACPI000D")
Name (_UID, Zero)
Name (_PMD, Package () {})

// What _PMC returns, 14 elements: measures only, in mW, as input; no averaging
// range to set, no trip points, no limit.
Name (CAPS, Package ()
{
    One, Zero, Zero, 100000, 1000, 1000, 1000, 0xFFFFFFFF,
    Zero, Zero, Zero, "KCS", "1", "test"
})

Method (_GAI, 0, NotSerialized)
{
    Return (1000)
}

Method (_PAI, 1, NotSerialized)
{
    Return (One)
}
