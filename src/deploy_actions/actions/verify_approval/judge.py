"""Decides whether the right people let this run pass. Pure: what is known is given."""

from collections.abc import Iterator

import msgspec

from deploy_actions.actions.verify_approval.approvers import is_login, outsiders, perhaps_members
from deploy_actions.actions.verify_approval.inputs import VerifyApprovalInputs
from deploy_actions.actions.verify_approval.reasons import Reasons
from deploy_actions.actions.verify_approval.waits import Waits, together
from deploy_actions.clients.github_runs import Review
from deploy_actions.core.moments import written
from deploy_actions.core.verdict import Decision, Finding


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What GitHub tells of the run and the environment. `reviews` are of this environment alone, and by people."""

    reviewers: tuple[str, ...]
    reviews: tuple[Review, ...]
    is_pending: bool
    waits: Waits = Waits()

    @property
    def waited(self) -> int:
        """How often jobs of the run waited and were let through, those that were so at once counted once."""
        return len(tuple(together(self.waits.ended)))

    @property
    def approving(self) -> tuple[str, ...]:
        """Who approved, each once."""
        return tuple(dict.fromkeys(one.user for one in self.reviews if one.state == "approved"))

    @property
    def approvals(self) -> int:
        """How many approvals there were."""
        return sum(one.state == "approved" for one in self.reviews)

    @property
    def approved_at(self) -> str | None:
        """When this attempt's last wait ended, if somebody approved."""
        last = self.waits.last
        return written(last.until) if last and self.approvals else None


def judge(inputs: VerifyApprovalInputs, known: Known) -> tuple[Finding, ...]:
    """All that is to be said of who let the run pass."""
    name, policy = inputs.environment, inputs.approval_policy
    rejecting = list(dict.fromkeys(one.user for one in known.reviews if one.state == "rejected"))
    notes = (Reasons.rejected(who=", ".join(rejecting), environment=name),) if rejecting else ()
    if not known.reviewers:
        none = Reasons.no_reviewers if policy.reviewers else Reasons.none_needed
        return (none(environment=name), *notes)
    held = (known.approving, known.reviewers, policy.among, name)
    found = (*_passed_by(inputs, known), *_by_themselves(inputs, known), *outsiders(*held))
    return (*(found or (_approved(inputs, known),)), *perhaps_members(*held), *notes)


def bypassed(known: Known) -> bool | None:
    """Whether reviewers were passed by; None where that is not known."""
    if not known.reviewers:
        return False
    if not known.approvals or known.is_pending:
        return True
    return None if _uncertain(known) else False


def self_approved(inputs: VerifyApprovalInputs, known: Known) -> bool | None:
    """Whether one of those who approved had started the run; None where GitHub does not name all of them."""
    if _themselves(inputs, known):
        return True
    return None if any(not is_login(one) for one in known.approving) else False


def _passed_by(inputs: VerifyApprovalInputs, known: Known) -> Iterator[Finding]:
    strictness = inputs.approval_policy.administrator_bypass
    if not known.approvals:
        yield _as_strict(strictness, Reasons.bypassed(environment=inputs.environment))
    elif why := _uncertain(known):
        another = Reasons.another_job if inputs.run_attempt == 1 else Reasons.another_attempt
        yield _as_strict(strictness, another(why=why))
    if known.is_pending:
        yield _as_strict(strictness, Reasons.still_waits(environment=inputs.environment))


def _by_themselves(inputs: VerifyApprovalInputs, known: Known) -> Iterator[Finding]:
    strictness = inputs.approval_policy.self_approval
    if own := _themselves(inputs, known):
        yield _as_strict(strictness, Reasons.self_approved(who=", ".join(own), environment=inputs.environment))


def _themselves(inputs: VerifyApprovalInputs, known: Known) -> list[str]:
    """Those who approved and had started the run, or this attempt of it. The case of logins does not count."""
    started = {inputs.actor.casefold(), inputs.triggering_actor.casefold()}
    return [one for one in known.approving if one.casefold() in started]


def _uncertain(known: Known) -> str:
    """Why an approval may be another's; empty where each wait had its own."""
    if known.waits.doubt:
        return known.waits.doubt
    if known.waited > known.approvals:
        return f"jobs of this run waited {known.waited} times, and were approved {known.approvals} times"
    return ""


def _approved(inputs: VerifyApprovalInputs, known: Known) -> Finding:
    when = f" at {known.approved_at}" if known.approved_at else "; GitHub does not tell when"
    return Reasons.approved(who=", ".join(known.approving), environment=inputs.environment, when=when)


def _as_strict(strictness: str, finding: Finding) -> Finding:
    return msgspec.structs.replace(finding, decision=Decision.WARN) if strictness == "warn" else finding
