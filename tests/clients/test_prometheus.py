import json
from datetime import timedelta
from typing import Any

import pytest
from tests.clients.github_answers import HOSTILE, NO_FORM, TOKEN
from tests.fakes import FakeClock, FakeHttp

from deploy_actions.clients.patience import Patience
from deploy_actions.clients.prometheus import PrometheusClient, Sample, listener_says
from deploy_actions.core.address_types import Url
from deploy_actions.core.secret import Secret
from deploy_actions.core.service_errors import Malformed, Refused, Unreachable

URL = Url.parse("https://prometheus.acme.example/of/runners")


def vector(*values: object, **more: object) -> dict[str, Any]:
    result = [{"metric": {"__name__": "up", "job": str(n)}, "value": [1.5, v]} for n, v in enumerate(values)]
    return {"status": "success", "data": {"resultType": "vector", "result": result}, **more}


def scalar(value: object) -> dict[str, Any]:
    return {"status": "success", "data": {"resultType": "scalar", "result": [1.5, value]}}


def answering(answer: object) -> PrometheusClient:
    return PrometheusClient(URL, FakeHttp(answer if isinstance(answer, bytes) else json.dumps(answer).encode()))


@pytest.mark.parametrize("token", [None, Secret(TOKEN)])
def test_a_query_is_sent_whole_with_the_token_if_there_is_one(token: Secret | None) -> None:
    http = FakeHttp(json.dumps(vector("7")).encode())
    prometheus = PrometheusClient(URL, Patience(http, FakeClock(), timedelta(seconds=60)), token)
    assert prometheus.samples('a{b="ä&+ c"}') == (Sample({"__name__": "up", "job": "0"}, 7.0),)
    (request,) = http.requests
    assert request.url == f"{URL}/api/v1/query?query=a%7Bb%3D%22%C3%A4%26%2B%20c%22%7D"
    assert (request.method, request.body) == ("GET", None)
    assert request.secret_headers == ({"Authorization": ("Bearer ", token)} if token else {})


@pytest.mark.parametrize(
    ("answer", "up"),
    [
        (vector(), False),
        (vector("1"), True),
        (vector("1", "2.5", "1e+03"), True),
        (vector("1", isPartial=False), True),
        (vector("0"), False),
        (vector("0.999"), False),
        (vector("1", "0"), False),
        (vector("1", "-1"), False),
        (vector("NaN"), False),
        (vector("1", "NaN"), False),
        (vector("-Inf"), False),
        (scalar("1"), True),
        (scalar("0"), False),
        (scalar("NaN"), False),
        (vector("1", infos=[HOSTILE]), True),
        (vector("1", warnings=[]), True),
        (vector("1", warnings=["PromQL info: metric might not be a counter"]), True),
        (vector("0", warnings=["PromQL info: metric might not be a counter"]), False),
    ],
    ids=lambda answer: json.dumps(answer)[-60:],
)
def test_a_listener_is_up_if_there_are_samples_and_each_says_so(answer: object, up: bool) -> None:
    assert listener_says(answering(answer), "up") is up


@pytest.mark.parametrize("values", [("+Inf",), ("1", "+Inf"), ("+Inf", "0")])
def test_an_infinite_value_tells_nothing_of_a_listener(values: tuple[str, ...]) -> None:
    with pytest.raises(Malformed, match="infinite"):
        listener_says(answering(vector(*values)), "a / b")


UNREADABLE: list[Any] = [
    vector("1", isPartial=True),
    *NO_FORM,
    vector("1") | {"status": "error", "errorType": "timeout", "error": HOSTILE},
    {"status": "error", "errorType": "bad_data", "error": HOSTILE},
    {"status": "success"},
    {"status": "success", "data": {"result": []}},
    {"status": "success", "data": {"resultType": "vector"}},
    {"status": "success", "data": {"resultType": HOSTILE, "result": []}},
    {"status": "success", "data": {"resultType": "string", "result": [1, HOSTILE]}},
    {"status": "success", "data": {"resultType": "matrix", "result": [{"metric": {}, "values": [[1, "1"]]}]}},
    {"status": "success", "data": {"resultType": "vector", "result": [{"metric": {}, "histogram": [1, {}]}]}},
    {"status": "success", "data": {"resultType": "vector", "result": [{"value": [1, "1"]}]}},
    {"status": "success", "data": {"resultType": "vector", "result": [{"metric": {"a": 1}, "value": [1, "1"]}]}},
    {"status": "success", "data": {"resultType": "vector", "result": [{"metric": {}, "value": [1, "1", "1"]}]}},
    *map(vector, [HOSTILE, 1, None, "", True]),
    *map(scalar, [HOSTILE, 1, None, []]),
    vector("1", warnings=[HOSTILE]),
    vector("1", warnings=["PromQL info: harmless", f"PromQL warning: {HOSTILE}"]),
    vector("1", warnings=None),
]


@pytest.mark.parametrize("answer", UNREADABLE, ids=lambda answer: repr(answer)[-60:])
def test_an_answer_that_cannot_be_read_never_says_that_a_listener_is_up(answer: object) -> None:
    with pytest.raises(Malformed) as raised:
        listener_says(answering(answer), "up")
    assert HOSTILE not in str(raised.value)
    assert raised.value.__suppress_context__ or raised.value.__context__ is None


@pytest.mark.parametrize("kind", [Unreachable, Refused, Malformed])
def test_no_answer_never_says_that_a_listener_is_down(kind: type[Unreachable | Refused | Malformed]) -> None:
    prometheus = PrometheusClient(URL, FakeHttp(error=kind("prometheus", "GET /", "cause")))
    with pytest.raises(kind):
        listener_says(prometheus, "up")
