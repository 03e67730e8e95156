"""Docker's client configuration: who may pull and push at which registry."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from deploy_actions.credentials import jwt
from deploy_actions.credentials.credential import Credential, Kind, Part, Unreadable, part
from deploy_actions.credentials.reading import base64_bytes, json_object, moment_from_seconds


def recognises(value: str) -> bool:
    """JSON with `auths`."""
    return value.startswith("{") and '"auths"' in value


def read(value: str) -> Credential:
    """Registries and passwords; the end of passwords that state one. Raises Unreadable, or NoDate."""
    document = json_object(value)
    auths = document.get("auths")
    if not isinstance(auths, dict) or not auths:
        raise Unreadable("it holds no `auths`")
    passwords = {host: _password(entry) for host, entry in auths.items()}
    ends = [end for end in map(_end, passwords.values()) if end]
    helpers = [key for key in ("credsStore", "credHelpers") if document.get(key)]
    return Credential(
        kind=f"Docker configuration for {len(auths)} registries" if len(auths) > 1 else "Docker configuration",
        expires=min(ends, default=None),
        subject=", ".join(auths),
        concerns=tuple(f"it relies on `{key}`, a program that a runner may not have" for key in helpers),
        parts=tuple(_parts(auths, passwords)),
    )


def _password(entry: Any) -> str:
    if not isinstance(entry, dict):
        raise Unreadable("an entry of its `auths` is no mapping")
    for key in ("identitytoken", "registrytoken", "password"):
        if isinstance(entry.get(key), str) and entry[key]:
            return str(entry[key])
    return _from_auth(entry.get("auth"))


def _from_auth(auth: Any) -> str:
    """The password in base64 of `user:password`, behind which Docker itself cuts off NULs."""
    try:
        user, _, password = base64_bytes(auth if isinstance(auth, str) else "", "an `auth`").decode().partition(":")
    except UnicodeDecodeError:
        raise Unreadable("an `auth` is no UTF-8 in base64") from None
    if not (user and password.strip("\0")):
        raise Unreadable("an entry of its `auths` holds no user and password")
    return password.strip("\0")


def _end(password: str) -> datetime | None:
    """The end of a JWT, or of a password of Amazon's registry, which is JSON in base64 with an `expiration`."""
    if jwt.recognises(password):
        return jwt.read(password).expires
    try:
        document = json_object(base64_bytes(password))
    except Unreadable:
        return None
    seconds = document.get("expiration")
    return None if seconds is None else moment_from_seconds(seconds, "the `expiration` of a password")


def _parts(auths: dict[str, Any], passwords: dict[str, str]) -> Iterator[Part]:
    for host, password in passwords.items():
        yield part("a registry's password", password)
        if isinstance(auths[host].get("auth"), str):
            yield part("a registry's `auth`", auths[host]["auth"])


KIND = Kind(
    name="docker-config",
    title="Docker client configuration (`config.json`)",
    checked=(
        "every registry has a user and a password; the end of passwords that are JWTs or of Amazon's "
        "registry; helpers warn"
    ),
    not_checked="other passwords; whether the registries accept them",
    source="https://github.com/docker/cli/blob/master/docs/reference/commandline/login.md",
    recognises=recognises,
    read=read,
    states_expiry=True,
)
