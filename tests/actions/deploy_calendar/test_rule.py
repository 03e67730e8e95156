from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import islice
from time import process_time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy_actions.actions.deploy_calendar.rule import LAST, Rule
from deploy_actions.actions.deploy_calendar.rule_text import DAYS
from deploy_actions.core.input_types import NotOfType

ZURICH = ZoneInfo("Europe/Zurich")
EVENING = datetime(2026, 1, 29, 18, 0)  # a Thursday


def rule(text: str, start: datetime = EVENING) -> Rule:
    return Rule.parse(text, start, ZURICH)


def days(*texts: str) -> list[date]:
    return [date.fromisoformat(f"2026-{text}") for text in texts]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FREQ=DAILY", days("01-29", "01-30", "01-31")),
        ("freq=daily;interval=10", days("01-29", "02-08", "02-18")),
        ("FREQ=DAILY;BYDAY=SA,SU", days("01-31", "02-01", "02-07")),
        ("FREQ=WEEKLY", days("01-29", "02-05", "02-12")),
        ("FREQ=WEEKLY;BYDAY=MO,TH", days("01-29", "02-02", "02-05")),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO", days("02-01", "02-09", "02-15")),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU", days("02-08", "02-09", "02-22")),
        ("FREQ=MONTHLY", days("01-29", "03-29", "04-29")),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", days("01-31", "02-28", "03-31")),
        ("FREQ=MONTHLY;BYDAY=1MO", days("02-02", "03-02", "04-06")),
        ("FREQ=MONTHLY;BYDAY=-1FR", days("01-30", "02-27", "03-27")),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", days("01-30", "02-27", "03-31")),
        ("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=5", days("04-05", "07-05", "10-05")),
        ("FREQ=YEARLY;BYMONTH=6,2", days("06-29")),
        ("FREQ=YEARLY;BYDAY=20MO", days("05-18")),
        ("FREQ=YEARLY;BYYEARDAY=-1", days("12-31")),
        ("FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO", days("12-28")),
        ("FREQ=WEEKLY;COUNT=2", days("01-29", "02-05")),
        ("FREQ=DAILY;UNTIL=20260130", days("01-29", "01-30")),
        ("FREQ=DAILY;UNTIL=20260130T180000", days("01-29", "01-30")),
        ("FREQ=DAILY;UNTIL=20260130T175959", days("01-29")),
        ("FREQ=DAILY;UNTIL=20260130T170000Z", days("01-29", "01-30")),
        ("FREQ=DAILY;UNTIL=20260130T165959Z", days("01-29")),
    ],
)
def test_a_rule_recurs_as_rfc_5545_says(text: str, expected: list[date]) -> None:
    assert [*islice(rule(text).dates(date(2026, 1, 1), date(2026, 12, 31)), 3)] == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is not the value of one RRULE"),
        ("RRULE:FREQ=DAILY", "is not the value of one RRULE"),
        ("FREQ=DAILY\nEXDATE=20260101", "is not the value of one RRULE"),
        ("FREQ=DAILY;RDATE=20260101", "a part that RFC 5545 does not know"),
        ("FREQ=DAILY;EXDATE=20260101", "a part that RFC 5545 does not know"),
        ("FREQ=DAILY;DTSTART=20260101", "a part that RFC 5545 does not know"),
        ("FREQ=YEARLY;BYEASTER=0", "a part that RFC 5545 does not know"),
        ("FREQ=DAILY;", "a part that RFC 5545 does not know"),
        ("FREQ=DAILY;FREQ=DAILY", "a part twice"),
        ("INTERVAL=2", "no FREQ"),
        ("FREQ=FORTNIGHTLY", "no FREQ"),
        ("FREQ=HOURLY", "more often than DAILY"),
        ("FREQ=MINUTELY", "more often than DAILY"),
        ("FREQ=SECONDLY", "more often than DAILY"),
        ("FREQ=DAILY;BYHOUR=9", "the times of the day are said beside the rule"),
        ("FREQ=DAILY;BYSETPOS=1;BYDAY=MO", "does not go with FREQ=DAILY"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "does not go with FREQ=WEEKLY"),
        ("FREQ=MONTHLY;BYYEARDAY=1", "does not go with FREQ=MONTHLY"),
        ("FREQ=WEEKLY;BYDAY=1MO", "does not go with FREQ=WEEKLY"),
        ("FREQ=MONTHLY;BYDAY=1MO,TU", "with and without numbers"),
        ("FREQ=MONTHLY;BYDAY=6MO", "beyond the 5"),
        ("FREQ=YEARLY;BYMONTH=2;BYDAY=-6MO", "beyond the 5"),
        ("FREQ=YEARLY;BYDAY=54MO", "between 1 and 53"),
        ("FREQ=YEARLY;BYWEEKNO=10", "needs a BYDAY"),
        ("FREQ=YEARLY;BYWEEKNO=-1;BYDAY=MO", "a BYWEEKNO that RFC 5545 does not allow"),
        ("FREQ=MONTHLY;BYSETPOS=1", "without another BY part"),
        ("FREQ=DAILY;BYMONTH=13", "between 1 and 12"),
        ("FREQ=DAILY;BYMONTHDAY=0", "between 1 and 31"),
        ("FREQ=DAILY;BYDAY=MONDAY", "a BYDAY that RFC 5545 does not allow"),
        ("FREQ=DAILY;INTERVAL=0", "between 1 and 999"),
        ("FREQ=DAILY;INTERVAL=1000", "between 1 and 999"),
        ("FREQ=DAILY;COUNT=101", "between 1 and 100"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20260301", "both COUNT and UNTIL"),
        ("FREQ=DAILY;COUNT=2;BYMONTH=2;BYMONTHDAY=30", "reaches too far"),
        ("FREQ=YEARLY;INTERVAL=999;COUNT=2", "reaches too far"),
        ("FREQ=DAILY;UNTIL=20260231", "an UNTIL that is no date"),
        ("FREQ=DAILY;UNTIL=20260128", "before its start"),
        ("FREQ=DAILY;UNTIL=00010101T000000Z", "an UNTIL that is no date"),
        (f"FREQ=YEARLY;BYYEARDAY={','.join(['1'] * 200)}", "longer than 300"),
    ],
)
def test_a_rule_that_the_library_would_misread_is_refused(text: str, problem: str) -> None:
    with pytest.raises(NotOfType, match=problem):
        rule(text)


NEVER = [
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;INTERVAL=7;BYDAY=FR",
    "FREQ=MONTHLY;INTERVAL=12;BYMONTH=3",
    "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6",
    "FREQ=YEARLY;BYYEARDAY=366;BYMONTH=1",
    "FREQ=WEEKLY;INTERVAL=999;BYMONTH=1;BYDAY=SU",
]


@pytest.mark.parametrize("text", NEVER)
def test_a_rule_that_never_matches_is_given_up(text: str) -> None:
    """Left to itself the library looks to the year 9999, for seconds."""
    started = process_time()
    for _ in range(20):
        assert [*rule(text).dates(date(2026, 2, 1), date(2026, 12, 31))] == []
    assert process_time() - started < 5


DATES = st.dates(date(2019, 12, 28), date(2027, 1, 3))


@st.composite
def rules(draw: st.DrawFn) -> dict[str, str]:
    """Rules whose every part only leaves days out, so that one look at a day says whether it matches."""
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    lists = {
        "BYDAY": st.sets(st.sampled_from(DAYS), min_size=1),
        "BYMONTH": st.sets(st.integers(1, 12).map(str), min_size=1),
        "BYMONTHDAY": st.sets(st.integers(1, 31).map(str), min_size=1),
    }
    names = draw(st.sets(st.sampled_from(["BYDAY", "BYMONTH", "BYMONTHDAY"])))
    names |= {"WEEKLY": {"BYDAY"}, "DAILY": set()}.get(frequency, {"BYMONTHDAY"})
    names -= {"BYMONTHDAY"} if frequency == "WEEKLY" else set()
    parts = {name: ",".join(draw(lists[name])) for name in sorted(names)}
    return {"FREQ": frequency, "INTERVAL": str(draw(st.integers(1, 5))), "WKST": draw(st.sampled_from(DAYS)), **parts}


def matches(day: date, start: date, parts: Mapping[str, str]) -> bool:
    """By looking at one day, as a person would."""
    week_start = DAYS.index(parts["WKST"])
    periods = {
        "DAILY": (day - start).days,
        "WEEKLY": ((day - start).days + (start.weekday() - week_start) % 7) // 7,
        "MONTHLY": (day.year - start.year) * 12 + day.month - start.month,
        "YEARLY": day.year - start.year,
    }
    return (
        day >= start
        and periods[parts["FREQ"]] % int(parts["INTERVAL"]) == 0
        and ("BYDAY" not in parts or DAYS[day.weekday()] in parts["BYDAY"].split(","))
        and ("BYMONTH" not in parts or str(day.month) in parts["BYMONTH"].split(","))
        and ("BYMONTHDAY" not in parts or str(day.day) in parts["BYMONTHDAY"].split(","))
    )


@given(parts=rules(), start=DATES, first=DATES, length=st.integers(0, 500))
def test_a_rule_gives_the_days_that_match_it_wherever_the_look_begins(
    parts: dict[str, str], start: date, first: date, length: int
) -> None:
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    found = [*rule(text, datetime(start.year, start.month, start.day, 9)).dates(first, first + timedelta(days=length))]
    looked_at = (first + timedelta(days=number) for number in range(length + 1))
    assert found == [day for day in looked_at if matches(day, start, parts)]


@given(number=st.integers(1, 53), day=st.sampled_from(DAYS), first=st.dates(date(2020, 1, 1), LAST))
def test_a_week_of_the_year_is_that_of_iso_8601(number: int, day: str, first: date) -> None:
    found = rule(f"FREQ=YEARLY;BYWEEKNO={number};BYDAY={day}", datetime(2020, 1, 1)).dates(first, LAST)
    looked_at = (first + timedelta(days=offset) for offset in range(min(800, (LAST - first).days + 1)))
    expected = [each for each in looked_at if each.isocalendar()[1:] == (number, DAYS.index(day) + 1)]
    assert [*islice(found, len(expected))] == expected


POSITIONS = st.sampled_from(["1", "-1", "2,-2", "5"])


@given(
    text=st.one_of(
        st.builds("FREQ=MONTHLY;BYDAY={}{}".format, st.integers(-5, 5).filter(bool), st.sampled_from(DAYS)),
        st.builds("FREQ=YEARLY;BYDAY={}{}".format, st.integers(-53, 53).filter(bool), st.sampled_from(DAYS)),
        st.builds("FREQ=YEARLY;BYWEEKNO={};BYDAY={}".format, st.integers(1, 53), st.sampled_from(DAYS)),
        st.builds("FREQ=YEARLY;BYYEARDAY={}".format, st.integers(-366, 366).filter(bool)),
        st.builds("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS={}".format, POSITIONS),
        st.builds("FREQ=YEARLY;BYMONTH={};BYDAY=SU;BYSETPOS={}".format, st.integers(1, 12), POSITIONS),
    ),
    interval=st.integers(1, 3),
    start=DATES,
    week_start=st.sampled_from(DAYS),
    first=st.dates(date(2020, 1, 1), LAST),
)
def test_where_the_look_begins_changes_nothing(  # noqa: PLR0913  # what a rule has
    text: str, interval: int, start: date, week_start: str, first: date
) -> None:
    found = rule(f"{text};INTERVAL={interval};WKST={week_start}", datetime(start.year, start.month, start.day))
    last = first + timedelta(days=800)
    assert [*found.dates(first, last)] == [day for day in found.dates(start, last) if day >= first]
