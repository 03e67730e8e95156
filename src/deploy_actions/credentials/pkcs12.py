"""PKCS#12 archives (RFC 7292) in base64: a certificate and its key behind a password, which another secret holds."""

from collections.abc import Iterator
from math import prod
from typing import TYPE_CHECKING

from msgspec.structs import replace

from deploy_actions.credentials import x509
from deploy_actions.credentials.credential import Credential, Kind, NoDate, Unreadable
from deploy_actions.credentials.keys import faults_of
from deploy_actions.credentials.reading import base64_bytes, der_length, is_whole_der

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
    from cryptography.x509 import Certificate

_IN_BASE64 = "MI"
_VERSION_3 = bytes.fromhex("020103")
_MOST_ROUNDS = 200_000
"""Rounds of password stretching, in all, beyond which an archive is not opened: a hostile one could ask for hours."""

_MOST_KEY_BYTES = 3000
_MOST_NUMBER_BYTES = 513
"""A private RSA key of 4096 bits, and its largest number: OpenSSL tests primes, which takes seconds beyond this."""

_INTEGER, _OCTET_STRING, _SEQUENCE, _CONSTRUCTED, _END_OF_CONTENTS = 0x02, 0x04, 0x30, 0x20, 0x00
_VERSION_0, _OBJECT_IDENTIFIER = b"\2\1\0", b"\6"
_HEAD = 32
_NUMBERS_OF_SCRYPT = 3
_DEEPEST = 30


def recognises(value: str) -> bool:
    """Base64 of a DER sequence that begins with the version 3, as a PFX does."""
    if not value.startswith(_IN_BASE64):
        return False
    try:
        data = base64_bytes(value)
    except Unreadable:
        return False
    return data[der_length(data, 1)[0] :].startswith(_VERSION_3) if len(data) > 1 else False


def read(value: str) -> Credential:
    """An archive without a password, or with an empty one. Raises NoDate when it has one."""
    data = _archive(value)
    try:
        return _opened(data, None)
    except NoDate:
        raise
    except Unreadable:
        raise NoDate(
            "it does not open without a password: name the secret that holds it in the rule `password-secret`"
        ) from None


def unlock(value: str, password: str) -> Credential:
    """The archive, opened with its password. Raises Unreadable."""
    data = _archive(value)
    if "\0" in password:
        raise Unreadable("its password holds a NUL, which no archive's does")
    return _opened(data, password.encode("utf-8", "replace"))


def _archive(value: str) -> bytes:
    if not recognises(value):
        raise Unreadable("it is no PKCS#12 archive in base64")
    data = base64_bytes(value)
    if not is_whole_der(data):
        raise Unreadable("it is cut off, or something stands behind it")
    return data


def _opened(data: bytes, password: bytes | None) -> Credential:
    from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

    _refuse_costly(data)
    try:
        with x509.without_warnings():
            archive = load_pkcs12(data, password)
    except Exception:  # OpenSSL reports hostile archives by many types
        raise Unreadable("it does not open: it is damaged, or the password is not its own") from None
    held = [archive.cert, *archive.additional_certs]
    chain = [certificate.certificate for certificate in held if certificate]
    if not chain:
        raise Unreadable("it holds no certificate")
    of_how_many = "one certificate" if len(chain) == 1 else f"{len(chain)} certificates"
    return _with_findings_on_key(x509.described(chain, kind=f"PKCS#12 archive with {of_how_many}"), archive.key, chain)


def _with_findings_on_key(
    credential: Credential, key: "PrivateKeyTypes | None", chain: "list[Certificate]"
) -> Credential:
    if key is None:
        return replace(credential, concerns=(*credential.concerns, "it holds no private key"))
    faults = faults_of(key)
    if not x509.is_of(chain[0], key):
        faults = (*faults, "its private key belongs to another certificate")
    return replace(credential, weaknesses=(*credential.weaknesses, *faults))


def _refuse_costly(data: bytes) -> None:
    """What can be seen of an archive before it is opened: how often passwords are stretched, how long its keys are."""
    if sum(_costs(data, 0)) > _MOST_ROUNDS:
        raise NoDate(f"its password is stretched over more than {_MOST_ROUNDS} rounds, so it was not opened")


def _costs(data: bytes, depth: int) -> Iterator[int]:
    """Rounds of every stretching: the number behind a salt, or the product of the three of scrypt."""
    if depth > _DEEPEST:
        raise Unreadable("it is nested too deeply")
    before = 0
    numbers: list[int] | None = None
    for tag, content in _elements(data):
        if tag == _INTEGER:
            _refuse_long(content, _MOST_NUMBER_BYTES)
            if numbers is not None:
                numbers.append(min(int.from_bytes(content, "big"), _MOST_ROUNDS + 1))
            continue
        yield _cost(numbers)
        is_octets = tag & ~_CONSTRUCTED == _OCTET_STRING
        if is_octets and before == _SEQUENCE:
            _refuse_long(content, _MOST_KEY_BYTES)
        if _is_nested(content) if is_octets else tag & _CONSTRUCTED:
            yield from _costs(content, depth + 1)
        before, numbers = tag, [] if is_octets else None
    yield _cost(numbers)


def _refuse_long(content: bytes, most: int) -> None:
    if len(content) > most:
        raise NoDate("its key is longer than RSA of 4096 bits, which takes long to check, so it was not opened")


def _cost(numbers: list[int] | None) -> int:
    if not numbers:
        return 0
    return prod(numbers[:_NUMBERS_OF_SCRYPT]) if len(numbers) >= _NUMBERS_OF_SCRYPT else numbers[0]


def _is_nested(content: bytes) -> bool:
    """Whether an octet string holds safes, bags or a key in the clear; salts and what is encrypted begin otherwise."""
    inner = _inside_of_sequence(content[:_HEAD])
    return inner.startswith(_VERSION_0) or _inside_of_sequence(inner).startswith(_OBJECT_IDENTIFIER)


def _inside_of_sequence(data: bytes) -> bytes:
    return data[der_length(data, 1)[0] :] if len(data) > 1 and data[0] == _SEQUENCE else b""


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of the DER elements in a row; ends at the first thing that is none.

    An octet string in pieces is given whole. Another element without a stated length takes all that follows, so that
    its siblings are seen as its own.
    """
    at = 0
    while at + 2 <= len(data):
        tag = data[at]
        if tag == _OCTET_STRING | _CONSTRUCTED:
            whole, at = _joined(data, at)
            yield tag, whole
            continue
        at, length = der_length(data, at + 1)
        if tag != _END_OF_CONTENTS:
            yield tag, data[at : at + length]
        at += length


def _joined(data: bytes, at: int) -> tuple[bytes, int]:
    """An octet string that was written in pieces (X.690, section 8.7.3), and where the next element begins."""
    at, length = der_length(data, at + 1)
    end, pieces = min(at + length, len(data)), []
    while at + 2 <= end and data[at] != _END_OF_CONTENTS:
        if data[at] != _OCTET_STRING:
            raise Unreadable("it has a text in pieces that are none")
        start, length = der_length(data, at + 1)
        pieces.append(data[start : start + length])
        at = start + length
    return b"".join(pieces), at


KIND = Kind(
    name="pkcs12",
    title="PKCS#12 archive in base64, its password in another secret",
    checked=(
        "it opens with the password; the dates of every certificate; the key's strength; that the key "
        "belongs to the certificate"
    ),
    not_checked=(
        f"the chain of signatures; archives whose password is stretched over more than {_MOST_ROUNDS} rounds, or "
        "with a longer key than RSA of 4096 bits"
    ),
    source="https://www.rfc-editor.org/rfc/rfc7292",
    recognises=recognises,
    read=read,
    unlock=unlock,
    states_expiry=True,
)
