"""The whole action against the emulator of GitHub: the evidence, who approved, and what is reported."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.fakes import FakeClock, FakeFiles

from deploy_actions.actions.conclude_deploy import run
from deploy_actions.actions.conclude_deploy.inputs import ConcludeDeployInputs, ConcludeDeployOutputs
from deploy_actions.core.declare import InvalidInput
from deploy_actions.core.service_errors import Refused
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
    Token,
)
from deploy_actions.services.http import HttpServers

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "actions/conclude-deploy/evidence.schema.json").read_text())
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SHA = "b" * 40
READS = {"deployments": "read", "actions": "read"}
GOOD = "version-gate: success pass newer\nrun-deploy: success pass deployed\nhealth-check: success pass healthy"
BAD = "version-gate: success pass newer\nrun-deploy: failure fail deploy-failed"


def github(
    *reviews: Approval, reviewers: tuple[str, ...] = ("ada",), permissions: Mapping[str, str] = READS, jobs: int = 1
) -> GitHub:
    going: list[Any] = [
        Job(
            id=number,
            name="deploy",
            created_at=NOON,
            started_at=NOON + timedelta(hours=2),
            status="in_progress",
            labels=["self-hosted", "production"],
            runner="vm-1",
            runner_group="production",
        )
        for number in range(1, jobs + 1)
    ]
    of_run = Run(id=7, head_sha=SHA, created_at=NOON, status="in_progress", jobs=going, approvals=list(reviews))
    made = Deployment(SHA, NOON, states=["waiting", "queued", "in_progress"], run=7, job=1)
    repository = Repository(
        deployments=[made], runs=[of_run], protections={"production": Protection(reviewers=list(reviewers))}
    )
    return GitHub(tokens={"job": Token("installation", dict(permissions))}, repositories={"acme/orders": repository})


def conclude(state: GitHub, files: FakeFiles | None = None, **texts: Any) -> tuple[Report, dict[str, Any] | None]:
    files = files or FakeFiles()
    with GitHubEmulator(state) as emulator:
        given = {
            **{"gates": GOOD, "sha": SHA, "repository": "acme/orders", "api-url": emulator.url, "github-token": "job"},
            **{"run-id": "7", "runner-name": "vm-1", "deployment-id": "1", "evidence-file": "evidence.json"},
            **{"actor": "grace", "timeout": "0s"},
            **{name.replace("_", "-"): text for name, text in texts.items()},
        }
        inputs = ConcludeDeployInputs.from_texts(given)
        report = run(inputs, HttpServers(), FakeClock(NOON + timedelta(hours=3)), files)
    written = files.written.get("evidence.json")
    return report, json.loads(written) if written else None


def evidence_of(state: GitHub, **texts: Any) -> dict[str, Any]:
    report, evidence = conclude(state, **texts)
    assert evidence is not None, report.findings
    jsonschema.Draft202012Validator(SCHEMA).validate(evidence)
    return evidence


APPROVED = Approval("ada", comment="Looks good", environments=["production"])


def test_the_evidence_says_who_what_why_where_and_when() -> None:
    evidence = evidence_of(
        github(APPROVED),
        started_at="2026-11-24T14:01:00Z",
        seconds="61.5",
        healthy_after="4",
        issues='["PAY-1", "PAY-2"]',
        live_version="1.0",
        last_healthy_version="1.0",
        event="push",
        approved_by='["ada"]',
        approved_at="2026-11-24T12:00:02Z",
        bypassed="false",
    )
    assert evidence["outcome"] == "deployed"
    assert evidence["who"] == {"actor": "grace", "triggering_actor": None, "event": "push"}
    assert evidence["issues"] == ["PAY-1", "PAY-2"]
    assert evidence["approvals"] == {
        "required": True,
        "bypassed": False,
        "approved_by": ["ada"],
        "approved_at": "2026-11-24T12:00:02Z",
        "reviews": [{"user": "ada", "state": "approved", "comment": "Looks good"}],
    }
    assert evidence["where"] == {
        "runner": "vm-1",
        "runner_group": "production",
        "labels": ["self-hosted", "production"],
        "role": None,
    }
    assert evidence["when"] == {
        "run_created_at": "2026-11-24T12:00:00Z",
        "job_created_at": "2026-11-24T12:00:00Z",
        "job_started_at": "2026-11-24T14:00:00Z",
        "deploy_started_at": "2026-11-24T14:01:00Z",
        "deploy_seconds": 61.5,
        "healthy_after_seconds": 4.0,
        "concluded_at": "2026-11-24T15:00:00Z",
    }
    assert evidence["gates"][0] == {
        "name": "version-gate",
        "outcome": "success",
        "decision": "pass",
        "reason_code": "newer",
    }
    assert evidence["unknown"] == []


@pytest.mark.parametrize(("reviewers", "required"), [(("ada",), True), ((), False)])
@pytest.mark.parametrize(
    "reviews", [[], [APPROVED], [Approval("ada", "rejected", environments=["production"])], [Approval("ada")]]
)
def test_what_verify_approval_did_not_tell_is_not_known_whatever_the_reviews_are(
    reviews: list[Approval], reviewers: tuple[str, ...], *, required: bool
) -> None:
    approvals = evidence_of(github(*reviews, reviewers=reviewers))["approvals"]
    assert approvals["required"] is required
    assert [approvals[name] for name in ("bypassed", "approved_by", "approved_at")] == [None, None, None]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({"bypassed": "true", "approved_by": "[]"}, [True, [], None]),
        ({"bypassed": "false", "approved_by": "[]"}, [False, [], None]),
        ({"bypassed": "", "approved_by": '["ada"]'}, [None, ["ada"], None]),
        ({"approved_at": "2026-11-24T12:00:02Z"}, [None, None, "2026-11-24T12:00:02Z"]),
    ],
)
@pytest.mark.parametrize("permissions", [READS, {}])
def test_what_verify_approval_told_is_on_record_also_where_github_cannot_be_asked(
    texts: dict[str, str], expected: list[Any], permissions: dict[str, str]
) -> None:
    approvals = evidence_of(github(APPROVED, permissions=permissions), **texts)["approvals"]
    assert [approvals[name] for name in ("bypassed", "approved_by", "approved_at")] == expected
    assert bool(approvals["reviews"]) is bool(permissions)


@pytest.mark.parametrize(
    ("state", "texts", "lacks"),
    [
        (github(permissions={}), {}, ["the time of the run", "the times of the job", "the approvals"]),
        (github(), {"github_token": ""}, ["approvals and times"]),
        (github(), {"run_id": ""}, ["approvals and times"]),
        (github(), {"environment": "unknown"}, ["the approvals"]),
        (github(), {"api_url": "http://127.0.0.1:9"}, ["the time of the run", "the times of the job", "the approvals"]),
    ],
)
def test_what_cannot_be_learned_is_null_and_named_and_warns_while_the_deploy_stands(
    state: GitHub, texts: dict[str, Any], lacks: list[str]
) -> None:
    report, evidence = conclude(state, **texts)
    assert evidence is not None
    jsonschema.Draft202012Validator(SCHEMA).validate(evidence)
    assert (report.decision, report.exit_code) == (Decision.WARN, 0)
    assert [entry.partition(":")[0] for entry in evidence["unknown"]] == lacks
    assert evidence["approvals"] is None


def test_of_two_jobs_that_could_be_this_one_neither_is_taken() -> None:
    evidence = evidence_of(github(APPROVED, jobs=2))
    assert (evidence["when"]["job_started_at"], evidence["where"]["runner_group"]) == (None, None)


def test_the_digest_is_that_of_the_file() -> None:
    files = FakeFiles()
    report, _ = conclude(github(APPROVED), files)
    assert isinstance(report.outputs, ConcludeDeployOutputs)
    assert report.outputs.evidence_sha256 == sha256(files.written["evidence.json"]).hexdigest()
    assert report.outputs.evidence_file == "evidence.json"


def test_evidence_that_cannot_be_written_warns_and_says_so() -> None:
    report, evidence = conclude(github(APPROVED), FakeFiles(error=Refused("the file", "writing", "may not be")))
    assert evidence is None
    assert (report.reason_code, report.exit_code) == ("evidence-not-written", 0)
    assert isinstance(report.outputs, ConcludeDeployOutputs)
    assert report.outputs.evidence_sha256 is None


def test_a_failed_deploy_fails_whatever_the_evidence_lacks() -> None:
    report, evidence = conclude(github(permissions={}), gates=BAD)
    assert (report.decision, report.reason_code) == (Decision.FAIL, "fix-forward")
    assert evidence is not None
    assert evidence["outcome"] == "fix-forward"


@pytest.mark.parametrize(
    ("gates", "state"),
    [(GOOD, "success"), (BAD, "failure"), ("version-gate: success skip superseded", "inactive")],
)
def test_the_outcome_is_written_into_the_record_if_that_is_asked_for(gates: str, state: str) -> None:
    world = github(APPROVED, permissions={**READS, "deployments": "write"})
    conclude(world, gates=gates)
    [deployment] = world.repositories["acme/orders"].deployments
    assert [status.state for status in deployment.statuses()] == ["waiting", "queued", "in_progress"]
    conclude(world, gates=gates, report_deployment="true")
    last = deployment.statuses()[-1]
    assert last.state == state
    assert last.description


def test_a_record_that_may_not_be_written_warns() -> None:
    report, _ = conclude(github(APPROVED), report_deployment="true")
    assert (report.reason_code, report.exit_code) == ("deployment-not-reported", 0)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("seconds", "a while"),
        ("seconds", "1e3"),
        ("seconds", "-1"),
        ("started-at", "noon"),
        ("gates", "x"),
        ("sha", "HEAD"),
    ],
)
def test_what_no_other_action_can_have_given_is_refused(name: str, text: str) -> None:
    with pytest.raises(InvalidInput, match=name):
        conclude(github(APPROVED), files=None, **{name.replace("-", "_"): text})
