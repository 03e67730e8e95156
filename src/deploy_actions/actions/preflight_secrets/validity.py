"""The dates that a credential states about itself."""

from datetime import datetime

import msgspec


class Validity(msgspec.Struct, frozen=True):
    """`kind` in words; moments aware and in UTC, None where the credential states none. `note` adds what to know."""

    kind: str
    not_before: datetime | None
    expires: datetime | None
    note: str = ""


class Unreadable(ValueError):
    """A value that is not what its kind demands. The message quotes nothing of it."""


class NoDate(Unreadable):
    """A well-formed credential whose date cannot be read, as beyond the year 9999: nobody can vouch for it."""
