"""Workflow runs at GitHub: their jobs and steps, which of them wait, who approved them.

States and conclusions are GitHub's words. It adds some now and then, so a reader asks for those that it knows.
"""

from datetime import UTC, datetime
from typing import Annotated, TypeAlias, TypeVar

import msgspec

from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.rest import escaped
from deploy_actions.core.service_errors import Malformed, NotFound

_PER_PAGE = 30
"""A run is some 15 KB, and so is a job of many steps; an answer may have 1 MiB."""

_MOST_PAGES = 34
_MOST_RUNS = 1000
"""GitHub gives no more of a search: https://docs.github.com/rest/actions/workflow-runs."""

Moment: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]
T = TypeVar("T")


class Account(msgspec.Struct, frozen=True):
    """Somebody at GitHub."""

    login: str


class Run(msgspec.Struct, frozen=True):
    """A workflow run; `status` is `completed` when it is over."""

    id: int
    head_sha: str
    status: str | None
    created_at: Moment
    workflow_id: int
    event: str = ""
    run_number: int = 0
    conclusion: str | None = None
    run_attempt: int = 1
    html_url: str = ""
    actor: Account | None = None
    triggering_actor: Account | None = None


class Step(msgspec.Struct, frozen=True):
    """A step of a job; `conclusion` is None until it ended."""

    name: str
    status: str
    conclusion: str | None = None
    number: int = 0
    started_at: Moment | None = None
    completed_at: Moment | None = None


class Job(msgspec.Struct, frozen=True):
    """A job of a run; `status` is `completed` when it is over."""

    id: int
    name: str
    status: str
    created_at: Moment
    conclusion: str | None = None
    started_at: Moment | None = None
    completed_at: Moment | None = None
    labels: tuple[str, ...] = ()
    runner_id: int | None = None
    runner_name: str | None = None
    runner_group_id: int | None = None
    runner_group_name: str | None = None
    steps: tuple[Step, ...] = ()
    run_attempt: int = 1

    def step(self, name: str) -> Step | None:
        """The first step of that name."""
        return next((step for step in self.steps if step.name == name), None)


class Member(msgspec.Struct, frozen=True):
    """A run that holds a concurrency group (`in_progress`) or waits for it (`pending`); or one of its jobs does."""

    run_id: int
    status: str
    job_id: int | None = None


class Review(msgspec.Struct, frozen=True):
    """What somebody said of a run that waited: `state` is `approved` or `rejected`; `environments` are names."""

    user: str
    state: str
    comment: str
    environments: tuple[str, ...]


class Environment(msgspec.Struct, frozen=True):
    """The protection of an environment. `wait_timer` is in minutes."""

    required_reviewers: bool = False
    prevent_self_review: bool = False
    wait_timer: int = 0


def run(github: GitHubClient, number: int) -> Run:
    """A run by its id."""
    return github.get(f"actions/runs/{number}", Run)


def run_url(server_url: str, repository: str, number: int) -> str:
    """Where people see a run."""
    return f"{server_url}/{repository}/actions/runs/{number}"


def job(github: GitHubClient, number: int) -> Job:
    """A job by its id."""
    return github.get(f"actions/jobs/{number}", Job)


def jobs(github: GitHubClient, number: int, attempt: int) -> tuple[Job, ...]:
    """All jobs of an attempt of a run."""
    found: list[Job] = []
    for page in range(1, _MOST_PAGES + 1):
        path = f"actions/runs/{number}/attempts/{attempt}/jobs?per_page={_PER_PAGE}&page={page}"
        answer = github.get(path, _Jobs)
        found += answer.jobs
        if len(answer.jobs) < _PER_PAGE:
            return _whole("jobs", found, answer.total_count)
    raise Malformed("GitHub", "listing jobs", f"there are more than {_MOST_PAGES * _PER_PAGE}")


def runs_since(github: GitHubClient, moment: datetime) -> tuple[Run, ...]:
    """The runs of the repository that were created at a moment or later, newest first.

    Raises ServiceError, Malformed for more than the 1,000 that GitHub would list.
    """
    found: list[Run] = []
    since = escaped(f">={moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
    for page in range(1, _MOST_PAGES + 1):
        query = f"created={since}&exclude_pull_requests=true&per_page={_PER_PAGE}&page={page}"
        answer = github.get(f"actions/runs?{query}", _Runs)
        found += answer.workflow_runs
        if answer.total_count > _MOST_RUNS:
            break
        if len(answer.workflow_runs) < _PER_PAGE:
            whole = _whole("runs", found, answer.total_count)
            return tuple({run.id: run for run in whole}.values())  # one that began meanwhile moved others on a page
    raise Malformed("GitHub", "listing runs", f"there are more than {_MOST_RUNS}")


def waiting(github: GitHubClient, group: str) -> tuple[Member, ...] | None:
    """Who holds a concurrency group and who waits for it; None on a GitHub that does not tell, or if nobody does."""
    try:
        answer = github.get(f"actions/concurrency_groups/{escaped(group)}", _Group)
    except NotFound:
        return None
    return _whole("the members of a concurrency group", answer.group_members, answer.total_count)


def approvals(github: GitHubClient, number: int) -> tuple[Review, ...]:
    """What reviewers said of a run."""
    found = github.get(f"actions/runs/{number}/approvals", list[_Approval])
    return tuple(_review(one) for one in found)


def environment(github: GitHubClient, name: str) -> Environment:
    """How an environment is protected. Raises NotFound for one that does not exist."""
    rules = github.get(f"environments/{escaped(name)}", _Environment).protection_rules
    reviewers = [rule for rule in rules if rule.type == "required_reviewers"]
    return Environment(
        required_reviewers=bool(reviewers),
        prevent_self_review=any(rule.prevent_self_review for rule in reviewers),
        wait_timer=max((rule.wait_timer for rule in rules), default=0),
    )


class _Jobs(msgspec.Struct):
    jobs: list[Job]
    total_count: int = 0


class _Runs(msgspec.Struct):
    workflow_runs: list[Run]
    total_count: int = 0


class _Group(msgspec.Struct):
    group_members: list[Member]
    total_count: int = 0


class _Named(msgspec.Struct):
    name: str


class _Approval(msgspec.Struct):
    state: str
    comment: str
    environments: list[_Named]
    user: Account | None = None


class _Rule(msgspec.Struct):
    type: str
    wait_timer: int = 0
    prevent_self_review: bool = False


class _Environment(msgspec.Struct):
    protection_rules: list[_Rule]


def _whole(what: str, found: list[T], counted: int) -> tuple[T, ...]:
    """All that was found. Raises Malformed where GitHub counts more: what is not seen may be what matters."""
    if len(found) < counted:
        raise Malformed("GitHub", f"listing {what}", "it lists fewer than it counts")
    return tuple(found)


def _review(one: _Approval) -> Review:
    user = one.user.login if one.user else "somebody who is no longer known"
    return Review(user, one.state, one.comment, tuple(named.name for named in one.environments))
