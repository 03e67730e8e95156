"""Asks GitHub to which runners a job of this repository could come that asks for a pool's labels."""

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TypeVar

import msgspec

from deploy_actions.actions.route_runner.groups import closed, doubts, hosted
from deploy_actions.actions.route_runner.policy import Pool
from deploy_actions.actions.route_runner.workflows import DefiningWorkflow
from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.github_runners import (
    EnterpriseGroup,
    Repository,
    Runner,
    RunnerGroup,
    enterprise_group_runners,
    enterprise_groups,
    organization_group_runners,
    organization_groups,
    organization_runners,
    repository,
    repository_runners,
)
from deploy_actions.core.service_errors import NotFound, Refused
from deploy_actions.core.verdict import Finding

T = TypeVar("T")

REPOSITORY = "`administration: read` on the repository"
ORGANIZATION = "`organization_self_hosted_runners: read` in the organisation"
ENTERPRISE = "the scope `manage_runners:enterprise` (a token; apps of an organisation have none)"


class Fleet(msgspec.Struct, frozen=True, kw_only=True):
    """The runners with a pool's labels where the policy looks for them, and `strangers` that have them elsewhere.

    `level` is where they are registered, as in `orgs/acme`. With an `obstacle` no job can come to the pool at all;
    `doubts` are said where the pool is taken. `seen` are the names, folded, of all that were listed, whatever their
    labels. `group_ids` are those that GitHub may say a job of the pool is in.
    """

    level: str
    members: tuple[Runner, ...] = ()
    strangers: tuple[Runner, ...] = ()
    obstacle: str = ""
    doubts: tuple[Finding, ...] = ()
    seen: frozenset[str] = frozenset()
    group_ids: tuple[int, ...] = ()

    @property
    def is_enterprises(self) -> bool:
        """Whether the ids are those of the enterprise; GitHub does not document whether jobs have the same."""
        return self.level.startswith("enterprises/")


class Fleets:
    """The runners that a repository may use. Raises ServiceError; Refused names the permission that is missing."""

    def __init__(self, github: GitHubClient, enterprise: str, workflow: DefiningWorkflow | None) -> None:
        self._github = github
        self._enterprise = enterprise
        self._workflow = workflow
        self._owner, _, self._name = github.repository.partition("/")
        self._level = f"orgs/{self._owner}"

    def of(self, pool: Pool) -> Fleet:
        """The runners that a job with the pool's labels could come to; on demand none are looked for."""
        if pool.group is None:
            return self._in_repository(pool)
        named = [one for one in self._visible if one.name.casefold() == pool.group.casefold()]
        if not named:
            return Fleet(level=self._level, obstacle=self._missing(pool.group))
        if len(named) > 1:
            return Fleet(
                level=self._level, obstacle=f"{len(named)} runner groups that it may use are named {pool.group}"
            )
        return self._in_group(pool, named[0])

    def _in_group(self, pool: Pool, group: RunnerGroup) -> Fleet:
        if obstacle := closed(group, self._workflow, lambda: not self._repository.private):
            return Fleet(level=self._level, obstacle=obstacle)
        if pool.is_on_demand:
            obstacle, unread = hosted(self._github, self._owner, pool, group)
            found = Fleet(level=self._level, obstacle=obstacle, doubts=unread)
        elif group.inherited:
            found = self._in_enterprise(pool)
        else:
            found = _fleet(self._level, pool, self._runners_of(group))
        more = doubts(pool, group, self._workflow)
        ids = () if group.inherited else (group.id,)
        return msgspec.structs.replace(found, doubts=(*found.doubts, *more), group_ids=ids)

    def _in_repository(self, pool: Pool) -> Fleet:
        """Labels alone lead to the runners of each group too that is open to the repository, whoever owns it."""
        level = f"repos/{self._github.repository}"
        members = _permitted(REPOSITORY, lambda: repository_runners(self._github))
        if self._repository.owner.type == "User":
            return _fleet(level, pool, members)
        own = {group.id for group in self._visible if not group.inherited}
        others = _permitted(ORGANIZATION, lambda: organization_runners(self._github, self._owner))
        reached = [one for one in others if one.runner_group_id is None or one.runner_group_id in own]
        return _fleet(level, pool, members, (*reached, *self._shared_by_the_enterprise()))

    def _shared_by_the_enterprise(self) -> Iterable[Runner]:
        for group in self._visible:
            if group.inherited:
                instead = ", or name a `group` in the policy, outside of which nobody has to look"
                theirs = self._of_the_enterprise(group.name, instead)
                if theirs is None:
                    cause = (
                        f"the enterprise {self._enterprise} shares no runner group {group.name}: correct `enterprise`"
                    )
                    raise Refused("GitHub", "listing runners", cause + instead)
                yield from self._runners_of_the_enterprise(theirs)

    def _in_enterprise(self, pool: Pool) -> Fleet:
        """A group that the organisation inherits has its runners at the enterprise."""
        group = self._of_the_enterprise(pool.group or "")
        level = f"enterprises/{self._enterprise}"
        if group is None:
            return Fleet(level=level, obstacle=f"the enterprise {self._enterprise} shares no runner group {pool.group}")
        return _fleet(level, pool, self._runners_of_the_enterprise(group))

    def _of_the_enterprise(self, name: str, instead: str = "") -> EnterpriseGroup | None:
        """The group as the enterprise has it; `instead` is what else would help where that cannot be asked."""
        if not self._enterprise:
            cause = f"the group {name} is an enterprise's: give the input `enterprise`, and a token with {ENTERPRISE}"
            raise Refused("GitHub", "listing runners", cause + instead)
        return next((one for one in self._enterprise_groups if one.name.casefold() == name.casefold()), None)

    def _runners_of(self, group: RunnerGroup) -> tuple[Runner, ...]:
        return _permitted(ORGANIZATION, lambda: organization_group_runners(self._github, self._owner, group.id))

    def _runners_of_the_enterprise(self, group: EnterpriseGroup) -> tuple[Runner, ...]:
        return _permitted(ENTERPRISE, lambda: enterprise_group_runners(self._github, self._enterprise, group.id))

    @cached_property
    def _enterprise_groups(self) -> tuple[EnterpriseGroup, ...]:
        slug, owner = self._enterprise, self._owner
        return _permitted(ENTERPRISE, lambda: enterprise_groups(self._github, slug, visible_to=owner))

    @cached_property
    def _visible(self) -> tuple[RunnerGroup, ...]:
        """The groups that this repository may use."""
        return _permitted(ORGANIZATION, lambda: organization_groups(self._github, self._owner, visible_to=self._name))

    @cached_property
    def _repository(self) -> Repository:
        return repository(self._github)

    def _missing(self, group: str) -> str:
        """Why no visible group has that name."""
        everywhere = _permitted(ORGANIZATION, lambda: organization_groups(self._github, self._owner))
        if any(one.name.casefold() == group.casefold() for one in everywhere):
            return f"the runner group {group} is not open to this repository"
        return f"{self._owner} has no runner group {group}"


def _fleet(level: str, pool: Pool, members: Iterable[Runner], strangers: Iterable[Runner] = ()) -> Fleet:
    found, others = tuple(members), tuple(strangers)
    return Fleet(
        level=level,
        members=tuple(one for one in found if one.has_labels(pool.labels)),
        strangers=tuple(one for one in others if one.has_labels(pool.labels)),
        seen=frozenset(one.name.casefold() for one in (*found, *others)),
    )


def _permitted(permission: str, ask: Callable[[], T]) -> T:
    """What GitHub answers. Raises Refused that names the permission, also where GitHub hides what may not be seen."""
    try:
        return ask()
    except (Refused, NotFound) as error:
        raise Refused("GitHub", error.operation, f"{error.cause}: the credential lacks {permission}") from None
