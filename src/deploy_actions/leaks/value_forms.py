"""Gives every form in which a known value can stand in a log, each under its name."""

import re
from binascii import b2a_base64
from collections.abc import Iterable, Iterator

from deploy_actions.core.encodings import (
    base64_cores,
    json_escaped,
    shell_quoted,
    stripped_lines,
    url_encoded,
    xml_escaped,
)
from deploy_actions.leaks.joining import joined, plain
from deploy_actions.leaks.targets import LEAST_CHARACTERS, is_common

_SEPARATORS = ("", " ", ":", "-", ",", ", ", "0x", " 0x", ", 0x", ",0x", "\\x", "%", "=")
_KEY_AND_VALUE = re.compile(r"\s*[\"']?[\w.-]+[\"']?\s*[:=].*|\s*[\[\]{}(),]+\s*")
_RANDOM = re.compile(r"(?=[A-Za-z0-9+/_=-]{0,40}?[0-9])(?=[A-Za-z0-9+/_=-]{0,40}?[A-Za-z])[A-Za-z0-9+/_=-]{16,}")
_DELIMITER = re.compile(r"-----(BEGIN|END) [A-Z0-9 ]+-----")

Forms = dict[bytes, str]


def value_forms(value: str) -> Forms:
    """Each form as it reads in a log whose lines are joined, and its name; of two that read the same, the plainer."""
    forms: Forms = {}
    for text in dict.fromkeys((value, value.strip())):
        for name, form in _forms_of(text):
            _add(forms, name, form)
    for line in _telling_lines(value):
        for name, form in _forms_of(line):
            _add(forms, "line" if name == "plain" else f"line-{name}", form)
    return forms


def _add(forms: Forms, name: str, form: bytes) -> None:
    text = joined(plain(form))
    if len(text) >= LEAST_CHARACTERS:
        forms.setdefault(text, name)


def _telling_lines(value: str) -> Iterator[str]:
    """The lines of a multi-line value that tell it; of one with keys and delimiters, those with something random."""
    lines = stripped_lines(value)
    if len(lines) < 2:  # noqa: PLR2004  # one line
        return
    structured = sum(bool(_KEY_AND_VALUE.fullmatch(line)) for line in lines) * 2 > len(lines)
    for line in lines:
        if len(line) < LEAST_CHARACTERS or is_common(line) or _DELIMITER.fullmatch(line):
            continue
        if not structured or _RANDOM.search(line):
            yield line


def _forms_of(text: str) -> Iterator[tuple[str, bytes]]:
    data = text.encode("utf-8", "surrogateescape")
    yield "plain", data
    yield from _named("base64", base64_cores(data))
    yield from _named("double-base64", _twice(data))
    for separator in _SEPARATORS:
        yield from (("hex", form) for form in _hexadecimal(data, separator))
    yield from _named("url-encoded", url_encoded(data))
    yield from _named("json-escaped", json_escaped(text))
    yield from _named("xml-escaped", (*xml_escaped(text), _numeric_references(text)))
    yield from _named("shell-quoted", shell_quoted(text))
    yield from _named("python-repr", (repr(text)[1:-1], repr(data)[2:-1], ascii(text)[1:-1]))
    yield from _named("c-escaped", _c_escaped(text, data))
    yield from _named("reversed", (text[::-1],))
    for encoding in ("utf-16-le", "utf-16-be"):
        yield "utf-16", text.encode(encoding, "surrogatepass")


def _named(name: str, texts: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    return ((name, text.encode("utf-8", "surrogateescape")) for text in texts)


def _twice(data: bytes) -> Iterator[str]:
    """Base64 of base64: of the whole in both alphabets, with and without padding, and of each part at an offset."""
    whole = b2a_base64(data, newline=False).decode()
    once = (whole, whole.rstrip("="), *base64_cores(data))
    for text in dict.fromkeys((*once, *(text.translate(_TO_URL_SAFE) for text in once))):
        yield from base64_cores(text.encode())


_TO_URL_SAFE = str.maketrans("+/", "-_")


def _hexadecimal(data: bytes, separator: str) -> Iterator[bytes]:
    for digits in (data.hex(), data.hex().upper()):
        pairs = separator.join(digits[at : at + 2] for at in range(0, len(digits), 2))
        yield pairs.encode()


def _numeric_references(text: str) -> str:
    return "".join(f"&#{ord(character)};" for character in text)


def _c_escaped(text: str, data: bytes) -> Iterator[str]:
    """As C, Go and JavaScript write it: octal, hexadecimal or Unicode escapes for what is not printable ASCII."""
    for style in ("\\{:03o}", "\\x{:02x}", "\\x{:02X}"):
        yield "".join(_SHORT.get(chr(byte)) or _printable(byte) or style.format(byte) for byte in data)
        yield "".join((chr(byte) not in _QUOTES and _printable(byte)) or style.format(byte) for byte in data)
    yield "".join(_SHORT.get(one) or (one if " " <= one <= "~" else _unicode_escape(one)) for one in text)


_SHORT = {
    "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v", "\f": "\\f", "\b": "\\b", "\a": "\\a", "\\": "\\\\", '"': '\\"',
}  # fmt: skip


_QUOTES = "\"'\\"


def _printable(byte: int) -> str:
    return chr(byte) if ord(" ") <= byte <= ord("~") else ""


def _unicode_escape(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004  # the Basic Multilingual Plane
