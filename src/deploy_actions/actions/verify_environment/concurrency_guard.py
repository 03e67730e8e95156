"""The rule on concurrency: every job that deploys waits in the one group, and nothing around it breaks it off. Pure.

Facts: GitHub docs, "Control the concurrency of workflows and jobs"; changelog of 2026-05-07, "concurrency groups now
allow larger queues".
"""

from collections.abc import Iterator

from deploy_actions.actions.verify_environment.guarded_jobs import (
    LITERALLY,
    deploying,
    group_of,
    groups_around,
    read_of,
    unread_of,
)
from deploy_actions.actions.verify_environment.judged import Judged, compared, listed, not_known, shown_only
from deploy_actions.actions.verify_environment.observation import Observed, Unread
from deploy_actions.actions.verify_environment.policy import EnvironmentPolicy
from deploy_actions.actions.verify_environment.reasons import Reasons
from deploy_actions.actions.verify_environment.workflow_file import Around, Concurrency, Job, is_same
from deploy_actions.core.verdict import Finding, Location

_RULE = "concurrency"


def concurrency(policy: EnvironmentPolicy, observed: Observed) -> Judged:
    """Every job that deploys waits in the one group, is never cancelled by a newer one, and shares it with no other."""
    wanted, name, guards = policy.concurrency, observed.environment.name, deploying(observed)
    actual = listed(sorted({_shown(group_of(job)) for _, job in guards}))
    if wanted is None:
        return shown_only(_RULE, actual if guards else "")
    findings = [
        *(not_known(_RULE, one) for one in unread_of(observed)),
        *(finding for file, job in guards for finding in _grouped(job, wanted, name, file)),
        *(finding for around in groups_around(job for _, job in guards) for finding in _surrounded(around, wanted)),
    ]
    return compared(_RULE, wanted, actual if read_of(observed) else "", *findings)


def _shown(group: Concurrency | None) -> str:
    return f"the group `{group.group}`" if group else "no group"


def _grouped(job: Job, wanted: str, environment: str, file: str) -> Iterator[Finding]:
    """What is wrong with the group of a job that deploys."""
    group = group_of(job)
    is_the_one = is_same(group.group, wanted) if group else False
    where = Location(job=job.name, path=str(file))
    if is_the_one is None:
        yield not_known(_RULE, Unread(f"an expression decides the group of the job `{job.name}`", LITERALLY))
    elif not is_the_one:
        yield Reasons.concurrency_differs(
            rule=_RULE, location=where, job=job.name, environment=environment, actual=_shown(group), wanted=wanted
        )
    if group:
        yield from _broken_off(f"The job `{job.name}`", group, where)


def _surrounded(around: Around, wanted: str) -> Iterator[Finding]:
    """What is wrong with a group around a job that deploys."""
    place, group = around.place, around.concurrency
    is_the_one = is_same(group.group, wanted)
    if is_the_one:
        yield Reasons.deadlock(rule=_RULE, place=place, group=wanted)
    elif is_the_one is None:
        cause = f"{place[0].lower()}{place[1:]} has a group by an expression, which may be the same"
        yield not_known(_RULE, Unread(cause, LITERALLY))
    yield from _broken_off(place, group)


def _broken_off(place: str, group: Concurrency, where: Location | None = None) -> Iterator[Finding]:
    """By a newer run that comes into the group, or one that waits in it is replaced."""
    if group.cancels:
        yield Reasons.concurrency_cancels(rule=_RULE, location=where, place=place)
    elif group.cancels is None:
        cause = f"an expression decides `cancel-in-progress` of {place[0].lower()}{place[1:].removesuffix(',')}"
        yield not_known(_RULE, Unread(cause, LITERALLY))
    elif not group.keeps_all:
        yield Reasons.concurrency_replaces(rule=_RULE, location=where, place=place, group=group.group)
