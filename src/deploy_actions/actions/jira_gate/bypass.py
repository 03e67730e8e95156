"""Decides whether the gate may be passed by while Jira cannot be asked: never silently, never for long."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from deploy_actions.actions.jira_gate.reasons import Reasons
from deploy_actions.core.choices import Choice
from deploy_actions.core.override import Override
from deploy_actions.core.service_errors import ServiceError
from deploy_actions.core.verdict import Finding


class WhenUnavailable(Choice):
    """What follows when Jira cannot be asked."""

    __slots__ = ()
    words: ClassVar[tuple[str, ...]] = ("fail", "bypass")


class Bypass(Override, frozen=True, kw_only=True):
    """An override of this gate."""

    actors_input: str = "bypass-allowed-actors"

    def judge(self, error: ServiceError, keys: Sequence[str], now: datetime) -> Finding:
        """A warning on record, or what is wrong with the bypass."""
        if problem := self.problem(now):
            return Reasons.bypass_refused(problem=problem)
        return Reasons.bypassed(
            error=error,
            actor=self.actor,
            until=self.until,
            reason=self.reason.strip(),
            keys=", ".join(keys) or "which issues it is about",
        )
