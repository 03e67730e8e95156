"""What has to be routed, and with which outside worlds."""

from datetime import date

import msgspec

from deploy_actions.actions.route_runner.inputs import RouteRunnerInputs
from deploy_actions.actions.route_runner.policy import EnvironmentRunners, Pool, Role
from deploy_actions.core.ports import Clock, Files, Http, Masks


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """The inputs, the environment as the policy has it, and the ports of `run`."""

    inputs: RouteRunnerInputs
    environment: EnvironmentRunners
    files: Files
    http: Http
    clock: Clock
    masks: Masks

    @property
    def pools(self) -> list[tuple[Role, Pool]]:
        """The pools that are tried, in order: those of the forced role, if one is forced."""
        return [(role, pool) for role, pool in self.environment.pools if self.inputs.force_role in (None, role)]

    @property
    def today(self) -> date:
        """The day in UTC, with which approvals end."""
        return self.clock.now().date()
