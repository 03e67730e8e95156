"""The record of a deploy: one JSON document, which outlasts GitHub's runs and their logs."""

from datetime import datetime
from typing import Literal, Self

import msgspec

from deploy_actions.actions.conclude_deploy.gates import Gate
from deploy_actions.core.json_text import json_text


class Approver(msgspec.Struct, frozen=True):
    """A review of the run: `state` is `approved` or `rejected`."""

    user: str
    state: str
    comment: str


class Approvals(msgspec.Struct, frozen=True, kw_only=True):
    """Who let the deploy pass. `bypassed`, `approved_by` and `approved_at` are verify-approval's word, null without it.

    `reviews` is all that GitHub lists of the run for this environment, of any attempt.
    """

    required: bool | None = None
    bypassed: bool | None = None
    approved_by: tuple[str, ...] | None = None
    approved_at: datetime | None = None
    reviews: tuple[Approver, ...] = ()


class Who(msgspec.Struct, frozen=True, kw_only=True):
    """Who started it, and by what event."""

    actor: str | None
    triggering_actor: str | None
    event: str | None


class What(msgspec.Struct, frozen=True, kw_only=True):
    """What was to be deployed, and what was live before."""

    repository: str
    environment: str
    sha: str
    version: str
    ref: str | None
    live_version_before: str | None
    last_healthy_version: str | None
    restored_version: str | None


class Where(msgspec.Struct, frozen=True, kw_only=True):
    """The runner that deployed."""

    runner: str | None
    runner_group: str | None
    labels: tuple[str, ...]
    role: str | None


class When(msgspec.Struct, frozen=True, kw_only=True):
    """The times of the deploy, in UTC, and how long its parts took, in seconds."""

    run_created_at: datetime | None = None
    job_created_at: datetime | None = None
    job_started_at: datetime | None = None
    deploy_started_at: datetime | None = None
    deploy_seconds: float | None = None
    healthy_after_seconds: float | None = None
    concluded_at: datetime | None = None


class GateResult(msgspec.Struct, frozen=True, kw_only=True):
    """How a step went: its outcome in the runner's words, its action's decision and reason code."""

    name: str
    outcome: str | None
    decision: str | None
    reason_code: str | None

    @classmethod
    def of(cls, gate: Gate) -> Self:
        """The same of a step as it was handed over."""
        return cls(
            name=gate.name,
            outcome=gate.outcome or None,
            decision=gate.decision or None,
            reason_code=gate.reason_code or None,
        )


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """The workflow run."""

    id: int | None
    attempt: int | None
    url: str | None


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """One deploy. Unknown is null, and `unknown` says why. `issues` are keys of Jira's."""

    schema_version: Literal[1]
    outcome: str
    decision: str
    message: str
    failure_policy: str
    what: What
    who: Who
    run: Run
    issues: tuple[str, ...]
    approvals: Approvals | None
    gates: tuple[GateResult, ...]
    where: Where
    when: When
    unknown: tuple[str, ...]

    def text(self) -> str:
        """The document, for people to read too."""
        return msgspec.json.format(json_text(self), indent=2) + "\n"
