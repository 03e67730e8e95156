"""Names of secrets at GitHub, where each lives and when it was last written; a value cannot be read there."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Annotated, TypeAlias

import msgspec

from deploy_actions.clients.rest import decoded, escaped
from deploy_actions.core.ports import HttpRequest, HttpResponse
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Malformed

PERMISSIONS = {"secrets": "read", "environments": "read"}
"""What listing needs: of a GitHub App or a person, since GITHUB_TOKEN can have neither."""

_PER_PAGE = 100
_MOST_PAGES = 50

Send: TypeAlias = Callable[[HttpRequest], HttpResponse]


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """Where to look, and as whom. An empty `environment` is not looked at."""

    api: str
    repository: str
    environment: str
    token: Secret


class Listed(msgspec.Struct, frozen=True):
    """A secret in a list of GitHub's; it lives in `environment`, `repository` or `organization`."""

    lives_in: str
    updated_at: datetime


def listed(places: Places, send: Send) -> dict[str, dict[str, datetime]]:
    """When each secret was last written, by place and then by upper-case name.

    Raises ServiceError where a list cannot be read whole: what is not seen may live in the wrong place.
    """
    base = f"{places.api}/repos/{places.repository}"
    lists = {
        "organization": f"{base}/actions/organization-secrets",
        "repository": f"{base}/actions/secrets",
        "environment": f"{base}/environments/{escaped(places.environment)}/secrets" if places.environment else "",
    }
    return {
        place: {entry.name.upper(): entry.updated_at for entry in _entries(url, places.token, send)}
        for place, url in lists.items()
        if url
    }


def nearest(by_place: Mapping[str, Mapping[str, datetime]]) -> dict[str, Listed]:
    """The secrets that a job of the repository in the environment gets, by upper-case name.

    Of secrets with the same name the environment's wins over the repository's, and that over the organization's
    (GitHub docs, "Secrets", naming).
    """
    found: dict[str, Listed] = {}
    for place in ("organization", "repository", "environment"):
        found.update({name: Listed(place, at) for name, at in by_place.get(place, {}).items()})
    return found


class _Entry(msgspec.Struct):
    name: str
    updated_at: Annotated[datetime, msgspec.Meta(tz=True)]


class _Page(msgspec.Struct):
    total_count: int
    secrets: list[_Entry]


def _entries(url: str, token: Secret, send: Send) -> Iterator[_Entry]:
    seen = 0
    for number in range(1, _MOST_PAGES + 1):
        response = send(HttpRequest.bearer(f"{url}?per_page={_PER_PAGE}&page={number}", token))
        page = decoded(response.body, _Page, "GitHub")
        yield from page.secrets
        seen += len(page.secrets)
        if number * _PER_PAGE < page.total_count:
            continue
        if seen < page.total_count:
            raise Malformed("GitHub", "listing secrets", "it lists fewer than it counts")
        return
    raise Malformed("GitHub", "listing secrets", f"there are more than {_MOST_PAGES * _PER_PAGE}")
