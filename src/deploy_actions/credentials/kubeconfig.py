"""Kubernetes client configurations: the certificate or token of the current context, and where it leads."""

from typing import Any

from deploy_actions.core.input_types import NotOfType
from deploy_actions.credentials import jwt, pem_private_key, x509
from deploy_actions.credentials.credential import Credential, Kind, Part, Unreadable, part
from deploy_actions.credentials.reading import base64_bytes


def recognises(value: str) -> bool:
    """A text that speaks of clusters, contexts and users."""
    return all(word in value for word in ("apiVersion", "clusters", "contexts", "users"))


def read(value: str) -> Credential:
    """The credential of the current context. Raises Unreadable, or NoDate."""
    context = _entry(_document(value), "contexts", "context", _text(_document(value), "current-context"))
    user = _entry(_document(value), "users", "user", _text(context, "user"))
    cluster = _entry(_document(value), "clusters", "cluster", _text(context, "cluster"))
    held = _held(user)
    return Credential(
        kind=f"kubeconfig with {held.kind}",
        issued=held.issued,
        not_before=held.not_before,
        expires=held.expires,
        issuer=held.issuer,
        subject=held.subject or _text(context, "user"),
        note=held.note,
        weaknesses=held.weaknesses,
        concerns=(*held.concerns, *_concerns(cluster)),
        parts=_parts(user, held),
    )


def _document(value: str) -> dict[str, Any]:
    from deploy_actions.core.plain_yaml import load  # PyYAML, 20 ms, only where there is YAML

    try:
        document = load(value)
    except NotOfType as error:
        raise Unreadable(f"it {error}") from None
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
    if certificate := user.get("client-certificate-data"):
        return x509.read(base64_bytes(str(certificate), "its client certificate").decode("ascii", "replace"))
    if token := user.get("token"):
        return jwt.read(str(token)) if jwt.recognises(str(token)) else Credential(kind="an opaque token")
    if user.get("username") and user.get("password"):
        return Credential(
            kind="a password", concerns=("it uses basic authentication, which Kubernetes removed in 1.19",)
        )
    if "exec" in user:
        return Credential(kind="a program that gets the credential", note="The program itself was not run.")
    for key in ("client-certificate", "tokenFile", "auth-provider"):
        if key in user:
            raise Unreadable(f"its user relies on `{key}`, which is not in the file itself")
    raise Unreadable("its user has no credential")


def _concerns(cluster: dict[str, Any]) -> list[str]:
    concerns = []
    if str(cluster.get("insecure-skip-tls-verify")).lower() == "true":
        concerns.append("it does not check the cluster's certificate (`insecure-skip-tls-verify`)")
    if str(cluster.get("server", "")).lower().startswith("http:"):
        concerns.append("it reaches its cluster without TLS")
    return concerns


def _parts(user: dict[str, Any], held: Credential) -> tuple[Part, ...]:
    named = tuple(
        part(f"its `{key}`", str(user[key])) for key in ("token", "password", "client-key-data") if user.get(key)
    )
    try:
        key = base64_bytes(str(user.get("client-key-data", ""))).decode("ascii", "replace")
    except Unreadable:
        return (*named, *held.parts)
    return (*named, *pem_private_key.parts_of(key), *held.parts)


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
