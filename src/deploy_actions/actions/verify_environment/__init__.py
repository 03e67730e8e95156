"""Stops a deploy whose environment does not protect production as somebody approved it.

Holds the environment's rules, its secrets' places and the workflow that deploys against a policy in the repository.
Changes nothing at GitHub. Run it in a job that does not name the environment: GitHub creates one that is named and not
there, without any protection.
"""

from collections.abc import Sequence

import msgspec

from deploy_actions.actions.verify_environment import secret_places, written_policy
from deploy_actions.actions.verify_environment.checked_out import read_workflows
from deploy_actions.actions.verify_environment.guarded_jobs import judged_paths
from deploy_actions.actions.verify_environment.inputs import VerifyEnvironmentInputs, VerifyEnvironmentOutputs
from deploy_actions.actions.verify_environment.judge import judge, verdict
from deploy_actions.actions.verify_environment.judged import Judged, not_known
from deploy_actions.actions.verify_environment.observation import Observed, observe, seems_private
from deploy_actions.actions.verify_environment.policy import (
    Approval,
    EnvironmentPolicy,
    EnvironmentPolicyForm,
    WorkflowPath,
)
from deploy_actions.actions.verify_environment.reasons import OF_PRIVATE, Reasons
from deploy_actions.clients.github import GitHubClient
from deploy_actions.clients.github_environments import environment
from deploy_actions.clients.patience import Patience
from deploy_actions.core import policy_document
from deploy_actions.core.action import Action
from deploy_actions.core.ports import Clock, Files, Http, Masks
from deploy_actions.core.service_errors import NotFound, ServiceError
from deploy_actions.core.verdict import Finding, Report

_NO_RULE = EnvironmentPolicy(approval=Approval())
"""A policy by which nothing is judged and all is shown."""


def run(  # noqa: PLR0913  # every outside world that it may touch, which is what a reviewer wants to see
    inputs: VerifyEnvironmentInputs, files: Files, http: Http, clock: Clock, masks: Masks
) -> Report:
    """Reads the policy and what is so, and judges each rule; with `init` writes the policy instead."""
    policy = None if inputs.init else _policy(inputs, files)
    if isinstance(policy, Finding):
        return Report(findings=(policy,))
    if policy is None and _is_there(files, inputs.policy_file):
        return Report(findings=(Reasons.policy_exists(file=inputs.policy_file),))
    patience = Patience(http, clock, inputs.timeout.timedelta)
    github = GitHubClient(inputs.api_url, inputs.repository, inputs.github_token, patience)
    found = environment(github, inputs.environment)
    if found is None:
        plan = OF_PRIVATE if seems_private(github) else ""
        missing = Reasons.missing(rule="environment", environment=inputs.environment, plan=plan)
        return Report(findings=(missing,), outputs=_outputs(policy))
    observed = observe(github, found, inputs.ref, clock.now())
    notes: tuple[Finding, ...] = ()
    if policy.secrets if policy else inputs.app_id:
        places, notes = secret_places.read(inputs, patience, http, masks, observed.now)
        observed = msgspec.structs.replace(observed, secrets=places)
    observed = msgspec.structs.replace(observed, workflows=read_workflows(files, _workflows(inputs, policy)))
    judged = judge(policy or _NO_RULE, observed, inputs)
    findings = verdict(judged, observed, inputs) if policy else (_written(inputs, observed, files),)
    return Report(findings=(*findings, *notes), outputs=_outputs(policy, judged, found.name))


def _policy(inputs: VerifyEnvironmentInputs, files: Files) -> EnvironmentPolicy | Finding:
    """What the policy says of the environment, or the finding that it says nothing. Raises InvalidInput."""
    form = policy_document.read(files, inputs.policy_file, EnvironmentPolicyForm, input_name="policy-file")
    if form is None:
        return Reasons.no_policy(file=inputs.policy_file)
    known, found = ", ".join(sorted(form.environments)), form.environments.get(inputs.environment)
    return found or Reasons.not_listed(environment=inputs.environment, known=known, file=inputs.policy_file)


def _is_there(files: Files, path: str) -> bool:
    """Whether anything is at a path, a folder or what may not be read included."""
    try:
        files.read(path)
    except NotFound:
        return False
    except ServiceError:
        return True
    return True


def _workflows(inputs: VerifyEnvironmentInputs, policy: EnvironmentPolicy | None) -> tuple[str, ...]:
    """The workflows' files: those of the policy that are judged, or for a new policy the one that runs."""
    if policy:
        return judged_paths(policy, inputs)
    path = inputs.workflow_ref.path if inputs.workflow_ref else ""
    return (path,) if WorkflowPath.pattern.fullmatch(path) else ()


def _written(inputs: VerifyEnvironmentInputs, observed: Observed, files: Files) -> Finding:
    """Writes the policy, unless something went wrong that may go well the next time."""
    if observed.faults:
        return not_known("init", observed.faults[0])
    lines = tuple(written_policy.lines_of(observed, inputs))
    try:
        files.write(inputs.policy_file, written_policy.text(observed, lines).encode())
    except ServiceError as error:
        return Reasons.not_written(file=inputs.policy_file, cause=error)
    unread = ", ".join(line.rule for line in lines if line.is_unread) or "none"
    return Reasons.written(file=inputs.policy_file, environment=observed.environment.name, unread=unread)


def _outputs(
    policy: EnvironmentPolicy | None, judged: Sequence[Judged] = (), name: str | None = None
) -> VerifyEnvironmentOutputs:
    return VerifyEnvironmentOutputs(
        drift=tuple(one.row for one in judged) or None,
        approval_policy=_approval_policy(policy) if policy else None,
        environment=name,
    )


def _approval_policy(policy: EnvironmentPolicy) -> str:
    """What verify-approval reads."""
    on_approval = policy.on_approval
    among = policy.reviewers.among if policy.reviewers else None
    document = {
        "reviewers": policy.reviewers is not None,
        "self-approval": on_approval.self_approval,
        "administrator-bypass": on_approval.administrator_bypass,
        **({} if among is None else {"among": [str(one) for one in among]}),
    }
    return msgspec.json.encode(document).decode()


ACTION = Action(
    run=run,
    inputs=VerifyEnvironmentInputs,
    outputs=VerifyEnvironmentOutputs,
    reasons=Reasons,
    permissions={
        "actions": "how the environment is protected, and which apps guard it",
        "contents": "whether the branch is protected, where only protected ones may deploy",
    },
    documents={"deploy-environment": EnvironmentPolicyForm},
)
