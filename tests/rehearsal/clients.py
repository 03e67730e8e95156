"""A plain HTTP client, and the credentials that the emulators' tests make at run time."""

import json
import time
import urllib.error
import urllib.request
from base64 import b64encode
from functools import cache
from typing import Any, NamedTuple

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


class Response(NamedTuple):
    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


def ask(url: str, authorization: str = "", *, method: str = "GET", body: object = None) -> Response:
    data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Authorization": authorization} if authorization else {}
    request = urllib.request.Request(url, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return Response(response.status, _lower(response.headers), response.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            return Response(error.code, _lower(error.headers), error.read().decode())


def _lower(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def basic(user: str, password: str) -> str:
    return f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"


class Key(NamedTuple):
    private: str
    public: str


@cache
def rsa_key(name: str) -> Key:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return Key(private.decode(), public.decode())


def app_jwt(key: Key, issuer: str = "7", *, issued: int = -60, expires: int = 540, **more: object) -> str:
    """`Authorization` with an app's JWT; times are seconds from now."""
    now = int(time.time())
    claims = {"iss": issuer, "iat": now + issued, "exp": now + expires, **more}
    return f"Bearer {jwt.encode(claims, key.private, algorithm='RS256')}"
