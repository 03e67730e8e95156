"""Gives the dates on which a rule recurs, at a cost that is bounded whatever the rule says."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Self, cast
from zoneinfo import ZoneInfo

import msgspec

from deploy_actions.actions.deploy_calendar.rule_text import DAYS, parts_of
from deploy_actions.core.input_types import NotOfType
from deploy_actions.core.moments import moment_of

LAST = date(2102, 12, 31)
"""No rule is followed any further."""

_LEAST_DAYS = {"YEARLY": 365, "MONTHLY": 28, "WEEKLY": 7, "DAILY": 1}
_MOST_STEPS_OF_COUNT = 8
"""For each occurrence of a COUNT: rarer ones are not looked for."""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule of recurrence in days; at which time of the day is said beside it. `last` is the last date it may give."""

    parts: dict[str, str]
    start: date
    last: date

    @classmethod
    def parse(cls, text: str, start: datetime, zone: ZoneInfo) -> Self:
        """The rule from the value of an RRULE. `start` is its DTSTART, a wall-clock time in the zone.

        UNTIL may be a date, which it includes; a local time; or, with a `Z`, a moment in UTC. All three are compared
        with the wall-clock time at which an occurrence starts. Raises NotOfType.
        """
        parts = _with_defaults(parts_of(text), start.date())
        count, until = parts.pop("COUNT", None), parts.pop("UNTIL", None)
        rule = cls(parts=parts, start=start.date(), last=_last_date(until, start, zone) if until else LAST)
        return msgspec.structs.replace(rule, last=rule._counted(int(count))) if count else rule

    @property
    def _interval(self) -> int:
        return int(self.parts.get("INTERVAL", 1))

    def dates(self, first: date, last: date) -> Iterator[date]:
        """The dates from `first` to `last` on which the rule recurs, in order; both are included.

        The library is given the rule at the period before `first`, so that the years since its start cost nothing.
        """
        from dateutil.rrule import rrule, rrulestr  # 25 ms, only where there is a rule

        first, last = max(first, self.start), min(last, self.last)
        if first > last:
            return
        base = self._aligned(first)
        text = ";".join(f"{name}={value}" for name, value in self.parts.items())
        steps = (last - base).days // (_LEAST_DAYS[self.parts["FREQ"]] * self._interval) + 1
        whole = cast(rrule, rrulestr(text, dtstart=datetime.combine(base, time.min)))
        bounded = whole.replace(
            interval=_Interval.limited(self._interval, steps), until=datetime.combine(last, time.max)
        )
        try:
            yield from (found for moment in bounded if (found := moment.date()) >= first)
        except _FarEnough:
            return

    def _aligned(self, first: date) -> date:
        """The first day of the last period that starts at or before `first`, and that the interval does not skip."""
        start, interval = self.start, self._interval
        if self.parts["FREQ"] == "YEARLY":
            return date(start.year + (first.year - start.year) // interval * interval, 1, 1)
        if self.parts["FREQ"] == "MONTHLY":
            months = (first.year - start.year) * 12 + first.month - start.month
            years, month = divmod(start.month - 1 + months // interval * interval, 12)
            return date(start.year + years, month + 1, 1)
        days = 1
        if self.parts["FREQ"] == "WEEKLY":
            days, start = 7, start - timedelta(days=(start.weekday() - DAYS.index(self.parts["WKST"])) % 7)
        return start + timedelta(days=(first - start).days // (days * interval) * days * interval)

    def _counted(self, count: int) -> date:
        """The date of the last of so many occurrences. Raises NotOfType when they are too far apart."""
        days = {"YEARLY": 366, "MONTHLY": 31}.get(self.parts["FREQ"], _LEAST_DAYS[self.parts["FREQ"]])
        reach = self.start.toordinal() + days * self._interval * (count * _MOST_STEPS_OF_COUNT + 1)
        found = [*islice(self.dates(self.start, date.fromordinal(min(reach, LAST.toordinal()))), count)]
        if len(found) < count:
            raise NotOfType("has a COUNT that reaches too far; give the last date as UNTIL")
        return found[-1]


class _FarEnough(Exception):
    """The library has looked as far as was asked."""


class _Interval(int):
    """An INTERVAL that can be added only so often: for a rule that never matches the library looks to the year 9999."""

    left: int

    @classmethod
    def limited(cls, interval: int, steps: int) -> Self:
        """The interval for so many steps."""
        made = cls(interval)
        made.left = steps
        return made

    def _step(self) -> None:
        if not self.left:
            raise _FarEnough
        self.left -= 1

    def __radd__(self, other: int) -> int:
        """One step of years, months or days."""
        self._step()
        return other + int(self)

    def __mul__(self, other: int) -> int:
        """One step of weeks."""
        self._step()
        return int(self) * other


def _with_defaults(parts: dict[str, str], start: date) -> dict[str, str]:
    """What the RFC takes from DTSTART, written out: the library would take it from wherever it is set to begin."""
    named = {name for name in parts if name.startswith("BY")}
    added = {"WKST": "MO"}
    if parts["FREQ"] == "WEEKLY":
        added["BYDAY"] = DAYS[start.weekday()]
    elif parts["FREQ"] in ("MONTHLY", "YEARLY") and not named - {"BYMONTH", "BYSETPOS"}:
        added["BYMONTHDAY"] = str(start.day)
        if parts["FREQ"] == "YEARLY":
            added["BYMONTH"] = str(start.month)
    return added | parts


def _last_date(until: str, start: datetime, zone: ZoneInfo) -> date:
    """The last date on which an occurrence starts by UNTIL. Raises NotOfType."""
    try:
        moment = moment_of(until)
        local = moment.astimezone(zone) if until.endswith("Z") else moment
        by_date = len(until) == len("20261224")
        last = local.date() if by_date or start.time() <= local.time() else local.date() - timedelta(days=1)
    except (ValueError, OverflowError):
        raise NotOfType("has an UNTIL that is no date") from None
    if last < start.date():
        raise NotOfType("has an UNTIL before its start")
    return min(last, LAST)
