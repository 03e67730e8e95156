"""How the emulators around the deployed service behave: Prometheus's queries, and instances that stay behind."""

import json
import math
import time
from urllib.parse import quote

import msgspec
import pytest
from tests.rehearsal.clients import ask

from deploy_actions.clients.prometheus import PrometheusClient
from deploy_actions.clients.prometheus_heartbeats import prometheus_heartbeats
from deploy_actions.core.address_types import Url
from deploy_actions.rehearsal.emulators.instances import Instance, InstanceEmulator
from deploy_actions.rehearsal.emulators.prometheus import Prometheus, PrometheusEmulator, RunnerHost
from deploy_actions.services.http import HttpServers

QUERY = f"/api/v1/query?query={quote('sum(rate(errors_total[5m]))')}"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.01, "0.01"),
        (5.0, "5"),
        (1 / 3, "0.3333333333333333"),
        (math.nan, "NaN"),
        (math.inf, "+Inf"),
        (-math.inf, "-Inf"),
    ],
)
def test_a_query_finds_one_value_written_as_prometheus_writes_it(value: float, written: str) -> None:
    with PrometheusEmulator(Prometheus(before=value)) as prometheus:
        answer = ask(prometheus.url + QUERY)
    assert (answer.status, answer.json["status"], answer.json["data"]["resultType"]) == (200, "success", "vector")
    [series] = answer.json["data"]["result"]
    assert series["metric"] == {}
    assert series["value"][1] == written
    assert abs(series["value"][0] - time.time()) < 60


def test_a_query_may_be_posted_as_a_form() -> None:
    with PrometheusEmulator(Prometheus(before=2)) as prometheus:
        answer = ask(f"{prometheus.url}/api/v1/query", method="POST", body=b"query=up")
    assert answer.json["data"]["result"][0]["value"][1] == "2"


def test_a_query_without_a_series_finds_an_empty_vector() -> None:
    with PrometheusEmulator(Prometheus()) as prometheus:
        assert ask(prometheus.url + QUERY).json["data"]["result"] == []


@pytest.mark.parametrize("path", ["/api/v1/query", "/api/v1/query?query=", "/api/v1/query?query=%20"])
def test_a_request_without_a_query_is_refused(path: str) -> None:
    with PrometheusEmulator(Prometheus(before=1)) as prometheus:
        answer = ask(prometheus.url + path)
    assert (answer.status, answer.json["status"], answer.json["errorType"]) == (400, "error", "bad_data")


def test_the_value_after_the_deploy_takes_the_place_of_the_one_before() -> None:
    deployed: list[bool] = []
    with PrometheusEmulator(Prometheus(before=0.01, after=0.05), lambda: bool(deployed)) as prometheus:
        before = ask(prometheus.url + QUERY).json["data"]["result"][0]["value"][1]
        deployed.append(True)
        after = ask(prometheus.url + QUERY).json["data"]["result"][0]["value"][1]
    assert (before, after) == ("0.01", "0.05")


@pytest.mark.parametrize(
    ("state", "statuses"),
    [
        (Prometheus(before=1, after=1), [200, 200]),
        (Prometheus(before=1, after=1, down=True), [503, 503]),
        (Prometheus(before=1, after=1, down_after=True), [200, 503]),
    ],
)
def test_prometheus_can_be_down_always_or_from_the_deploy_on(state: Prometheus, statuses: list[int]) -> None:
    with PrometheusEmulator(state) as prometheus:
        before = ask(prometheus.url + QUERY).status
        prometheus.state.deployed = True
        assert [before, ask(prometheus.url + QUERY).status] == statuses
        assert ask(f"{prometheus.url}/-/healthy").status == statuses[1]


def test_prometheus_says_that_it_is_healthy_and_knows_no_other_path() -> None:
    with PrometheusEmulator(Prometheus()) as prometheus:
        assert ask(f"{prometheus.url}/-/healthy").text == "Prometheus Server is Healthy.\n"
        assert ask(f"{prometheus.url}/api/v1/nothing").status == 404


def test_prometheus_can_come_from_a_file() -> None:
    state = msgspec.convert({"before": 1, "down-after": True}, Prometheus)
    assert (state.before, state.after, state.down_after) == (1, None, True)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"befor": 1}, Prometheus)


def test_an_instance_is_healthy_and_names_the_version_that_it_has_now() -> None:
    live = ["before"]
    with InstanceEmulator(Instance(lambda: live[-1])) as instance:
        url = f"http://{instance.address}"
        assert json.loads(ask(f"{url}/version").text) == {"version": "before"}
        live.append("new")
        assert ask(f"{url}/version").json == {"version": "new"}
        assert ask(f"{url}/healthz").status == 200


def test_what_runners_told_is_found_by_their_names_alone() -> None:
    runners = {"a.b": RunnerHost(heartbeat_age=60, disk_free=7), "axb": RunnerHost()}
    with PrometheusEmulator(Prometheus(before=1, runners=runners)) as server:
        client = PrometheusClient(Url(server.url), HttpServers())
        [told] = prometheus_heartbeats(client, ["a.b", "unheard-of"])
    assert (told.runner, told.disk_free_bytes) == ("a.b", 7)
    assert 59 < time.time() - told.sent_at.timestamp() < 120
