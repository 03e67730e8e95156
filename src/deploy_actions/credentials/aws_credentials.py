"""AWS credentials as the STS, a credential process or a credentials file writes them, with the time they carry."""

import re
from datetime import datetime
from typing import Any

from deploy_actions.credentials.credential import Credential, Kind, Unreadable, part
from deploy_actions.credentials.reading import json_object, moment_from_text

_KEY_ID = re.compile(r"(?:AKIA|ASIA)[A-Z0-9]{16}")
_SECRET_KEY = re.compile(r"[A-Za-z0-9/+]{40}")
_COMMAND = re.compile(r"export\s+|set\s+|\$env:")
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
        "secret" in value.lower() and bool(re.search(r"\bA[KS]IA[A-Z0-9]{16}\b", value)) and "private_key" not in value
    )


def read(value: str) -> Credential:
    """Shapes of the keys, and their end if they state one. Raises Unreadable, or NoDate."""
    held = _from_json(value) if value.lstrip().startswith("{") else _from_lines(value)
    if not held:
        raise Unreadable("it names neither an access key id nor a secret access key")
    profiles = [_profile(fields) for fields in held]
    return profiles[0] if len(profiles) == 1 else _together(profiles)


def _profile(fields: dict[str, Any]) -> Credential:
    key_id, secret, session = (str(fields.get(name, "")) for name in ("id", "secret", "session"))
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
        concerns=() if temporary else ("it is a long-lived key of a user; see docs/oidc.md for deploys without one",),
        parts=(
            part("its secret access key", secret),
            *((part("its session token", session),) if session else ()),
        ),
    )


def _together(profiles: list[Credential]) -> Credential:
    """All profiles of a file: it ends with the first that ends."""
    return Credential(
        kind=f"AWS credentials of {len(profiles)} profiles",
        expires=min((profile.expires for profile in profiles if profile.expires), default=None),
        note=next((profile.note for profile in profiles if profile.note), ""),
        concerns=tuple(dict.fromkeys(concern for profile in profiles for concern in profile.concerns)),
        parts=tuple(dict.fromkeys(piece for profile in profiles for piece in profile.parts)),
    )


def _moment(stated: object) -> datetime | None:
    return None if stated is None or stated == "" else moment_from_text(stated, "its expiration")


def _from_json(value: str) -> list[dict[str, Any]]:
    """Of the STS, of `aws iam create-access-key`, or of a credential process."""
    document = json_object(value)
    nested = next((document[key] for key in ("Credentials", "AccessKey") if key in document), document)
    return [named] if isinstance(nested, dict) and (named := _named(nested)) else []


def _from_lines(value: str) -> list[dict[str, Any]]:
    """The profiles of a credentials file that hold a key, or the variables of a shell."""
    sections: list[dict[str, str]] = [{}]
    for line in value.splitlines():
        if line.lstrip().startswith("["):
            sections.append({})
        name, equals, text = line.partition("=")
        if equals:
            sections[-1][name] = text.strip().rstrip(";").strip("\"'")
    return [named for named in map(_named, sections) if named.keys() & {"id", "secret"}]


def _named(found: dict[str, Any]) -> dict[str, Any]:
    plain = {_plain(name): stated for name, stated in found.items()}
    fields = {_NAMES[name]: stated for name, stated in plain.items() if name in _NAMES}
    return {name: stated for name, stated in fields.items() if isinstance(stated, str) or name == "expires"}


def _plain(name: str) -> str:
    """A name in lower case without `export`, `AWS` and what joins its words."""
    return re.sub(r"[^a-z]", "", _COMMAND.sub("", name.strip().lower(), count=1)).removeprefix("aws")


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
