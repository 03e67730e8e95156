"""A real Prometheus is asked a real query."""

import json
from collections.abc import Iterator

import pytest
from tests.servers import LOOPBACK, free_port, installed, ready, running, temporary_folder

from deploy_actions.actions.health_check.check import Means, Memory, Result
from deploy_actions.actions.health_check.kinds.prometheus import Prometheus
from deploy_actions.actions.health_check.settings import Settings
from deploy_actions.core.addresses import Address
from deploy_actions.core.redact import Redactor
from deploy_actions.core.secret import Secret
from deploy_actions.core.world import World
from deploy_actions.services.probes import connect

MEANS = Means(secret=lambda _name: Secret("unused"), text=lambda _path: "")


@pytest.fixture(scope="module")
def prometheus() -> Iterator[Address]:
    program, port = installed("prometheus"), free_port()
    with temporary_folder(**{"prometheus.yml": json.dumps({"global": {"scrape_interval": "1s"}})}) as folder:
        options = {
            "config.file": folder / "prometheus.yml",
            "storage.tsdb.path": folder / "data",
            "web.listen-address": f"{LOOPBACK}:{port}",
        }
        command = [program, *(f"--{name}={value}" for name, value in options.items())]
        with running(command, folder) as process:
            yield ready(process, Address(LOOPBACK, port), says="Server is ready")


def asked(address: Address, query: str, expect: str, baseline: float | None = None) -> Result:
    kind = Prometheus.parse(Settings({"prometheus": f"http://{address}", "query": query, "expect": expect}, "check"))
    probes = connect(World({}, Redactor(), print))
    try:
        probes.start(0, kind.probe(MEANS), 5.0)
        (ended,) = probes.ended(10.0)
    finally:
        probes.stop()
    return kind.judge(ended.outcomes, Memory(baseline=baseline))


@pytest.mark.parametrize(
    ("query", "expect", "cause"),
    [
        ("vector(0.01)", "< 0.02", None),
        ("vector(0.03)", "< 0.02", "unhealthy"),
        ("scalar(vector(1))", ">= 1", None),
        ('label_replace(vector(1), "a", "%&+ b", "", "")', "<= baseline + 20%", None),
        ("vector(1.3)", "<= baseline + 20%", "worse-than-baseline"),
        ("absent_metric", "< 1", "no-data"),
        ("vector(0) / vector(0)", "< 1", "no-data"),
        ("sum by (", "< 1", "check-not-made"),
        ("vector(1) / 0", "< 1", "unhealthy"),
    ],
)
def test_a_real_query_is_judged(prometheus: Address, query: str, expect: str, cause: str | None) -> None:
    result = asked(prometheus, query, expect, baseline=1.0)
    assert result.cause == cause, result.words


def test_prometheus_that_is_down_says_nothing_of_the_target() -> None:
    result = asked(Address(LOOPBACK, free_port()), "vector(1)", "< 2")
    assert (result.cause, result.words) == ("check-not-made", "Prometheus: the connection was refused")
