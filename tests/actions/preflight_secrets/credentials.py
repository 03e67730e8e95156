"""Makes tokens and certificates at test time."""

import base64
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tests.fakes import NOW

KEY = ec.generate_private_key(ec.SECP256R1())


def jwt(claims: Mapping[str, Any] | str, header: Mapping[str, Any] | None = None) -> str:
    """A token with a signature of nonsense; `claims` may be JSON text that no encoder would write."""
    payload = claims if isinstance(claims, str) else json.dumps(claims)
    parts = (json.dumps(header or {"alg": "RS256"}), payload, "signature-of-nonsense")
    return ".".join(base64.urlsafe_b64encode(part.encode()).rstrip(b"=").decode() for part in parts)


def at(**delta: float) -> int:
    """A NumericDate this far from NOW."""
    return int((NOW + timedelta(**delta)).timestamp())


def certificate(expires: datetime, starts: datetime = NOW - timedelta(days=1)) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "service.example")])
    return (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=KEY.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(starts, expires - timedelta(days=1)))
        .not_valid_after(expires)
        .sign(KEY, hashes.SHA256())
    )


def pem(*expires: datetime, starts: datetime = NOW - timedelta(days=1)) -> str:
    """A chain of certificates with these ends."""
    encoded = (certificate(end, starts).public_bytes(serialization.Encoding.PEM).decode() for end in expires)
    return "".join(encoded).strip()


def der_in_base64(expires: datetime, line_length: int = 0) -> str:
    text = base64.b64encode(certificate(expires).public_bytes(serialization.Encoding.DER)).decode()
    step = line_length or len(text)
    return "\n".join(text[start : start + step] for start in range(0, len(text), step))


def private_key() -> str:
    return KEY.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
