"""Stops a deploy, after its approval, that nobody approved or that its own starter did.

Asks GitHub who approved this very run for the environment, whether that requires reviewers at all, and whether an
administrator passed them by, which GitHub does not say and which follows from the lack of an approval. Nor does it say
to which attempt of a run an approval belongs: so every wait of the run must have had one. Each who approved is held
against the environment's reviewers and the policy's.
"""

from deploy_actions.actions.verify_approval.inputs import VerifyApprovalInputs, VerifyApprovalOutputs
from deploy_actions.actions.verify_approval.judge import Known, bypassed, judge, self_approved
from deploy_actions.actions.verify_approval.reasons import Reasons
from deploy_actions.actions.verify_approval.waits import waits
from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.github_environments import environment, pending
from deploy_actions.clients.github_runs import Review, approvals
from deploy_actions.clients.patience import Patience
from deploy_actions.core.action import Action
from deploy_actions.core.ports import Clock, Http
from deploy_actions.core.service_errors import NotFound
from deploy_actions.core.verdict import Report

_APP = "[bot]"


def run(inputs: VerifyApprovalInputs, http: Http, clock: Clock) -> Report:
    """Learns who let the run pass, and judges it by the policy. Raises ServiceError."""
    patience = Patience(http, clock, inputs.timeout.timedelta)
    github = GitHubClient(inputs.api_url, inputs.repository, inputs.github_token, patience)
    known = _known(inputs, github)
    outputs = VerifyApprovalOutputs(
        approved_by=known.approving,
        approved_at=known.approved_at,
        bypassed=bypassed(known),
        self_approved=self_approved(inputs, known),
    )
    return Report(findings=judge(inputs, known), outputs=outputs)


def _known(inputs: VerifyApprovalInputs, github: GitHubClient) -> Known:
    found = environment(github, inputs.environment)
    if found is None:
        raise NotFound("GitHub", "asking for the environment", "there is none of this name")
    return Known(
        reviewers=found.reviewers,
        reviews=tuple(one for one in approvals(github, inputs.run_id) if _is_of(one, inputs.environment)),
        is_pending=inputs.environment.casefold() in (name.casefold() for name in pending(github, inputs.run_id)),
        waits=waits(github, found.name, inputs.run_id, inputs.run_attempt),
    )


def _is_of(review: Review, name: str) -> bool:
    """Whether it is a person's review for the environment: an app that guards it is no reviewer."""
    return not review.user.endswith(_APP) and name.casefold() in (one.casefold() for one in review.environments)


ACTION = Action(
    run=run,
    inputs=VerifyApprovalInputs,
    outputs=VerifyApprovalOutputs,
    reasons=Reasons,
    permissions={
        "actions": "who approved the run, whom the environment requires, whether it still waits, what was before",
        "deployments": "when the run waited, and how often",
    },
)
