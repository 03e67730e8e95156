"""Self-hosted runners at GitHub and the groups that they are in: of a repository, an organisation, an enterprise.

Source: https://docs.github.com/rest/actions/self-hosted-runners and …/self-hosted-runner-groups.
"""

import re
from datetime import datetime
from typing import Annotated, TypeAlias

import msgspec

from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.github_lists import whole
from deploy_actions.clients.rest import escaped
from deploy_actions.core.service_errors import Malformed, NotFound

Moment: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]

_GITHUB_COM = re.compile(r"https://api\.(?:github\.com|[a-z0-9-]+\.ghe\.com)(?::443)?(?:/.*)?", re.IGNORECASE)


class _Label(msgspec.Struct, frozen=True):
    name: str


class Runner(msgspec.Struct, frozen=True, kw_only=True):
    """A self-hosted runner as GitHub sees it. `version` is None before it first connected, and on an old GHES."""

    id: int
    name: str
    status: str
    busy: bool
    labels: tuple[_Label, ...]
    runner_group_id: int | None = None
    version: str | None = None
    ephemeral: bool = False

    @property
    def is_online(self) -> bool:
        """Whether it is connected."""
        return self.status == "online"

    def has_labels(self, labels: tuple[str, ...]) -> bool:
        """Whether a job that asks for these labels may come to it. Their case does not count."""
        return {label.casefold() for label in labels} <= {label.name.casefold() for label in self.labels}


class RunnerGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A group of runners of an organisation. `inherited`: it is the enterprise's, and shared with the organisation.

    `visibility` is `all`, `private` (repositories) or `selected`. Where it is `restricted_to_workflows`, only jobs that
    are defined in one of the `selected_workflows` come to its runners.
    """

    id: int
    name: str
    inherited: bool
    visibility: str
    allows_public_repositories: bool
    restricted_to_workflows: bool = False
    selected_workflows: tuple[str, ...] = ()

    @property
    def admits_public_repositories(self) -> bool:
        """Whether a public repository may use its runners."""
        return self.allows_public_repositories and self.visibility != "private"


class EnterpriseGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A group of runners as its enterprise has it."""

    id: int
    name: str


class HostedRunner(msgspec.Struct, frozen=True):
    """A larger runner of GitHub's own, which an organisation set up."""

    id: int
    name: str


class Owner(msgspec.Struct, frozen=True):
    """Whose the repository is; `type` is `Organization` or `User`."""

    login: str
    type: str


class Repository(msgspec.Struct, frozen=True):
    """A repository: whose it is, and whether it is `private`, which internal ones are too."""

    owner: Owner
    private: bool


class Deprecation(msgspec.Struct, frozen=True, kw_only=True):
    """When GitHub gives runners of a version no jobs any more; None while that is not set.

    A date that is not set is null, or left out (as GitHub's answers were seen to do).
    """

    runner_version: str
    runtime_deprecates_at: Moment | None = None


def is_github_com(api: str) -> bool:
    """Whether an API's address is of github.com, or of a tenant of GHE.com, whose rules on versions are the same.

    Source: https://docs.github.com/rest/about-the-rest-api and …/enterprise-cloud@latest/admin/data-residency.
    """
    return bool(_GITHUB_COM.fullmatch(api))


def repository(github: GitHubClient) -> Repository:
    """The repository, as far as it matters to who may use its runners."""
    return github.fetch(f"repos/{github.repository}", Repository)


def repository_runners(github: GitHubClient) -> tuple[Runner, ...]:
    """The runners that are registered in the repository itself. Needs `administration: read`."""
    return whole(github, f"repos/{github.repository}/actions/runners", _Runners)


def organization_runners(github: GitHubClient, organization: str) -> tuple[Runner, ...]:
    """The runners of an organisation. Needs `organization_self_hosted_runners: read`."""
    return whole(github, f"orgs/{escaped(organization)}/actions/runners", _Runners)


def organization_groups(
    github: GitHubClient, organization: str, *, visible_to: str | None = None
) -> tuple[RunnerGroup, ...]:
    """The groups of an organisation, or those that one of its repositories may use, by its name without the owner."""
    query = {"visible_to_repository": visible_to} if visible_to else {}
    return whole(github, _groups_of(organization), _Groups, query)


def organization_group_runners(github: GitHubClient, organization: str, group: int) -> tuple[Runner, ...]:
    """The runners in a group of an organisation."""
    return whole(github, f"{_groups_of(organization)}/{group}/runners", _Runners)


def organization_group_hosted_runners(github: GitHubClient, organization: str, group: int) -> tuple[HostedRunner, ...]:
    """GitHub's own larger runners in a group of an organisation, which the list of its runners leaves out."""
    return whole(github, f"{_groups_of(organization)}/{group}/hosted-runners", _HostedRunners)


def enterprise_groups(github: GitHubClient, enterprise: str, *, visible_to: str) -> tuple[EnterpriseGroup, ...]:
    """The groups of an enterprise that an organisation may use. Needs the scope `manage_runners:enterprise`."""
    query = {"visible_to_organization": visible_to}
    return whole(github, f"enterprises/{escaped(enterprise)}/actions/runner-groups", _EnterpriseGroups, query)


def enterprise_group_runners(github: GitHubClient, enterprise: str, group: int) -> tuple[Runner, ...]:
    """The runners in a group of an enterprise."""
    return whole(github, f"enterprises/{escaped(enterprise)}/actions/runner-groups/{group}/runners", _Runners)


def deprecation(github: GitHubClient, level: str, version: str) -> Deprecation | None:
    """Until when GitHub gives a version jobs, asked at `level`, as in `orgs/acme`; None where it does not tell.

    GHES, to which the rule does not apply, has no such endpoint. Raises ServiceError.
    """
    path = f"{level}/actions/runners/deprecations/{escaped(version)}"
    try:
        told = github.fetch(path, Deprecation)
    except NotFound:
        return None
    if told.runner_version.removeprefix("v") != version.removeprefix("v"):
        raise Malformed("GitHub", f"reading {path}", "it tells of another version")
    return told


def _groups_of(organization: str) -> str:
    return f"orgs/{escaped(organization)}/actions/runner-groups"


class _Runners(msgspec.Struct):
    total_count: int
    items: list[Runner] = msgspec.field(name="runners")


class _Groups(msgspec.Struct):
    total_count: int
    items: list[RunnerGroup] = msgspec.field(name="runner_groups")


class _EnterpriseGroups(msgspec.Struct):
    total_count: int
    items: list[EnterpriseGroup] = msgspec.field(name="runner_groups")


class _HostedRunners(msgspec.Struct):
    total_count: int
    items: list[HostedRunner] = msgspec.field(name="runners")
