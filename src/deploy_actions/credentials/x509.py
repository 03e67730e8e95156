"""X.509 certificates and chains (RFC 5280), PEM or base64 of DER: reads the dates of every certificate in the value."""

import re
import warnings
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from msgspec.structs import replace

from deploy_actions.credentials import pem_private_key
from deploy_actions.credentials.credential import Credential, Kind, NoDate, Unreadable
from deploy_actions.credentials.keys import weaknesses_of
from deploy_actions.credentials.reading import base64_bytes, concerns_about_lines, hint_at_line_ends

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

_PEM = "-----BEGIN CERTIFICATE-----"
_BASE64 = re.compile(r"[A-Za-z0-9+/\s]+(?:=\s*){0,2}")
_DER_SEQUENCE_IN_BASE64 = "MII"
_BROKEN_DIGESTS = ("md5", "sha1")


def recognises(value: str) -> bool:
    """A PEM certificate anywhere in the value, or base64 whose DER is a certificate."""
    if _PEM in value:
        return True
    if not value.startswith(_DER_SEQUENCE_IN_BASE64) or not _BASE64.fullmatch(value):
        return False
    try:
        return bool(_certificates(value))
    except Unreadable:
        return False


def read(value: str) -> Credential:
    """From the latest start to the earliest end among the certificates. Raises Unreadable, or NoDate for no date."""
    certificates = _certificates(value)
    credential = described(certificates)
    credential = replace(credential, concerns=credential.concerns + concerns_about_lines(value))
    if not pem_private_key.recognises(value):
        return replace(credential, is_public="PRIVATE" not in value)
    return _with_key(credential, certificates[0], value)


def described(certificates: "Sequence[x509.Certificate]", kind: str = "") -> Credential:
    """What the certificates say, the first of which is the holder's. Raises NoDate for a date that is none."""
    first = certificates[0]
    try:
        starts = [certificate.not_valid_before_utc for certificate in certificates]
        ends = [certificate.not_valid_after_utc for certificate in certificates]
    except ValueError:
        raise NoDate("it holds a date that is none between the years 1 and 9999") from None
    many = f"chain of {len(certificates)} X.509 certificates"
    return Credential(
        kind=kind or ("X.509 certificate" if len(certificates) == 1 else many),
        issued=starts[0],
        not_before=max(starts),
        expires=min(ends),
        issuer=_name(first, "issuer"),
        subject=_name(first, "subject"),
        weaknesses=_weaknesses(first),
        concerns=_concerns(first),
    )


def _name(certificate: "x509.Certificate", which: str) -> str | None:
    try:
        return getattr(certificate, which).rfc4514_string() or None
    except (ValueError, TypeError):
        return None


def _weaknesses(certificate: "x509.Certificate") -> tuple[str, ...]:
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        return weaknesses_of(certificate.public_key())
    except (ValueError, UnsupportedAlgorithm):
        return ("its public key is of a kind that is unknown",)


def _concerns(certificate: "x509.Certificate") -> tuple[str, ...]:
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        digest = certificate.signature_hash_algorithm
    except (UnsupportedAlgorithm, ValueError, TypeError):
        return ("its signature is of a kind that is unknown",)
    if digest is None or digest.name not in _BROKEN_DIGESTS:
        return ()
    return (f"it is signed with {digest.name.upper()}, which most clients refuse",)


def _with_key(credential: Credential, certificate: "x509.Certificate", value: str) -> Credential:
    beside = pem_private_key.read(value)
    faults = beside.weaknesses
    if "encrypted" not in beside.kind and not is_of(certificate, pem_private_key.load(value)):
        faults = (*faults, "the private key beside it belongs to another certificate")
    return replace(
        credential,
        weaknesses=(*credential.weaknesses, *faults),
        parts=beside.parts,
        note=beside.note or credential.note,
    )


def is_of(certificate: "x509.Certificate", key: "PrivateKeyTypes") -> bool:
    """Whether the certificate is the key's."""
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        return key.public_key() == certificate.public_key()
    except (UnsupportedAlgorithm, ValueError, TypeError):
        return False


def _certificates(value: str) -> "list[x509.Certificate]":
    from cryptography import x509  # 50 ms, which only a certificate pays for

    try:
        with without_warnings():
            if _PEM in value:
                return _of_every_block(value, x509.load_pem_x509_certificates(value.encode()))
            return [x509.load_der_x509_certificate(base64_bytes(value))]
    except Unreadable:
        raise Unreadable("it is neither PEM nor base64") from None
    except (ValueError, TypeError, x509.InvalidVersion):
        raise Unreadable(f"no X.509 certificate can be read from it{hint_at_line_ends(value)}") from None


def without_warnings() -> "AbstractContextManager[object]":
    """For loaders, which warn on standard error of what a standard forbids, as a serial number of 0."""
    return warnings.catch_warnings(action="ignore")


def _of_every_block(value: str, found: "list[x509.Certificate]") -> "list[x509.Certificate]":
    """The loader passes over a block without its last line."""
    if len(found) != value.count(_PEM):
        raise ValueError
    return found


KIND = Kind(
    name="x509",
    title="X.509 certificate or chain, PEM or base64 of DER, with or without its key",
    checked=(
        "the dates of every certificate; the strength of the first one's key; SHA-1 and MD5 warn; that a "
        "private key beside it belongs to it"
    ),
    not_checked="the chain of signatures, revocation, what it may be used for",
    source="https://www.rfc-editor.org/rfc/rfc5280",
    recognises=recognises,
    read=read,
    states_expiry=True,
)
