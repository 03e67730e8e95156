"""OpenSSH certificates: a public key that an authority signed for some names and some time."""

import re
from binascii import b2a_base64
from datetime import datetime
from typing import TYPE_CHECKING

from deploy_actions.credentials.credential import Credential, Kind, Unreadable
from deploy_actions.credentials.keys import described, weaknesses_of
from deploy_actions.credentials.reading import base64_bytes, moment_from_seconds

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.serialization import SSHCertificate

_LINE = re.compile(r"((?:ssh|ecdsa|sk-ssh|sk-ecdsa)-[a-z0-9-]+-cert-v01@openssh\.com) +[A-Za-z0-9+/=]+(?: .*)?")
_FOREVER = 2**64 - 1


def recognises(value: str) -> bool:
    """One line that begins with the name of a certificate's type."""
    return "-cert-v01@openssh.com" in value[:60] and bool(_LINE.fullmatch(value))


def read(value: str) -> Credential:
    """Its dates, names and authority. Raises Unreadable, or NoDate for a date beyond the year 9999."""
    certificate = _certificate(value)
    public = certificate.public_key()
    names = ", ".join(name.decode("utf-8", "replace") for name in certificate.valid_principals)
    return Credential(
        kind=f"OpenSSH {certificate.type.name.lower()} certificate, {described(public)}",
        issued=_moment(certificate.valid_after),
        not_before=_moment(certificate.valid_after),
        expires=_end(certificate.valid_before),
        issuer=_fingerprint(certificate),
        subject=names or None,
        weaknesses=weaknesses_of(public),
        is_public=True,
        concerns=() if names else ("it names no principal, so that it opens every account",),
    )


def _certificate(value: str) -> "SSHCertificate":
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import SSHCertificate, load_ssh_public_identity

    try:
        identity = load_ssh_public_identity(value.encode())
        if isinstance(identity, SSHCertificate):
            identity.signature_key()  # which is not read before
            return identity
    except (ValueError, TypeError, UnsupportedAlgorithm, OverflowError, NotImplementedError):
        raise Unreadable("no OpenSSH certificate can be read from it") from None
    raise Unreadable("it is a plain public key without a certificate")


def _moment(seconds: int) -> datetime | None:
    return moment_from_seconds(seconds, "its validity") if seconds else None


def _end(seconds: int) -> datetime | None:
    """An end of 0 is the year 1970, where a start of 0 is none."""
    return None if seconds == _FOREVER else moment_from_seconds(seconds, "its validity")


def _fingerprint(certificate: "SSHCertificate") -> str | None:
    """The authority's key, as `ssh-keygen -l` shows it."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    line = certificate.signature_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    from hashlib import sha256  # 2 ms, which only such a certificate pays for

    digest = sha256(base64_bytes(line.split()[1].decode())).digest()
    return f"SHA256:{b2a_base64(digest, newline=False).decode().rstrip('=')}"


KIND = Kind(
    name="openssh-certificate",
    title="OpenSSH certificate",
    checked="`valid-after` and `valid-before`; principals (none warns); the key's strength",
    not_checked="the authority's signature, and whether a server trusts it",
    source="https://cvsweb.openbsd.org/src/usr.bin/ssh/PROTOCOL.certkeys",
    recognises=recognises,
    read=read,
    states_expiry=True,
)
