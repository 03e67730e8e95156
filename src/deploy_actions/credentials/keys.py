"""Tells how strong a key is, and whether its numbers belong together."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

_LEAST_RSA_BITS = 2048
_LEAST_CURVE_BITS = 224
_MOST_RSA_BITS = 16_384
"""OpenSSL refuses to use a longer modulus (OPENSSL_RSA_MAX_MODULUS_BITS)."""


def described(key: "PublicKeyTypes") -> str:
    """Algorithm and size in words."""
    name = type(key).__name__.removesuffix("PublicKey").lstrip("_")
    size = getattr(key, "key_size", None)
    return f"{name} of {size} bits" if size else name


def weaknesses_of(key: "PublicKeyTypes") -> tuple[str, ...]:
    """Why the key is too weak for production; none if it is strong enough (NIST SP 800-131A, rev. 2)."""
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa

    if isinstance(key, rsa.RSAPublicKey) and key.key_size < _LEAST_RSA_BITS:
        return (f"its RSA key has {key.key_size} bits, fewer than {_LEAST_RSA_BITS}",)
    if isinstance(key, dsa.DSAPublicKey):
        return ("its key is a DSA key, which current software no longer accepts",)
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.key_size < _LEAST_CURVE_BITS:
        return (f"its curve has {key.curve.key_size} bits, fewer than {_LEAST_CURVE_BITS}",)
    return ()


def faults_of(key: Any) -> tuple[str, ...]:
    """What is wrong in the numbers of a private key. Primality is not tested: that takes longer than all the rest."""
    from cryptography.hazmat.primitives.asymmetric import rsa

    if not isinstance(key, rsa.RSAPrivateKey):
        return ()
    if key.key_size > _MOST_RSA_BITS:
        return (f"its RSA key has {key.key_size} bits, more than any client takes",)
    numbers = key.private_numbers()
    if numbers.p * numbers.q != numbers.public_numbers.n:
        return ("the numbers of its RSA key do not belong together",)
    return ()
