"""Follows an operator's declaration, where GitHub cannot be asked: the pool is approved, its health is asked about."""

from collections.abc import Callable
from typing import Any

from deploy_actions.actions.route_runner.candidates import Examined, Judged, State
from deploy_actions.actions.route_runner.declared import Declaration, Unreadable, declaration
from deploy_actions.actions.route_runner.inputs import RouteRunnerInputs
from deploy_actions.actions.route_runner.policy import EnvironmentRunners, Pool, Role
from deploy_actions.actions.route_runner.pools import Health, heartbeats_of, lapsed, quarantined
from deploy_actions.actions.route_runner.reasons import Reasons
from deploy_actions.actions.route_runner.task import Task
from deploy_actions.actions.route_runner.verdict import none_usable, of_chosen, unmatched
from deploy_actions.clients.runner_heartbeats import problems
from deploy_actions.core.verdict import Finding


def declared(task: Task, health: Health) -> tuple[Examined | None, list[Finding]]:
    """The pool that the operator chose, and what is found; None where the declaration cannot be followed.

    Raises ServiceError.
    """
    inputs, now = task.inputs, task.clock.now()
    try:
        said = _said(inputs, declaration(inputs.declared_role, inputs.declared_variable, now))
        role, pool = _pool(task.environment, said, lambda one: not lapsed(one, now))
    except Unreadable as error:
        return None, [Reasons.declaration(variable=inputs.declared_variable, problem=error)]
    examined = _examined(task, health, role, pool)
    others = unmatched(task.environment, (examined,))
    if not examined.is_usable:
        return examined, [none_usable(inputs, (examined,)), *others]
    return examined, [_choice(inputs, said, examined), *others, *of_chosen(examined, now.date())]


def _choice(inputs: RouteRunnerInputs, said: Declaration, chosen: Examined) -> Finding:
    """The finding that says where the deploy goes; who forces a role may do it against the operator's word."""
    pool = chosen.pool
    facts: dict[str, Any] = {"rule": pool.pool, "pool": pool.pool}
    if inputs.force_role is not None:
        return Reasons.forced(role=chosen.role, reason=inputs.force_reason.strip(), **facts)
    facts |= {"approved_by": pool.approved_by, "until": pool.approved_until, "by": said.by}
    first = Reasons.declared_primary if chosen.role == "primary" else Reasons.declared_secondary
    return first(variable=inputs.declared_variable, **facts)


def _said(inputs: RouteRunnerInputs, said: Declaration) -> Declaration:
    if inputs.force_role is None:
        return said
    return Declaration(str(inputs.force_role), f"somebody forced it: {inputs.force_reason.strip()}", is_signed=True)


def _pool(environment: EnvironmentRunners, said: Declaration, holds: Callable[[Pool], bool]) -> tuple[Role, Pool]:
    """The pool that was declared: by its name, or the first of the role whose approval holds. Raises Unreadable."""
    named = [(role, pool) for role, pool in environment.pools if said.what in (role, pool.pool)]
    if not named:
        raise Unreadable("it names neither a role nor a pool of the policy")
    role, pool = next(((role, pool) for role, pool in named if holds(pool)), named[0])
    if role != "primary" and not said.is_signed:
        raise Unreadable("it leads away from the primary, and does not say by whom, since when and why")
    return role, pool


def _examined(task: Task, health: Health, role: Role, pool: Pool) -> Examined:
    if ended := lapsed(pool, task.clock.now()):
        return Examined(role=role, pool=pool, obstacle=ended)
    if pool.is_on_demand:
        up = health.listener(pool) if pool.listener_query else True
        return Examined(role=role, pool=pool, note="made on demand", obstacle="" if up else "its listener is not up")
    if not pool.names:
        return Examined(role=role, pool=pool, note="none was asked for")
    return Examined(role=role, pool=pool, runners=_judged(task, health, pool))


def _judged(task: Task, health: Health, pool: Pool) -> tuple[Judged, ...]:
    """The runners that the pool names, by their heartbeats alone."""
    required, kept_out = task.environment.health, quarantined(task.environment)
    told = heartbeats_of(health, pool.names)
    judged = []
    for name in pool.names:
        quarantine = kept_out.get(name.casefold())
        wrong = [] if quarantine is None else [f"is quarantined: {quarantine}"]
        wrong += problems(required, told.get(name), task.clock.now())
        state: State = "rejected" if wrong else "accepted"
        judged.append(Judged(runner=name, state=state, why="; ".join(wrong), may_get_jobs=True))
    return tuple(judged)
