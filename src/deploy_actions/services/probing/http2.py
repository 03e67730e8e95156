"""One HTTP request over a connection that speaks HTTP/2, and its answer."""

from asyncio import StreamReader, StreamWriter
from collections.abc import Sequence
from urllib.parse import urlsplit

from deploy_actions.core.probing import MOST_BODY_BYTES, HttpProbe
from deploy_actions.services.probing.raw import Raw

_OF_HTTP1 = frozenset({"connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "host"})
"""What HTTP/2 says otherwise, or does not have (RFC 9113, section 8.2.2)."""


async def exchange(
    reader: StreamReader, writer: StreamWriter, request: HttpProbe, headers: Sequence[tuple[str, str]]
) -> Raw:
    """The answer to one request; `headers` are all that is sent, credentials too. Raises Broken.

    The server has agreed to HTTP/2 (ALPN `h2`) or is known to speak it. A `Host` among the headers is the authority.
    """
    from deploy_actions.services.probing.http2_stream import Stream

    body = request.body or b""
    reply = await Stream(reader, writer).ask(_fields(request, headers, body), body, MOST_BODY_BYTES)
    return Raw(reply.status, reply.headers, reply.body, reply.is_cut)


def _fields(request: HttpProbe, headers: Sequence[tuple[str, str]], body: bytes) -> list[tuple[str, str]]:
    """The request line and the headers as HTTP/2 has them."""
    where = urlsplit(request.url)
    given = [(name.lower(), value) for name, value in headers]
    authority = dict(given).get("host") or where.netloc.rpartition("@")[2]
    path = f"{where.path or '/'}?{where.query}" if where.query else where.path or "/"
    fields = [(":method", request.method), (":scheme", where.scheme), (":authority", authority), (":path", path)]
    fields += [(name, value) for name, value in given if name not in _OF_HTTP1]
    if body and "content-length" not in dict(given):
        fields.append(("content-length", str(len(body))))
    return fields
