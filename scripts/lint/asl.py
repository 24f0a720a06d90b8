# SPDX-License-Identifier: GPL-2.0-only
"""Reads the legacy ASL of one table, as iasl prints it, into firmware."""
import dataclasses
import re

from .firmware import (NAMED, NO_BUFFER, READ, WRITTEN, Declared, Region, Unit, Use, join,
                       lookup)
from .tools import Unreadable

# Operators with a target, and which arguments are; those of the first line put a
# buffer there if their sources are buffers, all others numbers, strings, references.
KEEPERS = {"Store": (1,), "CopyObject": (1,), "Concatenate": (2,), "Mid": (3,),
           "ConcatenateResTemplate": (2,), "ToBuffer": (1,)}
TARGETS = {
    **KEEPERS, "Divide": (2, 3), "Increment": (0,), "Decrement": (0,), "ToString": (2,),
    **dict.fromkeys(("Add", "Subtract", "Multiply", "Mod", "And", "Nand", "Or", "Nor",
                     "Xor", "ShiftLeft", "ShiftRight", "Index"), (2,)),
    **dict.fromkeys(("Not", "FindSetLeftBit", "FindSetRightBit", "FromBCD", "ToBCD",
                     "ToDecimalString", "ToHexString", "ToInteger", "CondRefOf"), (1,))}

# What only needs an object to be there.
ABOUT = ("RefOf", "CondRefOf", "ObjectType", "SizeOf", "External")


def number(words):
    """The value of an expression, if it is a literal."""
    named = {"Zero": 0, "One": 1, "Ones": 0xFFFFFFFFFFFFFFFF}
    if len(words) != 1:
        return None
    if words[0] in named:
        return named[words[0]]
    try:
        return int(words[0], 0)
    except ValueError:
        return None


def is_no_buffer(words):
    """Test whether an expression is known to be no buffer."""
    return number(words) is not None or words[0].startswith('"') or \
        words[0] in TARGETS and words[0] not in KEEPERS


class Tokens:
    """ASL as iasl prints it, without comments."""

    PATTERN = re.compile(r'"(?:\\.|[^"\\])*"|/\*.*?(?:\*/|\Z)|//[^\n]*|'
                         r"[\\^]*[A-Za-z_][\w.]*|[\\^]+|\d\w*|\S", re.S)
    CLOSING = {"(": ")", "{": "}"}

    def __init__(self, text):
        self.words = [word for word in self.PATTERN.findall(text)
                      if not word.startswith(("/*", "//"))]
        self.at = 0

    def peek(self):
        """The next word, "" after the last one."""
        return self.words[self.at] if self.at < len(self.words) else ""

    def take(self):
        """The next word."""
        word = self.peek()
        if not word:
            raise Unreadable("its disassembly is cut off")
        self.at += 1
        return word

    def expect(self, *expected):
        """The next word, which must be one of these."""
        word = self.take()
        if word not in expected:
            raise Unreadable(f"its disassembly has {word} instead of {expected[0]}")
        return word

    def arguments(self):
        """What is between here and the closing parenthesis, split at commas."""
        self.expect("(")
        found, current, closing = [], [], [")"]
        while closing:
            word = self.take()
            if word in self.CLOSING:
                closing.append(self.CLOSING[word])
            elif word == closing[-1]:
                closing.pop()
            if word == "," and len(closing) == 1:
                found.append(current)
                current = []
            elif closing:
                current.append(word)
        return [*found, current] if found or current else []

    def peek_arguments(self):
        """The same, without going there."""
        at = self.at
        found = self.arguments()
        self.at = at
        return found

    def body(self):
        """The words of the block that begins here, without going there."""
        depth = 0
        for at in range(self.at, len(self.words)):
            depth += {"{": 1, "}": -1}.get(self.words[at], 0)
            if not depth:
                return self.words[self.at:at]
        return []


@dataclasses.dataclass
class Call:
    """An open parenthesis, and what is before it."""
    name: str
    arguments: list
    index: int = 0  # of the argument that is read


@dataclasses.dataclass
class Block:
    """An open brace."""
    scope: tuple
    method: tuple  # None outside of methods
    calls: list = dataclasses.field(default_factory=list)


class Reader:
    """One table's ASL, into Firmware."""

    SCOPES = ("Device", "Method", "PowerResource", "Processor", "ThermalZone")
    NAMED = {"Name": 0, "Mutex": 0, "Event": 0, "Alias": 1, "CreateField": 3,
             **{f"Create{size}Field": 2 for size in
                ("Bit", "Byte", "Word", "DWord", "QWord")}}

    def __init__(self, firmware, table, text):
        self.firmware = firmware
        self.table = table
        self.tokens = Tokens(text)
        self.declared = Declared()
        self.blocks = [Block((), None)]
        self.opens = None  # what the next brace opens, if not only a block
        self.statements = {
            "Scope": self._scope, "OperationRegion": self._region,
            **dict.fromkeys(("Field", "BankField", "IndexField"), self._field),
            **dict.fromkeys(self.SCOPES, self._open),
            **dict.fromkeys(self.NAMED, self._named)}

    @property
    def scope(self):
        """Where the reader is."""
        return self.blocks[-1].scope

    def read(self):
        """All of it. A table that is not read as a whole leaves nothing in firmware."""
        if "DefinitionBlock" not in self.tokens.words:
            raise Unreadable("its disassembly has no DefinitionBlock")
        signs = {"{": self._enter, "}": self._leave, ")": self._close, ",": self._comma}
        while self.tokens.peek():
            word = self.tokens.take()
            if word in signs:
                signs[word]()
            elif word == "(":
                self.tokens.at -= 1
                self._call("")
            elif self.tokens.peek() != "(":
                self._use(word)
            elif word in self.statements:
                self.statements[word](word)
            else:
                self._call(word)
        if len(self.blocks) != 1:
            raise Unreadable("its disassembly is cut off")
        self.firmware.declared.add(self.declared)

    # -- Signs. ----------------------------------------------------------------

    def _enter(self):
        outer = self.blocks[-1]
        self.blocks.append(self.opens or Block(outer.scope, outer.method))
        self.opens = None

    def _leave(self):
        if len(self.blocks) == 1:
            raise Unreadable("its disassembly has a brace too many")
        self.blocks.pop()

    def _call(self, name):
        arguments = self.tokens.peek_arguments()
        self.tokens.expect("(")
        self.blocks[-1].calls.append(Call(name, arguments))

    def _close(self):
        if not self.blocks[-1].calls:
            raise Unreadable("its disassembly has a parenthesis too many")
        self.blocks[-1].calls.pop()

    def _comma(self):
        if self.blocks[-1].calls:
            self.blocks[-1].calls[-1].index += 1

    # -- Uses. -----------------------------------------------------------------

    def _use(self, word):
        if self.blocks[-1].method is not None and re.match(r"[\\^A-Z_]", word):
            self.declared.uses.add(Use(self.table, self.scope, word, self.blocks[-1].method,
                                   self._how()))

    def _how(self):
        """What the innermost operator does with the argument that is read."""
        if not self.blocks[-1].calls:
            return NAMED  # an element of a Package
        call = self.blocks[-1].calls[-1]
        if call.name in ABOUT and not call.index:
            return NAMED
        if call.index not in TARGETS.get(call.name, ()):
            return READ
        if call.name in KEEPERS and not is_no_buffer(call.arguments[0]):
            return WRITTEN
        return NO_BUFFER

    # -- Declarations. ---------------------------------------------------------

    def _declare(self, name):
        path = join(self.scope, name)
        self.firmware.objects.add(path)
        return path

    def _first(self, arguments):
        if not arguments or not arguments[0]:
            raise Unreadable("its disassembly has a declaration without a name")
        return arguments[0][0]

    def _scope(self, _word):
        name = self._first(self.tokens.arguments())
        path = lookup(self.scope, name, self.firmware.objects) or join(self.scope, name)
        self.opens = Block(path, None)

    def _open(self, word):
        path = self._declare(self._first(self.tokens.arguments()))
        method = path if word == "Method" else None
        self.opens = Block(path, method)
        if method and path[-1] in ("_HID", "_CID"):
            self._identify(path[:-1], self.tokens.body())

    def _named(self, word):
        """What it declares; what else is in it may be a use, and is read on."""
        arguments = self.tokens.peek_arguments()
        index = self.NAMED[word]
        if len(arguments) <= index or not arguments[index]:
            raise Unreadable(f"its disassembly has a bad {word}")
        path = self._declare(arguments[index][0])
        if path[-1:] in (("_HID",), ("_CID",)):
            self._identify(path[:-1], [word for words in arguments for word in words])
        if word == "Alias":
            self.declared.aliases[path] = (self.scope, self._first(arguments))
            self.tokens.arguments()
        else:
            self._call(word)

    def _identify(self, device, words):
        if '"IPI0001"' in words:
            self.declared.bmcs.add(device)

    def _region(self, _word):
        arguments = self.tokens.arguments()
        if len(arguments) != 4 or not arguments[1]:
            raise Unreadable("its disassembly has a bad OperationRegion")
        computed = [f"{what} is {' '.join(words)}" for what, words in
                    (("offset", arguments[2]), ("length", arguments[3]))
                    if number(words) is None]
        self.declared.regions.append(Region(
            self.table, self._declare(self._first(arguments)), arguments[1][0],
            number(arguments[2]), number(arguments[3]), " and its ".join(computed)))

    # -- Fields. ---------------------------------------------------------------

    def _field(self, word):
        arguments = self.tokens.arguments()
        if len(arguments) != {"Field": 4, "IndexField": 5, "BankField": 6}[word] or \
                not all(arguments):
            raise Unreadable(f"its disassembly has a bad {word}")
        names = [words[0] for words in arguments]
        registers = {"Field": [], "IndexField": names[:2], "BankField": names[1:2]}[word]
        self.declared.registers |= {(self.table, self.scope, name) for name in registers}
        access, lock = names[-3:-1]
        self.tokens.expect("{")
        units = list(self._units(word, access, lock))
        if word != "IndexField":
            self.declared.fields.append((units, self.table, self.scope, names[0]))

    def _units(self, keyword, access, lock):
        """Up to the closing brace."""
        bit = 0
        while self.tokens.peek() != "}":
            word = self.tokens.take()
            if self.tokens.peek() == "(":
                arguments = self.tokens.arguments()
                if word == "Offset":
                    bit = 8 * self._number(arguments[:1])
                elif word == "AccessAs":
                    access = self._first(arguments)
            elif word == ",":  # bits without a name
                bit += self._number([[self.tokens.take()]])
            else:
                self.tokens.expect(",")
                width = self._number([[self.tokens.take()]])
                yield Unit(self.table, self._declare(word), bit, width, access, lock,
                           keyword)
                bit += width
            if self.tokens.peek() != "}":
                self.tokens.expect(",", "}")
        self.tokens.expect("}")

    def _number(self, arguments):
        value = number(arguments[0]) if arguments else None
        if value is None:
            raise Unreadable("its disassembly has a field without a size")
        return value
