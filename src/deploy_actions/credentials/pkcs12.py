"""PKCS#12 archives (RFC 7292) in base64: a certificate and its key behind a password, which another secret holds."""

from collections.abc import Iterator

from deploy_actions.credentials import x509
from deploy_actions.credentials.credential import Credential, Kind, NoDate, Unreadable
from deploy_actions.credentials.keys import faults_of
from deploy_actions.credentials.reading import base64_bytes

_IN_BASE64 = ("MI", "MH")
_VERSION_3 = bytes.fromhex("020103")
_MOST_ROUNDS = 100_000
"""Rounds of password stretching beyond which an archive is not opened: a hostile one could ask for hours."""

_INTEGER, _OCTET_STRING, _CONSTRUCTED = 0x02, 0x04, 0x20
_DEEPEST = 30


def recognises(value: str) -> bool:
    """Base64 of a DER sequence that begins with the version 3, as a PFX does."""
    if not value.startswith(_IN_BASE64):
        return False
    try:
        return _VERSION_3 in base64_bytes(value)[2:12]
    except Unreadable:
        return False


def read(value: str) -> Credential:
    """An archive without a password, or with an empty one. Raises NoDate when it has one."""
    for password in (None, b""):
        try:
            return _opened(base64_bytes(value), password)
        except NoDate:
            raise
        except Unreadable:
            continue
    if not recognises(value):
        raise Unreadable("it is no PKCS#12 archive in base64")
    raise NoDate("it does not open without a password: name the secret that holds it in the rule `password-secret`")


def unlock(value: str, password: str) -> Credential:
    """The archive, opened with its password. Raises Unreadable."""
    return _opened(base64_bytes(value), password.encode())


def _opened(data: bytes, password: bytes | None) -> Credential:
    from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

    if max(_small_integers(data, 0), default=0) > _MOST_ROUNDS:
        raise NoDate(f"its password is stretched over more than {_MOST_ROUNDS} rounds, so it was not opened")
    try:
        archive = load_pkcs12(data, password)
    except Exception as error:  # OpenSSL reports hostile archives by many types
        raise Unreadable("it does not open: it is damaged, or the password is not its own") from error
    if archive.cert is None:
        raise Unreadable("it holds no certificate")
    chain = [archive.cert.certificate, *(other.certificate for other in archive.additional_certs)]
    credential = x509.described(chain, kind=f"PKCS#12 archive with {len(chain)} certificates")
    return _with_findings_on_key(credential, archive.key, archive.cert.certificate.public_key())


def _with_findings_on_key(credential: Credential, key: object, of_certificate: object) -> Credential:
    from msgspec.structs import replace

    if key is None:
        return replace(credential, concerns=(*credential.concerns, "it holds no private key"))
    faults = faults_of(key)
    if key.public_key() != of_certificate:  # type: ignore[attr-defined]  # every private key has it
        faults = (*faults, "its private key belongs to another certificate")
    return replace(credential, weaknesses=(*credential.weaknesses, *faults))


def _small_integers(data: bytes, depth: int) -> Iterator[int]:
    """Every integer of up to 8 bytes in the DER, also inside octet strings: rounds of stretching are among them."""
    for tag, content in _elements(data):
        if tag == _INTEGER and len(content) <= 8:  # noqa: PLR2004  # bytes
            yield int.from_bytes(content, "big")
        elif depth < _DEEPEST and (tag & _CONSTRUCTED or tag == _OCTET_STRING):
            yield from _small_integers(content, depth + 1)


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of the DER elements in a row; ends at the first thing that is none."""
    at = 0
    while at + 2 <= len(data):
        tag, length, at = data[at], data[at + 1], at + 2
        if length >= 0x80:  # noqa: PLR2004  # the long form: the other bits count the bytes of the length
            count = length & 0x7F
            length = int.from_bytes(data[at : at + count], "big") if 0 < count <= 4 else len(data) - at  # noqa: PLR2004
            at += count if count <= 4 else 0  # noqa: PLR2004
        yield tag, data[at : at + length]
        at += length


KIND = Kind(
    name="pkcs12",
    title="PKCS#12 archive in base64, its password in another secret",
    checked=(
        "it opens with the password; the dates of every certificate; the key's strength; that the key "
        "belongs to the certificate"
    ),
    not_checked=f"the chain of signatures; archives whose password is stretched over more than {_MOST_ROUNDS} rounds",
    source="https://www.rfc-editor.org/rfc/rfc7292",
    recognises=recognises,
    read=read,
    unlock=unlock,
    states_expiry=True,
)
