"""What came of a rule: its row beside what is so, and what is to be said of it."""

from collections.abc import Sequence

import msgspec

from deploy_actions.actions.verify_environment.inputs import Drift
from deploy_actions.actions.verify_environment.observation import Unread
from deploy_actions.actions.verify_environment.reasons import Reasons
from deploy_actions.core.verdict import Finding

_MAY_WARN = "Or check it by hand, and let it pass with `unverifiable: warn`."


class Judged(msgspec.Struct, frozen=True):
    """A rule, judged; without findings it holds, or is not in the policy.

    `may_warn`: it is unverifiable for a lack of a permission alone, so that the caller may let it pass.
    """

    row: Drift
    findings: tuple[Finding, ...] = ()
    may_warn: bool = False

    @property
    def is_in_policy(self) -> bool:
        """Whether the policy has the rule."""
        return self.row.state != "not-in-policy"


def shown_only(rule: str, actual: str) -> Judged:
    """What is so of a rule that the policy does not have; empty where that is not known."""
    return Judged(Drift(rule=rule, actual=actual or None, state="not-in-policy"))


def compared(rule: str, policy: str, actual: str, *findings: Finding | None) -> Judged:
    """A rule that holds, unless there is a finding."""
    found = tuple(finding for finding in findings if finding)
    return Judged(Drift(rule=rule, policy=str(policy), actual=actual or None, state=_state(found)), found)


def unread(rule: str, policy: str, what: Unread) -> Judged:
    """A rule of the policy beside what could not be read."""
    row = Drift(rule=rule, policy=str(policy), state="unverifiable")
    return Judged(row, (not_known(rule, what),), may_warn=what.is_permission)


def not_known(rule: str, what: Unread) -> Finding:
    """The finding for what could not be read."""
    if what.is_fault:
        return Reasons.not_read(rule=rule, cause=what.cause)
    needs = f"{what.needs} {_MAY_WARN}" if what.is_permission else what.needs
    return Reasons.unverifiable(rule=rule, cause=what.cause, needs=needs.strip())


def listed(names: Sequence[str], none: str = "none") -> str:
    """Names for people."""
    return ", ".join(names) if names else none


def _state(findings: Sequence[Finding]) -> str:
    """What is certainly wrong outranks what is not known."""
    unknown = (Reasons.unverifiable.code, Reasons.not_read.code, Reasons.not_looked_into.code)
    codes = [finding.reason_code for finding in findings]
    certain = [code for code in codes if code not in unknown]
    if not codes:
        return "same"
    if not certain:
        return "unverifiable"
    return "unsupported" if set(certain) == {Reasons.without_rule.code} else "differs"
