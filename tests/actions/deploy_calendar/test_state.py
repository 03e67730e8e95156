"""The verdict of random calendars at random instants, against an oracle that only looks at a clock on the wall."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deploy_actions.actions.deploy_calendar.calendar import Calendar
from deploy_actions.actions.deploy_calendar.rule_text import DAYS
from deploy_actions.actions.deploy_calendar.state import State, state

ZONES = ("Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "America/Santiago", "UTC")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)


def calendar(zone: str, hours: list[dict[str, str]], freezes: list[dict[str, str]]) -> Calendar:
    lists = {"deploy-hours": hours, "freezes": freezes}
    document = {"time-zone": zone} | {key: entries for key, entries in lists.items() if entries}
    return Calendar.parse(msgspec.json.encode(document).decode())


class Written(msgspec.Struct, frozen=True):
    """A window as a person sees it: on which days it starts, at which minute, how many minutes it lasts."""

    days: frozenset[int]
    every: int
    start: int
    length: int

    @property
    def rule(self) -> str:
        if self.every > 1:
            return f"FREQ=DAILY;INTERVAL={self.every}"
        return f"FREQ=WEEKLY;BYDAY={','.join(DAYS[day] for day in sorted(self.days))}"

    def starts_on(self, day: date, since: date) -> bool:
        matches = (day - since).days % self.every == 0 if self.every > 1 else day.weekday() in self.days
        return day >= since and matches

    def is_on(self, wall: datetime, since: date) -> bool:
        """Whether the wall shows a time inside, going back a day at a time."""
        for back in range(self.length // 1440 + 2):
            day = wall.date() - back * DAY
            start = datetime.combine(day, time()) + self.start * MINUTE
            if self.starts_on(day, since) and start <= wall < start + self.length * MINUTE:
                return True
        return False


WRITTEN = st.builds(
    Written,
    days=st.frozensets(st.integers(0, 6), min_size=1),
    every=st.integers(1, 3),
    start=st.integers(0, 47).map(lambda number: number * 30),
    length=st.integers(1, 47).map(lambda number: number * 30),
)
LONG = st.builds(
    Written,
    days=st.frozensets(st.integers(0, 6), min_size=1, max_size=2),
    every=st.integers(1, 3),
    start=st.integers(0, 47).map(lambda number: number * 30),
    length=st.integers(1, 150).map(lambda number: number * 30),
)
SINCE = date(2006, 1, 2)
CHANGES = (
    "2026-03-29",
    "2026-10-25",
    "2026-03-08",
    "2026-11-01",
    "2026-04-05",
    "2026-10-04",
    "2026-09-06",
    "2011-12-30",  # which Samoa left out
)
INSTANTS = st.one_of(
    st.integers(0, 2 * 365 * 96).map(lambda number: at("2026-01-01") + number * 15 * MINUTE),
    st.sampled_from(CHANGES).flatmap(
        lambda day: st.integers(-160, 160).map(lambda number: at(day) + number * 15 * MINUTE)
    ),
)


def is_near_a_change(moment: datetime, zone: ZoneInfo) -> bool:
    """Whether the offset changes within 28 hours, by stepping through them."""
    offsets = {(moment + number * 60 * MINUTE).astimezone(zone).utcoffset() for number in range(-28, 29)}
    return len(offsets) > 1


def hours_entry(written: Written) -> dict[str, str]:
    opens, closes = written.start, (written.start + written.length) % 1440
    return {
        "rrule": written.rule,
        "from": f"{opens // 60:02}:{opens % 60:02}",
        "to": f"{closes // 60:02}:{closes % 60:02}",
        "starting": SINCE.isoformat(),
    }


def freeze_entry(written: Written) -> dict[str, str]:
    first = next(day for day in (SINCE + number * DAY for number in range(7)) if written.starts_on(day, SINCE))
    start = datetime.combine(first, time()) + written.start * MINUTE
    end = start + written.length * MINUTE
    return {"name": "x", "rrule": written.rule, "start": f"{start:%Y-%m-%d %H:%M}", "end": f"{end:%Y-%m-%d %H:%M}"}


@settings(max_examples=150, deadline=None)
@given(zone=st.sampled_from(ZONES), written=st.lists(WRITTEN, min_size=1, max_size=3), now=INSTANTS)
def test_deploy_hours_are_never_longer_than_the_wall_shows(zone: str, written: list[Written], now: datetime) -> None:
    found = state(calendar(zone, [hours_entry(each) for each in written], []), now)
    wall = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    shown = any(each.is_on(wall, SINCE) for each in written)
    assert shown or not found.is_open
    assert found.is_open or not shown or is_near_a_change(now, ZoneInfo(zone))
    assert found.is_open == (found.hours is not None)


@settings(max_examples=150, deadline=None)
@given(zone=st.sampled_from(ZONES), written=st.lists(LONG, min_size=1, max_size=3), now=INSTANTS)
def test_freezes_are_never_shorter_than_the_wall_shows(zone: str, written: list[Written], now: datetime) -> None:
    found = state(calendar(zone, [], [freeze_entry(each) for each in written]), now)
    wall = now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    shown = any(each.is_on(wall, SINCE) for each in written)
    assert not shown or not found.is_open
    assert found.is_open or shown or is_near_a_change(now, ZoneInfo(zone))


@settings(max_examples=25, deadline=None)
@given(
    zone=st.sampled_from(ZONES), hours=st.lists(WRITTEN, max_size=2), freezes=st.lists(LONG, max_size=2), now=INSTANTS
)
def test_what_is_said_holds_until_it_changes(
    zone: str, hours: list[Written], freezes: list[Written], now: datetime
) -> None:
    """Stepping through two weeks of quarters of an hour: the state stays, then it is another."""
    if not hours and not freezes:
        return
    made = calendar(zone, [hours_entry(each) for each in hours], [freeze_entry(each) for each in freezes])
    found = state(made, now)
    end = min(found.changes or now + 14 * DAY, now + 14 * DAY)
    steps = range(1, int((end - now) / (15 * MINUTE)), 1 + int((end - now) / (15 * MINUTE)) // 20)
    assert {state(made, now + number * 15 * MINUTE).is_open for number in steps} <= {found.is_open}
    if found.changes:
        assert found.changes > now
        assert state(made, found.changes).is_open != found.is_open
        assert state(made, found.changes - MINUTE).is_open == found.is_open or found.changes - MINUTE < now


ALWAYS = {"rrule": "FREQ=DAILY", "from": "00:00", "to": "24:00"}
OFFICE = {"rrule": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH", "from": "09:00", "to": "16:30"}
CHRISTMAS = {"name": "Christmas", "start": "2026-12-18 18:00", "end": "2027-01-04 08:00", "rrule": "FREQ=YEARLY"}
SPRING = {"name": "spring", "start": "2026-03-29 02:30", "end": "2026-03-29 06:00"}
AUTUMN = {"name": "autumn", "start": "2026-10-24 18:00", "end": "2026-10-25 02:30"}
HOLIDAY = {"name": "holiday", "start": "2011-12-30 00:00", "end": "2011-12-31 00:00"}
OVERLAPPING = {
    "name": "x",
    "start": "2026-01-05 00:00",
    "end": "2026-01-15 00:00",
    "rrule": "FREQ=WEEKLY;COUNT=4",
}


@pytest.mark.parametrize(
    ("zone", "entries", "now", "is_open", "changes"),
    [
        ("Europe/Zurich", {"hours": [OFFICE]}, "2026-11-23 07:59", False, "2026-11-23 08:00"),
        ("Europe/Zurich", {"hours": [OFFICE]}, "2026-11-23 08:00", True, "2026-11-23 15:30"),
        ("Europe/Zurich", {"hours": [OFFICE]}, "2026-11-23 15:30", False, "2026-11-24 08:00"),
        ("Europe/Zurich", {"hours": [OFFICE]}, "2026-11-26 16:00", False, "2026-11-30 08:00"),
        ("Europe/Zurich", {"hours": [OFFICE]}, "2026-03-26 16:00", False, "2026-03-30 07:00"),
        ("Europe/Zurich", {"hours": [OFFICE], "freezes": [CHRISTMAS]}, "2026-12-20 12:00", False, "2027-01-04 08:00"),
        ("Europe/Zurich", {"freezes": [CHRISTMAS]}, "2026-12-18 16:59", True, "2026-12-18 17:00"),
        ("Europe/Zurich", {"freezes": [CHRISTMAS]}, "2030-01-04 06:59", False, "2030-01-04 07:00"),
        ("Europe/Zurich", {"freezes": [CHRISTMAS]}, "2026-01-02 12:00", True, "2026-12-18 17:00"),
        # the clock is put forward at 01:00 UTC, and back at 01:00 UTC
        ("Europe/Zurich", {"freezes": [SPRING]}, "2026-03-29 00:29", True, "2026-03-29 00:30"),
        ("Europe/Zurich", {"freezes": [AUTUMN]}, "2026-10-25 00:45", False, "2026-10-25 01:30"),
        ("Europe/Zurich", {"hours": [ALWAYS | {"to": "02:30"}]}, "2026-10-25 00:29", True, "2026-10-25 00:30"),
        ("Europe/Zurich", {"hours": [ALWAYS | {"from": "02:30"}]}, "2026-10-25 00:45", False, "2026-10-25 01:30"),
        ("America/New_York", {"hours": [ALWAYS | {"to": "01:30"}]}, "2026-11-01 05:00", True, "2026-11-01 05:30"),
        ("Australia/Lord_Howe", {"hours": [ALWAYS | {"to": "01:45"}]}, "2026-04-04 14:00", True, "2026-04-04 14:45"),
        ("Pacific/Apia", {"freezes": [HOLIDAY]}, "2011-12-30 09:00", False, "2011-12-30 10:00"),
        # midnight does not exist in Santiago on 2026-09-06
        ("America/Santiago", {"hours": [ALWAYS]}, "2026-09-06 04:00", True, None),
        ("UTC", {"hours": [ALWAYS]}, "2026-06-01 00:00", True, None),
        ("UTC", {"hours": [ALWAYS | {"rrule": "FREQ=DAILY;UNTIL=20200201"}]}, "2026-06-01 00:00", False, None),
        ("UTC", {"freezes": [OVERLAPPING]}, "2026-01-14 12:00", False, "2026-02-05 00:00"),
    ],
)
def test_when_a_calendar_is_open_and_when_that_changes(  # noqa: PLR0913  # the columns of the table
    zone: str, entries: Mapping[str, Any], now: str, is_open: bool, changes: str | None
) -> None:
    found = state(calendar(zone, entries.get("hours", []), entries.get("freezes", [])), at(now))
    assert (found.is_open, found.changes) == (is_open, at(changes) if changes else None)


def frozen_until(found: State) -> list[tuple[str, datetime | None]]:
    return [(frozen.freeze.name, frozen.until) for frozen in found.frozen]


def test_each_freeze_that_holds_says_until_when() -> None:
    other = {"name": "audit", "start": "2026-12-20 00:00", "end": "2027-02-01 00:00"}
    without_end = {"name": "closed", "start": "2026-01-01 00:00", "end": "2026-01-02 00:00", "rrule": "FREQ=DAILY"}
    found = state(calendar("UTC", [], [CHRISTMAS, other, without_end]), at("2026-12-24 12:00"))
    assert frozen_until(found) == [
        ("Christmas", at("2027-01-04 08:00")),
        ("audit", at("2027-02-01 00:00")),
        ("closed", None),
    ]
    assert found.changes is None


def test_the_last_year_is_looked_at_too() -> None:
    assert state(calendar("UTC", [ALWAYS], []), at("2099-12-31 23:59")).changes is None
    assert state(calendar("UTC", [OFFICE], [CHRISTMAS]), at("2099-12-31 23:59")).changes == at("2100-01-04 09:00")
