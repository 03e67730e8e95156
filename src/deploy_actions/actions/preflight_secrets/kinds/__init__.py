"""The kinds of credential whose dates can be read, one module a kind, tried in this order.

A kind is a module with `NAME`, `recognises(value)` and `read(value) -> Validity`; adding one is a file and a word here.
"""

from typing import Protocol

from deploy_actions.actions.preflight_secrets.kinds import jwt, x509
from deploy_actions.actions.preflight_secrets.validity import Validity


class Kind(Protocol):
    """What a kind's module offers."""

    NAME: str

    def recognises(self, value: str) -> bool:
        """Whether a value is meant as one of this kind; cheap, never raises."""

    def read(self, value: str) -> Validity:
        """The dates that the credential states. Raises Unreadable, whose message quotes nothing of the value."""


def _kinds(*modules: Kind) -> dict[str, Kind]:
    return {module.NAME: module for module in modules}


KINDS: dict[str, Kind] = _kinds(jwt, x509)

OPAQUE = "opaque"
"""The kind of a value that states nothing about itself: only its presence can be checked."""


def kind_of(value: str) -> Kind | None:
    """The first kind that recognises the value, or None."""
    return next((kind for kind in KINDS.values() if kind.recognises(value)), None)
