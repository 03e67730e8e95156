"""Reads from GitHub's deployments what is live, what failed or was interrupted since, and what is under way."""

import re

import msgspec

from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.github_deployments import Attempt, attempts
from deploy_actions.clients.github_runs import Job, Step, job, run
from deploy_actions.core.service_errors import NotFound

_FAILED = ("failure", "error")
_ENDED = (*_FAILED, "success", "inactive")
_OVER = "completed"


class Unfinished(msgspec.Struct, frozen=True):
    """A deploy that changed production and did not succeed; `interrupted` if it was broken off."""

    attempt: Attempt
    interrupted: bool


class Record(msgspec.Struct, frozen=True):
    """What GitHub knows of an environment. `unfinished` are newer than `live`, newest first; `own` is this run's."""

    live: Attempt | None = None
    unfinished: tuple[Unfinished, ...] = ()
    running: Attempt | None = None
    own: Attempt | None = None


class ThisRun(msgspec.Struct, frozen=True):
    """The run that asks: its id, None where that is not given, and the number of its attempt."""

    id: int | None
    attempt: int

    def made(self, attempt: Attempt, its_job: Job | None) -> bool:
        """Whether a deployment is this run's own. One of an earlier attempt, which has the same id, is not."""
        if self.id is None or attempt.run_id != self.id:
            return False
        if its_job is not None:
            return its_job.run_attempt == self.attempt
        return attempt.state not in _ENDED


def read(github: GitHubClient, environment: str, this: ThisRun, deploy_step: str) -> Record:
    """The record, newest deployment first, back to the last that succeeded. Raises ServiceError."""
    unfinished: list[Unfinished] = []
    running, own = None, None
    is_cleared = False
    for found in attempts(github, environment):
        its_job = _job(github, found)
        step = _deploying(its_job, deploy_step)
        if this.made(found, its_job):
            own = own or found
            continue
        if its_job is not None and not _began(step):
            continue
        attempt = _of_its_commit(found, step)
        if _succeeded(attempt, its_job, step):
            return Record(attempt, tuple(unfinished), running, own)
        if attempt.state == "inactive" or is_cleared:
            is_cleared = True  # who cleared the newest has looked at production, so what is older counts no more either
        elif _has_failed(attempt) or _is_over(github, attempt, its_job):
            unfinished.append(Unfinished(attempt, _is_interrupted(attempt, step)))
        else:
            running = running or attempt
    return Record(None, tuple(unfinished), running, own)


def _job(github: GitHubClient, attempt: Attempt) -> Job | None:
    """The job that made the deployment; None where no job is known, or GitHub has forgotten it with its retention."""
    if attempt.job_id is None:
        return None
    try:
        return job(github, attempt.job_id)
    except NotFound:
        return None


def _deploying(its_job: Job | None, deploy_step: str) -> Step | None:
    """The step that deploys: of that name, which the commit that it deploys may follow."""
    steps = its_job.steps if its_job else ()
    return next((step for step in steps if f"{step.name} ".startswith(f"{deploy_step} ")), None)


def _began(step: Step | None) -> bool:
    """Whether the step that deploys began. A job without one, or that ended before it, changed nothing."""
    return step is not None and step.conclusion != "skipped" and (step.status not in _TO_COME or bool(step.conclusion))


def _of_its_commit(attempt: Attempt, step: Step | None) -> Attempt:
    """The deployment, of the commit that the step names: GitHub records that of the run, also on the way back."""
    named = _COMMIT.search(step.name) if step else None
    return msgspec.structs.replace(attempt, sha=named[1]) if named else attempt


def _succeeded(attempt: Attempt, its_job: Job | None, step: Step | None) -> bool:
    """Whether it was live in the end. `inactive` says of one that succeeded that another followed.

    A job that ended well counts before GitHub has said so of the deployment.
    """
    last = next((state for state in attempt.states if state != "inactive"), "")
    ended_well = its_job is not None and step is not None and (its_job.conclusion, step.conclusion) == _WELL
    return last == "success" or (ended_well and not _has_failed(attempt))


def _has_failed(attempt: Attempt) -> bool:
    return attempt.state in _FAILED or (attempt.ever_succeeded and attempt.states[0] != "inactive")


_WELL = ("success", "success")
_COMMIT = re.compile(r" ([0-9a-f]{40}(?:[0-9a-f]{24})?)$")
_TO_COME = ("queued", "pending", "waiting")


def _is_over(github: GitHubClient, attempt: Attempt, its_job: Job | None) -> bool:
    """Whether the run has ended without telling the deployment; so has one that no run is known of."""
    if its_job is not None:
        return its_job.status == _OVER
    if attempt.run_id is None:
        return True
    try:
        return run(github, attempt.run_id).status == _OVER
    except NotFound:
        return True


def _is_interrupted(attempt: Attempt, step: Step | None) -> bool:
    if not _has_failed(attempt):
        return True
    return step is not None and step.conclusion in (None, "cancelled")
