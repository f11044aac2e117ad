"""Finds many values in much data at once, however they are spelt: as bytes, hexadecimal, base64, base64url, base32.

Every needle has at least 15 bytes, so that wherever it lies it covers a whole aligned word of 8. A look at every such
word finds all needles in one pass, and each find is then compared byte by byte.
"""

import base64
import sys

SHORTEST = 15
WORD = 8
# base32hex, as ids are written; RFC 4648 knows the other one.
BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
BASE32_HEX = "0123456789abcdefghijklmnopqrstuv"


def id_bytes(text):
    """The 16 bytes of an id of 26 characters."""
    return base64.b32decode(text.translate(str.maketrans(BASE32_HEX, BASE32)) + "======")


def _base64_inside(value, shift):
    """How `value` looks in the base64 of something in which it begins at 3 n + shift; what neighbours decide is cut."""
    text = base64.b64encode(bytes(shift) + value)
    first = (shift * 8 + 5) // 6
    return text[first : (shift + len(value)) * 8 // 6]


def spellings(value):
    """(name, bytes) of every way in which binary data is written down."""
    yield "bytes", value
    digits = value.hex().encode()
    yield "hex", digits
    yield "HEX", digits.upper()
    for shift in range(3):
        text = _base64_inside(value, shift)
        yield f"base64+{shift}", text
        yield f"base64url+{shift}", text.translate(bytes.maketrans(b"+/", b"-_"))
    text = base64.b32encode(value).rstrip(b"=")
    yield "base32", text
    yield "base32 small", text.lower()
    yield "base32hex", text.translate(bytes.maketrans(BASE32.encode(), BASE32_HEX.encode()))


def spellings_of_text(value):
    yield "text", value
    yield "TEXT", value.upper()
    yield from list(spellings(value))[1:]


class Hit:
    """A value that was found: whose, of which kind, in which spelling, and where."""

    __slots__ = ("owner", "kind", "spelling", "start", "end")

    def __init__(self, owner, kind, spelling, start, end):
        self.owner, self.kind, self.spelling, self.start, self.end = owner, kind, spelling, start, end


class Finder:
    def __init__(self):
        self.words = {}  # a word -> [(needle, where in the needle the word stands)]
        self.needles = {}  # needle -> (owner, kind, spelling); of equal needles the first

    def add(self, owner, kind, value):
        """`value`: bytes as they are, or text, which is also looked for in capitals."""
        text = isinstance(value, str)
        for spelling, needle in spellings_of_text(value.encode()) if text else spellings(value):
            if len(needle) < SHORTEST:
                raise ValueError(f"{kind} is too short to be told from chance: {value!r}")
            if needle in self.needles:
                continue
            self.needles[needle] = (owner, kind, spelling)
            for offset in range(WORD):
                word = int.from_bytes(needle[offset : offset + WORD], sys.byteorder)
                self.words.setdefault(word, []).append((needle, offset))

    def scan(self, data):
        """Every Hit in `data` (bytes), in order."""
        words = self.words
        view = memoryview(data)[: len(data) // WORD * WORD].cast("Q")
        hits = []
        for index in [i for i, word in enumerate(view) if word in words]:
            for needle, offset in words[view[index]]:
                start = WORD * index - offset
                if start >= 0 and data[start : start + len(needle)] == needle:
                    hits.append(Hit(*self.needles[needle], start, start + len(needle)))
        hits.sort(key=lambda hit: hit.start)
        return hits
