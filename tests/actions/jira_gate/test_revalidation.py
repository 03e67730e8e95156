from datetime import timedelta

import pytest
from tests.fakes import NOW, FakeClock, FakeHttp

from deploy_actions.actions.jira_gate import JiraGateInputs, run
from deploy_actions.actions.jira_gate.revalidation import standing_check
from deploy_actions.core.input_types import Duration
from deploy_actions.core.moments import Moment
from deploy_actions.core.verdict import Decision


@pytest.mark.parametrize(
    ("age", "stands_for", "stands"),
    [
        (timedelta(), 3600, True),
        (timedelta(minutes=59, seconds=59), 3600, True),
        (timedelta(hours=1), 3600, False),
        (timedelta(days=2), 3600, False),
        (timedelta(seconds=-1), 3600, False),  # it lies ahead, so one of the clocks is wrong
        (timedelta(), 0, False),
    ],
)
def test_a_check_stands_as_long_as_was_said_and_no_longer(age: timedelta, stands_for: int, *, stands: bool) -> None:
    assert (standing_check(Moment(NOW - age), Duration(stands_for), NOW) is not None) is stands


@pytest.mark.parametrize(("made", "stands_for"), [(None, Duration(60)), (Moment(NOW), None), (None, None)])
def test_without_a_check_or_a_time_nothing_stands(made: Moment | None, stands_for: Duration | None) -> None:
    assert standing_check(made, stands_for, NOW) is None


def test_what_was_checked_a_short_while_ago_is_not_asked_again() -> None:
    http = FakeHttp()
    texts = {
        **{"jira-url": "https://jira.example", "jira-token": "obviously-fake", "projects": "PAY", "keys": "PAY-1"},
        **{
            "sources": "keys",
            "checked-at": f"{NOW - timedelta(minutes=5):%Y-%m-%dT%H:%M:%SZ}",
            "revalidate-after": "1h",
        },
    }
    report = run(JiraGateInputs.from_texts(texts), http, FakeClock())
    assert (report.decision, report.reason_code, http.requests) == (Decision.SKIP, "recently-checked", [])
