"""One HTTP/1.1 request over an open connection, and its answer."""

from asyncio import StreamReader, StreamWriter
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import h11

from deploy_actions.core.probing import MOST_BODY_BYTES, HttpProbe
from deploy_actions.services.probing.raw import Broken, Raw, Unsent, joined

_CHUNK_BYTES = 64 * 1024


async def exchange(
    reader: StreamReader, writer: StreamWriter, request: HttpProbe, headers: Sequence[tuple[str, str]]
) -> Raw:
    """The answer to one request; `headers` are all that is sent, credentials too. Raises Broken."""
    machine = h11.Connection(h11.CLIENT)
    try:
        writer.write(_sent(machine, request, headers))
        return await _answer(machine, reader)
    except h11.RemoteProtocolError:
        raise Broken("the answer is broken off, or no HTTP") from None
    except (h11.LocalProtocolError, UnicodeEncodeError):
        raise Unsent("the request was not sent: it holds what no request can") from None


def _sent(machine: h11.Connection, request: HttpProbe, headers: Sequence[tuple[str, str]]) -> bytes:
    where = urlsplit(request.url)
    target = f"{where.path or '/'}?{where.query}" if where.query else where.path or "/"
    fields = [*headers, ("Connection", "close")]
    if request.body is not None:
        fields.append(("Content-Length", str(len(request.body))))
    parts = [machine.send(h11.Request(method=request.method, target=target, headers=fields))]
    if request.body:
        parts.append(machine.send(h11.Data(data=request.body)))
    parts.append(machine.send(h11.EndOfMessage()))
    return b"".join(part for part in parts if part)


async def _answer(machine: h11.Connection, reader: StreamReader) -> Raw:
    status, headers, body = 0, {}, bytearray()
    while True:
        event: Any = machine.next_event()
        if event is h11.NEED_DATA:
            machine.receive_data(await reader.read(_CHUNK_BYTES))
        elif isinstance(event, h11.Response):
            status, headers = event.status_code, joined(event.headers)
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > MOST_BODY_BYTES:
                return Raw(status, headers, bytes(body[:MOST_BODY_BYTES]), is_cut=True)
        elif isinstance(event, h11.EndOfMessage):
            return Raw(status, headers, bytes(body), is_cut=False)
        elif not isinstance(event, h11.InformationalResponse):
            raise Broken("the server broke off the connection")
