"""Self-hosted runners at GitHub and the groups that they are in: of a repository, an organisation, an enterprise.

Source: https://docs.github.com/rest/actions/self-hosted-runners and …/self-hosted-runner-groups.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, TypeAlias, TypeVar

import msgspec

from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.rest import escaped
from deploy_actions.core.service_errors import Malformed, NotFound

_PER_PAGE = 100
_MOST_PAGES = 100
_READINGS = 3
"""How often a list is read that changes meanwhile: a runner that goes moves the others up, and one would be missed."""

Moment: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]
T = TypeVar("T", "Runner", "RunnerGroup")


class _Label(msgspec.Struct, frozen=True):
    name: str


class Runner(msgspec.Struct, frozen=True, kw_only=True):
    """A self-hosted runner as GitHub sees it. `version` is None before it first connected, and on an old GHES."""

    id: int
    name: str
    status: str
    busy: bool
    labels: tuple[_Label, ...]
    runner_group_id: int | None = None
    version: str | None = None
    ephemeral: bool = False

    @property
    def is_online(self) -> bool:
        """Whether it is connected."""
        return self.status == "online"

    def has_labels(self, labels: tuple[str, ...]) -> bool:
        """Whether a job that asks for these labels may come to it. Their case does not count."""
        return {label.casefold() for label in labels} <= {label.name.casefold() for label in self.labels}


class RunnerGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A group of runners. `inherited`: it is the enterprise's, and shared with the organisation."""

    id: int
    name: str
    inherited: bool = False


class Owner(msgspec.Struct, frozen=True):
    """Whose the repository is; `type` is `Organization` or `User`."""

    login: str
    type: str


class Deprecation(msgspec.Struct, frozen=True, kw_only=True):
    """When GitHub gives runners of a version no jobs any more; None while that is not set."""

    runtime_deprecates_at: Moment | None = None


def owner(github: GitHubClient) -> Owner:
    """Whose the repository is."""
    return github.fetch(f"repos/{github.repository}", _Repository).owner


def repository_runners(github: GitHubClient) -> tuple[Runner, ...]:
    """The runners that are registered in the repository itself. Needs `administration: read`."""
    return _listed(github, f"repos/{github.repository}/actions/runners", Runner, {})


def organization_runners(github: GitHubClient, organization: str) -> tuple[Runner, ...]:
    """The runners of an organisation. Needs `organization_self_hosted_runners: read`."""
    return _listed(github, f"orgs/{escaped(organization)}/actions/runners", Runner, {})


def organization_groups(
    github: GitHubClient, organization: str, *, visible_to: str | None = None
) -> tuple[RunnerGroup, ...]:
    """The groups of an organisation, or those that one of its repositories may use, by its name without the owner."""
    query = {"visible_to_repository": visible_to} if visible_to else {}
    return _listed(github, f"orgs/{escaped(organization)}/actions/runner-groups", RunnerGroup, query)


def organization_group_runners(github: GitHubClient, organization: str, group: int) -> tuple[Runner, ...]:
    """The runners in a group of an organisation."""
    return _listed(github, f"orgs/{escaped(organization)}/actions/runner-groups/{group}/runners", Runner, {})


def enterprise_groups(github: GitHubClient, enterprise: str, *, visible_to: str) -> tuple[RunnerGroup, ...]:
    """The groups of an enterprise that an organisation may use. Needs the scope `manage_runners:enterprise`."""
    query = {"visible_to_organization": visible_to}
    return _listed(github, f"enterprises/{escaped(enterprise)}/actions/runner-groups", RunnerGroup, query)


def enterprise_group_runners(github: GitHubClient, enterprise: str, group: int) -> tuple[Runner, ...]:
    """The runners in a group of an enterprise."""
    return _listed(github, f"enterprises/{escaped(enterprise)}/actions/runner-groups/{group}/runners", Runner, {})


def deprecation(github: GitHubClient, level: str, version: str) -> Deprecation | None:
    """Until when GitHub gives a version jobs, asked at `level`, as in `orgs/acme`; None where it does not tell.

    GHES, to which the rule does not apply, has no such endpoint.
    """
    try:
        return github.fetch(f"{level}/actions/runners/deprecations/{escaped(version)}", Deprecation)
    except NotFound:
        return None


class _Repository(msgspec.Struct):
    owner: Owner


class _Page(msgspec.Struct):
    total_count: int
    runners: list[Runner] = []
    runner_groups: list[RunnerGroup] = []


def _listed(github: GitHubClient, path: str, kind: type[T], query: Mapping[str, str]) -> tuple[T, ...]:
    """All of a list, each once. Raises ServiceError; Malformed where GitHub counts more than it lists."""
    for _ in range(_READINGS):
        found = _read(github, path, kind, query)
        if found is not None:
            return found
    raise Malformed("GitHub", f"listing {path}", "it lists other than it counts, also when read again")


def _read(github: GitHubClient, path: str, kind: type[T], query: Mapping[str, str]) -> tuple[T, ...] | None:
    """All pages of a list; None where they do not fit each other."""
    found: dict[int, Any] = {}
    counts = set()
    for number in range(1, _MOST_PAGES + 1):
        parts = {**query, "per_page": str(_PER_PAGE), "page": str(number)}
        page = github.fetch(f"{path}?{'&'.join(f'{name}={escaped(value)}' for name, value in parts.items())}", _Page)
        found |= {one.id: one for one in (page.runners if kind is Runner else page.runner_groups)}
        counts.add(page.total_count)
        if number * _PER_PAGE >= page.total_count:
            return tuple(found.values()) if counts == {len(found)} else None
    raise Malformed("GitHub", f"listing {path}", f"there are more than {_MOST_PAGES * _PER_PAGE}")
