"""What GitHub holds, as plain data that a test or a scenario file gives."""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias, TypeVar

import msgspec

from deploy_actions.rehearsal.emulators.github_deployments_state import Deployment
from deploy_actions.rehearsal.emulators.github_environments_state import Protection
from deploy_actions.rehearsal.emulators.github_history import Commit, History, Moment, Pull, faults
from deploy_actions.rehearsal.emulators.github_runners_state import (
    Deprecation,
    Enterprise,
    Organization,
    Runner,
    Visibility,
)
from deploy_actions.rehearsal.emulators.github_runs_state import Member, Run

Value = TypeVar("Value")
Secrets: TypeAlias = dict[str, Moment]
"""Names of secrets, and when each was last written."""


class Token(msgspec.Struct, forbid_unknown_fields=True, rename="kebab"):
    """A token. `expires`: null for one without an end. `repositories`: null for all that there are.

    `scopes` make a personal token a classic one: `repo` stands for every permission of a repository, `admin:org` for
    every one of an organization, `manage_runners:enterprise` for the runners of an enterprise.
    """

    kind: Literal["personal", "installation"] = "personal"
    permissions: dict[str, str] = {}
    expires: Moment | None = None
    login: str | None = None
    scopes: list[str] = []
    repositories: list[str] | None = None


class App(msgspec.Struct, forbid_unknown_fields=True, rename="kebab", kw_only=True):
    """A GitHub App with its one installation, on `repositories` ("owner/name"). `public_key` is PEM."""

    public_key: str
    installation_id: int
    permissions: dict[str, str] = {}
    repositories: list[str] = []
    client_id: str = ""
    slug: str = "deploys"


class Variable(msgspec.Struct, forbid_unknown_fields=True, rename="kebab"):
    """A variable of a repository, and when it was last written."""

    value: str
    updated_at: Moment


class Fault(msgspec.Struct, forbid_unknown_fields=True, rename="kebab"):
    """An error at a path below the API's address, written as it is asked, without its query.

    `page`: null for each page of a list. `times`: how often it is still given, which counts down; null for always.
    """

    path: str
    status: Annotated[int, msgspec.Meta(ge=400, le=599)]
    page: Annotated[int, msgspec.Meta(ge=1)] | None = None
    times: Annotated[int, msgspec.Meta(ge=0)] | None = None


class Repository(msgspec.Struct, forbid_unknown_fields=True, rename="kebab"):
    """A repository; `environments` are their secrets by the environment's name.

    `commits` are oldest first, parents before children, the last being the newest of `main`. `pulls` are by number.
    `protections` are by the environment's name; one that is named there needs no secrets to exist.
    `concurrency_groups` are by name; null on a GitHub that tells none, as GHES. `runners` are registered in the
    repository itself; those that its organization shares are in groups there.
    """

    secrets: Secrets = {}
    environments: dict[str, Secrets] = {}
    organization_secrets: Secrets = {}
    commits: list[Commit] = []
    pulls: dict[int, Pull] = {}
    deployments: list[Deployment] = []
    runs: list[Run] = []
    protections: dict[str, Protection] = {}
    concurrency_groups: dict[str, list[Member]] | None = {}
    runners: list[Runner] = []
    variables: dict[str, Variable] = {}
    is_default_branch_protected: bool = False
    visibility: Visibility = "private"
    owner_type: Literal["Organization", "User"] = "Organization"

    def __post_init__(self) -> None:
        """Raises ValueError for what no repository can be."""
        found = faults(self.commits, self.pulls)
        if found:
            raise ValueError("; ".join(found))

    def history(self) -> History:
        """The commits and how they hang together."""
        return History(self.commits)


class GitHub(msgspec.Struct, forbid_unknown_fields=True, rename="kebab"):
    """All of GitHub: tokens by value, apps by app id (or client id), repositories by "owner/name".

    `organizations` and `enterprises` are by name; an organization needs no entry if a repository here is its own.
    `deprecations` are by the version of the runner; null on a GitHub that tells none, as GHES.
    `down`: status 503 everywhere. `rate_limited`: the secondary limit, status 429 with `Retry-After`.
    `rate_limit_used_up`: the primary limit, status 403 with `X-RateLimit-Remaining: 0`. `faults` are errors by place.
    """

    tokens: dict[str, Token] = {}
    apps: dict[str, App] = {}
    repositories: dict[str, Repository] = {}
    organizations: dict[str, Organization] = {}
    enterprises: dict[str, Enterprise] = {}
    deprecations: dict[str, Deprecation] | None = {}
    faults: list[Fault] = []
    down: bool = False
    rate_limited: bool = False
    rate_limit_used_up: bool = False
    requests_used: int = 0

    def token(self, value: str, now: datetime) -> Token | None:
        """The token, unless it is unknown, revoked or has ended."""
        token = self.tokens.get(value)
        return None if token is None or (token.expires and token.expires <= now) else token

    def app(self, issuer: str) -> App | None:
        """The app that a JWT's `iss` names, by its app id or its client id."""
        by_client_id = (app for app in self.apps.values() if app.client_id == issuer)
        return self.apps.get(issuer) or next(by_client_id, None)

    def app_id(self, app: App) -> int:
        """The number of an app; of one given by its client id only, its installation's."""
        numbers = (int(key) for key, one in self.apps.items() if one is app and key.isdecimal())
        return next(numbers, app.installation_id)

    def repository(self, name: str) -> tuple[str, Repository] | None:
        """Full name and repository. Names are case-insensitive."""
        return find(self.repositories, name)

    def organization(self, login: str) -> tuple[str, Organization] | None:
        """Name and organization, also of one of which nothing is said but that it owns a repository."""
        owners = (name.partition("/")[0] for name, one in self.repositories.items() if one.owner_type == "Organization")
        silent = {owner: Organization() for owner in owners}
        return find(self.organizations, login) or find(silent, login)


def find(named: dict[str, Value], name: str) -> tuple[str, Value] | None:
    """The entry whose name is the same but for upper and lower case."""
    return next(((key, value) for key, value in named.items() if key.casefold() == name.casefold()), None)
