"""What a credential says about itself, and what a kind of credential is."""

from collections.abc import Callable
from datetime import datetime

import msgspec

from deploy_actions.core.secret import Secret


class Part(msgspec.Struct, frozen=True):
    """A piece of a credential that is secret by itself, as the password in a DSN. `what` says which, in words."""

    what: str
    value: Secret


class Credential(msgspec.Struct, frozen=True, kw_only=True):
    """What can be read from a credential without asking anybody.

    `kind` is in words. Moments are aware and in UTC, None where the credential states none. `issuer` and `subject` are
    what may be shown. `weaknesses` make it unfit for production; `concerns` are worth a warning; `note` is what a
    reader should know. `parts` are the pieces that must be masked besides the whole. What `is_public` by its nature, as
    a certificate is, needs no masks but those that the runner has.
    """

    kind: str
    not_before: datetime | None = None
    expires: datetime | None = None
    issued: datetime | None = None
    issuer: str | None = None
    subject: str | None = None
    note: str = ""
    weaknesses: tuple[str, ...] = ()
    concerns: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    is_public: bool = False


class Unreadable(ValueError):
    """A value that is not what its kind demands. The message quotes nothing of it."""


class NoDate(Unreadable):
    """A well-formed credential whose date cannot be read, as beyond the year 9999: nobody can vouch for it."""


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of credential: its name in a manifest, what is and is not checked, and where its form is described.

    `recognises` is cheap and never raises. `read` raises Unreadable, whose message quotes nothing of the value.
    `unlock` reads with the password that another secret holds; None where the kind knows no password.
    """

    name: str
    title: str
    checked: str
    not_checked: str
    source: str
    recognises: Callable[[str], bool]
    read: Callable[[str], Credential]
    unlock: Callable[[str, str], Credential] | None = None
    states_expiry: bool = False


def part(what: str, value: str) -> Part:
    """A piece to be masked."""
    return Part(what, Secret(value))
