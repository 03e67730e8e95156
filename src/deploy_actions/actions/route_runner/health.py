"""Asks how runners are: Prometheus, which scrapes their exporters, or heartbeats that the exporters signed."""

from collections.abc import Sequence

from deploy_actions.actions.route_runner.policy import Pool
from deploy_actions.actions.route_runner.reasons import Reasons
from deploy_actions.actions.route_runner.task import Task
from deploy_actions.clients.patience import Patience
from deploy_actions.clients.prometheus import PrometheusClient, listener_says
from deploy_actions.clients.prometheus_heartbeats import prometheus_heartbeats
from deploy_actions.clients.runner_heartbeats import Heartbeat
from deploy_actions.clients.signed_heartbeats import fetch_signed, read_signed
from deploy_actions.core.secret import Secret
from deploy_actions.core.verdict import Finding


class Sources:
    """Who tells the health of runners, as the inputs name them."""

    def __init__(self, task: Task) -> None:
        self._task = task

    @property
    def lacks(self) -> Finding | None:
        """The finding where the policy asks for what nobody would tell."""
        inputs, environment = self._task.inputs, self._task.environment
        if environment.health.needs_heartbeat and not self.tells_heartbeats:
            return Reasons.no_heartbeats()
        asked = next((pool for _, pool in environment.pools if pool.listener_query), None)
        if asked and not inputs.prometheus_url:
            return Reasons.no_prometheus(pool=asked.pool, rule=asked.pool)
        return None

    @property
    def tells_heartbeats(self) -> bool:
        """Whether the inputs name anybody who tells heartbeats."""
        inputs = self._task.inputs
        return bool(inputs.prometheus_url or inputs.heartbeat_url or inputs.heartbeat_file)

    def heartbeats(self, names: Sequence[str]) -> tuple[Heartbeat, ...]:
        """The last heartbeat of each that is known: signed ones, where both kinds are given. Raises ServiceError."""
        inputs = self._task.inputs
        key = inputs.heartbeat_key or Secret("")
        if inputs.heartbeat_file:
            return read_signed(self._task.files, inputs.heartbeat_file, key)
        if inputs.heartbeat_url:
            return fetch_signed(self._patience(), inputs.heartbeat_url, key)
        return prometheus_heartbeats(self._prometheus(), names)

    def listener(self, pool: Pool) -> bool:
        """Whether Prometheus says that the listener of a pool on demand is up. Raises ServiceError."""
        return listener_says(self._prometheus(), pool.listener_query or "")

    def _prometheus(self) -> PrometheusClient:
        inputs = self._task.inputs
        if inputs.prometheus_url is None:
            raise AssertionError("`lacks` was not asked first")
        return PrometheusClient(inputs.prometheus_url, self._patience(), inputs.prometheus_token)

    def _patience(self) -> Patience:
        return Patience(self._task.http, self._task.clock, self._task.inputs.timeout.timedelta)
