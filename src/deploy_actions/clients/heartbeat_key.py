"""The key that heartbeats are verified with, which alone decides by which algorithm: a token's header never does."""

from typing import TYPE_CHECKING, Any

import msgspec

from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Malformed
from deploy_actions.credentials.keys import weaknesses_of
from deploy_actions.credentials.reading import base64_bytes

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

SHORTEST_SHARED_KEY = 32
"""Bytes, as many as the hash has (RFC 7518, section 3.2)."""

_PEM = "-----BEGIN "


class VerificationKey(msgspec.Struct, frozen=True):
    """A key that was read, and the one algorithm that it is for (RFC 7518, section 3.1; RFC 8037)."""

    algorithm: str
    key: Any


def verification_key(key: Secret) -> VerificationKey:
    """A public key in PEM verifies RS256, ES256 or EdDSA; any other text is a shared key, and verifies HS256.

    Raises Malformed for a key that is too weak, that cannot be read, or that only looks like a shared one.
    """
    text = key.reveal()
    return _public(text) if _PEM in text else _shared(text)


def _public(text: str) -> VerificationKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        public = load_pem_public_key(text.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise _unfit("it is no public key in PEM; a private key stays where heartbeats are signed") from None
    for weakness in weaknesses_of(public):
        raise _unfit(weakness)
    return VerificationKey(_algorithm(public), public)


def _algorithm(public: "PublicKeyTypes") -> str:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    if isinstance(public, rsa.RSAPublicKey):
        return "RS256"
    if isinstance(public, ec.EllipticCurvePublicKey) and isinstance(public.curve, ec.SECP256R1):
        return "ES256"
    if isinstance(public, ed25519.Ed25519PublicKey):
        return "EdDSA"
    raise _unfit("it is neither an RSA key, nor one on the curve P-256, nor an Ed25519 key")


def _shared(text: str) -> VerificationKey:
    import jwt  # 80 ms with the cryptography package, which only signed heartbeats pay for

    shared = text.encode(errors="replace")
    if len(shared) < SHORTEST_SHARED_KEY:
        raise _unfit(f"it is a shared key shorter than {SHORTEST_SHARED_KEY} bytes")
    if _is_public_in_disguise(text):
        raise _unfit("it is a public key, which everybody may know; give it in PEM")
    try:
        return VerificationKey("HS256", jwt.get_algorithm_by_name("HS256").prepare_key(text.encode()))
    except (jwt.InvalidKeyError, UnicodeEncodeError):
        raise _unfit("it is no shared key, but a text of another kind") from None


def _is_public_in_disguise(text: str) -> bool:
    """Whether it is a public key as OpenSSH, a JWK or bare DER has it: as a shared key, anybody could sign with it."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    if text.lstrip().startswith(("{", "ssh-", "ecdsa-", "sk-")):
        return True
    try:
        load_der_public_key(base64_bytes(text))
    except (ValueError, UnsupportedAlgorithm):
        return False
    return True


def _unfit(cause: str) -> Malformed:
    return Malformed("the key of the heartbeats", "reading the key", cause)
