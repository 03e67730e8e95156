"""How the checks are made side by side, in a time that only the fake clock keeps."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from tests.actions.health_check.courses import FakeKind, check
from tests.fakes import FakeClock, FakeProbes, Script

from deploy_actions.actions.health_check.check import Check, Means, Memory
from deploy_actions.actions.health_check.course import Course, Verdict
from deploy_actions.actions.health_check.watch import Hearer, Watch
from deploy_actions.core.probing import Answer, DnsProbe, Ended, NoAnswer, Probe
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import NotFound, Unreachable

GOOD = {"": Answer(seconds=0.1, status=200)}
BAD = {"": Answer(seconds=0.1, status=503)}
MEANS = Means(secret=lambda _name: Secret("unused"), text=lambda _path: "")


def watched(*checks: Check, script: Script, means: Means = MEANS) -> tuple[Watch, FakeProbes]:
    clock = FakeClock()
    probes = FakeProbes(clock, script)
    watch = Watch(checks, {one.name: Memory() for one in checks}, means)
    watch.run(probes, clock, Hearer())
    return watch, probes


def by_target(**scripts: str) -> Script:
    """For each target one letter an attempt, the last for all that follow."""

    def script(probe: Probe, attempt: int) -> tuple[float, Mapping[str, Answer | NoAnswer]]:
        assert isinstance(probe, DnsProbe)
        letters = scripts[probe.host]
        return 0.1, GOOD if letters[min(attempt, len(letters) - 1)] == "o" else BAD

    return script


def verdicts(watch: Watch) -> dict[str, Verdict | None]:
    return {course.check.name: course.decided.verdict if course.decided else None for course in watch.courses}


def named(name: str, *, critical: bool = True, **pace: Any) -> Check:
    return check(name, critical=critical, kind=FakeKind(target=name), **pace)


def test_a_healthy_target_passes_after_the_least_time() -> None:
    watch, probes = watched(named("shop"), script=by_target(shop="o"))
    assert verdicts(watch) == {"shop": Verdict.PASSED}
    assert watch.seconds == pytest.approx(2.1, abs=0.01)
    assert [round(at - probes.started[0][0], 2) for at, *_ in probes.started] == [0.0, 1.0, 2.0]
    assert probes.stopped


def test_a_critical_failure_ends_the_watch_at_once() -> None:
    watch, _ = watched(named("shop", failures=2), named("slow", successes=50), script=by_target(shop="x", slow="o"))
    assert verdicts(watch) == {"shop": Verdict.FAILED, "slow": None}
    assert watch.seconds < 2


def test_a_failure_that_is_not_critical_lets_the_others_go_on() -> None:
    watch, _ = watched(named("ads", critical=False, failures=1), named("shop"), script=by_target(ads="x", shop="o"))
    assert verdicts(watch) == {"ads": Verdict.FAILED, "shop": Verdict.PASSED}


def test_a_target_that_never_answers_is_over_at_the_timeout() -> None:
    watch, _ = watched(named("shop", timeout=5.0, probe_timeout=3.0), script=lambda *_: (1e9, GOOD))
    assert verdicts(watch) == {"shop": Verdict.UNKNOWN}
    assert watch.seconds <= 5.01


def test_what_takes_longer_than_the_interval_is_asked_again_at_once_and_never_twice_at_a_time() -> None:
    watch, probes = watched(
        named("shop", interval=0.2, probe_timeout=2.0), script=lambda *_: (1.0, {"": Answer(seconds=1.0, status=200)})
    )
    assert verdicts(watch) == {"shop": Verdict.PASSED}
    assert probes.most_in_flight == 1
    assert watch.seconds == pytest.approx(3.0, abs=0.01)


def test_500_targets_are_asked_side_by_side() -> None:
    names = [f"t{number}" for number in range(500)]
    watch, probes = watched(*(named(name) for name in names), script=lambda *_: (0.1, GOOD))
    assert set(verdicts(watch).values()) == {Verdict.PASSED}
    assert probes.most_in_flight == 500
    assert watch.seconds == pytest.approx(2.1, abs=0.01)


def test_a_probe_that_cannot_be_made_is_unknown_and_is_tried_again() -> None:
    class Needy(FakeKind, frozen=True):
        def probe(self, means: Means) -> Probe:
            means.secret("TOKEN")
            return DnsProbe(self.target)

    def missing(_name: str) -> Secret:
        raise NotFound("the secrets", "reading TOKEN", "it is unset or empty")

    means = Means(secret=missing, text=lambda _path: "")
    watch, probes = watched(check(kind=Needy(), timeout=5.0), script=by_target(shop="o"), means=means)
    (course,) = watch.courses
    assert course.decided
    assert course.decided.verdict is Verdict.UNKNOWN
    assert "TOKEN" in course.decided.words
    assert not probes.started


class Forgetful(FakeProbes):
    """Against its promise, no attempt ever ends."""

    def ended(self, within_seconds: float) -> Sequence[Ended]:
        self.clock.advance(within_seconds + 0.01)
        return []


def test_attempts_that_never_end_are_given_up() -> None:
    clock = FakeClock()
    watch = Watch([named("shop", timeout=5.0)], {"shop": Memory()}, MEANS)
    watch.run(Forgetful(clock), clock, Hearer())
    assert verdicts(watch) == {"shop": Verdict.UNKNOWN}
    assert watch.courses[0].decided is not None
    assert watch.courses[0].decided.words == "the attempt did not end"


def test_an_error_of_the_port_itself_ends_the_watch_and_leaves_nothing() -> None:
    clock = FakeClock()
    probes = FakeProbes(clock, error=Unreachable("the host", "probing", "no more files"))
    with pytest.raises(Unreachable):
        Watch([named("shop")], {"shop": Memory()}, MEANS).run(probes, clock, Hearer())
    assert probes.stopped


def test_the_hearer_is_told_of_every_attempt() -> None:
    told: list[tuple[str, int]] = []
    clock = FakeClock()

    def attempt(course: Course, _now: float) -> None:
        told.append((course.check.name, course.attempts))

    watch = Watch([named("shop")], {"shop": Memory()}, MEANS)
    watch.run(FakeProbes(clock), clock, Hearer(attempt=attempt))
    assert told == [("shop", 1), ("shop", 2), ("shop", 3)]
