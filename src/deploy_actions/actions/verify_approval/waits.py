"""Finds the waits for reviewers that this very run went through, by the deployments that GitHub made for its jobs.

GitHub's list of approvals tells neither the attempt nor the time of one. Each wait that ended well needs an approval of
its own; jobs that wait for the environment at the same time are approved together.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice, takewhile

import msgspec

from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.github_deployments import Attempt, attempts
from deploy_actions.clients.github_runs import job, run

_MOST_LOOKED_AT = 50
_NOT_LET_THROUGH = ("failure", "error", "inactive")


class Wait(msgspec.Struct, frozen=True):
    """From when to when a job waited before it was let through; `job_id` is that job's, where it is known."""

    since: datetime
    until: datetime
    job_id: int | None = None


def waits(github: GitHubClient, environment: str, number: int) -> tuple[Wait, ...]:
    """The waits of a run that ended well, oldest first, of all its attempts. Raises ServiceError."""
    started = run(github, number).created_at
    since_then = takewhile(lambda one: one.created_at >= started, attempts(github, environment))
    own = (one for one in islice(since_then, _MOST_LOOKED_AT) if one.run_id == number)
    return in_order(wait for one in own if (wait := _wait(one)))


def in_order(waits: Iterable[Wait]) -> tuple[Wait, ...]:
    """Waits by when they began."""
    return tuple(sorted(waits, key=lambda wait: (wait.since, wait.until)))


def is_of_attempt(github: GitHubClient, wait: Wait, attempt: int) -> bool:
    """Whether it was a job of this attempt of the run that waited. Raises ServiceError."""
    return wait.job_id is not None and job(github, wait.job_id).run_attempt == attempt


def together(waits: Iterable[Wait]) -> Iterator[Wait]:
    """Waits in order, those that overlap as one."""
    before: Wait | None = None
    for wait in waits:
        if before and wait.since < before.until:
            before = msgspec.structs.replace(before, until=max(before.until, wait.until))
            continue
        if before:
            yield before
        before = wait
    if before:
        yield before


def _wait(attempt: Attempt) -> Wait | None:
    oldest_first = attempt.statuses[::-1]
    waited = [place for place, status in enumerate(oldest_first) if status.state == "waiting"]
    after = oldest_first[waited[-1] + 1 :] if waited else ()
    if not after or after[0].state in _NOT_LET_THROUGH:
        return None
    return Wait(oldest_first[waited[0]].created_at, after[0].created_at, attempt.job_id)
