"""Deployments at GitHub: what became of each, which run made it; and the record of one that no environment makes."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, TypeAlias

import msgspec

from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.rest import escaped
from deploy_actions.core.service_errors import Malformed

_PER_PAGE = 100
_MOST_PAGES = 50
_MOST_STATUS_PAGES = 10
_LONGEST_DESCRIPTION = 140
_RUN = re.compile(r"https?://[^/]+/([^/]+/[^/]+)/actions/runs/([0-9]{1,18})(?:/jobs?/([0-9]{1,18}))?(?:[/?#].*)?")

Moment: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]


class Status(msgspec.Struct, frozen=True):
    """What a deployment was said to be at a moment."""

    state: str
    created_at: Moment
    log_url: str | None = None
    target_url: str | None = None


class Attempt(msgspec.Struct, frozen=True):
    """A deployment; its statuses are newest first. `run_id` and `job_id` are of the run that made it, where known."""

    id: int
    sha: str
    created_at: datetime
    statuses: tuple[Status, ...]
    run_id: int | None = None
    job_id: int | None = None
    ref: str = ""
    task: str = ""

    @property
    def states(self) -> tuple[str, ...]:
        """What it was said to be, newest first."""
        return tuple(status.state for status in self.statuses)

    @property
    def state(self) -> str:
        """What it was last said to be; empty where nothing was said."""
        return self.statuses[0].state if self.statuses else ""

    @property
    def ever_succeeded(self) -> bool:
        """Whether it ever was live: a later deployment makes it `inactive`, which by itself only a success becomes."""
        return "success" in self.states

    @property
    def cleared(self) -> bool:
        """Whether somebody said of one that did not succeed that it counts no more."""
        return self.state == "inactive" and not self.ever_succeeded


class NewDeployment(msgspec.Struct, frozen=True, kw_only=True):
    """A deployment of exactly this commit that is to be recorded."""

    sha: str
    environment: str
    task: str = "deploy"
    description: str = ""


def attempts(github: GitHubClient, environment: str) -> Iterator[Attempt]:
    """The deployments to an environment, newest first; each is asked about when its turn comes.

    Raises ServiceError, Malformed after 5,000.
    """
    given: set[int] = set()  # one that is made meanwhile moves the last of a page to the next
    for page in range(1, _MOST_PAGES + 1):
        query = f"environment={escaped(environment)}&per_page={_PER_PAGE}&page={page}"
        some = github.get(f"deployments?{query}", list[_Deployment])
        for one in some:
            if one.id not in given:
                given.add(one.id)
                yield _attempt(github, one)
        if len(some) < _PER_PAGE:
            return
    raise Malformed("GitHub", "listing deployments", f"there are more than {_MOST_PAGES * _PER_PAGE}")


def statuses(github: GitHubClient, number: int) -> tuple[Status, ...]:
    """All statuses of a deployment, newest first: its success may be on the last page."""
    found: list[Status] = []
    for page in range(1, _MOST_STATUS_PAGES + 1):
        some = github.get(f"deployments/{number}/statuses?per_page={_PER_PAGE}&page={page}", list[Status])
        found += some
        if len(some) < _PER_PAGE:
            return tuple(found)
    most = _MOST_STATUS_PAGES * _PER_PAGE
    raise Malformed("GitHub", "listing the statuses of a deployment", f"there are more than {most}")


def create_deployment(github: GitHubClient, new: NewDeployment) -> int:
    """Records a deployment that no environment records; returns its id. Needs `deployments: write`."""
    wanted = {
        "ref": new.sha,
        "task": new.task,
        "environment": new.environment,
        "description": new.description[:_LONGEST_DESCRIPTION],
        "auto_merge": False,  # or GitHub merges the default branch into what is deployed
        "required_contexts": [],  # or GitHub refuses while a check of the commit has not passed
        "production_environment": True,
    }
    return github.post("deployments", wanted, _Created).id


def write_status(  # noqa: PLR0913  # the parts of a status
    github: GitHubClient, number: int, *, state: str, description: str = "", log_url: str = ""
) -> None:
    """Says what a deployment is now. Needs `deployments: write`."""
    status = {"state": state, "description": description[:_LONGEST_DESCRIPTION], "log_url": log_url}
    github.post(f"deployments/{number}/statuses", status, _Created)


class _Deployment(msgspec.Struct):
    id: int
    sha: str
    created_at: Moment
    ref: str = ""
    task: str = ""


class _Created(msgspec.Struct):
    id: int


def _attempt(github: GitHubClient, one: _Deployment) -> Attempt:
    said = statuses(github, one.id)
    run_id, job_id = _run_of(said, github.repository)
    return Attempt(one.id, one.sha, one.created_at, said, run_id, job_id, one.ref, one.task)


def _run_of(said: tuple[Status, ...], repository: str) -> tuple[int | None, int | None]:
    """The run that the oldest link to one of this repository's runs names, and that run's job by any link.

    Whoever made the deployment wrote the first status; a later one may be another run's, or leave out the job.
    """
    links = [_RUN.fullmatch(status.log_url or status.target_url or "") for status in reversed(said)]
    named = [link for link in links if link and link[1].lower() == repository.lower()]
    if not named:
        return None, None
    jobs = (int(link[3]) for link in named if link[3] and link[2] == named[0][2])
    return int(named[0][2]), next(jobs, None)
