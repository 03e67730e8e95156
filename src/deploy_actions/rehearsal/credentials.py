"""Makes credentials for a rehearsal at run time: worthless ones, but of the real form."""

import json
import os
import textwrap
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from deploy_actions.rehearsal.scenario import Credential

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey


def make(credential: Credential) -> str:
    """The value of a secret. Opaque ones are random; dates count from now."""
    expires = datetime.now(UTC) + timedelta(seconds=credential.seconds_left)
    if credential.make == "literal":
        return credential.value
    return MAKERS[credential.make](expires)


def _opaque(_expires: datetime) -> str:
    return f"rehearsal-{os.urandom(16).hex()}"


def _issued(expires: datetime) -> datetime:
    """A day before now, or before the expiry of what has expired."""
    return min(datetime.now(UTC), expires) - timedelta(days=1)


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _jwt(expires: datetime) -> str:
    claims = {"iss": "rehearsal", "iat": _seconds(_issued(expires)), "exp": _seconds(expires)}
    parts = ({"alg": "HS256", "typ": "JWT"}, claims)
    signed = ".".join(_base64url(json.dumps(part).encode()) for part in parts)
    return f"{signed}.{_base64url(os.urandom(32))}"


def _certificate(expires: datetime) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding

    return _certificate_and_key(expires)[0].public_bytes(Encoding.PEM).decode().strip()


def _certificate_and_key(expires: datetime) -> "tuple[x509.Certificate, EllipticCurvePrivateKey]":
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
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
    return certificate, key


PASSWORD = "rehearsal-password-of-archives"  # noqa: S105  # of archives that the rehearsal itself makes
"""The password of every archive that is made here: a scenario gives it as a literal."""


def _pkcs12(expires: datetime) -> str:
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

    certificate, key = _certificate_and_key(expires)
    protection = BestAvailableEncryption(PASSWORD.encode())
    return b64encode(pkcs12.serialize_key_and_certificates(b"orders", key, certificate, None, protection)).decode()


def _openssh_certificate(expires: datetime) -> str:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import SSHCertificateBuilder, SSHCertificateType

    certificate = (
        SSHCertificateBuilder()
        .public_key(Ed25519PrivateKey.generate().public_key())
        .type(SSHCertificateType.USER)
        .key_id(b"orders")
        .valid_principals([b"deploy"])
        .valid_after(_seconds(_issued(expires)))
        .valid_before(_seconds(expires))
        .sign(Ed25519PrivateKey.generate())
    )
    return certificate.public_bytes().decode()


def _kubeconfig(expires: datetime) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    certificate, key = _certificate_and_key(expires)
    held = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    user = {
        "client-certificate-data": b64encode(certificate.public_bytes(Encoding.PEM)).decode(),
        "client-key-data": b64encode(held).decode(),
    }
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "production",
        "contexts": [{"name": "production", "context": {"cluster": "production", "user": "deploy"}}],
        "clusters": [{"name": "production", "cluster": {"server": "https://k8s.example:6443"}}],
        "users": [{"name": "deploy", "user": user}],
    }
    return json.dumps(document)


def _azure_sas(expires: datetime) -> str:
    signature = quote(b64encode(os.urandom(32)).decode(), safe="")
    return f"sv=2024-11-04&ss=b&srt=o&sp=w&st={_utc(_issued(expires))}&se={_utc(expires)}&spr=https&sig={signature}"


def _utc(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _aws_credentials(expires: datetime) -> str:
    document = {
        "Version": 1,
        "AccessKeyId": "ASIA" + "REHEARSAL2345677",
        "SecretAccessKey": b64encode(os.urandom(30)).decode(),
        "SessionToken": b64encode(os.urandom(90)).decode(),
        "Expiration": _utc(expires),
    }
    return json.dumps(document)


def _aws_presigned_url(expires: datetime) -> str:
    signed = expires - timedelta(days=7)
    return (
        "https://releases.s3.eu-central-1.amazonaws.com/orders?X-Amz-Algorithm=AWS4-HMAC-SHA256"
        f"&X-Amz-Date={signed:%Y%m%dT%H%M%SZ}&X-Amz-Expires=604800&X-Amz-SignedHeaders=host"
        f"&X-Amz-Signature={os.urandom(32).hex()}"
    )


def _docker_config(expires: datetime) -> str:
    password = b64encode(
        json.dumps({"payload": os.urandom(30).hex(), "expiration": _seconds(expires)}).encode()
    ).decode()
    auth = b64encode(f"AWS:{password}".encode()).decode()
    return json.dumps({"auths": {"123456789012.dkr.ecr.eu-central-1.amazonaws.com": {"auth": auth}}})


def _pypi_token(expires: datetime) -> str:
    caveat = json.dumps([0, _seconds(expires), _seconds(_issued(expires))]).encode()
    fields = ((1, b"pypi.org"), (2, b"rehearsal"), None, (2, caveat), None, None, (6, os.urandom(32)))
    body = b"".join(b"\0" if field is None else bytes([field[0], len(field[1])]) + field[1] for field in fields)
    return "pypi-" + _base64url(b"\2" + body)


def _gpg_key(expires: datetime) -> str:
    """An Ed25519 key, a name and a self-signature of nonsense: its dates are what matters here (RFC 9580)."""
    made = _seconds(_issued(expires))
    curve = bytes.fromhex("092b06010401da470f01")
    public = b"\4" + made.to_bytes(4, "big") + b"\x16" + curve + b"\1\7\x40" + os.urandom(32)
    key = public + b"\0" + b"\1\0\x80" + os.urandom(31) + b"\0\0"
    lasts = (_seconds(expires) - made).to_bytes(4, "big")
    hashed = b"\5\2" + made.to_bytes(4, "big") + b"\5\x09" + lasts
    signature = b"\4\x13\x16\x08" + len(hashed).to_bytes(2, "big") + hashed + b"\0\0" + os.urandom(2)
    packets = ((5, key), (13, b"Orders <orders@example.com>"), (2, signature))
    body = b"".join(bytes([0xC0 | tag, len(content)]) + content for tag, content in packets)
    lines = textwrap.wrap(b64encode(body).decode(), 64)
    label = "PGP PRIVATE " + "KEY BLOCK"
    return "\n".join([f"-----BEGIN {label}-----", "", *lines, f"-----END {label}-----"])


def _github_token(_expires: datetime) -> str:
    from deploy_actions.credentials.checksum import checksum

    body = os.urandom(15).hex()
    return "ghp_" + body + checksum(body)


def _rsa_key(_expires: datetime) -> str:
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = rsa.generate_private_key(65_537, 2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


MAKERS: dict[str, Callable[[datetime], str]] = {
    "opaque": _opaque,
    "jwt": _jwt,
    "certificate": _certificate,
    "pkcs12": _pkcs12,
    "openssh-certificate": _openssh_certificate,
    "kubeconfig": _kubeconfig,
    "azure-sas": _azure_sas,
    "aws-credentials": _aws_credentials,
    "aws-presigned-url": _aws_presigned_url,
    "docker-config": _docker_config,
    "pypi-token": _pypi_token,
    "gpg-key": _gpg_key,
    "github-token": _github_token,
    "rsa-key": _rsa_key,
}
