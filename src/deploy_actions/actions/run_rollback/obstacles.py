"""Finds what forbids a rollback: a path that changed, or a file that a migration left."""

from deploy_actions.actions.run_rollback.inputs import RunRollbackInputs
from deploy_actions.actions.run_rollback.reasons import Reasons
from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.github_comparison import changed_paths, compare
from deploy_actions.clients.patience import Patience
from deploy_actions.core.input_types import Duration
from deploy_actions.core.ports import Clock, Files, Http
from deploy_actions.core.service_errors import Malformed, NotFound
from deploy_actions.core.verdict import Finding

_MOST_NAMED = 5
_PATIENCE = Duration(60)


def obstacles(inputs: RunRollbackInputs, files: Files, http: Http, clock: Clock) -> tuple[Finding, ...]:
    """What forbids it; none if nothing does. Raises ServiceError where that cannot be found out."""
    found = []
    if inputs.no_rollback_file and _is_there(files, inputs.no_rollback_file):
        found.append(Reasons.file_forbids(file=inputs.no_rollback_file))
    if inputs.no_rollback_if:
        found += _of_paths(inputs, http, clock)
    return tuple(found)


def _is_there(files: Files, path: str) -> bool:
    """Whether there is such a file, whatever it holds; a folder of that name counts."""
    try:
        files.read(path)
    except NotFound:
        return False
    except Malformed:
        return True
    return True


def _of_paths(inputs: RunRollbackInputs, http: Http, clock: Clock) -> list[Finding]:
    github = _github(inputs, http, clock)
    if github is None:
        return [Reasons.changes_unknown(cause="`no-rollback-if` needs `github-token` and `repository`")]
    base = inputs.to_version or ""
    try:
        is_ahead = compare(github, base, inputs.sha).status == "ahead"
        paths = changed_paths(github, base, inputs.sha)
    except NotFound:
        return [Reasons.changes_unknown(cause="GitHub does not know both commits")]
    if not is_ahead:
        return [Reasons.changes_unknown(cause="what failed is no successor of what would come back")]
    if paths is None:
        return [Reasons.changes_unknown(cause="so many files changed that GitHub does not list them all")]
    forbidding = inputs.no_rollback_if.matching(paths)
    if not forbidding:
        return []
    more = f" and {len(forbidding) - _MOST_NAMED} more" if len(forbidding) > _MOST_NAMED else ""
    count = "1 path" if len(forbidding) == 1 else f"{len(forbidding)} paths, each of which"
    named = ", ".join(f"`{path}`" for path in forbidding[:_MOST_NAMED]) + more
    return [Reasons.path_forbids(count=count, version=inputs.to_version, paths=named)]


def _github(inputs: RunRollbackInputs, http: Http, clock: Clock) -> GitHubClient | None:
    if inputs.github_token is None or inputs.repository is None:
        return None
    patience = Patience(http, clock, _PATIENCE.timedelta)
    return GitHubClient(inputs.api_url, inputs.repository, inputs.github_token, patience)
