"""AWS credentials as the STS, a credential process or a credentials file writes them, with the time they carry."""

import re
from datetime import datetime
from typing import Any

from deploy_actions.credentials.credential import Credential, Kind, Unreadable, part
from deploy_actions.credentials.reading import json_object, moment_from_text

_KEY_ID = re.compile(r"(AKIA|ASIA)[A-Z2-7]{16}")
_SECRET_KEY = re.compile(r"[A-Za-z0-9/+]{40}")
_LINE = re.compile(r"^\s*(?:export\s+)?([A-Za-z_]+)\s*=\s*[\"']?([^\"'\s]+)[\"']?\s*$", re.MULTILINE)
_NAMES = {
    "accesskeyid": "id",
    "secretaccesskey": "secret",
    "sessiontoken": "session",
    "securitytoken": "session",
    "token": "session",
    "expiration": "expires",
    "sessionexpiration": "expires",
    "credentialexpiration": "expires",
    "xsecuritytokenexpires": "expires",
}


def recognises(value: str) -> bool:
    """A text that names a secret access key and holds a key id."""
    return (
        "secret" in value.lower() and bool(re.search(r"\bA[KS]IA[A-Z2-7]{16}\b", value)) and "private_key" not in value
    )


def read(value: str) -> Credential:
    """Shapes of the keys, and their end if they state one. Raises Unreadable, or NoDate."""
    fields = _from_json(value) if value.lstrip().startswith("{") else _from_lines(value)
    key_id, secret, session = (fields.get(name, "") for name in ("id", "secret", "session"))
    if not _KEY_ID.fullmatch(key_id):
        raise Unreadable("its access key id is not `AKIA` or `ASIA` and 16 letters and digits")
    if not _SECRET_KEY.fullmatch(secret):
        raise Unreadable("its secret access key is not 40 characters of base64")
    temporary = key_id.startswith("ASIA")
    if temporary and not session:
        raise Unreadable("its key id is that of a session, but there is no session token")
    expires = _moment(fields.get("expires"))
    return Credential(
        kind="AWS session credentials" if temporary else "AWS access key",
        expires=expires,
        note="They end, but do not say when." if temporary and not expires else "",
        concerns=("it is a long-lived key of a user; see docs/oidc.md for deploys without one",)
        if not temporary
        else (),
        parts=(
            part("its secret access key", secret),
            *((part("its session token", session),) if session else ()),
        ),
    )


def _moment(text: str | None) -> datetime | None:
    return moment_from_text(text, "its expiration") if text else None


def _from_json(value: str) -> dict[str, str]:
    document = json_object(value)
    nested = document.get("Credentials")
    return _named(nested if isinstance(nested, dict) else document)


def _from_lines(value: str) -> dict[str, str]:
    return _named(dict(_LINE.findall(value)))


def _named(found: dict[str, Any]) -> dict[str, str]:
    plain = {re.sub(r"[^a-z]", "", name.lower()).removeprefix("aws"): text for name, text in found.items()}
    return {_NAMES[name]: text for name, text in plain.items() if name in _NAMES and isinstance(text, str)}


KIND = Kind(
    name="aws-credentials",
    title="AWS credentials: JSON of the STS or of a credential process, or a credentials file",
    checked=(
        "the shapes of key id and secret key; a session has its token; `Expiration` where it is stated; a "
        "long-lived key warns"
    ),
    not_checked="whether AWS accepts them; the end of a session that does not state it",
    source="https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html",
    recognises=recognises,
    read=read,
    states_expiry=True,
)
