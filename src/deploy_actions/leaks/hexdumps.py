"""Decodes dumps as `xxd`, `hexdump` and `od -x` write them, with an address before each row."""

import re
from collections.abc import Iterator

import msgspec

TRIGGER = rb"[0-9a-fA-F]{4,}:? {1,3}(?:[0-9a-fA-F]{2} ?[0-9a-fA-F]{2}[ -]{1,2}){3}"
"""What a row looks like, as an expression for the engine."""

_ROW = re.compile(
    rb"(?:20..-..-..T..:..:..\........Z )?[^\n]{0,40}?(?P<address>\b[0-9a-fA-F]{4,16}):? {1,4}"
    rb"(?P<pairs>(?:[0-9a-fA-F]{2}[ -]{0,2}){1,16})[^\n]*\n?",
    re.DOTALL,
)
_MOST_ROWS = 4096


class Dump(msgspec.Struct, frozen=True):
    """The bytes of a dump; `swapped` if each two change places, as `hexdump` and `od -x` write words."""

    data: bytes
    starts: tuple[int, ...]
    row_bytes: int
    end: int
    swapped: bool

    def place(self, at: int) -> int:
        """Where in the text the row begins in which the byte `at` stands."""
        return self.starts[min(at // self.row_bytes, len(self.starts) - 1)]

    def row_end(self, at: int) -> int:
        """Where that row ends."""
        number = at // self.row_bytes + 1
        return self.starts[number] if number < len(self.starts) else self.end


def dumps(text: bytes, start: int) -> Iterator[Dump]:
    """The dump whose first row is the line at `start`, read in both ways."""
    rows: list[bytes] = []
    starts, at = [], start
    while len(rows) < _MOST_ROWS and (row := _ROW.match(text, at)):
        rows.append(bytes.fromhex(row["pairs"].replace(b"-", b" ").replace(b" ", b"").decode()))
        starts.append(at)
        at = row.end()
    if not rows:
        return
    data, row_bytes = b"".join(rows), max(1, len(rows[0]))
    yield Dump(data, tuple(starts), row_bytes, at, swapped=False)
    even = data[: len(data) // 2 * 2]
    words = bytearray(even)
    words[::2], words[1::2] = even[1::2], even[::2]
    yield Dump(bytes(words), tuple(starts), row_bytes, at, swapped=True)
