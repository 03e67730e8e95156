from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy_actions.actions.deploy_calendar.calendar import Calendar
from deploy_actions.core.input_types import NotOfType

HOURS = {"rrule": "FREQ=DAILY", "from": "09:00", "to": "16:30"}
FREEZE = {"name": "Christmas", "start": "2026-12-18 18:00", "end": "2027-01-04 08:00"}


def calendar(**settings: Any) -> Calendar:
    return Calendar.parse(msgspec.json.encode({"time-zone": "Europe/Zurich", **settings}).decode())


def with_hours(**settings: Any) -> Calendar:
    return calendar(**{"deploy-hours": [HOURS | settings]})


def with_freeze(**settings: Any) -> Calendar:
    return calendar(freezes=[FREEZE | settings])


def test_a_calendar_is_read_as_it_is_written() -> None:
    found = Calendar.parse("""
time-zone: Europe/Zurich
deploy-hours:
  - rrule: FREQ=WEEKLY;BYDAY=MO,TU,WE,TH
    from: "09:00"
    to: "16:30"
  - name: night shift
    rrule: FREQ=WEEKLY;INTERVAL=2
    from: 22:00
    to: 02:00
    starting: 2026-01-05
freezes:
  - name: Christmas
    start: 2026-12-18 18:00
    end: 2027-01-04 08:00
    rrule: FREQ=YEARLY
    reason: No changes while nobody is there
""")
    assert found.zone.key == "Europe/Zurich"
    assert [(hours.name, hours.start, hours.length) for hours in found.hours] == [
        ("deploy-hours[1]", datetime(2020, 1, 6, 9), timedelta(hours=7, minutes=30)),
        ("night shift", datetime(2026, 1, 5, 22), timedelta(hours=4)),
    ]
    [freeze] = found.freezes
    assert (freeze.name, freeze.reason) == ("Christmas", "No changes while nobody is there")
    assert (freeze.start, freeze.start + freeze.length) == (datetime(2026, 12, 18, 18), datetime(2027, 1, 4, 8))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is not YAML with `time-zone`"),
        ("- a", "is not YAML with `time-zone`"),
        ("time-zone: UTC", "holds 0 deploy hours and freezes; 1 to 200 can be"),
        ("freezes: [{}]", "has no `time-zone`"),
        ("{time-zone: UTC, freeze: [{}]}", "holds `freeze`, which is not known; known are time-zone, deploy-hours"),
        ("{time-zone: UTC, '::error::': [{}]}", "holds a key, which is not known"),
        ("{time-zone: UTC, freezes: }", "has under `freezes` no list with entries"),
        ("{time-zone: UTC, freezes: []}", "has under `freezes` no list with entries"),
        ("{time-zone: UTC, freezes: {name: x}}", "has under `freezes` no list with entries"),
        ("{time-zone: UTC, freezes: [x]}", "holds `freezes[1]`, which is no mapping of settings"),
        ("{time-zone: UTC, freezes: [{name: x}]}", "holds `freezes[1] (x)`, which has no `start`"),
        (f"{{time-zone: UTC, freezes: [{'{},' * 201}]}}", "holds 201 deploy hours"),
        (f"{{time-zone: UTC, deploy-hours: [{'{rrule: x},' * 31}]}}", "more than 30 entries with an `rrule`"),
    ],
)
def test_a_text_that_is_no_calendar_is_refused_by_what_is_wrong(text: str, problem: str) -> None:
    with pytest.raises(NotOfType) as caught:
        Calendar.parse(text)
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    "zone",
    [
        "Europe/Bern",
        "Europe",
        "../../etc/passwd",
        "/etc/localtime",
        "",
        "CEST-2",
        "x" * 5_000,
        ["UTC"],
        "Zürich",
    ],
)
def test_a_zone_that_is_not_known_is_refused(zone: Any) -> None:
    with pytest.raises(NotOfType, match="time-zone") as caught:
        calendar(**{"time-zone": zone, "freezes": [FREEZE]})
    assert "passwd" not in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"until": "17:00"}, "holds `until`, which is not known; known are name, rrule, from, to, starting"),
        ({"rrule": ""}, "has no `rrule`"),
        ({"rrule": "FREQ=HOURLY"}, "has an `rrule` that recurs more often than DAILY"),
        ({"rrule": ["FREQ=DAILY"]}, "has a `rrule` that is no text of one line"),
        ({"rrule": "FREQ=DAILY\nEXDATE:20260101"}, "has a `rrule` that is no text of one line"),
        ({"from": "9:00"}, "has a `from` that is no time of the day"),
        ({"to": "24:01"}, "has a `to` that is no time of the day"),
        ({"to": "16.30"}, "has a `to` that is no time of the day"),
        ({"to": "09:00"}, "has the same time as `from` and `to`"),
        ({"from": "24:00"}, "24:00 as `from`"),
        ({"starting": "yesterday"}, "has a `starting` that is not of the form `2026-01-05`"),
        ({"starting": "0001-01-01"}, "not between the years 2000 and 2100"),
        ({"name": "x" * 61}, "has a `name` that is longer than 60 characters"),
        ({"name": "a\n::error::b"}, "has a `name` that is no text of one line"),
        ({"name": "`x`"}, "has a `name` that is longer than 60 characters, or holds more"),
        ({"name": ["x"]}, "has a `name` that is no text of one line"),
    ],
)
def test_deploy_hours_that_cannot_be_kept_are_refused(settings: dict[str, Any], problem: str) -> None:
    with pytest.raises(NotOfType) as caught:
        with_hours(**settings)
    assert str(caught.value).startswith("holds `deploy-hours[1]`, which ")
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"start": "2026-02-30 10:00"}, "has a `start` that is not of the form `2026-12-18 18:00`"),
        ({"start": "2026-12-18"}, "has a `start` that is not of the form"),
        ({"start": "2026-12-18 18:00Z"}, "has a `start` that is not of the form"),
        ({"end": "2101-01-01 00:00"}, "has a `end` that is not between the years 2000 and 2100"),
        ({"end": "2026-12-18 18:00"}, "has an `end` that is not after its `start`"),
        ({"end": "2028-01-23 18:00"}, "more than 400 days later"),
        ({"rrule": "FREQ=WEEKLY;BYDAY=MO"}, "has a `start` on which its `rrule` does not recur"),
        ({"rrule": "FREQ=YEARLY;UNTIL=20200101"}, "has an UNTIL before its start"),
        ({"reason": "a\u2028b"}, "has a `reason` that is no text of one line"),
        ({"reson": "typo"}, "holds `reson`, which is not known"),
    ],
)
def test_a_freeze_that_cannot_be_kept_is_refused(settings: dict[str, Any], problem: str) -> None:
    with pytest.raises(NotOfType) as caught:
        with_freeze(**settings)
    assert str(caught.value).startswith("holds `freezes[1] (Christmas)`, which ")
    assert problem in str(caught.value)


def test_a_freeze_has_a_name() -> None:
    with pytest.raises(NotOfType, match="has no `name`"):
        with_freeze(name="")


@pytest.mark.parametrize(
    ("times", "hours"),
    [(("09:00", "16:30"), 7.5), (("22:00", "02:00"), 4), (("00:00", "24:00"), 24), (("23:59", "23:58"), 24 - 1 / 60)],
)
def test_a_time_before_from_is_one_of_the_next_day(times: tuple[str, str], hours: float) -> None:
    [found] = with_hours(**{"from": times[0], "to": times[1]}).hours
    assert found.length == timedelta(hours=hours)


@given(text=st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(NotOfType):
        Calendar.parse(text)


SCALARS = st.sampled_from(["", "x", "2026-01-05", "2026-12-18 18:00", "09:00", "24:00", "FREQ=DAILY", "UTC", "\0"])
KEYS = st.sampled_from(["time-zone", "deploy-hours", "freezes", "name", "start", "end", "rrule", "from", "to", "x"])
DOCUMENTS = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6), max_leaves=30
)


@given(document=DOCUMENTS)
def test_any_document_is_read_or_refused(document: Any) -> None:
    with suppress(NotOfType):
        Calendar.parse(msgspec.json.encode(document).decode())
