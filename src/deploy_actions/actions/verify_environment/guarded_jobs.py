"""Which jobs of a workflow deploy to an environment, and in which concurrency groups they are. Pure."""

from collections.abc import Iterable

from deploy_actions.actions.verify_environment.inputs import VerifyEnvironmentInputs
from deploy_actions.actions.verify_environment.library_call import is_of_library
from deploy_actions.actions.verify_environment.observation import Observed, Unread
from deploy_actions.actions.verify_environment.policy import EnvironmentPolicy
from deploy_actions.actions.verify_environment.workflow_file import Around, Concurrency, Job, Workflow, is_same

GROUP_OF_PRODUCTION_DEPLOY = "production-deploy"
"""The concurrency group of `deploy` in production-deploy.yml."""

DEFAULT_ENVIRONMENT = "production"
"""Of production-deploy.yml."""

LITERALLY = "Write it literally."
NOBODY = Unread("the policy names no workflow")


def judged_paths(policy: EnvironmentPolicy, inputs: VerifyEnvironmentInputs) -> tuple[str, ...]:
    """The files that are judged: the run's, where the policy has it; else all of the policy's."""
    run, named = inputs.workflow_ref, policy.workflows
    return (run.path,) if run and run.path in named else named


def unread_of(observed: Observed) -> tuple[Unread, ...]:
    """Why workflows could not be read, or that none was asked for."""
    found = tuple(one for one in observed.workflows.values() if isinstance(one, Unread))
    return found if observed.workflows else (NOBODY,)


def read_of(observed: Observed) -> dict[str, Workflow]:
    """The workflows that were read, by their files."""
    return {path: one for path, one in observed.workflows.items() if isinstance(one, Workflow)}


def deploying(observed: Observed) -> tuple[tuple[str, Job], ...]:
    """The jobs that deploy to the environment, or may, each with its file."""
    name = observed.environment.name
    return tuple(
        (job.path or path, job) for path, found in read_of(observed).items() for job in found.jobs if deploys(job, name)
    )


def calls(job: Job, environment: str) -> bool:
    """Whether it calls production-deploy.yml for the environment."""
    return is_of_library(job.calls) and is_same(job.given or DEFAULT_ENVIRONMENT, environment) is True


def names(job: Job, environment: str) -> bool:
    """Whether it is a job of its own for the environment."""
    return job.environment is not None and is_same(job.environment, environment) is True


def deploys(job: Job, environment: str) -> bool:
    """Whether it deploys there, or may: an expression decides it."""
    return (is_of_library(job.calls) and is_same(job.given or DEFAULT_ENVIRONMENT, environment) is not False) or (
        job.environment is not None and is_same(job.environment, environment) is not False
    )


def group_of(job: Job) -> Concurrency | None:
    """The group in which it deploys."""
    return Concurrency(GROUP_OF_PRODUCTION_DEPLOY) if is_of_library(job.calls) else job.concurrency


def groups_around(jobs: Iterable[Job]) -> tuple[Around, ...]:
    """The groups in which these jobs are besides, each once: a newer run in one of them touches the deploy too."""
    found: dict[Around, None] = {}
    for job in jobs:
        found.update(dict.fromkeys(job.around))
        if job.concurrency and is_of_library(job.calls):
            found[Around(f"The job `{job.name}`, which calls it,", job.concurrency)] = None
    return tuple(found)


def one_group(observed: Observed) -> str | None:
    """The group in which all jobs deploy; None where there is none, or another for some."""
    groups = [group_of(job) for _, job in deploying(observed)]
    found = {group.group if group else "" for group in groups}
    return found.pop() or None if len(found) == 1 else None
