"""Looks at pools in turn until one may take the deploy, and waits for one that is only busy, if that is allowed."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from deploy_actions.actions.route_runner.candidates import Examined
from deploy_actions.actions.route_runner.fleet import Fleet, Fleets
from deploy_actions.actions.route_runner.judge import Facts, examine
from deploy_actions.actions.route_runner.policy import EnvironmentRunners, Pool, Role
from deploy_actions.actions.route_runner.workflows import DefiningWorkflow
from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.github_runners import Deprecation, deprecation, is_github_com
from deploy_actions.clients.runner_heartbeats import Heartbeat
from deploy_actions.core.ports import Clock

_POLL_SECONDS = 15.0
_ON_DEMAND = "made on demand, so that none was asked for"


class Health(Protocol):
    """Who tells how runners are, besides GitHub."""

    @property
    def tells_heartbeats(self) -> bool:
        """Whether there is anybody to tell heartbeats."""

    def heartbeats(self, names: Sequence[str]) -> tuple[Heartbeat, ...]:
        """The last heartbeat of each that is known. Raises ServiceError."""

    def listener(self, pool: Pool) -> bool:
        """Whether the listener of a pool on demand is up. Raises ServiceError."""


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """A look at the world, which takes each pool once. `github` makes a client with time of its own."""

    environment: EnvironmentRunners
    github: Callable[[], GitHubClient]
    enterprise: str
    workflow: DefiningWorkflow | None
    health: Health
    clock: Clock

    def at(self, role: Role, pool: Pool) -> Examined:
        """How a pool is now. Raises ServiceError."""
        now = self.clock.now()
        if ended := lapsed(pool, now):
            return Examined(role=role, pool=pool, obstacle=ended)
        github = self.github()
        fleet = Fleets(github, self.enterprise, self.workflow).of(pool)
        if pool.is_on_demand:
            return self._on_demand(role, pool, fleet)
        return examine(role, pool, fleet, self._facts(pool, fleet, github, now))

    def _on_demand(self, role: Role, pool: Pool, fleet: Fleet) -> Examined:
        if fleet.obstacle:
            return Examined(role=role, pool=pool, obstacle=fleet.obstacle)
        if pool.listener_query and not self.health.listener(pool):
            return Examined(role=role, pool=pool, obstacle="its listener is not up")
        note = "made on demand, and its listener is up" if pool.listener_query else _ON_DEMAND
        return Examined(role=role, pool=pool, note=note, doubts=fleet.doubts, group_ids=fleet.group_ids)

    def _facts(self, pool: Pool, fleet: Fleet, github: GitHubClient, now: datetime) -> Facts:
        online = [one for one in fleet.members if one.is_online and (not pool.names or one.name in pool.names)]
        names = [one.name for one in online]
        told: dict[str, Deprecation | None] = {
            version: deprecation(github, fleet.level, version)
            for version in dict.fromkeys(one.version for one in online)
            if version is not None
        }
        return Facts(
            now=now,
            health=self.environment.health,
            heartbeats=heartbeats_of(self.health, names),
            quarantined=quarantined(self.environment),
            versions=told,
            is_github_com=is_github_com(github.api),
        )


def first_usable(look: Look, pools: Iterable[tuple[Role, Pool]], patience: timedelta) -> tuple[Examined, ...]:
    """Each pool as it was, up to the first that may take the deploy; one that is only busy is waited for.

    All pools together are waited for no longer than `patience`. Raises ServiceError.
    """
    deadline = look.clock.now() + patience
    examined: list[Examined] = []
    for role, pool in pools:
        one = look.at(role, pool)
        while one.only_waits and look.clock.now() + timedelta(seconds=_POLL_SECONDS) <= deadline:
            look.clock.sleep(_POLL_SECONDS)
            one = look.at(role, pool)
        examined.append(one)
        if one.is_usable:
            break
    return tuple(examined)


def lapsed(pool: Pool, now: datetime) -> str:
    """Why nobody's approval of a pool holds any more; empty where it does."""
    if now.date() <= pool.approved_until:
        return ""
    return f"its approval by {pool.approved_by} ended with {pool.approved_until}"


def quarantined(environment: EnvironmentRunners) -> dict[str, str]:
    """Why runners are quarantined, by name, folded: a slip in its letters must not let one deploy."""
    return {one.runner.casefold(): one.reason for one in environment.quarantined}


def heartbeats_of(health: Health, names: Sequence[str]) -> dict[str, Heartbeat]:
    """The heartbeats by name, also where none is required: one may say `quarantined`. Raises ServiceError."""
    if not names or not health.tells_heartbeats:
        return {}
    return {one.runner: one for one in health.heartbeats(names)}
