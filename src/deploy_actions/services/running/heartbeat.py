"""Says that a silent program still runs."""

import math
from collections.abc import Callable

from deploy_actions.core.input_types import format_seconds


class Heartbeat:
    """A line when nothing was printed for so many seconds, and after each further such time. `None` is never."""

    def __init__(self, every: float | None, started: float, silence: Callable[[], float]) -> None:
        self._every = every if every else math.inf
        self._started = started
        self._last = started
        self._silence = silence

    def next(self, now: float) -> float:
        """When a line will be due, if nothing is printed before."""
        return max(now - self._silence(), self._last) + self._every

    def line(self, now: float) -> str | None:
        """The line that is due now; None where none is."""
        if now < self.next(now):
            return None
        self._last = now
        silent, runs = format_seconds(self._silence()), format_seconds(now - self._started)
        return f"Still running after {runs}; nothing printed for {silent}."
