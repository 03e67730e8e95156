"""Learns from GitHub who reviewed the deploy, and when it was queued and started."""

from collections.abc import Callable
from typing import TypeVar

import msgspec

from deploy_actions.actions.conclude_deploy.evidence import Approvals, Approver, When, Where
from deploy_actions.actions.conclude_deploy.inputs import ConcludeDeployInputs
from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.github_runs import Job, approvals, environment, jobs, run
from deploy_actions.core.service_errors import ServiceError

T = TypeVar("T")


class Circumstances(msgspec.Struct, frozen=True, kw_only=True):
    """What was learned; `unknown` are pairs of what could not be, and why."""

    approvals: Approvals | None = None
    where: Where
    when: When
    unknown: tuple[tuple[str, str], ...] = ()


def learn(inputs: ConcludeDeployInputs, github: GitHubClient | None) -> Circumstances:
    """All that can be learned. Raises nothing: what cannot be is named, since the deploy stands without it."""
    where = Where(
        runner=inputs.runner_name or None,
        runner_group=None,
        labels=inputs.runner_labels,
        role=inputs.runner_role or None,
    )
    if github is None or inputs.run_id is None:
        missing = "no `github-token`" if github is None else "no `run-id`"
        unasked = (("approvals and times", f"{missing} was given"),)
        return Circumstances(approvals=_told(inputs), where=where, when=When(), unknown=unasked)
    unknown: list[tuple[str, str]] = []
    number = inputs.run_id
    this = _try(lambda: run(github, number), "the time of the run", unknown)
    job = _try(lambda: _own_job(inputs, github, number), "the times of the job", unknown)
    given = _try(lambda: _approvals(inputs, github, number), "the approvals", unknown)
    return Circumstances(
        approvals=given or _told(inputs),
        where=msgspec.structs.replace(where, runner_group=job.runner_group_name, labels=job.labels) if job else where,
        when=When(
            run_created_at=this.created_at if this else None,
            job_created_at=job.created_at if job else None,
            job_started_at=job.started_at if job else None,
        ),
        unknown=tuple(unknown),
    )


def _try(ask: Callable[[], T], what: str, unknown: list[tuple[str, str]]) -> T | None:
    try:
        return ask()
    except ServiceError as error:
        unknown.append((what, str(error)))
        return None


def _own_job(inputs: ConcludeDeployInputs, github: GitHubClient, number: int) -> Job | None:
    """The job that is still going on this runner; None where several could be it."""
    going = [job for job in jobs(github, number, inputs.run_attempt) if job.status == "in_progress"]
    here = [job for job in going if job.runner_name == inputs.runner_name] if inputs.runner_name else going
    return here[0] if len(here) == 1 else None


def _approvals(inputs: ConcludeDeployInputs, github: GitHubClient, number: int) -> Approvals:
    """The reviews of this environment, beside what verify-approval told."""
    required = environment(github, inputs.environment).required_reviewers
    reviews = tuple(
        Approver(one.user, one.state, one.comment)
        for one in approvals(github, number)
        if inputs.environment.lower() in (name.lower() for name in one.environments)
    )
    return msgspec.structs.replace(_told(inputs) or Approvals(), required=required, reviews=reviews)


def _told(inputs: ConcludeDeployInputs) -> Approvals | None:
    """What verify-approval told; None where that is nothing. What it did not tell is not known."""
    if inputs.bypassed is None and inputs.approved_by is None and inputs.approved_at is None:
        return None
    return Approvals(
        bypassed=inputs.bypassed,
        approved_by=inputs.approved_by,
        approved_at=inputs.approved_at.at if inputs.approved_at else None,
    )
