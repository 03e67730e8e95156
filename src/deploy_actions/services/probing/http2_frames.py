"""The frames of HTTP/2 in what a server sends, whole and one by one, and no more of them than an answer needs.

The library h2 splits frames itself, but it waits for as many bytes as a frame's header claims, so that an answer in
HTTP/1.1 would be waited for as a frame of four megabytes; and it bounds neither pings nor settings.
"""

from collections.abc import Iterator

import msgspec

from deploy_actions.services.probing.raw import Broken

MOST_BESIDES_BODY_BYTES = 256 * 1024
"""For headers, pings, settings and the frames around the pieces of a body, for one answer."""

_HEADER_BYTES = 9
_LARGEST_BYTES = 16 * 1024
"""What RFC 9113 allows where the receiver does not ask for more, and this one does not."""

_DATA, _GOAWAY = 0, 7
_HTTP1 = b"HTTP/1."
_STREAM_BITS = 0x7FFFFFFF


class Frame(msgspec.Struct, frozen=True):
    """A frame: its kind, and its bytes, header included."""

    kind: int
    octets: bytes

    @property
    def farewell(self) -> tuple[int, int] | None:
        """The last stream that will be answered and the code of the reason, if this is a GOAWAY."""
        if self.kind != _GOAWAY or len(self.octets) < _HEADER_BYTES + 8:
            return None
        payload = self.octets[_HEADER_BYTES:]
        return int.from_bytes(payload[:4], "big") & _STREAM_BITS, int.from_bytes(payload[4:8], "big")


class Frames:
    """Splits what one server sends. Raises Broken for what is no HTTP/2, and for a flood."""

    def __init__(self) -> None:
        self._waiting = bytearray()
        self._besides_body = 0
        self._is_first = True

    def add(self, octets: bytes) -> Iterator[Frame]:
        """The frames that are complete with these octets."""
        self._waiting += octets
        if self._is_first and self._waiting.startswith(_HTTP1):
            raise Broken("the server answers in HTTP/1.1, not in HTTP/2")
        while len(self._waiting) >= _HEADER_BYTES:
            length, kind = int.from_bytes(self._waiting[:3], "big"), self._waiting[3]
            if length > _LARGEST_BYTES:
                raise Broken("the server answers in no HTTP/2" if self._is_first else "a frame of HTTP/2 is too large")
            if len(self._waiting) < _HEADER_BYTES + length:
                return
            self._count(kind, length)
            frame = Frame(kind, bytes(self._waiting[: _HEADER_BYTES + length]))
            del self._waiting[: _HEADER_BYTES + length]
            self._is_first = False
            yield frame

    def _count(self, kind: int, length: int) -> None:
        self._besides_body += _HEADER_BYTES + (0 if kind == _DATA else length)
        if self._besides_body > MOST_BESIDES_BODY_BYTES:
            raise Broken("the server sends too much besides the body (headers, pings or settings)")
