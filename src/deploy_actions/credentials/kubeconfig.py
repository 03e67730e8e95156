"""Kubernetes client configurations: the certificate or token of the current context, and where it leads."""

from typing import Any

from msgspec.structs import replace

from deploy_actions.core.plain_yaml import load
from deploy_actions.credentials import jwt, x509
from deploy_actions.credentials.credential import Credential, Kind, Part, Unreadable, part
from deploy_actions.credentials.reading import base64_bytes

_ELSEWHERE = ("client-certificate", "client-key", "tokenFile", "auth-provider")

_JOINTS = ":,\n[{"
_MOST_JOINTS = 6000
"""Characters between entries: a file of forty contexts has 1000, and 30,000 in 48 KB take YAML a tenth of a second."""


def recognises(value: str) -> bool:
    """A text that speaks of clusters, contexts and users."""
    return all(word in value for word in ("apiVersion", "clusters", "contexts", "users"))


def read(value: str) -> Credential:
    """The credential of the current context. Raises Unreadable, or NoDate."""
    document = _document(value)
    context = _entry(document, "contexts", "context", _text(document, "current-context"))
    user = _entry(document, "users", "user", _text(context, "user"))
    cluster = _entry(document, "clusters", "cluster", _text(context, "cluster"))
    _text(cluster, "server")
    held = _held(user)
    return replace(
        held,
        kind=f"kubeconfig with {held.kind}",
        subject=held.subject or _text(context, "user"),
        concerns=(*held.concerns, *_concerns(cluster)),
        parts=(*_parts(user), *held.parts),
    )


def _document(value: str) -> dict[str, Any]:
    if sum(map(value.count, _JOINTS)) > _MOST_JOINTS:
        raise Unreadable(f"it has more than {_MOST_JOINTS} entries")
    try:
        document = load(value)
    except ValueError:  # NotOfType, or UnicodeEncodeError of what is no UTF-8
        raise Unreadable("it is no YAML, or has aliases, repeated names or more than 100 levels") from None
    if not isinstance(document, dict):
        raise Unreadable("it is no mapping")
    return document


def _text(mapping: dict[str, Any], key: str) -> str:
    text = mapping.get(key)
    if not isinstance(text, str) or not text:
        raise Unreadable(f"it names no `{key}`")
    return text


def _entry(document: dict[str, Any], listing: str, key: str, name: str) -> dict[str, Any]:
    entries = document.get(listing)
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict) and entry.get("name") == name and isinstance(entry.get(key), dict):
            found: dict[str, Any] = entry[key]
            return found
    raise Unreadable(f"its current context leads to none of its `{listing}`")


def _held(user: dict[str, Any]) -> Credential:
    """What the user of the context authenticates with."""
    if "client-certificate-data" in user:
        return _certificate(user)
    if token := _stated(user, "token"):
        return jwt.read(token) if jwt.recognises(token) else Credential(kind="an opaque token")
    if _stated(user, "username") and _stated(user, "password"):
        return Credential(
            kind="a password", concerns=("it uses basic authentication, which Kubernetes removed in 1.19",)
        )
    if isinstance(user.get("exec"), dict):
        return Credential(kind="a program that gets the credential", note="The program itself was not run.")
    raise _nothing(user, "its user has no credential")


def _certificate(user: dict[str, Any]) -> Credential:
    """The certificate and the key that belongs to it."""
    if "client-key-data" not in user:
        raise _nothing(user, "its client certificate has no key")
    pem = [_decoded(user, "client-certificate-data"), _decoded(user, "client-key-data")]
    if not x509.recognises(pem[0]) or "PRIVATE KEY-----" not in pem[1]:
        raise Unreadable("its client certificate or its key is no PEM in base64")
    return x509.read("\n".join(pem))


def _nothing(user: dict[str, Any], otherwise: str) -> Unreadable:
    key = next((key for key in _ELSEWHERE if key in user), None)
    return Unreadable(f"its user relies on `{key}`, which is not in the file itself" if key else otherwise)


def _stated(user: dict[str, Any], key: str) -> str:
    stated = user.get(key)
    return stated if isinstance(stated, str) else ""


def _decoded(user: dict[str, Any], key: str) -> str:
    return base64_bytes(_stated(user, key), f"its `{key}`").decode("ascii", "replace")


def _concerns(cluster: dict[str, Any]) -> list[str]:
    concerns = []
    if str(cluster.get("insecure-skip-tls-verify")).lower() == "true":
        concerns.append("it does not check the cluster's certificate (`insecure-skip-tls-verify`)")
    if str(cluster.get("server", "")).lower().startswith("http:"):
        concerns.append("it reaches its cluster without TLS")
    if "certificate-authority" in cluster:
        concerns.append("the cluster's `certificate-authority` is a file, which is not in the value itself")
    return concerns


def _parts(user: dict[str, Any]) -> tuple[Part, ...]:
    keys = ("token", "password", "client-key-data")
    return tuple(part(f"its `{key}`", _stated(user, key)) for key in keys if _stated(user, key))


KIND = Kind(
    name="kubeconfig",
    title="Kubernetes client configuration",
    checked=(
        "the current context leads to a cluster and a user; the dates of its client certificate or JWT; no "
        "TLS, unchecked TLS and basic authentication warn"
    ),
    not_checked="other contexts; opaque tokens; programs it names; whether the cluster accepts it",
    source="https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/",
    recognises=recognises,
    read=read,
    states_expiry=True,
)
