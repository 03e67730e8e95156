"""The inputs and outputs of conclude-deploy."""

import re
from typing import ClassVar, Self

from deploy_actions.actions.conclude_deploy.gates import Gates
from deploy_actions.core.address_types import RepositoryName, Url
from deploy_actions.core.declare import Inputs, Outputs, optional, output, required
from deploy_actions.core.input_types import Duration, Lines, NotOfType, json_strings
from deploy_actions.core.moments import Moment
from deploy_actions.core.secret import Secret
from deploy_actions.core.versions import CommitSha, VersionText
from deploy_actions.guard.policy import FailurePolicy

_SECONDS = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,9})?")


class Seconds(float):
    """A number of seconds, as another action gave it."""

    __slots__ = ()
    expects: ClassVar[str] = "a number of seconds"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotOfType."""
        if not _SECONDS.fullmatch(text):
            raise NotOfType(f"is not {cls.expects}")
        return cls(text)


class Texts(tuple[str, ...]):
    """Texts as a JSON list, or by newline or comma."""

    expects: ClassVar[str] = "texts, as a JSON list or by newline or comma"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Never raises: what is no JSON list is a list by lines."""
        listed = json_strings(text)
        return cls(Lines.parse(text) if listed is None else listed)


class ConcludeDeployInputs(Inputs, frozen=True):
    """How the steps of the deploy went, and what the record is to hold."""

    gates: Gates = required(
        "How each step went, a line each: its name, the outcome of the step, the action's decision and its reason code,"
        " as in `run-deploy: success pass deployed`."
    )
    on_failure: FailurePolicy = optional("fix-forward", "The failure policy.")
    sha: CommitSha = required("The commit that was to be deployed, in full.")
    version: VersionText | None = optional("", "The version as people know it; by default the commit.")
    ref: str = optional("", "The branch or tag that was deployed.")
    repository: RepositoryName = required("The repository that was deployed, as in `acme/orders`.")
    environment: str = optional("production", "The environment that was deployed to.")
    live_version: str = optional("", "The version that was live before: version-gate's output.")
    last_healthy_version: str = optional("", "The version that was last healthy: version-gate's output.")
    restored_version: str = optional("", "The version that a rollback restored: run-rollback's output.")
    started_at: Moment | None = optional("", "When the deploy was started: run-deploy's output.")
    seconds: Seconds | None = optional("", "How long the deploy command ran: run-deploy's output.")
    healthy_after: Seconds | None = optional("", "Seconds until all was healthy: health-check's output.")
    issues: Texts = optional("", "The keys of the issues that were deployed, as a JSON list or by newline or comma.")
    actor: str = optional("", "Who started the run.")
    triggering_actor: str = optional("", "Who started this attempt of the run.")
    event: str = optional("", "The event that started the run.")
    run_id: int | None = optional("", "The id of the run.")
    run_attempt: int = optional("1", "The number of the run's attempt.")
    runner_name: str = optional("", "The name of the runner.")
    runner_labels: Texts = optional("", "The labels by which the runner was asked for.")
    runner_role: str = optional("", "The runner's role, as in `primary`.")
    approved_by: Texts | None = optional("", "Who approved the deploy: verify-approval's output.")
    approved_at: Moment | None = optional("", "When it stopped waiting for them: verify-approval's output.")
    bypassed: bool | None = optional(
        "", "Whether required reviewers were passed by: verify-approval's output; empty where that is not known."
    )
    api_url: Url = optional("https://api.github.com", "GitHub's API; of GHES, `https://HOST/api/v3`.")
    server_url: Url = optional("https://github.com", "Where people see GitHub, for links.")
    github_token: Secret | None = optional(
        "",
        "A token that may read actions, to learn who reviewed and when the job was queued; without it that is unknown.",
    )
    deployment_id: int | None = optional(
        "", "The id of the deployment: version-gate's output. Needed with `report-deployment`."
    )
    report_deployment: bool = optional(
        "false", "Write the outcome into GitHub's record of the deployment. Needs `deployments: write`."
    )
    runbook_url: str = optional("", "Where people find what to do, for the summary.")
    evidence_file: str = optional("", "The file that the evidence is written to; empty for none.")
    timeout: Duration = optional("60s", "How long GitHub may take in all, with retries.")

    @property
    def shown_version(self) -> str:
        """The version as people know it."""
        return self.version or self.sha[:10]


class ConcludeDeployOutputs(Outputs, frozen=True):
    """The outcome, and its record."""

    outcome: str | None = output("What came of the deploy, as in `deployed`, `rolled-back`, `fix-forward`.")
    evidence_sha256: str | None = output("The SHA-256 of the evidence file, in hexadecimal; empty if none was written.")
    evidence_file: str | None = output("Where the evidence was written; empty if it was not.")
