"""Tells what stands in a program's output between two characters that a reader sees side by side."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import accumulate, pairwise

_ESCAPE = b"\x1b"
_ANSI = re.compile(
    rb"\x1b(?:\[[0-?]*+[ -/]*+[@-~]"  # CSI, as of colours
    rb"|\][^\x07\x1b\r\n]*+(?:\x07|\x1b\\)"  # OSC, as of links and titles
    rb"|[ -/]++[0-~]|[0-Z\\^-~])"  # the shorter ones
)
_BREAKS = (_ANSI, re.compile(rb"\n"), re.compile(rb"\r"))
"""One by one, since each then starts with a byte that is searched for fast."""

_BLOCK_BYTES = 4096


def uncoloured(lines: bytes) -> bytes:
    """The lines without ANSI escape sequences."""
    return _ANSI.sub(b"", lines) if _ESCAPE in lines else lines


def joined(lines: bytes) -> bytes:
    """The lines without line ends."""
    return lines.replace(b"\n", b"").replace(b"\r", b"")


class Unbroken:
    """Lines without ANSI sequences and without line ends, as `text`; and where each piece of it stood.

    They are taken in blocks of some lines, and where something stood is looked up in those that are asked for: most
    hold no secret.
    """

    def __init__(self, lines: bytes) -> None:
        self._lines = lines
        self._starts = [*_block_starts(lines), len(lines)]
        self._plain = [uncoloured(lines[start:end]) for start, end in pairwise(self._starts)]
        blocks = [joined(block) for block in self._plain]
        self._places = [0, *accumulate(map(len, blocks))]
        self._blocks: dict[int, _Block] = {}
        self.has_colours = _ESCAPE in lines
        self.text = b"".join(blocks)

    @property
    def plain(self) -> bytes:
        """The lines without ANSI sequences."""
        return b"".join(self._plain)

    def visible(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The places in the lines that make up what stands from `start` to `end` in the text."""
        number = bisect_right(self._places, start) - 1
        while start < end:
            first, last = self._places[number], min(self._places[number + 1], end)
            yield from self._block(number).visible(start - first, last - first)
            start, number = last, number + 1

    def _block(self, number: int) -> "_Block":
        if number not in self._blocks:
            self._blocks[number] = _Block(self._lines, self._starts[number], self._starts[number + 1])
        return self._blocks[number]


class _Block:
    """The breaks of some whole lines, from `start` to `end`. The places asked for count from there."""

    def __init__(self, lines: bytes, start: int, end: int) -> None:
        self._start = start
        self._spans = sorted(found.span() for pattern in _BREAKS for found in pattern.finditer(lines, start, end))
        self._places: list[int] = []
        removed = start
        for break_start, break_end in self._spans:
            self._places.append(break_start - removed)
            removed += break_end - break_start

    def visible(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        first, last = bisect_right(self._places, start), bisect_left(self._places, end)
        at = start + self._shift(first)
        for break_start, break_end in self._spans[first:last]:
            if break_start > at:
                yield at, break_start
            at = break_end
        yield at, end + self._shift(last)

    def _shift(self, number: int) -> int:
        """How far after its place stands what follows the first `number` breaks."""
        return self._spans[number - 1][1] - self._places[number - 1] if number else self._start


def _block_starts(lines: bytes) -> Iterator[int]:
    start = 0
    while start < len(lines):
        yield start
        start = lines.find(b"\n", start + _BLOCK_BYTES) + 1 or len(lines)
