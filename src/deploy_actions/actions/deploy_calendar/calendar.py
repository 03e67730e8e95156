"""Reads the input `calendar`: a time zone, deploy hours and freezes, in YAML."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import ClassVar, Self
from zoneinfo import ZoneInfo

import msgspec

from deploy_actions.actions.deploy_calendar.entry import Entry
from deploy_actions.actions.deploy_calendar.rule import Rule
from deploy_actions.actions.deploy_calendar.wall_clock import Window
from deploy_actions.core.input_types import NotOfType

MOST_ENTRIES, MOST_RULES = 200, 30
_LONGEST_FREEZE = timedelta(days=400)
_DAY = timedelta(days=1)
_A_MONDAY = "2020-01-06"
_ZONE = re.compile(r"[A-Za-z0-9_+-]{1,30}(?:/[A-Za-z0-9_+-]{1,30}){0,2}")


class Recurring(msgspec.Struct, frozen=True, kw_only=True):
    """A window of wall-clock time, once at its start or by a rule. `reason` is given for freezes only."""

    name: str
    reason: str = ""
    start: datetime
    length: timedelta
    rule: Rule | None = None

    def windows(self, first: date, last: date) -> Iterator[Window]:
        """Those of its windows, in wall-clock time, that have a part from the start of `first` to that of `last`."""
        since = first - timedelta(days=self.length.days + 1)
        dates = self.rule.dates(since, last) if self.rule else iter([self.start.date()])
        for start in (datetime.combine(day, self.start.time()) for day in dates):
            if start.date() <= last and start + self.length > datetime.combine(first, time.min):
                yield Window(start, start + self.length, self.name)


class Calendar(msgspec.Struct, frozen=True, kw_only=True):
    """When a deploy may start: inside any of the hours, where there are some, and in no freeze."""

    zone: ZoneInfo
    hours: tuple[Recurring, ...]
    freezes: tuple[Recurring, ...]

    expects: ClassVar[str] = "YAML with `time-zone`, and `deploy-hours`, `freezes` or both"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotOfType, saying which entry is wrong."""
        from deploy_actions.core.plain_yaml import load  # PyYAML, 20 ms, not for `--help`

        try:
            document = load(text)
        except UnicodeEncodeError:
            raise NotOfType("is not UTF-8 text") from None
        if not isinstance(document, dict):
            raise NotOfType(f"is not {cls.expects}")
        calendar = Entry(document)
        calendar.refuse_others("time-zone", "deploy-hours", "freezes")
        hours, freezes = calendar.entries("deploy-hours"), calendar.entries("freezes")
        if not 0 < len(hours) + len(freezes) <= MOST_ENTRIES:
            raise NotOfType(f"holds {len(hours) + len(freezes)} deploy hours and freezes; 1 to {MOST_ENTRIES} can be")
        if sum(entry.has("rrule") for entry in (*hours, *freezes)) > MOST_RULES:
            raise NotOfType(f"holds more than {MOST_RULES} entries with an `rrule`; write some as single windows")
        zone = _zone(calendar)
        return cls(
            zone=zone,
            hours=tuple(_hours(entry, zone) for entry in hours),
            freezes=tuple(_freeze(entry, zone) for entry in freezes),
        )


def _zone(calendar: Entry) -> ZoneInfo:
    name = calendar.text("time-zone")
    try:
        return ZoneInfo(name if _ZONE.fullmatch(name) else "")
    except (ValueError, OSError, KeyError):  # the file of a zone may also be a folder, or none of a zone
        raise NotOfType("has a `time-zone` that is not known, as `Europe/Zurich` is") from None


def _hours(entry: Entry, zone: ZoneInfo) -> Recurring:
    entry.refuse_others("name", "rrule", "from", "to", "starting")
    opens, closes = entry.time_of_day("from"), entry.time_of_day("to")
    if opens in (closes, _DAY):
        raise entry.wrong("has the same time as `from` and `to`, or 24:00 as `from`; a whole day is 00:00 to 24:00")
    start = datetime.combine(entry.date("starting", _A_MONDAY), time.min) + opens
    length = closes - opens if opens < closes else closes - opens + _DAY
    return Recurring(name=entry.name, start=start, length=length, rule=_rule(entry, start, zone))


def _freeze(entry: Entry, zone: ZoneInfo) -> Recurring:
    entry.refuse_others("name", "start", "end", "rrule", "reason")
    start, end = entry.date_and_time("start"), entry.date_and_time("end")
    if not timedelta() < end - start <= _LONGEST_FREEZE:
        raise entry.wrong(f"has an `end` that is not after its `start`, or more than {_LONGEST_FREEZE.days} days later")
    rule = _rule(entry, start, zone) if entry.has("rrule") else None
    if rule and not any(rule.dates(start.date(), start.date())):
        raise entry.wrong("has a `start` on which its `rrule` does not recur")
    name, reason = entry.text("name"), entry.text("reason", "")
    return Recurring(name=name, reason=reason, start=start, length=end - start, rule=rule)


def _rule(entry: Entry, start: datetime, zone: ZoneInfo) -> Rule:
    text = entry.text("rrule")
    try:
        return Rule.parse(text, start, zone)
    except NotOfType as error:
        raise entry.wrong(f"has an `rrule` that {error}") from None
