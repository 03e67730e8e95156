"""Secret keys of OpenPGP (RFC 9580) in armor: when made, when they end, encrypted or not, too weak or not."""

import re
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha1

import msgspec

from deploy_actions.credentials.credential import Credential, Kind, Unreadable, part
from deploy_actions.credentials.reading import base64_bytes, blocks, hint_at_line_ends, moment_from_seconds

_BEGIN = "-----BEGIN PGP PRIVATE KEY BLOCK-----"
_LABEL = "PGP PRIVATE KEY BLOCK"
_CHECKSUM = re.compile(r"\n=([A-Za-z0-9+/]{4})\s*$")
_SECRET_KEY, _SIGNATURE, _USER_ID, _SECRET_SUBKEY = 5, 2, 13, 7
_CERTIFICATIONS = (0x10, 0x11, 0x12, 0x13, 0x1F)
_SIGNED_AT, _KEY_ENDS_AFTER, _ISSUER, _ISSUER_FINGERPRINT = 2, 9, 16, 33
_RSA, _DSA, _ELGAMAL = (1, 2, 3), 17, 16
_PUBLIC_OCTETS = {25: 32, 26: 56, 27: 32, 28: 57}
_PUBLIC_NUMBERS = {**dict.fromkeys(_RSA, 2), _ELGAMAL: 3, _DSA: 4}
_LEAST_RSA_BITS = 2048


class Key(msgspec.Struct, frozen=True):
    """What the primary key's packet says. `bits` is the length of its first number, 0 for curves.

    `fingerprint` is empty where the algorithm is unknown. `absent` is a secret half that was left out of the export.
    """

    made: int
    algorithm: int
    bits: int
    encrypted: bool
    absent: bool
    fingerprint: bytes


def recognises(value: str) -> bool:
    """The first line of the armor."""
    return _BEGIN in value


def read(value: str) -> Credential:
    """The primary key's dates and strength. Raises Unreadable, or NoDate."""
    armored = next((inside for label, inside in blocks(value) if label == _LABEL), None)
    if armored is None or "\\" in armored:
        raise Unreadable(f"it is not a whole block from BEGIN to END{hint_at_line_ends(value)}")
    packets = list(_packets(_data(armored)))
    if not packets or packets[0][0] != _SECRET_KEY:
        raise Unreadable("it does not begin with a secret key")
    key = _key(packets[0][1])
    user = next((content for tag, content in packets if tag == _USER_ID), b"").decode("utf-8", "replace")
    return Credential(
        kind=f"OpenPGP secret key{', encrypted' if key.encrypted else ''}",
        issued=moment_from_seconds(key.made, "its making"),
        not_before=moment_from_seconds(key.made, "its making"),
        expires=_end(key, _lasts(packets, key)),
        subject=user or None,
        note=_note(key),
        weaknesses=_weaknesses(key),
        parts=(part("its body on one line", re.sub(r"\s+", "", _body(armored)[0])),),
    )


def _end(key: Key, lasts: int) -> datetime | None:
    return moment_from_seconds(key.made + lasts, "its end") if lasts else None


def _note(key: Key) -> str:
    if key.absent:
        return "The secret half of its primary key was left out: only its subkeys can be used."
    return "It is encrypted: whether its passphrase opens it was not checked." if key.encrypted else ""


def _body(armored: str) -> tuple[str, str]:
    """The base64 behind the headers, and the checksum behind it, which may be missing (RFC 9580, section 6.1)."""
    headers, _, rest = armored.partition("\n\n")
    body = rest if rest and (not headers.strip() or ":" in headers) else armored
    found = _CHECKSUM.search(body.rstrip())
    return (body[: found.start()], found[1]) if found else (body, "")


def _data(armored: str) -> bytes:
    """The bytes inside the armor. GnuPG refuses a wrong checksum."""
    body, checksum = _body(armored)
    data = base64_bytes(body, "its body")
    if checksum and crc24(data) != base64_bytes(checksum):
        raise Unreadable("the checksum of its armor is wrong, so a character was changed or lost")
    return data


def crc24(data: bytes) -> bytes:
    """The checksum of armor (RFC 9580, section 6.1.1)."""
    checksum = 0xB704CE
    for octet in data:
        checksum = (checksum << 8 & 0xFFFF00) ^ _CRC24_TABLE[checksum >> 16 ^ octet]
    return checksum.to_bytes(3, "big")


def _crc24_of_octet(octet: int) -> int:
    checksum = octet << 16
    for _ in range(8):
        checksum = checksum << 1 ^ (0x1864CFB if checksum & 0x800000 else 0)
    return checksum & 0xFFFFFF


_CRC24_TABLE = tuple(map(_crc24_of_octet, range(256)))


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
    if usage is not None and usage >= len(content):
        raise Unreadable("its key has no secret half, or is cut off")
    return Key(
        made=int.from_bytes(content[1:5], "big"),
        algorithm=algorithm,
        bits=bits,
        encrypted=usage is not None and content[usage] != 0,
        absent=usage is not None and content[usage + 2 : usage + 3] == b"\x65",  # GnuPG, doc/DETAILS: 101
        fingerprint=_fingerprint(content[:usage]) if usage is not None and content[0] == 4 else b"",  # noqa: PLR2004
    )


def _fingerprint(public: bytes) -> bytes:
    """Of a key of version 4 (RFC 9580, section 5.5.4.2)."""
    return sha1(b"\x99" + len(public).to_bytes(2, "big") + public, usedforsecurity=False).digest()


def _usage_at(content: bytes, at: int, algorithm: int) -> int | None:
    """Where the octet stands that says whether the secret numbers are encrypted; None for algorithms not known here."""
    if algorithm in _PUBLIC_OCTETS:
        return at + _PUBLIC_OCTETS[algorithm]
    if algorithm in (19, 22):  # a curve's identifier, then one number
        at += 1 + int.from_bytes(content[at : at + 1], "big")
        numbers = 1
    elif algorithm in _PUBLIC_NUMBERS:
        numbers = _PUBLIC_NUMBERS[algorithm]
    else:
        return None
    for _ in range(numbers):
        at += 2 + (int.from_bytes(content[at : at + 2], "big") + 7) // 8
    return at


def _lasts(packets: list[tuple[int, bytes]], key: Key) -> int:
    """Seconds from the making to the end, by the newest signature of the key on itself; 0 if it does not end."""
    found = [(0, 0)]
    for tag, content in packets[1:]:
        if tag == _SECRET_SUBKEY:
            break
        if tag == _SIGNATURE and len(content) > 6 and content[1] in _CERTIFICATIONS:  # noqa: PLR2004  # version, type
            hashed, unhashed = _fields(content)
            if _is_by(key, hashed | unhashed):
                ends, signed = (hashed.get(name, b"") for name in (_KEY_ENDS_AFTER, _SIGNED_AT))
                found.append((int.from_bytes(signed, "big"), int.from_bytes(ends, "big")))
    return max(found)[1]


def _fields(signature: bytes) -> tuple[dict[int, bytes], dict[int, bytes]]:
    """The subpackets of a signature, the signed ones and the others; none of a version before 4."""
    if signature[0] not in (4, 5, 6):
        return {}, {}
    wide = 4 if signature[0] == 6 else 2  # noqa: PLR2004  # octets of a length
    middle = 4 + wide + int.from_bytes(signature[4 : 4 + wide], "big")
    end = middle + wide + int.from_bytes(signature[middle : middle + wide], "big")
    return dict(_subpackets(signature[4 + wide : middle])), dict(_subpackets(signature[middle + wide : end]))


def _is_by(key: Key, fields: dict[int, bytes]) -> bool:
    """Whether the key made the signature itself, as far as can be told: others sign it too, and without its end."""
    if not key.fingerprint:
        return True
    issuer = fields.get(_ISSUER_FINGERPRINT, b"\0")[1:] or fields.get(_ISSUER, b"")
    return not issuer or key.fingerprint.endswith(issuer)


def _subpackets(area: bytes) -> Iterator[tuple[int, bytes]]:
    """Type and content of each subpacket (RFC 9580, section 5.2.3.7)."""
    at = 0
    while at < len(area):
        size, length = _new_length(area[at : at + 5])
        at += size
        if length == 0 or at + length > len(area):
            raise Unreadable("a signature in it is damaged")
        yield area[at] & 0x7F, area[at + 1 : at + length]
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
