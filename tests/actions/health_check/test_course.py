"""The rule by which the attempts of a check decide."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.actions.health_check.courses import FAILED, OK, UNKNOWN, FakeKind, check

from deploy_actions.actions.health_check.check import Result
from deploy_actions.actions.health_check.course import Course, Verdict

RESULTS = {"o": OK, "x": FAILED, "?": UNKNOWN}


def course_of(attempts: str, **pace: Any) -> Course:
    """One attempt a second, each of no length; then the time is up."""
    course = Course(check(**pace))
    for second, letter in enumerate(attempts):
        course.record(RESULTS[letter], ended_at=float(second))
        course.run_out(float(second), next_start=second + 1.0)
    course.run_out(course.check.pace.timeout, next_start=course.check.pace.timeout)
    return course


@pytest.mark.parametrize(
    ("attempts", "pace", "expected"),
    [
        ("ooo", {}, (Verdict.PASSED, "healthy", 2)),
        ("xxxooo", {"grace": 3.0}, (Verdict.PASSED, "healthy", 5)),
        ("oxoxooo", {}, (Verdict.PASSED, "healthy", 6)),
        ("o", {"successes": 1}, (Verdict.PASSED, "healthy", 0)),
        ("ooooo", {"soak": 2.0}, (Verdict.PASSED, "healthy", 4)),
        ("oooxo", {"soak": 2.0}, (Verdict.FAILED, "flapping", 3)),
        ("oooxo", {"soak": 2.0, "failure_limit": 1}, (Verdict.PASSED, "healthy", 4)),
        ("ooooxo", {"soak": 2.0, "failure_limit": 1}, (Verdict.PASSED, "healthy", 5)),
        ("oooxxo", {"soak": 2.0, "failure_limit": 1}, (Verdict.FAILED, "flapping", 4)),
        ("ooo?o", {"soak": 2.0}, (Verdict.UNKNOWN, "check-not-made", 3)),
        ("oooo?xo", {"soak": 9.0, "failure_limit": 1}, (Verdict.UNKNOWN, "check-not-made", 5)),
        ("xxx", {"timeout": 3.0}, (Verdict.FAILED, "unhealthy", 1)),
        ("???", {"timeout": 3.0}, (Verdict.UNKNOWN, "check-not-made", 1)),
        ("xo?", {"timeout": 4.0, "successes": 2}, (Verdict.UNKNOWN, "check-not-made", 4)),
        ("?oo", {"timeout": 2.0}, (Verdict.UNKNOWN, "check-not-made", 0)),
        ("xoo", {"timeout": 2.0}, (Verdict.FAILED, "unhealthy", 0)),
        ("oo", {"timeout": 1.5, "successes": 2, "soak": 5.0}, (Verdict.FAILED, "not-stable", 0)),
        ("xxxxx", {"failures": 3, "grace": 1.0}, (Verdict.FAILED, "unhealthy", 3)),
        ("xxoxx", {"failures": 3, "timeout": 9.0}, (Verdict.FAILED, "unhealthy", 9)),
        ("x??", {"failures": 3}, (Verdict.UNKNOWN, "check-not-made", 2)),
        ("", {"timeout": 2.0}, (Verdict.UNKNOWN, "check-not-made", 2)),
    ],
)
def test_the_rule(attempts: str, pace: dict[str, Any], expected: tuple[Verdict, str, float]) -> None:
    decided = course_of(attempts, **pace).decided
    assert decided is not None
    assert (decided.verdict, decided.reason, decided.at) == expected


def test_a_slow_target_fails_although_each_answer_was_good() -> None:
    course = Course(check(kind=FakeKind(latency={0.95: 0.2})))
    for second in range(3):
        course.record(OK, ended_at=float(second), latency=0.3)
    assert course.decided
    assert course.decided.verdict is Verdict.FAILED
    assert course.decided.words == "p95 of the latency is 300 ms, expected at most 200 ms"


@pytest.mark.parametrize(
    ("latencies", "share", "expected"),
    [([], 0.5, None), ([1.0], 0.5, 1.0), ([1.0], 0.95, 1.0), ([3, 1, 2], 0.5, 2), (list(range(1, 101)), 0.95, 95)],
)
def test_a_quantile_is_the_least_latency_that_so_many_did_not_exceed(
    latencies: list[float], share: float, expected: float | None
) -> None:
    course = Course(check(successes=1_000))
    for latency in latencies:
        course.record(OK, ended_at=0.0, latency=latency)
    assert course.quantile(share) == expected


def test_the_timeline_shows_runs_and_cuts_the_oldest() -> None:
    assert course_of("xxxxoxxooo").timeline == "✗4 ✓1 ✗2 ✓3"
    assert course_of("xo" * 8).timeline.startswith("… ✗1 ✓1")


PACES = st.fixed_dictionaries(
    {
        "successes": st.integers(1, 4),
        "soak": st.sampled_from([0.0, 1.0, 3.0]),
        "failure_limit": st.integers(0, 2),
        "failures": st.integers(0, 3),
        "grace": st.sampled_from([0.0, 2.0, 5.0]),
        "timeout": st.sampled_from([6.0, 12.0, 60.0]),
    }
)


@given(st.text("ox?", max_size=30), PACES)
def test_nothing_passes_without_the_run_of_successes_and_a_soak_within_its_limit(
    attempts: str, pace: dict[str, float]
) -> None:
    decided = course_of(attempts, **pace).decided
    assert decided is not None
    if decided.verdict is not Verdict.PASSED:
        return
    seen = attempts[: int(decided.at) + 1]
    needed = "o" * int(pace["successes"])
    assert seen.endswith("o")
    assert needed in seen
    stable_at = seen.index(needed) + len(needed) - 1
    assert decided.at - stable_at >= pace["soak"]
    assert len(seen[stable_at:].replace("o", "")) <= pace["failure_limit"]
    assert decided.at <= pace["timeout"]


@given(st.text("ox?", max_size=30), PACES)
def test_whoever_always_answers_well_passes_and_whoever_never_does_not(attempts: str, pace: dict[str, float]) -> None:
    enough = int(pace["successes"] + pace["soak"])
    good = course_of("o" * enough, **pace).decided
    assert good is not None
    if enough - 1 <= pace["timeout"]:
        assert good.verdict is Verdict.PASSED
    bad = course_of(attempts.replace("o", "x"), **pace).decided
    assert bad is not None
    assert bad.verdict is not Verdict.PASSED


@given(st.text("o?", max_size=30), PACES)
def test_no_failure_is_made_of_attempts_that_were_never_made(attempts: str, pace: dict[str, float]) -> None:
    decided = course_of(attempts, **pace).decided
    assert decided is not None
    assert decided.verdict is not Verdict.FAILED or decided.reason == "not-stable"


@given(st.lists(st.sampled_from([OK, FAILED, UNKNOWN]), max_size=20), st.sampled_from([OK, FAILED, UNKNOWN]))
def test_nothing_that_comes_later_changes_what_is_decided(results: list[Result], later: Result) -> None:
    course = Course(check(timeout=5.0, failures=2))
    for second, result in enumerate(results):
        course.record(result, ended_at=float(second))
    course.run_out(5.0, next_start=5.0)
    before = course.decided
    course.record(later, ended_at=6.0)
    course.run_out(7.0, next_start=7.0)
    assert course.decided is before
