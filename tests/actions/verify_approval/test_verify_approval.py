"""The whole action against the emulator of GitHub: who approved, who passed reviewers by, and what cannot be told."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.fakes import FakeClock

from deploy_actions.actions.verify_approval import run
from deploy_actions.actions.verify_approval.inputs import VerifyApprovalInputs, VerifyApprovalOutputs
from deploy_actions.core.declare import InvalidInput
from deploy_actions.core.service_errors import NotFound, ServiceError
from deploy_actions.core.verdict import Decision, Report
from deploy_actions.rehearsal.emulators.github import (
    Approval,
    Deployment,
    GitHub,
    GitHubEmulator,
    Job,
    Protection,
    Repository,
    Run,
    Status,
    Token,
)
from deploy_actions.rehearsal.emulators.github_state import Fault
from deploy_actions.services.http import HttpServers

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SHA, OWN = "b" * 40, 7
READS = {"deployments": "read", "actions": "read"}
BASE = "/repos/acme/orders"
LET_THROUGH = ("waiting", "queued", "in_progress")


def review(user: str = "grace", state: Any = "approved", environment: str = "production") -> Approval:
    return Approval(user, state, environments=[environment])


def waited(attempt: int = 1, *, states: Sequence[str] = LET_THROUGH, hour: int | None = None, run: int = OWN) -> Any:
    """A deployment whose states are a minute apart, and the job that made it."""
    start = NOON + timedelta(hours=attempt if hour is None else hour)
    said = [Status(state, at=start + timedelta(minutes=minute)) for minute, state in enumerate(states)]  # type: ignore[arg-type]
    number = run * 100 + attempt * 10 + (hour or 0)
    job = Job(id=number, name="deploy", created_at=start, status="in_progress", attempt=attempt)
    return Deployment(SHA, start, states=[*said], run=run, job=number), job


def world(*reviews: Approval, waits: Sequence[Any] = (), protection: Protection | None = None, **more: Any) -> GitHub:
    jobs = [job for _, job in waits]
    own = Run(
        id=OWN,
        head_sha=SHA,
        created_at=NOON,
        status="in_progress",
        attempt=9,
        jobs=jobs,
        approvals=list(reviews),
        pending_deployments=more.pop("pending", []),
    )
    home = Repository(
        deployments=[deployment for deployment, _ in waits],
        runs=[own],
        protections={"production": protection or Protection(["grace", "ada"])},
    )
    permissions: Mapping[str, str] = more.pop("permissions", READS)
    return GitHub({"job": Token("installation", dict(permissions))}, repositories={"acme/orders": home}, **more)


def verify(github: GitHub, **texts: Any) -> Report:
    policy = {"reviewers": True, "self-approval": "fail", "administrator-bypass": "fail"} | texts.pop("policy", {})
    with GitHubEmulator(github) as emulator:
        given = {
            **{"approval-policy": json.dumps(policy), "repository": "acme/orders", "run-id": str(OWN)},
            **{"run-attempt": "1", "actor": "ada", "triggering-actor": "ada", "api-url": emulator.url},
            **{"github-token": "job", "timeout": "0s"},
            **{name.replace("_", "-"): text for name, text in texts.items()},
        }
        return run(VerifyApprovalInputs.from_texts(given), HttpServers(5), FakeClock(NOON))


def codes(report: Report) -> list[str]:
    return [finding.reason_code for finding in report.findings]


def outputs(report: Report) -> VerifyApprovalOutputs:
    assert isinstance(report.outputs, VerifyApprovalOutputs)
    return report.outputs


def test_who_approved_and_when_is_said() -> None:
    report = verify(world(review(), waits=[waited()]))
    assert (codes(report), report.decision) == (["approved"], Decision.PASS)
    assert report.findings[0].message == "grace approved this deploy to production at 2026-11-24T13:01:00Z."
    assert outputs(report).values() == {
        "approved-by": ("grace",),
        "approved-at": "2026-11-24T13:01:00Z",
        "bypassed": False,
        "self-approved": False,
    }


def test_when_it_was_is_not_invented() -> None:
    report = verify(world(review(), waits=[waited(states=["queued", "in_progress"])]))
    assert codes(report) == ["approved"]
    assert "GitHub does not tell when" in report.findings[0].message
    assert outputs(report).approved_at is None


OPEN = Protection(wait_timer=30)
EDITH = Protection(["edith", "grace"])
TEAM = Protection(["grace"], reviewer_teams=["managers"])
NO_ONE: tuple[Approval, ...] = ()


@pytest.mark.parametrize(
    ("reviews", "more", "texts", "expected"),
    [
        ([review()], {}, {}, ["approved"]),
        ([review(), review("Ada")], {}, {"actor": "edith", "triggering_actor": "edith"}, ["approved"]),
        ([review(), review("change-gate[bot]")], {}, {}, ["approved"]),
        ([review(environment="Production")], {}, {}, ["approved"]),
        # nobody did
        (NO_ONE, {}, {}, ["bypassed"]),
        ([review(environment="staging")], {}, {}, ["bypassed"]),
        ([review(state="rejected")], {}, {}, ["bypassed", "rejected-before"]),
        ([review(state="pending")], {}, {}, ["bypassed"]),
        ([review("change-gate[bot]")], {}, {}, ["bypassed"]),
        ([review()], {"pending": ["production"]}, {}, ["review-still-pending"]),
        ([review()], {"pending": ["staging"]}, {}, ["approved"]),
        (NO_ONE, {"pending": ["PRODUCTION"]}, {"environment": "production"}, ["bypassed", "review-still-pending"]),
        # their own
        ([review("ada")], {}, {}, ["self-approved"]),
        ([review("ADA")], {}, {}, ["self-approved"]),
        ([review("edith")], {"protection": EDITH}, {"triggering_actor": "Edith"}, ["self-approved"]),
        ([review("ada")], {}, {"triggering_actor": "edith"}, ["self-approved"]),
        ([review("grace"), review("ada")], {}, {}, ["self-approved"]),
        ([review("ada", "rejected"), review()], {}, {}, ["approved", "rejected-before"]),
        # no reviewer
        ([review("mallory")], {}, {}, ["approver-not-a-reviewer"]),
        ([review(), review("mallory")], {}, {}, ["approver-not-a-reviewer"]),
        ([review()], {}, {"policy": {"among": ["ada"]}}, ["approver-not-a-reviewer"]),
        ([review()], {}, {"policy": {"among": ["ada", "acme/managers"]}}, ["approver-not-a-reviewer"]),
        ([review()], {}, {"policy": {"among": ["ada", "GRACE"]}}, ["approved"]),
        ([review("mallory")], {"protection": TEAM}, {"policy": {"among": ["grace"]}}, ["approver-not-a-reviewer"]),
        # none is required
        (NO_ONE, {"protection": OPEN}, {}, ["no-reviewers"]),
        (NO_ONE, {"protection": OPEN}, {"policy": {"reviewers": False}}, ["no-review-needed"]),
        ([review("ada")], {"protection": OPEN}, {"policy": {"reviewers": False}}, ["no-review-needed"]),
        (NO_ONE, {}, {"policy": {"reviewers": False}}, ["bypassed"]),
    ],
)
def test_the_right_people_let_it_pass(
    reviews: Sequence[Approval], more: dict[str, Any], texts: dict[str, Any], expected: list[str]
) -> None:
    report = verify(world(*reviews, waits=[waited()], **more), **texts)
    assert codes(report) == expected
    mild = {"approved": Decision.PASS, "no-review-needed": Decision.SKIP}
    assert report.decision is mild.get(expected[0], Decision.FAIL)


@pytest.mark.parametrize(
    ("reviews", "policy", "decision"),
    [
        (NO_ONE, {"administrator-bypass": "warn"}, Decision.WARN),
        (NO_ONE, {"self-approval": "warn"}, Decision.FAIL),
        ([review("ada")], {"self-approval": "warn"}, Decision.WARN),
        ([review("ada")], {"administrator-bypass": "warn"}, Decision.FAIL),
    ],
)
def test_the_policy_says_what_only_warns(
    reviews: Sequence[Approval], policy: dict[str, str], decision: Decision
) -> None:
    report = verify(world(*reviews, waits=[waited()]), policy=policy)
    assert report.decision is decision
    assert outputs(report).bypassed is not bool(reviews)
    assert outputs(report).self_approved is bool(reviews)


@pytest.mark.parametrize(
    ("user", "among", "expected"),
    [
        ("edith", None, ["approved", "team-members-unknown"]),
        ("edith", ["grace", "acme/managers"], ["approved", "team-members-unknown"]),
        ("grace", ["acme/managers"], ["approved", "team-members-unknown"]),
        ("grace", ["grace", "acme/managers"], ["approved"]),
        ("grace", None, ["approved"]),
    ],
)
def test_who_may_be_a_reviewer_by_a_team_alone_is_said(user: str, among: list[str] | None, expected: list[str]) -> None:
    report = verify(world(review(user), waits=[waited()], protection=TEAM), policy={"among": among})
    assert codes(report) == expected
    assert report.decision is (Decision.PASS if expected == ["approved"] else Decision.WARN)


AGAIN = {"run_attempt": "2"}


OTHERS = [waited(1, run=number, hour=30) for number in range(1000, 1060)]


def timed(number: int, start: int, end: int) -> Any:
    """A wait by the minutes in which it began and ended, of the first attempt."""
    since, until = (NOON + timedelta(minutes=minute) for minute in (start, end))
    states: Any = [Status("waiting", at=since), Status("queued", at=until)]
    job = Job(id=number, name=f"deploy {number}", created_at=since, status="completed", attempt=1)
    return Deployment(SHA, since, states=states, run=OWN, job=number), job


APART = [waited(1, states=["waiting", "failure"]), timed(2, 61, 95), timed(3, 65, 99)]


@pytest.mark.parametrize(
    ("approvals", "waits", "texts", "expected"),
    [
        (1, [waited(1)], {}, "approved"),
        (2, [waited(1), waited(2)], AGAIN, "approved"),
        (3, [waited(1), waited(2)], AGAIN, "approved"),
        # one approval for two waits: one of them was passed by, or is this one
        (1, [waited(1), waited(2)], AGAIN, "approval-of-another-attempt"),
        # the wait of this attempt is not to be seen
        (1, [waited(1)], AGAIN, "approval-of-another-attempt"),
        (1, [], AGAIN, "approval-of-another-attempt"),
        (2, [waited(1), waited(1, hour=2)], AGAIN, "approval-of-another-attempt"),
        # an earlier attempt that was rejected, or given up, was not let through
        (1, [waited(1, states=["waiting", "failure"]), waited(2)], AGAIN, "approved"),
        (1, [waited(1, states=["waiting", "error"]), waited(2)], AGAIN, "approved"),
        (1, [waited(1, states=["waiting"]), waited(2)], AGAIN, "approved"),
        # jobs after each other need an approval each; at the same time they are approved together
        (1, [waited(1), waited(1, hour=2)], {}, "approval-of-another-job"),
        (2, [waited(1), waited(1, hour=2)], {}, "approved"),
        (1, [waited(1), waited(1, hour=1)], {}, "approved"),
        # others may have deployed meanwhile, as many as they are
        (1, [waited(1), *OTHERS, waited(2, hour=60)], AGAIN, "approval-of-another-attempt"),
        (2, [waited(1), *OTHERS, waited(2, hour=60)], AGAIN, "approved"),
        # jobs that overlapped had an approval each, unless they were let through at once
        (2, [*APART, waited(2, hour=60)], AGAIN, "approval-of-another-attempt"),
        (3, [*APART, waited(2, hour=60)], AGAIN, "approved"),
        # the deployment of an earlier attempt is gone
        (1, [waited(2)], AGAIN, "approval-of-another-attempt"),
        (2, [waited(1), waited(3)], {"run_attempt": "3"}, "approval-of-another-attempt"),
        # other runs say nothing
        (1, [waited(1), waited(1, run=8, hour=3)], {}, "approved"),
    ],
)
def test_every_wait_of_the_run_has_had_its_approval(
    approvals: int, waits: Sequence[Any], texts: dict[str, str], expected: str
) -> None:
    report = verify(world(*[review()] * approvals, waits=waits), **texts)
    assert codes(report) == [expected]
    if expected != "approved":
        assert report.decision is Decision.CANNOT_VERIFY
        assert outputs(report).bypassed is None


@pytest.mark.parametrize(
    ("conclusion", "attempt", "expected"),
    [
        ("skipped", 1, "approved"),  # the gate before it had failed
        ("failure", 1, "approval-of-another-attempt"),
        ("cancelled", 1, "approval-of-another-attempt"),
        ("success", 2, "approval-of-another-attempt"),  # of which GitHub lists none of the first attempt
    ],
)
def test_an_attempt_without_a_deployment_is_accounted_for_where_its_job_was_left_out(
    conclusion: Any, attempt: int, expected: str
) -> None:
    job = Job(id=1, name="deploy", created_at=NOON, status="completed", conclusion=conclusion, attempt=attempt)
    github = world(review(), waits=[waited(2)])
    github.repositories["acme/orders"].runs[0].jobs.insert(0, job)
    report = verify(github, **AGAIN)
    assert codes(report) == [expected]
    assert expected == "approved" or "(not a re-run)" in report.findings[0].remedy


def test_what_cannot_be_told_of_an_attempt_warns_where_a_bypass_does() -> None:
    report = verify(world(review()), **AGAIN, policy={"administrator-bypass": "warn"})
    assert (codes(report), report.decision) == (["approval-of-another-attempt"], Decision.WARN)


def test_of_several_waits_the_last_one_of_this_attempt_is_when() -> None:
    github = world(review(), review(), waits=[waited(1), waited(2)])
    assert outputs(verify(github, **AGAIN)).approved_at == "2026-11-24T14:01:00Z"


def test_an_account_that_is_gone_may_be_that_of_who_started_it() -> None:
    class Gone(HttpServers):
        def send(self, request: Any) -> Any:
            answer = super().send(request)
            if request.url.endswith("/approvals"):
                return type(answer)(200, {}, answer.body.replace(b'"user":', b'"gone":'))
            return answer

    with GitHubEmulator(world(review(), waits=[waited()])) as emulator:
        given = {
            **{"approval-policy": '{"reviewers": true, "self-approval": "fail", "administrator-bypass": "fail"}'},
            **{"repository": "acme/orders", "run-id": str(OWN), "run-attempt": "1", "actor": "ada"},
            **{"triggering-actor": "ada", "api-url": emulator.url, "github-token": "job", "timeout": "0s"},
        }
        report = run(VerifyApprovalInputs.from_texts(given), Gone(5), FakeClock(NOON))
    assert (codes(report), report.decision) == (["reviewer-unknown"], Decision.CANNOT_VERIFY)
    assert outputs(report).self_approved is None


@pytest.mark.parametrize(
    "github",
    [
        world(review(), waits=[waited()], permissions={"actions": "read"}),
        world(review(), waits=[waited()], permissions={"deployments": "read"}),
        world(review(), waits=[waited()], down=True),
        world(review(), waits=[waited()], rate_limited=True),
        *(
            world(review(), waits=[waited()], faults=[Fault(f"{BASE}/{path}", status)])
            for path in (
                "environments/production",
                f"actions/runs/{OWN}",
                f"actions/runs/{OWN}/approvals",
                f"actions/runs/{OWN}/pending_deployments",
                "deployments",
                "deployments/1/statuses",
            )
            for status in (403, 404, 500)
        ),
    ],
)
def test_what_cannot_be_asked_never_passes(github: GitHub) -> None:
    with pytest.raises(ServiceError):
        verify(github)


def test_an_environment_that_is_not_there_never_passes() -> None:
    with pytest.raises(NotFound):
        verify(world(review(), waits=[waited()]), environment="staging")


@pytest.mark.parametrize("name", ["approval-policy", "actor", "triggering-actor", "run-attempt"])
def test_what_the_judgement_stands_on_must_be_given(name: str) -> None:
    with pytest.raises(InvalidInput, match=name):
        verify(world(), **{name: ""})
