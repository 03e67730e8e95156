"""Learns from GitHub who approved the deploy, and when it was queued, approved and started."""

from collections.abc import Callable
from typing import TypeVar

import msgspec

from deploy_actions.actions.conclude_deploy.evidence import Approvals, Approver, When, Where
from deploy_actions.actions.conclude_deploy.inputs import ConcludeDeployInputs
from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.github_deployments import approved_at
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
        return Circumstances(where=where, when=When(), unknown=(("approvals and times", f"{missing} was given"),))
    unknown: list[tuple[str, str]] = []
    number = inputs.run_id
    this = _try(lambda: run(github, number), "the time of the run", unknown)
    job = _try(lambda: _own_job(inputs, github, number), "the times of the job", unknown)
    given = _try(lambda: _approvals(inputs, github, number), "the approvals", unknown)
    return Circumstances(
        approvals=given,
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
    """The reviews of this environment. Required ones that nobody gave were bypassed by an administrator."""
    required = environment(github, inputs.environment).required_reviewers
    reviews = tuple(
        Approver(one.user, one.state, one.comment)
        for one in approvals(github, number)
        if inputs.environment.lower() in (name.lower() for name in one.environments)
    )
    approved = any(one.state == "approved" for one in reviews)
    at = approved_at(github, inputs.deployment_id) if approved and inputs.deployment_id is not None else None
    return Approvals(required=required, bypassed=required and not approved, approved_at=at, reviews=reviews)
