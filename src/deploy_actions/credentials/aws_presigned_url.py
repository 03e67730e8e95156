"""Pre-signed addresses of AWS (Signature Version 4): usable until `X-Amz-Date` and `X-Amz-Expires` are over."""

import re
from datetime import datetime, timedelta

from deploy_actions.credentials.credential import Credential, Kind, NoDate, Unreadable, part
from deploy_actions.credentials.reading import moment_from_text, query_fields, url_parts

_MARKS = ("X-Amz-Signature=", "X-Amz-Algorithm=AWS4-HMAC-SHA256")
_LONGEST_SECONDS = 604_800
"""Seven days, the most that AWS grants."""


def recognises(value: str) -> bool:
    """An address with a Signature Version 4 in its query, or with what goes before one that was cut off."""
    return value.startswith(("https://", "http://")) and any(mark in value for mark in _MARKS)


def read(value: str) -> Credential:
    """Its start and end. Raises Unreadable, or NoDate."""
    parts = url_parts(value)
    fields = query_fields(parts[3]) if parts else {}
    if not re.fullmatch(r"[0-9a-f]{64}", fields.get("X-Amz-Signature", "")):
        raise Unreadable("it has no signature of 64 hexadecimal digits")
    started, seconds = _started(fields.get("X-Amz-Date", "")), fields.get("X-Amz-Expires", "")
    if not re.fullmatch(r"[0-9]{1,6}", seconds) or not 0 < int(seconds) <= _LONGEST_SECONDS:
        raise NoDate("its field `X-Amz-Expires` is not between 1 second and 7 days")
    temporary = "X-Amz-Security-Token" in fields
    return Credential(
        kind="AWS pre-signed address",
        issued=started,
        not_before=started,
        expires=_end(started, int(seconds)),
        subject=parts[1] if parts else None,
        note="It was signed in a session, which may end earlier." if temporary else "",
        parts=(part("its signature", fields["X-Amz-Signature"]),),
    )


def _started(text: str) -> datetime:
    if not re.fullmatch(r"[0-9]{8}T[0-9]{6}Z", text):
        raise NoDate("its field `X-Amz-Date` is no date")
    return moment_from_text(text, "its field `X-Amz-Date`")


def _end(started: datetime, seconds: int) -> datetime:
    try:
        return started + timedelta(seconds=seconds)
    except OverflowError:
        raise NoDate("its end is no date between the years 1 and 9999") from None


KIND = Kind(
    name="aws-presigned-url",
    title="AWS pre-signed address (Signature Version 4)",
    checked="`X-Amz-Date`, `X-Amz-Expires` and the shape of `X-Amz-Signature`",
    not_checked="the signature; the end of the session that signed it",
    source="https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html",
    recognises=recognises,
    read=read,
    states_expiry=True,
)
