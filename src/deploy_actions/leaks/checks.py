"""The proofs that a rule can ask for by name, besides its pattern."""

import json
import math
import re
from binascii import Error, a2b_base64
from collections import Counter
from collections.abc import Callable, Mapping
from functools import lru_cache

from deploy_actions.leaks import innocent

Check = Callable[[bytes, bytes], bool]
"""Whether what leaked, with the text before it in the line, holds."""

_STAMP = re.compile(rb"20..-..-..T..:..:..\........Z |\\[nr]|[\s\-]|[A-Za-z-]+: [^\n]*\n")
_LEAST_KEY = 64
_KEY_ENTROPY = 3.5
_CLASSES = tuple(re.compile(pattern) for pattern in (rb"[a-z]", rb"[A-Z]", rb"[0-9]", rb"[^A-Za-z0-9]"))
_SAMPLE_SUBJECTS = (b'"1234567890"', b"John Doe")


@lru_cache(4096)
def entropy(text: bytes) -> float:
    """Shannon's entropy, in bits a byte."""
    size = len(text)
    return -sum(count / size * math.log2(count / size) for count in Counter(text).values()) if size else 0.0


def expiry(token: bytes) -> int | None:
    """When a JWT ends, in seconds since 1970; None if it does not say."""
    claims = _json(token.split(b".")[1])
    moment = claims.get("exp") if claims else None
    return moment if isinstance(moment, int) else None


def _mixed(secret: bytes, _before: bytes) -> bool:
    return bool(_CLASSES[2].search(secret)) and any(one.search(secret) for one in _CLASSES[:2])


def _has_digit(secret: bytes, _before: bytes) -> bool:
    return bool(_CLASSES[2].search(secret))


def _free_form(secret: bytes, before: bytes) -> bool:
    return not innocent.of_free_form(secret) and not innocent.is_digest(secret, before)


def _password(secret: bytes, _before: bytes) -> bool:
    """Something that a person or a generator chose: of two classes of characters or more, and no word or variable."""
    return sum(bool(one.search(secret)) for one in _CLASSES) > 1 and not innocent.of_free_form(secret)


def _key_material(secret: bytes, _before: bytes) -> bool:
    material = _STAMP.sub(b"", secret)
    return len(material) >= _LEAST_KEY and entropy(material) >= _KEY_ENTROPY


def _jwt(token: bytes, _before: bytes) -> bool:
    header, claims, _ = token.split(b".", 2)
    read = _json(header)
    body = _json(claims)
    return bool(read and "alg" in read and body is not None) and not any(
        word in _decoded(claims) for word in _SAMPLE_SUBJECTS
    )


def _user_and_password(secret: bytes, _before: bytes) -> bool:
    user, colon, password = _decoded(secret).partition(b":")
    return bool(user and colon and password) and (user + password).isascii() and not innocent.always(password)


def _json(part: bytes) -> dict[str, object] | None:
    try:
        read = json.loads(_decoded(part))
    except ValueError:
        return None
    return read if isinstance(read, dict) else None


def _decoded(part: bytes) -> bytes:
    """The bytes of base64 or base64url, with or without padding; none for what is neither."""
    try:
        return a2b_base64(
            part.translate(bytes.maketrans(b"-_", b"+/")).rstrip(b"=") + b"=" * (-len(part.rstrip(b"=")) % 4)
        )
    except Error:
        return b""


CHECKS: Mapping[str, Check] = {
    "mixed": _mixed,
    "has-digit": _has_digit,
    "free-form": _free_form,
    "password": _password,
    "key-material": _key_material,
    "jwt": _jwt,
    "user-and-password": _user_and_password,
}
