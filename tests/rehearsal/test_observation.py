import json
from typing import Any

import pytest

from deploy_actions.core.redact import Redactor
from deploy_actions.rehearsal.observation import Observation, Step, differences
from deploy_actions.rehearsal.scenario import Expected, ExpectedAction

RESULT = {
    "action": "gate",
    "decision": "fail",
    "reason_code": "bad",
    "findings": [{"secret": "A", "reason_code": "bad", "severity": "error", "message": "m", "remedy": "r"}],
}
EVENTS: list[dict[str, Any]] = [
    {"jobID": "deploy", "stepID": ["g", "run"], "command": "set-output", "name": "result", "arg": "inner"},
    {"jobID": "deploy", "stepID": ["g"], "command": "set-output", "name": "result", "arg": json.dumps(RESULT)},
    {
        "jobID": "deploy",
        "stepID": ["g"],
        "stage": "Main",
        "step": "Gate",
        "stepResult": "failure",
        "executionTime": 2e9,
    },
    {"jobID": "deploy", "jobResult": "failure"},
]


@pytest.fixture
def seen() -> Observation:
    redactor = Redactor()
    redactor.add("CANARY", "canary-in-the-mine")
    steps: list[Step] = []
    observation = Observation(redactor, steps.append)
    for event in EVENTS:
        observation.hear(event)
    assert [(step.name, step.result, step.seconds, step.verdict) for step in steps] == [
        ("Gate", "failure", 2.0, "fail: bad")
    ]
    return observation


def expected(**changes: Any) -> Expected:
    as_seen = {"jobs": {"deploy": "failure"}, "actions": {"gate": ExpectedAction("fail", "bad", {"A": "bad"})}}
    return Expected(**{**as_seen, **changes})


def test_what_came_out_as_expected_differs_in_nothing(seen: Observation) -> None:
    assert differences(expected(), seen) == []


@pytest.mark.parametrize(
    ("changes", "difference"),
    [
        ({"jobs": {"deploy": "success"}}, "job deploy: expected success, saw failure"),
        ({"jobs": {"audit": "success"}}, "job audit: expected success, saw not run"),
        ({"actions": {"gate": None}}, "gate: expected not to run, but it ran"),
        ({"actions": {"other": ExpectedAction("pass", "ok")}}, "other: expected to run, but it did not"),
        ({"actions": {"gate": ExpectedAction("pass", "bad", {"A": "bad"})}}, "gate: expected decision pass, saw fail"),
        ({"actions": {"gate": ExpectedAction("fail", "ok", {"A": "bad"})}}, "gate: expected reason-code ok, saw bad"),
        ({"actions": {"gate": ExpectedAction("fail", "bad")}}, "gate: expected findings {}, saw {'A': 'bad'}"),
        ({"live": "new"}, "production: expected new, saw None"),
    ],
)
def test_each_difference_is_named(seen: Observation, changes: dict[str, Any], difference: str) -> None:
    assert differences(expected(**changes), seen) == [difference]


def test_two_steps_of_one_action_are_told_apart_by_their_ids(seen: Observation) -> None:
    later = {**RESULT, "decision": "pass", "reason_code": "good", "findings": []}
    seen.hear({"stepID": ["h"], "command": "set-output", "name": "result", "arg": json.dumps(later)})
    first, last = ExpectedAction("fail", "bad", {"A": "bad"}), ExpectedAction("pass", "good")
    assert differences(expected(actions={"gate (g)": first, "gate (h)": last, "gate": last}), seen) == []
    assert differences(expected(actions={"gate (g)": None, "gate (i)": last}), seen) == [
        "gate (g): expected not to run, but it ran",
        "gate (i): expected to run, but it did not",
    ]
    assert set(seen.seen(["gate (g)", "gate (h)"])["actions"]) == {"gate (g)", "gate (h)"}
    assert seen.seen(["gate"])["actions"]["gate"]["decision"] == "pass"


def test_an_action_that_nobody_expected_is_seen_by_its_own_name(seen: Observation) -> None:
    assert set(seen.seen([])["actions"]) == {"gate"}


def test_a_secret_in_the_log_is_a_difference(seen: Observation) -> None:
    seen.hear({"raw_output": True, "msg": "oops: canary-in-the-mine\n"})
    assert differences(expected(), seen) == ["the log shows the value of CANARY"]
