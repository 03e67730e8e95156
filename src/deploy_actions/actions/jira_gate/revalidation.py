"""Decides whether a check that was made before still stands."""

from datetime import datetime, timedelta

from deploy_actions.actions.jira_gate.reasons import Reasons
from deploy_actions.core.input_types import Duration, format_seconds
from deploy_actions.core.moments import Moment
from deploy_actions.core.verdict import Finding


def standing_check(made: Moment | None, stands_for: Duration | None, now: datetime) -> Finding | None:
    """The finding for a check that is young enough; None for one that is not, or lies ahead, or where there is none."""
    if made is None or stands_for is None:
        return None
    age = now - made.at
    if not timedelta() <= age < stands_for.timedelta:
        return None
    return Reasons.recently_checked(age=format_seconds(age.total_seconds()))
