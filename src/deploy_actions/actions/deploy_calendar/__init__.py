"""Stops a deploy inside a freeze or outside the deploy hours, by a calendar that is data.

Recurrence follows RFC 5545, on the wall clock of the calendar's time zone. Asks nobody but this host's clock.
"""

from deploy_actions.actions.deploy_calendar.calendar import Calendar
from deploy_actions.actions.deploy_calendar.judge import implausible, judge
from deploy_actions.actions.deploy_calendar.reasons import Reasons
from deploy_actions.actions.deploy_calendar.state import State, state
from deploy_actions.core.action import Action
from deploy_actions.core.declare import Inputs, Outputs, optional, output, required
from deploy_actions.core.input_types import Lines
from deploy_actions.core.moments import written
from deploy_actions.core.override import Override
from deploy_actions.core.ports import Clock
from deploy_actions.core.verdict import Report


class DeployCalendarInputs(Inputs, frozen=True):
    """The calendar, and who passes it by."""

    calendar: Calendar = required(
        "The calendar, in YAML: `time-zone`, and `deploy-hours`, `freezes` or both; see docs/deploy-calendar.md."
    )
    override_reason: str = optional(
        "",
        "Why a closed calendar is overridden, in 20 characters or more; empty, like `override-until`, for no override.",
    )
    override_actor: str = optional("", "Who overrides it.")
    override_allowed_actors: Lines = optional("", "Who may override it.")
    override_until: str = optional("", "Until when, at most 24 hours away, as in `2026-11-24T18:00Z`.")


class DeployCalendarOutputs(Outputs, frozen=True):
    """What the calendar says, whatever was overridden."""

    is_open: bool | None = output("Whether the calendar is open.")
    until: str | None = output("The moment in UTC at which `is-open` changes; null if it does not within 400 days.")
    window: str | None = output("The name of the freeze that holds, or of the deploy hours.")


def run(inputs: DeployCalendarInputs, clock: Clock) -> Report:
    """Looks the present moment up in the calendar."""
    now = clock.now()
    if problem := implausible(now):
        return Report(findings=(problem,))
    found = state(inputs.calendar, now)
    findings = judge(found, _override(inputs), now, inputs.calendar.zone)
    return Report(findings=findings, outputs=_outputs(found))


def _override(inputs: DeployCalendarInputs) -> Override | None:
    """The override, if one is meant: workflows may always name the actor."""
    if not inputs.override_reason and not inputs.override_until:
        return None
    return Override(
        actor=inputs.override_actor,
        reason=inputs.override_reason,
        until=inputs.override_until,
        allowed_actors=inputs.override_allowed_actors,
        actors_input="override-allowed-actors",
    )


def _outputs(found: State) -> DeployCalendarOutputs:
    return DeployCalendarOutputs(
        is_open=found.is_open,
        until=written(found.changes) if found.changes else None,
        window=found.frozen[0].freeze.name if found.frozen else found.hours,
    )


ACTION = Action(
    run=run,
    inputs=DeployCalendarInputs,
    outputs=DeployCalendarOutputs,
    reasons=Reasons,
    permissions={},
)
