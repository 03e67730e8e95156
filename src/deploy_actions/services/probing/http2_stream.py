"""One request and its answer over HTTP/2: what HTTP checks and gRPC checks have in common.

Imports h2, 30 ms that only a check over HTTP/2 pays for: import this module inside a function.
"""

import asyncio
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import h2.connection
import h2.errors
import h2.events
import h2.exceptions
import h2.settings
import msgspec

from deploy_actions.services.probing.http2_frames import Frame, Frames
from deploy_actions.services.probing.raw import Broken, Unsent, joined

MOST_HEADER_BYTES = 64 * 1024
"""Of a header list, unpacked, with 32 bytes for each header: so there are at most 2,000."""

_NAME = re.compile(r":?[!#$%&'*+.^_`|~0-9a-z-]+")
_VALUE = re.compile(r"([^\0\r\n\t ]([^\0\r\n]*[^\0\r\n\t ])?)?")
_CHUNK = 64 * 1024
_NO_ERROR = 0


class Reply(msgspec.Struct, frozen=True):
    """An answer with its trailers; headers that came more than once are joined by commas."""

    status: int
    headers: dict[str, str]
    trailers: dict[str, str]
    body: bytes
    is_cut: bool


class Stream:
    """The only stream of a connection whose handshake, if it has one, is made. The caller bounds the time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._frames = Frames()
        self._connection = h2.connection.H2Connection()
        self._connection.local_settings = h2.settings.Settings(
            initial_values={
                h2.settings.SettingCodes.ENABLE_PUSH: 0,
                h2.settings.SettingCodes.MAX_HEADER_LIST_SIZE: MOST_HEADER_BYTES,
            }
        )
        self._connection.decoder.max_header_list_size = MOST_HEADER_BYTES
        self._unsent = b""
        self._headers: dict[str, str] = {}
        self._trailers: dict[str, str] = {}
        self._body = bytearray()
        self._is_over = False

    async def ask(self, headers: Sequence[tuple[str, str]], body: bytes, most_bytes: int) -> Reply:
        """The answer to a request, with as much of its body as may be. Raises Broken for everything else."""
        with _translated():
            self._start(headers, body)
            while not self._is_over and len(self._body) <= most_bytes:
                self._send_what_fits()
                await self._flush()
                octets = await self._reader.read(_CHUNK)
                if not octets:
                    raise Broken("the server broke off the connection before its answer was complete")
                self._take(octets)
            self._leave()
        return self._reply(most_bytes)

    def _start(self, headers: Sequence[tuple[str, str]], body: bytes) -> None:
        self._connection.initiate_connection()
        self._id = self._connection.get_next_available_stream_id()
        self._unsent = body
        if not all(_NAME.fullmatch(name) and _VALUE.fullmatch(value) for name, value in headers):
            raise Unsent("the request was not sent: one of its headers holds what no header can")  # h2 would send it
        self._connection.send_headers(self._id, list(headers), end_stream=not body)

    def _send_what_fits(self) -> None:
        """As much of the request's body as the server has room for now."""
        while self._unsent:
            room = self._connection.local_flow_control_window(self._id)
            size = min(room, self._connection.max_outbound_frame_size)
            if size <= 0:
                return
            piece, self._unsent = self._unsent[:size], self._unsent[size:]
            self._connection.send_data(self._id, piece, end_stream=not self._unsent)

    async def _flush(self) -> None:
        self._writer.write(self._connection.data_to_send())
        await self._writer.drain()

    def _take(self, octets: bytes) -> None:
        """Frame by frame, so that what comes after the answer cannot spoil it."""
        for frame in self._frames.add(octets):
            if not self._is_farewell(frame):
                for event in self._connection.receive_data(frame.octets):
                    self._note(event)
            if self._is_over:
                return

    def _is_farewell(self, frame: Frame) -> bool:
        """A server that shuts down in good order answers what it has begun; h2 would take nothing after a GOAWAY."""
        if frame.farewell is None:
            return False
        last, code = frame.farewell
        if code != _NO_ERROR or last < self._id:
            raise Broken(f"the server ended the connection ({_name(code)})")
        return True

    def _note(self, event: h2.events.Event) -> None:
        if isinstance(event, h2.events.ResponseReceived):
            self._headers = joined(event.headers)
        elif isinstance(event, h2.events.TrailersReceived):
            self._trailers = joined(event.headers)
        elif isinstance(event, h2.events.DataReceived):
            self._body += event.data
            self._connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, h2.events.StreamReset):
            raise Broken(f"the server broke off its answer ({_name(event.error_code)})")
        elif isinstance(event, h2.events.StreamEnded):
            self._is_over = True

    def _leave(self) -> None:
        """Tells the server that no more is wanted, and does not wait for it."""
        with suppress(h2.exceptions.H2Error, OSError):
            if self._unsent or not self._is_over:
                self._connection.reset_stream(self._id, h2.errors.ErrorCodes.CANCEL)
            self._connection.close_connection()
            self._writer.write(self._connection.data_to_send())

    def _reply(self, most_bytes: int) -> Reply:
        status = self._headers.pop(":status", "")
        if len(status) != 3 or not (status.isascii() and status.isdigit()):  # noqa: PLR2004  # digits, RFC 9110
            raise Broken("the status of the answer is not a number of three digits")
        is_cut = len(self._body) > most_bytes
        return Reply(int(status), self._headers, self._trailers, bytes(self._body[:most_bytes]), is_cut)


def _name(code: int) -> str:
    """The standard's name of a code, such as `REFUSED_STREAM`."""
    try:
        return h2.errors.ErrorCodes(code).name
    except ValueError:
        return f"code {code}"


@contextmanager
def _translated() -> Iterator[None]:
    """Errors of the library and the connection, in words of our own: theirs can quote the server's."""
    try:
        yield
    except h2.exceptions.DenialOfServiceError:
        raise Broken(f"the headers of the answer are larger than {MOST_HEADER_BYTES} bytes") from None
    except h2.exceptions.InvalidBodyLengthError:
        raise Broken("the body is not as long as its content-length says") from None
    except h2.exceptions.H2Error:
        raise Broken("the answer breaks the rules of HTTP/2") from None
    except OSError:
        raise Broken("the server broke off the connection before its answer was complete") from None
