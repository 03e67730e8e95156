"""Judges one secret: pure, from what was read from it, what its service answered, and the moment."""

from collections.abc import Iterator

from deploy_actions.actions.preflight_secrets.dates import Dates, Moment, judge_dates
from deploy_actions.actions.preflight_secrets.examine import Examined
from deploy_actions.actions.preflight_secrets.manifest import Rule
from deploy_actions.actions.preflight_secrets.probes.probe import Answer
from deploy_actions.actions.preflight_secrets.reasons import Reasons
from deploy_actions.core.secret import MINIMUM_MASKABLE_LENGTH
from deploy_actions.core.service_errors import Refused, ServiceError
from deploy_actions.core.verdict import Decision, Finding
from deploy_actions.credentials.credential import NoDate
from deploy_actions.credentials.placeholders import placeholder

Outcome = Answer | ServiceError | None
"""What a probe came to; None where there was none."""


def judge(examined: Examined, outcome: Outcome, moment: Moment) -> tuple[Finding, ...]:
    """All that is to be said of one secret; never empty."""
    rule = examined.rule
    if examined.secret is None:
        return ((Reasons.absent if rule.optional else Reasons.missing)(secret=rule.name),)
    faults = tuple(_faults(rule, examined.secret.reveal()))
    if is_unusable(faults):
        return faults
    faults = (*faults, *_judge_credential(examined), *_judge_outcome(examined, outcome))
    dates = _judge_dates(examined, outcome, moment)
    if isinstance(outcome, Answer) and dates.reason_code == Reasons.present.code:
        return faults
    blocked = any(fault.decision in (Decision.FAIL, Decision.CANNOT_VERIFY) for fault in faults)
    return faults if blocked and dates.decision is Decision.PASS else (*faults, dates)


def is_out_of_the_question(examined: Examined) -> bool:
    """Whether the value by itself cannot be good: there is none, it is a placeholder, or it breaks its rule."""
    faults = _faults(examined.rule, examined.secret.reveal()) if examined.secret else ()
    return examined.secret is None or any(fault.decision is Decision.FAIL for fault in faults)


def is_unusable(faults: tuple[Finding, ...]) -> bool:
    """Whether nothing more is to be said."""
    return any(fault.reason_code in (Reasons.placeholder.code, Reasons.too_short.code) for fault in faults)


def _faults(rule: Rule, value: str) -> Iterator[Finding]:
    bare = value.strip()
    if what := placeholder(value):
        yield Reasons.placeholder(secret=rule.name, what=what)
        return
    if bare != value and not _ends_as_pem_does(value):
        yield Reasons.white_space(secret=rule.name)
    if len(bare) < MINIMUM_MASKABLE_LENGTH:
        yield Reasons.too_short(secret=rule.name, minimum=MINIMUM_MASKABLE_LENGTH)
    elif len(bare) < rule.min_length:
        yield Reasons.shorter_than_rule(secret=rule.name, minimum=rule.min_length)
    if rule.pattern and not rule.pattern.fullmatch(bare):
        yield Reasons.pattern_mismatch(secret=rule.name)


def _ends_as_pem_does(value: str) -> bool:
    """PEM ends in a line end, and OpenSSH refuses a key without it."""
    return value == value.lstrip() and value.removesuffix("\n").endswith("-----")


def _judge_credential(examined: Examined) -> Iterator[Finding]:
    for other in examined.missing_companions:
        yield Reasons.companion_missing(secret=examined.name, other=other)
    if examined.credential is None:
        return
    for weakness in examined.credential.weaknesses:
        yield Reasons.weak(secret=examined.name, kind=examined.words, weakness=weakness)
    for concern in examined.credential.concerns:
        yield Reasons.questionable(secret=examined.name, kind=examined.words, concern=concern)


def _judge_outcome(examined: Examined, outcome: Outcome) -> Iterator[Finding]:
    if isinstance(outcome, Refused):
        yield Reasons.refused(secret=examined.name, service=outcome.service, error=outcome)
    elif isinstance(outcome, ServiceError):
        yield Reasons.probe_impossible(secret=examined.name, service=outcome.service, error=outcome)
    elif outcome:
        for concern in outcome.concerns:
            yield Reasons.questionable(secret=examined.name, kind=examined.words, concern=concern)
        yield Reasons.accepted(secret=examined.name, where=outcome.where)


def _judge_dates(examined: Examined, outcome: Outcome, moment: Moment) -> Finding:
    rule, problem = examined.rule, examined.problem
    if isinstance(problem, NoDate):
        return Reasons.expiry_unreadable(secret=rule.name, problem=str(problem))
    if problem:
        return Reasons.malformed(secret=rule.name, kind=examined.words, problem=str(problem))
    dates = dates_of(examined, outcome)
    if examined.credential is None and dates.expires is None:
        if rule.min_remaining:
            return Reasons.expiry_unreadable(secret=rule.name, problem="its kind states none")
        return Reasons.present(secret=rule.name)
    return judge_dates(rule, dates, moment)


def dates_of(examined: Examined, outcome: Outcome) -> Dates:
    """The dates that the credential states and that its service told: of two ends the earlier."""
    credential = examined.credential
    ends = [
        end
        for end in (
            credential.expires if credential else None,
            outcome.expires if isinstance(outcome, Answer) else None,
        )
        if end
    ]
    return Dates(
        kind=examined.words,
        not_before=credential.not_before if credential else None,
        expires=min(ends, default=None),
        note=credential.note if credential else "",
    )
