"""Servers that ask for a client certificate in the TLS handshake, through this Python's OpenSSL."""

import os
import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from deploy_actions.core.addresses import Address
from deploy_actions.core.ports import Tls
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Malformed, Refused, Unreachable
from deploy_actions.core.world import World
from deploy_actions.services.connection import LIMIT_SECONDS, Attempt

ALERT_SECONDS = 1.0
"""How long a refusal is waited for: in TLS 1.3 it comes after the handshake (RFC 8446, section 4.4.2.4)."""

_MEMORY = "/dev/shm"  # noqa: S108  # only folders that nobody else may enter are made there
_REFUSALS = (
    "ACCESS_DENIED",
    "BAD_CERTIFICATE",
    "CERTIFICATE_EXPIRED",
    "CERTIFICATE_REQUIRED",
    "CERTIFICATE_REVOKED",
    "CERTIFICATE_UNKNOWN",
    "DECRYPT_ERROR",
    "HANDSHAKE_FAILURE",
    "UNKNOWN_CA",
    "UNSUPPORTED_CERTIFICATE",
)
"""Alerts by which a server refuses a client certificate, as OpenSSL's reasons end (`TLSV1_ALERT_UNKNOWN_CA`)."""


class TlsServers:
    """Two handshakes: the server must take the certificate, and must not take a stranger's."""

    def __init__(self, limit_seconds: float = LIMIT_SECONDS, alert_seconds: float = ALERT_SECONDS) -> None:
        self._limit_seconds = limit_seconds
        self._alert_seconds = alert_seconds

    def authenticate(
        self, address: Address, *, certificate: Secret, key: Secret, authorities: str | None = None
    ) -> datetime:
        """See `ports.Tls`."""
        attempt = Attempt(address, self._limit_seconds)
        end = self._shake_hands(attempt, _context(attempt, authorities, certificate, key))
        stranger = _context(attempt, authorities, *_stranger())
        try:
            self._shake_hands(attempt, stranger)
        except Refused:
            return end
        raise attempt.error(Refused, "it asks for no client certificate, or takes any, so that nothing is proven")

    def _shake_hands(self, attempt: Attempt, context: ssl.SSLContext) -> datetime:
        """The end of the server's certificate. Raises Refused inside the connection, which knows if time is over."""
        with attempt.connection() as sock:
            try:
                with attempt.secured(sock, context) as secured:
                    end = _end_of(attempt, secured)
                    self._wait_for_a_refusal(attempt, secured)
                    return end
            except ssl.SSLError as error:
                if (error.reason or "").endswith(_REFUSALS) and "ALERT" in error.reason:
                    raise attempt.error(Refused, "it does not accept the certificate") from None
                raise

    def _wait_for_a_refusal(self, attempt: Attempt, secured: ssl.SSLSocket) -> None:
        """Data, silence or an orderly end is consent. Servers refuse by an alert or break off."""
        secured.settimeout(self._alert_seconds)
        try:
            secured.recv(1)
        except TimeoutError:
            return
        except (ssl.SSLError, ConnectionError):
            raise attempt.error(Refused, "it does not accept the certificate") from None


def connect(_world: World) -> Tls:
    """TLS servers."""
    return TlsServers()


def _context(attempt: Attempt, authorities: str | None, certificate: Secret, key: Secret) -> ssl.SSLContext:
    try:
        if authorities == "":
            raise ValueError  # Python would take the host's
        context = ssl.create_default_context(cadata=authorities)
    except (ssl.SSLError, ValueError, TypeError):
        raise attempt.error(Malformed, "the authorities hold no certificate in PEM that can be read") from None
    try:
        _load(context, certificate, key)
    except (ssl.SSLError, ValueError):
        raise attempt.error(Malformed, "certificate and key cannot be read, or do not belong together") from None
    except OSError:
        raise attempt.error(Unreachable, "this host has no place for a private temporary file") from None
    return context


def _load(context: ssl.SSLContext, certificate: Secret, key: Secret) -> None:
    """OpenSSL reads certificates from files only: these are in memory where the host allows it, and gone at once."""
    memory = _MEMORY if os.access(_MEMORY, os.W_OK | os.X_OK) else None
    with tempfile.TemporaryDirectory(prefix="deploy-actions-", dir=memory) as folder:  # mode 0700
        files = [_private_file(folder, name, text) for name, text in (("certificate", certificate), ("key", key))]
        # with a password given, OpenSSL does not ask for one at the terminal
        context.load_cert_chain(files[0], files[1], password="")


def _private_file(folder: str, name: str, text: Secret) -> Path:
    path = Path(folder, name)
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(text.reveal(), encoding="utf-8")
    return path


def _end_of(attempt: Attempt, secured: ssl.SSLSocket) -> datetime:
    from cryptography import x509

    try:
        return x509.load_der_x509_certificate(secured.getpeercert(binary_form=True) or b"").not_valid_after_utc
    except ValueError:
        raise attempt.error(Malformed, "its certificate cannot be read") from None


def _stranger() -> tuple[Secret, Secret]:
    """A certificate that no server knows, and its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "deploy-actions: to be refused")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    private = key.private_bytes(pem, pkcs8, serialization.NoEncryption())
    return Secret(certificate.public_bytes(pem).decode()), Secret(private.decode())
