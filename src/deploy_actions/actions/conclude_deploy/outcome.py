"""Decides what came of a deploy, from how its steps went and the failure policy. Pure."""

import msgspec

from deploy_actions.actions.conclude_deploy.gates import Gate, Gates
from deploy_actions.actions.conclude_deploy.reasons import Reasons
from deploy_actions.core.verdict import Finding, Reason

_NOT_BEGUN = (
    "no-healthy-version",
    "migration-forbids-rollback",
    "marker-forbids-rollback",
    "changes-unknown",
    "invalid-input",
    "secret-missing",
    "command-not-found",
    "command-not-executable",
    "service-refused",
    "service-not-found",
    "service-rate-limited",
    "service-malformed",
)
"""Reasons with which a rollback did not begin. `service-unreachable` is none: the command may have lost its keeper."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What the words of a verdict need besides the steps. `restored` is the version that a rollback brought back."""

    version: str
    environment: str
    policy: str
    last_healthy_version: str | None = None
    restored: str | None = None
    runbook_url: str = ""


def judge(gates: Gates, facts: Facts) -> Finding:
    """The verdict on the whole."""
    gate, deploy, health = gates.named("version-gate"), gates.named("run-deploy"), gates.named("health-check")
    if not deploy.ran:
        return _without_deploy(gates, gate, health, facts)
    if deploy.is_good and (health.is_good or not health.ran):
        reason = Reasons.degraded if health.decision == "warn" else Reasons.deployed
        return _say(reason, facts, health=health)
    cause = _words(deploy if not deploy.is_good else health)
    if facts.policy == "rollback" and gates.named("run-rollback").ran:
        return _after_rollback(gates, facts, cause)
    if _is_broken_off(deploy) and facts.policy != "hold":
        return _say(Reasons.interrupted, facts, cause=cause)
    return _say(Reasons.held if facts.policy == "hold" else Reasons.fix_forward, facts, cause=cause)


def _without_deploy(gates: Gates, gate: Gate, health: Gate, facts: Facts) -> Finding:
    if gate.is_good and gate.reason_code == "superseded":
        return _say(Reasons.superseded, facts)
    if gate.is_good and gate.reason_code == "already-live":
        bad = gates.stopping
        if bad is None:
            return _say(Reasons.already_live, facts, health=health)
        if bad.name == "health-check":
            return _say(Reasons.already_unhealthy, facts, cause=_words(health))
    bad = gates.stopping
    cause = _words(bad) if bad else "the job ended before the step that deploys"
    return _say(Reasons.not_deployed, facts, cause=cause, gate=f"`{bad.name}`" if bad else "the job's log")


def _after_rollback(gates: Gates, facts: Facts, cause: str) -> Finding:
    rollback, after = gates.named("run-rollback"), gates.named("health-check-after-rollback")
    if not rollback.is_good:
        begun = rollback.reason_code not in _NOT_BEGUN
        reason = Reasons.rollback_failed if begun else Reasons.rollback_forbidden
        return _say(reason, facts, cause=cause, after=_words(rollback))
    if after.ran and after.decision != "fail" and not after.is_good:
        return _say(Reasons.rollback_unchecked, facts, cause=cause, after=_words(after))
    if after.ran and not after.is_good:
        return _say(Reasons.rollback_unhealthy, facts, cause=cause, after=_words(after))
    return _say(Reasons.rolled_back, facts, cause=cause, health=after)


def _is_broken_off(deploy: Gate) -> bool:
    return not deploy.decision or deploy.reason_code in ("deploy-interrupted", "interrupted")


def _words(gate: Gate) -> str:
    if not gate.decision:
        return f"`{gate.name}` ended without a verdict ({gate.outcome or 'unknown'})"
    return f"`{gate.name}` says `{gate.reason_code or gate.decision}`"


def _say(reason: Reason, facts: Facts, *, health: Gate | None = None, **more: str) -> Finding:
    last = facts.last_healthy_version
    return reason(
        version=facts.version,
        environment=facts.environment,
        restored=facts.restored or "the version before",
        healthy=f"The last healthy version was {last}." if last else "Which version was last healthy is not known.",
        health=_health(health),
        runbook=f" The runbook: {facts.runbook_url}" if facts.runbook_url else "",
        **{"cause": "", "after": "", "gate": "", **more},  # type: ignore[arg-type]  # facts for the words
    )


def _health(health: Gate | None) -> str:
    if health is None or not health.ran:
        return "; no health check was made"
    return ", and healthy" if health.decision != "warn" else ", and something that is not critical is impaired"
