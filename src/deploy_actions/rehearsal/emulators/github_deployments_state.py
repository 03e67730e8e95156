"""Deployments as plain data, and what becomes of the others when one succeeds."""

from datetime import datetime, timedelta
from typing import Literal, TypeAlias

import msgspec

from deploy_actions.rehearsal.emulators.github_history import DEFAULT_BRANCH, Moment, Sha

StatusState: TypeAlias = Literal[
    "error", "failure", "inactive", "pending", "success", "queued", "in_progress", "waiting"
]
"""The last is GitHub's own, of a job that waits for approval: its description lacks it, and nobody may write it."""

_SECONDS_BETWEEN_STATUSES = 1


class Status(msgspec.Struct, forbid_unknown_fields=True, rename="kebab"):
    """A status of which more is said. `log_url`: null for the deployment's run. `at`: null for a time by its place."""

    state: StatusState
    description: str = ""
    log_url: str | None = None
    at: Moment | None = None


class Deployment(msgspec.Struct, forbid_unknown_fields=True, rename="kebab"):
    """A deployment. `states`: what its statuses said, oldest first; `inactive` comes by itself with a POST alone.

    `run` and `job` are the ids that its statuses link to; without a run its place in the list stands for one.
    """

    sha: Sha
    created_at: Moment
    environment: str = "production"
    ref: str = DEFAULT_BRANCH
    states: list[StatusState | Status] = []
    run: int | None = None
    job: int | None = None
    task: str = "deploy"
    description: str | None = None
    transient: bool = False
    production: bool = False

    def statuses(self) -> list[Status]:
        """All of them, oldest first; one that is a state alone was written a second after the one before it."""
        return [
            Status(one, at=self._time(place)) if isinstance(one, str) else _dated(one, self._time(place))
            for place, one in enumerate(self.states, 1)
        ]

    def updated_at(self) -> datetime:
        """When the last status was written."""
        return next((one.at for one in reversed(self.statuses()) if one.at), self.created_at)

    def is_live(self) -> bool:
        """Whether the newest status says that it succeeded."""
        return bool(self.states) and self.statuses()[-1].state == "success"

    def _time(self, place: int) -> datetime:
        return self.created_at + timedelta(seconds=place * _SECONDS_BETWEEN_STATUSES)


def retire(deployments: list[Deployment], successor: Deployment, now: datetime) -> None:
    """Makes those `inactive` that were live in the successor's environment, as its success does.

    Transient and production ones stay as they are: https://docs.github.com/rest/deployments/statuses, `auto_inactive`.
    """
    for one in deployments:
        kept = one is successor or one.transient or one.production or one.environment != successor.environment
        if not kept and one.is_live():
            one.states.append(Status("inactive", at=now))


def _dated(status: Status, time: datetime) -> Status:
    return status if status.at else msgspec.structs.replace(status, at=time)
