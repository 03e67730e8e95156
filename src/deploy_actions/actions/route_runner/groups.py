"""Says of a runner group what keeps the job away from it, and what could not be found out."""

from collections.abc import Callable

from deploy_actions.actions.route_runner.policy import Pool
from deploy_actions.actions.route_runner.reasons import Reasons
from deploy_actions.actions.route_runner.workflows import DefiningWorkflow, admits
from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.github_runners import RunnerGroup, is_github_com, organization_group_hosted_runners
from deploy_actions.core.service_errors import NotFound, Refused
from deploy_actions.core.verdict import Finding

_SHOWN = 3


def closed(group: RunnerGroup, workflow: DefiningWorkflow | None, is_public: Callable[[], bool]) -> str:
    """Why the group takes no job of this workflow; empty where it does, or may. Raises ServiceError."""
    if group.restricted_to_workflows and admits(group.selected_workflows, workflow) is False:
        here = f", and not to {workflow}" if workflow else ""
        return f"the runner group {group.name} is restricted to {_those(group)}{here}"
    if not group.admits_public_repositories and is_public():
        return f"the runner group {group.name} takes no jobs of public repositories, and this one is public"
    return ""


def doubts(pool: Pool, group: RunnerGroup, workflow: DefiningWorkflow | None) -> tuple[Finding, ...]:
    """What is said of the group where its pool is taken, though it cannot be told whether it takes the job."""
    if not group.restricted_to_workflows or admits(group.selected_workflows, workflow):
        return ()
    return (Reasons.restriction_unknown(rule=pool.pool, pool=pool.pool, group=group.name, selected=_those(group)),)


def hosted(github: GitHubClient, organization: str, pool: Pool, group: RunnerGroup) -> tuple[str, tuple[Finding, ...]]:
    """What GitHub's own larger runners in a group mean for a pool: an obstacle, and what could not be read.

    Those of a group that the enterprise shares are the enterprise's. GHES has none. Raises ServiceError.
    """
    try:
        found = () if group.inherited else organization_group_hosted_runners(github, organization, group.id)
    except (Refused, NotFound) as error:
        if isinstance(error, NotFound) and not is_github_com(github.api):
            return "", ()
        return "", (_unread(pool, group, str(error)),)
    if group.inherited:
        return "", (_unread(pool, group, "the enterprise shares this group, and has them"),)
    if found:
        names = ", ".join(one.name for one in found[:_SHOWN])
        return f"GitHub-hosted larger runners are in its group {group.name} ({names})", ()
    return "", ()


def _unread(pool: Pool, group: RunnerGroup, problem: str) -> Finding:
    return Reasons.hosted_unread(rule=pool.pool, pool=pool.pool, group=group.name, problem=problem)


def _those(group: RunnerGroup) -> str:
    shown = ", ".join(group.selected_workflows[:_SHOWN])
    return (shown + (", …" if len(group.selected_workflows) > _SHOWN else "")) or "no workflow at all"
