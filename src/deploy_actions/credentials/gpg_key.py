"""Secret keys of OpenPGP (RFC 9580) in armor: when made, when they end, encrypted or not, too weak or not."""

import re
from collections.abc import Iterator
from datetime import datetime

import msgspec

from deploy_actions.credentials.credential import Credential, Kind, Unreadable, part
from deploy_actions.credentials.reading import base64_bytes, moment_from_seconds

_BEGIN = "-----BEGIN PGP PRIVATE KEY BLOCK-----"
_BLOCK = re.compile(rf"{_BEGIN}(.*?)-----END PGP PRIVATE KEY BLOCK-----", re.DOTALL)
_SECRET_KEY, _SIGNATURE, _USER_ID, _SECRET_SUBKEY = 5, 2, 13, 7
_CERTIFICATIONS = (0x10, 0x11, 0x12, 0x13, 0x1F)
_SIGNED_AT, _KEY_ENDS_AFTER = 2, 9
_RSA, _DSA, _ELGAMAL = (1, 2, 3), 17, 16
_PUBLIC_NUMBERS = {**dict.fromkeys(_RSA, 2), _ELGAMAL: 3, _DSA: 4}
_LEAST_RSA_BITS = 2048


class Key(msgspec.Struct, frozen=True):
    """What the primary key's packet says. `bits` is the length of its first number, 0 for curves."""

    made: int
    algorithm: int
    bits: int
    encrypted: bool | None


def recognises(value: str) -> bool:
    """The first line of the armor."""
    return _BEGIN in value


def read(value: str) -> Credential:
    """The primary key's dates and strength. Raises Unreadable, or NoDate."""
    block = _BLOCK.search(value)
    if block is None:
        raise Unreadable("it is not a whole block from BEGIN to END")
    packets = list(_packets(_data(block[1])))
    if not packets or packets[0][0] != _SECRET_KEY:
        raise Unreadable("it does not begin with a secret key")
    key, lasts = _key(packets[0][1]), _lasts(packets)
    user = next((content for tag, content in packets if tag == _USER_ID), b"").decode("utf-8", "replace")
    return Credential(
        kind=f"OpenPGP secret key{', encrypted' if key.encrypted else ''}",
        issued=moment_from_seconds(key.made, "its making"),
        not_before=moment_from_seconds(key.made, "its making"),
        expires=_end(key, lasts),
        subject=user or None,
        note="It is encrypted: whether its passphrase opens it was not checked." if key.encrypted else "",
        weaknesses=_weaknesses(key),
        parts=(part("its body on one line", re.sub(r"\s+", "", block[1].rpartition("\n\n")[2].partition("\n=")[0])),),
    )


def _end(key: Key, lasts: int) -> datetime | None:
    return moment_from_seconds(key.made + lasts, "its end") if lasts else None


def _data(armored: str) -> bytes:
    """The bytes inside the armor: after its headers, and before its checksum, which begins with `=`."""
    normal = armored.replace("\r\n", "\n")
    body = normal.partition("\n\n")[2] if "\n\n" in normal else normal
    return base64_bytes(re.split(r"\n=[A-Za-z0-9+/]{4}\s*$", body)[0], "its body")


def _packets(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of each packet, in both formats of the header (RFC 9580, section 4.2)."""
    at = 0
    while at < len(data):
        if not data[at] & 0x80:
            raise Unreadable("its body is damaged")
        new = bool(data[at] & 0x40)
        tag = data[at] & 0x3F if new else (data[at] & 0x3C) >> 2
        size, length = _new_length(data[at + 1 : at + 6]) if new else _old_length(data[at : at + 5])
        at += 1 + size
        if at + length > len(data):
            raise Unreadable("its body is cut off")
        yield tag, data[at : at + length]
        at += length


def _new_length(octets: bytes) -> tuple[int, int]:
    first = octets[0] if octets else 255
    if first < 192:  # noqa: PLR2004  # RFC 9580, section 4.2.1
        return 1, first
    if first < 224 and len(octets) > 1:  # noqa: PLR2004  # the same
        return 2, ((first - 192) << 8) + octets[1] + 192
    if first == 255 and len(octets) == 5:  # noqa: PLR2004  # the same
        return 5, int.from_bytes(octets[1:], "big")
    raise Unreadable("a length in its body is damaged")


def _old_length(octets: bytes) -> tuple[int, int]:
    size = (1, 2, 4, 0)[octets[0] & 3]
    if size == 0 or len(octets) < 1 + size:
        raise Unreadable("a length in its body is damaged")
    return size, int.from_bytes(octets[1 : 1 + size], "big")


def _key(content: bytes) -> Key:
    if len(content) < 8 or content[0] not in (4, 6):  # noqa: PLR2004  # version, date, algorithm, first number
        raise Unreadable("its key is of a version that is unknown")
    at = 6 if content[0] == 4 else 10  # noqa: PLR2004  # version 6 has four octets more: a length
    algorithm = content[5]
    bits = int.from_bytes(content[at : at + 2], "big") if algorithm in _PUBLIC_NUMBERS else 0
    usage = _usage_at(content, at, algorithm)
    return Key(
        made=int.from_bytes(content[1:5], "big"),
        algorithm=algorithm,
        bits=bits,
        encrypted=None if usage is None or usage >= len(content) else content[usage] != 0,
    )


def _usage_at(content: bytes, at: int, algorithm: int) -> int | None:
    """Where the octet stands that says whether the secret numbers are encrypted; None for algorithms not known here."""
    if algorithm in (19, 22):  # a curve's identifier, then one number
        at += 1 + content[at] if at < len(content) else 1
        numbers = 1
    elif algorithm in _PUBLIC_NUMBERS:
        numbers = _PUBLIC_NUMBERS[algorithm]
    else:
        return None
    for _ in range(numbers):
        at += 2 + (int.from_bytes(content[at : at + 2], "big") + 7) // 8
    return at


def _lasts(packets: list[tuple[int, bytes]]) -> int:
    """Seconds from the making to the end, by the newest signature of the primary key; 0 if it does not end."""
    found = [(0, 0)]
    for tag, content in packets[1:]:
        if tag == _SECRET_SUBKEY:
            break
        if tag == _SIGNATURE and len(content) > 6 and content[0] == 4 and content[1] in _CERTIFICATIONS:  # noqa: PLR2004
            hashed = content[6 : 6 + int.from_bytes(content[4:6], "big")]
            fields = dict(_subpackets(hashed))
            found.append((fields.get(_SIGNED_AT, 0), fields.get(_KEY_ENDS_AFTER, 0)))
    return max(found)[1]


def _subpackets(hashed: bytes) -> Iterator[tuple[int, int]]:
    """Type and value, as a number, of each subpacket (RFC 9580, section 5.2.3.7)."""
    at = 0
    while at < len(hashed):
        size, length = _new_length(hashed[at : at + 5])
        at += size
        if length == 0:
            raise Unreadable("a signature in it is damaged")
        yield hashed[at] & 0x7F if at < len(hashed) else 0, int.from_bytes(hashed[at + 1 : at + min(length, 9)], "big")
        at += length


def _weaknesses(key: Key) -> tuple[str, ...]:
    if key.algorithm in _RSA and key.bits < _LEAST_RSA_BITS:
        return (f"its RSA key has {key.bits} bits, fewer than {_LEAST_RSA_BITS}",)
    return ("its key is a DSA key, which current software no longer accepts",) if key.algorithm == _DSA else ()


KIND = Kind(
    name="gpg-key",
    title="OpenPGP secret key in armor",
    checked="the primary key's making and end, strength, encrypted or not",
    not_checked="its signatures; subkeys; what is inside an encrypted key",
    source="https://www.rfc-editor.org/rfc/rfc9580",
    recognises=recognises,
    read=read,
    states_expiry=True,
)
