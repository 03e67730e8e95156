"""Decides whether somebody may pass a gate by: never silently, never for long, and not just anybody."""

from datetime import datetime, timedelta

import msgspec

from deploy_actions.core.moments import moment_of

LEAST_REASON_CHARACTERS = 20
"""Fewer say nothing to who reads the record later."""

_LONGEST = timedelta(hours=24)


class Override(msgspec.Struct, frozen=True, kw_only=True):
    """Who passes a gate by, why, until when, and who may. `actors_input` is the input that names the latter."""

    actor: str
    reason: str
    until: str
    allowed_actors: tuple[str, ...]
    actors_input: str

    def problem(self, now: datetime) -> str:
        """What is wrong with it, without quoting it; empty when it holds."""
        if not self.actor or self.actor.lower() not in (actor.lower() for actor in self.allowed_actors):
            return f"the actor is not among `{self.actors_input}`"
        if len(self.reason.strip()) < LEAST_REASON_CHARACTERS:
            return f"its reason has fewer than {LEAST_REASON_CHARACTERS} characters"
        try:
            until = moment_of(self.until)
        except ValueError:
            return "its end is no date and time, as in `2026-11-24T18:00Z`"
        if until <= now:
            return "its end has passed"
        return "its end is more than 24 hours away" if until - now > _LONGEST else ""
