"""What a person sees of a watch: a line for each change, a table while it goes on, and a row for each check after."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from deploy_actions.actions.health_check.check import State
from deploy_actions.actions.health_check.course import Course, Verdict
from deploy_actions.actions.health_check.watch import Hearer
from deploy_actions.core.declare import Record, output
from deploy_actions.core.ports import Progress

TABLE_EVERY_SECONDS = 0.5

MOST_ROWS = 150
_LONGEST_ERROR = 200
"""What fits into an output of the platform, 131,072 bytes, whatever targets answer."""

_ORDER = (Verdict.FAILED, Verdict.UNKNOWN, None, Verdict.PASSED)
_WORDS = {State.OK: "answers well", State.FAILED: "fails", State.UNKNOWN: "cannot be checked"}
_VERDICTS = {
    Verdict.PASSED: "has passed",
    Verdict.FAILED: "has failed",
    Verdict.UNKNOWN: "could not be verified",
}


class CheckRow(Record, frozen=True):
    """How a check went."""

    check: str | None = output("Its name.")
    target: str | None = output("What was asked.")
    state: str | None = output("passed, failed or unknown; undecided where another check had ended the watch.")
    attempts: int | None = output("How many attempts were made.")
    timeline: str | None = output("Runs of good (✓), failed (✗) and unknown (?) attempts, in order.")
    first_success: float | None = output("Seconds from the start to the first good attempt.")
    bad_since: str | None = output("Since when no attempt was good, in RFC 3339.")
    p50_ms: int | None = output("The median latency of the good attempts, in milliseconds.")
    p95_ms: int | None = output("Their 95th percentile.")
    last_error: str | None = output("What was wrong at last.")


def rows(courses: Sequence[Course], begin: datetime) -> tuple[CheckRow, ...]:
    """A row for each check; of very many, the worst come first, and the others are left out."""
    if len(courses) <= MOST_ROWS:
        return tuple(_row(course, begin) for course in courses)
    worst_first = sorted(courses, key=lambda course: _ORDER.index(course.decided.verdict if course.decided else None))
    return tuple(_row(course, begin) for course in worst_first[:MOST_ROWS])


def _row(course: Course, begin: datetime) -> CheckRow:
    return CheckRow(
        check=course.check.name,
        target=course.check.kind.target,
        state=state(course),
        attempts=course.attempts,
        timeline=course.timeline,
        first_success=None if course.first_success is None else round(course.first_success, 2),
        bad_since=None if course.bad_since is None else moment(begin, course.bad_since),
        p50_ms=_milliseconds(course.quantile(0.5)),
        p95_ms=_milliseconds(course.quantile(0.95)),
        last_error=course.last_bad.words[:_LONGEST_ERROR] if course.last_bad else None,
    )


def state(course: Course) -> str:
    """One word for where a check stands."""
    return course.decided.verdict.value if course.decided else "undecided"


def moment(begin: datetime, seconds: float) -> str:
    """A time of day in RFC 3339, in UTC, from seconds after the start."""
    return f"{begin + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%SZ}"


def _milliseconds(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)


class Narrator:
    """Tells what changes: a check's first attempt, each turn from good to bad or back, and its verdict."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._told: dict[str, State] = {}
        self._shown_at = -TABLE_EVERY_SECONDS

    @property
    def hearer(self) -> Hearer:
        """To be told by a watch."""
        return Hearer(attempt=self._attempt, round=self._round)

    def _attempt(self, course: Course, now: float) -> None:
        name, result = course.check.name, course.last
        if result and self._told.get(name) is not result.state:
            self._told[name] = result.state
            self._say(now, name, _WORDS[result.state], result.words)
        if course.decided:
            self._say(now, name, _VERDICTS[course.decided.verdict], course.decided.words)

    def _say(self, now: float, name: str, what: str, words: str) -> None:
        self._progress.line(f"+{now:.1f} s  {name} {what}{f': {words}' if words else ''}")

    def _round(self, courses: Sequence[Course], now: float) -> None:
        if now - self._shown_at >= TABLE_EVERY_SECONDS:
            self._shown_at = now
            self._progress.table([("Check", "State", "Attempts", "Last error"), *map(_cells, courses)])

    def end(self) -> None:
        """Takes the table away."""
        self._progress.table(())


def _cells(course: Course) -> tuple[str, ...]:
    words = course.last_bad.words if course.last_bad else ""
    return (course.check.name, state(course), course.timeline, words)
