"""Gives the forms in which a secret value can stand in a text: plain, encoded, escaped, quoted."""

import re
from binascii import b2a_base64
from collections.abc import Iterator
from functools import cache

from deploy_actions.core.secret import MINIMUM_MASKABLE_LENGTH

_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ENCODE_URI_COMPONENT = _UNRESERVED | frozenset(b"!'()*")
_IN_DOUBLE_QUOTES = re.compile(r'["\\$`]')
_NOT_SHELL_PLAIN = re.compile(r"[^A-Za-z0-9_@%+=:,./-]")
_THE_SAME_EVERYWHERE = re.compile(r"[A-Za-z0-9_.-]*")
"""What no escape and no quoting changes, as most tokens are."""

_FIRST_STABLE_CHARACTER = (0, 2, 3)


def forms(value: str) -> frozenset[str]:
    """Every form of `value` worth looking for in a text; forms of fewer than 4 characters are left out."""
    found: set[str] = set()
    for text in {value, value.strip()}:
        found.update(_forms_of(text))
    found.update(stripped_lines(value))
    return frozenset(form for form in found if len(form) >= MINIMUM_MASKABLE_LENGTH)


def stripped_lines(text: str) -> list[str]:
    """The lines as the runner splits a log and a secret, without white space around them; the first may be empty."""
    return [line.strip() for line in re.split(r"[\r\n]+", text)]


def _forms_of(text: str) -> Iterator[str]:
    data = text.encode("utf-8", "surrogateescape")
    yield text
    yield from hexadecimal(data)
    yield from _twice_base64(data)
    if _THE_SAME_EVERYWHERE.fullmatch(text):
        return
    yield from url_encoded(data)
    yield from json_escaped(text)
    yield from xml_escaped(text)
    yield from shell_quoted(text)


def hexadecimal(data: bytes) -> Iterator[str]:
    """In lower and in upper case."""
    yield data.hex()
    yield data.hex().upper()


def _twice_base64(data: bytes) -> Iterator[str]:
    for once in _base64(data):
        yield once
        yield from _base64(once.encode())


def _base64(data: bytes) -> Iterator[str]:
    """Base64 and base64url, whole with and without padding, and what stays the same at each of the three offsets."""
    for standard in (_base64_text(data), *_base64_at_offsets(data)):
        url_safe = standard.replace("+", "-").replace("/", "_")
        for text in (standard, url_safe):
            yield text
            yield text.rstrip("=")


def base64_cores(data: bytes) -> Iterator[str]:
    """What stays the same at each of the three offsets, whatever stands around it, in base64 and base64url."""
    for standard in _base64_at_offsets(data):
        yield standard
        yield standard.replace("+", "-").replace("/", "_")


def _base64_at_offsets(data: bytes) -> Iterator[str]:
    """What stays the same whatever stands before and after `data` in the encoded text."""
    for offset, first in enumerate(_FIRST_STABLE_CHARACTER):
        last = (offset + len(data)) * 8 // 6
        yield _base64_text(bytes(offset) + data)[first:last]


def _base64_text(data: bytes) -> str:
    return b2a_base64(data, newline=False).decode("ascii")


def url_encoded(data: bytes) -> Iterator[str]:
    """As `encodeURIComponent`, a path and a form encode it, in both cases; a space as `%20` and as `+`."""
    text = data.decode("latin-1")  # one character a byte
    for table in _percent_tables():
        encoded = text.translate(table)
        yield encoded
        yield encoded.replace("%20", "+")


@cache
def _percent_tables() -> tuple[dict[int, str], ...]:
    """For each style, what takes the place of each byte that is not safe in it."""
    return tuple(
        {byte: style % byte for byte in range(256) if byte not in safe}
        for safe in (_UNRESERVED, _UNRESERVED | frozenset(b"/"), _ENCODE_URI_COMPONENT)
        for style in ("%%%02X", "%%%02x")
    )


def json_escaped(text: str) -> Iterator[str]:
    """The escapes of JSON writers: raw and ASCII, `/` escaped or not, `<>&` escaped as Go does; and Python's `repr`."""
    raw = text.translate(_JSON_ESCAPES)
    ascii_only = raw if raw.isascii() else "".join(map(_ascii_escaped, raw))
    for escaped in {raw, ascii_only.replace("\x7f", "\\u007f")}:
        yield escaped
        yield escaped.replace("/", "\\/")
        yield escaped.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    yield repr(text)[1:-1]


_JSON_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_JSON_ESCAPES = {code: f"\\u{code:04x}" for code in range(32)} | {ord(key): text for key, text in _JSON_SHORT.items()}


def _ascii_escaped(character: str) -> str:
    if character.isascii():
        return character
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))


def xml_escaped(text: str) -> Iterator[str]:
    """With and without the quotes escaped, in four styles."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    yield escaped
    for double, single in (("&quot;", "'"), ("&quot;", "&apos;"), ("&quot;", "&#x27;"), ("&#34;", "&#39;")):
        yield escaped.replace('"', double).replace("'", single)


def shell_quoted(text: str) -> Iterator[str]:
    """Inside single quotes (two styles), inside double quotes, by backslashes, and as `$'…'`."""
    yield text.replace("'", "'\"'\"'")
    yield text.replace("'", "'\\''")
    yield _IN_DOUBLE_QUOTES.sub(r"\\\g<0>", text)
    yield _NOT_SHELL_PLAIN.sub(r"\\\g<0>", text)
    ansi_c = text.replace("\\", "\\\\").replace("'", "\\'")
    yield ansi_c.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
