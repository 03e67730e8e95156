"""Says what follows from the state of the calendar, with or without an override."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from deploy_actions.actions.deploy_calendar.reasons import Reasons
from deploy_actions.actions.deploy_calendar.state import LOOKS_AHEAD, Frozen, State
from deploy_actions.actions.deploy_calendar.wall_clock import shown
from deploy_actions.core.override import Override
from deploy_actions.core.verdict import Finding

_EARLIEST_NOW, _LATEST_NOW = datetime(2026, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""This was written in 2026: a clock that shows an earlier year is one that was never set."""


def implausible(now: datetime) -> Finding | None:
    """What is wrong with this host's clock, if it is beyond doubt."""
    if _EARLIEST_NOW <= now < _LATEST_NOW:
        return None
    return Reasons.clock_implausible(now=f"{now:%Y-%m-%d %H:%M} UTC")


def judge(state: State, override: Override | None, now: datetime, zone: ZoneInfo) -> tuple[Finding, ...]:
    """All that is to be said of the calendar now. An override counts only while the calendar is closed."""
    if state.is_open:
        inside = f", inside the deploy hours `{state.hours}`" if state.hours else ""
        finding = Reasons.is_open(now=shown(now, zone), inside=inside, until=_until(state.changes, zone))
        return (finding, Reasons.not_needed()) if override else (finding,)
    opening = _opening(state.changes, zone)
    closed = _closed(state, opening, now, zone)
    if not override:
        return closed
    if problem := override.problem(now):
        return (Reasons.override_refused(problem=problem, opening=opening), *closed)
    what = " ".join(finding.message for finding in closed)
    reason = override.reason.strip()
    return (Reasons.overridden(actor=override.actor, until=override.until, reason=_sentence(reason), what=what),)


def _closed(state: State, opening: str, now: datetime, zone: ZoneInfo) -> tuple[Finding, ...]:
    findings = tuple(_frozen(frozen, opening, zone) for frozen in state.frozen)
    return (*findings, Reasons.outside(now=shown(now, zone), opening=opening)) if state.is_outside_hours else findings


def _frozen(frozen: Frozen, opening: str, zone: ZoneInfo) -> Finding:
    name, reason = frozen.freeze.name, frozen.freeze.reason.strip()
    until = _until(frozen.until, zone)
    return Reasons.frozen(rule=name, name=name, until=until, reason=f" {_sentence(reason)}".rstrip(), opening=opening)


def _opening(moment: datetime | None, zone: ZoneInfo) -> str:
    return f"at {shown(moment, zone)}" if moment else f"but not within {LOOKS_AHEAD.days} days"


def _until(moment: datetime | None, zone: ZoneInfo) -> str:
    return f"until {shown(moment, zone)}" if moment else f"for {LOOKS_AHEAD.days} days and longer"


def _sentence(text: str) -> str:
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."
