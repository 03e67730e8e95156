"""Judges one secret: pure, from its rule, its value and the moment."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from deploy_actions.actions.preflight_secrets.kinds import KINDS, OPAQUE, Kind, kind_of
from deploy_actions.actions.preflight_secrets.manifest import Rule
from deploy_actions.actions.preflight_secrets.placeholders import placeholder
from deploy_actions.actions.preflight_secrets.reasons import Reasons
from deploy_actions.actions.preflight_secrets.validity import NoDate, Unreadable, Validity
from deploy_actions.core.input_types import Duration, format_seconds
from deploy_actions.core.secret import MINIMUM_MASKABLE_LENGTH, Secret
from deploy_actions.core.verdict import Decision, Finding

_LAST_MOMENT = datetime.max.replace(tzinfo=UTC)
_WRITTEN = datetime(2026, 11, 1, tzinfo=UTC)
"""No clock that goes right can say an earlier time than that at which this was written."""


class Moment(msgspec.Struct, frozen=True):
    """When the deploy starts, how long it may take, and how far this host's clock may be behind."""

    now: datetime
    window: Duration
    skew: Duration

    def deadline(self, rule: Rule) -> datetime:
        """Until when the credential must last: the end of the deploy window, and the rule's `min-remaining` more."""
        margin = rule.min_remaining.timedelta if rule.min_remaining else timedelta()
        return self.now + min(self.window.timedelta + margin, _LAST_MOMENT - self.now)


def judge_clock(now: datetime) -> tuple[Finding, ...]:
    """A finding when the clock is certainly wrong: by a clock that stands in the past, what has expired looks valid."""
    return (Reasons.clock_implausible(now=_date(now)),) if now < _WRITTEN else ()


def judge(rule: Rule, secret: Secret | None, moment: Moment) -> tuple[Finding, ...]:
    """All that is to be said of one secret; never empty."""
    if secret is None:
        reason = Reasons.absent if rule.optional else Reasons.missing
        return (reason(secret=rule.name),)
    value = secret.reveal()
    faults = tuple(_faults(rule, value))
    if _is_unusable(faults):
        return faults
    dates = _judge_dates(rule, value.strip(), moment)
    blocked = any(fault.decision is Decision.FAIL for fault in faults)
    return faults if blocked and dates.decision is Decision.PASS else (*faults, dates)


def _faults(rule: Rule, value: str) -> Iterator[Finding]:
    bare = value.strip()
    if what := placeholder(value):
        yield Reasons.placeholder(secret=rule.name, what=what)
        return
    if bare != value:
        yield Reasons.white_space(secret=rule.name)
    if len(bare) < MINIMUM_MASKABLE_LENGTH:
        yield Reasons.too_short(secret=rule.name, minimum=MINIMUM_MASKABLE_LENGTH)
    elif len(bare) < rule.min_length:
        yield Reasons.shorter_than_rule(secret=rule.name, minimum=rule.min_length)
    if rule.pattern and not rule.pattern.fullmatch(bare):
        yield Reasons.pattern_mismatch(secret=rule.name)


def _is_unusable(faults: tuple[Finding, ...]) -> bool:
    return any(fault.reason_code in (Reasons.placeholder.code, Reasons.too_short.code) for fault in faults)


def _judge_dates(rule: Rule, value: str, moment: Moment) -> Finding:
    kind = _kind(rule, value)
    if kind is None:
        if rule.min_remaining:
            return Reasons.expiry_unreadable(secret=rule.name, problem="its kind states none")
        return Reasons.present(secret=rule.name)
    try:
        return _judge_validity(rule, kind.read(value), moment)
    except NoDate as error:
        return Reasons.expiry_unreadable(secret=rule.name, problem=str(error))
    except Unreadable as error:
        return Reasons.malformed(secret=rule.name, kind=kind.NAME, problem=str(error))


def _kind(rule: Rule, value: str) -> Kind | None:
    if rule.kind == OPAQUE:
        return None
    return KINDS[rule.kind] if rule.kind else kind_of(value)


def _judge_validity(rule: Rule, validity: Validity, moment: Moment) -> Finding:
    name, kind, expires = rule.name, validity.kind, validity.expires
    if expires and expires <= moment.now:
        ago = format_seconds((moment.now - expires).total_seconds())
        return Reasons.expired(secret=name, kind=kind, expires=_date(expires), ago=ago)
    if validity.not_before and validity.not_before - moment.now > moment.skew.timedelta:
        wait = format_seconds((validity.not_before - moment.now).total_seconds())
        starts = _date(validity.not_before)
        return Reasons.not_yet_valid(secret=name, kind=kind, starts=starts, wait=wait, skew=moment.skew)
    if expires is None:
        if rule.min_remaining:
            return Reasons.expiry_unreadable(secret=name, problem=f"it is a {kind} that states none")
        return Reasons.no_expiry(secret=name, kind=kind, note=validity.note)
    left = format_seconds((expires - moment.now).total_seconds())
    if expires < moment.deadline(rule):
        margin = f" and its `min-remaining` of {rule.min_remaining}" if rule.min_remaining else ""
        return Reasons.expiring(
            secret=name,
            kind=kind,
            expires=_date(expires),
            left=left,
            deadline=_date(moment.deadline(rule)),
            window=moment.window,
            margin=margin,
        )
    return Reasons.valid(secret=name, kind=kind, expires=_date(expires), left=left, note=validity.note)


def _date(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def expiry_of(rule: Rule, secret: Secret | None) -> datetime | None:
    """When the credential expires; None if it is absent or states no date that can be read."""
    value = secret.reveal().strip() if secret else ""
    kind = _kind(rule, value) if value else None
    try:
        return kind.read(value).expires if kind else None
    except Unreadable:
        return None
