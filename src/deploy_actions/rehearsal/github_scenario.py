"""What a scenario may say of GitHub; `github_world` makes an emulator of it."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from deploy_actions.core.input_types import Duration
from deploy_actions.rehearsal.emulators.github_state import Fault

_VERSION = "2.337.0"
_PRODUCTION = "production"
_PRIMARY = ("self-hosted", "production", "primary")
_OF_LINUX = ("self-hosted", "linux", "x64", "production")


def seconds_of(text: str) -> int:
    """Seconds of a duration, negative with a `-` in front. Raises NotOfType."""
    seconds = Duration.parse(text.removeprefix("-")).seconds
    return -seconds if text.startswith("-") else seconds


class AgedSecret(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A secret as GitHub lists it: `age` is a duration."""

    age: str = "1d"
    lives_in: Literal["environment", "repository", "organization"] = "environment"


class AgedVariable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A variable of the repository; `age` is the duration since it was written."""

    value: str
    age: str = "1d"


class PastDeploy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A deploy of another run. `commit` counts from 1; `step` is what became of the step that deploys."""

    commit: int
    states: tuple[Literal["queued", "waiting", "in_progress", "success", "failure", "error", "inactive"], ...]
    step: Literal["success", "failure", "cancelled", "skipped", "in_progress"] = "success"


class RegisteredRunner(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A self-hosted runner as GitHub lists it. `group`: null for one that is registered in the repository itself."""

    name: str
    labels: tuple[str, ...] = _PRIMARY
    group: str | None = _PRODUCTION
    status: Literal["online", "offline"] = "online"
    busy: bool = False
    version: str | None = _VERSION
    ephemeral: bool = False


class GitHubWorld(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """GitHub in a scenario; its address is the variable `GITHUB_API`, the repository is `acme/orders`.

    `secrets` differ from those that were written a day ago in the environment; `tokens` are names of secrets whose
    values GitHub knows as personal tokens, with the duration after which each ends, or null. An app is there when there
    is a secret `GITHUB_APP_KEY`; it holds `app-permissions`, null for all that our actions ask of one. `variables` are
    what the API tells of them; `private` is the repository.

    `commits` are messages, oldest first: the first is live, the last is deployed, unless `deployed` counts another.
    `parents` and `files` are by the number of a commit; each has the one before it as its parent, and changes nothing.
    `deploys` are those before, oldest first, in place of one that succeeded with the first commit. `waiting`: commits
    whose runs wait in line. `approved-by` reviewed this run.

    The environment `production`, unless not `environment-exists`: with `reviewers` or `reviewer-teams` (slugs) somebody
    must review. `wait-timer` is in minutes. `branches` and `tags` are patterns; none at all for every ref, and
    `protected-branches` in their place, of which `main` is one then. `custom-rules` are slugs of apps.
    `administrators-may-bypass`: null where GitHub does not tell.

    `runners` are in groups that the repository may use; `extra-runners` is how many others are in the group
    `production` besides, of other labels. `own-runner` and what follows is where the rehearsed job runs, as GitHub
    says. `deprecations` are durations from now, by version; null on a GitHub that tells none.

    `down`: every answer is an error. `faults` are errors at one path below the API, or on one page of a list.
    """

    secrets: Mapping[str, AgedSecret] = {}
    tokens: Mapping[str, str | None] = {}
    app_permissions: Mapping[str, str] | None = None
    variables: Mapping[str, AgedVariable] = {}
    private: bool = False
    commits: tuple[str, ...] = ("The version before", "A change")
    deployed: int | None = None
    parents: Mapping[int, int] = {}
    files: Mapping[int, tuple[str, ...]] = {}
    deploys: tuple[PastDeploy, ...] | None = None
    waiting: tuple[int, ...] = ()
    approved_by: str | None = "grace"
    environment_exists: bool = True
    reviewers: tuple[str, ...] = ("ada", "grace")
    reviewer_teams: tuple[str, ...] = ()
    prevent_self_review: bool = True
    wait_timer: int = 0
    branches: tuple[str, ...] = ("main",)
    tags: tuple[str, ...] = ()
    protected_branches: bool = False
    custom_rules: tuple[str, ...] = ()
    administrators_may_bypass: bool | None = False
    runners: tuple[RegisteredRunner, ...] = (
        RegisteredRunner("rehearsal", (*_OF_LINUX, "primary")),
        RegisteredRunner("rehearsal-secondary", (*_OF_LINUX, "secondary")),
    )
    extra_runners: int = 0
    own_runner: str = "rehearsal"
    own_runner_group: str | None = _PRODUCTION
    own_runner_labels: tuple[str, ...] = _PRIMARY
    deprecations: Mapping[str, str] | None = msgspec.field(default_factory=lambda: {_VERSION: "60d"})
    down: bool = False
    faults: tuple[Fault, ...] = ()

    @property
    def durations(self) -> list[str]:
        """All that must be durations."""
        ages = [*(one.age for one in self.secrets.values()), *(one.age for one in self.variables.values())]
        return [*ages, *(lasts for lasts in self.tokens.values() if lasts), *(self.deprecations or {}).values()]
