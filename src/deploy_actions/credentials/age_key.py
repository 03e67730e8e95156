"""Identities of age, the file encryption tool: Bech32 with a checksum."""

import re
from datetime import datetime

from deploy_actions.credentials.credential import Credential, Kind, NoDate, Unreadable, part
from deploy_actions.credentials.reading import moment_from_text

_BEGINS = re.compile(r"^AGE-SECRET-KEY-", re.MULTILINE)
_IDENTITY = re.compile(r"^(AGE-SECRET-KEY-(?:PQ-)?)1([A-Z0-9]+)\r?$", re.MULTILINE)
_CREATED = re.compile(r"^# created: (\S+)\r?$", re.MULTILINE)
_RECIPIENT = re.compile(r"^# public key: (age1\S+)\r?$", re.MULTILINE)
_ALPHABET = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_DATA_LENGTH = 58
"""Characters of 32 bytes and the checksum: Bech32 itself does not notice a `Q` more or less before a last `P`."""


def recognises(value: str) -> bool:
    """A line that begins as an identity does."""
    return "AGE-SECRET-KEY-" in value and bool(_BEGINS.search(value))


def read(value: str) -> Credential:
    """Checks the checksum of every identity. Raises Unreadable."""
    identities = _IDENTITY.findall(value)
    if not identities or len(identities) != len(_BEGINS.findall(value)):
        raise Unreadable("it holds no whole identity `AGE-SECRET-KEY-1…`")
    if not all(_is_bech32(prefix, data) for prefix, data in identities):
        raise Unreadable("the checksum of an identity is wrong, so a character was changed or lost")
    recipient = _RECIPIENT.search(value)
    return Credential(
        kind="age identity" if len(identities) == 1 else f"{len(identities)} age identities",
        issued=_created(value),
        subject=recipient[1] if recipient else None,
        parts=tuple(part("an identity", f"{prefix}1{data}") for prefix, data in identities),
    )


def _created(value: str) -> datetime | None:
    found = _CREATED.search(value)
    try:
        return moment_from_text(found[1], "its comment `created`") if found else None
    except NoDate:
        return None


def _is_bech32(prefix: str, data: str) -> bool:
    """Whether it holds 32 bytes and the last six characters are their checksum (BIP 173)."""
    if len(data) != _DATA_LENGTH or not set(data) <= set(_ALPHABET):
        return False
    lower = prefix.lower()
    values = [ord(character) >> 5 for character in lower] + [0] + [ord(character) & 31 for character in lower]
    return _polymod(values + [_ALPHABET.index(character) for character in data]) == 1


def _polymod(values: list[int]) -> int:
    checksum = 1
    for value in values:
        top = checksum >> 25
        checksum = (checksum & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATORS):
            checksum ^= generator if top >> bit & 1 else 0
    return checksum


KIND = Kind(
    name="age-key",
    title="age identity",
    checked="the checksum of every identity",
    not_checked="plug-in identities; it states no end",
    source="https://c2sp.org/age",
    recognises=recognises,
    read=read,
)
