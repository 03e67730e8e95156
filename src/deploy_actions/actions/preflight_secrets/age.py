"""Asks GitHub where each secret lives and when it was last written; a secret's value cannot be read there."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated

import msgspec

from deploy_actions.actions.preflight_secrets.manifest import Rule
from deploy_actions.actions.preflight_secrets.reasons import Reasons
from deploy_actions.clients.rest import decoded, escaped
from deploy_actions.core.address_types import RepositoryName
from deploy_actions.core.declare import Record, output
from deploy_actions.core.input_types import Duration
from deploy_actions.core.ports import Http, HttpRequest
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Malformed
from deploy_actions.core.verdict import Finding

_PER_PAGE = 100
_MOST_PAGES = 50


class Age(Record, frozen=True):
    """One secret as GitHub lists it."""

    secret: str | None = output("The secret's name.")
    state: str | None = output("`listed`, or `unverifiable` where GitHub was not asked, did not answer or lists none.")
    lives_in: str | None = output("`environment`, `repository` or `organization`.")
    updated_at: str | None = output("When it was last written, which may have been with the same value.")
    days: int | None = output("How many days ago that was.")


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """Where to look, and as whom."""

    api: str
    repository: RepositoryName
    environment: str
    token: Secret


class Limits(msgspec.Struct, frozen=True):
    """What is too old now, and the environment in which secrets should live, if any."""

    now: datetime
    max_age: Duration
    environment: str


class Listed(msgspec.Struct, frozen=True):
    """A secret in a list of GitHub's."""

    lives_in: str
    updated_at: datetime


class _Entry(msgspec.Struct):
    name: str
    updated_at: Annotated[datetime, msgspec.Meta(tz=True)]


class _Page(msgspec.Struct):
    total_count: int
    secrets: list[_Entry]


def listed(places: Places, http: Http) -> dict[str, Listed]:
    """Every secret that a job of this repository in this environment gets, by upper-case name.

    Of secrets with the same name the environment's wins over the repository's, and that over the organization's
    (GitHub docs, "Secrets", naming). Raises ServiceError when a page cannot be read.
    """
    base = f"{places.api}/repos/{places.repository}"
    lists = {
        "organization": f"{base}/actions/organization-secrets",
        "repository": f"{base}/actions/secrets",
        "environment": f"{base}/environments/{escaped(places.environment)}/secrets" if places.environment else "",
    }
    found: dict[str, Listed] = {}
    for lives_in, url in lists.items():
        for entry in _entries(url, places.token, http) if url else ():
            found[entry.name.upper()] = Listed(lives_in, entry.updated_at)
    return found


def _entries(url: str, token: Secret, http: Http) -> Iterator[_Entry]:
    for number in range(1, _MOST_PAGES + 1):
        response = http.send(HttpRequest.bearer(f"{url}?per_page={_PER_PAGE}&page={number}", token))
        page = decoded(response.body, _Page, "GitHub")
        yield from page.secrets
        if number * _PER_PAGE >= page.total_count:
            return
    raise Malformed("GitHub", "listing secrets", f"there are more than {_MOST_PAGES * _PER_PAGE}")


def judge_ages(rules: Sequence[Rule], found: dict[str, Listed], limits: Limits) -> Iterator[Finding]:
    """What is old, what lives outside the environment, and what GitHub does not list."""
    environment = limits.environment
    for rule in rules:
        one = found.get(rule.name.upper())
        if one is None:
            yield Reasons.age_unverifiable(secret=rule.name, problem="GitHub lists no secret of this name")
            continue
        most = rule.max_age or limits.max_age
        days = (limits.now - one.updated_at).days
        if limits.now - one.updated_at > most.timedelta:
            yield Reasons.aged(secret=rule.name, days=days, most=most)
        if environment and one.lives_in != "environment":
            yield Reasons.outside_environment(secret=rule.name, lives_in=one.lives_in, environment=environment)


def ages(rules: Sequence[Rule], found: dict[str, Listed], now: datetime) -> tuple[Age, ...]:
    """One row a secret; unknown where GitHub lists none or was not asked."""
    return tuple(_age(rule, found.get(rule.name.upper()), now) for rule in rules)


def _age(rule: Rule, one: Listed | None, now: datetime) -> Age:
    if one is None:
        return Age(secret=rule.name, state="unverifiable")
    days = (now - one.updated_at).days
    return Age(
        secret=rule.name, state="listed", lives_in=one.lives_in, updated_at=one.updated_at.isoformat(), days=days
    )
