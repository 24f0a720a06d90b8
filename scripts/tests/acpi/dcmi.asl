// SPDX-License-Identifier: GPL-2.0-only
// A power meter over DCMI (NetFn 2Ch). The region begins at command 02h, so
// the command is that plus the field's offset. -D SHORT_BUFFER gives the 32
// bytes that some firmware passes instead of 66.
#ifdef SHORT_BUFFER
#define BUFFER_SIZE 32
#else
#define BUFFER_SIZE 66
#endif

DefinitionBlock ("", "SSDT", 2, "KCS", "DCMI", 1)
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

            OperationRegion (POWR, IPMI, 0x2C02, 0x10)
            Field (POWR, BufferAcc, NoLock, Preserve)
            {
                GPOW, 8,    // 02h Get Power Reading
                GCAP, 8     // 03h Get Power Limit
            }

            Method (_PMM, 0, Serialized)
            {
                Name (BUFF, Buffer (BUFFER_SIZE) {})
                CreateByteField (BUFF, 0, STAT)
                CreateByteField (BUFF, 1, LENG)
                CreateByteField (BUFF, 2, CCOD)
                CreateByteField (BUFF, 3, GRPX)
                CreateWordField (BUFF, 4, WATT)

                LENG = 4
                CCOD = 0xDC     // request: group extension, mode, attributes
                GRPX = 1
                BUFF = GPOW = BUFF
                If (STAT || CCOD || GRPX != 0xDC || LENG < 4)
                {
                    Return (0xFFFFFFFF)
                }
                Return (WATT * 1000)
            }
        }
    }
}
