"""Judges secrets against each other: the same value under two names is mostly a slip of copy and paste."""

from collections.abc import Mapping, Sequence

from deploy_actions.actions.preflight_secrets.manifest import Rule
from deploy_actions.actions.preflight_secrets.reasons import Reasons
from deploy_actions.core.secret import Secret
from deploy_actions.core.verdict import Finding
from deploy_actions.credentials.placeholders import placeholder


def judge_siblings(rules: Sequence[Rule], values: Mapping[str, Secret | None]) -> list[Finding]:
    """A finding for each value that an earlier name has already, unless `same-as` says that it is meant."""
    first: dict[str, Rule] = {}
    findings: list[Finding] = []
    for rule in rules:
        if rule.same_as and rule.same_as not in values:
            findings.append(Reasons.same_as_unknown(secret=rule.name, other=rule.same_as))
        secret = values[rule.name]
        if secret is None or placeholder(secret.reveal()):
            continue
        other = first.setdefault(secret.reveal().strip(), rule)
        if other is not rule and not _meant(rule, other):
            findings.append(Reasons.duplicate(secret=rule.name, other=other.name))
    return findings


def _meant(rule: Rule, other: Rule) -> bool:
    return (
        rule.same_as == other.name
        or other.same_as == rule.name
        or (rule.same_as is not None and rule.same_as == other.same_as)
    )
