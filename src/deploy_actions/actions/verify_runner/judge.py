"""Decides whether a job is where it should be."""

from collections.abc import Iterator, Sequence
from datetime import date

import msgspec

from deploy_actions.actions.verify_runner.reasons import Reasons
from deploy_actions.clients.github_runs import Job
from deploy_actions.core.moments import written
from deploy_actions.core.runner_choice import RunnerChoice
from deploy_actions.core.verdict import Finding

_SELF_HOSTED, _GITHUB_HOSTED = "self-hosted", "github-hosted"


class Here(msgspec.Struct, frozen=True, kw_only=True):
    """Where the job says that it is; `whose` is the runner's `environment` in GitHub's word."""

    environment: str
    name: str
    whose: str
    today: date


def judge(choice: RunnerChoice, here: Here, jobs: Sequence[Job]) -> tuple[Finding, ...]:
    """All that is wrong, or that it is the runner that was chosen. `jobs` are those that GitHub says run on it."""
    wrong = (*_unknown(here, jobs), *_other_runner(choice, here), *_other_job(choice, jobs), *_outlived(choice, here))
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


def _other_runner(choice: RunnerChoice, here: Here) -> Iterator[Finding]:
    if here.whose == _GITHUB_HOSTED:
        yield Reasons.github_hosted()
    if choice.names and here.name and here.name not in choice.names:
        yield Reasons.not_accepted(runner=here.name, pool=choice.pool, names=", ".join(choice.names))


def _other_job(choice: RunnerChoice, jobs: Sequence[Job]) -> Iterator[Finding]:
    """What GitHub says of the job, which the runner cannot change."""
    for job in jobs[:1]:
        actual = job.runner_group_name or ""
        if choice.group is not None and actual.casefold() != choice.group.casefold():
            yield Reasons.other_group(actual=actual or "none", pool=choice.pool, group=choice.group)
        if not _folded(choice.labels) <= _folded(job.labels):
            yield Reasons.other_labels(
                actual=", ".join(job.labels) or "none", pool=choice.pool, labels=", ".join(choice.labels)
            )


def _outlived(choice: RunnerChoice, here: Here) -> Iterator[Finding]:
    if here.environment != choice.environment:
        yield Reasons.other_environment(chosen=choice.environment, environment=here.environment)
    if here.today > choice.approved_until:
        yield Reasons.lapsed(pool=choice.pool, until=choice.approved_until)


def _folded(labels: Sequence[str]) -> set[str]:
    return {label.casefold() for label in labels}
