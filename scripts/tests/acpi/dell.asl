// SPDX-License-Identifier: GPL-2.0-only
// The shape of Dell's firmware: the averaging interval chooses the command. A live
// reading is an OEM command; averages, and the range of the power cap in _PMC, are
// System Info parameters. The command that sets them is declared and not used.
// Fields are declared Lock and AccessAs; the meter is not under IPI0001. Like
// Dell's, _PMC talks to the BMC: a meter that comes too early fails.
#ifdef SHORT_BUFFER
#define BUFFER_SIZE 32
#else
#define BUFFER_SIZE 66
#endif

#define LIVE_MS     1000
#define MINUTE_MS   60000
#define HOUR_MS     3600000
#define FAILED      0xFFFFFFFF

DefinitionBlock ("", "SSDT", 2, "KCS", "DELL", 1)
{
    Scope (\_SB)
    {
        Device (PMI0)
        {
            Name (_HID, "ACPI000D")
            Name (_UID, Zero)
            Name (_PMD, Package () {})

            // 14 elements: measures only, in mW, as input; no trip points, no cap
            // to set.
            Name (CAPS, Package ()
            {
                One, Zero, Zero, 100000, 1000, LIVE_MS, HOUR_MS, 0xFFFFFFFF,
                Zero, Zero, Zero, "KCS", "1", "test"
            })
            Name (SPAN, LIVE_MS)

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
            CreateWordField (BUFF, 3, WATT)     // 30/B3
            CreateWordField (BUFF, 4, BYT2)     // both bytes of the request
            CreateWordField (BUFF, 4, WCAP)     // 06/59, parameter EAh
            CreateWordField (BUFF, 7, WMAX)
            CreateWordField (BUFF, 9, WMIN)
            CreateWordField (BUFF, 4, AMIN)     // 06/59, parameter EBh
            CreateWordField (BUFF, 6, AHOU)

            // Gets a System Info parameter into BUFF; zero when the BMC has it.
            Method (GETP, 1, Serialized)
            {
                LENG = 4
                CCOD = Zero     // not its revision only
                BYT1 = Arg0
                BYT2 = Zero     // set and block selector
                BUFF = GCMD = BUFF
                Return (STAT || CCOD)
            }

            Method (_GHL, 0, Serialized)
            {
                If (GETP (0xEA))
                {
                    Return (FAILED)
                }
                CAPS [9] = WMIN * 1000
                CAPS [10] = WMAX * 1000
                Return (WCAP * 1000)
            }

            // Without the BMC the capabilities are unknown: the unit says so,
            // and the driver gives the meter up. A BMC without the parameter has
            // no cap.
            Method (_PMC, 0, Serialized)
            {
                CAPS [One] = Zero
                _GHL ()
                If (STAT)
                {
                    CAPS [One] = One
                }
                Return (CAPS)
            }

            Method (_PMM, 0, Serialized)
            {
                If (SPAN == LIVE_MS)
                {
                    LENG = 2
                    CCOD = 0x0A
                    BYT1 = Zero
                    BUFF = GPMM = BUFF
                    If (STAT || CCOD)
                    {
                        Return (FAILED)
                    }
                    Return (WATT * 1000)
                }
                If (GETP (0xEB))
                {
                    Return (FAILED)
                }
                If (SPAN == MINUTE_MS)
                {
                    Return (AMIN * 1000)
                }
                Return (AHOU * 1000)
            }

            // For tests: two commands, one after the other.
            Method (PAIR, 0, Serialized)
            {
                _GHL ()
                Return (_PMM ())
            }

            Method (_GAI, 0, NotSerialized)
            {
                Return (SPAN)
            }

            Method (_PAI, 1, Serialized)
            {
                If (Arg0 < MINUTE_MS)
                {
                    SPAN = LIVE_MS
                }
                ElseIf (Arg0 < HOUR_MS)
                {
                    SPAN = MINUTE_MS
                }
                Else
                {
                    SPAN = HOUR_MS
                }
                Return (Zero)
            }
        }
    }
}
