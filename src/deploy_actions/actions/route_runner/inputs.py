"""The inputs and outputs of route-runner."""

from typing import ClassVar

from deploy_actions.actions.route_runner.candidates import Candidate
from deploy_actions.actions.route_runner.workflows import DefiningWorkflow
from deploy_actions.core.address_types import ExactUrl, RepositoryName, Url
from deploy_actions.core.choices import Choice
from deploy_actions.core.declare import Inputs, Outputs, optional, output, required
from deploy_actions.core.input_types import Duration
from deploy_actions.core.secret import Secret


class ForcedRole(Choice):
    """The role that a drill asks for."""

    __slots__ = ()
    words: ClassVar[tuple[str, ...]] = ("primary", "secondary")


class RouteRunnerInputs(Inputs, frozen=True):
    """Where the policy is, who asks GitHub, and who tells the health of runners."""

    policy_file: str = optional(
        ".github/deploy-runners.yml", "The file that says which runner pools are approved; see docs/runner-routing.md."
    )
    environment: str = optional("production", "The environment that is deployed to, by its name in the policy.")
    repository: RepositoryName = required("The repository whose job is routed, as in `acme/orders`.")
    api_url: Url = optional("https://api.github.com", "GitHub's API; of GHES, `https://HOST/api/v3`.")
    app_id: str = optional("", "The client id, or the id, of a GitHub App that may list the runners.")
    app_private_key: Secret | None = optional("", "That app's private key, in PEM.")
    github_token: Secret | None = optional(
        "", "A token that may list the runners, in the place of an app. The job's own never may."
    )
    enterprise: str = optional("", "The enterprise, by its slug, where it shares runner groups with the organisation.")
    workflow_ref: DefiningWorkflow | None = optional(
        "", "The workflow that defines the deploy's job, for groups that are restricted to some: `job.workflow_ref`."
    )
    allow_busy: bool = optional(
        "false", "Wait for a runner that is only busy before the next pool is tried, in the end in GitHub's own line."
    )
    busy_timeout: Duration = optional("10m", "How long to wait for that.")
    force_role: ForcedRole | None = optional("", "The one role that is tried, for a drill: `primary` or `secondary`.")
    force_reason: str = optional("", "Why, in 20 characters or more; needed with `force-role`.")
    declared_role: str = optional(
        "",
        "With `mode: declared`, what the repository's variable says: `primary`, or as in"
        " `secondary by ada since 2026-11-26T10:00Z: reason`; empty for the primary.",
    )
    declared_variable: str = optional("DEPLOY_RUNNER_ROLE", "The name of that variable, for messages.")
    prometheus_url: Url | None = optional("", "Prometheus, which knows the heartbeats of the runners' exporters.")
    prometheus_token: Secret | None = optional("", "A bearer token for Prometheus.")
    heartbeat_url: ExactUrl | None = optional("", "An address that answers with signed heartbeats.")
    heartbeat_file: str = optional("", "A file that holds signed heartbeats.")
    heartbeat_key: Secret | None = optional(
        "", "The key that heartbeats are checked with: a public key in PEM, or the shared secret."
    )
    cache_file: str = optional(
        "", "A file that keeps GitHub's answers by ETag from run to run, sealed with the credential; empty for none."
    )
    timeout: Duration = optional("60s", "How long GitHub, and who tells the health, may take in all, with retries.")


class RouteRunnerOutputs(Outputs, frozen=True):
    """Where the deploy's job is to run."""

    runs_on: str | None = output("The JSON that `runs-on` takes by `fromJSON`; empty where no runner is approved.")
    role: str | None = output("The role of the pool, `primary` or `secondary`.")
    pool: str | None = output("The chosen pool's name in the policy.")
    choice: str | None = output("The choice as JSON, which verify-runner checks the job's runner against.")
    candidates: tuple[Candidate, ...] | None = output("Each runner: accepted, or why not.")
