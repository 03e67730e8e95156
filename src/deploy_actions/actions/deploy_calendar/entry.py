"""Reads one mapping of a calendar: each setting by its key and of its form, and no key that nobody asked for."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from deploy_actions.core.input_types import NotOfType

_EARLIEST, _LATEST = date(2000, 1, 1), date(2100, 12, 31)
_KEY = re.compile(r"[A-Za-z0-9_-]{1,40}")
_NAME = re.compile(r"\w[\w .,:;'()/&+-]{0,59}")
_LONGEST_TEXT = 300
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|(24):(00)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATE_AND_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}")


class Entry:
    """A mapping of settings. `about` is how messages call it; the calendar itself is called by no name.

    Every method raises NotOfType, whose message names the entry and the key and never quotes a value.
    """

    def __init__(self, values: object, about: str = "") -> None:
        self._about = about
        if not isinstance(values, dict):
            raise self.wrong("is no mapping of settings")
        self._values: Mapping[str, Any] = values
        named = self.text("name", "") if about else ""
        if named and not _NAME.fullmatch(named):
            raise self.wrong("has a `name` that is longer than 60 characters, or holds more than letters and digits")
        self._about += f" ({named})" if named else ""
        self.name = named or about

    def wrong(self, problem: str) -> NotOfType:
        """The error that says which entry it is about."""
        return NotOfType(f"holds `{self._about}`, which {problem}" if self._about else problem)

    def refuse_others(self, *known: str) -> None:
        """Refuses keys besides the known ones, by their name where it can be shown."""
        for key in self._values.keys() - set(known):
            shown = f"`{key}`" if _KEY.fullmatch(key) else "a key"
            raise self.wrong(f"holds {shown}, which is not known; known are {', '.join(known)}")

    def text(self, key: str, default: str | None = None) -> str:
        """A text of one line; without a default it must be there."""
        value = self._values.get(key) or default
        if value is None:
            raise self.wrong(f"has no `{key}`")
        if not isinstance(value, str) or not value.isprintable() or len(value) > _LONGEST_TEXT:
            raise self.wrong(f"has a `{key}` that is no text of one line, of at most {_LONGEST_TEXT} characters")
        return value

    def has(self, key: str) -> bool:
        """Whether the key is there with a value."""
        return bool(self._values.get(key))

    def entries(self, key: str) -> "list[Entry]":
        """The mappings of a list, named by their place in it, from 1; none where the key is absent."""
        values = self._values.get(key, [])
        if not isinstance(values, list) or (key in self._values and not values):
            raise self.wrong(f"has under `{key}` no list with entries")
        return [Entry(value, f"{key}[{number}]") for number, value in enumerate(values, 1)]

    def time_of_day(self, key: str) -> timedelta:
        """A time of the day, as the time since its midnight."""
        found = _TIME.fullmatch(self.text(key))
        if not found:
            raise self.wrong(f"has a `{key}` that is no time of the day, as in `09:30`; 24:00 is the last")
        return timedelta(hours=int(found[1] or found[3]), minutes=int(found[2] or found[4]))

    def date(self, key: str, default: str) -> date:
        """A date."""
        return self._moment(key, self.text(key, default), _DATE, "2026-01-05").date()

    def date_and_time(self, key: str) -> datetime:
        """A wall-clock time."""
        return self._moment(key, self.text(key), _DATE_AND_TIME, "2026-12-18 18:00")

    def _moment(self, key: str, text: str, form: "re.Pattern[str]", example: str) -> datetime:
        try:
            moment = datetime.fromisoformat(text if form.fullmatch(text) else "")
        except ValueError:
            raise self.wrong(f"has a `{key}` that is not of the form `{example}`") from None
        if not _EARLIEST <= moment.date() <= _LATEST:
            raise self.wrong(f"has a `{key}` that is not between the years {_EARLIEST.year} and {_LATEST.year}")
        return moment
