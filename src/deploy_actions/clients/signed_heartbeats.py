"""Reads heartbeats that runners signed: a JSON Web Token (RFC 7519) a line, in a file or at an address.

A line that is anything else spoils the whole, so that nobody can drop a heartbeat by breaking it.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

import msgspec

from deploy_actions.clients.heartbeat_key import VerificationKey, verification_key
from deploy_actions.clients.runner_heartbeats import Facts, Heartbeat, worst
from deploy_actions.core.address_types import Url
from deploy_actions.core.input_types import NotOfType
from deploy_actions.core.ports import Files, Http, HttpRequest
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Malformed

AUDIENCE = "deploy-actions/heartbeat"
"""The claim `aud`: a token that was signed for something else with the same key is no heartbeat."""

MOST_LINES = 5_000
LONGEST_LINE = 8_192

_SERVICE = "the signed heartbeats"
_TOKEN = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_YEAR_10000 = 253_402_300_800


class _Claims(Facts, frozen=True, kw_only=True):
    """A heartbeat as it is signed. `exp` and `nbf` must be absent: who asks decides how old a heartbeat may be."""

    aud: str | list[str]
    sub: Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
    iat: Annotated[float, msgspec.Meta(ge=0, lt=_YEAR_10000)]
    exp: None = None
    nbf: None = None


def read_signed(files: Files, path: str, key: Secret) -> tuple[Heartbeat, ...]:
    """The heartbeats in a file. Raises what `signed_heartbeats` does, and what reading the file does."""
    return signed_heartbeats(_text(files.read(path)), key)


def fetch_signed(http: Http, url: Url, key: Secret, token: Secret | None = None) -> tuple[Heartbeat, ...]:
    """The heartbeats at an address, asked with a bearer token if there is one. Raises ServiceError.

    Any media type will do: a server may not know the file's, and the signatures say what it is.
    """
    request = HttpRequest(url=url, accept="*/*") if token is None else HttpRequest.bearer(url, token, accept="*/*")
    return signed_heartbeats(_text(http.send(request).body), key)


def signed_heartbeats(text: str, key: Secret) -> tuple[Heartbeat, ...]:
    """The heartbeats of a text, one for each runner: the newest; of two at the same moment the worse facts.

    Blank lines are passed over. Raises Malformed for a key that is not fit, and for a line that is no heartbeat signed
    with it; the line is named by its number and never quoted.
    """
    verifier = verification_key(key)
    newest: dict[str, Heartbeat] = {}
    for heartbeat in _heartbeats(text, verifier):
        known = newest.get(heartbeat.runner)
        newest[heartbeat.runner] = heartbeat if known is None else _newer(known, heartbeat)
    return tuple(newest.values())


def _newer(one: Heartbeat, other: Heartbeat) -> Heartbeat:
    if one.sent_at == other.sent_at:
        return worst(one, other)
    return max(one, other, key=lambda heartbeat: heartbeat.sent_at)


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise Malformed(_SERVICE, "reading them", "they are no UTF-8 text") from None


def _heartbeats(text: str, verifier: VerificationKey) -> Iterator[Heartbeat]:
    lines = text.split("\n")
    if len(lines) > MOST_LINES + 1:  # what ends the last line is no line more
        raise Malformed(_SERVICE, "reading them", f"they have more than {MOST_LINES} lines")
    for number, line in enumerate(lines, start=1):
        token = line.removesuffix("\r")
        if token:
            try:
                yield _heartbeat(token, verifier)
            except NotOfType as problem:
                raise Malformed(_SERVICE, f"reading line {number}", str(problem)) from None


def _heartbeat(token: str, verifier: VerificationKey) -> Heartbeat:
    """What a line says. Raises NotOfType that says what is wrong with it."""
    try:
        claims = msgspec.json.decode(_payload(token, verifier), type=_Claims)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NotOfType("its claims are not those of a heartbeat") from None
    if AUDIENCE not in ([claims.aud] if isinstance(claims.aud, str) else claims.aud):
        raise NotOfType(f"its audience is not {AUDIENCE}")
    facts = {name: getattr(claims, name) for name in Facts.__struct_fields__}
    return Heartbeat(runner=claims.sub, sent_at=datetime.fromtimestamp(claims.iat, UTC), **facts)


def _payload(token: str, verifier: VerificationKey) -> bytes:
    """The payload, if the signature is the key's. Raises NotOfType."""
    import jwt

    if len(token) > LONGEST_LINE:
        raise NotOfType(f"it is longer than {LONGEST_LINE} characters")
    if not _TOKEN.fullmatch(token):
        raise NotOfType("it is no JWT")
    try:
        payload: bytes = jwt.PyJWS().decode(token, verifier.key, algorithms=[verifier.algorithm])
    except jwt.InvalidAlgorithmError:
        raise NotOfType(f"it is not signed by {verifier.algorithm}, which is what the key is for") from None
    except jwt.InvalidSignatureError:
        raise NotOfType("its signature is not of the key") from None
    except jwt.PyJWTError:
        raise NotOfType("it is no JWT") from None
    return payload
