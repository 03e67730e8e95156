"""Decides what a program that is to stop is sent, and when."""

import math
import signal

from deploy_actions.core.program import TIMEOUT, Program
from deploy_actions.services.running.signals import signal_name

AFTER_SIGTERM_SECONDS = 2.0
"""From SIGTERM to SIGKILL at most. The runner itself kills 2.5 s after SIGTERM (actions/runner, `ProcessInvoker`)."""


class Stopping:
    """Pure: moments come in, seconds of a clock that only runs forward.

    `by` says who was the first to stop the program, as `ProcessEnd.stopped_by` does; `next` is when `due` will give a
    signal, if nobody sends one before.
    """

    def __init__(self, program: Program, started: float) -> None:
        self.by: str | None = None
        self._grace = program.grace_seconds
        self._kill_at = math.inf
        self._time_out_at = math.inf if program.timeout_seconds is None else started + program.timeout_seconds

    @property
    def next(self) -> float:
        """Infinite where nothing is due."""
        return min(self._kill_at, self._time_out_at)

    def told(self, number: int, now: float) -> None:
        """A signal came that goes on to the program: what is left after the grace is killed."""
        grace = min(self._grace, AFTER_SIGTERM_SECONDS) if number == signal.SIGTERM else self._grace
        self._begin(signal_name(number), now + grace)

    def due(self, now: float) -> int | None:
        """The signal that is due now, once; None where none is."""
        if now >= self._kill_at:
            self._kill_at = math.inf
            return signal.SIGKILL
        if now >= self._time_out_at:
            self._begin(TIMEOUT, now + self._grace)
            return signal.SIGTERM
        return None

    def _begin(self, by: str, kill_at: float) -> None:
        self.by = self.by or by
        self._kill_at = min(self._kill_at, kill_at)
        self._time_out_at = math.inf
