"""Finds the waits for reviewers that this very run went through, by the deployments that GitHub made for its jobs.

GitHub's list of approvals tells neither the attempt nor the time of one. Each wait that ended well needs an approval of
its own; jobs that wait for the environment at the same time are approved together. Who can delete a deployment can hide
a wait: so of each earlier attempt either its deployment is seen, or that its job was not let through.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice, takewhile

import msgspec

from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.github_deployments import Attempt, attempts
from deploy_actions.clients.github_runs import Job, job, jobs, run

_MOST_LOOKED_AT = 300
_TOO_MANY = f"more than {_MOST_LOOKED_AT} deployments were made since it began, and not all were looked at"
_NOT_LET_THROUGH = ("failure", "error", "inactive")
_AT_ONCE = timedelta(seconds=2)
"""How far apart GitHub may write that jobs were let through which were approved together: it writes whole seconds."""


class Wait(msgspec.Struct, frozen=True):
    """From when to when a job waited before it was let through; `job_id` is that job's, where it is known."""

    since: datetime
    until: datetime
    job_id: int | None = None


class Waits(msgspec.Struct, frozen=True):
    """The waits of a run that ended well, oldest first, and the last one of this attempt.

    `doubt` says why an earlier attempt, or another job, may have had one that is not seen.
    """

    ended: tuple[Wait, ...] = ()
    last: Wait | None = None
    doubt: str = ""


def waits(github: GitHubClient, environment: str, number: int, attempt: int) -> Waits:
    """The waits of a run, of all its attempts. Raises ServiceError."""
    started = run(github, number).created_at
    since_then = takewhile(lambda one: one.created_at >= started, attempts(github, environment))
    looked_at = tuple(islice(since_then, _MOST_LOOKED_AT + 1))
    own = [one for one in looked_at if one.run_id == number]
    ended = in_order(wait for one in own if (wait := _wait(one)))
    doubt = _TOO_MANY if len(looked_at) > _MOST_LOOKED_AT else ""
    if attempt == 1:
        return Waits(ended, ended[-1] if ended else None, doubt)
    made = {one.job_id: job(github, one.job_id) for one in own if one.job_id is not None}
    of_attempt = [
        (wait, found)
        for wait in ended
        if (found := made.get(wait.job_id or 0)) is not None and found.run_attempt == attempt
    ]
    if not of_attempt:
        return Waits(ended, None, "it is not the first, and GitHub shows no wait of it")
    last, job_of_last = of_attempt[-1]
    return Waits(ended, last, doubt or _unaccounted(github, number, job_of_last, tuple(made.values())))


def in_order(waits: Iterable[Wait]) -> tuple[Wait, ...]:
    """Waits by when they ended."""
    return tuple(sorted(waits, key=lambda wait: (wait.until, wait.since)))


def together(waits: Iterable[Wait]) -> Iterator[Wait]:
    """Waits in order, those as one that ended at the same moment: one approval lets all jobs through that wait then.

    Others that overlap had an approval each, as where a wait timer kept a job that was approved already.
    """
    first: Wait | None = None
    for wait in waits:
        if first and wait.until - first.until <= _AT_ONCE and wait.since < first.until:
            continue
        yield wait
        first = wait


def _unaccounted(github: GitHubClient, number: int, own: Job, seen: Sequence[Job]) -> str:
    """Why an earlier attempt may have used an approval for this job, of which no deployment is seen."""
    accounted = {one.run_attempt for one in seen if one.name == own.name}
    for attempt in range(1, own.run_attempt):
        if attempt in accounted:
            continue
        listed = jobs(github, number, attempt)
        made = [one for one in listed if one.name == own.name and one.run_attempt == attempt]
        if not listed or any(one.conclusion != "skipped" for one in made):
            return f"attempt {attempt} may have been let through, and GitHub shows no deployment of it"
    return ""


def _wait(attempt: Attempt) -> Wait | None:
    oldest_first = attempt.statuses[::-1]
    waited = [place for place, status in enumerate(oldest_first) if status.state == "waiting"]
    after = oldest_first[waited[-1] + 1 :] if waited else ()
    if not after or after[0].state in _NOT_LET_THROUGH:
        return None
    return Wait(oldest_first[waited[0]].created_at, after[0].created_at, attempt.job_id)
