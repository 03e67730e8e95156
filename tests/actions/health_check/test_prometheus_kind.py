import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.actions.health_check.kind_settings import asked, judged, made, printed

from deploy_actions.actions.health_check.check import Memory
from deploy_actions.actions.health_check.kinds.prometheus import Threshold
from deploy_actions.core.input_types import NotOfType
from deploy_actions.core.probing import HttpProbe, NoAnswer


@pytest.mark.parametrize(
    ("text", "baseline", "bound"),
    [
        ("< 0.01", None, 0.01),
        (">=-5", None, -5),
        ("> 1e3", None, 1000),
        ("<= baseline", 4, 4),
        ("<= baseline", None, None),
        ("<= baseline + 20%", 10, 12),
        (">= baseline - 10%", 10, 9),
        (">=baseline-10%", -10, -11),
        ("<= baseline + 20%", -10, -8),
        ("<= baseline + 20%", 0, 0),
        ("<= baseline + 0.5", 0, 0.5),
        (" >= baseline - 2 ", 1, -1),
    ],
)
def test_a_threshold_has_a_bound(text: str, baseline: float | None, bound: float | None) -> None:
    found = Threshold.parse(text).bound(baseline)
    assert found == (None if bound is None else pytest.approx(bound))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5",
        "= 5",
        "< x",
        "< 5%",
        "< nan",
        "< 1e999",
        "< baseline * 2",
        "<= baseline + -5%",
        "<= baseline - -5",
        "<= baseline +",
        "<= baseline + 1e999",
        "<= baselines",
    ],
)
def test_what_is_no_threshold_is_refused(text: str) -> None:
    with pytest.raises(NotOfType):
        Threshold.parse(text)


def vector(*values: Any) -> str:
    result = [{"metric": {}, "value": [1, value]} for value in values]
    return json.dumps({"status": "success", "data": {"resultType": "vector", "result": result}})


SCALAR = '{"status":"success","data":{"resultType":"scalar","result":[1,"4"]}}'
MATRIX = '{"status":"success","data":{"resultType":"matrix","result":[]}}'
ERROR = '{"status":"error","data":{"resultType":"vector","result":[]}}'


@pytest.mark.parametrize(
    ("expect", "body", "cause", "value"),
    [
        ("< 5", SCALAR, None, 4),
        ("< 5", vector("4"), None, 4),
        ("< 5", vector("4", "6"), "unhealthy", 4),
        ("< 5", vector("+Inf"), "unhealthy", float("inf")),
        ("> 5", vector("+Inf"), None, float("inf")),
        ("< 5", vector("-Inf"), None, float("-inf")),
        ("< 5", vector(), "no-data", None),
        ("< 5", vector("NaN"), "no-data", None),
        ("< 5", vector("1", "NaN"), "no-data", None),
        ("<= baseline", vector("2"), None, 2),
        ("<= baseline", vector("3"), "worse-than-baseline", 3),
        ("<= baseline", vector("1", "1"), "no-data", None),
        ("< 5", MATRIX, "check-not-made", None),
        ("< 5", ERROR, "check-not-made", None),
        ("< 5", vector("x"), "check-not-made", None),
        ("< 5", vector(None), "check-not-made", None),
        ("< 5", vector(10**400), "check-not-made", None),
        ("< 5", "[" * 100_000, "check-not-made", None),
    ],
)
def test_a_value_is_compared(expect: str, body: str, cause: str | None, value: float | None) -> None:
    kind = made("prometheus", prometheus="https://p", query="q", expect=expect)
    result = judged(kind, printed(body, 200), Memory(baseline=2))
    assert (result.cause, result.value) == (cause, value)


def test_without_a_baseline_nothing_is_known_but_the_value() -> None:
    kind = made("prometheus", prometheus="https://p", query="q", expect="<= baseline")
    result = judged(kind, printed(vector("3"), 200))
    assert (kind.measures, result.cause, result.value) == ("value", "no-baseline", 3)


@pytest.mark.parametrize(
    ("status", "cause", "words"),
    [
        (400, "check-not-made", "Prometheus answered 400: it cannot read the query"),
        (401, "credential-refused", "Prometheus answered 401"),
        (403, "credential-refused", "Prometheus answered 403"),
        (422, "check-not-made", "Prometheus answered 422: it cannot evaluate the query"),
        (500, "check-not-made", "Prometheus answered 500"),
        (503, "check-not-made", "Prometheus answered 503"),
        (200, "check-not-made", "Prometheus answered 200 in a way that cannot be read"),
    ],
)
def test_a_refusal_says_nothing_of_the_target(status: int, cause: str, words: str) -> None:
    kind = made("prometheus", prometheus="https://p", query="q", expect="< 5")
    result = judged(kind, printed("<canary>", status))
    assert (result.cause, result.words) == (cause, words)


@pytest.mark.parametrize("outcome", [None, NoAnswer("refused"), NoAnswer("no route", is_ours=True)])
def test_no_answer_says_nothing_of_the_target(outcome: NoAnswer | None) -> None:
    assert (
        judged(made("prometheus", prometheus="https://p", query="q", expect="< 5"), outcome).cause == "check-not-made"
    )


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["value", "metric"]), inner),
)


@given(st.binary() | ANY.map(lambda found: json.dumps(found).encode()), st.sampled_from(["scalar", "vector", ""]), ANY)
def test_no_body_raises(body: bytes, kind_of_result: str, result: Any) -> None:
    kind = made("prometheus", prometheus="https://p", query="q", expect="<= baseline + 5%")
    shaped = json.dumps({"status": "success", "data": {"resultType": kind_of_result, "result": result}})
    for hostile in (body, shaped):
        assert judged(kind, printed(hostile, 200), Memory(baseline=0)) is not None


@pytest.mark.parametrize(
    ("url", "asked_at"),
    [
        ("https://p", "https://p/api/v1/query"),
        ("https://p/", "https://p/api/v1/query"),
        ("https://p:9090/prom/", "https://p:9090/prom/api/v1/query"),
    ],
)
def test_the_query_is_encoded_behind_the_path(url: str, asked_at: str) -> None:
    probe = asked(made("prometheus", prometheus=url, query='up{a="b&c"} + 1#é', expect="< 5"))
    assert isinstance(probe, HttpProbe)
    assert probe.url == f"{asked_at}?query=up%7Ba%3D%22b%26c%22%7D%20%2B%201%23%C3%A9"


def test_an_infinite_value_is_no_baseline_but_is_compared_with_one() -> None:
    body = '{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"+Inf"]}]}}'
    kind = made("prometheus", prometheus="https://p.example", query="q", expect="<= baseline + 5%")
    outcomes = {"": printed(body, 200)}
    before = kind.judge(outcomes, Memory())
    assert (before.cause, before.value) == ("no-data", None)
    assert kind.judge(outcomes, Memory(baseline=1.0)).cause == "worse-than-baseline"
