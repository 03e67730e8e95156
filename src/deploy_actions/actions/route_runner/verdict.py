"""Says what came of the choice: the findings, and what the deploy's job is told."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from deploy_actions.actions.route_runner.candidates import Candidate, Examined
from deploy_actions.actions.route_runner.inputs import RouteRunnerInputs, RouteRunnerOutputs
from deploy_actions.actions.route_runner.policy import EnvironmentRunners
from deploy_actions.actions.route_runner.reasons import Reasons
from deploy_actions.core.runner_choice import RunnerChoice
from deploy_actions.core.verdict import Finding

_SOON = timedelta(days=14)
_SHOWN = 3


def outputs(
    environment: EnvironmentRunners, examined: Sequence[Examined], choice: RunnerChoice | None
) -> RouteRunnerOutputs:
    """The choice, and a row for each runner; pools that nobody had to look at have one row."""
    seen = {one.pool.pool for one in examined}
    rest = [
        Candidate(role=role, pool=pool.pool, state="not-asked")
        for role, pool in environment.pools
        if pool.pool not in seen
    ]
    rows = (*(row for one in examined for row in one.rows()), *rest)
    if choice is None:
        return RouteRunnerOutputs(candidates=rows)
    return RouteRunnerOutputs(
        runs_on=choice.runs_on, role=choice.role, pool=choice.pool, choice=choice.text(), candidates=rows
    )


def found(inputs: RouteRunnerInputs, examined: Sequence[Examined], today: date) -> list[Finding]:
    """The findings of a choice among pools that were looked at, in order; the last is chosen, if it is usable."""
    chosen = examined[-1] if examined and examined[-1].is_usable else None
    intruders = [_intruder(one) for one in examined if one.intruders]
    if chosen is None:
        return [none_usable(inputs, examined), *intruders]
    facts = _facts(chosen)
    if inputs.force_role:
        first = Reasons.forced(role=chosen.role, reason=inputs.force_reason.strip(), **facts)
    elif chosen.role == "primary":
        first = Reasons.primary(**facts)
    else:
        why = " ".join(f"{one.role.capitalize()} pool {one.pool.pool}: {one.why_not}." for one in examined[:-1])
        first = Reasons.failed_over(why=why, **facts)
    return [first, *intruders, *ending(chosen, today)]


def ending(chosen: Examined, today: date) -> list[Finding]:
    """A warning where the approval of the chosen pool ends soon."""
    if chosen.pool.approved_until - today > _SOON:
        return []
    return [Reasons.ends_soon(**_facts(chosen))]


def _facts(one: Examined) -> dict[str, Any]:
    names = ", ".join(one.accepted[:_SHOWN]) + (", …" if len(one.accepted) > _SHOWN else "")
    return {
        "rule": one.pool.pool,
        "pool": one.pool.pool,
        "how": one.note or f"ready: {names}",
        "approved_by": one.pool.approved_by,
        "until": str(one.pool.approved_until),
    }


def _intruder(one: Examined) -> Finding:
    return Reasons.intruder(pool=one.pool.pool, names=", ".join(one.intruders), rule=one.pool.pool)


def none_usable(inputs: RouteRunnerInputs, examined: Sequence[Examined]) -> Finding:
    """The finding where no pool may take the deploy, with what is wrong with each."""
    why = " ".join(f"{one.role.capitalize()} pool {one.pool.pool}: {one.why_not}." for one in examined)
    return Reasons.none(
        environment=inputs.environment,
        why=why or f"The policy has no {inputs.force_role} pool.",
        remedy=_remedy(examined),
    )


def _remedy(examined: Sequence[Examined]) -> str:
    """What would mend it: the least that makes one of the pools usable."""
    if any(one.only_waits for one in examined):
        return "Wait until a runner is idle, or set `allow-busy`, then re-run all jobs."
    return (
        "Bring a runner of the primary pool back, or have another pool approved in the policy; the table of candidates"
        " says what is wrong with each. Then re-run all jobs: failed ones alone would keep the old choice."
    )
