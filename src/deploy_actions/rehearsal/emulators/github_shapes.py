"""Accounts, repositories and identifiers in GitHub's shape, made of names alone."""

from urllib.parse import quote
from zlib import crc32

from deploy_actions.rehearsal.emulators.github_gate import Json
from deploy_actions.rehearsal.emulators.github_history import DEFAULT_BRANCH
from deploy_actions.rehearsal.emulators.github_state import Repository
from deploy_actions.rehearsal.emulators.routes import Request

HTML = "https://github.com"
CREATED = "2026-01-01T00:00:00Z"
"""When everything was created that the state says nothing of."""

_LINKS = ("followers", "subscriptions", "repos", "received_events")
_REPOSITORY_LINKS = {
    "archive": "/{archive_format}{/ref}",
    "assignees": "/assignees{/user}",
    "blobs": "/git/blobs{/sha}",
    "branches": "/branches{/branch}",
    "collaborators": "/collaborators{/collaborator}",
    "comments": "/comments{/number}",
    "commits": "/commits{/sha}",
    "compare": "/compare/{base}...{head}",
    "contents": "/contents/{+path}",
    "git_commits": "/git/commits{/sha}",
    "git_refs": "/git/refs{/sha}",
    "git_tags": "/git/tags{/sha}",
    "issue_comment": "/issues/comments{/number}",
    "issue_events": "/issues/events{/number}",
    "issues": "/issues{/number}",
    "keys": "/keys{/key_id}",
    "labels": "/labels{/name}",
    "milestones": "/milestones{/number}",
    "notifications": "/notifications{?since,all,participating}",
    "pulls": "/pulls{/number}",
    "releases": "/releases{/id}",
    "statuses": "/statuses/{sha}",
    "trees": "/git/trees{/sha}",
    **{
        name: f"/{name}"
        for name in (
            *("contributors", "deployments", "downloads", "events", "forks", "hooks", "languages", "merges"),
            *("stargazers", "subscribers", "subscription", "tags", "teams"),
        )
    },
}
_COUNTS = ("forks", "forks_count", "open_issues", "open_issues_count", "stargazers_count", "watchers", "watchers_count")


def number(text: str) -> int:
    """An id: the same for the same text."""
    return crc32(text.encode())


def account(request: Request, login: str, kind: str) -> Json:
    """A `simple-user`; `kind` is User or Organization."""
    url = f"{request.server}/users/{quote(login)}"
    return {
        "login": login,
        "id": number(login),
        "node_id": f"U_{number(login)}",
        "avatar_url": f"{HTML}/{quote(login)}.png",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{HTML}/{quote(login)}",
        **{f"{name}_url": f"{url}/{name}" for name in _LINKS},
        "organizations_url": f"{url}/orgs",
        "following_url": f"{url}/following{{/other_user}}",
        "gists_url": f"{url}/gists{{/gist_id}}",
        "starred_url": f"{url}/starred{{/owner}}{{/repo}}",
        "events_url": f"{url}/events{{/privacy}}",
        "type": kind,
        "user_view_type": "public",
        "site_admin": False,
    }


def team(request: Request, organization: str, slug: str) -> Json:
    """A `team` of an organization; its name is its slug."""
    key = number(f"{organization}/{slug}")
    url = f"{request.server}/organizations/{number(organization)}/team/{key}"
    return {
        "id": key,
        "node_id": f"T_{key}",
        "name": slug,
        "slug": slug,
        "description": None,
        "privacy": "closed",
        "notification_setting": "notifications_enabled",
        "permission": "pull",
        "url": url,
        "html_url": f"{HTML}/orgs/{quote(organization)}/teams/{quote(slug)}",
        "members_url": f"{url}/members{{/member}}",
        "repositories_url": f"{url}/repos",
        "type": "organization",
        "organization_id": number(organization),
        "parent": None,
    }


def public_user(request: Request, login: str) -> Json:
    """A `public-user`, as a token without the `user` scope sees its own."""
    nothing_said = dict.fromkeys(("name", "company", "location", "email", "hireable", "bio", "twitter_username"))
    counts = dict.fromkeys(("public_repos", "public_gists", "followers", "following"), 0)
    times = {"created_at": CREATED, "updated_at": CREATED}
    return {**account(request, login, "User"), **nothing_said, "blog": "", **counts, **times}


def repository_shape(request: Request, full_name: str, repository: Repository) -> Json:
    """A `repository`."""
    owner, _, name = full_name.partition("/")
    url, html = f"{request.server}/repos/{full_name}", f"{HTML}/{full_name}"
    return {
        "id": number(full_name),
        "node_id": f"R_{number(full_name)}",
        "name": name,
        "full_name": full_name,
        "owner": account(request, owner, repository.owner_type),
        "private": repository.visibility != "public",
        "visibility": repository.visibility,
        "default_branch": DEFAULT_BRANCH,
        "url": url,
        "html_url": html,
        "clone_url": f"{html}.git",
        "git_url": f"git://github.com/{full_name}.git",
        "ssh_url": f"git@github.com:{full_name}.git",
        "svn_url": html,
        **{f"{link}_url": f"{url}{path}" for link, path in _REPOSITORY_LINKS.items()},
        **dict.fromkeys(("description", "homepage", "language", "license", "mirror_url")),
        **dict.fromkeys(_COUNTS, 0),
        "size": 0,
        **dict.fromkeys(("fork", "archived", "disabled", "has_pages"), False),
        **dict.fromkeys(("has_downloads", "has_issues", "has_projects", "has_wiki"), True),
        **dict.fromkeys(("created_at", "updated_at", "pushed_at"), CREATED),
    }
