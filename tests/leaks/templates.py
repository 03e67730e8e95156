"""Fills the templates of the rules' examples at run time, so that nothing that looks like a secret is committed."""

import base64
import json
import random
import re
import string
import textwrap
import uuid
from collections.abc import Callable

_B32 = string.ascii_uppercase + "234567"
_BECH32 = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"
ALPHABETS = {
    "alnum": string.ascii_letters + string.digits,
    "alpha": string.ascii_letters,
    "lowernum": string.ascii_lowercase + string.digits,
    "UPPERNUM": string.ascii_uppercase + string.digits,
    "digits": string.digits,
    "hex": "0123456789abcdef",
    "HEX": "0123456789ABCDEF",
    "b32": _B32,
    "bech32": _BECH32,
    "b64": string.ascii_letters + string.digits + "+/",
    "b64url": string.ascii_letters + string.digits + "-_",
    "password": string.ascii_letters + string.digits + "!#%^*_+~.-",
}
_FIELD = re.compile(
    r"\{(" + "|".join(ALPHABETS) + r"):([0-9]+)\}|\{(uuid|jwt|jwt-example|userpass)\}|\{(pem[a-z-]*):([A-Z0-9 ]+)\}"
)
_STAMP = "2026-01-02T03:04:05.1234567Z "


def filled(template: str, seed: int) -> str:
    """The template with something random, the same for the same seed, in place of each field."""
    source = random.Random(f"{template} {seed}")

    def fill(found: re.Match[str]) -> str:
        if found[1]:
            return characters(source, found[1], int(found[2]))
        if found[3]:
            return _OTHERS[found[3]](source)
        return _pem(source, found[4], found[5])

    return _FIELD.sub(fill, template)


def characters(source: random.Random, alphabet: str, length: int) -> str:
    """Random characters, with a digit and both cases where the alphabet has them, beginning and ending plainly."""
    letters = ALPHABETS[alphabet]
    plain = [letter for letter in letters if letter.isalnum()]
    while True:
        middle = "".join(source.choices(letters, k=max(0, length - 2)))
        text = (source.choice(plain) + middle + source.choice(plain))[:length]
        if length < 10 or (_is_random(text, letters) and not re.search(r"(.)\1{4}|xxxx", text, re.IGNORECASE)):
            return text


def _is_random(text: str, letters: str) -> bool:
    kinds = (string.digits, string.ascii_lowercase, string.ascii_uppercase)
    return all(set(text) & set(kind) for kind in kinds if set(letters) & set(kind))


def jwt(source: random.Random, claims: dict[str, object]) -> str:
    parts = ({"alg": "HS256", "typ": "JWT"}, claims)
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join((*encoded, characters(source, "b64url", 43)))


def _pem(source: random.Random, kind: str, label: str) -> str:
    body = textwrap.wrap(characters(source, "b64", 64 * 6), 64)
    lines = [f"-----BEGIN {label}-----", *body, f"-----END {label}-----"]
    if kind == "pem-beginning":
        lines = lines[:4]
    joint = {"pem-escaped": "\\n", "pem-stamped": f"\n{_STAMP}"}.get(kind, "\n")
    return joint.join(lines)


_OTHERS: dict[str, Callable[[random.Random], str]] = {
    "uuid": lambda source: str(uuid.UUID(int=source.getrandbits(128), version=4)),
    "jwt": lambda source: jwt(source, {"sub": characters(source, "alnum", 12), "exp": 1_800_000_000}),
    "jwt-example": lambda source: jwt(source, {"sub": "1234567890", "name": "John Doe", "iat": 1516239022}),
    "userpass": lambda source: base64.b64encode(f"ci:{characters(source, 'alnum', 18)}".encode()).decode(),
}
