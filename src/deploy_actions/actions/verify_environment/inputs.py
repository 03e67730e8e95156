"""The inputs and outputs of verify-environment."""

import re
from typing import ClassVar

from deploy_actions.clients.github_environments import EnvironmentName
from deploy_actions.core.address_types import RepositoryName, Url
from deploy_actions.core.choices import Choice
from deploy_actions.core.declare import Inputs, Outputs, Record, optional, output, required
from deploy_actions.core.input_types import Duration
from deploy_actions.core.secret import Secret
from deploy_actions.core.text_types import Patterned


class FullRef(Patterned):
    """The ref of a run as GitHub names it: with `refs/heads/`, `refs/tags/` or `refs/pull/` before it."""

    __slots__ = ()
    pattern: ClassVar["re.Pattern[str]"] = re.compile(r"refs/[^\s\x00-\x1f\x7f]{1,500}")
    expects: ClassVar[str] = "a full ref, as in `refs/heads/main`"


class WorkflowRef(Patterned):
    """The workflow of a run as `github.workflow_ref` names it."""

    __slots__ = ()
    pattern: ClassVar["re.Pattern[str]"] = re.compile(r"[^/\s@]+/[^/\s@]+/[^\s@]+@[^\s\x00-\x1f\x7f]+")
    expects: ClassVar[str] = "a workflow's ref, as in `acme/orders/.github/workflows/deploy.yml@refs/heads/main`"

    @property
    def repository(self) -> str:
        """The repository, as in `acme/orders`."""
        return "/".join(self.split("/")[:2])

    @property
    def path(self) -> str:
        """The path of the file in it."""
        return self.partition("@")[0].split("/", 2)[2]


class WhenUnverifiable(Choice):
    """What follows when a rule cannot be read with the credentials that are there."""

    __slots__ = ()
    words: ClassVar[tuple[str, ...]] = ("fail", "warn")


class VerifyEnvironmentInputs(Inputs, frozen=True):
    """The environment, its policy, and whom to ask."""

    policy_file: str = optional(
        ".github/deploy-environment.yml",
        "The file that says how the environment is meant to be protected; see docs/deploy-environment.md.",
    )
    environment: EnvironmentName = optional("production", "The environment, by its name in the policy.")
    repository: RepositoryName = required("The repository whose environment it is, as in `acme/orders`.")
    ref: FullRef = required("The ref that the run is for, in full, as in `refs/heads/main`.")
    workflow_ref: WorkflowRef | None = optional(
        "", "The workflow that runs: `github.workflow_ref`. Its path must be the policy's `workflow`, or one of these."
    )
    library: RepositoryName | None = optional(
        "",
        "The repository of this library, whose production-deploy.yml alone may be called: `job.workflow_repository`."
        " The policy's `calls` may say it too.",
    )
    api_url: Url = optional("https://api.github.com", "GitHub's API; of GHES, `https://HOST/api/v3`.")
    github_token: Secret = required("The job's token, which may read actions and, for `protected-branches`, contents.")
    app_id: str = optional("", "The id of a GitHub App that may read secrets and environments; GITHUB_TOKEN may not.")
    app_private_key: Secret | None = optional("", "The private key of that app, in PEM.")
    unverifiable: WhenUnverifiable = optional(
        "fail", "What follows when these credentials cannot read a rule: `fail`, or `warn`. An outage always fails."
    )
    init: bool = optional(
        "false", "Write what the environment is like now into the policy file, where there is none, and judge nothing."
    )
    timeout: Duration = optional("60s", "How long GitHub may take in all, with retries.")


class Drift(Record, frozen=True):
    """A rule of the policy beside what is so."""

    rule: str | None = output("The rule, by its name in the policy.")
    policy: str | None = output("What the policy says; empty where it says nothing.")
    actual: str | None = output("What is so; empty where that could not be read.")
    state: str | None = output(
        "`same` (or stricter), `differs`, `unverifiable`, `unsupported` (perhaps by the plan), or `not-in-policy`."
    )


class VerifyEnvironmentOutputs(Outputs, frozen=True):
    """The policy beside what is so, and what verify-approval needs."""

    drift: tuple[Drift, ...] | None = output("Each rule of the policy beside what is so, as a JSON list.")
    approval_policy: str | None = output("What verify-approval needs of the policy, as JSON.", shown=False)
    environment: str | None = output("The name of the environment, as GitHub writes it.")
