"""API tokens of PyPI: macaroons, whose caveats can hold a time span."""

from collections.abc import Iterator

import msgspec

from deploy_actions.credentials.credential import Credential, Kind, Unreadable
from deploy_actions.credentials.reading import base64_bytes, moment_from_seconds

_VERSION, _END, _LOCATION, _IDENTIFIER, _SIGNATURE = 2, 0, 1, 2, 6
_TIME_SPAN = 0


def recognises(value: str) -> bool:
    """The prefix and, in base64, version 2 and a location: `pypi-` alone begins many a name."""
    return value.startswith("pypi-AgE")


def read(value: str) -> Credential:
    """Location and time span. Raises Unreadable, or NoDate."""
    if not recognises(value):
        raise Unreadable("it does not begin with `pypi-AgE`")
    fields = list(_fields(base64_bytes(value.removeprefix("pypi-"), "what follows `pypi-`")))
    location = next((content for kind, content in fields if kind == _LOCATION), b"").decode("utf-8", "replace")
    if not location or fields[-1][0] != _SIGNATURE:
        raise Unreadable("it is no whole macaroon")
    caveats = [content for kind, content in fields if kind == _IDENTIFIER][1:]
    spans = [span for span in map(_span, caveats) if span]
    return Credential(
        kind="PyPI API token",
        issuer=location,
        not_before=max((moment_from_seconds(start, "its start") for _, start in spans), default=None),
        expires=min((moment_from_seconds(end, "its end") for end, _ in spans), default=None),
        note=f"It carries {len(caveats)} restrictions.",
    )


def _span(caveat: bytes) -> tuple[int, int] | None:
    """End and start, in this order, of a caveat `[0, end, start]`; None for another caveat."""
    try:
        tag, *numbers = msgspec.json.decode(caveat, type=list[object])
    except (ValueError, RecursionError):
        return None
    if tag != _TIME_SPAN or isinstance(tag, bool) or len(numbers) != 2:  # noqa: PLR2004  # end and start
        return None
    end, start = numbers
    if type(end) is not int or type(start) is not int:
        raise Unreadable("its time span is not two numbers")
    return end, start


def _fields(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The fields of a macaroon in binary version 2 (libmacaroons, format.txt)."""
    if data[:1] != bytes([_VERSION]):
        raise Unreadable("it is no macaroon of version 2")
    at = 1
    while at < len(data):
        kind, at = _number(data, at)
        if kind == _END:
            continue
        length, at = _number(data, at)
        if at + length > len(data):
            raise Unreadable("it is cut off")
        yield kind, data[at : at + length]
        at += length


def _number(data: bytes, at: int) -> tuple[int, int]:
    """A number of 7 bits a byte, and where the next thing begins."""
    number = 0
    for shift in range(0, 35, 7):
        if at >= len(data):
            break
        number |= (data[at] & 0x7F) << shift
        at += 1
        if data[at - 1] < 0x80:  # noqa: PLR2004  # the high bit says that more follows
            return number, at
    raise Unreadable("it is cut off")


KIND = Kind(
    name="pypi-token",
    title="PyPI API token",
    checked="it is a whole macaroon; the time span among its restrictions",
    not_checked="its signature; restrictions other than of time",
    source="https://docs.pypi.org/api/secrets/",
    recognises=recognises,
    read=read,
    states_expiry=True,
)
