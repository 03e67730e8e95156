from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy_actions.actions.deploy_calendar.wall_clock import Window, merged, shown, wall_clock

ZONES = (
    "Europe/Zurich",
    "America/New_York",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "America/Santiago",
    "Asia/Kathmandu",
)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "time", "earlier", "later"),
    [
        ("Europe/Zurich", "2026-07-01 12:00", "2026-07-01 10:00", "2026-07-01 10:00"),
        ("Europe/Zurich", "2026-03-29 01:59", "2026-03-29 00:59", "2026-03-29 00:59"),
        ("Europe/Zurich", "2026-03-29 02:30", "2026-03-29 00:30", "2026-03-29 01:30"),
        ("Europe/Zurich", "2026-03-29 03:00", "2026-03-29 01:00", "2026-03-29 01:00"),
        ("Europe/Zurich", "2026-10-25 02:30", "2026-10-25 00:30", "2026-10-25 01:30"),
        ("America/New_York", "2026-03-08 02:30", "2026-03-08 06:30", "2026-03-08 07:30"),
        ("America/New_York", "2026-11-01 01:30", "2026-11-01 05:30", "2026-11-01 06:30"),
        ("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03 15:15", "2026-10-03 15:45"),
        ("Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04 14:45", "2026-04-04 15:15"),
        ("Pacific/Apia", "2011-12-30 12:00", "2011-12-29 22:00", "2011-12-30 22:00"),
        ("Pacific/Apia", "2026-04-05 03:30", "2026-04-04 14:30", "2026-04-04 14:30"),
    ],
)
def test_a_time_that_is_left_out_or_comes_twice_has_two_readings(
    zone: str, time: str, earlier: str, later: str
) -> None:
    window = Window(local(time), local(time))
    assert window.widest(ZoneInfo(zone)) == Window(utc(earlier), utc(later))
    assert window.narrowest(ZoneInfo(zone)) == Window(utc(later), utc(earlier))


STEP = timedelta(minutes=15)


def readings_by_stepping(time: datetime, zone: ZoneInfo) -> list[datetime]:
    """Every quarter of an hour at which the wall shows the time; of a time left out, by the offsets on either side."""
    start = time.replace(tzinfo=UTC) - timedelta(hours=40)
    steps = [start + number * STEP for number in range(80 * 4)]
    shown_then = [(step, step.astimezone(zone).replace(tzinfo=None)) for step in steps]
    found = [step for step, wall in shown_then if wall == time]
    if found:
        return found
    after = next(number for number, (_, wall) in enumerate(shown_then) if wall > time)
    offsets = [wall - step.replace(tzinfo=None) for step, wall in shown_then[after - 1 : after + 1]]
    return [(time - offset).replace(tzinfo=UTC) for offset in offsets]


QUARTERS = st.integers(0, 20 * 366 * 96).map(lambda number: datetime(2008, 1, 1) + number * STEP)
NEAR_CHANGES = st.sampled_from(
    ["2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01", "2026-04-05", "2026-10-04", "2011-12-30", "2026-09-06"]
).flatmap(lambda day: st.integers(-8, 104).map(lambda number: datetime.fromisoformat(day) + number * STEP))


@given(zone=st.sampled_from(ZONES).map(ZoneInfo), time=st.one_of(QUARTERS, NEAR_CHANGES))
def test_the_readings_are_those_that_a_clock_on_the_wall_shows(zone: ZoneInfo, time: datetime) -> None:
    expected = readings_by_stepping(time, zone)
    widest = Window(time, time).widest(zone)
    assert (widest.start, widest.end) == (min(expected), max(expected))


@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        ([], []),
        ([(3, 4), (1, 2)], [(1, 2), (3, 4)]),
        ([(1, 2), (2, 3)], [(1, 3)]),
        ([(1, 9), (2, 3), (4, 5)], [(1, 9)]),
        ([(1, 3), (2, 5), (5, 6), (8, 9)], [(1, 6), (8, 9)]),
    ],
)
def test_windows_that_overlap_or_touch_become_one(
    windows: list[tuple[int, int]], expected: list[tuple[int, int]]
) -> None:
    def made(pairs: list[tuple[int, int]]) -> list[Window]:
        return [Window(datetime(2026, 1, start), datetime(2026, 1, end)) for start, end in pairs]

    assert merged(made(windows)) == made(expected)


def test_a_moment_is_shown_in_the_zone_and_in_utc() -> None:
    zone, moment = ZoneInfo("Europe/Zurich"), utc("2027-01-04 07:00")
    assert shown(moment, zone) == "2027-01-04 08:00 Europe/Zurich (2027-01-04 07:00 UTC)"
    assert wall_clock(moment, zone) == local("2027-01-04 08:00")
