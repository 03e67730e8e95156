import base64
import contextlib
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st
from tests.servers import Authority

from deploy_actions.clients.heartbeat_key import verification_key
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Malformed

RSA, SMALL_RSA = rsa.generate_private_key(65537, 2048), rsa.generate_private_key(65537, 1024)
P256, P384 = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP384R1())
ED25519, ED448 = ed25519.Ed25519PrivateKey.generate(), ed448.Ed448PrivateKey.generate()
PEM, DER, SSH = serialization.Encoding.PEM, serialization.Encoding.DER, serialization.Encoding.OpenSSH
SPKI, PKCS1 = serialization.PublicFormat.SubjectPublicKeyInfo, serialization.PublicFormat.PKCS1


def public(key: Any, encoding: serialization.Encoding = PEM, form: serialization.PublicFormat = SPKI) -> str:
    content: bytes = key.public_key().public_bytes(encoding, form)
    return base64.b64encode(content).decode() if encoding is DER else content.decode()


def openssh(key: Any) -> str:
    return public(key, SSH, serialization.PublicFormat.OpenSSH)


def private(key: Any) -> str:
    content: bytes = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return content.decode()


@pytest.mark.parametrize(
    ("text", "algorithm"),
    [
        (public(RSA), "RS256"),
        (public(RSA, form=PKCS1), "RS256"),
        (public(P256), "ES256"),
        (public(ED25519), "EdDSA"),
        (f"# of the runners\n{public(P256)}\n\n", "ES256"),
        (public(P256).replace("\n", "\r\n"), "ES256"),
        ("k" * 32, "HS256"),
        ("ü" * 16, "HS256"),
        (base64.b64encode(bytes(range(32))).decode(), "HS256"),
    ],
    ids=lambda text: repr(text)[:45],
)
def test_the_key_alone_decides_by_which_algorithm(text: str, algorithm: str) -> None:
    assert verification_key(Secret(text)).algorithm == algorithm


UNFIT = {
    "empty": ("", "shorter than 32 bytes"),
    "short": ("k" * 31, "shorter than 32 bytes"),
    "not text": ("\udc80" * 40, "no shared key"),
    "private": (private(P256), "a private key stays where heartbeats are signed"),
    "certificate": (Authority().certificate, "no public key in PEM"),
    "broken PEM": (public(P256).replace("\n", "\\n"), "no public key in PEM"),
    "cut PEM": (public(RSA)[:200], "no public key in PEM"),
    "PEM of nothing": ("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----" + "k" * 32, "no public key in PEM"),
    "small RSA": (public(SMALL_RSA), "its RSA key has 1024 bits, fewer than 2048"),
    "P-384": (public(P384), "neither an RSA key, nor one on the curve P-256"),
    "Ed448": (public(ED448), "neither an RSA key, nor one on the curve P-256"),
    "DSA": (public(dsa.generate_private_key(2048)), "DSA"),
    "Ed25519 of OpenSSH": (openssh(ED25519), "it is a public key, which everybody may know"),
    "RSA of OpenSSH": (openssh(RSA), "it is a public key, which everybody may know"),
    "P-256 of OpenSSH": (openssh(P256), "it is a public key, which everybody may know"),
    "bare DER": (public(P256, DER), "it is a public key, which everybody may know"),
    "bare DER in lines": (public(RSA, DER)[:64] + "\n" + public(RSA, DER)[64:], "it is a public key"),
    "JWK": (
        json.dumps(jwt.algorithms.ECAlgorithm.to_jwk(P256.public_key(), as_dict=True)),
        "it is a public key, which everybody may know",
    ),
}


@pytest.mark.parametrize("name", UNFIT)
def test_a_key_that_is_not_fit_is_refused_and_not_quoted(name: str) -> None:
    text, cause = UNFIT[name]
    with pytest.raises(Malformed, match=cause) as refused:
        verification_key(Secret(text))
    assert not text or text[-20:].strip() not in str(refused.value)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


@given(st.text())
def test_a_text_is_a_key_or_is_refused(text: str) -> None:
    with contextlib.suppress(Malformed):
        assert verification_key(Secret(text)).algorithm == "HS256"
