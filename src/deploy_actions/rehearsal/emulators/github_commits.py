"""GitHub's routes for commits: one of them, and the range between two."""

from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import quote

from deploy_actions.rehearsal.emulators.github_files import changed_files
from deploy_actions.rehearsal.emulators.github_gate import Json, moment, not_found, permitted, refusal, sheet
from deploy_actions.rehearsal.emulators.github_history import Commit, History
from deploy_actions.rehearsal.emulators.github_shapes import CREATED, HTML, account, number
from deploy_actions.rehearsal.emulators.github_state import GitHub, Repository
from deploy_actions.rehearsal.emulators.routes import Answer, Request, Routes

ROUTES: Routes[GitHub] = Routes()
_REPOSITORY = "/repos/{owner}/{repo}"
_MOST_UNPAGED = 250
_UNSIGNED = {"verified": False, "reason": "unsigned", "signature": None, "payload": None, "verified_at": None}


@ROUTES.route("GET", f"{_REPOSITORY}/commits/{{ref}}")
def get_commit(github: GitHub, request: Request) -> Answer:
    """A commit, with the files that it changes."""
    full_name, repository = permitted(github, request, "contents")
    commit = asked_commit(repository, request.parameters["ref"])
    files = changed_files(request, full_name, [commit])
    stats = {"total": 2 * len(files), "additions": len(files), "deletions": len(files)}
    shape = _shape(request, full_name, repository.history(), commit)
    return Answer(HTTPStatus.OK, {**shape, "stats": stats, "files": files})


@ROUTES.route("GET", f"{_REPOSITORY}/compare/{{basehead}}")
def compare_commits(github: GitHub, request: Request) -> Answer:
    """What is reachable from the head and not from the base, oldest first.

    Without paging the newest 250 of them, and files on the first page only, all of those that the commits change:
    https://docs.github.com/rest/commits/commits#compare-two-commits.
    """
    full_name, repository = permitted(github, request, "contents")
    history = repository.history()
    names = request.parameters["basehead"].split("...")
    found = [commit for commit in map(history.find, names) if commit]
    if len(names) != 2 or len(found) != len(names):  # noqa: PLR2004 a base and a head
        raise not_found()
    from_base, from_head = map(history.reachable, found)
    merge_base = _merge_base(history, from_base & from_head, names)
    ahead, behind = history.ordered(from_head - from_base), from_base - from_head
    shown, headers = _part(request, ahead)
    base, between, *commits = (_shape(request, full_name, history, one) for one in (found[0], merge_base, *shown))
    body = {
        **_addresses(request, full_name, [commit.sha for commit in found]),
        "base_commit": base,
        "merge_base_commit": between,
        "status": _status(ahead=bool(ahead), behind=bool(behind)),
        "ahead_by": len(ahead),
        "behind_by": len(behind),
        "total_commits": len(ahead),
        "commits": commits,
        "files": changed_files(request, full_name, ahead) if request.query.get("page", "1") == "1" else [],
    }
    return Answer(HTTPStatus.OK, body, headers)


def asked_commit(repository: Repository, ref: str) -> Commit:
    """The commit. Raises Refusal: 409 for a repository without any, 422 for one that it does not have."""
    if not repository.commits:
        raise refusal(HTTPStatus.CONFLICT, "Git Repository is empty.")
    commit = repository.history().find(ref)
    if commit is None:
        raise refusal(HTTPStatus.UNPROCESSABLE_ENTITY, f"No commit found for SHA: {ref}")
    return commit


def commit_time(repository: Repository, commit: Commit) -> str:
    """When it was made, which the state says nothing of: a minute after the one before it in the list."""
    return _time(repository.history().positions[commit.sha])


def _time(position: int) -> str:
    return moment(datetime.fromisoformat(CREATED) + timedelta(minutes=position))


def _merge_base(history: History, common: set[str], names: list[str]) -> Commit:
    if not common:
        raise refusal(HTTPStatus.NOT_FOUND, f"No common ancestor between {names[0]} and {names[1]}.")
    return history.ordered(common)[-1]


def _status(*, ahead: bool, behind: bool) -> str:
    if ahead:
        return "diverged" if behind else "ahead"
    return "behind" if behind else "identical"


def _part(request: Request, commits: list[Commit]) -> tuple[list[Commit], dict[str, str]]:
    if {"page", "per_page"} & set(request.query):
        return sheet(request, commits)
    return commits[-_MOST_UNPAGED:], {}


def _addresses(request: Request, full_name: str, shas: list[str]) -> Json:
    html = f"{HTML}/{full_name}/compare/{quote(request.parameters['basehead'], safe='')}"
    owner = full_name.partition("/")[0]
    return {
        "url": request.url,
        "html_url": html,
        "permalink_url": f"{HTML}/{full_name}/compare/" + "...".join(f"{owner}:{sha[:7]}" for sha in shas),
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
    }


def _shape(request: Request, full_name: str, history: History, commit: Commit) -> Json:
    api, html = f"{request.server}/repos/{full_name}", f"{HTML}/{full_name}/commit"
    time = _time(history.positions[commit.sha])
    name = commit.author or "someone"
    person = {"name": name, "email": f"{name}@example.com", "date": time}
    user = account(request, commit.author, "User") if commit.author else None
    return {
        "sha": commit.sha,
        "node_id": f"C_{number(commit.sha)}",
        "commit": {
            "author": person,
            "committer": person,
            "message": commit.message,
            "tree": {"sha": commit.sha[::-1], "url": f"{api}/git/trees/{commit.sha[::-1]}"},
            "url": f"{api}/git/commits/{commit.sha}",
            "comment_count": 0,
            "verification": _UNSIGNED,
        },
        "url": f"{api}/commits/{commit.sha}",
        "html_url": f"{html}/{commit.sha}",
        "comments_url": f"{api}/commits/{commit.sha}/comments",
        "author": user,
        "committer": user,
        "parents": [
            {"sha": sha, "url": f"{api}/commits/{sha}", "html_url": f"{html}/{sha}"} for sha in history.parents(commit)
        ],
    }
