// SPDX-License-Identifier: GPL-2.0-only
// For scripts/bench: ONCE does one Get Device ID and nothing more, and returns
// its status; REPL returns the whole buffer, to see that the BMC answered.
DefinitionBlock ("", "SSDT", 2, "KCS", "BENCH", 1)
{
    Scope (\_SB)
    {
        OperationRegion (APPR, IPMI, 0x0600, 0x100)
        Field (APPR, BufferAcc, NoLock, Preserve)
        {
            Offset (0x01),
            DVID, 8     // Get Device ID
        }

        Method (ONCE, 0, NotSerialized)
        {
            Local0 = DVID = Buffer (66) {}
            Return (DerefOf (Local0 [Zero]))
        }

        Method (REPL, 0, NotSerialized)
        {
            Return (DVID = Buffer (66) {})
        }
    }
}
