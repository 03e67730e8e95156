"""What was found of each pool and each runner: the rows that people see, and what they come to."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from deploy_actions.actions.route_runner.policy import Pool, Role
from deploy_actions.core.declare import Record, output
from deploy_actions.core.verdict import Finding


class Candidate(Record, frozen=True):
    """A runner, or a pool that has none to show, and why it was not taken."""

    role: str | None = output("The role of the pool, `primary` or `secondary`.")
    pool: str | None = output("The pool's name in the policy.")
    runner: str | None = output("The runner's name; empty for the pool itself.")
    state: str | None = output("What it is: `accepted`, `busy` (accepted but for that), `rejected`, or `not-asked`.")
    why: str | None = output("Why it was not accepted, or what is to be known of it.")


State = Literal["accepted", "busy", "rejected"]


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """A runner of a pool: its state, and why. `id` is GitHub's, where it was asked.

    `quarantine` is why it is quarantined. `may_get_jobs`: GitHub could send it the job, now or when it is idle.
    """

    runner: str
    state: State
    why: str = ""
    id: int | None = None
    group_id: int | None = None
    quarantine: str = ""
    may_get_jobs: bool = False


class Examined(msgspec.Struct, frozen=True, kw_only=True):
    """A pool that was looked at. `obstacle` keeps all of it from being taken, whatever its runners are.

    `intruders` are runners to which the job could come though nobody approved them. `note` is said of a pool that is
    taken without a look at its runners, `doubts` if it is taken. `seen` are the names, folded, of all runners that were
    listed. `group_ids` are those that GitHub may say the job's runner is in; none where that is not known.
    """

    role: Role
    pool: Pool
    runners: tuple[Judged, ...] = ()
    obstacle: str = ""
    intruders: tuple[str, ...] = ()
    note: str = ""
    doubts: tuple[Finding, ...] = ()
    seen: frozenset[str] = frozenset()
    group_ids: tuple[int, ...] = ()

    @property
    def well(self) -> tuple[Judged, ...]:
        """Those that may take the deploy, at once or when they are done with their job."""
        return tuple(one for one in self.runners if one.state != "rejected")

    @property
    def accepted(self) -> tuple[str, ...]:
        """The names of those that may take the deploy at once."""
        return tuple(one.runner for one in self.runners if one.state == "accepted")

    @property
    def busy(self) -> tuple[str, ...]:
        """The names of those that may take it when they are done with their job."""
        return tuple(one.runner for one in self.runners if one.state == "busy")

    @property
    def unfit(self) -> tuple[Judged, ...]:
        """Those to which GitHub could send the job though they were found unfit for it."""
        return tuple(one for one in self.runners if one.state == "rejected" and one.may_get_jobs)

    @property
    def is_usable(self) -> bool:
        """Whether the deploy may go to the pool now."""
        return not self.obstacle and bool(self.accepted or self.note)

    @property
    def only_waits(self) -> bool:
        """Whether the pool would be usable, were its runners idle."""
        return not self.obstacle and not self.is_usable and bool(self.busy)

    @property
    def why_not(self) -> str:
        """Why the deploy does not go there, in a few words."""
        if self.obstacle:
            return self.obstacle
        if not self.runners:
            return "no runner with its labels is registered"
        kinds = [f"{one.runner}: {one.why}" for one in self.runners]
        most = 3
        return "; ".join(kinds[:most]) + (f"; and {len(kinds) - most} more" if len(kinds) > most else "")

    def rows(self) -> tuple[Candidate, ...]:
        """What people see."""
        where = {"role": self.role, "pool": self.pool.pool}
        of_pool = [
            Candidate(**where, state="rejected" if self.obstacle else "accepted", why=self.obstacle or self.note)
            for _ in range(1)
            if self.obstacle or self.note
        ]
        intruders = [
            Candidate(**where, runner=name, state="rejected", why="nobody approved it") for name in self.intruders
        ]
        judged = [Candidate(**where, runner=one.runner, state=one.state, why=one.why or None) for one in self.runners]
        return (*of_pool, *intruders, *judged)


def chosen_of(examined: Sequence[Examined], *, may_wait: bool) -> Examined | None:
    """The pool that the deploy goes to: a usable one, else, if it may wait in line, the first that is only busy."""
    usable = next((one for one in examined if one.is_usable), None)
    if usable or not may_wait:
        return usable
    return next((one for one in examined if one.only_waits), None)
