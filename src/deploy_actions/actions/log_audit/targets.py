"""Gives the known values to search for: each named secret, and the secret pieces inside it."""

from collections.abc import Iterator, Sequence

from deploy_actions.core.leak_search import Target
from deploy_actions.core.ports import Secrets
from deploy_actions.core.secret import Secret
from deploy_actions.credentials import kind_of
from deploy_actions.credentials.credential import Unreadable


def targets(names: Sequence[str], secrets: Secrets) -> tuple[tuple[Target, ...], tuple[str, ...]]:
    """The values that are there, and the names of those that are not. Raises `Malformed` for what is no text."""
    known: list[Target] = []
    absent: list[str] = []
    for name in names:
        value = secrets.value(name)
        if value is None:
            absent.append(name)
        else:
            known += _with_parts(name, value)
    return tuple(known), tuple(absent)


def _with_parts(name: str, value: Secret) -> Iterator[Target]:
    yield Target(name, value)
    kind = kind_of(value.reveal())
    try:
        parts = kind.read(value.reveal()).parts if kind else ()
    except Unreadable:  # what cannot be read has no parts that are known; the whole is searched for
        parts = ()
    for part in parts:
        if part.value != value:
            yield Target(f"{name} ({part.what})", part.value)
