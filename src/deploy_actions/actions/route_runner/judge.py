"""Decides whether a runner may take the deploy: online, idle, of a version that GitHub gives jobs, and healthy."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from deploy_actions.actions.route_runner.candidates import Examined, Judged
from deploy_actions.actions.route_runner.fleet import Fleet
from deploy_actions.actions.route_runner.policy import Pool, Role
from deploy_actions.actions.route_runner.reasons import Reasons
from deploy_actions.clients.github_runners import Deprecation, Runner
from deploy_actions.clients.runner_heartbeats import Heartbeat, Requirements, problems
from deploy_actions.core.moments import written
from deploy_actions.core.verdict import Finding

QUARANTINED = "quarantined"
"""The label by which an operator takes a runner out, without a change of the policy."""

_SOON = timedelta(days=7)
_SHOWN = 3
_LEAST_VERSION = (2, 329, 0)
"""The oldest that github.com lets register (GitHub changelog, enforced since 2026)."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known besides GitHub's list. `versions` is what GitHub says of each.

    `quarantined` gives the reason by name, folded. `is_github_com`: the rules of github.com on versions hold, which
    those of GHES are not.
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
    unnamed = [one for one in fleet.members if pool.names and one.name not in pool.names]
    intruders = sorted(one.name for one in (*unnamed, *fleet.strangers))
    judged = [_numbered(judge(runner, facts), runner, fleet) for runner in approved]
    registered = {runner.name for runner in approved}
    absent = [
        Judged(runner=name, state="rejected", why="is not registered with these labels")
        for name in pool.names
        if name not in registered
    ]
    groups = {one.group_id for one in judged if one.state != "rejected" and one.group_id is not None}
    return Examined(
        role=role,
        pool=pool,
        runners=(*judged, *absent),
        obstacle="; ".join(filter(None, (fleet.obstacle, _joined(intruders), _within_reach(judged)))),
        intruders=tuple(intruders),
        doubts=(*fleet.doubts, *_unchecked(pool, approved, judged, facts)),
        seen=fleet.seen,
        group_ids=fleet.group_ids or tuple(sorted(groups)),
    )


def judge(runner: Runner, facts: Facts) -> Judged:
    """A runner that is approved."""
    if not runner.is_online:
        return Judged(runner=runner.name, state="rejected", why="is offline")
    quarantine, unserved = _quarantine(runner, facts), _version(runner, facts)
    wrong = [*filter(None, [quarantine]), *unserved, *_health(runner, facts)]
    if wrong:
        return Judged(
            runner=runner.name,
            state="rejected",
            why="; ".join(wrong),
            quarantine=quarantine,
            may_get_jobs=not unserved or runner.version is None,
        )
    if runner.busy:
        return Judged(runner=runner.name, state="busy", why="is busy with another job", may_get_jobs=True)
    return Judged(runner=runner.name, state="accepted", why=_soon(runner, facts), may_get_jobs=True)


def _numbered(judged: Judged, runner: Runner, fleet: Fleet) -> Judged:
    """With GitHub's ids, as far as those of a job can be compared with them."""
    if fleet.is_enterprises:
        return judged
    return msgspec.structs.replace(judged, id=runner.id, group_id=runner.runner_group_id)


def _joined(intruders: list[str]) -> str:
    """The obstacle that others have the labels too."""
    if not intruders:
        return ""
    return f"its labels are also on {len(intruders)} that nobody approved ({', '.join(intruders[:_SHOWN])})"


def _within_reach(judged: list[Judged]) -> str:
    """The obstacle that GitHub picks among all runners with the labels: a quarantined one must not be online."""
    online = [f"{one.runner}, which {one.quarantine}" for one in judged if one.quarantine]
    if not online:
        return ""
    more = f"; and {len(online) - _SHOWN} more" if len(online) > _SHOWN else ""
    there = "; ".join(online[:_SHOWN]) + more
    return f"GitHub could send the job to {there}: take its labels away, or stop its service"


def _unchecked(pool: Pool, approved: list[Runner], judged: list[Judged], facts: Facts) -> tuple[Finding, ...]:
    """The finding that GitHub does not tell until when it gives jobs to runners that were found well."""
    if not facts.is_github_com:
        return ()
    well = {one.runner for one in judged if one.state != "rejected"}
    versions = sorted(
        {str(one.version) for one in approved if one.name in well and not facts.versions.get(one.version or "")}
    )
    if not versions:
        return ()
    return (Reasons.version_unchecked(rule=pool.pool, pool=pool.pool, versions=", ".join(versions)),)


def _quarantine(runner: Runner, facts: Facts) -> str:
    """Why it is quarantined, to set behind its name; empty where it is not."""
    heartbeat = facts.heartbeats.get(runner.name)
    if (why := facts.quarantined.get(runner.name.casefold())) is not None:
        return f"is quarantined: {why}"
    if runner.has_labels((QUARANTINED,)):
        return f"has the label `{QUARANTINED}`"
    return "is quarantined by its heartbeat" if heartbeat and heartbeat.quarantined else ""


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
    told = heartbeat and msgspec.structs.replace(heartbeat, quarantined=None)  # `_quarantine` says that
    return problems(facts.health, told, facts.now)


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
