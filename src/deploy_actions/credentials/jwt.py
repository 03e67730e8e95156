"""JSON Web Tokens (RFC 7519): reads `exp`, `nbf` and `iat`. The signature is not checked and proves nothing here."""

import re
from datetime import datetime
from typing import Any

from deploy_actions.credentials.credential import Credential, Kind, Unreadable, part
from deploy_actions.credentials.reading import base64_bytes, json_object, moment_from_seconds

_PARTS = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")


def recognises(value: str) -> bool:
    """Three parts of base64url, the first of which is a JSON object with an algorithm (RFC 7515, section 4.1.1)."""
    if not value.startswith("ey") or not _PARTS.fullmatch(value):
        return False
    try:
        return "alg" in _decoded(value.partition(".")[0], "header")
    except Unreadable:
        return False


def read(value: str) -> Credential:
    """The dates claimed in the payload. Raises Unreadable, or NoDate for a claim that is no date."""
    if not _PARTS.fullmatch(value):
        raise Unreadable("it is not three parts of base64url with dots between, as a signed JWT is")
    header, payload, signature = value.split(".")
    unsigned = str(_decoded(header, "header").get("alg", "")).lower() == "none"
    claims = _decoded(payload, "payload")
    issuer = claims.get("iss")
    starts = [moment for moment in (_moment(claims, "nbf"), _moment(claims, "iat")) if moment]
    return Credential(
        kind="JWT",
        issued=_moment(claims, "iat"),
        not_before=max(starts, default=None),
        expires=_moment(claims, "exp"),
        issuer=issuer if isinstance(issuer, str) else None,
        note="Its signature was not checked.",
        concerns=("its header says `alg: none`, so that nobody can tell it from a forged one",) if unsigned else (),
        parts=(part("its payload", payload), *((part("its signature", signature),) if signature else ())),
    )


def _decoded(segment: str, which: str) -> dict[str, Any]:
    try:
        return json_object(base64_bytes(segment))
    except Unreadable:
        raise Unreadable(f"its {which} is not a JSON object in base64url") from None


def _moment(claims: dict[str, Any], claim: str) -> datetime | None:
    """A NumericDate: seconds since 1970, an integer or a fraction (RFC 7519, section 2)."""
    seconds = claims.get(claim)
    return None if seconds is None else moment_from_seconds(seconds, f"its claim `{claim}`")


KIND = Kind(
    name="jwt",
    title="JSON Web Token",
    checked="three parts, header and payload are JSON; `exp`, `nbf`, `iat`; `alg: none` warns",
    not_checked="the signature: a forged date is believed",
    source="https://www.rfc-editor.org/rfc/rfc7519",
    recognises=recognises,
    read=read,
    states_expiry=True,
)
