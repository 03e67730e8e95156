"""Finds any of thousands of texts in a stretch of bytes, all in one pass."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from hyperscan import Database

LEAST_BEGINNING = 8
"""From so many bytes on, what a stretch ends with can be told as the beginning of a text."""

_LEAST_BEGUN = 12
"""Of a text shorter than this, a beginning tells nothing."""

_LITERAL = 24
"""The engine looks for so many bytes of a text, which keeps it small; where they are found, the rest is compared."""


class Found(msgspec.Struct):
    """Where texts stand, as (start, end), in no order; overlapping ones may be one.

    `long` are those of 8 bytes or more, `short` the others. `begun` is where the beginning of a text starts with which
    the stretch ends; it is the end of the stretch where there is none.
    """

    long: list[tuple[int, int]]
    short: list[tuple[int, int]]
    begun: int


class Matcher:
    """The compiled search for a set of texts, none of them empty."""

    def __init__(self, texts: Iterable[bytes]) -> None:
        self.texts = frozenset(texts)
        self.has_short = any(len(text) < LEAST_BEGINNING for text in self.texts)
        by_literal = _grouped(self.texts, _LITERAL)
        self._groups = list(by_literal.values())
        self._lengths = [len(literal) for literal in by_literal]
        self._begun = _grouped((text for text in self.texts if len(text) >= _LEAST_BEGUN), LEAST_BEGINNING)
        self._engine = compiled_literals(list(by_literal))

    def find(self, data: bytes) -> Found:
        """All whole texts in `data`, and the one that may go on after its end."""
        found = Found([], [], _begun(data, self._begun))

        def look(number: int, _start: int, literal_end: int, _flags: int, _context: object) -> None:
            start = literal_end - self._lengths[number]
            for text in self._groups[number]:  # the longest first
                end = start + len(text)
                if end > len(data):
                    if start < found.begun and text.startswith(data[start:]):
                        found.begun = start
                elif data.startswith(text, start):
                    _note(found.long if len(text) >= LEAST_BEGINNING else found.short, start, end)
                    break

        self._engine.scan(data, match_event_handler=look)
        return found


def _grouped(texts: Iterable[bytes], length: int) -> dict[bytes, list[bytes]]:
    """The texts by how they start, of each group the longest first."""
    groups: dict[bytes, list[bytes]] = {}
    for text in sorted(texts, key=lambda text: (-len(text), text)):
        groups.setdefault(text[:length], []).append(text)
    return groups


def compiled_literals(literals: list[bytes]) -> "Database":
    """The engine that tells of each literal, by its number in the list, where it ends."""
    import hyperscan  # 15 ms, which only a step pays that shows what a program prints

    engine = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    is_literal = not any(b"\0" in literal for literal in literals)  # the binding ends a literal at its first NUL
    texts = literals if is_literal else ["".join(f"\\x{byte:02x}" for byte in literal).encode() for literal in literals]
    engine.compile(expressions=texts, ids=range(len(texts)), flags=[0] * len(texts), literal=is_literal)
    return engine


def _begun(data: bytes, by_start: dict[bytes, list[bytes]]) -> int:
    """Where a text begins that goes on after the end, as far as fewer bytes of it are there than the engine needs."""
    for start in range(max(0, len(data) - _LITERAL + 1), len(data) - LEAST_BEGINNING + 1):
        for text in by_start.get(data[start : start + LEAST_BEGINNING], ()):
            if len(data) - start < len(text) and text.startswith(data[start:]):
                return start
    return len(data)


def _note(spans: list[tuple[int, int]], start: int, end: int) -> None:
    """Adds a span, or widens the last one that it overlaps: a text can stand at every byte, as `aaaa` in `aaaaaaaa`."""
    if spans and spans[-1][0] < end and start < spans[-1][1]:
        start, end = min(start, spans[-1][0]), max(end, spans[-1][1])
        spans[-1] = (start, end)
    else:
        spans.append((start, end))
