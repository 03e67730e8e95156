"""Finds out whether the calendar is open at a moment, by what, and when that changes."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

import msgspec

from deploy_actions.actions.deploy_calendar.calendar import Calendar, Recurring
from deploy_actions.actions.deploy_calendar.wall_clock import Window, merged, wall_clock

LOOKS_AHEAD = timedelta(days=400)
_LONGEST_SHIFT = timedelta(days=2)
"""More than the offset of any zone, or than any change of it: Samoa left out a day."""


class Frozen(msgspec.Struct, frozen=True):
    """A freeze that holds now. `until` is None where it does not end as far ahead as was looked."""

    freeze: Recurring
    until: datetime | None


class State(msgspec.Struct, frozen=True, kw_only=True):
    """The calendar at a moment. `hours` names the deploy hours that hold; `changes` is when `is_open` does, or None."""

    frozen: tuple[Frozen, ...]
    is_outside_hours: bool
    hours: str | None
    changes: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether a deploy may start."""
        return not self.frozen and not self.is_outside_hours


def state(calendar: Calendar, now: datetime) -> State:
    """The calendar at this moment, and until when. Looks 400 days ahead."""
    by_freeze = [(freeze, _frozen(freeze, calendar, now)) for freeze in calendar.freezes]
    freezes = merged(window for _, windows in by_freeze for window in windows)
    written = [window for hours in calendar.hours for window in hours.windows(*_days(now))]
    hours = _open(written, calendar)

    def is_open(moment: datetime) -> bool:
        return (not calendar.hours or bool(_at(hours, moment))) and not _at(freezes, moment)

    local, inside, is_open_now = wall_clock(now, calendar.zone), bool(_at(hours, now)), is_open(now)
    edges = sorted({edge for window in (*hours, *freezes) for edge in (window.start, window.end)})
    ahead = (edge for edge in edges if now < edge < now + LOOKS_AHEAD)
    return State(
        frozen=tuple(Frozen(freeze, _known(held.end, now)) for freeze, each in by_freeze if (held := _at(each, now))),
        is_outside_hours=bool(calendar.hours) and not inside,
        hours=next((window.name for window in written if inside and window.holds(local)), None),
        changes=next((edge for edge in ahead if is_open(edge) != is_open_now), None),
    )


def _days(now: datetime) -> tuple[date, date]:
    return (now - _LONGEST_SHIFT).date(), (now + LOOKS_AHEAD + _LONGEST_SHIFT).date()


def _frozen(freeze: Recurring, calendar: Calendar, now: datetime) -> list[Window]:
    return merged(window.widest(calendar.zone) for window in merged(freeze.windows(*_days(now))))


def _open(written: Iterable[Window], calendar: Calendar) -> list[Window]:
    """The deploy hours as moments. Those that touch are joined on the wall clock first: midnight is no gap."""
    narrow = (window.narrowest(calendar.zone) for window in merged(written))
    return merged(window for window in narrow if window.start < window.end)


def _at(windows: Sequence[Window], moment: datetime) -> Window | None:
    """The one of windows in order that holds the moment."""
    place = bisect_right(windows, moment, key=lambda window: window.start) - 1
    return windows[place] if place >= 0 and windows[place].holds(moment) else None


def _known(end: datetime, now: datetime) -> datetime | None:
    return end if end < now + LOOKS_AHEAD else None
