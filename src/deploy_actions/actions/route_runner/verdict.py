"""Says what came of the choice: the findings, and what the deploy's job is told."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from deploy_actions.actions.route_runner.candidates import Candidate, Examined, chosen_of
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
    rest = [
        Candidate(role=role, pool=pool.pool, state="not-asked")
        for role, pool in environment.pools
        if pool.pool not in {one.pool.pool for one in examined}
    ]
    rows = (*(row for one in examined for row in one.rows()), *rest)
    if choice is None:
        return RouteRunnerOutputs(candidates=rows)
    return RouteRunnerOutputs(
        runs_on=choice.runs_on, role=choice.role, pool=choice.pool, choice=choice.text(), candidates=rows
    )


def found(
    inputs: RouteRunnerInputs, environment: EnvironmentRunners, examined: Sequence[Examined], today: date
) -> list[Finding]:
    """The findings of a choice among pools that were looked at, in order."""
    chosen = chosen_of(examined, may_wait=inputs.allow_busy)
    others = [*(_intruder(one) for one in examined if one.intruders), *unmatched(environment, examined)]
    if chosen is None:
        return [none_usable(inputs, examined), *others]
    return [*_choice(inputs, examined, chosen), *others, *of_chosen(chosen, today)]


def _choice(inputs: RouteRunnerInputs, examined: Sequence[Examined], chosen: Examined) -> list[Finding]:
    """The finding that says where the deploy goes, and why not elsewhere."""
    facts = _facts(chosen)
    why = " ".join(_why_not(one) for one in examined if one is not chosen)
    first: list[Finding] = []
    if inputs.force_role:
        first = [Reasons.forced(role=chosen.role, reason=inputs.force_reason.strip(), **facts)]
    if not chosen.is_usable:
        return [*first, Reasons.waits(role=chosen.role, names=_few(chosen.busy), why=why, **facts)]
    if first:
        return first
    return [Reasons.primary(**facts)] if chosen.role == "primary" else [Reasons.failed_over(why=why, **facts)]


def of_chosen(chosen: Examined, today: date) -> list[Finding]:
    """What is to be known of the chosen pool: its approval ends soon, or the job may come where it must not."""
    facts = _facts(chosen)
    ends = [Reasons.ends_soon(**facts)] if chosen.pool.approved_until - today <= _SOON else []
    whys = "; ".join(f"{one.runner} ({one.why})" for one in chosen.unfit[:_SHOWN])
    more = f"; and {len(chosen.unfit) - _SHOWN} more" if len(chosen.unfit) > _SHOWN else ""
    unfit = [Reasons.unfit_within_reach(whys=whys + more, **facts)] if chosen.unfit else []
    return [*unfit, *chosen.doubts, *ends]


def unmatched(environment: EnvironmentRunners, examined: Sequence[Examined]) -> list[Finding]:
    """A warning where the policy quarantines what is not there: it may be a slip, and the runner may deploy."""
    known = {name.casefold() for _, pool in environment.pools for name in pool.names}
    known.update(*(one.seen for one in examined))
    names = [one.runner for one in environment.quarantined if one.runner.casefold() not in known]
    unseen = [pool.pool for _, pool in environment.pools if pool.pool not in {one.pool.pool for one in examined}]
    return [Reasons.quarantine_unmatched(names=_few(names), unseen=", ".join(unseen) or "nothing")] if names else []


def none_usable(inputs: RouteRunnerInputs, examined: Sequence[Examined]) -> Finding:
    """The finding where no pool may take the deploy, with what is wrong with each."""
    return Reasons.none(
        environment=inputs.environment,
        why=" ".join(map(_why_not, examined)) or f"The policy has no {inputs.force_role} pool.",
        remedy=_remedy(examined),
    )


def _facts(one: Examined) -> dict[str, Any]:
    return {
        "rule": one.pool.pool,
        "pool": one.pool.pool,
        "how": one.note or f"ready: {_few(one.accepted)}",
        "approved_by": one.pool.approved_by,
        "until": str(one.pool.approved_until),
    }


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")


def _why_not(one: Examined) -> str:
    return f"{one.role.capitalize()} pool {one.pool.pool}: {one.why_not}."


def _intruder(one: Examined) -> Finding:
    return Reasons.intruder(pool=one.pool.pool, names=", ".join(one.intruders), rule=one.pool.pool)


def _remedy(examined: Sequence[Examined]) -> str:
    """What would mend it: the least that makes one of the pools usable."""
    if any(one.only_waits for one in examined):
        return "Wait until a runner is idle, or set `allow-busy`, then re-run all jobs."
    return (
        "Bring a runner of the primary pool back, or have another pool approved in the policy; the table of candidates"
        " says what is wrong with each. Then re-run all jobs: failed ones alone would keep the old choice."
    )
