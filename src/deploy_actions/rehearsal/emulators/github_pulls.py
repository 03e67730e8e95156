"""GitHub's routes for pull requests: one of them, and those that brought a commit."""

from hashlib import sha256
from http import HTTPStatus

from deploy_actions.rehearsal.emulators.github_commits import asked_commit, commit_time
from deploy_actions.rehearsal.emulators.github_gate import Json, listed, not_found, permitted
from deploy_actions.rehearsal.emulators.github_shapes import CREATED, HTML, account, number, repository_shape
from deploy_actions.rehearsal.emulators.github_state import GitHub, Repository
from deploy_actions.rehearsal.emulators.routes import Answer, Request, Routes

ROUTES: Routes[GitHub] = Routes()
_REPOSITORY = "/repos/{owner}/{repo}"
_NUMBER_DIGITS = 9
_NOTHING_SAID = dict.fromkeys(("assignee", "milestone", "active_lock_reason", "auto_merge"))
_NONE_GIVEN: Json = {"labels": [], "assignees": [], "requested_reviewers": [], "requested_teams": []}
_COUNTS = dict.fromkeys(("comments", "review_comments", "additions", "deletions", "changed_files"), 0)


@ROUTES.route("GET", f"{_REPOSITORY}/commits/{{commit_sha}}/pulls")
def list_pulls_of_commit(github: GitHub, request: Request) -> Answer:
    """The pull requests of a commit; of one on the default branch, merged ones only."""
    full_name, repository = permitted(github, request, "pull_requests")
    commit, history = asked_commit(repository, request.parameters["commit_sha"]), repository.history()
    arrived = commit.sha in history.reachable(history.commits[-1])
    shown = [key for key in commit.pulls if repository.pulls[key].merged or not arrived]
    return listed(request, [_simple(request, full_name, repository, key) for key in shown])


@ROUTES.route("GET", f"{_REPOSITORY}/pulls/{{pull_number}}")
def get_pull(github: GitHub, request: Request) -> Answer:
    """A pull request."""
    full_name, repository = permitted(github, request, "pull_requests")
    text = request.parameters["pull_number"]
    key = int(text) if text.isascii() and text.isdecimal() and len(text) <= _NUMBER_DIGITS else 0
    if key not in repository.pulls:
        raise not_found()
    pull = repository.pulls[key]
    body = {
        **_simple(request, full_name, repository, key),
        **_COUNTS,
        "commits": sum(key in commit.pulls for commit in repository.commits),
        "merged": pull.merged,
        "mergeable": None if pull.merged else True,
        "rebaseable": None if pull.merged else True,
        "mergeable_state": "unknown" if pull.merged else "clean",
        "merged_by": account(request, pull.author, "User") if pull.merged else None,
        "maintainer_can_modify": False,
    }
    return Answer(HTTPStatus.OK, body)


def _simple(request: Request, full_name: str, repository: Repository, key: int) -> Json:
    pull, home = repository.pulls[key], repository_shape(request, full_name, repository)
    merge, when = _merge(repository, key) if pull.merged else (None, None)
    addresses, links = _addresses(request, full_name, key, _head_sha(repository, key))
    return {
        **addresses,
        **_NOTHING_SAID,
        **_NONE_GIVEN,
        "id": number(f"{full_name}#{key}"),
        "node_id": f"PR_{number(f'{full_name}#{key}')}",
        "number": key,
        "state": "closed" if pull.merged else "open",
        "locked": False,
        "draft": False,
        "title": pull.title,
        "body": pull.body,
        "user": account(request, pull.author, "User"),
        "created_at": CREATED,
        "updated_at": when or CREATED,
        "closed_at": when,
        "merged_at": when,
        "merge_commit_sha": merge,
        "head": _end(home, pull.head, _head_sha(repository, key)),
        "base": _end(home, pull.base, _made_sha(f"{full_name} {pull.base} {key}")),
        "author_association": "MEMBER",
        "_links": links,
    }


def _merge(repository: Repository, key: int) -> tuple[str, str]:
    """The commit that a merged one arrived with, the last that names it, and when."""
    naming = [commit for commit in repository.commits if key in commit.pulls]
    if not naming:
        return _made_sha(f"merge of {key}"), CREATED
    return naming[-1].sha, commit_time(repository, naming[-1])


def _head_sha(repository: Repository, key: int) -> str:
    """The last commit of the branch: what a merge commit merged; one of its own for a squashed branch."""
    pull, history = repository.pulls[key], repository.history()
    naming = [commit for commit in repository.commits if key in commit.pulls]
    merged = history.parents(naming[-1])[1:] if naming else []
    if naming and not pull.merged:
        return naming[-1].sha
    return merged[0] if merged else _made_sha(f"{pull.head} {key}")


def _made_sha(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:40]


def _end(home: Json, branch: str, sha: str) -> Json:
    """One end of a pull request in the repository `home`."""
    owner, _, _ = str(home["full_name"]).partition("/")
    return {"label": f"{owner}:{branch}", "ref": branch, "sha": sha, "user": home["owner"], "repo": home}


def _addresses(request: Request, full_name: str, key: int, sha: str) -> tuple[Json, Json]:
    """The addresses of a pull request, and the same again as `_links`."""
    api, html = f"{request.server}/repos/{full_name}", f"{HTML}/{full_name}/pull/{key}"
    pull, issue = f"{api}/pulls/{key}", f"{api}/issues/{key}"
    texts = {
        "html": html,
        "issue": issue,
        "comments": f"{issue}/comments",
        "review_comments": f"{pull}/comments",
        "review_comment": f"{api}/pulls/comments{{/number}}",
        "commits": f"{pull}/commits",
        "statuses": f"{api}/statuses/{sha}",
    }
    addresses: Json = {f"{name}_url": text for name, text in texts.items()}
    links: Json = {name: {"href": text} for name, text in {"self": pull, **texts}.items()}
    return {"url": pull, "diff_url": f"{html}.diff", "patch_url": f"{html}.patch", **addresses}, links
