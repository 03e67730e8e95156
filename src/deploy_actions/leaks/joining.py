"""Gives a log as a reader sees it: without colours, and with wrapped lines joined; and where each thing stood."""

import re
from bisect import bisect_right

from deploy_actions.core.line_breaks import uncoloured

_BREAK = re.compile(rb"(?s)\n(?:20..-..-..T..:..:..\........Z )?")
"""A line's end and the next line's time stamp (actions/runner, `Logging.cs`: UTC with 7 digits)."""

_BREAK_OR_RETURN = re.compile(_BREAK.pattern + rb"|\r")
_NUL = b"\0"


def plain(text: bytes) -> bytes:
    """The text without ANSI sequences, and without NULs: what is ASCII in UTF-16 then reads as it is."""
    return uncoloured(text.replace(_NUL, b"") if _NUL in text else text)


def joined(text: bytes) -> bytes:
    """The plain text without line ends and the time stamps after them."""
    text = _BREAK.sub(b"", text)
    return text.replace(b"\r", b"") if b"\r" in text else text


class Joined:
    """Plain text with its lines joined, as `text`. Places are counted in bytes from its beginning."""

    def __init__(self, plain_text: bytes) -> None:
        self.text = joined(plain_text)
        self._plain = plain_text
        self._places: list[int] | None = None
        self._removed: list[int] = []

    @property
    def breaks(self) -> list[int]:
        """The places at which a line ended, or a carriage return stood, in order."""
        if self._places is None:
            self._places = self._found()
        return self._places

    def _found(self) -> list[int]:
        places, removed = [], 0
        for found in _BREAK_OR_RETURN.finditer(self._plain):
            places.append(found.start() - removed)
            removed += found.end() - found.start()
            self._removed.append(removed)
        return places

    def plain_place(self, place: int) -> int:
        """Where in the plain text the byte stands that is at `place` in the joined one."""
        number = bisect_right(self.breaks, place)
        return place + (self._removed[number - 1] if number else 0)

    def is_broken(self, start: int, end: int) -> bool:
        """Whether a line ended inside of a stretch."""
        number = bisect_right(self.breaks, start)
        return number < len(self.breaks) and self.breaks[number] < end

    def line_start(self, place: int) -> int:
        """Where the line begins in which a place is."""
        number = bisect_right(self.breaks, place)
        return self.breaks[number - 1] if number else 0
