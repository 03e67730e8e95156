"""Makes the checks, each at its own pace and all side by side, until each has decided or one is certain to stop all."""

from collections.abc import Callable, Mapping, Sequence
from heapq import heappop, heappush

import msgspec

from deploy_actions.actions.health_check.check import Check, Means, Memory, Result
from deploy_actions.actions.health_check.course import Course, Verdict
from deploy_actions.core.ports import Clock, Probes
from deploy_actions.core.probing import Answer, Ended
from deploy_actions.core.service_errors import ServiceError

OVERDUE_SECONDS = 5.0
"""An attempt that has not ended so long after its limit never will: the check could not be made."""


class Hearer(msgspec.Struct, frozen=True):
    """Who is told: of each attempt that ended, and of all courses whenever some did. Times are since the start."""

    attempt: Callable[[Course, float], None] = lambda _course, _now: None
    round: Callable[[Sequence[Course], float], None] = lambda _courses, _now: None


class Watch:
    """One watch over some checks; `run` once. `seconds` is how long it took, from the start."""

    def __init__(self, checks: Sequence[Check], memories: Mapping[str, Memory], means: Means) -> None:
        self.courses = [Course(check) for check in checks]
        self._memories = memories
        self._means = means
        self._due = [(0.0, number) for number in range(len(checks))]
        self._in_flight: dict[int, float] = {}
        self._undecided = len(checks)
        self._certain = False
        self.seconds = 0.0

    def run(self, probes: Probes, clock: Clock, hearer: Hearer) -> None:
        """Raises ServiceError from the ports themselves; what the kinds ask for counts as a check not made."""
        begin = clock.monotonic()
        try:
            while self._undecided and not self._certain:
                now = clock.monotonic() - begin
                self._start_due(now, probes, hearer)
                if self._in_flight or self._due:
                    ended = probes.ended(max(0.0, self._until() - now))
                    self._take(ended, clock, clock.monotonic() - begin, hearer)
        finally:
            probes.stop()
            self.seconds = clock.monotonic() - begin

    def _until(self) -> float:
        """The next moment at which there is something to do even if no attempt ends.

        While any check is due, its moment is one at which to look for attempts that are overdue, too.
        """
        return self._due[0][0] if self._due else min(map(self._overdue_at, self._in_flight))

    def _overdue_at(self, number: int) -> float:
        pace = self.courses[number].check.pace
        return min(self._in_flight[number] + pace.probe_timeout, pace.timeout) + OVERDUE_SECONDS

    def _start_due(self, now: float, probes: Probes, hearer: Hearer) -> None:
        while self._due and self._due[0][0] <= now:
            _, number = heappop(self._due)
            course = self.courses[number]
            pace = course.check.pace
            try:
                probe = course.check.kind.probe(self._means)
            except ServiceError as error:
                self._record(number, Result(cause="check-not-made", words=str(error)), now, hearer, started=now)
                continue
            self._in_flight[number] = now
            probes.start(number, probe, max(0.001, min(pace.probe_timeout, pace.timeout - now)))

    def _take(self, ended: Sequence[Ended], clock: Clock, now: float, hearer: Hearer) -> None:
        for one in ended:
            if one.key in self._in_flight:
                self._judge(one, clock, now, hearer)
        if not ended:
            for number in [number for number in self._in_flight if self._overdue_at(number) <= now]:
                lost = Result(cause="check-not-made", words="the attempt did not end")
                self._record(number, lost, now, hearer, started=self._in_flight.pop(number))
        hearer.round(self.courses, now)

    def _judge(self, ended: Ended, clock: Clock, now: float, hearer: Hearer) -> None:
        check = self.courses[ended.key].check
        memory = self._memories[check.name]
        memory.now = clock.now()
        result = check.kind.judge(ended.outcomes, memory)
        seconds = [outcome.seconds for outcome in ended.outcomes.values() if isinstance(outcome, Answer)]
        started = self._in_flight.pop(ended.key)
        self._record(ended.key, result, now, hearer, started=started, latency=max(seconds, default=None))

    def _record(  # noqa: PLR0913  # all that is known of an attempt
        self,
        number: int,
        result: Result,
        now: float,
        hearer: Hearer,
        *,
        started: float,
        latency: float | None = None,
    ) -> None:
        """Records an attempt and plans the next, one interval after its start, unless that can come to nothing."""
        course = self.courses[number]
        course.record(result, ended_at=now, latency=latency)
        following = max(now, started + course.check.pace.interval)
        course.run_out(now, next_start=following)
        if course.decided:
            self._undecided -= 1
            self._certain |= course.check.critical and course.decided.verdict is Verdict.FAILED
        else:
            heappush(self._due, (following, number))
        hearer.attempt(course, now)
