"""Servers on loopback for probes: one that answers by a script, a proxy with a login, and HTTP/2."""

import asyncio
import contextlib
import socket
import ssl
import tempfile
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.http2_server import Script, Talk
from tests.servers import LOOPBACK, Pair

from deploy_actions.core.addresses import Address

Serve = Callable[[socket.socket, bytes], None]
"""Answers a connection whose request's head is this."""

LOGIN = b64encode(b"user:pass word").decode()
"""What `proxy` lets in."""


def context_of(pair: Pair, *protocols: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if protocols:
        context.set_alpn_protocols(protocols)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "pair")
        file.write_text(pair.key + pair.certificate)
        context.load_cert_chain(file)
    return context


@contextmanager
def scripted_server(serve: Serve, pair: Pair | None = None) -> Iterator[Address]:
    """A server that reads the head of each request, a thread each, and then does what the script says."""
    context = context_of(pair) if pair else None

    def one(plain: socket.socket) -> None:
        with contextlib.suppress(OSError), plain:
            connection = context.wrap_socket(plain, server_side=True) if context else plain
            with connection:
                serve(connection, head_of(connection))

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=one, args=[listener.accept()[0]], daemon=True).start()

    with socket.create_server((LOOPBACK, 0), backlog=256) as listener:
        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield Address(LOOPBACK, listener.getsockname()[1])
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def head_of(connection: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head and (octets := connection.recv(65536)):
        head += octets
    return head


def says(*pieces: bytes) -> Serve:
    """A script that answers with these bytes and hangs up."""

    def serve(connection: socket.socket, _head: bytes) -> None:
        for piece in pieces:
            connection.sendall(piece)

    return serve


def for_ever(start: bytes, piece: bytes) -> Serve:
    """A script that never ends its answer."""

    def serve(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(start)
        while True:
            connection.sendall(piece)

    return serve


def ok(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body


@contextmanager
def proxy(target: Address, asked: list[str], pair: Pair | None = None) -> Iterator[Address]:
    """A proxy that asks for `LOGIN`, notes whom it is asked for and then always connects to one target."""

    def serve(client: socket.socket, head: bytes) -> None:
        asked.append(head.split(b"\r\n")[0].decode())
        if f"Proxy-Authorization: Basic {LOGIN}".encode() not in head:
            client.sendall(b"HTTP/1.1 407 Login\r\n\r\n")
            return
        with socket.create_connection((target.host, target.port)) as server:
            client.sendall(b"HTTP/1.1 200 Here\r\n\r\n")
            back = threading.Thread(target=_copy, args=[server, client], daemon=True)
            back.start()
            _copy(client, server)
            back.join()

    with scripted_server(serve, pair) as address:
        yield address


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while octets := source.recv(65536):
            sink.sendall(octets)
        sink.shutdown(socket.SHUT_WR)


@contextmanager
def http2_server(script: Script, pair: Pair | None = None) -> Iterator[Address]:
    """HTTP/2 as `tests.http2_server` scripts it, in a thread of its own."""
    loop = asyncio.new_event_loop()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await script(Talk(reader, writer))
        writer.close()

    context = context_of(pair, "h2") if pair else None
    server = loop.run_until_complete(asyncio.start_server(serve, LOOPBACK, 0, ssl=context))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield Address(LOOPBACK, server.sockets[0].getsockname()[1])
    finally:
        asyncio.run_coroutine_threadsafe(_closed(server), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _closed(server: asyncio.Server) -> None:
    server.close()
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
