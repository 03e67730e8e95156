"""Reads the forms that several kinds share: base64, JSON, moments, addresses, PEM. No error quotes a value."""

import re
from binascii import Error, a2b_base64
from datetime import UTC, datetime
from typing import Any

import msgspec

from deploy_actions.core.moments import moment_of
from deploy_actions.credentials.credential import NoDate, Unreadable

_PEM_BOUNDARY = re.compile(r"-----(BEGIN|END) ([A-Z0-9 ]{1,60})-----")
_SEQUENCE, _INDEFINITE = 0x30, 0x80
_URL = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*)://([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.DOTALL)


def base64_bytes(text: str, what: str = "it") -> bytes:
    """The bytes of base64 or base64url, padded or not, with line ends or not."""
    joined = re.sub(r"\s+", "", text).replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return a2b_base64(joined + "=" * (-len(joined) % 4), strict_mode=True)
    except (Error, ValueError):
        raise Unreadable(f"{what} is no base64") from None


def json_object(text: str | bytes, what: str = "it") -> dict[str, Any]:
    """The JSON object in a text."""
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except (ValueError, RecursionError):
        raise Unreadable(f"{what} is not a JSON object") from None


def moment_from_seconds(seconds: object, what: str) -> datetime:
    """The moment of a number of seconds since 1970. Raises NoDate."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise NoDate(f"{what} is not a number")
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise NoDate(f"{what} is no date between the years 1 and 9999") from None


def moment_from_text(text: object, what: str) -> datetime:
    """The moment of an ISO 8601 date or date and time; without an offset it is UTC. Raises NoDate."""
    try:
        return moment_of(text if isinstance(text, str) else "")
    except ValueError:
        raise NoDate(f"{what} is no date between the years 1 and 9999") from None


def blocks(text: str) -> list[tuple[str, str]]:
    """What stands between each BEGIN and its END: label and inside, with Unix line ends; in one pass."""
    found, opened = [], None
    for boundary in _PEM_BOUNDARY.finditer(text):
        if boundary[1] == "BEGIN":
            opened = boundary
        elif opened and opened[2] == boundary[2]:
            found.append((boundary[2], text[opened.end() : boundary.start()].replace("\r\n", "\n")))
            opened = None
    return found


def pem_blocks(text: str) -> list[tuple[str, str]]:
    """The PEM blocks (RFC 7468) in a text: label and body without white space and headers."""
    return [(label, _body(inside)) for label, inside in blocks(text)]


def _body(inside: str) -> str:
    after_headers = inside.rpartition("\n\n")[2] if ":" in inside else inside
    return re.sub(r"\s+", "", after_headers)


def concerns_about_lines(text: str) -> tuple[str, ...]:
    """That a BEGIN or an END has not a line to itself: our loaders take that, OpenSSL and ssh do not."""
    if all(_has_a_line(text, boundary) for boundary in _PEM_BOUNDARY.finditer(text)):
        return ()
    return ("its BEGIN and END do not stand on lines of their own, so that OpenSSL and ssh do not take it",)


def _has_a_line(text: str, boundary: re.Match[str]) -> bool:
    before, after = text[max(boundary.start() - 1, 0) : boundary.start()], text[boundary.end() : boundary.end() + 1]
    return before in ("", "\n") and after in ("", "\r", "\n")


def hint_at_line_ends(text: str) -> str:
    """What to add to a message about a text whose line ends were written as a backslash and an `n`."""
    return "; it holds `\\n` as two characters where line ends belong" if "\\n" in text else ""


def is_whole_der(data: bytes) -> bool:
    """Whether the data are one ASN.1 sequence and nothing else; of one without a stated length, that it is closed."""
    if len(data) < 2 or data[0] != _SEQUENCE:  # noqa: PLR2004  # tag and length
        return False
    if data[1] == _INDEFINITE:
        return data.endswith(b"\0\0")
    start, length = der_length(data, 1)
    return len(data) == start + length


def der_length(data: bytes, at: int) -> tuple[int, int]:
    """Where the content begins whose length stands at `at`, and the length; to the end of the data if it is none."""
    first = data[at]
    if first < _INDEFINITE:
        return at + 1, first
    count = first & 0x7F
    if not 0 < count <= 8:  # noqa: PLR2004  # bytes: a longer one is longer than any memory
        return at + 1, len(data)
    return at + 1 + count, int.from_bytes(data[at + 1 : at + 1 + count], "big")


def query_fields(query: str) -> dict[str, str]:
    """The fields of a query string by name, decoded; of a repeated name the last."""
    pairs = (pair.partition("=") for pair in query.lstrip("?").split("&"))
    return {percent_decoded(name): percent_decoded(value) for name, equals, value in pairs if equals}


def url_parts(text: str) -> tuple[str, str, str, str] | None:
    """Scheme in lower case, authority, path and query of an address (RFC 3986, appendix B); None if it is none."""
    found = _URL.fullmatch(text)
    return (found[1].lower(), found[2], found[3], found[4] or "") if found else None


def percent_decoded(text: str) -> str:
    """The text with its `%41` made letters; what is no UTF-8 then is replaced."""
    if "%" not in text:
        return text
    pieces = re.split(r"((?:%[0-9A-Fa-f]{2})+)", text)
    return "".join(
        bytes.fromhex(piece.replace("%", "")).decode("utf-8", "replace") if index % 2 else piece
        for index, piece in enumerate(pieces)
    )
