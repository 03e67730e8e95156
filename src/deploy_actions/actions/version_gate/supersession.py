"""Finds a newer run that waits for the same environment and holds this commit, so that this deploy can be left out."""

from collections.abc import Iterator

from deploy_actions.actions.version_gate.inputs import VersionGateInputs
from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.github_comparison import compare
from deploy_actions.clients.github_runs import Run, run, runs_since, waiting
from deploy_actions.core.declare import InvalidInput

_MOST_LOOKED_AT = 10


def newer_run(inputs: VersionGateInputs, github: GitHubClient) -> Run | None:
    """The newest such run; None where there is none. Raises ServiceError, and InvalidInput without `run-id`."""
    if inputs.run_id is None:
        raise InvalidInput("superseded", "is `skip`, for which `run-id` is needed.")
    this = run(github, inputs.run_id)
    for other in _waiting(inputs, this, github):
        if not _is_of_the_same_sort(this, other):
            continue
        if other.head_sha != inputs.sha and compare(github, inputs.sha, other.head_sha).status == "ahead":
            return other
    return None


def _is_of_the_same_sort(this: Run, other: Run) -> bool:
    """Whether it will deploy its own commit to the same place: by the same workflow, and not started by hand."""
    return other.workflow_id == this.workflow_id and other.event == this.event != "workflow_dispatch"


def _waiting(inputs: VersionGateInputs, this: Run, github: GitHubClient) -> Iterator[Run]:
    """Newer runs that wait in the concurrency group, newest first; on a GitHub that tells no groups, all not over."""
    members = waiting(github, inputs.concurrency_group)
    if members is not None:
        numbers = sorted(
            {one.run_id for one in members if one.status == "pending" and one.run_id > this.id}, reverse=True
        )
        yield from (run(github, number) for number in numbers[:_MOST_LOOKED_AT])
        return
    newer = [one for one in runs_since(github, this.created_at) if one.id > this.id]
    going = sorted((one for one in newer if one.status != "completed"), key=lambda one: -one.id)
    yield from going[:_MOST_LOOKED_AT]
