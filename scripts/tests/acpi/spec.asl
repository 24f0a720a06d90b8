// SPDX-License-Identifier: GPL-2.0-only
// The ACPI specification's own example (ACPI 6.0, 5.5.2.4.3): a device region
// at NetFn 06h and a power region at NetFn 30h with its fields at C1h, C2h and
// C8h. GDID, GPWR and REGB are for tests: they return the whole
// buffer.
#ifdef SHORT_BUFFER
#define BUFFER_SIZE 32
#else
#define BUFFER_SIZE 66
#endif

DefinitionBlock ("", "SSDT", 2, "KCS", "SPEC", 1)
{
    Scope (\_SB)
    {
        Device (PMI0)
        {
            Include ("meter.asl")

            Method (_PMC, 0, NotSerialized)
            {
                Return (CAPS)
            }

            OperationRegion (DEVC, IPMI, 0x0600, 0x100)
            Field (DEVC, BufferAcc, NoLock, Preserve)
            {
                Offset (0x01),
                DVID, 8     // Get Device ID
            }

            OperationRegion (POWR, IPMI, 0x3000, 0x100)
            Field (POWR, BufferAcc, NoLock, Preserve)
            {
                Offset (0xC1),
                SPWL, 8,    // set power limit
                GPWL, 8,    // get power limit
                Offset (0xC8),
                GPMM, 8     // get power reading
            }

            Method (_PMM, 0, Serialized)
            {
                Name (BUFF, Buffer (BUFFER_SIZE) {})
                CreateByteField (BUFF, 0, STAT)
                CreateByteField (BUFF, 1, LENG)
                CreateByteField (BUFF, 2, CCOD)
                CreateWordField (BUFF, 3, WATT)

                LENG = 0
                BUFF = GPMM = BUFF
                If (STAT || CCOD || LENG < 3)
                {
                    Return (0xFFFFFFFF)
                }
                Return (WATT * 1000)
            }

            // Arg0: request buffer, of any size
            Method (GDID, 1, Serialized)
            {
                Local0 = DVID = Arg0
                Return (Local0)
            }

            // The power reading, as a buffer
            Method (GPWR, 0, Serialized)
            {
                Local0 = GPMM = Buffer (BUFFER_SIZE) {}
                Return (Local0)
            }

            // Reads a field without having written it
            Method (REGB, 0, Serialized)
            {
                Local0 = DVID
                Return (Local0)
            }
        }
    }
}
