"""Servers of SSH, through paramiko: one key, one user, no channel."""

import base64
import binascii
import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import StringIO
from typing import TYPE_CHECKING

from deploy_actions.core.addresses import Address
from deploy_actions.core.ports import Ssh
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Malformed, Refused, Unreachable
from deploy_actions.core.world import World
from deploy_actions.services.connection import LIMIT_SECONDS, Attempt

if TYPE_CHECKING:
    import paramiko
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

_LOG = "deploy_actions.paramiko"
_PROOFS = {
    "ssh-ed25519": ("ssh-ed25519",),
    "ecdsa-sha2-nistp256": ("ecdsa-sha2-nistp256",),
    "ecdsa-sha2-nistp384": ("ecdsa-sha2-nistp384",),
    "ecdsa-sha2-nistp521": ("ecdsa-sha2-nistp521",),
    "ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256"),
}
"""Kinds of host keys, and by which signatures a server may prove to have one."""


class SshServers:
    """No agent, no file of known hosts, and no way to log in but the key."""

    def __init__(self, limit_seconds: float = LIMIT_SECONDS) -> None:
        self._limit_seconds = limit_seconds

    def authenticate(self, address: Address, *, user: str, key: Secret, host_key: str) -> None:
        """See `ports.Ssh`."""
        attempt = Attempt(address, self._limit_seconds)
        kind, expected = _host_key(attempt, host_key)
        try:
            import paramiko  # noqa: F401  # 200 ms, which only this question pays for
        except ImportError:
            raise attempt.not_installed("paramiko") from None
        own = _private_key(attempt, key)
        with attempt.connection() as sock, _transport(sock, self._limit_seconds) as transport:
            transport.get_security_options().key_types = _PROOFS[kind]
            _exchange_keys(attempt, transport)
            if transport.get_remote_server_key().asbytes() != expected:
                raise attempt.error(Malformed, "it has another host key than the one given")
            _log_in(attempt, transport, user, own)


def connect(_world: World) -> Ssh:
    """SSH servers."""
    return SshServers()


def _host_key(attempt: Attempt, text: str) -> tuple[str, bytes]:
    """Kind and value of the key; the value begins with its own kind, after four bytes of length (RFC 4253, 6.6)."""
    kind, _, rest = text.strip().partition(" ")
    with suppress(binascii.Error, ValueError):
        value = base64.b64decode(rest.split()[0] if rest.strip() else "", validate=True)
        if kind in _PROOFS and value.startswith(len(kind).to_bytes(4, "big") + kind.encode()):
            return kind, value
    raise attempt.error(Malformed, "the host key given is none of " + ", ".join(_PROOFS))


def _private_key(attempt: Attempt, key: Secret) -> "paramiko.PKey":
    """The key, whatever its format: written anew in OpenSSH's, which paramiko reads for every kind."""
    import paramiko
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    kinds: dict[type[PrivateKeyTypes], type[paramiko.PKey]] = {
        ed25519.Ed25519PrivateKey: paramiko.Ed25519Key,
        ec.EllipticCurvePrivateKey: paramiko.ECDSAKey,
        rsa.RSAPrivateKey: paramiko.RSAKey,
    }
    text = key.reveal().strip().encode() + b"\n"
    is_openssh = text.startswith(b"-----BEGIN OPENSSH")
    load = serialization.load_ssh_private_key if is_openssh else serialization.load_pem_private_key
    try:
        read = load(text, password=None)
        kind = next(paramikos for ours, paramikos in kinds.items() if isinstance(read, ours))
        openssh = read.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
        )
        return kind.from_private_key(StringIO(openssh.decode()))
    except (ValueError, TypeError, UnsupportedAlgorithm, paramiko.SSHException, StopIteration):
        cause = "the key cannot be used: it is damaged, has a passphrase, or is neither Ed25519, ECDSA nor RSA"
        raise attempt.error(Malformed, cause) from None


@contextmanager
def _transport(sock: socket.socket, limit_seconds: float) -> "Iterator[paramiko.Transport]":
    """SSH on a connection. Its thread has ended at the end."""
    import paramiko

    transport = paramiko.Transport(sock)
    transport.banner_timeout = transport.handshake_timeout = transport.auth_timeout = limit_seconds
    logging.getLogger(_LOG).disabled = True  # what paramiko logs holds the server's words
    transport.set_log_channel(_LOG)
    try:
        yield transport
    finally:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)  # wakes the thread
        transport.close()
        with suppress(RuntimeError):  # it was never started
            transport.join()


def _exchange_keys(attempt: Attempt, transport: "paramiko.Transport") -> None:
    import paramiko

    try:
        transport.start_client()
    except (OSError, EOFError):
        raise
    except paramiko.ssh_exception.IncompatiblePeer:
        cause = "it has no host key of the kind given, or no way to encrypt in common with this client"
        raise attempt.error(Malformed, cause) from None
    except Exception:
        # whatever a thread of paramiko's stumbled over
        if not transport.remote_version:
            raise attempt.error(Unreachable, "it broke off, or does not speak SSH") from None
        raise attempt.error(Malformed, "the exchange of keys failed") from None


def _log_in(attempt: Attempt, transport: "paramiko.Transport", user: str, key: "paramiko.PKey") -> None:
    import paramiko

    try:
        more = transport.auth_publickey(user, key)
    except (OSError, EOFError):
        raise
    except paramiko.AuthenticationException:
        if not transport.is_active():  # paramiko's word for an end of the connection, too
            raise attempt.error(Unreachable, "it broke off before it had decided") from None
        raise attempt.error(Refused, "it does not accept the key for this user") from None
    except Exception:
        raise attempt.error(Malformed, "the authentication failed in a way that SSH does not know") from None
    if more or not transport.is_authenticated():
        raise attempt.error(Refused, "it asks for more than the key")
