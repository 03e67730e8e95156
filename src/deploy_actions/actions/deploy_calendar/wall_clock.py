"""Turns wall-clock times of a zone into moments.

Once a year a time of day does not exist (the clock is put forward over it), and once it comes twice (it is put back).
Both have two readings: with the offset before the change, and with the one after. A freeze begins at the earlier
reading and ends at the later, so it is never shorter than written; deploy hours begin at the later and end at the
earlier, so they are never longer. Windows that touch are joined before they are read: midnight is no gap, whatever the
clock does.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Self
from zoneinfo import ZoneInfo

import msgspec


class Window(msgspec.Struct, frozen=True, order=True):
    """From `start`, which belongs to it, to `end`, which does not: two wall-clock times, or two moments in UTC."""

    start: datetime
    end: datetime
    name: str = ""

    def holds(self, time: datetime) -> bool:
        """Whether the time lies inside."""
        return self.start <= time < self.end

    def widest(self, zone: ZoneInfo) -> Self:
        """The moments of wall-clock times, read so that nothing is left out."""
        moments = min(_readings(self.start, zone)), max(_readings(self.end, zone))
        return type(self)(*moments, self.name)

    def narrowest(self, zone: ZoneInfo) -> Self:
        """The moments of wall-clock times, read so that nothing is added; the end may then precede the start."""
        moments = max(_readings(self.start, zone)), min(_readings(self.end, zone))
        return type(self)(*moments, self.name)


def merged(windows: Iterable[Window]) -> list[Window]:
    """The same time in windows that neither overlap nor touch, in order; a name is that of the first."""
    found: list[Window] = []
    for window in sorted(windows):
        if found and window.start <= found[-1].end:
            found[-1] = msgspec.structs.replace(found[-1], end=max(found[-1].end, window.end))
        else:
            found.append(window)
    return found


def wall_clock(moment: datetime, zone: ZoneInfo) -> datetime:
    """What a clock on the wall shows at a moment."""
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def shown(moment: datetime, zone: ZoneInfo) -> str:
    """The moment for people, in the zone and in UTC."""
    return f"{wall_clock(moment, zone):%Y-%m-%d %H:%M} {zone.key} ({moment:%Y-%m-%d %H:%M} UTC)"


def _readings(local: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Both moments that the time can mean; they differ only around a change of the offset."""
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return first, second
