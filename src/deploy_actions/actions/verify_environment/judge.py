"""Holds what is so against the policy, rule by rule, and says what follows. Pure."""

from collections.abc import Sequence

import msgspec

from deploy_actions.actions.verify_environment import concurrency_guard, protection, refs, secret_places, workflow_guard
from deploy_actions.actions.verify_environment.inputs import VerifyEnvironmentInputs
from deploy_actions.actions.verify_environment.judged import Judged, compared
from deploy_actions.actions.verify_environment.observation import Observed
from deploy_actions.actions.verify_environment.policy import EnvironmentPolicy
from deploy_actions.actions.verify_environment.reasons import OF_PRIVATE, Reasons
from deploy_actions.core.verdict import Decision, Finding


def judge(policy: EnvironmentPolicy, observed: Observed, inputs: VerifyEnvironmentInputs) -> tuple[Judged, ...]:
    """Each rule; what the policy does not have is shown where it is known."""
    judged = (
        _name(observed, inputs),
        protection.reviewers(policy, observed),
        protection.self_review(policy, observed),
        protection.wait_timer(policy, observed),
        refs.branches(policy, observed),
        refs.ref(policy, observed, inputs.ref),
        protection.custom_rules(policy, observed),
        protection.administrators(policy, observed),
        secret_places.secrets(policy, observed),
        workflow_guard.workflow(policy, observed, inputs),
        concurrency_guard.concurrency(policy, observed),
    )
    return tuple(one for one in judged if one.is_in_policy or one.row.actual)


def verdict(judged: Sequence[Judged], observed: Observed, inputs: VerifyEnvironmentInputs) -> tuple[Finding, ...]:
    """All that is to be said; that the environment is as approved only where nothing else is."""
    findings = tuple(_as_asked(finding, one, inputs) for one in judged for finding in one.findings)
    if findings:
        return findings
    count = sum(one.is_in_policy for one in judged)
    plan = OF_PRIVATE if observed.is_private else ""
    return (Reasons.as_approved(environment=inputs.environment, count=count, plan=plan),)


def _name(observed: Observed, inputs: VerifyEnvironmentInputs) -> Judged:
    """The name, letter by letter: GitHub finds it in any case."""
    asked, actual = inputs.environment, observed.environment.name
    differs = Reasons.named_differently(rule="environment", environment=asked, actual=actual)
    return compared("environment", asked, actual, None if asked == actual else differs)


def _as_asked(finding: Finding, one: Judged, inputs: VerifyEnvironmentInputs) -> Finding:
    """A warning where the caller lets pass what these credentials may not read."""
    if one.may_warn and inputs.unverifiable == "warn":
        return msgspec.structs.replace(finding, decision=Decision.WARN)
    return finding
