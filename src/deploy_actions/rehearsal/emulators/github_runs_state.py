"""Workflow runs, and who holds a concurrency group, as plain data."""

from typing import Literal, TypeAlias

import msgspec

from deploy_actions.rehearsal.emulators.github_history import Moment, Sha

RunStatus: TypeAlias = Literal["queued", "in_progress", "completed", "waiting", "requested", "pending"]
Conclusion: TypeAlias = Literal["success", "failure", "neutral", "cancelled", "skipped", "timed_out", "action_required"]


class Step(msgspec.Struct, forbid_unknown_fields=True, rename="kebab"):
    """A step of a job; its number is its place in the list."""

    name: str
    status: Literal["queued", "in_progress", "completed"] = "completed"
    conclusion: Conclusion | None = None
    started_at: Moment | None = None
    completed_at: Moment | None = None


class Job(msgspec.Struct, forbid_unknown_fields=True, rename="kebab", kw_only=True):
    """A job of the run's `attempt`. `started_at`: null for `created_at`, as of a job that waits for a runner."""

    id: int
    name: str
    created_at: Moment
    status: RunStatus = "completed"
    conclusion: Conclusion | None = None
    started_at: Moment | None = None
    completed_at: Moment | None = None
    labels: list[str] = []
    runner: str | None = None
    runner_group: str | None = None
    steps: list[Step] = []
    attempt: int = 1


class Approval(msgspec.Struct, forbid_unknown_fields=True, rename="kebab"):
    """A review of a run that waited for the `environments`."""

    user: str
    state: Literal["approved", "rejected", "pending"] = "approved"
    comment: str = ""
    environments: list[str] = []


class Run(msgspec.Struct, forbid_unknown_fields=True, rename="kebab", kw_only=True):
    """A workflow run. `triggering_actor`: null for the actor; another one for a run that somebody started again.

    `pending_deployments` are the names of the environments that it waits for.
    """

    id: int
    head_sha: Sha
    created_at: Moment
    status: RunStatus = "completed"
    conclusion: Conclusion | None = None
    number: int = 1
    attempt: int = 1
    actor: str = "ada"
    triggering_actor: str | None = None
    event: str = "workflow_dispatch"
    branch: str | None = "main"
    workflow_id: int = 1
    title: str = "Deploy"
    path: str = ".github/workflows/deploy.yml"
    jobs: list[Job] = []
    approvals: list[Approval] = []
    pending_deployments: list[str] = []


class Member(msgspec.Struct, forbid_unknown_fields=True, rename="kebab"):
    """A run, or a job of one, that holds a concurrency group (`in_progress`) or waits for it."""

    run: int
    status: Literal["in_progress", "pending"] = "pending"
    job: int | None = None
