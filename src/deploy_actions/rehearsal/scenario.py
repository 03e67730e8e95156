"""Reads scenarios: data files that say what the world looks like and what must come out."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import yaml

from deploy_actions.core.input_types import NotOfType
from deploy_actions.rehearsal.emulators.instances import Instances
from deploy_actions.rehearsal.emulators.jira import Jira
from deploy_actions.rehearsal.emulators.prometheus import Prometheus
from deploy_actions.rehearsal.github_scenario import GitHubWorld, seconds_of

SCENARIOS = Path(__file__).parent / "scenarios"
GOOD_WORLD = Path(__file__).parent / "good-world.yml"

Name = Annotated[str, msgspec.Meta(pattern="^[a-z0-9][a-z0-9-]{0,60}$")]


Made = Literal[
    "opaque",
    "literal",
    "jwt",
    "certificate",
    "pkcs12",
    "openssh-certificate",
    "kubeconfig",
    "azure-sas",
    "aws-credentials",
    "aws-presigned-url",
    "docker-config",
    "pypi-token",
    "gpg-key",
    "github-token",
    "rsa-key",
]
"""What a credential can be made as."""


class ScenarioError(Exception):
    """A scenario, or a product, that cannot be rehearsed, and what to do about it."""


class Credential(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """How to make a secret's value. `expires_in` is a duration, negative with a `-` in front; `literal` has `value`."""

    make: Made = "opaque"
    expires_in: str | None = None
    value: str = ""

    @property
    def seconds_left(self) -> int:
        """Seconds from now to the expiry, negative for one that has passed; 90 days if nothing is said."""
        return seconds_of(self.expires_in or "90d")


class ExpectedAction(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """What an action must decide; `findings` are the reason codes by secret that must be among its findings."""

    decision: str
    reason_code: str
    findings: Mapping[str, str] = {}


class Expected(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """What must come out: each job's result, each action's verdict (null: it must not run), and what is live then.

    An action of two steps is named with the step's id: `health-check (baseline)`. `evidence` is the outcome that the
    evidence of the deploy tells.
    """

    jobs: Mapping[str, str]
    actions: Mapping[str, ExpectedAction | None]
    live: Literal["new", "unchanged"] | None = None
    evidence: str | None = None


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab", kw_only=True):
    """A world that differs from the good one, and what must come of it.

    `secrets`: null unsets one. `with`: inputs of the caller, replaced. `files`: files of the product, replaced.
    `vars`: the repository's variables, besides `IN_12_HOURS`. `github`: what its emulator holds, at `GITHUB_API`.
    `jira`: one is there, at the variable `JIRA_URL`; `deploys@acme.example` holds the secret `JIRA_TOKEN`.
    `prometheus`: at `PROMETHEUS_URL`. `instances`: further ones of the sample service, a JSON list of addresses in
    `INSTANCES`. `job`: in the caller's place.
    """

    name: Name
    title: str
    secrets: Mapping[str, Credential | None] = {}
    inputs: Mapping[str, str] = msgspec.field(name="with", default={})
    files: Mapping[str, str] = {}
    vars: Mapping[str, str] = {}
    github: GitHubWorld = GitHubWorld()
    jira: Jira | None = None
    prometheus: Prometheus | None = None
    instances: Instances | None = None
    job: Mapping[str, Any] | None = None
    expect: Expected


def load_scenarios(folder: Path) -> list[Scenario]:
    """All scenarios of a folder by name. Raises ScenarioError naming the file and what is wrong in it."""
    return [_load(file) for file in sorted(folder.glob("*.yml"), key=lambda file: file.stem)]


def good_world() -> dict[str, Credential | None]:
    """The secrets of a world in which all is well."""
    return msgspec.convert(yaml.safe_load(GOOD_WORLD.read_text()), dict[str, Credential | None])


def _load(file: Path) -> Scenario:
    try:
        document = yaml.safe_load(file.read_text())
        scenario = msgspec.convert({"name": file.stem, **document}, Scenario)
        for credential in scenario.secrets.values():
            _ = credential.seconds_left if credential else 0
        for duration in scenario.github.durations:
            seconds_of(duration)
    except (yaml.YAMLError, msgspec.ValidationError, NotOfType, TypeError, OSError) as error:
        raise ScenarioError(f"{file} is no scenario: {error}") from None
    return scenario
