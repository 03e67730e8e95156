"""OpenSSH private keys (PROTOCOL.key): well-formed, encrypted or not, too weak or not."""

from typing import TYPE_CHECKING, Any

from deploy_actions.credentials.credential import Credential, Kind, Unreadable, part
from deploy_actions.credentials.keys import described, faults_of, weaknesses_of
from deploy_actions.credentials.reading import base64_bytes, concerns_about_lines, hint_at_line_ends, pem_blocks

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.serialization.ssh import SSHPublicKeyTypes

_BEGIN = "-----BEGIN OPENSSH PRIVATE KEY-----"
_LABEL = "OPENSSH PRIVATE KEY"
_MAGIC = b"openssh-key-v1\0"


def recognises(value: str) -> bool:
    """The first line of OpenSSH's own format."""
    return _BEGIN in value


def read(value: str) -> Credential:
    """Whether the key can be used, and how strong it is: the public half is in the clear. Raises Unreadable."""
    body = next((body for label, body in pem_blocks(value) if label == _LABEL), None)
    if body is None or "\\" in body:
        raise Unreadable(f"it is not a whole block from BEGIN to END{hint_at_line_ends(value)}")
    cipher, public = _envelope(base64_bytes(body, "its body"))
    encrypted = cipher != b"none"
    return Credential(
        kind=f"OpenSSH private key, {described(public)}{', encrypted' if encrypted else ''}",
        note="It is encrypted: whether its passphrase opens it was not checked." if encrypted else "",
        weaknesses=weaknesses_of(public) + (() if encrypted else faults_of(_private(value))),
        concerns=concerns_about_lines(value) + _concerns(value),
        parts=(part("its PEM body on one line", body),),
    )


def _concerns(value: str) -> tuple[str, ...]:
    return ("it has Windows line ends, which ssh does not take",) if "\r" in value.strip() else ()


def _envelope(data: bytes) -> "tuple[bytes, SSHPublicKeyTypes]":
    """The cipher's name and the public key, both in the clear."""
    if not data.startswith(_MAGIC):
        raise Unreadable("its body is not in OpenSSH's format")
    cipher, rest = _string(data[len(_MAGIC) :])
    _kdf, rest = _string(rest)
    _options, rest = _string(rest)
    if rest[:4] != b"\0\0\0\1":
        raise Unreadable("it does not hold exactly one key")
    blob, _ = _string(rest[4:])
    return cipher, _public(blob)


def _string(data: bytes) -> tuple[bytes, bytes]:
    """A string of the SSH protocol (RFC 4251, section 5) and what follows it."""
    length = int.from_bytes(data[:4], "big")
    if len(data) < 4 + length:
        raise Unreadable("its body is cut off")
    return data[4 : 4 + length], data[4 + length :]


def _public(blob: bytes) -> "SSHPublicKeyTypes":
    from binascii import b2a_base64

    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_ssh_public_key

    name, _ = _string(blob)
    try:
        return load_ssh_public_key(name + b" " + b2a_base64(blob, newline=False))
    except (ValueError, TypeError, UnsupportedAlgorithm, OverflowError, NotImplementedError):
        raise Unreadable("its public key is of a kind that is unknown, or damaged") from None


def _private(value: str) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_ssh_private_key

    block = value[value.index(_BEGIN) :]
    try:
        return load_ssh_private_key(block.encode(), None, unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError, UnsupportedAlgorithm, OverflowError, NotImplementedError):
        raise Unreadable("no private key can be read from it") from None


KIND = Kind(
    name="openssh-private-key",
    title="OpenSSH private key",
    checked="it can be loaded; encrypted or not; RSA under 2048 bits and DSA fail; Windows line ends warn",
    not_checked=(
        "what is inside an encrypted key beyond its public half; whether a server accepts it (see `probe: ssh`)"
    ),
    source="https://cvsweb.openbsd.org/src/usr.bin/ssh/PROTOCOL.key",
    recognises=recognises,
    read=read,
)
