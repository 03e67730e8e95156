"""The rules on the workflow's file: every job that deploys is guarded, in the one concurrency group. Pure."""

import re
from collections.abc import Iterator

from deploy_actions.actions.verify_environment.inputs import VerifyEnvironmentInputs
from deploy_actions.actions.verify_environment.judged import Judged, compared, listed, not_known, shown_only, unread
from deploy_actions.actions.verify_environment.observation import Observed, Unread
from deploy_actions.actions.verify_environment.policy import EnvironmentPolicy
from deploy_actions.actions.verify_environment.reasons import Reasons
from deploy_actions.actions.verify_environment.workflow_file import Concurrency, Job, Workflow, is_same
from deploy_actions.core.verdict import Finding, Location

GROUP_OF_PRODUCTION_DEPLOY = "production-deploy"
"""The concurrency group of `deploy` in production-deploy.yml."""

DEFAULT_ENVIRONMENT = "production"
"""Of production-deploy.yml."""

_CALLED = "/production-deploy.yml"
_PINNED = re.compile(r".+@[0-9a-f]{40}")
_RULE, _GROUP_RULE = "workflow", "concurrency"
_LITERALLY = "Write it literally."
_NOBODY = Unread("the policy names no workflow")


def workflow(policy: EnvironmentPolicy, observed: Observed, inputs: VerifyEnvironmentInputs) -> Judged:
    """The workflow that runs is the policy's, and it deploys to the environment under guard."""
    file, found = policy.workflow, observed.workflow
    if file is None:
        return shown_only(_RULE, inputs.workflow_ref.path if inputs.workflow_ref else "")
    if found is None or isinstance(found, Unread):
        return unread(_RULE, file, found or _NOBODY)
    name = observed.environment.name
    guards = [job for job in found.jobs if _calls(job, name) or _names(job, name)]
    findings = [*_another(inputs, file), *_unpinned(guards, file), *_undecided(found, name, file)]
    if not guards and not findings:
        findings.append(Reasons.not_guarded(rule=_RULE, environment=name, file=file))
    return compared(_RULE, file, listed([_words(job) for job in guards]), *findings)


def concurrency(policy: EnvironmentPolicy, observed: Observed) -> Judged:
    """Every job that deploys waits in the one group, is never cancelled by a newer one, and shares it with no other."""
    found, wanted = observed.workflow, policy.concurrency
    guards = [job for job in _jobs(found) if _deploys(job, observed.environment.name)]
    actual = listed(sorted({_shown(_group_of(job)) for job in guards}))
    if wanted is None:
        return shown_only(_GROUP_RULE, actual if guards else "")
    if not isinstance(found, Workflow):
        return unread(_GROUP_RULE, wanted, found or _NOBODY)
    name = observed.environment.name
    findings = [finding for job in guards for finding in _grouped(job, wanted, name, policy.workflow or "")]
    return compared(_GROUP_RULE, wanted, actual, *findings, *_deadlocks(found, guards, wanted))


def one_group(observed: Observed) -> str | None:
    """The group in which all jobs deploy; None where there is none, or another for some."""
    name = observed.environment.name
    groups = [_group_of(job) for job in _jobs(observed.workflow) if _deploys(job, name)]
    names = {group.group if group else "" for group in groups}
    return names.pop() or None if len(names) == 1 else None


def _jobs(found: Workflow | Unread | None) -> tuple[Job, ...]:
    return found.jobs if isinstance(found, Workflow) else ()


def _calls(job: Job, environment: str) -> bool:
    """Whether it calls production-deploy.yml for the environment."""
    return _is_call(job) and is_same(job.given or DEFAULT_ENVIRONMENT, environment) is True


def _names(job: Job, environment: str) -> bool:
    """Whether it is a job of its own for the environment."""
    return job.environment is not None and is_same(job.environment, environment) is True


def _deploys(job: Job, environment: str) -> bool:
    """Whether it deploys there, or may: an expression decides it."""
    return (_is_call(job) and is_same(job.given or DEFAULT_ENVIRONMENT, environment) is not False) or (
        job.environment is not None and is_same(job.environment, environment) is not False
    )


def _is_call(job: Job) -> bool:
    return job.calls.partition("@")[0].endswith(_CALLED)


def _words(job: Job) -> str:
    return f"{job.name}: {job.calls}" if job.calls else f"{job.name}: environment {job.environment}"


def _group_of(job: Job) -> Concurrency | None:
    return Concurrency(GROUP_OF_PRODUCTION_DEPLOY) if _is_call(job) else job.concurrency


def _shown(group: Concurrency | None) -> str:
    return f"the group `{group.group}`" if group else "no group"


def _another(inputs: VerifyEnvironmentInputs, file: str) -> Iterator[Finding]:
    runs = inputs.workflow_ref
    if runs and (runs.path != file or runs.repository.casefold() != inputs.repository.casefold()):
        yield Reasons.workflow_differs(rule=_RULE, actual=f"`{runs}`", wanted=f"`{file}` of {inputs.repository}")


def _unpinned(guards: list[Job], file: str) -> Iterator[Finding]:
    for job in guards:
        if _is_call(job) and not _PINNED.fullmatch(job.calls):
            yield Reasons.not_pinned(rule=_RULE, location=Location(job=job.name, path=str(file)), job=job.name)


def _undecided(found: Workflow, environment: str, file: str) -> Iterator[Finding]:
    """Jobs of which an expression decides whether they deploy to the environment."""
    for job in found.jobs:
        if _deploys(job, environment) and not _calls(job, environment) and not _names(job, environment):
            cause = f"an expression in {file} decides the environment of the job `{job.name}`"
            yield not_known(_RULE, Unread(cause, _LITERALLY))


def _grouped(job: Job, wanted: str, environment: str, file: str) -> Iterator[Finding]:
    """What is wrong with the group of a job that deploys."""
    group = _group_of(job)
    is_the_one = is_same(group.group, wanted) if group else False
    where = Location(job=job.name, path=str(file))
    if is_the_one is None:
        yield not_known(_GROUP_RULE, Unread(f"an expression decides the group of the job `{job.name}`", _LITERALLY))
    elif not is_the_one:
        yield Reasons.concurrency_differs(
            rule=_GROUP_RULE,
            location=where,
            job=job.name,
            environment=environment,
            actual=_shown(group),
            wanted=wanted,
        )
    if group and group.cancels:
        yield Reasons.concurrency_cancels(rule=_GROUP_RULE, location=where, job=job.name)
    elif group and group.cancels is None:
        cause = f"an expression decides `cancel-in-progress` of the job `{job.name}`"
        yield not_known(_GROUP_RULE, Unread(cause, _LITERALLY))


def _deadlocks(found: Workflow, guards: list[Job], wanted: str) -> Iterator[Finding]:
    """Groups around the job that deploys that are the same as its own."""
    around = [("The workflow", found.concurrency)]
    around += [(f"The job `{job.name}`, which calls it,", job.concurrency) for job in guards if _is_call(job)]
    for place, group in around:
        if group is None or not guards:
            continue
        is_the_one = is_same(group.group, wanted)
        if is_the_one:
            yield Reasons.deadlock(rule=_GROUP_RULE, place=place, group=wanted)
        elif is_the_one is None:
            cause = f"{place[0].lower()}{place[1:]} has a group by an expression, which may be the same"
            yield not_known(_GROUP_RULE, Unread(cause, _LITERALLY))
