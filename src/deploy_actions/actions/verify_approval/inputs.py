"""The inputs and outputs of verify-approval."""

from deploy_actions.actions.verify_approval.policy import ApprovalPolicy
from deploy_actions.clients.github_environments import EnvironmentName
from deploy_actions.core.address_types import RepositoryName, Url
from deploy_actions.core.declare import Inputs, Outputs, optional, output, required
from deploy_actions.core.input_types import Duration
from deploy_actions.core.secret import Secret


class VerifyApprovalInputs(Inputs, frozen=True):
    """The run whose approval is judged, and by what."""

    approval_policy: ApprovalPolicy = required(
        "What follows from approvals: the output of verify-environment in the job before the approval."
    )
    environment: EnvironmentName = optional("production", "The environment that this job names.")
    repository: RepositoryName = required("The repository that is deployed, as in `acme/orders`.")
    run_id: int = required("The id of this run: `github.run_id`.")
    run_attempt: int = required("The number of this run's attempt: `github.run_attempt`.")
    actor: str = required("Who started the run: `github.actor`.")
    triggering_actor: str = required("Who started this attempt of it: `github.triggering_actor`.")
    api_url: Url = optional("https://api.github.com", "GitHub's API; of GHES, `https://HOST/api/v3`.")
    github_token: Secret = required("The job's token, which may read actions and deployments.")
    timeout: Duration = optional("60s", "How long GitHub may take in all, with retries.")


class VerifyApprovalOutputs(Outputs, frozen=True):
    """Who let this deploy pass."""

    approved_by: tuple[str, ...] | None = output("The logins of those who approved, as a JSON list.")
    approved_at: str | None = output("When the deploy stopped waiting for them, in RFC 3339; empty if unknown.")
    bypassed: bool | None = output("Whether required reviewers were passed by; empty where that is not known.")
    self_approved: bool | None = output("Whether one of those who approved had started the run.")
