"""The inputs and outputs of version-gate."""

from typing import ClassVar

from deploy_actions.core.address_types import RepositoryName, TargetUrl, Url
from deploy_actions.core.choices import Choice
from deploy_actions.core.declare import Inputs, Outputs, optional, output, required
from deploy_actions.core.input_types import ArgumentList, Duration, Names, SecretNames
from deploy_actions.core.json_path import JsonPath
from deploy_actions.core.secret import Secret
from deploy_actions.core.versions import CommitSha, VersionText
from deploy_actions.guard.policy import FailurePolicy


class WhenSuperseded(Choice):
    """What follows when a newer run for the environment already waits."""

    __slots__ = ()
    words: ClassVar[tuple[str, ...]] = ("proceed", "skip")


class WhenUnknown(Choice):
    """What follows when the service does not tell its version."""

    __slots__ = ()
    words: ClassVar[tuple[str, ...]] = ("record", "fail")


class VersionGateInputs(Inputs, frozen=True):
    """What is to go out, where to learn what is live, and what may be deployed all the same."""

    sha: CommitSha = required("The commit that is deployed, in full.")
    head: CommitSha | None = optional(
        "",
        "The commit that the run is for, in full, in whose history `sha` must be: the environment's rules judged that.",
    )
    version: VersionText | None = optional("", "The version as the service tells it; by default the commit.")
    repository: RepositoryName = required("The repository that is deployed, as in `acme/orders`.")
    environment: str = optional("production", "The environment that is deployed to.")
    api_url: Url = optional("https://api.github.com", "GitHub's API; of GHES, `https://HOST/api/v3`.")
    server_url: Url = optional("https://github.com", "Where people see GitHub, for links.")
    github_token: Secret = required("A token that may read contents, deployments and actions.")
    run_id: int | None = optional("", "The id of this run, whose own deployment says nothing of what is live.")
    run_attempt: int | None = optional(
        "", "The number of this run's attempt, needed with `run-id`: what an earlier one left counts like any other's."
    )
    version_command: ArgumentList | None = optional(
        "", "A program that prints the live version and ends with exit code 0: a JSON list of strings, or one a line."
    )
    secrets: SecretNames = optional("[]", "Names of the secrets that this program gets.")
    optional_secrets: SecretNames = optional("[]", "Those of the secrets that may be absent.")
    variables: Names = optional("", "Names of further environment variables that this program gets.")
    version_url: TargetUrl | None = optional("", "An address that answers with the live version.")
    version_json: JsonPath | None = optional("", "Where in its JSON the version stands; by default it is the body.")
    on_unknown_version: WhenUnknown = optional(
        "record",
        "What follows when neither tells the version: GitHub's `record` of deployments decides, with a warning; or"
        " `fail`.",
    )
    redeploy: bool = optional("false", "Deploy also what is live already.")
    allow_older: CommitSha | None = optional("", "The one commit, in full, that may go out though it is older.")
    allow_older_reason: str = optional("", "Why production goes back, in 20 characters or more.")
    actor: str = optional("", "Who deploys, for the record.")
    superseded: WhenSuperseded = optional(
        "proceed", "What follows when a newer run that holds this commit already waits: `proceed`, or `skip`."
    )
    concurrency_group: str = optional("production-deploy", "The concurrency group in which deploys wait.")
    on_failure: FailurePolicy = optional(
        "fix-forward", "The failure policy; with `hold` a failed deploy stops all others until somebody clears it."
    )
    rollback_command: ArgumentList | None = optional(
        "", "The rollback command, which the policy `rollback` needs: without one it is refused before the deploy."
    )
    deploy_step: str = optional(
        "Deploy",
        "The name of the step that deploys, which the commit may follow: a job without it, or that ended before it,"
        " changed nothing.",
    )
    report_deployment: bool = optional(
        "false",
        "Have GitHub record a deployment, where the job names no environment that does. Needs `deployments: write`.",
    )
    timeout: Duration = optional("60s", "How long GitHub may take in all, with retries.")

    @property
    def shown_version(self) -> str:
        """The version as people know it."""
        return self.version or self.sha[:10]


class VersionGateOutputs(Outputs, frozen=True):
    """What is live, and what is to be done."""

    deploy: bool | None = output("Whether the deploy is to be made; empty where it is stopped.")
    live_version: str | None = output("The version that is live, as the service or GitHub's record tells it.")
    live_commit: str | None = output("The commit that is live by GitHub's record, in full.")
    last_healthy_version: str | None = output("The version that was last seen live after a deploy that succeeded.")
    deployment_id: int | None = output("The id of this run's deployment at GitHub, where it has one.")
