"""Decides whether a version goes forward from what is live. Pure: what is known is given."""

import msgspec

from deploy_actions.actions.version_gate.inputs import VersionGateInputs
from deploy_actions.actions.version_gate.reasons import Reasons
from deploy_actions.clients.github_comparison import Comparison
from deploy_actions.core.override import LEAST_REASON_CHARACTERS
from deploy_actions.core.verdict import Finding


class Live(msgspec.Struct, frozen=True):
    """What is live: as people know it, and what GitHub is asked for. `is_this` if it is the version to be deployed."""

    shown: str
    ref: str
    is_this: bool


def judge(inputs: VersionGateInputs, live: Live, comparison: Comparison | None) -> Finding:
    """The finding for a version that is not live; `comparison` is None where GitHub does not know what is live."""
    version = inputs.shown_version
    if comparison is None:
        return _unless_allowed(
            inputs, live, "not to be compared with", Reasons.commit_unknown(live=live.shown, sha=inputs.sha)
        )
    if comparison.status == "ahead":
        return Reasons.newer(version=version, count=_commits(comparison.ahead_by), live=live.shown)
    if comparison.status == "identical":
        return Reasons.same_commit(version=version, live=live.shown)
    behind = _commits(comparison.behind_by)
    if comparison.status == "behind":
        finding = Reasons.backwards(version=version, count=behind, live=live.shown, sha=inputs.sha)
        return _unless_allowed(inputs, live, f"{behind} behind", finding)
    finding = Reasons.diverged(version=version, behind=behind, live=live.shown, sha=inputs.sha)
    return _unless_allowed(inputs, live, "not a successor of", finding)


def _unless_allowed(inputs: VersionGateInputs, live: Live, relation: str, finding: Finding) -> Finding:
    """The finding, unless this very commit is named, with a reason, as one that may go out."""
    if inputs.allow_older != inputs.sha:
        return finding
    reason = inputs.allow_older_reason.strip()
    if len(reason) < LEAST_REASON_CHARACTERS:
        return Reasons.reason_missing(least=LEAST_REASON_CHARACTERS)
    return Reasons.deliberately_older(
        version=inputs.shown_version,
        relation=relation,
        live=live.shown,
        actor=inputs.actor or "whoever started it",
        reason=reason,
    )


def _commits(count: int) -> str:
    return "1 commit" if count == 1 else f"{count} commits"
