"""Stops a deploy before it starts when a secret is missing, a placeholder, malformed, or expires too soon.

Reads the secrets named in the manifest and judges every one of them. Sends nothing anywhere, writes nothing.
"""

from collections.abc import Sequence

from deploy_actions.actions.preflight_secrets.judge import Moment, expiry_of, judge, judge_clock
from deploy_actions.actions.preflight_secrets.manifest import Manifest, Rule
from deploy_actions.actions.preflight_secrets.reasons import Reasons
from deploy_actions.actions.preflight_secrets.siblings import judge_siblings
from deploy_actions.core.action import Action
from deploy_actions.core.declare import Inputs, Outputs, optional, output, required
from deploy_actions.core.input_types import Duration
from deploy_actions.core.ports import Clock, Malformed, Secrets
from deploy_actions.core.secret import Secret
from deploy_actions.core.verdict import Finding, Reason, Report


class PreflightSecretsInputs(Inputs, frozen=True):
    """What the caller declares; the values come as environment variables of the same names."""

    secrets: Manifest = required(
        "The secrets that must be good: one name a line, or YAML with rules for each name (`kind`, `pattern`, "
        "`min-length`, `min-remaining`, `optional`, `same-as`). Map each value with `env:` under the same name."
    )
    deploy_window: Duration = optional(
        "60m", "How long the deploy may take: no credential may expire before this time is over."
    )
    clock_skew: Duration = optional(
        "60s", "How far this host's clock may be behind the issuer's: granted to start dates, never to end dates."
    )


class PreflightSecretsOutputs(Outputs, frozen=True):
    """Lists are JSON lists of secret names."""

    missing: tuple[str, ...] | None = output("Names of the secrets that are unset or empty, as a JSON list.")
    absent: tuple[str, ...] | None = output("Names of the optional secrets that are not set, as a JSON list.")
    expired: tuple[str, ...] | None = output("Names of the secrets that have expired, as a JSON list.")
    expiring: tuple[str, ...] | None = output(
        "Names of the secrets that expire before the deploy window and their `min-remaining` are over, as a JSON list."
    )
    earliest_expiry: str | None = output("The earliest date on which a secret expires, in RFC 3339; empty if unknown.")


def run(inputs: PreflightSecretsInputs, secrets: Secrets, clock: Clock) -> Report:
    """Judges each secret of the manifest, and each one handed over in a slot that the manifest does not name."""
    moment = Moment(clock.now(), inputs.deploy_window, inputs.clock_skew)
    rules = (*inputs.secrets, *_rules_for_unnamed(inputs.secrets, secrets.slot_names()))
    values, findings = _read(rules, secrets)
    judged = [rule for rule in rules if rule.name in values]
    findings += [finding for rule in judged for finding in judge(rule, values[rule.name], moment)]
    findings += [*judge_siblings(judged, values), *judge_clock(moment.now)]
    if not rules:
        findings.append(Reasons.none_declared())
    expiries = [expiry for rule in judged if (expiry := expiry_of(rule, values[rule.name]))]
    return Report(
        findings=tuple(findings),
        outputs=PreflightSecretsOutputs(
            missing=_names(findings, Reasons.missing),
            absent=_names(findings, Reasons.absent),
            expired=_names(findings, Reasons.expired),
            expiring=_names(findings, Reasons.expiring),
            earliest_expiry=min(expiries).isoformat() if expiries else None,
        ),
    )


def _read(rules: Sequence[Rule], secrets: Secrets) -> tuple[dict[str, Secret | None], list[Finding]]:
    """The values that can be read, and a finding for each that cannot, which keeps no other from being judged."""
    values: dict[str, Secret | None] = {}
    findings: list[Finding] = []
    for rule in rules:
        try:
            values[rule.name] = secrets.value(rule.name)
        except Malformed as error:
            findings.append(Reasons.unreadable(secret=rule.name, problem=error.cause))
    return values, findings


def _rules_for_unnamed(manifest: Manifest, slot_names: tuple[str, ...]) -> list[Rule]:
    named = {rule.name.upper() for rule in manifest}
    return [Rule(name=name) for name in slot_names if name.upper() not in named]


def _names(findings: list[Finding], reason: Reason) -> tuple[str, ...]:
    return tuple(finding.secret for finding in findings if finding.reason_code == reason.code and finding.secret)


ACTION = Action(
    run=run,
    inputs=PreflightSecretsInputs,
    outputs=PreflightSecretsOutputs,
    reasons=Reasons,
    permissions={},
)
