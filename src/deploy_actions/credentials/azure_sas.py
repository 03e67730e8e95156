"""Azure shared access signatures: a query string, an address or a connection string that is signed until `se`."""

import re
from datetime import datetime

from deploy_actions.credentials.credential import Credential, Kind, Unreadable, part
from deploy_actions.credentials.reading import base64_bytes, moment_from_seconds, moment_from_text, query_fields

_PREFIX = re.compile(r"^(?:SharedAccessSignature )?(?:https?://[^?\s]+\?|\?)?", re.IGNORECASE)
_VERSION = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}")
_SIGNATURE_BYTES = 32


def recognises(value: str) -> bool:
    """A signature together with a version of storage, an end or a stored policy; or the version and end of one."""
    if "se=" not in value and "sig=" not in value:
        return False
    if re.search(r"\s\S", value.replace("SharedAccessSignature ", "", 1)):
        return False
    fields = _fields(value)
    of_storage = bool(_VERSION.fullmatch(fields.get("sv", "")))
    if "sig" not in fields:
        return of_storage and "se" in fields
    return of_storage or not fields.keys().isdisjoint(("se", "si", "skn"))


def read(value: str) -> Credential:
    """Its start and end. Raises Unreadable, or NoDate."""
    fields = _fields(value)
    _check_signature(fields.get("sig", ""))
    if "se" not in fields and "si" not in fields:
        raise Unreadable("it states neither an end `se` nor a stored access policy `si`")
    plain_http = "http" in fields.get("spr", "https").split(",")
    return Credential(
        kind="Azure shared access signature",
        not_before=max(_moments(fields, "st", "skt"), default=None),
        expires=min(_moments(fields, "se", "ske"), default=None),
        subject=fields.get("skn") or fields.get("si"),
        note="" if "se" in fields else "Its end is in a stored access policy, which was not asked for.",
        concerns=("it may be used without TLS (`spr`)",) if plain_http else (),
        parts=(part("its signature", fields["sig"]),),
    )


def _check_signature(signature: str) -> None:
    if not signature:
        raise Unreadable("it has no signature `sig`, as if it were cut off")
    if len(base64_bytes(signature, "its signature")) != _SIGNATURE_BYTES:
        raise Unreadable("its signature is not 32 bytes in base64, as if it were cut off")


def _fields(value: str) -> dict[str, str]:
    last = value.rpartition("SharedAccessSignature=")[2] if "SharedAccessSignature=" in value else value
    return query_fields(_PREFIX.sub("", last.strip()).partition(";")[0])


def _moments(fields: dict[str, str], *names: str) -> list[datetime]:
    """Of the signature itself, and of the key that a user's delegation signed it with (`skt`, `ske`)."""
    return [_moment(fields[name], f"its field `{name}`") for name in names if name in fields]


def _moment(text: str, what: str) -> datetime:
    """ISO 8601 for storage, seconds since 1970 for Service Bus and Event Hubs."""
    if re.fullmatch(r"[0-9]{1,15}", text):
        return moment_from_seconds(int(text), what)
    return moment_from_text(re.sub(r"(\.[0-9]{6})[0-9]+", r"\1", text), what)


KIND = Kind(
    name="azure-sas",
    title="Azure shared access signature (storage, Service Bus, Event Hubs)",
    checked="`st`, `se` and `sig` are there; `spr` that allows HTTP warns",
    not_checked="the signature; the end of a stored access policy",
    source="https://learn.microsoft.com/en-us/rest/api/storageservices/create-service-sas",
    recognises=recognises,
    read=read,
    states_expiry=True,
)
