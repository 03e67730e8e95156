"""Prometheus's instant queries on loopback: every query has one value before the deploy, and one after it.

    with PrometheusEmulator(Prometheus(before=0.01, after=0.05)) as prometheus: … prometheus.state.deployed = True …

Shapes as in https://prometheus.io/docs/prometheus/latest/querying/api/.
"""

import json
import re
import time
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import parse_qsl

import msgspec

from deploy_actions.rehearsal.emulators.routes import Answer, Refusal, Request, Routes
from deploy_actions.rehearsal.emulators.server import Emulator

ROUTES: "Routes[Prometheus]" = Routes()
_RUNNER = re.compile(r'\brunner=~("(?:[^"\\]|\\.)*")')
_TEXT = {"Content-Type": "text/plain; charset=utf-8"}


class RunnerHost(msgspec.Struct, forbid_unknown_fields=True, rename="kebab"):
    """What the exporter on a runner's host told: how many seconds ago, and how many bytes of its disk are free."""

    heartbeat_age: float = 10
    disk_free: int = 100 * 1024**3


class Prometheus(msgspec.Struct, forbid_unknown_fields=True, rename="kebab"):
    """A server. `before` and `after` the deploy: null where the query finds no series; `.nan` is Prometheus's NaN.

    `runners` are by name; only a query for a `runner` finds them. `down`: status 503 everywhere. `down_after`: from the
    deploy on. `deployed`: whether it has happened.
    """

    before: float | None = None
    after: float | None = None
    runners: dict[str, RunnerHost] = {}
    down: bool = False
    down_after: bool = False
    deployed: bool = False

    @property
    def value(self) -> float | None:
        """What a query finds now."""
        return self.after if self.deployed else self.before


class PrometheusEmulator(Emulator[Prometheus]):
    """The server. With `has_deployed` it finds out by itself, at every request, whether the deploy has happened."""

    routes = ROUTES

    def __init__(self, state: Prometheus, has_deployed: Callable[[], bool] | None = None) -> None:
        super().__init__(state)
        self._has_deployed = has_deployed

    def guard(self, _request: Request, /) -> None:
        """Raises Refusal when the server is down."""
        if self._has_deployed:
            self.state.deployed = self._has_deployed()
        if self.state.down or (self.state.down_after and self.state.deployed):
            raise Refusal(Answer(HTTPStatus.SERVICE_UNAVAILABLE, "Service Unavailable", _TEXT))

    def missing(self, _request: Request, /) -> Answer:
        """404 in the words of Go's HTTP server."""
        return Answer(HTTPStatus.NOT_FOUND, "404 page not found\n", _TEXT)


@ROUTES.route("GET", "/api/v1/query")
@ROUTES.route("POST", "/api/v1/query")
def get_query(prometheus: Prometheus, request: Request) -> Answer:
    """An instant vector: for a `runner` its series, for any other query one without labels, or none."""
    parameters = {**request.query, **dict(parse_qsl(request.body.decode(errors="replace")))}
    if not parameters.get("query", "").strip():
        error = 'invalid parameter "query": 1:1: parse error: no expression found in input'
        return Answer(HTTPStatus.BAD_REQUEST, {"status": "error", "errorType": "bad_data", "error": error})
    if wanted := _RUNNER.search(parameters["query"]):
        return _vector(_of_runners(prometheus, json.loads(wanted[1])))
    value = prometheus.value
    series: list[dict[str, object]] = [{"metric": {}, "value": [round(time.time(), 3), _written(value or 0.0)]}]
    return _vector([] if value is None else series)


def _of_runners(prometheus: Prometheus, pattern: str) -> list[dict[str, object]]:
    """The series of each runner whose name the whole pattern matches."""
    now = time.time()
    return [
        {"metric": {"__name__": metric, "runner": name}, "value": [round(now, 3), _written(value)]}
        for name, host in prometheus.runners.items()
        if re.fullmatch(pattern, name)
        for metric, value in (
            ("runner_heartbeat_timestamp_seconds", round(now - host.heartbeat_age, 3)),
            ("runner_disk_free_bytes", float(host.disk_free)),
        )
    ]


def _vector(series: list[dict[str, object]]) -> Answer:
    return Answer(HTTPStatus.OK, {"status": "success", "data": {"resultType": "vector", "result": series}})


@ROUTES.route("GET", "/-/healthy")
def get_healthy(_prometheus: Prometheus, _request: Request) -> Answer:
    """The management API's word that the server is up."""
    return Answer(HTTPStatus.OK, "Prometheus Server is Healthy.\n", _TEXT)


def _written(value: float) -> str:
    """A sample as Prometheus writes it: the shortest digits, `NaN`, `+Inf`, `-Inf`."""
    special = {"nan": "NaN", "inf": "+Inf", "-inf": "-Inf"}
    return special.get(str(value), f"{value:g}" if value == float(f"{value:g}") else repr(value))
