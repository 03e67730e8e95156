"""Makes credentials for a rehearsal at run time: worthless ones, but of the real form."""

import json
import os
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta

from deploy_actions.rehearsal.scenario import Credential


def make(credential: Credential) -> str:
    """The value of a secret. Opaque ones are random; dates count from now."""
    expires = datetime.now(UTC) + timedelta(seconds=credential.seconds_left)
    if credential.make == "literal":
        return credential.value
    if credential.make == "jwt":
        return _jwt(expires)
    if credential.make == "certificate":
        return _certificate(expires)
    return f"rehearsal-{os.urandom(16).hex()}"


def _jwt(expires: datetime) -> str:
    claims = {"iss": "rehearsal", "iat": int(_issued(expires).timestamp()), "exp": int(expires.timestamp())}
    parts = ({"alg": "HS256", "typ": "JWT"}, claims)
    signed = ".".join(_base64url(json.dumps(part).encode()) for part in parts)
    return f"{signed}.{_base64url(os.urandom(32))}"


def _issued(expires: datetime) -> datetime:
    """A day before now, or before the expiry of what has expired."""
    return min(datetime.now(UTC), expires) - timedelta(days=1)


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _certificate(expires: datetime) -> str:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "orders.example")])
    certificate = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_issued(expires))
        .not_valid_after(expires)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM).decode().strip()
