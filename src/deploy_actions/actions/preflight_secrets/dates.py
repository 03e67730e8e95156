"""Judges the dates of a credential against the moment and the deploy window."""

from datetime import UTC, datetime, timedelta

import msgspec

from deploy_actions.actions.preflight_secrets.manifest import Rule
from deploy_actions.actions.preflight_secrets.reasons import Reasons
from deploy_actions.core.input_types import Duration, format_seconds
from deploy_actions.core.verdict import Finding

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


class Dates(msgspec.Struct, frozen=True):
    """What is known of a credential's dates, from itself and from its service."""

    kind: str
    not_before: datetime | None
    expires: datetime | None
    note: str


def judge_clock(now: datetime) -> tuple[Finding, ...]:
    """A finding when the clock is certainly wrong: by a clock that stands in the past, what has expired looks valid."""
    return (Reasons.clock_implausible(now=in_words(now)),) if now < _WRITTEN else ()


def judge_dates(rule: Rule, dates: Dates, moment: Moment) -> Finding:
    """Expired, not yet valid, expiring, or valid."""
    name, kind, expires = rule.name, dates.kind, dates.expires
    if expires and expires <= moment.now:
        ago = format_seconds((moment.now - expires).total_seconds())
        return Reasons.expired(secret=name, kind=kind, expires=in_words(expires), ago=ago)
    if dates.not_before and dates.not_before - moment.now > moment.skew.timedelta:
        return _not_yet_valid(rule, dates, moment)
    if expires is None:
        if rule.min_remaining:
            return Reasons.expiry_unreadable(secret=name, problem=f"it is a {kind} that states none")
        return Reasons.no_expiry(secret=name, kind=kind, note=dates.note)
    left = format_seconds((expires - moment.now).total_seconds())
    if expires < moment.deadline(rule):
        return _expiring(rule, dates, moment, left)
    return Reasons.valid(secret=name, kind=kind, expires=in_words(expires), left=left, note=dates.note)


def _not_yet_valid(rule: Rule, dates: Dates, moment: Moment) -> Finding:
    starts = dates.not_before or moment.now
    wait = format_seconds((starts - moment.now).total_seconds())
    return Reasons.not_yet_valid(
        secret=rule.name, kind=dates.kind, starts=in_words(starts), wait=wait, skew=moment.skew
    )


def _expiring(rule: Rule, dates: Dates, moment: Moment, left: str) -> Finding:
    return Reasons.expiring(
        secret=rule.name,
        kind=dates.kind,
        expires=in_words(dates.expires or moment.now),
        left=left,
        deadline=in_words(moment.deadline(rule)),
        window=moment.window,
        margin=f" and its `min-remaining` of {rule.min_remaining}" if rule.min_remaining else "",
    )


def in_words(moment: datetime) -> str:
    """A moment for people, to the minute."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"
