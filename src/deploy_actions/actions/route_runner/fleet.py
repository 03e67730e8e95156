"""Asks GitHub to which runners a job of this repository could come that asks for a pool's labels."""

from collections.abc import Callable
from functools import cached_property
from typing import TypeVar

import msgspec

from deploy_actions.actions.route_runner.policy import Pool
from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.github_runners import (
    Runner,
    RunnerGroup,
    enterprise_group_runners,
    enterprise_groups,
    organization_group_runners,
    organization_groups,
    organization_runners,
    owner,
    repository_runners,
)
from deploy_actions.core.service_errors import NotFound, Refused

T = TypeVar("T")

REPOSITORY = "`administration: read` on the repository"
ORGANIZATION = "`organization_self_hosted_runners: read` in the organisation"
ENTERPRISE = "the scope `manage_runners:enterprise` (a token; apps of an organisation have none)"


class Fleet(msgspec.Struct, frozen=True, kw_only=True):
    """The runners with a pool's labels where the policy looks for them, and `strangers` that have them elsewhere.

    `level` is where they are registered, as in `orgs/acme`. With an `obstacle` no job can come to the pool at all.
    """

    level: str
    members: tuple[Runner, ...] = ()
    strangers: tuple[Runner, ...] = ()
    obstacle: str = ""


class Fleets:
    """The runners that a repository may use. Raises ServiceError; Refused names the permission that is missing."""

    def __init__(self, github: GitHubClient, enterprise: str) -> None:
        self._github = github
        self._enterprise = enterprise
        self._owner, _, self._name = github.repository.partition("/")

    def of(self, pool: Pool) -> Fleet:
        """The runners that a job with the pool's labels could come to; on demand none are looked for."""
        if pool.group is None:
            return self._in_repository(pool)
        group = next((one for one in self._visible if one.name.casefold() == pool.group.casefold()), None)
        if group is None:
            return Fleet(level=f"orgs/{self._owner}", obstacle=self._missing(pool.group))
        if pool.is_on_demand:
            return Fleet(level=f"orgs/{self._owner}")
        return self._in_enterprise(pool) if group.inherited else self._in_organization(pool, group)

    def _in_repository(self, pool: Pool) -> Fleet:
        """Labels alone lead to the organisation's runners too, if one of its groups is open to the repository."""
        level = f"repos/{self._github.repository}"
        members = _permitted(REPOSITORY, lambda: repository_runners(self._github))
        if owner(self._github).type != "Organization":
            return Fleet(level=level, members=_matching(members, pool))
        shared = {group.id for group in self._visible}
        others = _permitted(ORGANIZATION, lambda: organization_runners(self._github, self._owner))
        reached = tuple(one for one in others if one.runner_group_id is None or one.runner_group_id in shared)
        return Fleet(level=level, members=_matching(members, pool), strangers=_matching(reached, pool))

    def _in_organization(self, pool: Pool, group: RunnerGroup) -> Fleet:
        found = _permitted(ORGANIZATION, lambda: organization_group_runners(self._github, self._owner, group.id))
        return Fleet(level=f"orgs/{self._owner}", members=_matching(found, pool))

    def _in_enterprise(self, pool: Pool) -> Fleet:
        """A group that the organisation inherits has its runners at the enterprise."""
        slug, name = self._enterprise, (pool.group or "").casefold()
        if not slug:
            cause = (
                f"the group {pool.group} is an enterprise's: give the input `enterprise`, and a token with {ENTERPRISE}"
            )
            raise Refused("GitHub", "listing runners", cause)
        groups = _permitted(ENTERPRISE, lambda: enterprise_groups(self._github, slug, visible_to=self._owner))
        level = f"enterprises/{slug}"
        group = next((one for one in groups if one.name.casefold() == name), None)
        if group is None:
            return Fleet(level=level, obstacle=f"the enterprise {slug} shares no runner group {pool.group}")
        found = _permitted(ENTERPRISE, lambda: enterprise_group_runners(self._github, slug, group.id))
        return Fleet(level=level, members=_matching(found, pool))

    @cached_property
    def _visible(self) -> tuple[RunnerGroup, ...]:
        """The groups that this repository may use."""
        return _permitted(ORGANIZATION, lambda: organization_groups(self._github, self._owner, visible_to=self._name))

    def _missing(self, group: str) -> str:
        """Why no visible group has that name."""
        everywhere = _permitted(ORGANIZATION, lambda: organization_groups(self._github, self._owner))
        if any(one.name.casefold() == group.casefold() for one in everywhere):
            return f"the runner group {group} is not open to this repository"
        return f"{self._owner} has no runner group {group}"


def _matching(runners: tuple[Runner, ...], pool: Pool) -> tuple[Runner, ...]:
    return tuple(runner for runner in runners if runner.has_labels(pool.labels))


def _permitted(permission: str, ask: Callable[[], T]) -> T:
    """What GitHub answers. Raises Refused that names the permission, also where GitHub hides what may not be seen."""
    try:
        return ask()
    except (Refused, NotFound) as error:
        raise Refused("GitHub", error.operation, f"{error.cause}: the credential lacks {permission}") from None
