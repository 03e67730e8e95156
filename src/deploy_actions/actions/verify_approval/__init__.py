"""Stops a deploy, after its approval, that nobody approved or that its own starter did.

Asks GitHub who approved this very run for the environment, whether that requires reviewers at all, and whether an
administrator passed them by, which GitHub does not say and which follows from the lack of an approval. Nor does it say
to which attempt of a run an approval belongs: so every wait of the run must have had one.
"""

from deploy_actions.actions.verify_approval.inputs import VerifyApprovalInputs, VerifyApprovalOutputs
from deploy_actions.actions.verify_approval.judge import Known, bypassed, judge, self_approved
from deploy_actions.actions.verify_approval.reasons import Reasons
from deploy_actions.actions.verify_approval.waits import is_of_attempt, together, waits
from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.github_environments import environment, pending
from deploy_actions.clients.github_runs import Review, approvals
from deploy_actions.clients.patience import Patience
from deploy_actions.core.action import Action
from deploy_actions.core.ports import Clock, Http
from deploy_actions.core.service_errors import NotFound
from deploy_actions.core.verdict import Report


def run(inputs: VerifyApprovalInputs, http: Http, clock: Clock) -> Report:
    """Learns who let the run pass, and judges it by the policy. Raises ServiceError."""
    patience = Patience(http, clock, inputs.timeout.timedelta)
    github = GitHubClient(inputs.api_url, inputs.repository, inputs.github_token, patience)
    known = _known(inputs, github)
    outputs = VerifyApprovalOutputs(
        approved_by=known.approving,
        approved_at=known.approved_at,
        bypassed=bypassed(inputs, known),
        self_approved=self_approved(inputs, known),
    )
    return Report(findings=judge(inputs, known), outputs=outputs)


def _known(inputs: VerifyApprovalInputs, github: GitHubClient) -> Known:
    found = environment(github, inputs.environment)
    if found is None:
        raise NotFound("GitHub", "asking for the environment", "there is none of this name")
    waited = waits(github, found.name, inputs.run_id)
    last = waited[-1] if waited else None
    if last and inputs.run_attempt > 1 and not is_of_attempt(github, last, inputs.run_attempt):
        last = None
    return Known(
        requires_reviewers=bool(found.reviewers),
        reviews=tuple(one for one in approvals(github, inputs.run_id) if _is_of(one, inputs.environment)),
        is_pending=inputs.environment.casefold() in (name.casefold() for name in pending(github, inputs.run_id)),
        waited=len(tuple(together(waited))),
        last=last,
    )


def _is_of(review: Review, name: str) -> bool:
    return name.casefold() in (one.casefold() for one in review.environments)


ACTION = Action(
    run=run,
    inputs=VerifyApprovalInputs,
    outputs=VerifyApprovalOutputs,
    reasons=Reasons,
    permissions={
        "actions": "who approved the run, whether the environment requires it, and whether it still waits",
        "deployments": "when the run waited, and how often",
    },
)
