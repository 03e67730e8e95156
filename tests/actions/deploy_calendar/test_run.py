import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time

import pytest
from tests.fakes import FakeClock

from deploy_actions.actions.deploy_calendar import ACTION, DeployCalendarInputs, run
from deploy_actions.core.declare import InvalidInput
from deploy_actions.core.verdict import Decision, Report
from deploy_actions.runner import run_action

CALENDAR = """
time-zone: Europe/Zurich
deploy-hours:
  - name: office hours
    rrule: FREQ=WEEKLY;BYDAY=MO,TU,WE,TH
    from: "09:00"
    to: "16:30"
freezes:
  - name: Christmas
    start: 2026-12-18 18:00
    end: 2027-01-04 08:00
    rrule: FREQ=YEARLY
    reason: No changes while nobody is there
"""
MONDAY_MORNING, MONDAY_EVENING, CHRISTMAS = "2026-11-23T09:00", "2026-11-23T20:00", "2026-12-21T09:00"
OVERRIDE = {
    "override-reason": "Login is broken, INC-4711",
    "override-actor": "ada",
    "override-allowed-actors": "grace, ada",
    "override-until": "{until}",
}


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)


def ask(now: str, calendar: str = CALENDAR, **texts: str) -> Report:
    until = f"{at(now) + timedelta(hours=2):%Y-%m-%dT%H:%MZ}" if now < "9999" else ""
    given = {name: text.replace("{until}", until) for name, text in texts.items()}
    return run(DeployCalendarInputs.from_texts({"calendar": calendar, **given}), FakeClock(at(now)))


def codes(report: Report) -> list[str]:
    return [finding.reason_code for finding in report.findings]


@pytest.mark.parametrize(
    ("now", "texts", "expected", "decision"),
    [
        (MONDAY_MORNING, {}, ["calendar-open"], Decision.PASS),
        (MONDAY_EVENING, {}, ["outside-deploy-hours"], Decision.FAIL),
        (CHRISTMAS, {}, ["frozen"], Decision.FAIL),
        ("2026-12-21T20:00", {}, ["frozen", "outside-deploy-hours"], Decision.FAIL),
        (MONDAY_EVENING, OVERRIDE, ["calendar-overridden"], Decision.WARN),
        ("2026-12-21T20:00", OVERRIDE, ["calendar-overridden"], Decision.WARN),
        (MONDAY_MORNING, OVERRIDE, ["calendar-open", "override-not-needed"], Decision.PASS),
        (MONDAY_MORNING, {"override-reason": "."}, ["calendar-open", "override-not-needed"], Decision.PASS),
        (MONDAY_EVENING, {"override-actor": "ada"}, ["outside-deploy-hours"], Decision.FAIL),
        ("1970-01-01T00:00", OVERRIDE, ["clock-implausible"], Decision.CANNOT_VERIFY),
        ("2025-12-31T23:59", {}, ["clock-implausible"], Decision.CANNOT_VERIFY),
        ("2100-01-01T00:00", {}, ["clock-implausible"], Decision.CANNOT_VERIFY),
        ("9999-12-31T23:59", {}, ["clock-implausible"], Decision.CANNOT_VERIFY),
    ],
)
def test_what_the_calendar_says(now: str, texts: dict[str, str], expected: list[str], decision: Decision) -> None:
    found = ask(now, **texts)
    assert (codes(found), found.decision) == (expected, decision)


@pytest.mark.parametrize(
    "changed",
    [
        {"override-reason": ""},
        {"override-reason": "because"},
        {"override-reason": f"because{' ' * 30}"},
        {"override-actor": ""},
        {"override-actor": "mallory"},
        {"override-allowed-actors": ""},
        {"override-until": ""},
        {"override-until": "soon"},
        {"override-until": "2026-11-23T19:59Z"},
        {"override-until": "2026-11-24T20:01Z"},
    ],
)
def test_an_override_that_does_not_hold_is_refused_and_the_calendar_stays_closed(changed: dict[str, str]) -> None:
    found = ask(MONDAY_EVENING, **(OVERRIDE | changed))
    assert codes(found) == ["override-refused", "outside-deploy-hours"]
    assert (found.decision, found.reason_code) == (Decision.FAIL, "override-refused")
    assert "because" not in str(found.findings)


def test_a_freeze_says_until_when_and_why_and_when_the_calendar_opens() -> None:
    [finding] = ask(CHRISTMAS).findings
    assert finding.message == (
        "The freeze `Christmas` holds until 2027-01-04 08:00 Europe/Zurich (2027-01-04 07:00 UTC). "
        "No changes while nobody is there."
    )
    assert finding.remedy == (
        "Wait until the calendar opens, at 2027-01-04 09:00 Europe/Zurich (2027-01-04 08:00 UTC); or have somebody "
        "who may override it, with a reason."
    )
    assert finding.rule == "Christmas"


def test_an_override_says_who_and_why_and_what() -> None:
    [finding] = ask(CHRISTMAS, **OVERRIDE).findings
    assert finding.message == (
        "ada overrides the calendar until 2026-12-21T11:00Z: Login is broken, INC-4711. What was overridden: "
        "The freeze `Christmas` holds until 2027-01-04 08:00 Europe/Zurich (2027-01-04 07:00 UTC). "
        "No changes while nobody is there."
    )


def test_a_calendar_that_never_opens_says_so() -> None:
    past = CALENDAR.replace("TH\n", "TH;UNTIL=20260601\n")
    [finding] = ask(MONDAY_MORNING, past).findings
    assert finding.remedy.startswith("Wait until the calendar opens, but not within 400 days; or have somebody")


@pytest.mark.parametrize(
    ("now", "outputs"),
    [
        (MONDAY_MORNING, {"is-open": True, "until": "2026-11-23T15:30:00Z", "window": "office hours"}),
        (MONDAY_EVENING, {"is-open": False, "until": "2026-11-24T08:00:00Z", "window": None}),
        (CHRISTMAS, {"is-open": False, "until": "2027-01-04T08:00:00Z", "window": "Christmas"}),
    ],
)
@pytest.mark.parametrize("override", [{}, OVERRIDE])
def test_the_outputs_say_what_the_calendar_says_whatever_is_overridden(
    now: str, outputs: dict[str, object], override: dict[str, str]
) -> None:
    assert ask(now, **override).outputs.values() == outputs


@pytest.mark.parametrize(
    "calendar",
    ["", "time-zone: UTC", CALENDAR.replace("Zurich", "Bern"), CALENDAR.replace("WEEKLY", "SECONDLY"), "a: *b"],
)
def test_a_calendar_that_cannot_be_read_is_an_invalid_input(calendar: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        ask(MONDAY_MORNING, calendar)
    assert caught.value.input_name == "calendar"


def test_the_runner_ends_with_2_for_an_invalid_calendar_and_names_the_entry(tmp_path: Path) -> None:
    stdout = io.StringIO(newline="")
    texts = {"calendar": CALENDAR.replace("2027-01-04 08:00", "2026-01-04 08:00")}
    assert run_action("deploy-calendar", ACTION, texts, {}, stdout=stdout, stderr=io.StringIO(), as_json=True) == 2
    [finding] = json.loads(stdout.getvalue())["findings"]
    assert finding["reason_code"] == "invalid-input"
    assert "Input `calendar` holds `freezes[1] (Christmas)`, which has an `end` that is not after" in finding["message"]


HOSTILE_RULES = [
    "FREQ=DAILY",
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
    "FREQ=DAILY;COUNT=100",
    "FREQ=MONTHLY;COUNT=100;BYDAY=5SU",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=" + ",".join(["-1", "5"] * 40),
    "FREQ=YEARLY;BYYEARDAY=" + ",".join(str(number) for number in range(300, 366)),
]


@pytest.mark.parametrize("rule", HOSTILE_RULES, ids=lambda rule: rule[:40])
def test_the_largest_calendar_of_hostile_rules_takes_no_time_to_speak_of(rule: str) -> None:
    """0.3 s at most where this was written; the limit is for machines that are busy."""
    entry = "  - {{rrule: '{}', from: '{:02}:00', to: '{:02}:05', starting: 2000-01-01}}"
    hours = "\n".join(entry.format(rule, number % 24, number % 24) for number in range(30))
    started = process_time()
    assert codes(ask("2026-11-23T12:30", f"time-zone: Europe/Zurich\ndeploy-hours:\n{hours}")) == [
        "outside-deploy-hours"
    ]
    assert process_time() - started < 5
