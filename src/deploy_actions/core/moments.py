"""Reads a moment from text, the same way wherever one is given."""

from datetime import UTC, datetime
from typing import ClassVar, Self

import msgspec

from deploy_actions.core.input_types import NotOfType


def moment_of(text: str) -> datetime:
    """The moment, in UTC, of an ISO 8601 date or date and time; without an offset it is UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("no date between the years 1 and 9999 in UTC") from None


class Moment(msgspec.Struct, frozen=True):
    """A date and time, written as in `2026-11-24T18:00:00Z`."""

    at: datetime

    expects: ClassVar[str] = "a date and time, as in `2026-11-24T18:00:00Z`"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotOfType."""
        try:
            return cls(moment_of(text))
        except ValueError:
            raise NotOfType(f"is not {cls.expects}") from None

    def __str__(self) -> str:
        return written(self.at)


def written(moment: datetime) -> str:
    """The moment as this project writes it: in UTC, to the second."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
