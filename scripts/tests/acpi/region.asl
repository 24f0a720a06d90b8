// SPDX-License-Identifier: GPL-2.0-only
// Regions in places where it matters which BMC serves them, and commands for
// which it matters whether they may be sent. Methods return a buffer, or a
// number of watts; they can be run by many at a time. -D TWO is for a machine
// with two interfaces, -D KIND for one with an interface of another kind.
DefinitionBlock ("", "SSDT", 2, "KCS", "REGION", 1)
{
    Scope (\_SB)
    {
        OperationRegion (APPR, IPMI, 0x0600, 0x100)
        Field (APPR, BufferAcc, NoLock, Preserve)
        {
            Offset (0x01), DVID, 8,     // Get Device ID
            Offset (0x34), SMSG, 8      // Send Message
        }
        OperationRegion (CHAS, IPMI, 0x0000, 0x100)
        Field (CHAS, BufferAcc, NoLock, Preserve)
        {
            Offset (0x01), STAT, 8,     // Get Chassis Status
            CTRL, 8                     // Chassis Control
        }
        OperationRegion (DCMI, IPMI, 0x2C00, 0x100)
        Field (DCMI, BufferAcc, NoLock, Preserve)
        {
            Offset (0x02), GPOW, 8      // Get Power Reading
        }
        OperationRegion (OEMR, IPMI, 0x3000, 0x100)
        Field (OEMR, BufferAcc, NoLock, Preserve)
        {
            Offset (0xE0), ORDR, 8,     // a reply to order
            Offset (0xEE), ECHO, 8
        }
        Field (OEMR, BufferAcc, Lock, Preserve)
        {
            Offset (0xE0), LORD, 8      // a reply to order
        }

        Method (PROD) { Local0 = DVID = Buffer (66) {}
            Return (DerefOf (Local0 [12]) | DerefOf (Local0 [13]) << 8) }
        Method (GDID) { Return (DVID = Buffer (66) {}) }
        Method (SEND) { Return (SMSG = Buffer (66) { 0, 3, 0, 0x20, 0x18 }) }
        Method (STAC) { Return (STAT = Buffer (66) {}) }
        Method (POFF) { Return (CTRL = Buffer (66) { 0, 1, 0 }) }
        Method (RDCM) { Return (GPOW = Buffer (66) { 0, 4, 0xDC, 1 }) }
        Method (ECHA) { Return (ECHO = Buffer (66) { 0, 1, 0x5A }) }
        Method (ECHL) { Return (LORD = Buffer (66) { 0, 2, 0, 1 }) }

        // A field that takes the Global Lock, by who has it already; its status
        Method (GLCK)
        {
            If (Acquire (\_GL, 0xFFFF)) { Return (0xFFFF) }
            Local0 = LORD = Buffer (66) { 0, 2, 0, 1 }
            Release (\_GL)
            Return (DerefOf (Local0 [Zero]))
        }
        Method (GLFR) { Local0 = DVID = Buffer (66) {} Return (DerefOf (Local0 [Zero])) }

        // Watts, by DCMI; no named object, so that many can run it at a time
        Method (WATT)
        {
            Local0 = GPOW = Buffer (66) { 0, 4, 0xDC, 1 }
            If (DerefOf (Local0 [Zero]) || DerefOf (Local0 [2]))
            {
                Return (0xFFFFFFFF)
            }
            Return (DerefOf (Local0 [4]) | DerefOf (Local0 [5]) << 8)
        }

        // A reply after 8 s
        Method (SLOW)
        {
            Local0 = ORDR = Buffer (66) { 0, 3, 0, 1, 80 }
            If (DerefOf (Local0 [Zero]))
            {
                Return (0xFFFFFFFF)
            }
            Return (Zero)
        }

        // Nothing says whose this one is
        Device (FREE)
        {
            Name (_HID, "KCST0003")
            Include ("watts.asl")
        }
    }

#ifdef KIND
    Scope (\_SB)
    {
        Device (SSI0)
        {
            Name (_HID, "IPI0001")
            Name (_UID, Zero)
            Name (_IFT, 0x04)           // SSIF
            Include ("watts.asl")
        }
    }
#endif

#ifdef TWO
    External (\_SB.PCI0.SF8.MI1, DeviceObj)
    External (\_SB.PCI0.SF8.MI2, DeviceObj)

    Scope (\_SB.PCI0.SF8.MI1)
    {
        Device (NEAR)
        {
            Name (_ADR, Zero)
            Include ("watts.asl")
            Name (EARL, 0xFFFF)
            Method (_REG, 2)
            {
                If (Arg1 == One) { EARL = READ () }
            }
            Method (GOTE) { Return (EARL) }
        }
    }

    Scope (\_SB.PCI0.SF8.MI2)
    {
        Device (NEAR)
        {
            Name (_ADR, Zero)
            Include ("watts.asl")
        }
    }

    Scope (\_SB)
    {
        // A meter with the _UID of MI1
        Device (MTR1)
        {
            Name (_HID, "ACPI000D")
            Name (_UID, One)
            Include ("watts.asl")
        }
    }
#endif
}
