// SPDX-License-Identifier: GPL-2.0-only
// The shape of Dell's firmware: a System Info parameter is set first, whose
// reply is a completion code and nothing else; then an OEM command reads the
// power. Fields are declared Lock and AccessAs; the meter is not under IPI0001.
// Like Dell's, _PMC talks to the BMC, too: a meter that comes too early fails.
#ifdef SHORT_BUFFER
#define BUFFER_SIZE 32
#else
#define BUFFER_SIZE 66
#endif

DefinitionBlock ("", "SSDT", 2, "KCS", "DELL", 1)
{
    Scope (\_SB)
    {
        Device (PMI0)
        {
            Include ("meter.asl")

            OperationRegion (SYSI, IPMI, 0x0600, 0x100)
            Field (SYSI, BufferAcc, Lock, Preserve)
            {
                AccessAs (BufferAcc, 0x01),
                Offset (0x58),
                SCMD, 8,    // Set System Info Parameters
                GCMD, 8     // Get System Info Parameters
            }

            OperationRegion (POWR, IPMI, 0x3000, 0x100)
            Field (POWR, BufferAcc, Lock, Preserve)
            {
                AccessAs (BufferAcc, 0x01),
                Offset (0xB3),
                GPMM, 8     // instantaneous power
            }

            Name (BUFF, Buffer (BUFFER_SIZE) {})
            CreateByteField (BUFF, 0, STAT)
            CreateByteField (BUFF, 1, LENG)
            CreateByteField (BUFF, 2, CCOD)
            CreateByteField (BUFF, 3, BYT1)
            CreateByteField (BUFF, 4, BYT2)
            CreateByteField (BUFF, 5, BYT3)
            CreateWordField (BUFF, 3, WATT)

            // Select an OEM parameter; zero when the BMC took it.
            Method (SELP, 0, Serialized)
            {
                LENG = 2
                CCOD = 0xC4     // parameter
                BYT1 = 0x01     // its value
                BUFF = SCMD = BUFF
                Return (STAT || CCOD)
            }

            // Without the BMC the capabilities are unknown: the unit says so,
            // and the driver gives the meter up.
            Method (_PMC, 0, Serialized)
            {
                CAPS [One] = One
                If (SELP ())
                {
                    Return (CAPS)
                }
                LENG = 4
                CCOD = Zero
                BYT1 = 0xC4
                BYT2 = Zero
                BYT3 = Zero
                BUFF = GCMD = BUFF
                If (!STAT && !CCOD && BYT2 == 0x01)
                {
                    CAPS [One] = Zero
                }
                Return (CAPS)
            }

            Method (_PMM, 0, Serialized)
            {
                If (SELP ())
                {
                    Return (0xFFFFFFFF)
                }
                LENG = 2
                CCOD = 0x0A
                BYT1 = Zero
                BUFF = GPMM = BUFF
                If (STAT || CCOD)
                {
                    Return (0xFFFFFFFF)
                }
                Return (WATT * 1000)
            }
        }
    }
}
