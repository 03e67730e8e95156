"""X.509 certificates and chains (RFC 5280), PEM or base64 of DER: reads the dates of every certificate in the value."""

import re
from binascii import Error, a2b_base64
from typing import TYPE_CHECKING

from deploy_actions.actions.preflight_secrets.validity import NoDate, Unreadable, Validity

if TYPE_CHECKING:
    from cryptography import x509

NAME = "x509"
_PEM = "-----BEGIN CERTIFICATE-----"
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")
_BASE64 = re.compile(r"[A-Za-z0-9+/\s]+(?:=\s*){0,2}")
_DER_SEQUENCE_IN_BASE64 = "MII"


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


def read(value: str) -> Validity:
    """From the latest start to the earliest end among the certificates. Raises Unreadable, or NoDate for no date."""
    certificates = _certificates(value)
    try:
        starts = [certificate.not_valid_before_utc for certificate in certificates]
        ends = [certificate.not_valid_after_utc for certificate in certificates]
    except ValueError:
        raise NoDate("it holds a date that is none between the years 1 and 9999") from None
    return Validity(
        kind="X.509 certificate" if len(certificates) == 1 else f"chain of {len(certificates)} X.509 certificates",
        not_before=max(starts),
        expires=min(ends),
        note="The private key beside it was not checked." if _PRIVATE_KEY.search(value) else "",
    )


def _certificates(value: str) -> "list[x509.Certificate]":
    from cryptography import x509  # 50 ms, which only a certificate pays for

    try:
        if _PEM in value:
            return x509.load_pem_x509_certificates(value.encode())
        return [x509.load_der_x509_certificate(a2b_base64(value))]
    except Error:
        raise Unreadable("it is neither PEM nor base64") from None
    except (ValueError, TypeError):
        hint = "; it holds `\\n` as two characters where line ends belong" if "\\n" in value else ""
        raise Unreadable(f"no X.509 certificate can be read from it{hint}") from None
