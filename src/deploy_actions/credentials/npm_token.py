"""Tokens of the npm registry: `npm_`, 30 characters and a checksum."""

import re

from deploy_actions.credentials.checksum import has_checksum
from deploy_actions.credentials.credential import Credential, Kind, Unreadable


def recognises(value: str) -> bool:
    """The prefix."""
    return value.startswith("npm_")


def read(value: str) -> Credential:
    """Raises Unreadable when shape or checksum are wrong."""
    if not re.fullmatch(r"npm_[A-Za-z0-9]{36}", value):
        raise Unreadable("it is not `npm_` and 36 letters and digits")
    if not has_checksum(value.removeprefix("npm_")):
        raise Unreadable("its checksum is wrong, so a character was changed or lost")
    return Credential(kind="npm access token", note="Granular tokens end, but do not say when.")


KIND = Kind(
    name="npm-token",
    title="npm access token",
    checked="prefix, length and checksum",
    not_checked="end and permissions, which the registry alone knows",
    source="https://github.blog/2021-09-23-announcing-npms-new-access-token-format/",
    recognises=recognises,
    read=read,
)
