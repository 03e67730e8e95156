"""Decides whether the gate may be passed by while Jira cannot be asked: never silently, never for long."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar

import msgspec

from deploy_actions.actions.jira_gate.reasons import Reasons
from deploy_actions.core.choices import Choice
from deploy_actions.core.service_errors import ServiceError
from deploy_actions.core.verdict import Finding
from deploy_actions.credentials.credential import NoDate
from deploy_actions.credentials.reading import moment_from_text

_LEAST_REASON_CHARACTERS = 20
_LONGEST = timedelta(hours=24)


class WhenUnavailable(Choice):
    """What follows when Jira cannot be asked."""

    __slots__ = ()
    words: ClassVar[tuple[str, ...]] = ("fail", "bypass")


class Bypass(msgspec.Struct, frozen=True, kw_only=True):
    """Who passes the gate by, why, until when, and who may."""

    actor: str
    reason: str
    until: str
    allowed_actors: tuple[str, ...]

    def judge(self, error: ServiceError, keys: Sequence[str], now: datetime) -> Finding:
        """A warning on record, or what is wrong with the bypass."""
        if problem := self._problem(now):
            return Reasons.bypass_refused(problem=problem)
        return Reasons.bypassed(
            error=error,
            actor=self.actor,
            until=self.until,
            reason=self.reason.strip(),
            keys=", ".join(keys) or "which issues it is about",
        )

    def _problem(self, now: datetime) -> str:
        if not self.actor or self.actor.lower() not in (actor.lower() for actor in self.allowed_actors):
            return "the actor is not among `bypass-allowed-actors`"
        if len(self.reason.strip()) < _LEAST_REASON_CHARACTERS:
            return f"its reason has fewer than {_LEAST_REASON_CHARACTERS} characters"
        try:
            until = moment_from_text(self.until, "its end")
        except NoDate:
            return "its end is no date and time, as in `2026-11-24T18:00Z`"
        if until <= now:
            return "its end has passed"
        return "its end is more than 24 hours away" if until - now > _LONGEST else ""
