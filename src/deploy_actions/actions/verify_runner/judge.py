"""Decides whether a job is where it should be."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import msgspec

from deploy_actions.actions.verify_runner.reasons import Reasons
from deploy_actions.clients.github_runs import Job
from deploy_actions.core.input_types import Duration, format_seconds
from deploy_actions.core.moments import written
from deploy_actions.core.runner_choice import RunnerChoice
from deploy_actions.core.verdict import Finding

_SELF_HOSTED, _GITHUB_HOSTED = "self-hosted", "github-hosted"
_AHEAD = timedelta(minutes=5)
"""How far the clock of the runner that chose may be ahead of this one's."""


class Here(msgspec.Struct, frozen=True, kw_only=True):
    """Where the job says that it is; `whose` is the runner's `environment` in GitHub's word."""

    environment: str
    name: str
    whose: str
    now: datetime
    max_age: Duration


def judge(choice: RunnerChoice, here: Here, jobs: Sequence[Job]) -> tuple[Finding, ...]:
    """All that is wrong, or that it is the runner that was chosen. `jobs` are those that GitHub says run on it."""
    wrong = (
        *_unknown(here, jobs),
        *_other_runner(choice, here, jobs),
        *_other_group(choice, jobs),
        *_other_labels(choice, jobs),
        *_outlived(choice, here),
    )
    if wrong:
        return wrong
    chosen = written(choice.chosen_at)
    return (Reasons.as_chosen(runner=here.name, role=choice.role, pool=choice.pool, chosen=chosen),)


def _unknown(here: Here, jobs: Sequence[Job]) -> Iterator[Finding]:
    """What is not told must not pass for the right runner."""
    if not here.name:
        yield Reasons.unknown_runner(missing="its name is not given")
    elif len(jobs) != 1:
        yield Reasons.unknown_job(count=len(jobs), runner=here.name)
    if here.whose not in (_SELF_HOSTED, _GITHUB_HOSTED):
        yield Reasons.unknown_runner(missing=f"neither `{_SELF_HOSTED}` nor `{_GITHUB_HOSTED}` is said of it")


def _other_runner(choice: RunnerChoice, here: Here, jobs: Sequence[Job]) -> Iterator[Finding]:
    """By its name, and by the id that GitHub gave it: who registers a runner anew under a name gets another."""
    if here.whose == _GITHUB_HOSTED:
        yield Reasons.github_hosted()
    if choice.names and here.name and here.name not in choice.names:
        yield Reasons.not_accepted(runner=here.name, pool=choice.pool, names=", ".join(choice.names))
    ids = choice.ids_of(here.name)
    for job in jobs[:1]:
        if ids and job.runner_id is None:
            yield Reasons.unknown_id(runner=here.name)
        elif ids and job.runner_id not in ids:
            known = ", ".join(map(str, sorted(ids)))
            yield Reasons.swapped(runner=here.name, actual=job.runner_id, pool=choice.pool, known=known)


def _other_group(choice: RunnerChoice, jobs: Sequence[Job]) -> Iterator[Finding]:
    """By its name where the pool has one, and by its id where that is known: GitHub's word, not the runner's."""
    for job in jobs[:1]:
        actual = job.runner_group_name or ""
        is_other = choice.group is not None and actual.casefold() != choice.group.casefold()
        if is_other or (choice.group_ids and job.runner_group_id not in choice.group_ids):
            yield Reasons.other_group(
                actual=f"{actual or 'none'} ({job.runner_group_id or 'no id'})",
                pool=choice.pool,
                group=f"{choice.group or 'one'} ({', '.join(map(str, choice.group_ids)) or 'of any id'})",
            )


def _other_labels(choice: RunnerChoice, jobs: Sequence[Job]) -> Iterator[Finding]:
    for job in jobs[:1]:
        if not _folded(choice.labels) <= _folded(job.labels):
            yield Reasons.other_labels(
                actual=", ".join(job.labels) or "none", pool=choice.pool, labels=", ".join(choice.labels)
            )


def _outlived(choice: RunnerChoice, here: Here) -> Iterator[Finding]:
    if here.environment != choice.environment:
        yield Reasons.other_environment(chosen=choice.environment, environment=here.environment)
    if here.now.date() > choice.approved_until:
        yield Reasons.lapsed(pool=choice.pool, until=choice.approved_until)
    age = here.now - choice.chosen_at
    if age > here.max_age.timedelta:
        how = f"{format_seconds(age.total_seconds())} ago, and may be {here.max_age} old"
        yield Reasons.not_current(chosen=written(choice.chosen_at), how=how)
    elif age < -_AHEAD:
        yield Reasons.not_current(chosen=written(choice.chosen_at), how="in the future: one of the clocks is wrong")


def _folded(labels: Sequence[str]) -> set[str]:
    return {label.casefold() for label in labels}
