"""A loopback server of HTTP/2 whose answer a test writes, frame by frame where it must be a bad one."""

import asyncio
import ssl
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import h2.config
import h2.connection
import h2.events
import msgspec
from tests.servers import LOOPBACK, Authority, Pair

T = TypeVar("T")

STREAM = 1
"""The only stream a client opens here."""

_PATIENCE_SECONDS = 10
_CHUNK = 64 * 1024


class Request(msgspec.Struct, frozen=True):
    """What the client asked."""

    headers: dict[str, str]
    body: bytes


class Talk:
    """One connection, from the server's side."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self.connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        self.events: list[h2.events.Event] = []

    async def request(self) -> Request:
        """The whole request; the client gets as much room for its body as it uses."""
        self.connection.initiate_connection()
        await self.flush()
        headers: dict[str, str] = {}
        body = b""
        while not any(isinstance(event, h2.events.StreamEnded) for event in self.events):
            for event in await self.hear():
                if isinstance(event, h2.events.RequestReceived):
                    headers = {name.decode(): value.decode() for name, value in event.headers}
                if isinstance(event, h2.events.DataReceived):
                    body += event.data
                    self.connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            await self.flush()
        return Request(headers, body)

    async def hear(self) -> list[h2.events.Event]:
        """What the client says next; raises ConnectionError when it has gone."""
        octets = await self._reader.read(_CHUNK)
        if not octets:
            raise ConnectionResetError
        self.events += (new := self.connection.receive_data(octets))
        if any(isinstance(event, h2.events.StreamReset | h2.events.ConnectionTerminated) for event in new):
            raise ConnectionResetError
        await self.flush()
        return new

    async def answer(
        self, headers: Sequence[tuple[str, str]], body: bytes = b"", trailers: Sequence[tuple[str, str]] = ()
    ) -> None:
        """A good answer, body in pieces as the client has room."""
        self.connection.send_headers(STREAM, list(headers), end_stream=not body and not trailers)
        while body:
            size = min(self.connection.local_flow_control_window(STREAM), self.connection.max_outbound_frame_size)
            piece, body = body[:size], body[size:]
            if piece:
                self.connection.send_data(STREAM, piece, end_stream=not body and not trailers)
            await self.flush()
            if not size:
                await self.hear()
        if trailers:
            self.connection.send_headers(STREAM, list(trailers), end_stream=True)
        await self.flush()

    async def send(self, octets: bytes) -> None:
        """Bytes as they are."""
        self._writer.write(octets)
        await self._writer.drain()

    async def flush(self) -> None:
        """Sends what the connection has ready."""
        await self.send(self.connection.data_to_send())


def frame(kind: int, flags: int = 0, payload: bytes = b"", *, stream: int = STREAM) -> bytes:
    """The bytes of a frame, good or bad."""
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


Script = Callable[[Talk], Awaitable[None]]
Question = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[T]]


def talk(script: Script, question: Question[T], authority: Authority | None = None) -> T:
    """What a question gives that is put to a server with this script; over TLS with ALPN if there is an authority."""

    async def run() -> T:
        tasks: list[asyncio.Task[None]] = []

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                with suppress(ConnectionError):
                    await script(Talk(reader, writer))
            finally:
                writer.close()

        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            tasks.append(asyncio.ensure_future(serve(reader, writer)))

        ours = _context(authority.issue()) if authority else None
        theirs = _trusting(authority) if authority else None
        server = await asyncio.start_server(accept, LOOPBACK, 0, ssl=ours)
        async with server, asyncio.timeout(_PATIENCE_SECONDS):
            port = server.sockets[0].getsockname()[1]
            reader, writer = await asyncio.open_connection(LOOPBACK, port, ssl=theirs)
            try:
                return await question(reader, writer)
            finally:
                writer.close()
                with suppress(OSError):
                    await writer.wait_closed()
                await _end(tasks)

    return asyncio.run(run())


async def _end(tasks: list["asyncio.Task[None]"]) -> None:
    """Lets scripts see that the client has gone, and raises what went wrong in them."""
    _, waiting = await asyncio.wait(tasks, timeout=1)
    for task in waiting:
        task.cancel()
    for error in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(error, Exception):
            raise error


def _context(pair: Pair) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["h2"])
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        Path(file.name).write_text(pair.key + pair.certificate)
        context.load_cert_chain(file.name)
    return context


def _trusting(authority: Authority) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=authority.certificate)
    context.set_alpn_protocols(["h2"])
    return context
