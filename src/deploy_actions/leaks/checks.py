"""The proofs that a rule can ask for by name, besides its pattern."""

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping
from functools import lru_cache

from deploy_actions.credentials import jwt
from deploy_actions.credentials.credential import Unreadable
from deploy_actions.credentials.reading import base64_bytes, json_object
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
    text = token.decode()
    try:
        claims = base64_bytes(text.split(".")[1])
        json_object(claims)
    except Unreadable:
        return False
    return jwt.recognises(text) and not any(word in claims for word in _SAMPLE_SUBJECTS)


def _user_and_password(secret: bytes, _before: bytes) -> bool:
    try:
        user, colon, password = base64_bytes(secret.decode()).partition(b":")
    except Unreadable:
        return False
    return bool(user and colon and password) and (user + password).isascii() and not innocent.always(password)


CHECKS: Mapping[str, Check] = {
    "mixed": _mixed,
    "has-digit": _has_digit,
    "free-form": _free_form,
    "password": _password,
    "key-material": _key_material,
    "jwt": _jwt,
    "user-and-password": _user_and_password,
}
