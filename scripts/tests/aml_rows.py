# SPDX-License-Identifier: GPL-2.0-only
"""The rows of test_aml.py: methods, and what they return; and the SSDT they lie in."""
import dataclasses

QEMU, SIM, IN_TREE = "qemu", "sim", "in-tree"

# QEMU's BMC over kcs_via_ipmi: its interface, and the drivers of that.
OVER = {
    "over-kcs": ("isa-ipmi-kcs", "ipmi_si"),
    "over-pci": ("pci-ipmi-kcs", "ipmi_si"),
    "over-bt": ("isa-ipmi-bt", "ipmi_si"),
    "over-ssif": ("smbus-ipmi,address=0x10", "i2c_i801 ipmi_ssif"),
}


# -- Buffers. -----------------------------------------------------------------

def padded(head, size=66, fill=0):
    return (bytes(head) + bytes([fill]) * size)[:size]


def source(*data, length=None, size=66, status=0, fill=0):
    """What AML passes: status, length, data."""
    return padded([status, len(data) if length is None else length, *data], size, fill)


def answered(*data):
    """What AML sees when the BMC answered: completion code, then the rest."""
    return padded([0x00, len(data), *data])


def upto(count):
    return range(1, count + 1)


TIMEOUT = padded([0x10, 1, 0xC3])
FAILURE = padded([0x07, 1, 0xFF])

# ipmi_ssif gives a message up before these, and FFh is its word for that.
SSIF_GIVES_UP = {"over-ssif": FAILURE}
NO_LIMIT = (0x80, 0xDC, 0, 0, 0, 0, 0, 0xE8, 0x03, 0, 0, 0, 0, 1, 0)

# The two commands of both BMCs that are there for tests.
TO_ORDER, ECHO = 0x30E0, 0x30EE


# -- The rows. ----------------------------------------------------------------

@dataclasses.dataclass
class Row:
    """A method that puts request into Local0 and returns what body makes of it."""
    name: str
    expected: object             # the buffer, or the name of ACPICA's exception
    request: bytes
    command: int = TO_ORDER      # the field's address, if offset is not given
    region: int = 0x3000
    length: int = 0x100
    offset: int = None           # of the field in the region
    lock: str = "NoLock"
    access: str = ""             # what AccessAs says
    width: int = 8
    body: str = "Local0 = FLDX = Local0"
    method: str = "Serialized"
    declares: str = ""           # in the method
    backends: tuple = (QEMU, SIM, IN_TREE)
    fault: str = ""              # of the simulator, while the row runs
    upsets: bool = False         # the BMC: wait until it is known to be well again
    over: dict = dataclasses.field(default_factory=dict)    # stacks that give another

    def runs_on(self, stack):
        return (QEMU if stack in OVER else stack) in self.backends

    def gives(self, stack):
        return self.over.get(stack, self.expected)

    def asl(self, number):
        offset = self.offset
        if offset is None:
            offset = self.command - self.region
        data = ", ".join(f"0x{byte:02X}" for byte in self.request.rstrip(b"\0"))
        indent = "\n" + 20 * " "
        access = f"AccessAs ({self.access}),{indent}" if self.access else ""
        return f"""
            Device (R{number:03})   // {self.name}
            {{
                Name (_ADR, {number})
                Name (SIZE, 0x{self.length:X})
                OperationRegion (REGN, IPMI, 0x{self.region:X}, SIZE)
                Field (REGN, BufferAcc, {self.lock}, Preserve)
                {{
                    {access}Offset (0x{offset:X}),
                    FLDX, {self.width}
                }}
                Method (TEST, 0, {self.method})
                {{
                    {self.declares.replace("; ", indent)}
                    Local0 = Buffer ({len(self.request)}) {{ {data} }}
                    {self.body.replace("; ", indent)}
                    Return (Local0)
                }}
            }}"""


# Fields that more than one row uses. An operation region's size in a name keeps
# the compiler from judging what lies past it.
TABLE = """
DefinitionBlock ("", "SSDT", 2, "KCS", "AMLTEST", 1)
{
    Scope (\\_SB)
    {
        Device (AMLT)
        {
            Name (_ADR, 0xAA)
            OperationRegion (SYSI, IPMI, 0x0600, 0x100)
            Field (SYSI, BufferAcc, Lock, Preserve)
            {
                AccessAs (BufferAcc, 0x01),
                Offset (0x58),
                SCMD, 8,    // Set System Info Parameters
                GCMD, 8     // Get System Info Parameters
            }
            OperationRegion (OEMR, IPMI, 0x3000, 0x100)
            Field (OEMR, BufferAcc, NoLock, Preserve)
            {
                Offset (0x10),
                IDXR, 8,
                DATR, 8,
                Offset (0xEE),
                ECHO, 8
            }
            // What no firmware should have: ACPICA passes 8 bytes, not 66.
            OperationRegion (PORT, SystemIO, 0x80, 0x01)
            Field (PORT, ByteAcc, NoLock, Preserve)
            {
                BSEL, 8
            }
            BankField (OEMR, BSEL, One, BufferAcc, NoLock, Preserve)
            {
                Offset (0xE0),
                BNKF, 8
            }
            IndexField (IDXR, DATR, ByteAcc, NoLock, Preserve)
            {
                IDXF, 8
            }
            IndexField (BSEL, DATR, QWordAcc, NoLock, Preserve)
            {
                IDXQ, 64
            }
            Method (SEND, 1, Serialized)
            {
                Return (ECHO = Arg0)
            }
%s
        }
    }
}
"""

# Dell's: one buffer with a name for each byte; the second command is sent only
# when the first one succeeded.
DELL = """Name (BUFF, Buffer (66) {}); CreateByteField (BUFF, 0, STAT);
CreateByteField (BUFF, 1, LENG); CreateByteField (BUFF, 2, CCOD);
CreateByteField (BUFF, 3, BYT1)""".replace("\n", " ")
DELL_BODY = """BUFF = Local0; BUFF = SCMD = BUFF;
If (STAT || CCOD) { Return (BUFF) };
LENG = 4; CCOD = 0; BYT1 = 0xC4;
BUFF = GCMD = BUFF; Local0 = BUFF""".replace("\n", " ")

# What a simulated BMC does wrong, to this command only.
WRONG = "command=30e0 times=1"

ROWS = [
    # Completion codes
    *[Row(f"bare {code:02X}h", answered(code), source(code, 0))
      for code in (0x00, 0xC1, 0xD4, 0x80, 0x01)],
    # What other drivers return for a message that they gave up
    Row("bare FFh", answered(0xFF), source(0xFF, 0), over=dict.fromkeys(OVER, FAILURE)),
    Row("bare C3h: a time-out of the BMC's own", TIMEOUT, source(0xC3, 0)),
    Row("bare C0h: busy, and stays so", answered(0xC0), source(0xC0, 0)),
    Row("bare D2h: is starting, and stays so", answered(0xD2), source(0xD2, 0), upsets=True),
    Row("unknown command", answered(0xC1), source(), command=0x30EF),
    Row("C1h with data", answered(0xC1, 1, 2, 3), source(0xC1, 3)),
    Row("C3h with data", answered(0xC3, 1, 2, 3), source(0xC3, 3)),
    Row("FFh with 63 bytes", answered(0xFF, *upto(63)), source(0xFF, 63)),
    Row("80h with data: DCMI Get Power Limit", answered(*NO_LIMIT), source(0xDC, 0, 0),
        region=0x2C00, command=0x2C03),
    # Replies
    *[Row(f"reply of the code and {count}", answered(0, *upto(count)), source(0, count))
      for count in (1, 2, 31, 62, 63)],
    *[Row(f"reply of the code and {count}", FAILURE, source(0, count))
      for count in (64, 65, 100, 200)],
    # QEMU's BT says that it is too long, as it is for BT
    Row("reply of the code and 255", FAILURE, source(0, 255),
        over={"over-bt": answered(0xC6)}),
    Row("reply of 80h and 64", FAILURE, source(0x80, 64)),
    # Length bytes
    Row("request of 0", answered(0), source(), command=ECHO),
    Row("request of 0, all else garbage", answered(0), source(fill=0xEE), command=ECHO),
    Row("request of 1", answered(0, 0x5A), source(0x5A), command=ECHO),
    Row("request of 63", answered(0, *upto(63)), source(*upto(63)), command=ECHO),
    Row("request of 64", answered(0, 1, 2, 3), source(0, 3, 0, *upto(61))),
    *[Row(f"request of {length}", FAILURE, source(*upto(64), length=length), command=ECHO)
      for length in (65, 66, 128, 255)],
    # Sources: what they lack is zero, what is too much is nobody's
    Row("source of 0 bytes", answered(0), source(size=0), command=ECHO),
    Row("source of 1 byte", answered(0), source(size=1), command=ECHO),
    Row("source of 2 bytes", answered(0), source(size=2), command=ECHO),
    Row("source of 2 bytes, length 4", answered(0, 0, 0, 0, 0), source(length=4, size=2),
        command=ECHO),
    Row("source of 3 bytes", answered(0, 0x5A), source(0x5A, size=3), command=ECHO),
    Row("source of 3 bytes, length 5", answered(0, 0x5A, 0, 0, 0, 0),
        source(0x5A, length=5, size=3), command=ECHO),
    Row("source of 3 bytes, length 64", answered(0x80), source(0x80, length=64, size=3)),
    Row("source of 3 bytes, length 65", FAILURE, source(0, length=65, size=3)),
    Row("source of 32 bytes", answered(0, *upto(30)), source(*upto(30), size=32),
        command=ECHO),
    Row("source of 32 bytes, length 40", answered(0, *upto(30), *bytes(10)),
        source(*upto(30), length=40, size=32), command=ECHO),
    Row("source of 99 bytes", answered(0, *upto(63)),
        source(*upto(63), size=99, fill=0xEE), command=ECHO),
    Row("source of 99 bytes, length 65", FAILURE, source(*upto(97), length=65, size=99),
        command=ECHO),
    Row("source of 300 bytes", answered(0, 0x5A), source(0x5A, size=300, fill=0xEE),
        command=ECHO),
    # Bytes that say nothing
    Row("status byte preset to AAh", answered(0, 1), source(0, 1, status=0xAA)),
    Row("status byte preset to 10h", answered(0, 1), source(0, 1, status=0x10)),
    Row("garbage after the request, short reply", answered(0xD4),
        source(0xD4, 0, status=0xAA, fill=0xEE)),
    Row("garbage in a request that fails", FAILURE,
        source(length=200, status=0xAA, fill=0xEE)),
    # Reads: there is no request
    Row("read without a write", FAILURE, source(), body="Local0 = FLDX"),
    Row("read after a write", FAILURE, source(0, 3), body="FLDX = Local0; Local0 = FLDX"),
    Row("read with an odd NetFn", FAILURE, source(), region=0x0700, command=0x0701,
        body="Local0 = FLDX"),
    Row("write after a read", answered(0, 1, 2), source(0, 2),
        body="Local1 = FLDX; Local0 = FLDX = Local0; "
        "If (SizeOf (Local1) != 66) { Return (Local1) }"),
    # NetFn
    *[Row(f"NetFn {region >> 8:02X}h", FAILURE, source(), region=region, offset=1)
      for region in (0x0100, 0x0700, 0x3F00, 0x4000, 0x4600, 0xFF00, 0x10600)],
    Row("NetFn 70h, 30h but for a bit", FAILURE, source(0, 3), region=0x7000, offset=0xE0),
    Row("NetFn 3Eh, the last one", answered(0xC1), source(), region=0x3E00, offset=1),
    # Regions and their length, which ACPICA does not look at
    Row("region of one command", answered(0, 1), source(0, 1), region=0x30E0, length=1),
    Row("region from the middle", answered(*NO_LIMIT), source(0xDC, 0, 0),
        region=0x2C02, length=0x10, command=0x2C03),
    Row("field past the region's length", answered(0, 1), source(0, 1), length=0x10),
    Row("region into the next NetFn, field before", answered(0, 1), source(0, 1),
        region=0x30C0, length=0x100),
    Row("region into the next NetFn, field there", FAILURE, source(0, 1),
        region=0x30C0, length=0x200, offset=0x120),
    Row("region over three NetFns, field in the third", answered(0, 1), source(0, 1),
        region=0x2E00, length=0x300),
    Row("region in the method", answered(0, 1, 2), source(0, 2),
        declares="OperationRegion (INNR, IPMI, 0x3000, SIZE); "
        "Field (INNR, BufferAcc, NoLock, Preserve) { Offset (0xE0), INNF, 8 }",
        body="Local0 = INNF = Local0"),
    # Fields
    Row("Lock", answered(0, 1, 2), source(0, 2), lock="Lock"),
    Row("Lock, the method holds the Global Lock", answered(0, 1, 2), source(0, 2),
        lock="Lock",
        body="Acquire (\\_GL, 0xFFFF); Local0 = FLDX = Local0; Release (\\_GL)"),
    Row("AccessAs (BufferAcc)", answered(0, 1, 2), source(0, 2), access="BufferAcc"),
    Row("AccessAs (BufferAcc, 1) and Lock, as Dell", answered(0, 1, 2), source(0, 2),
        lock="Lock", access="BufferAcc, 0x01"),
    Row("AccessAs (BufferAcc, AttribBlock)", answered(0, 1, 2), source(0, 2),
        access="BufferAcc, AttribBlock"),
    Row("field of 528 bits", answered(0, 1, 2), source(0, 2), width=528),
    # Methods
    Row("NotSerialized", answered(0, 1, 2), source(0),
        body="Local0[1] = 2; Local0[3] = 2; Local0 = FLDX = Local0",
        method="NotSerialized"),
    Row("two fields in turn", answered(0, 0x5A, 0x5B), source(0x5A, 0x5B),
        body="Local1 = SCMD = Local0; Local0 = ECHO = Local0; "
        "If (DerefOf (Local1[2])) { Return (Local1) }"),
    Row("a reply as the next request", answered(0, 0, 7, 8), source(7, 8),
        body="Local0 = ECHO = ECHO = Local0"),
    Row("three times in a loop", answered(0, 0, 0, 7), source(7),
        body="Local1 = 3; While (Local1) { Local0 = ECHO = Local0; Local1-- }"),
    Row("through another method", answered(0, 7, 8), source(7, 8), body="Local0 = SEND (Local0)"),
    Row("the result not used: the source stays", source(0, 2, 0, 9, 9, status=0xAA),
        source(0, 2, 0, 9, 9, status=0xAA), body="FLDX = Local0"),
    Row("the result not used: the BMC was asked", answered(0, 0x11, 0x77), source(0xC9, 0x77),
        body="SCMD = Local0; Local0 = GCMD = Buffer (66) { 0, 4, 0, 0xC9 }"),
    Row("the result into a buffer of 32 bytes", answered(0, *upto(63))[:32], source(0, 63),
        declares="Name (BUFF, Buffer (32) {})", body="BUFF = FLDX = Local0; Local0 = BUFF"),
    Row("the result into a buffer of 99 bytes", padded(answered(0, 1, 2), 99), source(0, 2),
        declares="Name (BUFF, Buffer (99) { 0xEE })",
        body="BUFF[98] = 0xEE; BUFF = FLDX = Local0; Local0 = BUFF"),
    Row("Dell's two commands", answered(0, 0x11, 0x01), source(0xC4, 0x01),
        declares=DELL, body=DELL_BODY),
    # ACPICA's own
    Row("source is an Integer", "AE_AML_OPERAND_TYPE", source(), body="Local0 = FLDX = 5"),
    Row("source is a String", "AE_AML_OPERAND_TYPE", source(), body='Local0 = FLDX = "abc"'),
    # 8 bytes on ACPICA's stack instead of a buffer (the in-tree handler writes 66)
    *[Row(f"a unit of {kind}", "AE_TYPE", source(), body=body, backends=(QEMU, SIM))
      for kind, body in (("a BankField, read", "Local0 = BNKF"),
                         ("a BankField, written", "BNKF = 5"),
                         ("an IndexField, read", "Local0 = IDXF"),
                         ("an IndexField, written", "IDXF = 5"))],
    Row("a read into 8 bytes of the heap", bytes([7, 1, 0xFF, 0, 0, 0, 0, 0]), source(),
        body="Local0 = IDXQ", backends=(QEMU, SIM)),
    # Slow ones
    Row("reply after 2 s", answered(0, *upto(3)), source(0, 3, 20), backends=(QEMU, IN_TREE),
        over=SSIF_GIVES_UP),
    Row("no reply for 6 s: QEMU says C3h after 4 s", TIMEOUT, source(0, 3, 60),
        backends=(QEMU, IN_TREE), upsets=True, over=SSIF_GIVES_UP),
    Row("and the row after it", answered(0, 7), source(7), command=ECHO),
    Row("no reply by the deadline", TIMEOUT, source(0, 3), backends=(SIM,),
        fault="silence command=30e0", upsets=True),
    Row("and the row after that", answered(0, 8), source(8), command=ECHO),
    # BMCs that answer something else
    *[Row(what, FAILURE, source(0, 3), backends=(SIM,), fault=f"{kind} {WRONG}", upsets=True)
      for kind, what in (("netfn", "reply of another NetFn"), ("reply_0", "reply of 0 bytes"),
                         ("reply_2", "reply without completion code"))],
]


def ssdt(rows):
    """The table with those rows, a number for each."""
    return "// SPDX-License-Identifier: GPL-2.0-only" + TABLE % "".join(
        row.asl(number) for number, row in rows.items())
