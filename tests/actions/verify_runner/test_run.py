"""A job that came to another runner than the chosen ones ends before it touches a secret."""

from datetime import date
from typing import Any

import pytest
from tests.clients.github_answers import NOON, Answers
from tests.fakes import NOW, FakeClock

from deploy_actions.actions.verify_runner import VerifyRunnerInputs, run
from deploy_actions.core.declare import InvalidInput
from deploy_actions.core.ports import Http
from deploy_actions.core.runner_choice import RunnerChoice
from deploy_actions.core.verdict import Report

CHOICE = RunnerChoice(
    environment="production",
    role="secondary",
    pool="west",
    labels=("self-hosted", "production", "Secondary"),
    group="deploys",
    names=("west-1", "west-2"),
    approved_until=date(2026, 11, 23),
    chosen_at=NOW,
)


def a_job(**more: Any) -> dict[str, Any]:
    job = {"id": 7, "name": "deploy", "status": "in_progress", "created_at": NOON, "runner_name": "west-1"}
    return {**job, "runner_group_name": "deploys", "labels": ["self-hosted", "production", "secondary"], **more}


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
]


@pytest.mark.parametrize(("texts", "jobs", "code"), [case[1:] for case in UNKNOWN], ids=[case[0] for case in UNKNOWN])
def test_what_is_not_known_never_passes(texts: dict[str, Any], jobs: list[dict[str, Any]], code: str) -> None:
    report = verify(github(*jobs), **texts)
    assert (report.decision.value, codes(report)) == ("cannot-verify", [code])


def test_an_approval_that_ended_in_line_or_while_waiting_for_review_fails() -> None:
    report = verify(clock=FakeClock(NOW.replace(day=24)))
    assert (report.decision.value, codes(report)) == ("fail", ["approval-lapsed"])


def test_all_that_is_wrong_is_said_at_once() -> None:
    report = verify(github(a_job(runner_group_name="x", labels=[])), environment="staging")
    assert codes(report) == ["other-runner-group", "other-labels", "other-environment"]


def test_runners_on_demand_have_any_name_in_their_group() -> None:
    choice = RunnerChoice.parse(CHOICE.text().replace('["west-1","west-2"]', "[]"))
    assert (
        verify(choice=choice.text(), runner_name="x-77", http=github(a_job(runner_name="x-77"))).decision.value
        == "pass"
    )


@pytest.mark.parametrize("text", ["{}", "null", "[]", "x", '{"pool": "west"}'])
def test_what_is_no_choice_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="choice"):
        verify(choice=text)
