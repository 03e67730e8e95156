"""Reads from GitHub's deployments what is live, what failed or was interrupted since, and what is under way."""

import msgspec

from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.github_deployments import Attempt, attempts
from deploy_actions.clients.github_runs import Job, job, run
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
    for attempt in attempts(github, environment):
        if attempt.cleared:
            continue
        its_job = _job(github, attempt)
        if this.made(attempt, its_job):
            own = own or attempt
            continue
        if not _reached(its_job, deploy_step):
            continue
        if attempt.ever_succeeded:
            return Record(attempt, tuple(unfinished), running, own)
        if attempt.state in _FAILED or _is_over(github, attempt, its_job):
            unfinished.append(Unfinished(attempt, _is_interrupted(attempt, its_job, deploy_step)))
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


def _reached(its_job: Job | None, deploy_step: str) -> bool:
    """Whether the step that deploys began. Where that cannot be told, production may be changed, so it counts."""
    if its_job is None:
        return True
    step = its_job.step(deploy_step)
    if step is None:
        return bool(its_job.steps)
    return step.conclusion != "skipped" and (step.status not in _TO_COME or step.conclusion is not None)


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


def _is_interrupted(attempt: Attempt, its_job: Job | None, deploy_step: str) -> bool:
    if attempt.state not in _FAILED:
        return True
    step = its_job.step(deploy_step) if its_job else None
    return step is not None and step.conclusion in (None, "cancelled")
