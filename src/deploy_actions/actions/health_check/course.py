"""The course of one check: the attempts so far, and the rule by which they decide. Pure; time comes with each call.

The rule, with all times from the start of the action:

- Passed: `successes` attempts in a row were good, and then, for `soak`, at most `failure-limit` were not; the attempt
  that ends it is good too, and the latency over the window is as expected.
- Failed: during the soak more than `failure-limit` attempts failed; or `failures` in a row failed after the grace; or
  the time is up, or too short for what is missing, and the last attempt that was not good had failed.
- Unknown: in all these cases, where it is not known of the target what the last bad attempt says. Never passed.
"""

from collections.abc import Mapping
from enum import Enum

import msgspec

from deploy_actions.actions.health_check.check import Cause, Check, Result, State

MOST_RUNS = 12
"""As many changes are shown of a course, the last ones; a person reads no more."""

MOST_LATENCIES = 10_000

_MARKS = {State.OK: "✓", State.FAILED: "✗", State.UNKNOWN: "?"}


class Verdict(Enum):
    """What a check decided."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Decided(msgspec.Struct, frozen=True):
    """A verdict, and what led to it; `reason` is one of the causes, or `flapping` or `not-stable`."""

    verdict: Verdict
    reason: Cause | str
    words: str
    at: float


class Course:
    """What one check has seen. `record` and `run_out` fill `decided`, once."""

    def __init__(self, check: Check) -> None:
        self.check = check
        self.decided: Decided | None = None
        self.attempts = 0
        self.last: Result | None = None
        self.last_bad: Result | None = None
        self.first_success: float | None = None
        self.bad_since: float | None = None
        self.stable_since: float | None = None
        self._in_a_row = 0
        self._bad_in_a_row = 0
        self._bad_in_soak = 0
        self._failed_in_soak = 0
        self._runs: list[tuple[State, int]] = []
        self._latencies: list[float] = []

    def record(self, result: Result, *, ended_at: float, latency: float | None = None) -> None:
        """Takes the result of an attempt that ended `ended_at`; nothing changes what is decided."""
        if self.decided:
            return
        self._remember(result, ended_at, latency)
        if result.state is State.OK:
            self._good(ended_at)
        else:
            self._bad(result, ended_at)

    def run_out(self, now: float, *, next_start: float) -> None:
        """Decides if the time is up, or what is left does not hold what is missing."""
        if not self.decided and (
            now >= self.check.pace.timeout or self._earliest(next_start) > self.check.pace.timeout
        ):
            self._decide_by_time(now)

    @property
    def timeline(self) -> str:
        """The runs of good, failed and unknown attempts, as in `✗4 ✓1 ✗2 ✓3`."""
        cut = "… " if len(self._runs) > MOST_RUNS else ""
        return cut + " ".join(f"{_MARKS[state]}{count}" for state, count in self._runs[-MOST_RUNS:])

    def quantile(self, share: float) -> float | None:
        """The latency in seconds that this share of the good attempts did not exceed; None without any."""
        if not self._latencies:
            return None
        ordered = sorted(self._latencies)
        return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))]

    def _remember(self, result: Result, ended_at: float, latency: float | None) -> None:
        self.attempts += 1
        self.last = result
        count = self._runs.pop()[1] if self._runs and self._runs[-1][0] is result.state else 0
        self._runs.append((result.state, count + 1))
        if result.state is not State.OK:
            self.last_bad = result
            self.bad_since = ended_at if self.bad_since is None else self.bad_since
            return
        self.bad_since = None
        self.first_success = ended_at if self.first_success is None else self.first_success
        if latency is not None and len(self._latencies) < MOST_LATENCIES:
            self._latencies.append(latency)

    def _good(self, now: float) -> None:
        self._in_a_row += 1
        self._bad_in_a_row = 0
        if self.stable_since is None and self._in_a_row >= self.check.pace.successes:
            self.stable_since = now
        if self.stable_since is not None and now - self.stable_since >= self.check.pace.soak:
            slow = self._too_slow()
            self._decide(Verdict.FAILED if slow else Verdict.PASSED, "unhealthy" if slow else "healthy", slow, now)

    def _bad(self, result: Result, now: float) -> None:
        pace = self.check.pace
        self._in_a_row = 0
        if self.stable_since is not None:
            self._bad_in_soak += 1
            self._failed_in_soak += result.state is State.FAILED
            if self._failed_in_soak > pace.failure_limit:
                self._decide(Verdict.FAILED, "flapping", result.words, now)
            elif self._bad_in_soak > pace.failure_limit:
                self._decide_as(self._last_unknown(result), now)
        elif now >= pace.grace:
            self._bad_in_a_row += 1
            if pace.failures and self._bad_in_a_row >= pace.failures:
                self._decide_as(result, now)

    def _last_unknown(self, result: Result) -> Result:
        """Too many bad attempts of which some are unknown: it is not known whether the target flaps."""
        if result.state is State.UNKNOWN:
            return result
        return Result(cause="check-not-made", words=f"some attempts could not be made; the last failed: {result.words}")

    def _decide_by_time(self, now: float) -> None:
        if self.last is None:
            self._decide(Verdict.UNKNOWN, "check-not-made", "no attempt ended before the time was up", now)
        elif self.last.state is not State.OK:
            self._decide_as(self.last, now)
        elif self.last_bad and self.last_bad.state is State.UNKNOWN:
            self._decide_as(self.last_bad, now)
        else:
            self._decide(Verdict.FAILED, "not-stable", self._what_is_missing(), now)

    def _what_is_missing(self) -> str:
        if self.stable_since is not None:
            return "the time was up before the soak was over"
        words = f"{self._in_a_row} of {self.check.pace.successes} successes in a row when the time was up"
        return f"{words}; the last failure: {self.last_bad.words}" if self.last_bad else words

    def _earliest(self, next_start: float) -> float:
        """When the check can pass at the earliest, if from now on every attempt is good and takes no time."""
        pace = self.check.pace
        if self.stable_since is not None:
            return max(next_start, self.stable_since + pace.soak)
        return next_start + (pace.successes - self._in_a_row - 1) * pace.interval + pace.soak

    def _too_slow(self) -> str:
        """Which expectation of latency does not hold; empty if all do."""
        expected: Mapping[float, float] = getattr(self.check.kind, "latency", {})
        for share, limit in expected.items():
            seen = self.quantile(share)
            if seen is None or seen > limit:
                shown = "unknown" if seen is None else f"{seen * 1000:.0f} ms"
                return f"p{share * 100:.0f} of the latency is {shown}, expected at most {limit * 1000:.0f} ms"
        return ""

    def _decide_as(self, result: Result, now: float) -> None:
        verdict = Verdict.FAILED if result.state is State.FAILED else Verdict.UNKNOWN
        self._decide(verdict, result.cause or "", result.words, now)

    def _decide(self, verdict: Verdict, reason: str, words: str, now: float) -> None:
        self.decided = Decided(verdict, reason, words, now)
