"""Decodes the base64 that stands around a place in a text."""

import re
from binascii import Error, a2b_base64

import msgspec

MOST_BYTES = 65_536
"""Of base64 on either side of the place."""

_RUN = re.compile(rb"[A-Za-z0-9+/_-]*")
_TO_STANDARD = bytes.maketrans(b"-_", b"+/")


class Decoded(msgspec.Struct, frozen=True):
    """What a run of base64 says, and where in the text it stands."""

    data: bytes
    start: int
    end: int

    def place(self, at: int) -> int:
        """Where in the text the byte `at` of the data stands."""
        return self.start + at * 4 // 3


def decoded(text: bytes, start: int, group: int) -> Decoded | None:
    """The run of base64 or base64url around `start`, which is at place `group` of four; None if it is none."""
    first = start - len(_RUN.match(text[max(0, start - MOST_BYTES) : start][::-1])[0])  # type: ignore[index]
    first += (start - group - first) % 4
    found = _RUN.match(text, first, start + MOST_BYTES)
    run = found[0] if found else b""
    whole = run.translate(_TO_STANDARD)[: len(run) // 4 * 4]
    rest = run.translate(_TO_STANDARD)[len(whole) :]
    padded = whole + (rest + b"=" * (4 - len(rest)) if len(rest) > 1 else b"")
    try:
        return Decoded(a2b_base64(padded), first, first + len(run))
    except Error:
        return None
