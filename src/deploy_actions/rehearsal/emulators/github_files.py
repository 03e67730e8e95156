"""The files that commits change, in GitHub's shape."""

from collections.abc import Sequence
from urllib.parse import quote

from deploy_actions.rehearsal.emulators.github_gate import Json
from deploy_actions.rehearsal.emulators.github_history import Commit
from deploy_actions.rehearsal.emulators.github_shapes import HTML, number
from deploy_actions.rehearsal.emulators.routes import Request

_MOST = 300
"""GitHub lists no more, and does not say that there are more."""


def changed_files(request: Request, full_name: str, commits: Sequence[Commit]) -> list[Json]:
    """The files that the commits change, each once; the state knows no contents, so each counts one changed line."""
    renames = {path: former for commit in commits for path, former in commit.renames.items()}
    paths = sorted({path for commit in commits for path in commit.files} | set(renames))
    sha = commits[-1].sha if commits else ""
    return [_shape(request, full_name, path, sha) | _status(renames.get(path)) for path in paths[:_MOST]]


def _shape(request: Request, full_name: str, path: str, sha: str) -> Json:
    html, quoted = f"{HTML}/{full_name}", quote(path)
    return {
        "sha": f"{number(f'{path} {sha}'):040x}",
        "filename": path,
        "additions": 1,
        "deletions": 1,
        "changes": 2,
        "blob_url": f"{html}/blob/{sha}/{quoted}",
        "raw_url": f"{html}/raw/{sha}/{quoted}",
        "contents_url": f"{request.server}/repos/{full_name}/contents/{quoted}?ref={sha}",
    }


def _status(former: str | None) -> Json:
    return {"status": "modified"} if former is None else {"status": "renamed", "previous_filename": former}
