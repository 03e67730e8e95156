"""What a gRPC server says of its health: `grpc.health.v1.Health/Check`, asked over HTTP/2.

There is no grpcio here: seven megabytes of machine code for each system, to send and to read one field.
"""

from asyncio import StreamReader, StreamWriter
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from deploy_actions import __version__
from deploy_actions.services.probing.raw import Broken

if TYPE_CHECKING:
    from deploy_actions.services.probing.http2_stream import Reply

_MOST_BYTES = 1024
"""Of the answer's message, which has two bytes where the server knows no newer fields."""

_PREFIX_BYTES = 5
_HTTP_OK = 200
_STATUSES = (
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
)
_MEANINGS = {
    "NOT_FOUND": ": it knows no service of this name",
    "UNIMPLEMENTED": ": it does not offer grpc.health.v1.Health",
}
_VARINT, _LENGTH = 0, 2
_FIXED_BYTES = {1: 8, 5: 4}
_LONGEST_VARINT_BYTES = 10
_MORE = 0x80


async def check(  # noqa: PLR0913  # what is asked, and over what
    reader: StreamReader, writer: StreamWriter, authority: str, service: str, *, tls: bool
) -> int:
    """The `ServingStatus` of a service (1 is SERVING), or of the server for an empty name. Raises Broken."""
    from deploy_actions.services.probing.http2_stream import Stream

    fields = [
        (":method", "POST"),
        (":scheme", "https" if tls else "http"),
        (":authority", authority),
        (":path", "/grpc.health.v1.Health/Check"),
        ("te", "trailers"),
        ("content-type", "application/grpc"),
        ("user-agent", f"deploy-actions/{__version__}"),
    ]
    message = _question(service)
    body = b"\0" + len(message).to_bytes(4, "big") + message
    reply = await Stream(reader, writer).ask(fields, body, _MOST_BYTES)
    _judge(reply)
    return _serving_status(_message(reply))


def _question(service: str) -> bytes:
    """A `HealthCheckRequest`: field 1 is the name, and left out where it is empty."""
    name = service.encode()
    return b"\x0a" + _varint(len(name)) + name if name else b""


def _varint(number: int) -> bytes:
    octets = bytearray()
    while number >= _MORE:
        octets.append(number % _MORE | _MORE)
        number //= _MORE
    return bytes([*octets, number])


def _judge(reply: "Reply") -> None:
    """Raises Broken for what is no answer of gRPC, or one that says something went wrong."""
    if reply.status != _HTTP_OK:
        raise Broken(f"the server answers with HTTP status {reply.status} in place of gRPC")
    if not reply.headers.get("content-type", "").startswith("application/grpc"):
        raise Broken("the server answers, but not in gRPC: its content type is not application/grpc")
    if reply.is_cut:
        raise Broken(f"the message of the answer is longer than {_MOST_BYTES} bytes")
    status = reply.trailers.get("grpc-status", reply.headers.get("grpc-status"))
    if status is None:
        raise Broken("the answer has no grpc-status: something between here and the server drops trailers")
    if status != "0":
        name = next((name for code, name in enumerate(_STATUSES) if status == str(code)), "a status that gRPC has not")
        raise Broken(f"the server answers with gRPC status {name}{_MEANINGS.get(name, '')}")


def _message(reply: "Reply") -> bytes:
    prefix, message = reply.body[:_PREFIX_BYTES], reply.body[_PREFIX_BYTES:]
    if len(prefix) < _PREFIX_BYTES or int.from_bytes(prefix[1:], "big") != len(message):
        raise Broken("the answer does not hold exactly one message of gRPC")
    if prefix[0] != 0:
        raise Broken("the message of the answer is compressed, which it was not asked to be")
    return message


def _serving_status(message: bytes) -> int:
    """Field 1 of a `HealthCheckResponse`, 0 (UNKNOWN) where there is none; fields of newer versions are passed over."""
    octets, status = iter(message), 0
    for first in octets:
        tag = _number(chain([first], octets))
        kind = tag % 8
        value = _number(octets) if kind in (_VARINT, _LENGTH) else 0
        if tag == 1 << 3 | _VARINT:
            status = value
        elif kind != _VARINT:
            _pass_over(octets, value if kind == _LENGTH else _FIXED_BYTES.get(kind, len(message)))
    return status


def _number(octets: Iterator[int]) -> int:
    number = 0
    for place, octet in zip(range(_LONGEST_VARINT_BYTES), octets, strict=False):
        number |= octet % _MORE << 7 * place
        if octet < _MORE:
            return number
    raise _no_message()


def _pass_over(octets: Iterator[int], count: int) -> None:
    for _ in range(count):
        if next(octets, None) is None:
            raise _no_message()


def _no_message() -> Broken:
    return Broken("the message of the answer is no HealthCheckResponse")
