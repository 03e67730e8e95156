"""JSON Web Tokens (RFC 7519): reads `exp`, `nbf` and `iat`. The signature is not checked and proves nothing here."""

import re
from binascii import Error, a2b_base64
from datetime import UTC, datetime
from typing import Any

import msgspec

from deploy_actions.actions.preflight_secrets.validity import NoDate, Unreadable, Validity

NAME = "jwt"
_PARTS = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")


def recognises(value: str) -> bool:
    """Three parts of base64url, the first of which is a JSON object with an algorithm (RFC 7515, section 4.1.1)."""
    if not _PARTS.fullmatch(value):
        return False
    try:
        return "alg" in _json_object(value.partition(".")[0], "header")
    except Unreadable:
        return False


def read(value: str) -> Validity:
    """The dates claimed in the payload. Raises Unreadable, or NoDate for a claim that is no date."""
    if not _PARTS.fullmatch(value):
        raise Unreadable("it is not three parts of base64url with dots between, as a signed JWT is")
    header, payload, _ = value.split(".")
    _json_object(header, "header")
    claims = _json_object(payload, "payload")
    starts = [moment for moment in (_moment(claims, "nbf"), _moment(claims, "iat")) if moment]
    return Validity(
        kind="JWT",
        not_before=max(starts, default=None),
        expires=_moment(claims, "exp"),
        note="Its signature was not checked.",
    )


def _json_object(part: str, which: str) -> dict[str, Any]:
    try:
        decoded = a2b_base64(part.replace("-", "+").replace("_", "/") + "=" * (-len(part) % 4))
        return msgspec.json.decode(decoded, type=dict[str, Any])
    except (Error, ValueError, RecursionError):
        raise Unreadable(f"its {which} is not a JSON object in base64url") from None


def _moment(claims: dict[str, Any], claim: str) -> datetime | None:
    """A NumericDate: seconds since 1970, an integer or a fraction (RFC 7519, section 2)."""
    seconds = claims.get(claim)
    if seconds is None:
        return None
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise NoDate(f"its claim `{claim}` is not a number")
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise NoDate(f"its claim `{claim}` is no date between the years 1 and 9999") from None
