"""Writes a known value into a log in each form that a program may print, independently of how they are searched for."""

import base64
import codecs
import json
import random
import shlex
import textwrap
import urllib.parse
from collections.abc import Callable
from xml.sax.saxutils import escape

STAMP = "2026-01-02T03:04:05.1234567Z "

Written = Callable[[str, random.Random], str]


def _utf8(value: str) -> bytes:
    return value.encode()


def _base64_within(value: str, source: random.Random, *, url_safe: bool = False) -> str:
    data = bytes(source.randrange(33, 127) for _ in range(source.randrange(4))) + _utf8(value)
    data += bytes(source.randrange(33, 127) for _ in range(source.randrange(4)))
    encode = base64.urlsafe_b64encode if url_safe else base64.b64encode
    return encode(data).decode()


def _hexdump(value: str, source: random.Random) -> str:
    data = bytes(source.randrange(33, 127) for _ in range(source.randrange(16))) + _utf8(value)
    rows = (data[at : at + 16] for at in range(0, len(data), 16))
    shown = (
        "".join(chr(byte) if 32 <= byte < 127 else "." for byte in data[at : at + 16]) for at in range(0, len(data), 16)
    )
    return "\n".join(
        f"{STAMP}{number * 16:08x}  {row[:8].hex(' ')}  {row[8:].hex(' ')}  |{text}|"
        for number, (row, text) in enumerate(zip(rows, shown, strict=True))
    )


def _xxd(value: str, source: random.Random) -> str:
    data = bytes(source.randrange(33, 127) for _ in range(source.randrange(16))) + _utf8(value)
    rows = [data[at : at + 16] for at in range(0, len(data), 16)]
    return "\n".join(f"{STAMP}{number * 16:08x}: {row.hex(' ', -2)}  x" for number, row in enumerate(rows))


def _split(value: str, source: random.Random) -> str:
    at = source.randrange(1, len(value))
    return f"{value[:at]}\n{STAMP}{value[at:]}"


def _wrapped(value: str, source: random.Random) -> str:
    width = source.randrange(8, 40)
    return f"\n{STAMP}".join(value[at : at + width] for at in range(0, len(value), width))


def _coloured(value: str, source: random.Random) -> str:
    at = source.randrange(1, len(value))
    return f"{value[:at]}\x1b[1;31m{value[at:]}\x1b[0m"


def _wrapped_base64(value: str, source: random.Random) -> str:
    text = _base64_within(value, source)
    return f"\n{STAMP}".join(text[at : at + 76] for at in range(0, len(text), 76))


FORMS: dict[str, Written] = {
    "plain": lambda value, _: value,
    "base64": _base64_within,
    "base64url": lambda value, source: _base64_within(value, source, url_safe=True),
    "unpadded": lambda value, source: _base64_within(value, source).rstrip("="),
    "double base64": lambda value, source: base64.b64encode(_base64_within(value, source).encode()).decode(),
    "wrapped base64": _wrapped_base64,
    "hex": lambda value, _: _utf8(value).hex(),
    "HEX": lambda value, _: _utf8(value).hex().upper(),
    "hex with colons": lambda value, _: _utf8(value).hex(":"),
    "hex with spaces": lambda value, _: _utf8(value).hex(" "),
    "hex bytes": lambda value, _: ", ".join(f"0x{byte:02x}" for byte in _utf8(value)),
    "wrapped hex": lambda value, _: f"\n{STAMP}".join(textwrap.wrap(_utf8(value).hex(), 64)),
    "wrapped hex with spaces": lambda value, _: f"\n{STAMP}".join(textwrap.wrap(_utf8(value).hex(" "), 48)),
    "hexdump": _hexdump,
    "xxd": _xxd,
    "url": lambda value, _: urllib.parse.quote(value, safe=""),
    "form": lambda value, _: urllib.parse.quote_plus(value),
    "json": lambda value, _: json.dumps(value),
    "raw json": lambda value, _: json.dumps(value, ensure_ascii=False),
    "xml": lambda value, _: escape(value, {'"': "&quot;"}),
    "shell": lambda value, _: shlex.quote(value),
    "repr": lambda value, _: repr(value),
    "bytes": lambda value, _: repr(_utf8(value)),
    "c": lambda value, _: "".join(
        chr(b) if 32 <= b < 127 and chr(b) not in "\"'\\" else f"\\x{b:02x}" for b in _utf8(value)
    ),
    "reversed": lambda value, _: value[::-1],
    "ansi": _coloured,
    "over lines": _split,
    "wrapped": _wrapped,
    "utf-16": lambda value, _: value.encode("utf-16-le").decode("latin-1"),
}

AS_BYTES = frozenset({"utf-16"})


def written(form: str, value: str, source: random.Random) -> bytes:
    """A log with the value in a form, between other lines."""
    text = FORMS[form](value, source)
    data = text.encode("latin-1") if form in AS_BYTES else text.encode()
    before = f"\ufeff{STAMP}##[group]Run make\n{STAMP}out: ".encode()
    return codecs.BOM_UTF8[:0] + before + data + f" end\n{STAMP}done\n".encode()
