"""Cuts a log into pieces of whole lines, each with the end of the one before it."""

from collections.abc import Iterable, Iterator

import msgspec

PIECE_BYTES = 1 << 20
"""Large enough that a piece costs little, and small enough that its views stay in the processor's cache."""


class Piece(msgspec.Struct, frozen=True):
    """Some of a log. `text` begins with `repeated` bytes of the piece before; its first line has the number `line`."""

    text: bytes
    repeated: int
    line: int


def pieces(chunks: Iterable[bytes], overlap: int) -> Iterator[Piece]:
    """The pieces of a log, of some MiB each; a longer line is cut. `overlap` bytes or more stand in two pieces."""
    before, line = b"", 1
    for text in _whole_lines(chunks):
        piece = Piece(before + text, len(before), line)
        yield piece
        kept = _last_lines(piece.text, overlap)
        line += piece.text.count(b"\n") - kept.count(b"\n")
        before = kept


def _whole_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    waiting: list[bytes] = []
    size = 0
    for chunk in _of_bounded_size(chunks):
        waiting.append(chunk)
        size += len(chunk)
        if size >= PIECE_BYTES:
            text = b"".join(waiting)
            end = text.rfind(b"\n") + 1 or len(text)
            yield text[:end]
            waiting = [text[end:]] if end < len(text) else []
            size = len(text) - end
    if size:
        yield b"".join(waiting)


def _of_bounded_size(chunks: Iterable[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        if len(chunk) <= PIECE_BYTES:
            yield chunk
        else:
            yield from (chunk[at : at + PIECE_BYTES] for at in range(0, len(chunk), PIECE_BYTES))


def _last_lines(text: bytes, least: int) -> bytes:
    """The last lines, of so many bytes or more if there are; a line that is far longer is cut."""
    if len(text) <= least:
        return text
    start = text.rfind(b"\n", max(0, len(text) - 2 * least), len(text) - least) + 1
    return text[start or len(text) - least :]
