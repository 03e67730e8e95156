"""The gate against the emulator of GitHub, world by world."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fakes import FakeClock, FakeProbes, FakeSecrets, always

from deploy_actions.actions.version_gate import run
from deploy_actions.actions.version_gate.inputs import VersionGateInputs, VersionGateOutputs
from deploy_actions.core.declare import InvalidInput
from deploy_actions.core.probing import Answer, NoAnswer
from deploy_actions.core.service_errors import NotFound, Refused, ServiceError
from deploy_actions.core.verdict import Decision, Report
from deploy_actions.rehearsal.emulators.github import (
    Commit,
    Deployment,
    GitHub,
    GitHubEmulator,
    Job,
    Member,
    Repository,
    Run,
    Step,
    Token,
)
from deploy_actions.services.http import HttpServers

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
READS = {"contents": "read", "deployments": "read", "actions": "read"}
OWN = 100


def sha(number: int) -> str:
    return f"{number:02x}" * 20


# 1 ─ 2 ─ 3 ─ 4      the branch
#      └─ 5          a hot fix
HISTORY = [
    Commit(sha(1), "one", parents=[]),
    Commit(sha(2), "two"),
    Commit(sha(5), "five", parents=[sha(2)]),
    Commit(sha(3), "three", parents=[sha(2)]),
    Commit(sha(4), "four", parents=[sha(3)]),
]


def past(number: int, *states: Any, run: int, step: str | None = "success", status: str = "completed") -> Any:
    """A deployment of a commit, and the run that made it; `step` None: the job ended before its steps began."""
    made = NOON + timedelta(minutes=run)
    steps = [] if step is None else [Step("Check the secrets", conclusion="success"), _step(step)]
    job: Any = Job(id=run, name="deploy", created_at=made, status=status, conclusion=None, steps=steps)  # type: ignore[arg-type]
    of_run: Any = Run(id=run, head_sha=sha(number), created_at=made, status=status, jobs=[job])  # type: ignore[arg-type]
    return Deployment(sha(number), made, states=list(states), run=run, job=run), of_run


def _step(word: str) -> Step:
    if word in ("queued", "in_progress"):
        return Step("Deploy", word)  # type: ignore[arg-type]
    return Step("Deploy", "completed", word)  # type: ignore[arg-type]


def world(*pasts: Any, permissions: Mapping[str, str] = READS, line: list[Member] | None = None, **more: Any) -> GitHub:
    own = Run(id=OWN, head_sha=sha(4), created_at=NOON + timedelta(hours=5), status="in_progress", event="push")
    repository = Repository(
        commits=HISTORY[:],
        deployments=[deployment for deployment, _ in pasts],
        runs=[*(of_run for _, of_run in pasts), own, *more.get("runs", [])],
        concurrency_groups=more.get("groups", {"production-deploy": line or []}),
    )
    return GitHub(tokens={"job": Token("installation", dict(permissions))}, repositories={"acme/orders": repository})


def gate(github: GitHub, probes: FakeProbes | None = None, *, number: int = 4, **texts: Any) -> Report:
    clock = FakeClock(NOON + timedelta(hours=6))
    probes = probes or FakeProbes(clock)
    probes.clock = clock
    with GitHubEmulator(github) as emulator:
        given_texts = {
            **{"sha": sha(number), "repository": "acme/orders", "api-url": emulator.url, "github-token": "job"},
            **{"run-id": str(OWN), "run-attempt": "1"},
            **{name.replace("_", "-"): text for name, text in texts.items()},
        }
        inputs = VersionGateInputs.from_texts(given_texts)
        return run(inputs, HttpServers(), clock, probes, FakeSecrets({"TOKEN": "canary-value"}))


def codes(report: Report) -> list[str]:
    return [finding.reason_code for finding in report.findings]


def outputs(report: Report) -> VersionGateOutputs:
    assert isinstance(report.outputs, VersionGateOutputs)
    return report.outputs


LIVE_3 = past(3, "queued", "in_progress", "success", run=1)
OLDER: dict[str, Any] = {"allow_older": sha(2), "allow_older_reason": "The live version loses orders"}


@pytest.mark.parametrize(
    ("pasts", "number", "texts", "expected", "deploy"),
    [
        ([], 4, {}, ["first-deploy"], True),
        ([LIVE_3], 4, {}, ["newer"], True),
        ([LIVE_3], 3, {}, ["already-live"], False),
        ([LIVE_3], 3, {"redeploy": "true"}, ["redeploying"], True),
        ([LIVE_3], 2, {}, ["would-go-backwards"], None),
        ([LIVE_3], 2, OLDER, ["deliberately-older"], True),
        ([LIVE_3], 2, {**OLDER, "allow_older": sha(1)}, ["would-go-backwards"], None),
        ([LIVE_3], 2, {**OLDER, "allow_older_reason": "because"}, ["older-without-a-reason"], None),
        ([LIVE_3], 5, {}, ["diverged"], None),
        ([LIVE_3], 5, {**OLDER, "allow_older": sha(5)}, ["deliberately-older"], True),
        # a job that ended before the step that deploys changed nothing
        ([LIVE_3, past(2, "failure", run=2, step="skipped")], 4, {}, ["newer"], True),
        ([LIVE_3, past(2, "failure", run=2, step=None)], 4, {}, ["newer"], True),
        ([LIVE_3, past(4, "success", run=2, step="skipped")], 4, {}, ["newer"], True),
        # what failed or broke off may have changed production
        ([LIVE_3, past(2, "failure", run=2, step="failure")], 4, {}, ["last-deploy-failed", "newer"], True),
        ([LIVE_3, past(2, "error", run=2, step="cancelled")], 4, {}, ["resuming", "newer"], True),
        ([LIVE_3, past(4, "in_progress", run=2, step="cancelled")], 4, {}, ["resuming", "newer"], True),
        ([LIVE_3, past(4, "failure", run=2, step="failure")], 3, {}, ["last-deploy-failed"], None),
        ([past(4, "failure", run=2, step="failure")], 4, {}, ["last-deploy-failed", "first-deploy"], True),
        # which the policy hold makes a stop, until somebody clears it
        ([LIVE_3, past(2, "failure", run=2, step="failure")], 4, {"on_failure": "hold"}, ["held"], None),
        ([LIVE_3, past(2, "in_progress", run=2, step="cancelled")], 4, {"on_failure": "hold"}, ["held"], None),
        ([LIVE_3, past(2, "failure", "inactive", run=2, step="failure")], 4, {"on_failure": "hold"}, ["newer"], True),
        ([LIVE_3, past(2, "failure", run=2, step="skipped")], 4, {"on_failure": "hold"}, ["newer"], True),
        # a success after a failure ends it
        (
            [past(2, "failure", run=1, step="failure"), past(3, "success", run=2)],
            4,
            {"on_failure": "hold"},
            ["newer"],
            True,
        ),
        # others that are under way
        (
            [LIVE_3, past(2, "in_progress", run=2, step="in_progress", status="in_progress")],
            4,
            {},
            ["deploy-in-progress"],
            None,
        ),
        ([LIVE_3, past(2, "waiting", run=2, step=None, status="waiting")], 4, {}, ["newer"], True),
        ([LIVE_3, past(2, "in_progress", run=2, step="queued", status="in_progress")], 4, {}, ["newer"], True),
        # this run's own deployment says nothing
        ([LIVE_3, past(4, "in_progress", run=OWN, step="in_progress", status="in_progress")], 4, {}, ["newer"], True),
        # a deployment that was live and is not any more is not what is live
        ([past(4, "success", "inactive", run=1), past(3, "success", run=2)], 4, {}, ["newer"], True),
    ],
)
def test_what_may_go_out(  # noqa: PLR0913  # a row of the table
    pasts: list[Any], number: int, texts: dict[str, Any], expected: list[str], *, deploy: bool | None
) -> None:
    report = gate(world(*pasts), number=number, **texts)
    found = codes(report)
    assert (found if deploy is not None else found[:1]) == expected
    assert outputs(report).deploy is deploy
    assert (report.decision.exit_code == 0) is (deploy is not None)


EARLIER = Job(
    id=OWN,
    name="deploy",
    created_at=NOON,
    conclusion="failure",
    attempt=1,
    steps=[Step("Check the secrets", conclusion="success"), Step("Deploy", "completed", "failure")],
)


@pytest.mark.parametrize(
    ("run_attempt", "policy", "expected"),
    [
        ("2", "fix-forward", ["last-deploy-failed", "newer"]),
        ("2", "hold", ["held", "last-deploy-failed", "newer"]),
        ("1", "hold", ["newer"]),
    ],
)
def test_what_an_earlier_attempt_of_the_same_run_left_counts(
    run_attempt: str, policy: str, expected: list[str]
) -> None:
    deployment = Deployment(sha(4), NOON + timedelta(hours=1), states=["in_progress", "failure"], run=OWN, job=OWN)
    again = Run(id=OWN, head_sha=sha(4), created_at=NOON, status="in_progress", attempt=2, jobs=[EARLIER])
    report = gate(world(LIVE_3, (deployment, again)), run_attempt=run_attempt, on_failure=policy)
    assert codes(report) == expected


def test_the_commit_that_was_deployed_is_the_one_that_the_step_names() -> None:
    deployment, of_run = past(4, "success", run=2)
    of_run.jobs[0].steps[-1].name = f"Deploy {sha(2)}"
    back = world(past(4, "success", "inactive", run=1), (deployment, of_run))
    report = gate(back, number=4)
    assert (codes(report), outputs(report).last_healthy_version) == (["newer"], sha(2))


@pytest.mark.parametrize("states", [["success"], ["in_progress", "failure"]])
def test_another_job_of_the_environment_is_no_deploy(states: list[Any]) -> None:
    deployment, of_run = past(4, *states, run=3)
    of_run.jobs[0].steps[-1].name = "Notify"
    held = world(LIVE_3, past(2, "failure", run=2, step="failure"), (deployment, of_run))
    assert codes(gate(held, on_failure="hold"))[0] == "held"


def test_an_older_commit_does_not_replace_one_whose_failed_deploy_may_still_be_live() -> None:
    failed_4 = past(4, "in_progress", "failure", run=2, step="failure")
    live_1 = past(1, "success", run=1)
    assert "would-go-backwards" in codes(gate(world(live_1, failed_4), number=3))
    assert codes(
        gate(world(live_1, failed_4), told(sha(1).encode()), number=3, version_url="http://shop.example/")
    ) == [
        "last-deploy-failed",
        "newer",
    ]


def test_who_clears_the_newest_failure_clears_those_before_it() -> None:
    failed = past(2, "failure", run=2, step="failure")
    cleared = past(4, "failure", "inactive", run=3, step="failure")
    assert codes(gate(world(LIVE_3, failed, cleared), on_failure="hold")) == ["newer"]


def test_a_success_that_was_taken_back_is_none_and_one_that_is_not_written_yet_is() -> None:
    assert "held" in codes(
        gate(world(past(2, "success", run=1), past(3, "success", "failure", run=2)), on_failure="hold")
    )
    late, of_run = past(3, "in_progress", run=2)
    of_run.jobs[0].conclusion = "success"
    assert codes(gate(world((late, of_run)), number=2)) == ["would-go-backwards"]


@pytest.mark.parametrize(
    ("texts", "name"), [({"run_attempt": ""}, "run-id"), ({"on_failure": "rollback"}, "on-failure")]
)
def test_what_would_go_wrong_only_later_is_refused_before_the_deploy(texts: dict[str, Any], name: str) -> None:
    with pytest.raises(InvalidInput, match=name):
        gate(world(LIVE_3), **texts)


def told(body: bytes, status: int = 200, **more: Any) -> FakeProbes:
    return FakeProbes(FakeClock(), always({"": Answer(seconds=0.1, status=status, body=body, **more)}))


BY_URL: dict[str, Any] = {"version_url": "http://shop.example/version", "version_json": "$.version"}


@pytest.mark.parametrize(
    ("probes", "texts", "expected", "decision"),
    [
        (told(b'{"version": "%s"}' % sha(3).encode()), BY_URL, ["newer"], Decision.PASS),
        (told(b'{"version": "%s"}' % sha(4)[:12].encode()), BY_URL, ["already-live"], Decision.SKIP),
        (told(sha(5).encode() + b"\n"), {"version_url": "http://shop.example/version"}, ["diverged"], Decision.FAIL),
        (told(sha(4).encode(), 0), {"version_command": "live-version"}, ["already-live"], Decision.SKIP),
        (told(b"v1.2.3", 0), {"version_command": "live-version", "version": "v1.2.3"}, ["already-live"], Decision.SKIP),
        (told(b"v1.2.3", 0), {"version_command": "live-version"}, ["live-commit-unknown"], Decision.CANNOT_VERIFY),
        (
            told(b"v1.2.3", 0),
            {
                "version_command": "live-version",
                "allow_older": sha(4),
                "allow_older_reason": "Nobody knows that version",
            },
            ["deliberately-older"],
            Decision.WARN,
        ),
        (told(b"{}"), BY_URL, ["live-version-not-told", "newer"], Decision.WARN),
        (told(b"", 500), BY_URL, ["live-version-not-told", "newer"], Decision.WARN),
        (told(b"1.0", is_cut=True), BY_URL, ["live-version-not-told", "newer"], Decision.WARN),
        (
            told(b"a page of\nmany words"),
            {"version_url": "http://shop.example/"},
            ["live-version-not-told", "newer"],
            Decision.WARN,
        ),
        (told(b"1", 1), {"version_command": "live-version"}, ["live-version-not-told", "newer"], Decision.WARN),
        (
            FakeProbes(FakeClock(), always({"": NoAnswer("refused")})),
            BY_URL,
            ["live-version-not-told", "newer"],
            Decision.WARN,
        ),
        (FakeProbes(FakeClock(), always({})), BY_URL, ["live-version-not-told", "newer"], Decision.WARN),
        (told(b"", 500), {**BY_URL, "on_unknown_version": "fail"}, ["live-version-unknown"], Decision.CANNOT_VERIFY),
    ],
)
def test_the_service_is_asked_first_and_github_where_it_does_not_tell(
    probes: FakeProbes, texts: dict[str, Any], expected: list[str], decision: Decision
) -> None:
    report = gate(world(LIVE_3), probes, **texts)
    assert (codes(report), report.decision) == (expected, decision)
    assert probes.stopped


def test_a_live_version_that_is_not_told_is_no_reason_to_leave_the_deploy_out() -> None:
    report = gate(world(LIVE_3), told(b"", 503), number=3, **BY_URL)
    assert (codes(report), outputs(report).deploy) == (["live-version-not-told"], True)


def test_the_program_that_tells_the_version_gets_the_named_secrets_and_no_others() -> None:
    probes = told(sha(4).encode(), 0)
    gate(world(LIVE_3), probes, version_command='["live-version", "--now"]', secrets="TOKEN", variables="REGION")
    [(_, _, probe)] = probes.started
    assert getattr(probe, "command", None) == ("live-version", "--now")
    assert {name: value.reveal() for name, value in getattr(probe, "secrets", {}).items()} == {"TOKEN": "canary-value"}
    with pytest.raises(NotFound, match="unset or empty"):
        gate(world(LIVE_3), told(b"1", 0), version_command="live-version", secrets="ABSENT")
    may_be_absent: dict[str, Any] = {"secrets": "ABSENT", "optional_secrets": "ABSENT"}
    gate(world(LIVE_3), told(sha(3).encode(), 0), version_command="live-version", **may_be_absent)


def test_a_commit_outside_the_runs_own_history_is_stopped_before_anything_of_it_is_run() -> None:
    probes = told(sha(4).encode(), 0)
    report = gate(world(LIVE_3), probes, number=5, head=sha(4), version_command="live-version")
    assert (codes(report), probes.started) == (["not-in-history"], [])
    assert codes(gate(world(LIVE_3), number=2, head=sha(4), **OLDER)) == ["deliberately-older"]
    with pytest.raises(NotFound):
        gate(world(LIVE_3), number=9, head=sha(4))


@pytest.mark.parametrize("missing", ["deployments", "actions", "contents"])
def test_without_a_permission_nothing_passes(missing: str) -> None:
    permissions = {name: level for name, level in READS.items() if name != missing}
    with pytest.raises(Refused):
        gate(world(LIVE_3, permissions=permissions))


@pytest.mark.parametrize("fault", ["down", "rate_limited", "rate_limit_used_up"])
def test_a_github_that_cannot_be_asked_ends_in_no_verdict(fault: str) -> None:
    github = world(LIVE_3)
    setattr(github, fault, True)
    with pytest.raises(ServiceError):
        gate(github, timeout="0s")


def test_a_deployment_whose_run_github_has_forgotten_counts_as_one_that_deployed() -> None:
    deployment, _ = past(3, "success", run=77)
    of_another_tool = Deployment(sha(2), NOON, states=["success"])
    assert codes(gate(world((deployment, Run(id=1, head_sha=sha(3), created_at=NOON))))) == ["newer"]
    assert codes(gate(world((of_another_tool, Run(id=2, head_sha=sha(2), created_at=NOON))), number=2)) == [
        "already-live"
    ]


WAITING_4 = Run(id=OWN + 1, head_sha=sha(4), created_at=NOON + timedelta(hours=6), status="pending", event="push")
WAITING_5 = Run(id=OWN + 2, head_sha=sha(5), created_at=NOON + timedelta(hours=6), status="pending", event="push")
OLD_WAITING = Run(id=50, head_sha=sha(4), created_at=NOON, status="pending", event="push")


@pytest.mark.parametrize(
    ("waiting", "policy", "expected"),
    [
        ([WAITING_4], "skip", "superseded"),
        ([WAITING_4], "proceed", "newer"),
        ([WAITING_4, WAITING_5], "skip", "superseded"),
        ([WAITING_5], "skip", "newer"),  # it lacks this commit
        ([OLD_WAITING], "skip", "newer"),  # it began before this run
        ([], "skip", "newer"),
    ],
)
@pytest.mark.parametrize("tells_groups", [True, False])
def test_a_deploy_is_left_out_where_a_newer_run_holds_its_commit(
    waiting: list[Run], policy: str, expected: str, *, tells_groups: bool
) -> None:
    line = [Member(OWN, "in_progress"), *(Member(one.id) for one in waiting)]
    groups = {"production-deploy": line} if tells_groups else None
    live_2 = past(2, "success", run=1)
    report = gate(world(live_2, groups=groups, runs=waiting), number=3, superseded=policy)
    assert codes(report) == [expected]
    assert outputs(report).deploy is (expected == "newer")


def test_superseding_needs_the_runs_own_id() -> None:
    with pytest.raises(InvalidInput, match="run-id"):
        gate(world(LIVE_3), superseded="skip", run_id="", run_attempt="")


def test_what_is_held_is_cleared_by_the_command_that_is_shown() -> None:
    github = world(LIVE_3, past(2, "failure", run=2, step="failure"))
    [held] = [finding for finding in gate(github, on_failure="hold").findings if finding.reason_code == "held"]
    assert "gh api repos/acme/orders/deployments/2/statuses -f state=inactive" in held.remedy
    github.repositories["acme/orders"].deployments[1].states.append("inactive")
    assert codes(gate(github, on_failure="hold")) == ["newer"]


@pytest.mark.parametrize(
    ("pasts", "probes", "expected"),
    [
        ([LIVE_3], None, sha(3)),
        ([], None, None),
        ([LIVE_3, past(2, "failure", run=2, step="failure")], told(sha(2).encode()), sha(3)),
        ([LIVE_3], told(sha(2)[:12].encode()), sha(2)[:12]),
        ([], told(b"1.2"), "1.2"),
    ],
)
def test_what_was_last_healthy_is_never_a_version_whose_deploy_failed(
    pasts: list[Any], probes: FakeProbes | None, expected: str | None
) -> None:
    texts: dict[str, Any] = {"version_url": "http://shop.example/"} if probes else {}
    assert outputs(gate(world(*pasts), probes, **texts)).last_healthy_version == expected


def test_a_deployment_is_recorded_where_none_is_and_only_if_asked_for() -> None:
    github = world(LIVE_3, permissions={**READS, "deployments": "write"})
    assert outputs(gate(github)).deployment_id is None
    number = outputs(gate(github, report_deployment="true")).deployment_id
    made = github.repositories["acme/orders"].deployments[-1]
    assert (number, made.sha, [status.state for status in made.statuses()]) == (2, sha(4), ["in_progress"])
    own = past(4, "in_progress", run=OWN, step="in_progress", status="in_progress")
    with_own = world(LIVE_3, own)
    assert outputs(gate(with_own, report_deployment="true")).deployment_id == 2
    assert len(with_own.repositories["acme/orders"].deployments) == 2


def test_nothing_is_recorded_for_a_deploy_that_is_not_made() -> None:
    github = world(LIVE_3, permissions={**READS, "deployments": "write"})
    for number in (2, 3):
        gate(github, number=number, report_deployment="true")
    assert len(github.repositories["acme/orders"].deployments) == 1


STATES = st.lists(
    st.sampled_from(["queued", "waiting", "in_progress", "success", "failure", "error", "inactive"]), max_size=4
)
PASTS = st.lists(
    st.tuples(st.integers(1, 5), STATES, st.sampled_from(["success", "failure", "cancelled", "skipped", None])),
    max_size=4,
)
ANCESTORS: dict[int, set[int]] = {1: {1}, 2: {1, 2}, 3: {1, 2, 3}, 4: {1, 2, 3, 4}, 5: {1, 2, 5}}


def _was_live(states: list[str]) -> bool:
    return next((state for state in reversed(states) if state != "inactive"), "") == "success"


@settings(max_examples=60, deadline=None)
@given(pasts=PASTS, number=st.integers(1, 5))
def test_whatever_the_record_what_is_deployed_never_lacks_what_is_live(pasts: Any, number: int) -> None:
    made = [past(one, *states, run=place, step=step) for place, (one, states, step) in enumerate(pasts, 1)]
    live = next(
        (one for one, states, step in reversed(pasts) if _was_live(states) and step not in ("skipped", None)), None
    )
    report = gate(world(*made), number=number)
    if outputs(report).deploy:
        assert live is None or live in ANCESTORS[number]
    elif "would-go-backwards" in codes(report) or "diverged" in codes(report):
        assert {one for one, states, step in pasts} - ANCESTORS[number]
