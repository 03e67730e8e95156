"""Decides whether a runner may take the deploy: online, idle, of a version that GitHub gives jobs, and healthy."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from deploy_actions.actions.route_runner.candidates import Examined, Judged
from deploy_actions.actions.route_runner.fleet import Fleet
from deploy_actions.actions.route_runner.policy import Pool, Role
from deploy_actions.clients.github_runners import Deprecation, Runner
from deploy_actions.clients.runner_heartbeats import Heartbeat, Requirements, problems
from deploy_actions.core.moments import written

QUARANTINED = "quarantined"
"""The label by which an operator takes a runner out, without a change of the policy."""

_SOON = timedelta(days=7)
_LEAST_VERSION = (2, 329, 0)
"""The oldest that github.com lets register (GitHub changelog, enforced since 2026)."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known besides GitHub's list. `quarantined` gives the reason by name, `versions` what GitHub says of each.

    `is_github_com`: the rules of github.com on versions hold, which those of GHES are not.
    """

    now: datetime
    health: Requirements = Requirements()
    heartbeats: Mapping[str, Heartbeat] = {}
    quarantined: Mapping[str, str] = {}
    versions: Mapping[str, Deprecation | None] = {}
    is_github_com: bool = True


def examine(role: Role, pool: Pool, fleet: Fleet, facts: Facts) -> Examined:
    """A pool of registered runners: each that is approved, those that are not there, and those that nobody approved."""
    approved = [one for one in fleet.members if not pool.names or one.name in pool.names]
    intruders = [one.name for one in (*fleet.members, *fleet.strangers) if one not in approved]
    judged = [judge(runner, facts) for runner in approved]
    registered = {runner.name for runner in approved}
    absent = [
        Judged(name, "rejected", "is not registered with these labels") for name in pool.names if name not in registered
    ]
    obstacle = fleet.obstacle
    if intruders:
        obstacle = f"its labels are also on {len(intruders)} that nobody approved ({', '.join(sorted(intruders)[:3])})"
    return Examined(
        role=role, pool=pool, runners=(*judged, *absent), obstacle=obstacle, intruders=tuple(sorted(intruders))
    )


def judge(runner: Runner, facts: Facts) -> Judged:
    """A runner that is approved."""
    if not runner.is_online:
        return Judged(runner.name, "rejected", "is offline")
    wrong = [*_quarantine(runner, facts), *_version(runner, facts), *_health(runner, facts)]
    if wrong:
        return Judged(runner.name, "rejected", "; ".join(wrong))
    if runner.busy:
        return Judged(runner.name, "busy", "is busy with another job")
    return Judged(runner.name, "accepted", _soon(runner, facts))


def _quarantine(runner: Runner, facts: Facts) -> list[str]:
    if runner.name in facts.quarantined:
        return [f"is quarantined: {facts.quarantined[runner.name]}"]
    return [f"has the label `{QUARANTINED}`"] if runner.has_labels((QUARANTINED,)) else []


def _version(runner: Runner, facts: Facts) -> list[str]:
    """A runner whose version GitHub gives no jobs is online, and its job waits for a day, then fails."""
    if runner.version is None:
        return ["its version is not known yet"] if facts.is_github_com else []
    ends = _end(runner.version, facts)
    if ends and ends <= facts.now:
        return [f"its version {runner.version} gets no jobs since {written(ends)}"]
    if facts.is_github_com and ends is None and _numbers(runner.version) < _LEAST_VERSION:
        return [f"its version {runner.version} is older than {'.'.join(map(str, _LEAST_VERSION))}"]
    return []


def _health(runner: Runner, facts: Facts) -> tuple[str, ...]:
    heartbeat = facts.heartbeats.get(runner.name)
    return problems(facts.health, heartbeat, facts.now) if facts.health.needs_heartbeat or heartbeat else ()


def _soon(runner: Runner, facts: Facts) -> str:
    ends = _end(runner.version or "", facts)
    return (
        f"its version {runner.version} gets no jobs from {written(ends)} on"
        if ends and ends - facts.now < _SOON
        else ""
    )


def _end(version: str, facts: Facts) -> datetime | None:
    told = facts.versions.get(version)
    return told.runtime_deprecates_at if told else None


def _numbers(version: str) -> tuple[int, ...]:
    """The numbers of a version; none for what is no version, which is older than every one."""
    found = re.fullmatch(r"v?([0-9]{1,9})\.([0-9]{1,9})\.([0-9]{1,9})(?:[-+].*)?", version)
    return tuple(map(int, found.groups())) if found else ()
