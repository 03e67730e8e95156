"""Self-hosted runners, who has them, and until when GitHub serves their versions, as plain data."""

from typing import Literal, TypeAlias

import msgspec

from deploy_actions.rehearsal.emulators.github_history import Moment

Visibility: TypeAlias = Literal["public", "private", "internal"]
"""Who may see a repository."""


class Runner(msgspec.Struct, forbid_unknown_fields=True, rename="kebab"):
    """A runner; whoever has it in a list is where it is registered. `labels` are all that it has.

    `version`: null for one that never connected. `id`: null for one made of the name, as jobs have it of theirs.
    """

    name: str
    labels: list[str] = msgspec.field(default_factory=lambda: ["self-hosted", "Linux", "X64"])
    status: Literal["online", "offline"] = "online"
    busy: bool = False
    version: str | None = "2.337.0"
    ephemeral: bool = False
    os: str = "linux"
    id: int | None = None


class RunnerGroup(msgspec.Struct, forbid_unknown_fields=True, rename="kebab"):
    """A group of runners. `visibility` is of all, of the private ones, or of the `selected` ones alone.

    Selected by an organization are `repositories` ("owner/name"), by an enterprise its `organizations`. `inherited`: an
    organization has it from its enterprise. `hosted_runners` are names of GitHub's own larger runners in it. `id`: null
    for one made of the name.
    """

    name: str
    runners: list[Runner] = []
    visibility: Literal["all", "selected", "private"] = "all"
    repositories: list[str] = []
    organizations: list[str] = []
    default: bool = False
    inherited: bool = False
    allows_public_repositories: bool = False
    restricted_to_workflows: bool = False
    selected_workflows: list[str] = []
    id: int | None = None
    hosted_runners: list[str] = []

    def admits_repository(self, full_name: str, visibility: Visibility) -> bool:
        """Whether the repository may use its runners."""
        if visibility == "public" and not self.allows_public_repositories:
            return False
        return self.visibility != "selected" or _is_among(full_name, self.repositories)

    def admits_organization(self, login: str) -> bool:
        """Whether the enterprise shares it with the organization."""
        return self.visibility != "selected" or _is_among(login, self.organizations)


class Organization(msgspec.Struct, forbid_unknown_fields=True, rename="kebab"):
    """What an organization has besides repositories. `plan`: null for one that nobody is told."""

    runner_groups: list[RunnerGroup] = []
    plan: Literal["free", "team", "enterprise"] | None = None


class Enterprise(msgspec.Struct, forbid_unknown_fields=True, rename="kebab"):
    """What an enterprise shares with its organizations."""

    runner_groups: list[RunnerGroup] = []


class Deprecation(msgspec.Struct, forbid_unknown_fields=True, rename="kebab"):
    """When runners of a version get no jobs any more, and when none can be registered; null while that is open."""

    runtime: Moment | None = None
    registration: Moment | None = None


def _is_among(name: str, names: list[str]) -> bool:
    return name.casefold() in {one.casefold() for one in names}
