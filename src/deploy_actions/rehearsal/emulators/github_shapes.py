"""Accounts and identifiers in GitHub's shape, made of names alone."""

from zlib import crc32

from deploy_actions.rehearsal.emulators.github_gate import Json
from deploy_actions.rehearsal.emulators.routes import Request

HTML = "https://github.com"
CREATED = "2026-01-01T00:00:00Z"
"""When everything was created that the state says nothing of."""

_LINKS = ("followers", "subscriptions", "repos", "received_events")


def number(text: str) -> int:
    """An id: the same for the same text."""
    return crc32(text.encode())


def account(request: Request, login: str, kind: str) -> Json:
    """A `simple-user`; `kind` is User or Organization."""
    url = f"{request.server}/users/{login}"
    return {
        "login": login,
        "id": number(login),
        "node_id": f"U_{number(login)}",
        "avatar_url": f"{HTML}/{login}.png",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{HTML}/{login}",
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


def public_user(request: Request, login: str) -> Json:
    """A `public-user`, as a token without the `user` scope sees its own."""
    nothing_said = dict.fromkeys(("name", "company", "location", "email", "hireable", "bio", "twitter_username"))
    counts = dict.fromkeys(("public_repos", "public_gists", "followers", "following"), 0)
    times = {"created_at": CREATED, "updated_at": CREATED}
    return {**account(request, login, "User"), **nothing_said, "blog": "", **counts, **times}
