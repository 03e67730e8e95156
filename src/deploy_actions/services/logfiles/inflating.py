"""Inflates gzip and raw deflate piece by piece, within a bound, by ISA-L."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from deploy_actions.core.service_errors import Malformed

if TYPE_CHECKING:
    from isal.igzip_lib import IgzipDecompressor

PIECE_BYTES = 1 << 20

MOST_BYTES = 32 << 30
"""What may come out of one archive in all, with all that is packed within it."""

MOST_RATIO = 1032
"""How many times its own size: deflate itself can do no more (https://zlib.net/zlib_tech.html)."""

ALWAYS_BYTES = 1 << 30
"""What may come out of even the smallest archive: some packed twice are logs of one line over and over."""

_FED_BYTES = 32 * 1024
"""Small, since what follows a member is copied for each member that ends in it."""


class Budget:
    """What may still come out of an archive, in bytes. `packed` is its own size, where that is known."""

    def __init__(self, packed: int | None = None) -> None:
        self._left = MOST_BYTES if packed is None else min(MOST_BYTES, max(ALWAYS_BYTES, MOST_RATIO * packed))

    def spend(self, size: int, service: str, operation: str) -> None:
        """Raises Malformed where it is used up."""
        self._left -= size
        if self._left < 0:
            raise Malformed(service, operation, "it holds more than an archive of its size may, so it is not read on")


def gunzipped(packed: Iterable[bytes], budget: Budget, service: str, operation: str) -> Iterator[bytes]:
    """All members of a gzip stream (RFC 1952). Raises Malformed where it is none, or has no end; what `packed` raises.

    Zeros may stand behind a member, as on tapes.
    """
    from isal import igzip_lib

    stream = _Inflater(igzip_lib.DECOMP_GZIP, budget, service, operation)
    for piece in _fed(packed):
        waiting = piece
        while waiting := waiting.lstrip(b"\0") if stream.is_whole and stream.members else waiting:
            yield from stream.inflated(waiting)
            waiting = stream.rest
    if not stream.is_whole or not stream.members:
        raise Malformed(service, operation, "it ends too early")


def deflated(packed: Iterable[bytes], budget: Budget, service: str, operation: str) -> Iterator[bytes]:
    """What a member of a zip archive holds (RFC 1951). Raises Malformed where it is none, or has no end."""
    from isal import igzip_lib

    stream = _Inflater(igzip_lib.DECOMP_DEFLATE, budget, service, operation)
    for piece in _fed(packed):
        if stream.members:
            raise Malformed(service, operation, "more follows than it says")
        yield from stream.inflated(piece)
    if not stream.members or stream.rest:
        raise Malformed(service, operation, "it ends too early, or too late")


class _Inflater:
    """One member after the other. `members` are whole ones, `rest` is what stood behind the last that ended."""

    def __init__(self, flag: int, budget: Budget, *where: str) -> None:
        self._flag = flag
        self._budget = budget
        self._service, self._operation = where
        self._member: IgzipDecompressor | None = None
        self.members = 0
        self.rest = b""

    @property
    def is_whole(self) -> bool:
        """Whether no member is begun."""
        return self._member is None

    def inflated(self, packed: bytes) -> Iterator[bytes]:
        """What comes of these bytes, until they or the member ends. Raises Malformed."""
        from isal import igzip_lib

        member = self._member = self._member or igzip_lib.IgzipDecompressor(flag=self._flag)
        self.rest = b""
        while True:
            try:
                piece = member.decompress(packed, max_length=PIECE_BYTES)
            except igzip_lib.IsalError:  # type: ignore[misc]  # its stubs call the class an instance
                raise Malformed(self._service, self._operation, "what is packed in it is damaged") from None
            packed = b""
            self._budget.spend(len(piece), self._service, self._operation)
            if piece:
                yield piece
            if member.eof:
                self._member, self.rest = None, member.unused_data
                self.members += 1
                return
            if member.needs_input:
                return


def _fed(packed: Iterable[bytes]) -> Iterator[bytes]:
    for piece in packed:
        for start in range(0, len(piece), _FED_BYTES):
            yield piece[start : start + _FED_BYTES]
