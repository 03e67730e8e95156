"""Azure shared access signatures: a query string, an address or a connection string that is signed until `se`."""

import re
from datetime import datetime

from deploy_actions.credentials.credential import Credential, Kind, Unreadable, part
from deploy_actions.credentials.reading import moment_from_seconds, moment_from_text, query_fields

_SIGNED = re.compile(r"(?:^|[?&; ])sig=[^&;\s]+")
_PREFIX = re.compile(r"^(?:SharedAccessSignature )?(?:https?://[^?\s]+\?|\?)?", re.IGNORECASE)


def recognises(value: str) -> bool:
    """A signature together with a version, an expiry or a stored policy."""
    return (
        "sig=" in value
        and not re.search(r"\s\S", value.replace("SharedAccessSignature ", "", 1))
        and bool(_SIGNED.search(value) and re.search(r"(?:^|[?&; ])(?:se|sv|si|skn)=", value))
    )


def read(value: str) -> Credential:
    """Its start and end. Raises Unreadable, or NoDate."""
    fields = _fields(value)
    if not fields.get("sig"):
        raise Unreadable("it has no signature `sig`")
    if "se" not in fields and "si" not in fields:
        raise Unreadable("it states neither an end `se` nor a stored access policy `si`")
    plain_http = "http" in fields.get("spr", "https").split(",")
    return Credential(
        kind="Azure shared access signature",
        not_before=_moment(fields, "st"),
        expires=_moment(fields, "se"),
        subject=fields.get("skn") or fields.get("si"),
        note="" if "se" in fields else "Its end is in a stored access policy, which was not asked for.",
        concerns=("it may be used without TLS (`spr`)",) if plain_http else (),
        parts=(part("its signature", fields["sig"]),),
    )


def _fields(value: str) -> dict[str, str]:
    last = value.rpartition("SharedAccessSignature=")[2] if "SharedAccessSignature=" in value else value
    return query_fields(_PREFIX.sub("", last.strip()).partition(";")[0])


def _moment(fields: dict[str, str], field: str) -> datetime | None:
    """ISO 8601 for storage, seconds since 1970 for Service Bus and Event Hubs."""
    text = fields.get(field)
    if text is None:
        return None
    if re.fullmatch(r"[0-9]{1,15}", text):
        return moment_from_seconds(int(text), f"its field `{field}`")
    return moment_from_text(re.sub(r"(\.[0-9]{6})[0-9]+", r"\1", text), f"its field `{field}`")


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
