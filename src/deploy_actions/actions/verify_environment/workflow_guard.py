"""The rule on the workflow's file: every job that deploys is guarded, by this library and no other. Pure."""

from collections.abc import Iterator, Sequence

from deploy_actions.actions.verify_environment.guarded_jobs import (
    LITERALLY,
    calls,
    deploys,
    names,
    read_of,
    unread_of,
)
from deploy_actions.actions.verify_environment.inputs import VerifyEnvironmentInputs
from deploy_actions.actions.verify_environment.judged import Judged, compared, listed, not_known, shown_only
from deploy_actions.actions.verify_environment.library_call import library_call
from deploy_actions.actions.verify_environment.observation import Observed, Unread
from deploy_actions.actions.verify_environment.policy import EnvironmentPolicy
from deploy_actions.actions.verify_environment.reasons import Reasons
from deploy_actions.actions.verify_environment.workflow_file import Job, Workflow
from deploy_actions.core.verdict import Finding, Location

_RULE = "workflow"
_NOTHING = ("", "~", "null")
"""What YAML takes for no value, and GitHub for an empty text."""

_WHOSE = "Give `library`: `job.workflow_repository`; or name the repository of this library in the policy's `calls`."


def workflow(policy: EnvironmentPolicy, observed: Observed, inputs: VerifyEnvironmentInputs) -> Judged:
    """The workflow that runs is one of the policy's, and it deploys to the environment under guard."""
    if not policy.workflows:
        return shown_only(_RULE, inputs.workflow_ref.path if inputs.workflow_ref else "")
    found, name = read_of(observed), observed.environment.name
    findings = [
        *_another(policy, inputs),
        *(not_known(_RULE, one) for one in unread_of(observed)),
        *(finding for file, one in found.items() for finding in _guarded(one, file, policy, inputs, name)),
    ]
    guards = [_words(job) for one in found.values() for job in one.jobs if _guards(job, name)]
    return compared(_RULE, listed(policy.workflows), listed(guards) if found else "", *findings)


def _guards(job: Job, environment: str) -> bool:
    return calls(job, environment) or names(job, environment)


def _guarded(  # noqa: PLR0913  # a file, and by what it is judged
    found: Workflow, file: str, policy: EnvironmentPolicy, inputs: VerifyEnvironmentInputs, environment: str
) -> Iterator[Finding]:
    """What is wrong with the jobs of a file that deploy, or that there are none."""
    guards = [job for job in found.jobs if _guards(job, environment)]
    findings = [
        *(finding for job in guards for finding in _called(job, policy, inputs, file)),
        *_empty(found, file),
        *_undecided(found, environment, file),
    ]
    if not guards and not findings:
        yield Reasons.not_guarded(rule=_RULE, environment=environment, file=file)
    yield from findings
    yield from _not_read(found, environment, file)


def _words(job: Job) -> str:
    return f"{job.name}: {job.calls}" if job.calls else f"{job.name}: environment {job.environment}"


def _where(job: Job, file: str) -> Location:
    return Location(job=job.name, path=str(job.path or file))


def _another(policy: EnvironmentPolicy, inputs: VerifyEnvironmentInputs) -> Iterator[Finding]:
    runs, named = inputs.workflow_ref, policy.workflows
    if runs and (runs.path not in named or runs.repository.casefold() != inputs.repository.casefold()):
        wanted = " or ".join(f"`{path}`" for path in named)
        yield Reasons.workflow_differs(rule=_RULE, actual=f"`{runs}`", wanted=f"{wanted} of {inputs.repository}")


def _called(job: Job, policy: EnvironmentPolicy, inputs: VerifyEnvironmentInputs, file: str) -> Iterator[Finding]:
    """What is wrong with a call of production-deploy.yml."""
    call = library_call(job.calls)
    if call is None:
        return
    where = _where(job, file)
    if call.is_refused:
        yield Reasons.not_callable(rule=_RULE, location=where, job=job.name, calls=job.calls)
        return
    own = [str(name) for name in (inputs.library, policy.calls) if name]
    yield from _of_another(job, str(call.repository or inputs.repository), own, where)
    if not call.is_pinned:
        yield Reasons.not_pinned(rule=_RULE, location=where, job=job.name)


def _of_another(job: Job, actual: str, own: Sequence[str], where: Location) -> Iterator[Finding]:
    """A production-deploy.yml that is not this library's: it may do anything in the place of the gates."""
    if not own:
        cause = f"the job `{job.name}` calls production-deploy.yml of {actual}, and nothing says whose library this is"
        yield not_known(_RULE, Unread(cause, _WHOSE))
    elif others := [name for name in own if name.casefold() != actual.casefold()]:
        yield Reasons.another_library(rule=_RULE, location=where, job=job.name, actual=actual, wanted=others[0])


def _empty(found: Workflow, file: str) -> Iterator[Finding]:
    """Jobs that name an environment which is empty: what then counts hangs on who reads it."""
    for job in found.jobs:
        named = job.given if library_call(job.calls) else job.environment
        if named is not None and named.strip() in _NOTHING:
            yield Reasons.empty_environment(rule=_RULE, location=_where(job, file), job=job.name)


def _undecided(found: Workflow, environment: str, file: str) -> Iterator[Finding]:
    """Jobs of which an expression decides whether they deploy to the environment."""
    for job in found.jobs:
        if deploys(job, environment) and not calls(job, environment) and not names(job, environment):
            cause = f"an expression in {job.path or file} decides the environment of the job `{job.name}`"
            yield not_known(_RULE, Unread(cause, LITERALLY))


def _not_read(found: Workflow, environment: str, file: str) -> Iterator[Finding]:
    """Workflows behind this one that get all secrets and could not be looked into."""
    for job, cause in found.unread:
        where = Location(job=job, path=str(file))
        yield Reasons.not_looked_into(rule=_RULE, location=where, job=job, environment=environment, cause=cause)
