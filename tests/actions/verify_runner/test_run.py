"""A job that came to another runner than the chosen ones ends before it touches a secret."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from tests.clients.github_answers import NOON, Answers
from tests.fakes import NOW, FakeClock

from deploy_actions.actions.verify_runner import VerifyRunnerInputs, run
from deploy_actions.core.declare import InvalidInput
from deploy_actions.core.ports import Http
from deploy_actions.core.runner_choice import ChosenRunner, RunnerChoice
from deploy_actions.core.verdict import Report

CHOICE = RunnerChoice(
    environment="production",
    role="secondary",
    pool="west",
    labels=("self-hosted", "production", "Secondary"),
    group="deploys",
    group_ids=(7,),
    runners=(ChosenRunner(11, "west-1"), ChosenRunner(12, "west-2")),
    approved_until=date(2026, 11, 23),
    chosen_at=NOW,
)


def a_job(**more: Any) -> dict[str, Any]:
    job = {"id": 7, "name": "deploy", "status": "in_progress", "created_at": NOON, "runner_name": "west-1"}
    job |= {"runner_id": 11, "runner_group_id": 7, "runner_group_name": "deploys"}
    return {**job, "labels": ["self-hosted", "production", "secondary"], **more}


def github(*jobs: dict[str, Any]) -> Answers:
    return Answers(lambda path, _: {"jobs": list(jobs), "total_count": len(jobs)} if path.endswith("/jobs") else None)


def verify(http: Http | None = None, *, choice: str = "", clock: FakeClock | None = None, **texts: str) -> Report:
    given = {"choice": choice or CHOICE.text(), "repository": "acme/orders", "github-token": "obviously-fake"}
    given |= {"run-id": "100", "run-attempt": "2", "runner-name": "west-1", "runner-environment": "self-hosted"}
    given |= {name.replace("_", "-"): text for name, text in texts.items()}
    return run(VerifyRunnerInputs.from_texts(given), http or github(a_job()), clock or FakeClock())


def codes(report: Report) -> list[str]:
    return [finding.reason_code for finding in report.findings]


def test_a_runner_of_the_chosen_pool_passes() -> None:
    http = github(a_job(), a_job(id=8, name="gate", runner_name="other", status="completed"))
    report = verify(http)
    assert (report.decision.value, codes(report)) == ("pass", ["runner-as-chosen"])
    told = {"runner": "west-1", "role": "secondary", "pool": "west", "labels": CHOICE.labels}
    assert report.outputs.values() == told
    assert http.requests[0].url.endswith("/actions/runs/100/attempts/2/jobs?per_page=30&page=1")


SWAPPED = [
    ("a runner that was not found well", {"runner_name": "west-3"}, a_job(runner_name="west-3"), "runner-not-chosen"),
    ("a hosted one", {"runner_environment": "github-hosted"}, a_job(), "github-hosted-runner"),
    ("one of another group", {}, a_job(runner_group_name="builders"), "other-runner-group"),
    ("one of no group", {}, a_job(runner_group_name=None), "other-runner-group"),
    ("one of another group of that name", {}, a_job(runner_group_id=8), "other-runner-group"),
    ("one of a group that is not told", {}, a_job(runner_group_id=None), "other-runner-group"),
    ("another of its name", {}, a_job(runner_id=13), "runner-swapped"),
    ("one of its name with the id of another", {}, a_job(runner_id=12), "runner-swapped"),
    ("by other labels", {}, a_job(labels=["self-hosted"]), "other-labels"),
    ("for another environment", {"environment": "staging"}, a_job(), "other-environment"),
]


@pytest.mark.parametrize(("texts", "job", "code"), [case[1:] for case in SWAPPED], ids=[case[0] for case in SWAPPED])
def test_what_was_not_chosen_fails(texts: dict[str, Any], job: dict[str, Any], code: str) -> None:
    report = verify(github(job), **texts)
    assert (report.decision.value, codes(report)) == ("fail", [code])
    assert report.findings[0].remedy
    assert not any(report.outputs.values().values())


UNKNOWN = [
    ("no name", {"runner_name": ""}, [a_job()], "runner-unknown"),
    ("no word whose it is", {"runner_environment": ""}, [a_job()], "runner-unknown"),
    ("a word that is none", {"runner_environment": "borrowed"}, [a_job()], "runner-unknown"),
    ("no job on it", {}, [], "job-unknown"),
    ("a job that is over", {}, [a_job(status="completed")], "job-unknown"),
    ("two jobs on two runners of one name", {}, [a_job(), a_job(id=8)], "job-unknown"),
    ("no id of its runner", {}, [a_job(runner_id=None)], "runner-id-unknown"),
]


@pytest.mark.parametrize(("texts", "jobs", "code"), [case[1:] for case in UNKNOWN], ids=[case[0] for case in UNKNOWN])
def test_what_is_not_known_never_passes(texts: dict[str, Any], jobs: list[dict[str, Any]], code: str) -> None:
    report = verify(github(*jobs), **texts)
    assert (report.decision.value, codes(report)) == ("cannot-verify", [code])


def test_an_approval_that_ended_in_line_or_while_waiting_for_review_fails() -> None:
    report = verify(clock=FakeClock(NOW.replace(day=24)), max_age="2d")
    assert (report.decision.value, codes(report)) == ("fail", ["approval-lapsed"])


def test_all_that_is_wrong_is_said_at_once() -> None:
    report = verify(github(a_job(runner_group_name="x", labels=[])), environment="staging")
    assert codes(report) == ["other-runner-group", "other-labels", "other-environment"]


def with_(**more: Any) -> str:
    return msgspec.structs.replace(CHOICE, **more).text()


def test_runners_on_demand_have_any_name_and_id_in_their_group() -> None:
    one, other = (github(a_job(runner_name="x-77", runner_id=77, runner_group_id=group)) for group in (7, 8))
    assert verify(one, choice=with_(runners=()), runner_name="x-77").decision.value == "pass"
    assert codes(verify(other, choice=with_(runners=()), runner_name="x-77")) == ["other-runner-group"]


def test_where_the_choice_has_names_alone_they_are_what_counts() -> None:
    declared = with_(runners=(ChosenRunner(None, "west-1"),), group_ids=())
    assert verify(github(a_job(runner_id=13, runner_group_id=None)), choice=declared).decision.value == "pass"
    assert codes(verify(github(a_job(runner_name="west-2")), choice=declared, runner_name="west-2")) == [
        "runner-not-chosen"
    ]


@pytest.mark.parametrize(("group", "expected"), [(1, "runner-as-chosen"), (7, "other-runner-group")])
def test_a_runner_of_the_repository_is_in_the_group_that_its_list_told(group: int, expected: str) -> None:
    choice = with_(group=None, group_ids=(1,))
    assert codes(verify(github(a_job(runner_group_id=group)), choice=choice)) == [expected]


@pytest.mark.parametrize(
    ("age", "max_age", "passes"),
    [
        (timedelta(hours=24), "", True),
        (timedelta(hours=24, seconds=1), "", False),
        (timedelta(minutes=31), "30m", False),
        (timedelta(days=2), "3d", True),
        (timedelta(minutes=-5), "", True),
        (timedelta(minutes=-5, seconds=-1), "", False),
    ],
)
def test_a_choice_must_be_of_these_days(age: timedelta, max_age: str, passes: bool) -> None:
    report = verify(choice=with_(chosen_at=NOW - age), max_age=max_age)
    assert codes(report) == ["runner-as-chosen" if passes else "choice-not-current"]
    assert passes or "Re-run all jobs, so that the gate judges anew" in report.findings[0].remedy


@pytest.mark.parametrize("text", ["{}", "null", "[]", "x", '{"pool": "west"}'])
def test_what_is_no_choice_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="choice"):
        verify(choice=text)
