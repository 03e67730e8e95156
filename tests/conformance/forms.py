"""The forms in which a secret value may not be seen, made by the standard library and not by ours."""

import base64
import html
import json
import re
import shlex
import urllib.parse
from xml.sax.saxutils import escape

LEAST_LENGTH = 4


def forms_of(value: str) -> dict[str, str]:
    """By what was done to it; forms too short to be told from other text are left out."""
    quoted = urllib.parse.quote(value, safe="")
    forms = {
        "plain": value,
        "stripped": value.strip(),
        **{f"line {number}": line.strip() for number, line in enumerate(value.splitlines())},
        **_base64(value),
        "hex": value.encode().hex(),
        "HEX": value.encode().hex().upper(),
        "url": quoted,
        "url, lower case": re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), quoted),
        "url of a path": urllib.parse.quote(value),
        "url plus": urllib.parse.quote_plus(value),
        "json": json.dumps(value)[1:-1],
        "json, raw": json.dumps(value, ensure_ascii=False)[1:-1],
        "html": html.escape(value),
        "xml": escape(value),
        "shell": shlex.quote(value),
        "repr": repr(value)[1:-1],
    }
    return {form: text for form, text in forms.items() if len(text) >= LEAST_LENGTH}


def _base64(value: str) -> dict[str, str]:
    data = value.encode()
    once = base64.b64encode(data)
    forms = {
        "base64": once.decode(),
        "base64, unpadded": once.decode().rstrip("="),
        "base64url": base64.urlsafe_b64encode(data).decode(),
        "base64url, unpadded": base64.urlsafe_b64encode(data).decode().rstrip("="),
        "base64url twice": base64.urlsafe_b64encode(base64.urlsafe_b64encode(data)).decode().rstrip("="),
    }
    for offset in range(3):
        forms[f"base64 at {offset}"] = _within(data, offset)
        forms[f"base64url at {offset}"] = _within(data, offset).replace("+", "-").replace("/", "_")
        forms[f"base64 twice, at {offset}"] = _within(once, offset)
    return forms


def _within(data: bytes, offset: int) -> str:
    """What no neighbour can change of `data` that stands `offset` bytes into a longer encoded text."""
    encoded = base64.b64encode(b"." * offset + data + b"..").decode()
    return encoded[(0, 2, 3)[offset] : (offset + len(data)) * 8 // 6]
