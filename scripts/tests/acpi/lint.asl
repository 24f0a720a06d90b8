// SPDX-License-Identifier: GPL-2.0-only
// One of each malformation that scripts/aml-lint finds, and what looks like one
// but is none. iasl itself refuses some of it: compile it with -f.
DefinitionBlock ("", "SSDT", 2, "KCS", "LINT", 1)
{
    External (\_SB.OTHR, OpRegionObj)

    // Not below \_SB
    OperationRegion (OUTR, IPMI, 0x3000, 0x0100)
    Field (OUTR, BufferAcc, NoLock, Preserve)
    {
        OUTF, 8
    }

    Scope (\_SB)
    {
        // In a table that is not here; the second field is none of a BMC
        Field (OTHR, BufferAcc, NoLock, Preserve)
        {
            OTHF, 8
        }

        Field (OTHR, ByteAcc, NoLock, Preserve)
        {
            OTHB, 8
        }

        Device (BMC0)
        {
            Name (_HID, EisaId ("IPI0001"))
            Name (STRG, "} // OperationRegion (FAKE, IPMI, 0x0700, 0x0300) {")

            // -- Nothing wrong. --------------------------------------------

            OperationRegion (GOOD, IPMI, 0x0600, 0x0100)
            Field (GOOD, BufferAcc, NoLock, Preserve)
            {
                Offset (0x01),
                GDID, 8,
                    , 8,        // not named, not there
                CLDR, 8,
                Offset (0xFF),
                LAST, 8
            }

            // In another space all of this is fine.
            OperationRegion (PORT, SystemIO, 0x0701, 0x10)
            Field (PORT, ByteAcc, Lock, Preserve)
            {
                INDX, 8,
                DATA, 8,
                BITS, 3
            }

            IndexField (INDX, DATA, ByteAcc, NoLock, Preserve)
            {
                Offset (0x30),
                IDX0, 3
            }

            BankField (PORT, BITS, One, ByteAcc, NoLock, Preserve)
            {
                BNK0, 4
            }

            Device (INNR)
            {
                Name (_ADR, Zero)

                // The same name as above, and another region
                OperationRegion (GOOD, IPMI, 0x0A00, 0x0100)
                Field (GOOD, BufferAcc, NoLock, Preserve)
                {
                    Offset (0x40),
                    SELI, 8
                }

                Field (^GOOD, BufferAcc, NoLock, Preserve)
                {
                    Offset (0x04),
                    SELF, 8
                }

                // Neither the field above it nor a use of one
                Method (GDID, 0, NotSerialized)
                {
                    Return (^^CLDR = Buffer (66) {})
                }

                Method (USES, 0, NotSerialized)
                {
                    Local0 = Buffer (66) {}
                    If (GDID ())
                    {
                        Local0 = SELI = Local0
                    }
                    Return (Local0)
                }
            }

            Method (USES, 0, NotSerialized)
            {
                Local0 = GDID = Buffer (66) {}
                Return (Local0)
            }

            // -- Notes. ----------------------------------------------------

            OperationRegion (NONE, IPMI, 0x0400, 0x0100)

            OperationRegion (NOTE, IPMI, 0x0600, 0x0100)
            Field (NOTE, BufferAcc, Lock, Preserve)
            {
                HELD, 8,
                WIDE, 16
            }

            // -- Regions. --------------------------------------------------

            OperationRegion (BIGR, IPMI, 0x3000, 0x0101)
            Field (BIGR, BufferAcc, NoLock, Preserve)
            {
                BIGF, 8
            }

            OperationRegion (NEXT, IPMI, 0x2C02, 0x0100)
            Field (NEXT, BufferAcc, NoLock, Preserve)
            {
                NXT0, 8,
                Offset (0xFE),
                NXT1, 8         // 2D00h
            }

            Name (ADDR, 0x3000)
            Name (SIZE, 0x0100)
            OperationRegion (VARO, IPMI, ADDR, 0x10)
            Field (VARO, BufferAcc, NoLock, Preserve)
            {
                Offset (0x20),
                VOFF, 8
            }

            OperationRegion (VARL, IPMI, 0x30C0, SIZE)
            Field (VARL, BufferAcc, NoLock, Preserve)
            {
                Offset (0x80),
                VLEN, 8
            }

            // -- Fields. ---------------------------------------------------

            OperationRegion (ODDR, IPMI, 0x0700, 0x0100)
            Field (ODDR, BufferAcc, NoLock, Preserve)
            {
                ODDF, 8
            }

            OperationRegion (HIGH, IPMI, 0x4000, 0x0100)
            Field (HIGH, BufferAcc, NoLock, Preserve)
            {
                HIGF, 8
            }

            OperationRegion (FLDS, IPMI, 0x3000, 0x20)
            Field (FLDS, BufferAcc, NoLock, Preserve)
            {
                Offset (0x20),
                BYND, 8
            }

            Field (FLDS, BufferAcc, NoLock, Preserve)
            {
                    , 4,
                UNAL, 8,
                NIBL, 4
            }

            Field (FLDS, WordAcc, NoLock, Preserve)
            {
                Offset (0x02),
                WRD0, 8,
                WRD1, 8
            }

            Field (FLDS, BufferAcc, NoLock, Preserve)
            {
                Offset (0x08),
                AccessAs (ByteAcc, 0x00),
                BYTF, 8,
                AccessAs (BufferAcc, 0x01),
                BUFF, 8
            }

            BankField (FLDS, BUFF, One, BufferAcc, NoLock, Preserve)
            {
                Offset (0x0A),
                BNKF, 8
            }

            Field (FLDS, BufferAcc, NoLock, Preserve)
            {
                Offset (0x10),
                IDXR, 8,
                DATR, 8
            }

            IndexField (IDXR, DATR, ByteAcc, NoLock, Preserve)
            {
                Offset (0x99),
                IDXF, 8
            }

            // -- Uses. -----------------------------------------------------

            Field (FLDS, BufferAcc, NoLock, Preserve)
            {
                Offset (0x18),
                RDFL, 8,
                NUMF, 8
            }

            Method (RDNG, 0, Serialized)
            {
                Return (RDFL)
            }

            Method (NUMB, 0, Serialized)
            {
                NUMF = 5
            }
        }

        // Not in the scope of an IPI0001 device
        Device (AWAY)
        {
            Name (_HID, "KCST0002")

            OperationRegion (AWAR, IPMI, 0x3000, 0x0100)
            Field (AWAR, BufferAcc, NoLock, Preserve)
            {
                AWAF, 8
            }
        }
    }
}
