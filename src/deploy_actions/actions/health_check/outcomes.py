"""Judges the answers of all instances together: one bad one makes the attempt bad, and the words name it."""

from collections.abc import Callable

from deploy_actions.actions.health_check.check import GOOD, Outcomes, Result, State
from deploy_actions.core.probing import Answer, NoAnswer

MOST_NAMED = 3


def judge_each(outcomes: Outcomes, judge: Callable[[Answer], Result]) -> Result:
    """The result of an attempt: failed if any instance failed, else unknown if any is, else good."""
    if not outcomes:
        return Result(cause="check-not-made", words="there was nothing to ask")
    results = {name: _of(outcome, judge) for name, outcome in sorted(outcomes.items())}
    for state in (State.FAILED, State.UNKNOWN):
        bad = {name: result for name, result in results.items() if result.state is state}
        if bad:
            return Result(cause=next(iter(bad.values())).cause, words=_words(bad))
    return next(iter(results.values())) if len(results) == 1 else GOOD


def _of(outcome: Answer | NoAnswer, judge: Callable[[Answer], Result]) -> Result:
    if isinstance(outcome, NoAnswer):
        return Result(cause="check-not-made" if outcome.is_ours else "unhealthy", words=outcome.cause)
    return judge(outcome)


def _words(bad: dict[str, Result]) -> str:
    named = [f"{name} {result.words}" if name else result.words for name, result in list(bad.items())[:MOST_NAMED]]
    more = f"; and {len(bad) - MOST_NAMED} more" if len(bad) > MOST_NAMED else ""
    return "; ".join(named) + more
