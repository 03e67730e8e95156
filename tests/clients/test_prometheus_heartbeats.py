import ast
import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fakes import NOW
from tests.servers import LOOPBACK, free_port, installed, ready, running, temporary_folder

from deploy_actions.clients.prometheus import PrometheusClient, listener_says
from deploy_actions.clients.prometheus_heartbeats import prometheus_heartbeats
from deploy_actions.clients.runner_heartbeats import NEVER, Heartbeat
from deploy_actions.core.address_types import Url
from deploy_actions.core.addresses import Address
from deploy_actions.core.ports import HttpRequest, HttpResponse
from deploy_actions.core.service_errors import Malformed, Unreachable
from deploy_actions.services.http import HttpServers

URL = Url.parse("https://prometheus.acme.example")
SENT = "1.7954352e+09"
Series = tuple[str, str, Mapping[str, str]]
"""The metric, its value, and its labels."""


def go_string(quoted: str) -> str:
    """What a string of PromQL in double quotes says: its escapes are Go's, which Python has too."""
    escape = r"\\(?:[abfnrtv\\\"]|x[0-9a-f]{2}|[0-7]{3}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})"
    assert re.fullmatch(rf'"(?:[^"\\\n]|{escape})*"', quoted), quoted
    return str(ast.literal_eval(quoted.replace("\r", r"\r")))


def anchored(pattern: str) -> "re.Pattern[str]":
    """The expression as Prometheus takes it, if RE2 and Python read it alike: escapes are of ASCII punctuation only."""
    assert re.fullmatch(r"(?:\\[\x00-/:-@\[-`{-\x7f]|[^\\.+*?()\[\]{}^$])*", pattern, re.DOTALL), pattern
    return re.compile(f"^(?s:{pattern})\\Z")


class FakePrometheus:
    """Holds series and gives those that a selector matches, as Prometheus does."""

    def __init__(self, *series: Series) -> None:
        self._series = [({"__name__": metric, "runner": "r1", **labels}, value) for metric, value, labels in series]
        self.requests: list[HttpRequest] = []

    def send(self, request: HttpRequest) -> HttpResponse:
        self.requests.append(request)
        (query,) = parse_qs(urlsplit(request.url).query)["query"]
        found = re.fullmatch(r'\{__name__=~("[^"]*"),runner=~("(?:[^"\\]|\\.)*")\}', query)
        assert found, query
        metrics, runners = (anchored(go_string(text)) for text in found.groups())
        result = [
            {"metric": labels, "value": [1.0, value]}
            for labels, value in self._series
            if metrics.match(labels["__name__"]) and runners.match(labels["runner"])
        ]
        answer = {"status": "success", "data": {"resultType": "vector", "result": result}}
        return HttpResponse(200, {}, json.dumps(answer).encode())


def asked(http: Any, *names: str) -> tuple[Heartbeat, ...]:
    return prometheus_heartbeats(PrometheusClient(URL, http), names)


def of(metric: str, value: str, **labels: str) -> Series:
    return metric, value, labels


BEAT = of("runner_heartbeat_timestamp_seconds", SENT)
READ: list[tuple[str, list[Series], dict[str, Any]]] = [
    ("a heartbeat", [BEAT], {}),
    ("a later one", [BEAT, of(BEAT[0], "1.79543525e+09", job="b")], {"sent_at": NOW + timedelta(seconds=50)}),
    ("an older one", [of(BEAT[0], "1.7e+09", job="b"), BEAT], {}),
    ("no time", [of("runner_quarantined", "1")], {"sent_at": NEVER, "quarantined": True}),
    ("the time 0", [of(BEAT[0], "0")], {"sent_at": NEVER}),
    ("disk", [BEAT, of("runner_disk_free_bytes", "5.36870912e+09")], {"disk_free_bytes": 5 * 2**30}),
    (
        "two disks",
        [BEAT, of("runner_disk_free_bytes", "9", mountpoint="/"), of("runner_disk_free_bytes", "7", mountpoint="/w")],
        {"disk_free_bytes": 7},
    ),
    ("no disk", [BEAT, of("runner_disk_free_bytes", "0")], {"disk_free_bytes": 0}),
    ("inodes", [BEAT, of("runner_disk_free_inodes", "100000.9")], {"disk_free_inodes": 100_000}),
    ("memory", [BEAT, of("runner_memory_available_bytes", "1e+09")], {"memory_available_bytes": 10**9}),
    ("egress", [BEAT, of("runner_egress_up", "1")], {"egress": True}),
    ("no egress", [BEAT, of("runner_egress_up", "0")], {"egress": False}),
    ("half of the egress", [BEAT, of("runner_egress_up", "0.5")], {"egress": False}),
    (
        "egress to one host",
        [BEAT, of("runner_egress_up", "1", host="a"), of("runner_egress_up", "0", host="b")],
        {"egress": False},
    ),
    ("quarantined", [BEAT, of("runner_quarantined", "1")], {"quarantined": True}),
    ("not quarantined", [BEAT, of("runner_quarantined", "0")], {"quarantined": False}),
    (
        "quarantined by one of two",
        [BEAT, of("runner_quarantined", "0", job="a"), of("runner_quarantined", "1", job="b")],
        {"quarantined": True},
    ),
    ("active", [BEAT, of("runner_service_state", "1", state="active")], {"service_active": True}),
    ("not active", [BEAT, of("runner_service_state", "0", state="active")], {"service_active": False}),
    ("failed", [BEAT, of("runner_service_state", "1", state="failed")], {"service_active": False}),
    ("a state unnamed", [BEAT, of("runner_service_state", "1")], {"service_active": False}),
    ("no state of the present", [BEAT, of("runner_service_state", "0", state="failed")], {}),
    (
        "the set of states, active",
        [BEAT, *(of("runner_service_state", "01"[s == "active"], state=s) for s in ("active", "failed", "inactive"))],
        {"service_active": True},
    ),
    (
        "the set of states, inactive",
        [BEAT, *(of("runner_service_state", "01"[s == "inactive"], state=s) for s in ("active", "failed", "inactive"))],
        {"service_active": False},
    ),
    (
        "two services, one failed",
        [BEAT, *(of("runner_service_state", "1", state=s, name=s) for s in ("active", "failed"))],
        {"service_active": False},
    ),
    ("another metric", [BEAT, of("runner_disk_free_bytes_total", "1"), of("my_runner_egress_up", "0")], {}),
]


@pytest.mark.parametrize(("series", "told"), [row[1:] for row in READ], ids=[row[0] for row in READ])
def test_what_series_tell_of_a_runner(series: list[Series], told: dict[str, Any]) -> None:
    for order in (series, series[::-1]):
        assert asked(FakePrometheus(*order), "r1") == (Heartbeat(**{"runner": "r1", "sent_at": NOW, **told}),)


METRICS = sorted({series[0] for row in READ[:-1] for series in row[1]})


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("value", ["NaN", "+Inf", "-Inf", "words-of-the-server", ""])
def test_a_value_that_is_no_number_is_malformed(metric: str, value: str) -> None:
    http = FakePrometheus(BEAT, of(metric, value, state="active", job="b"))
    with pytest.raises(Malformed, match="no number"):
        asked(http, "r1")


@pytest.mark.parametrize(
    ("metric", "value"),
    [
        *((metric, "-1") for metric in METRICS if "free" in metric or "available" in metric),
        *((BEAT[0], value) for value in ("-1", "1.7954352e+12", "2.534023008e+11", "1e+300")),
    ],
)
def test_a_value_that_cannot_be_is_malformed(metric: str, value: str) -> None:
    with pytest.raises(Malformed, match=r"below 0|no time in seconds since 1970"):
        asked(FakePrometheus(of(metric, value)), "r1")


class Parrot(FakePrometheus):
    """Answers every query with the same."""

    def send(self, request: HttpRequest) -> HttpResponse:
        result = [{"metric": labels, "value": [1.0, value]} for labels, value in self._series]
        answer = {"status": "success", "data": {"resultType": "vector", "result": result}}
        return HttpResponse(200, {}, json.dumps(answer).encode())


@pytest.mark.parametrize(
    "series", [of("up", "1"), of(BEAT[0], SENT, runner="r2"), of(BEAT[0], SENT, runner=""), of("", "1")], ids=str
)
def test_a_series_that_was_not_asked_for_is_malformed(series: Series) -> None:
    with pytest.raises(Malformed, match="not asked for"):
        asked(Parrot(BEAT, series), "r1")


def test_a_scalar_is_no_heartbeat() -> None:
    class Scalar(FakePrometheus):
        def send(self, request: HttpRequest) -> HttpResponse:
            return HttpResponse(200, {}, b'{"status":"success","data":{"resultType":"scalar","result":[1,"1"]}}')

    with pytest.raises(Malformed, match="not asked for"):
        asked(Scalar(), "r1")


def test_runners_come_in_the_order_asked_for_and_once_and_only_those_that_are_known() -> None:
    http = FakePrometheus(*(of(*BEAT[:2], runner=name) for name in ("a", "b", "c", "")))
    assert [one.runner for one in asked(http, "c", "x", "a", "c", "")] == ["c", "a"]
    assert len(http.requests) == 1


@pytest.mark.parametrize("names", [(), ("",)])
def test_nothing_is_asked_of_no_runners(names: tuple[str, ...]) -> None:
    assert prometheus_heartbeats(PrometheusClient(URL, FakeHttpThatIsNotAsked()), names) == ()


class FakeHttpThatIsNotAsked:
    def send(self, request: HttpRequest) -> HttpResponse:
        raise AssertionError(request.url)


@pytest.mark.parametrize(("count", "name", "requests"), [(50, "r", 1), (51, "r", 2), (120, "r", 3), (50, "ä" * 60, 5)])
def test_many_runners_are_asked_for_in_requests_of_bounded_length(count: int, name: str, requests: int) -> None:
    names = [f"{name}{number}" for number in range(count)]
    http = FakePrometheus(*(of(*BEAT[:2], runner=name) for name in names))
    assert [one.runner for one in asked(http, *names)] == names
    assert max(len(request.url) for request in http.requests) < 8_000
    assert len(http.requests) == requests


def test_no_answer_to_one_of_the_requests_is_no_answer() -> None:
    class Tired(FakePrometheus):
        def send(self, request: HttpRequest) -> HttpResponse:
            if self.requests:
                raise Unreachable("prometheus", "GET /api/v1/query", "status 503")
            return super().send(request)

    with pytest.raises(Unreachable):
        asked(Tired(BEAT), *(f"r{number}" for number in range(51)))


NAMES = st.text(st.sampled_from("ab1.|*+?()[]{}^$\\\"'`\n\r\t\x00\x7f -#&~é☃𝔘_/") | st.characters(codec="utf-8"))


@given(st.lists(NAMES, max_size=5), st.lists(NAMES, max_size=8))
def test_a_name_matches_nothing_but_itself(names: list[str], others: Sequence[str]) -> None:
    held = {*names, *others, *(name[::-1] for name in names), *(name.replace("a", "b") for name in names)}
    http = FakePrometheus(*(of(*BEAT[:2], runner=name) for name in held))
    found = [one.runner for one in asked(http, *names)]
    assert found == list(dict.fromkeys(filter(None, names)))


HARD_NAMES = [
    "r-1.acme",
    'q"uote',
    "back\\slash",
    "a|b",
    ".*",
    "(?i)x",
    "line\nend",
    "tab\tx y",
    "über☃",
    "$^[]{}+?#&~",
]
DECOYS = ["r-1xacme", "a", "b", "X", "x", "anything", "r-1.acme2"]


def exposed(*series: Series) -> str:
    """A page of metrics in Prometheus' text format."""
    lines = []
    for metric, value, labels in series:
        escaped = {k: v.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"") for k, v in labels.items()}
        pairs = ",".join(f'{name}="{text}"' for name, text in escaped.items())
        lines.append(f"{metric}{{{pairs}}} {value}\n")
    return "".join(sorted(lines))


@contextmanager
def page(content: str) -> Iterator[Address]:
    """A server with this page, whatever it is asked for."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = content.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer((LOOPBACK, 0), Page) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield Address(LOOPBACK, server.server_port)
        server.shutdown()


@contextmanager
def real_prometheus(target: Address) -> Iterator[PrometheusClient]:
    """A Prometheus that scrapes the target twice a second."""
    program, port = installed("prometheus"), free_port()
    scraped = {"job_name": "runners", "static_configs": [{"targets": [str(target)]}]}
    settings = {"global": {"scrape_interval": "500ms", "scrape_timeout": "500ms"}, "scrape_configs": [scraped]}
    with temporary_folder(**{"prometheus.yml": json.dumps(settings)}) as folder:
        options = {
            "config.file": folder / "prometheus.yml",
            "storage.tsdb.path": folder / "data",
            "web.listen-address": f"{LOOPBACK}:{port}",
        }
        command = [program, *(f"--{name}={value}" for name, value in options.items())]
        with running(command, folder) as process:
            address = ready(process, Address(LOOPBACK, port), says="Server is ready")
            yield PrometheusClient(Url.parse(f"http://{address}"), HttpServers())


def scraped(prometheus: PrometheusClient) -> bool:
    return listener_says(prometheus, 'up{job="runners"}') and listener_says(prometheus, "scrape_samples_scraped")


def test_a_real_prometheus_tells_what_it_scraped_of_each_name_and_no_other() -> None:
    series = [of(*BEAT[:2], runner=name) for name in (*HARD_NAMES, *DECOYS)]
    full = [
        of("runner_disk_free_bytes", "7e9", runner="r-1.acme", mountpoint="/"),
        of("runner_disk_free_bytes", "5368709120", runner="r-1.acme", mountpoint="/work"),
        of("runner_disk_free_inodes", "100000", runner="r-1.acme"),
        of("runner_memory_available_bytes", "2147483648", runner="r-1.acme"),
        of("runner_egress_up", "1", runner="r-1.acme", host="github.com"),
        *(of("runner_service_state", "01"[s == "active"], runner="r-1.acme", state=s) for s in ("active", "failed")),
        of("runner_quarantined", "0", runner="r-1.acme"),
        of("runner_quarantined", "1", runner="r-1xacme"),
    ]
    with page(exposed(*series, *full)) as target, real_prometheus(target) as prometheus:
        deadline = time.monotonic() + 20
        while not scraped(prometheus) and time.monotonic() < deadline:
            time.sleep(0.1)
        first, *others = prometheus_heartbeats(prometheus, HARD_NAMES)
        assert not listener_says(prometheus, 'up{job="nobody"}')
        assert not listener_says(prometheus, "vector(0) / vector(0)")
    assert first == Heartbeat(
        runner="r-1.acme",
        sent_at=NOW,
        disk_free_bytes=5 * 2**30,
        disk_free_inodes=100_000,
        memory_available_bytes=2**31,
        egress=True,
        service_active=True,
        quarantined=False,
    )
    assert others == [Heartbeat(runner=name, sent_at=NOW) for name in HARD_NAMES[1:]]
